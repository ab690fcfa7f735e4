//! Those whose account is known are written to, each once.

use crate::stage::{EVENT, Stage, room};
use serde_json::{Value, json};

#[tokio::test]
async fn who_is_near_and_whose_turn_it_is_are_told_once_each() {
    let stage = Stage::new().await;
    let process = stage.process().await;
    process.set(&room("LINE", 60)).await;
    process.act("pause", &json!({})).await;
    let mut people = process.join_many(8).await;
    people.sort_by_key(crate::stage::Joined::position);
    let (first, fifth) = (process.customer(), process.customer());
    process.status(&people[0], Some(&first)).await;
    process.status(&people[4], Some(&fifth)).await;
    stage.until_count("gateway.entries WHERE account_id IS NOT NULL", 2).await;
    stage.advance(61);
    stage.until_count("gateway.events WHERE data->>'template' = 'queue_near'", 2).await;
    process.act("admit", &json!({"count": 2})).await;
    stage.until_count("gateway.events WHERE data->>'template' = 'queue_turn'", 1).await;
    process.stop().await;
    // Another leader does not tell them again.
    let process = stage.process().await;
    process.act("admit", &json!({"count": 6})).await;
    stage.until_count("gateway.events WHERE data->>'template' = 'queue_turn'", 2).await;
    let told: Vec<(String, Value)> = sqlx::query_as("SELECT topic, data FROM gateway.events ORDER BY position")
        .fetch_all(stage.db.pool())
        .await
        .expect("events");
    assert_eq!(told.len(), 4, "{told:?}");
    for (topic, data) in &told {
        assert_eq!((topic.as_str(), &data["parameters"]["eventId"]), ("notification-requested", &json!(EVENT)));
    }
    let turns: Vec<_> =
        told.iter().filter(|(_, data)| data["template"] == "queue_turn").map(|(_, data)| &data["userId"]).collect();
    assert_eq!(turns, [&json!(first.id), &json!(fifth.id)]);
}
