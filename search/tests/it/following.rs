//! Following what admin publishes and booking makes ready, in whatever order it is heard.

use crate::support::{App, season};

#[tokio::test]
async fn a_ready_inventory_may_be_the_first_that_is_heard() {
    let app = App::new().await;
    let mut offer = season().remove(0);
    app.publish(&offer).await;
    app.ready(&offer, 250).await;
    let event = app.wait_for("/api/events/b9", |body| body["id"] == "b9").await;
    assert_eq!(event["availability"]["capacity"], 250);

    offer.version = 2;
    offer.name = "Beethoven: Sinfonía n.º 10".to_owned();
    app.publish(&offer).await;
    app.wait_for("/api/events/b9", |body| body["version"] == 2).await;
    assert_eq!(app.ids("query=10").await, ["b9"]);

    // An older version that comes late changes nothing.
    let old = season().remove(0);
    app.publish(&old).await;
    app.publish(&season().remove(3)).await;
    app.ready(&season().remove(3), 10).await;
    app.wait_for("/api/events/h1", |body| body["id"] == "h1").await;
    assert_eq!(app.ids("query=10").await, ["b9"]);
}
