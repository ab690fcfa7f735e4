//! Processes come and go with people in line: no place is lost, none is there twice, nobody is let in out of order.

use crate::stage::{Stage, room};
use serde_json::json;
use std::collections::HashSet;
use std::time::{Duration, Instant};

#[tokio::test]
async fn all_processes_restart_one_by_one_with_five_thousand_in_line() {
    let stage = Stage::new().await;
    let (one, two) = (stage.process().await, stage.process().await);
    let mut wanted = room("LOBBY", 60);
    wanted["fixedRate"] = json!(40.0);
    one.set(&wanted).await;
    tokio::time::sleep(Duration::from_millis(700)).await;
    let (mut people, more) = tokio::join!(one.join_many(2_500), two.join_many(2_500));
    people.extend(more);
    stage.advance(61);
    stage.until_count("gateway.rooms WHERE served > 0", 1).await;
    let mut places = Vec::new();
    for who in &people {
        places.push(one.status(who, None).await["number"].as_u64().expect("a place"));
    }
    assert_eq!(places.iter().copied().collect::<HashSet<_>>(), (1..=5_000).collect());

    one.stop().await;
    let three = stage.process().await;
    two.stop().await;
    let four = stage.process().await;
    let served = |status: serde_json::Value| status["nowServing"].as_u64().expect("a number");
    let before = served(three.status(&people[0], None).await);
    for (who, place) in people.iter().zip(&places) {
        assert_eq!(four.status(who, None).await["number"], *place);
    }
    // Whoever leads goes on, and devices are still known.
    let began = Instant::now();
    while served(four.status(&people[0], None).await) <= before {
        assert!(began.elapsed() < Duration::from_secs(10), "the line stands still");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(three.join_as(&people[4_321]).await.token, people[4_321].token);
    assert_eq!(stage.count("gateway.entries").await, 5_000);
    let moves: Vec<(i32,)> = sqlx::query_as("SELECT served FROM gateway.calls ORDER BY at, served")
        .fetch_all(stage.db.pool())
        .await
        .expect("calls");
    assert!(moves.windows(2).all(|pair| pair[0].0 < pair[1].0), "the line only moves on: {moves:?}");
}

#[tokio::test]
async fn when_the_leader_dies_another_process_goes_on_within_two_seconds() {
    let stage = Stage::new().await;
    let processes = [stage.process().await, stage.process().await];
    let mut wanted = room("LINE", 0);
    wanted["fixedRate"] = json!(2.0);
    processes[0].set(&wanted).await;
    let people = processes[0].join_many(100).await;
    stage.until_count("gateway.rooms WHERE served > 0", 1).await;
    for _ in 0..2 {
        let served: i32 =
            sqlx::query_scalar("SELECT served FROM gateway.rooms").fetch_one(stage.db.pool()).await.expect("a room");
        // The session of the leader, as if its process were killed.
        stage
            .execute(
                "SELECT pg_terminate_backend(pid) FROM pg_locks
                 WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                   AND (classid::bigint << 32 | objid::bigint) = x'6f6e73616c650003'::bigint",
            )
            .await;
        let killed = Instant::now();
        // The clock of the test stands still: the line moves by the leader's own seconds.
        while stage.count(&format!("gateway.rooms WHERE served > {served}")).await == 0 {
            assert!(killed.elapsed() < Duration::from_secs(4), "nobody took over");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    assert_eq!(processes[1].status(&people[99], None).await["state"], "waiting");
}

#[tokio::test]
async fn a_process_that_stood_still_tells_what_became_of_the_line_meanwhile() {
    let stage = Stage::new().await;
    let (one, two) = (stage.process().await, stage.process().await);
    two.set(&room("LINE", 0)).await;
    two.act("pause", &json!({})).await;
    one.until_lined().await;
    let who = one.join().await;
    let before = one.status(&who, None).await;
    assert_eq!((&before["state"], &before["number"]), (&json!("waiting"), &json!(1)));
    // Its jobs end: so it looks no more, as while it stands still.
    one.halt().await;
    two.act("admit", &json!({"count": 1})).await;
    two.until_state(&who, None, "admitted").await;
    tokio::time::sleep(Duration::from_millis(2_100)).await;
    assert_eq!(one.status(&who, None).await["state"], "admitted");
}
