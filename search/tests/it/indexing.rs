//! The index follows the rows, heals itself, and is built anew without a gap; PostgreSQL answers without it.

use crate::support::{App, offer, season};
use onsale_search::IndexError;
use serde_json::Value;
use std::cell::Cell;
use std::time::Duration;
use tokio::time::{Instant, sleep};

#[tokio::test]
async fn sales_and_new_versions_are_followed() {
    let Some(app) = App::on_elastic().await else { return };
    let app = app.seasoned().await;
    app.left(&"h1".parse().expect("an id"), 100, 7, 3);
    app.wait_for("/api/search/events?query=hamlet", |body| body["items"][0]["availability"]["available"] == 7).await;
    let mut cheaper = season().remove(3);
    cheaper.version = 2;
    cheaper.ticket_types[0].price.total.minor = 1_100;
    app.publish(&cheaper).await;
    let cheap = |body: &Value| body["items"][0]["id"] == "h1" && body["degraded"] == false;
    app.wait_for("/api/search/events?maxPrice=12", cheap).await;
    app.cancel(&season().remove(3)).await;
    let gone = |body: &Value| body["total"] == 0 && body["degraded"] == false;
    app.wait_for("/api/search/events?query=hamlet", gone).await;
    let mut conn = app.db.pool().acquire().await.expect("a connection");
    let behind: i64 =
        sqlx::query_scalar("SELECT count(*) FROM search.unindexed").fetch_one(&mut *conn).await.expect("a count");
    assert_eq!(behind, 0, "nothing waits once it is indexed");
}

#[tokio::test]
async fn a_lost_index_is_built_anew() {
    let Some(app) = App::on_elastic().await else { return };
    let app = app.seasoned().await;
    app.index.as_ref().expect("an index").lose().await;
    let found = |degraded: bool| move |body: &Value| body["total"] == 2 && body["degraded"] == degraded;
    app.wait_for("/api/search/events?query=teatro%20bogota", found(true)).await;
    app.wait_for("/api/search/events?query=teatro%20bogota", found(false)).await;
}

#[tokio::test]
async fn building_anew_leaves_no_gap() {
    let Some(app) = App::on_elastic().await else { return };
    let app = app.seasoned().await;
    let index = app.index.as_ref().expect("an index");
    let before = index.indices().await;
    assert_eq!(before.len(), 1);
    // Asked and changed all the while.
    // The first building may still be tidying up when its index answers.
    let deadline = Instant::now() + Duration::from_secs(30);
    let ended = Cell::new(false);
    let building = async {
        let outcome = loop {
            match onsale_search::reindex(&app.state, |_, _| {}).await {
                Err(IndexError::Busy) if Instant::now() < deadline => sleep(Duration::from_millis(20)).await,
                outcome => break outcome,
            }
        };
        ended.set(true);
        outcome
    };
    let watching = async {
        let late = offer("n1", "Nocturne", "classical", "Madrid", (1_500, "EUR"), 8);
        app.publish(&late).await;
        app.ready(&late, 50).await;
        let mut asked = 0;
        while asked < 20 || !ended.get() {
            let path = format!("/api/search/events?city=bogota&limit={}", 2 + asked % 90);
            let found = app.client.get(&path).await.expect(200).json();
            assert_eq!((found["total"].as_i64(), &found["degraded"]), (Some(2), &Value::Bool(false)));
            asked += 1;
        }
    };
    let (built, ()) = tokio::join!(building, watching);
    assert!(built.expect("it is built") >= 7);
    let after = index.indices().await;
    assert_eq!(after.len(), 1, "the old one is gone");
    assert_ne!(before, after);
    app.wait_for("/api/search/events?query=nocturne", |body| body["total"] == 1 && body["degraded"] == false).await;
}

#[tokio::test]
async fn an_older_revision_never_replaces_a_newer_one() {
    let Some(app) = App::on_elastic().await else { return };
    let app = app.seasoned().await;
    // The row goes back, its revision does not: what the index has is newer.
    sqlx::query("UPDATE search.events SET name = 'Omelette', name_folded = 'omelette', revision = 1 WHERE id = 'h1'")
        .execute(app.db.pool())
        .await
        .expect("updated");
    sqlx::query("INSERT INTO search.unindexed (event_id, revision) VALUES ('h1', 1)")
        .execute(app.db.pool())
        .await
        .expect("noted");
    app.left(&"b9".parse().expect("an id"), 100, 5, 0);
    app.wait_for("/api/search/events?query=beethoven", |body| body["items"][0]["availability"]["available"] == 5).await;
    assert_eq!(app.ids("query=hamlet").await, ["h1"]);
    assert!(app.ids("query=omelette").await.is_empty());
}

#[tokio::test]
async fn postgres_answers_while_the_engine_is_away() {
    // Nobody listens there.
    let app = App::on("http://127.0.0.1:9", "nowhere").await;
    for offer in season() {
        app.publish(&offer).await;
        app.ready(&offer, 100).await;
    }
    app.wait_for("/api/search/events?limit=100", |body| body["total"] == 7 && body["degraded"] == true).await;
    assert_eq!(app.ids("query=bethoven").await, ["b9"]);
    let found = app.client.get("/api/search/suggest?q=mad").await.expect(200).json();
    assert_eq!(found["items"][0]["text"], "Madrid");
    assert!(onsale_search::reindex(&app.state, |_, _| {}).await.is_err());
}
