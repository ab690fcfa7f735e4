//! The organiser's control.

use crate::stage::{EVENT, Stage, room};
use onsale_core::Role;
use serde_json::json;
use std::time::Duration;

const BASE: &str = "/api/admin/events/EVT001/queue";

#[tokio::test]
async fn the_line_is_paused_goes_on_and_lets_in_by_hand() {
    let stage = Stage::new().await;
    let process = stage.process().await;
    process.set(&room("LINE", 60)).await;
    process.act("pause", &json!({"message": "A light has to be mended."})).await;
    let people = process.join_many(30).await;
    let last = people.iter().max_by_key(|who| who.position()).expect("somebody");
    stage.advance(61);
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    let status = process.status(last, None).await;
    assert_eq!(
        (&status["state"], &status["paused"], &status["nowServing"]),
        (&json!("waiting"), &json!(true), &json!(0))
    );
    assert_eq!(status["message"], "A light has to be mended.");
    // By hand also while it is paused, and not one more.
    process.act("admit", &json!({"count": 4})).await;
    stage.until_count("gateway.rooms WHERE served = 4 AND admit_more = 0", 1).await;
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert_eq!(stage.count("gateway.rooms WHERE served = 4").await, 1);
    process.act("resume", &json!({})).await;
    let status = process.until_state(last, None, "admitted").await;
    assert!(status.get("message").is_none(), "{status}");
    let acts: Vec<String> = sqlx::query_scalar("SELECT action FROM gateway.audit ORDER BY position")
        .fetch_all(stage.db.pool())
        .await
        .expect("acts");
    assert_eq!(acts, ["queue.set", "queue.pause", "queue.admit", "queue.resume"]);
    stage.advance(3);
    stage.until_count("gateway.pulses WHERE served = 30", 1).await;
    let history = process.admin().get(&format!("{BASE}/history")).await.expect(200).json();
    assert!(history["items"].as_array().is_some_and(|items| !items.is_empty()), "{history}");
    assert_eq!(history["items"][0]["free"], 1_000);
}

#[tokio::test]
async fn no_more_are_called_than_the_seats_feed_and_all_held_is_not_sold_out() {
    let stage = Stage::new().await;
    let process = stage.process().await;
    stage.seats(4, 0, 6);
    let mut wanted = room("LINE", 0);
    wanted["fixedRate"] = json!(1_000.0);
    process.set(&wanted).await;
    let people = process.join_many(40).await;
    let first = people.iter().min_by_key(|who| who.position()).expect("somebody");
    let last = people.iter().max_by_key(|who| who.position()).expect("somebody");
    process.until_state(first, None, "admitted").await;
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    let served = process.status(last, None).await["nowServing"].as_u64().expect("a number");
    assert!((2..=5).contains(&served), "{served} people for four seats");

    stage.seats(0, 4, 6);
    stage.advance(3);
    let began = std::time::Instant::now();
    while process.status(last, None).await["allHeld"]["seats"] != 4 {
        assert!(began.elapsed() < Duration::from_secs(10), "all held is told");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(process.status(last, None).await["state"], "waiting");
    stage.seats(0, 0, 10);
    process.until_state(last, None, "sold_out").await;
    // What is cancelled opens it again.
    stage.seats(1, 0, 9);
    process.until_state(last, None, "waiting").await;
}

#[tokio::test]
async fn the_line_is_its_organisers_admins_and_operators() {
    let stage = Stage::new().await;
    let process = stage.process().await;
    process.client.get(BASE).await.expect_problem(401, "unauthenticated");
    for role in [Role::Customer, Role::BoxOffice] {
        process.client.signed_in(&process.kit.user(&[role]).token).get(BASE).await.expect_problem(403, "forbidden");
    }
    let organiser = process.client.signed_in(&process.kit.user(&[Role::Organiser]).token);
    organiser.get(BASE).await.expect_problem(404, "not_found");
    organiser.put(BASE, &room("LINE", 60)).await.expect(200);
    organiser.put("/api/admin/events/OTHER/queue", &room("LINE", 60)).await.expect_problem(404, "not_found");
    let operator = process.client.signed_in(&process.kit.user(&[Role::Sre]).token);
    operator.put(BASE, &room("LINE", 60)).await.expect_problem(403, "forbidden");
    assert_eq!(operator.post(&format!("{BASE}/pause"), &json!({})).await.expect(200).json()["paused"], true);
    let both = process.client.signed_in(&process.kit.user(&[Role::Sre, Role::Organiser]).token);
    both.get("/api/admin/events/OTHER/queue").await.expect_problem(404, "not_found");
    assert_eq!(both.post(&format!("{BASE}/resume"), &json!({})).await.expect(200).json()["paused"], false);
    both.put("/api/admin/events/OTHER/queue", &room("LINE", 60)).await.expect_problem(404, "not_found");
    let mut wrong = room("LINE", 60);
    wrong["admissionSeconds"] = json!(5);
    organiser.put(BASE, &wrong).await.expect_problem(422, "invalid");
    organiser.post(&format!("{BASE}/admit"), &json!({"count": 0})).await.expect_problem(422, "invalid");
}

#[tokio::test]
async fn what_people_rely_on_cannot_be_changed() {
    let stage = Stage::new().await;
    let process = stage.process().await;
    process.set(&room("LOBBY", 60)).await;
    process.set(&room("LOBBY", 30)).await;
    process.join().await;
    stage.advance(31);
    stage.until_count("gateway.rooms WHERE revealed_at IS NOT NULL", 1).await;
    process.admin().put(BASE, &room("LINE", 30)).await.expect_problem(409, "state_conflict");
    process.admin().put(BASE, &room("LOBBY", 90)).await.expect_problem(409, "state_conflict");
    process.set(&room("OFF", 30)).await;
    process.client.get(&format!("/api/queue/{EVENT}")).await.expect_problem(404, "not_found");
}

#[tokio::test]
async fn several_accounts_of_one_device_are_shown_as_a_hint() {
    let stage = Stage::new().await;
    let process = stage.process().await;
    process.set(&room("LINE", 60)).await;
    let (shared, own) = (process.join().await, process.join().await);
    let people = [process.customer(), process.customer(), process.customer()];
    for person in &people {
        process.status(&shared, Some(person)).await;
    }
    process.status(&own, Some(&people[0])).await;
    stage.until_count("gateway.sightings", 4).await;
    let signals = process.admin().get(&format!("{BASE}/signals")).await.expect(200).json();
    assert_eq!(signals["items"].as_array().map(Vec::len), Some(1), "{signals}");
    assert_eq!(signals["items"][0]["accountCount"], 3);
}
