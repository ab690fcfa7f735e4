//! Mailed links: a new password, a proven address.

use crate::app::{PASSWORD, TestApp, until};
use chrono::TimeDelta;
use onsale_core::UserId;
use onsale_testkit::database::count;
use serde_json::json;

/// The token that the last mail of a kind carries.
async fn mailed(app: &TestApp, account: UserId, template: &str) -> Option<String> {
    sqlx::query_scalar(
        "SELECT data->'parameters'->>'token' FROM auth.events
         WHERE topic = 'notification-requested' AND data->>'userId' = $1 AND data->>'template' = $2
         ORDER BY version DESC LIMIT 1",
    )
    .bind(account.to_string())
    .bind(template)
    .fetch_optional(app.db.pool())
    .await
    .expect("readable")
}

async fn forgot(app: &TestApp, email: &str) {
    let _answer = app.client.post("/api/auth/password/forgot", &json!({"email": email})).await.expect(202);
}

#[tokio::test]
async fn an_address_is_proven_by_its_link_once() {
    let app = TestApp::new().await;
    let person = app.register("ada@example.org").await;
    let token = mailed(&app, person.id, "verify_email").await.expect("a mail was asked for");
    let stored = format!("auth.single_use_tokens WHERE hash = sha256('{token}')");
    assert_eq!(count(app.db.pool(), &stored).await, 1, "kept by its hash");
    let body = json!({"token": token});
    // The link of one purpose does nothing else.
    let reset = json!({"token": token, "password": "another good password"});
    app.client.post("/api/auth/password/reset", &reset).await.expect_problem(422, "invalid");
    let _answer = app.client.post("/api/auth/email/verify", &body).await.expect(204);
    assert_eq!(app.of(&person).get("/api/auth/me").await.json()["emailVerified"], true);
    let problem = app.client.post("/api/auth/email/verify", &body).await.expect_problem(422, "invalid");
    assert_eq!(problem["errors"][0]["field"], "token");
    app.client.post("/api/auth/email/verify", &json!({"token": "x"})).await.expect_problem(422, "invalid");
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_once_and_all_sessions_end() {
    let app = TestApp::new().await.with_jobs();
    let person = app.register("ada@example.org").await;
    forgot(&app, "ADA@example.org").await;
    until("the mail is asked for", || async { mailed(&app, person.id, "reset_password").await.is_some() }).await;
    let token = mailed(&app, person.id, "reset_password").await.expect("there it is");
    let reset = async |password: &str| {
        app.client.post("/api/auth/password/reset", &json!({"token": token, "password": password})).await
    };
    reset("short").await.expect_problem(422, "password_too_short");
    reset("password123").await.expect_problem(422, "password_too_common");
    let _answer = reset("a new good password").await.expect(204);
    reset("one more good password").await.expect_problem(422, "invalid");
    app.of(&person).get("/api/auth/me").await.expect_problem(401, "unauthenticated");
    app.refresh(&person.refresh).await.expect_problem(401, "unauthenticated");
    app.login("ada@example.org", PASSWORD).await.expect_problem(401, "invalid_credentials");
    // Within the very second of the revocation the new session's token is good.
    let again = crate::app::Person::of(&app.login("ada@example.org", "a new good password").await.expect(200));
    let me = app.of(&again).get("/api/auth/me").await.expect(200);
    assert_eq!(me.json()["emailVerified"], true, "the link proved the address too");
}

#[tokio::test]
async fn a_link_ends_after_an_hour_and_a_newer_one_replaces_it() {
    let app = TestApp::at_rest().await;
    let person = app.register("ada@example.org").await;
    let mut tokens: Vec<String> = Vec::new();
    for _ in 0..2 {
        forgot(&app, "ada@example.org").await;
        let seen = tokens.last().cloned();
        until("a newer mail is asked for", || async {
            let token = mailed(&app, person.id, "reset_password").await;
            token.is_some() && token != seen
        })
        .await;
        tokens.extend(mailed(&app, person.id, "reset_password").await);
    }
    let body = |token: &str| json!({"token": token, "password": "a new good password"});
    app.client.post("/api/auth/password/reset", &body(&tokens[0])).await.expect_problem(422, "invalid");
    app.platform.clock.advance(TimeDelta::hours(1));
    app.client.post("/api/auth/password/reset", &body(&tokens[1])).await.expect_problem(422, "invalid");
    let _answer = app.login("ada@example.org", PASSWORD).await.expect(200);
}

#[tokio::test]
async fn nobody_is_flooded_with_mails() {
    let app = TestApp::new().await;
    app.register("ada@example.org").await;
    for _ in 0..6 {
        forgot(&app, "ada@example.org").await;
    }
    let mails = || count(app.db.pool(), "auth.events WHERE data->>'template' = 'reset_password'");
    until("three mails are asked for", || async { mails().await == 3 }).await;
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    assert_eq!(mails().await, 3);
}
