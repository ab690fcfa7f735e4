//! Settings that change while everything runs: validated, versioned, pushed.

use crate::app::{TestApp, until};
use onsale_core::Role;
use onsale_core::api::page::Page;
use onsale_core::api::settings::{LiveSettings, SettingsVersion};
use onsale_platform::settings::Live;
use serde_json::json;
use std::time::Duration;

const PATH: &str = "/api/admin/settings";

#[tokio::test]
async fn a_change_is_a_version_and_made_from_the_one_in_force() {
    let app = TestApp::new().await;
    let client = app.of(&app.staff("admin@example.org", &[Role::Admin]).await);
    let before: SettingsVersion = client.get(PATH).await.expect(200).parse();
    assert_eq!((before.version, &before.settings), (0, &LiveSettings::default()));
    let change = json!({"version": 0, "settings": {"sales": false, "holdSeconds": 300, "price": 0}});
    let first: SettingsVersion = client.put(PATH, &change).await.expect(200).parse();
    assert_eq!((first.version, first.settings.sales, first.settings.hold_seconds), (1, false, Some(300)));
    assert!(first.settings.registrations, "what is absent is as at first");
    let conflict = client.put(PATH, &change).await.expect_problem(409, "state_conflict");
    assert_eq!(conflict["version"], 1);
    let wrong = json!({"version": 1, "settings": {"holdSeconds": 5, "limits": {"account": {"calls": 0, "seconds": 1}},
                       "banner": {"en": "", "es": "x"}}});
    let problem = client.put(PATH, &wrong).await.expect_problem(422, "invalid");
    assert_eq!(problem["errors"].as_array().map(Vec::len), Some(3), "{problem}");
    let _ = client.put(PATH, &json!({"version": 1, "settings": {}})).await.expect(200);
    let history: Page<SettingsVersion> = client.get(&format!("{PATH}/history")).await.expect(200).parse();
    assert_eq!(history.items.iter().map(|known| known.version).collect::<Vec<_>>(), [2, 1]);
    let noted: serde_json::Value =
        sqlx::query_scalar("SELECT detail FROM auth.audit WHERE action = 'settings.change' AND object_id = '1'")
            .fetch_one(app.db.pool())
            .await
            .expect("noted");
    assert_eq!(noted, json!({"sales": [true, false], "holdSeconds": [null, 300]}));
    for statement in ["UPDATE auth.settings SET version = 9", "DELETE FROM auth.settings"] {
        sqlx::query(statement).execute(app.db.pool()).await.expect_err("it only grows");
    }
}

#[tokio::test]
async fn processes_that_follow_have_a_change_within_two_seconds() {
    let app = TestApp::new().await.with_jobs();
    let client = app.of(&app.staff("admin@example.org", &[Role::Admin]).await);
    let followers: Vec<Live> = (0..6).map(|_| Live::default()).collect();
    for live in &followers {
        let following = live.clone().follow(app.platform.upstreams.clone(), app.platform.shutdown.clone());
        app.platform.shutdown.spawn("settings", following);
    }
    let banner = json!({"en": "Back at noon", "es": "Volvemos a mediodía"});
    let _ = client.put(PATH, &json!({"version": 0, "settings": {"banner": banner}})).await.expect(200);
    let took =
        until("everybody knows", async || followers.iter().all(|live| live.look(|settings| settings.banner.is_some())))
            .await;
    assert!(took < Duration::from_secs(2), "{took:?}");
}

#[tokio::test]
async fn registrations_can_be_switched_off() {
    let app = TestApp::new().await;
    let client = app.of(&app.staff("admin@example.org", &[Role::Admin]).await);
    let _ = client.put(PATH, &json!({"version": 0, "settings": {"registrations": false}})).await.expect(200);
    let body = json!({"email": "new@example.org", "password": crate::app::PASSWORD, "name": "New"});
    app.client.post("/api/auth/register", &body).await.expect_problem(403, "forbidden");
}
