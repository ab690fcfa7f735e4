//! The lobby, its freeze and its shuffle, checked as anybody would.

use crate::stage::{EVENT, Joined, Stage, room};
use onsale_core::lineup::proof::{LineProof, Verdict, holds, verify};
use serde_json::Value;
use std::collections::HashSet;
use std::time::Duration;

fn read(proof: Value) -> LineProof {
    serde_json::from_value(proof).expect("a proof")
}

#[tokio::test]
async fn who_joins_while_the_lobby_is_frozen_is_in_the_list_or_behind_it() {
    let stage = Stage::new().await;
    let (one, two) = (stage.process().await, stage.process().await);
    one.set(&room("LOBBY", 60)).await;
    tokio::time::sleep(Duration::from_millis(700)).await;
    stage.seats(0, 1, 0);
    let (mut all, early) = tokio::join!(one.join_many(40), two.join_many(40));
    all.extend(early);
    assert!(all.iter().all(|who| who.body.get("number").is_none() && who.body["state"] == "lobby"));
    let before = read(one.proof(&all[3]).await);
    assert!(before.list.is_none() && before.revealed.is_none() && holds(&verify(&before)));

    stage.advance(61);
    // People go on joining by both until the places are given.
    let mut rounds = 0;
    while stage.count("gateway.rooms WHERE revealed_at IS NOT NULL").await == 0 || rounds < 3 {
        let (some, more) = tokio::join!(one.join_many(5), two.join_many(5));
        all.extend(some.into_iter().chain(more));
        rounds += 1;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let late = one.join().await;
    all.push(late);
    for process in [&one, &two] {
        process.until_state(&all[0], None, "waiting").await;
    }
    let mut numbers = HashSet::new();
    let listed = read(one.proof(&all[0]).await).list.expect("frozen");
    assert!(listed.count >= 80 && i64::from(listed.count) < stage.count("gateway.entries").await);
    let mut moved = 0;
    for who in &all {
        let status = one.status(who, None).await;
        let number = status["number"].as_u64().expect("a number");
        assert_eq!(two.status(who, None).await["number"], number, "both processes say the same");
        assert!(numbers.insert(number), "{number} twice");
        match who.position() > u64::from(listed.count) {
            true => assert_eq!(number, who.position(), "first come, first served"),
            false => moved += u64::from(number != who.position()),
        }
    }
    assert!(moved > 60, "a shuffle moves nearly all");
    assert_eq!(numbers, (1..=all.len() as u64).collect());
    for who in all.iter().step_by(17) {
        check(&read(one.proof(who).await), who);
    }
}

fn check(proof: &LineProof, who: &Joined) {
    let checks = verify(proof);
    let open: Vec<_> = checks.iter().filter(|check| check.verdict != Verdict::Ok).map(|check| check.name).collect();
    let list = proof.list.expect("frozen");
    let expected: &[&str] = match who.position() > u64::from(list.count) {
        true => &["randomness", "receipt", "inclusion"],
        false => &["randomness"],
    };
    assert_eq!(open, expected, "{checks:?}");
    assert_eq!(proof.mine.as_ref().expect("one's own").receipt.signature, who.body["receipt"]["signature"]);
}

#[tokio::test]
async fn the_secret_is_told_to_nobody_before_the_list_is_published() {
    let stage = Stage::new().await;
    let process = stage.process().await;
    process.set(&room("LOBBY", 60)).await;
    let secret: Vec<u8> =
        sqlx::query_scalar("SELECT secret FROM gateway.rooms").fetch_one(stage.db.pool()).await.expect("a room");
    let hidden: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    let who = process.join().await;
    let paths = ["proof", "proof/entries", "status"].map(|path| format!("/api/queue/{EVENT}/{path}"));
    let client = process.admin().with_header("x-queue-token", &who.token);
    for path in
        [paths.as_slice(), &[format!("/api/admin/events/{EVENT}/queue"), format!("/api/queue/{EVENT}")]].concat()
    {
        let text = client.get(&path).await.expect(200).text().clone();
        assert!(!text.contains(&hidden), "{path}: {text}");
    }
    stage.advance(61);
    stage.until_count("gateway.rooms WHERE revealed_at IS NOT NULL", 1).await;
    let published: (bool, bool) =
        sqlx::query_as("SELECT frozen_at <= revealed_at, frozen_at >= starts_at FROM gateway.rooms")
            .fetch_one(stage.db.pool())
            .await
            .expect("a room");
    assert_eq!(published, (true, true));
    process.until_state(&who, None, "admitted").await;
    assert_eq!(read(process.proof(&who).await).revealed.expect("revealed").secret.to_string(), hidden);
}
