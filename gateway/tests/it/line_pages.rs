//! The waiting room's pages as a browser without scripts uses them: links, forms and one cookie.

use crate::waiting_room::{install, started, until};
use axum::body::Body;
use axum::http::Method;
use chrono::TimeDelta;
use onsale_core::Role;
use onsale_testkit::{Answer, TestClient, TestDb, TestKit};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const PAGE: &str = "/events/EVT001/queue";

async fn post(client: &TestClient, path: &str) -> Answer {
    client.send(Method::POST, path, Body::empty()).await
}

/// Until a page says it: what was changed is known everywhere within a second.
async fn until_says(client: &TestClient, path: &str, words: &str) -> String {
    let began = Instant::now();
    loop {
        let text = client.get(path).await.text();
        if text.contains(words) {
            return text;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "{words} is not in {text}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// A room that was open for a minute and starts in an hour.
fn room(kit: &TestKit, more: &Value) -> Value {
    let now = kit.platform().clock.now();
    let mut room =
        json!({"mode": "LOBBY", "opensAt": now - TimeDelta::minutes(1), "startsAt": now + TimeDelta::hours(1)});
    if let (Some(room), Some(more)) = (room.as_object_mut(), more.as_object()) {
        room.extend(more.clone());
    }
    room
}

#[tokio::test]
async fn without_a_script_one_joins_waits_and_leaves_by_forms() {
    let db = TestDb::new().await;
    let kit = TestKit::builder(&db).await.build();
    install(&kit);
    let (_state, client) = started(&kit);
    until(404, || client.get(PAGE)).await;
    let event = client.get("/events/EVT001").await.expect(200).text();
    assert!(event.contains("/events/EVT001/seats") && !event.contains(PAGE), "{event}");

    let admin = client.signed_in(&kit.user(&[Role::Admin]).token);
    let set = room(&kit, &json!({}));
    admin.put("/api/admin/events/EVT001/queue", &set).await.expect(200);
    let outside = until_says(&client, PAGE, "Enter the lobby").await;
    assert!(
        outside.contains("http-equiv=\"refresh\" content=\"15\"") && outside.contains("Marea &lt;Alta&gt;"),
        "{outside}"
    );
    let event = until_says(&client, "/events/EVT001", "href=\"/events/EVT001/queue\"").await;
    assert!(!event.contains("/seats"), "seats are behind the line: {event}");
    let admitted = client.get("/events/EVT001?admitted=1").await.expect(200).text();
    assert!(admitted.contains("/events/EVT001/seats"), "{admitted}");

    let joined = post(&client, &format!("{PAGE}/join?lang=es")).await.expect(303);
    assert_eq!(joined.header("location"), Some("/events/EVT001/queue?lang=es"));
    let cookie = joined.header("set-cookie").and_then(|cookie| cookie.split(';').next()).expect("a cookie").to_owned();
    let mine = client.with_header("cookie", &cookie);
    let inside = mine.get(PAGE).await.expect(200);
    assert_eq!(inside.header("cache-control"), Some("no-store"), "it holds the token of the place");
    assert!(
        inside.text().contains("You are in the lobby") && inside.text().contains("/queue/leave"),
        "{}",
        inside.text()
    );
    assert!(client.get(PAGE).await.text().contains("Enter the lobby"), "another browser is not in");
    // Pressed twice, it is one place.
    post(&mine, &format!("{PAGE}/join")).await.expect(303);
    assert_eq!(onsale_testkit::database::count(db.pool(), "gateway.entries").await, 1);
    let foreign = mine.with_header("origin", "https://evil.example");
    post(&foreign, &format!("{PAGE}/leave")).await.expect_problem(403, "forbidden");

    let proof = mine.get(&format!("{PAGE}/proof")).await.expect(200).text();
    for part in ["Seal of the secret", "Your entry", "onsale queue verify", "The published heads only grow."] {
        assert!(proof.contains(part), "{part} is not in {proof}");
    }
    assert!(client.get(&format!("{PAGE}/proof")).await.text().contains("no receipt of yours"));

    post(&mine, &format!("{PAGE}/leave")).await.expect(303);
    let left = mine.get(PAGE).await.expect(200).text();
    assert!(left.contains("not in the line any more") && left.contains("/queue/join"), "{left}");
    post(&client, &format!("{PAGE}/leave")).await.expect(303);
    assert_eq!(onsale_testkit::database::count(db.pool(), "gateway.entries WHERE left_at IS NOT NULL").await, 1);
}

#[tokio::test]
async fn a_form_that_does_nothing_says_why() {
    let db = TestDb::new().await;
    let kit = TestKit::builder(&db).await.build();
    install(&kit);
    let (_state, client) = started(&kit);
    let admin = client.signed_in(&kit.user(&[Role::Admin]).token);
    let set = room(&kit, &json!({"challengeBits": 10}));
    until(404, || client.get(PAGE)).await;
    post(&client, &format!("{PAGE}/join")).await.expect(404);
    admin.put("/api/admin/events/EVT001/queue", &set).await.expect(200);
    until_says(&client, PAGE, "Enter the lobby").await;
    let refused = post(&client, &format!("{PAGE}/join")).await.expect(303);
    let location = refused.header("location").expect("a page").to_owned();
    assert_eq!(location, "/events/EVT001/queue?refused=sum");
    assert!(client.get(&location).await.text().contains("That needs JavaScript"));
    let closing = json!({"message": "<b>Enough</b>"});
    admin.post("/api/admin/events/EVT001/queue/close", &closing).await.expect(200);
    let closed = until_says(&client, PAGE, "The line is closed").await;
    assert!(closed.contains("&lt;b&gt;Enough&lt;/b&gt;") && !closed.contains("/queue/join"), "{closed}");
    until_says(&client, "/events/EVT001", "Waiting room").await;
}
