//! The list of events, and an event's page.

use crate::support::{App, season};
use serde_json::json;

#[tokio::test]
async fn the_list_has_every_published_event_in_pages() {
    let app = App::with_season().await;
    let first = app.client.get("/api/events?limit=5").await.expect(200).json();
    let cursor = first["nextCursor"].as_str().expect("a second page");
    let second = app.client.get(&format!("/api/events?limit=5&cursor={cursor}")).await.expect(200).json();
    assert_eq!(second["items"].as_array().map(Vec::len), Some(2));
    assert_eq!(second["items"][1]["id"], "c1");
    assert!(second.get("nextCursor").is_none());
    app.client.get("/api/events?limit=0").await.expect_problem(422, "invalid");
    app.client.get("/api/events?cursor=abc").await.expect_problem(400, "malformed");
}

#[tokio::test]
async fn an_events_page_says_what_a_buyer_has_to_know() {
    let app = App::with_season().await;
    let answer = app.client.get("/api/events/b9").await.expect(200);
    insta::assert_json_snapshot!(answer.json());
    let etag = answer.header("etag").expect("an ETag").to_owned();
    let again = app.client.with_header("if-none-match", &etag).get("/api/events/b9").await.expect(304);
    assert!(again.body.is_empty());
    app.client.get("/api/events/none").await.expect_problem(404, "not_found");
    app.client.get("/api/events/not%20an%20id").await.expect_problem(404, "not_found");
}

#[tokio::test]
async fn what_is_not_ready_or_called_off_is_not_there() {
    let app = App::new().await;
    let offers = season();
    app.publish(&offers[0]).await;
    app.publish(&offers[1]).await;
    app.ready(&offers[1], 100).await;
    app.wait_for("/api/events", |body| body["items"].as_array().map(Vec::len) == Some(1)).await;
    app.client.get("/api/events/b9").await.expect_problem(404, "not_found");
    app.cancel(&offers[1]).await;
    app.wait_for("/api/events", |body| body["items"] == json!([])).await;
    app.wait_for("/api/events/v1", |body| body["code"] == "not_found").await;
}
