//! Joining, cookies, leaving, what everybody sees.

use crate::stage::{EVENT, Process, Stage, room, start};
use axum::body::BodyDataStream;
use chrono::TimeDelta;
use futures::StreamExt;
use onsale_core::lineup::challenge;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::time::Duration;
use tower::ServiceExt;

#[tokio::test]
async fn who_joins_by_two_processes_is_in_one_line_once() {
    let stage = Stage::new().await;
    let (one, two) = (stage.process().await, stage.process().await);
    one.set(&room("LINE", 60)).await;
    tokio::time::sleep(std::time::Duration::from_millis(700)).await;
    let (first, second) = tokio::join!(one.join_many(150), two.join_many(150));
    let all = [first, second].concat();
    let positions: HashSet<u64> = all.iter().map(crate::stage::Joined::position).collect();
    assert_eq!(positions, (1..=300).collect());

    // Both are asked by one device at once, again and again.
    let again =
        futures::future::join_all((0..10).map(|_| async { tokio::join!(one.join_as(&all[7]), two.join_as(&all[7])) }));
    for (here, there) in again.await {
        assert_eq!((&here.body["receipt"], &there.body["receipt"]), (&all[7].body["receipt"], &all[7].body["receipt"]));
        assert_eq!((here.token, there.cookie), (all[7].token.clone(), all[7].cookie.clone()));
    }
    assert_eq!(stage.count("gateway.entries").await, 300);
}

#[tokio::test]
async fn a_device_is_a_cookie_that_scripts_cannot_read() {
    let stage = Stage::new().await;
    let (plain, secure) =
        (stage.process().await, stage.process_with(&[("PUBLIC_URL", "https://tickets.example")]).await);
    plain.set(&room("LINE", 60)).await;
    tokio::time::sleep(std::time::Duration::from_millis(700)).await;
    let path = format!("/api/queue/{EVENT}/join");
    let answer = plain.client.post(&path, &json!({})).await.expect(201);
    let cookie = answer.header("set-cookie").expect("a cookie");
    assert!(cookie.starts_with("onsale_line=") && !cookie.contains("Secure"), "{cookie}");
    assert!(cookie.ends_with("; Path=/; Max-Age=86400; HttpOnly; SameSite=Lax"), "{cookie}");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    // No body at all is fine as well.
    let answer = secure.client.send(axum::http::Method::POST, &path, axum::body::Body::empty()).await.expect(201);
    let cookie = answer.header("set-cookie").expect("a cookie");
    assert!(cookie.starts_with("__Host-onsale_line=") && cookie.ends_with("; SameSite=Lax; Secure"), "{cookie}");
    // What was never given out is a new device.
    let forged = plain.client.with_header("cookie", "onsale_line=abc");
    let position = forged.post(&path, &json!({})).await.expect(201).json()["receipt"]["position"].clone();
    assert_eq!(position, 3);
}

#[tokio::test]
async fn every_refusal_says_what_to_do() {
    let stage = Stage::new().await;
    let process = stage.process().await;
    let join = format!("/api/queue/{EVENT}/join");
    process.client.post(&join, &json!({})).await.expect_problem(404, "not_found");
    let opens_at = start() + TimeDelta::seconds(30);
    process.set(&json!({"mode": "LOBBY", "opensAt": opens_at, "startsAt": opens_at})).await;
    let problem = process.client.post(&join, &json!({})).await.expect_problem(409, "queue_not_open");
    assert_eq!(problem["opensAt"], json!(opens_at));
    stage.advance(31);
    let who = process.join().await;
    for path in ["status", "leave"] {
        let path = format!("/api/queue/{EVENT}/{path}");
        let method = if path.ends_with("leave") { axum::http::Method::POST } else { axum::http::Method::GET };
        for token in [None, Some("x"), Some("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")] {
            let client =
                token.map_or(process.client.clone(), |token| process.client.with_header("x-queue-token", token));
            client.send(method.clone(), &path, axum::body::Body::empty()).await.expect_problem(400, "malformed");
        }
    }
    process.act("close", &json!({"message": "Sold at the counter only."})).await;
    let problem = process.client.post(&join, &json!({})).await.expect_problem(409, "queue_closed");
    assert_eq!(problem["detail"], "Sold at the counter only.");
    let status = process.until_state(&who, None, "closed").await;
    assert_eq!(status["message"], "Sold at the counter only.");
}

#[tokio::test]
async fn a_challenge_is_solved_once_a_device_or_passed_by_signing_in() {
    let stage = Stage::new().await;
    let process = stage.process().await;
    let mut wanted = room("LINE", 60);
    wanted["challengeBits"] = json!(8);
    process.set(&wanted).await;
    let join = format!("/api/queue/{EVENT}/join");
    let refusal = process.client.post(&join, &json!({})).await.expect(403);
    let cookie = refusal.header("set-cookie").expect("a cookie").split(';').next().expect("a pair").to_owned();
    let problem = refusal.expect_problem(403, "challenge_required");
    assert_eq!(problem["bits"], 8);
    let text = problem["challenge"].as_str().expect("a challenge");
    let solved = json!({"challenge": text, "nonce": challenge::solve(text, 8, 0, 1 << 20).expect("a nonce")});
    // Another device cannot use it, and a wrong nonce is none.
    process.client.post(&join, &solved).await.expect_problem(403, "challenge_required");
    let device = process.client.with_header("cookie", &cookie);
    let wrong =
        (0..).map(|n: u32| n.to_string()).find(|nonce| !challenge::is_solved(text, nonce, 8)).expect("most are");
    device.post(&join, &json!({"challenge": text, "nonce": wrong})).await.expect_problem(403, "challenge_required");
    device.post(&join, &solved).await.expect(201);
    // Signing in is the way round, for one place an account.
    let person = process.client.signed_in(&process.customer().token);
    let first = person.post(&join, &json!({})).await.expect(201).json();
    let second = person.post(&join, &json!({})).await.expect(201).json();
    assert_eq!((&first["receipt"]["position"], &first["queueToken"]), (&json!(2), &second["queueToken"]));
}

#[tokio::test]
async fn who_leaves_is_counted_out_and_has_the_place_back_within_five_minutes() {
    let stage = Stage::new().await;
    let process = stage.process().await;
    stage.seats(0, 10, 0);
    process.set(&room("LINE", 0)).await;
    let people = process.join_many(5).await;
    let mut people: Vec<_> = people;
    people.sort_by_key(crate::stage::Joined::position);
    let leave = |who: usize| {
        let client = process.client.with_header("x-queue-token", &people[who].token);
        async move {
            client
                .send(axum::http::Method::POST, &format!("/api/queue/{EVENT}/leave"), axum::body::Body::empty())
                .await
                .expect(204)
        }
    };
    leave(1).await;
    leave(2).await;
    process.until_state(&people[1], None, "left").await;
    let status = process.status(&people[4], None).await;
    assert_eq!((&status["number"], &status["ahead"]), (&json!(5), &json!(2)), "{status}");
    assert_eq!(status["allHeld"]["seats"].as_i64().unwrap_or(10), 10);

    let back = process.join_as(&people[1]).await;
    assert_eq!(back.position(), 2);
    process.until_state(&people[1], None, "waiting").await;
    stage.advance(301);
    let late = process.join_as(&people[2]).await;
    assert_eq!(late.position(), 6, "at the end of the line");
    assert_ne!(late.token, people[2].token);
}

/// The line's messages, as whoever joined at a position hears them; the first one is read.
async fn heard_at(process: &Process, position: u64) -> BodyDataStream {
    let path = format!("/api/queue/{EVENT}/live?position={position}");
    let request = axum::http::Request::get(path).body(axum::body::Body::empty()).expect("a request");
    let response = onsale_queue::router(process.state.clone()).oneshot(request).await.expect("infallible");
    let mut messages = response.into_body().into_data_stream();
    messages.next().await.expect("not at its end").expect("readable");
    messages
}

#[tokio::test]
async fn who_is_called_hears_it_at_once_and_what_matters_to_all_is_told_to_all() {
    let stage = Stage::new().await;
    stage.seats(0, 0, 0);
    // With so little time for telling, 160 are told every 15 seconds.
    let process = stage.process_with(&[("FANOUT_CPU_MS", "1")]).await;
    process.set(&room("LINE", 60)).await;
    process.join_many(160).await;
    let mut streams = Vec::new();
    for position in 1..=160 {
        streams.push(heard_at(&process, position).await);
    }
    stage.advance(61);
    process.act("admit", &json!({"count": 2})).await;
    for stream in &mut streams[..2] {
        // That the sale has begun may be told first.
        let until_called = async {
            loop {
                let bytes = stream.next().await.expect("not at its end").expect("readable");
                if String::from_utf8_lossy(&bytes).contains("\"nowServing\":2") {
                    return;
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(10), until_called).await.expect("within moments");
    }
    // What matters to all is not kept from the others.
    process.act("pause", &json!({"message": "One moment"})).await;
    for stream in [50, 99, 159] {
        let until_paused = async {
            loop {
                let bytes = streams[stream].next().await.expect("not at its end").expect("readable");
                if String::from_utf8_lossy(&bytes).contains("\"paused\":true") {
                    return;
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(10), until_paused).await.expect("within moments");
    }
}

#[tokio::test]
async fn everybody_sees_the_line_move() {
    let stage = Stage::new().await;
    let process = stage.process().await;
    process.set(&room("LINE", 60)).await;
    process.join_many(3).await;
    let request = axum::http::Request::get(format!("/api/queue/{EVENT}/live")).body(axum::body::Body::empty());
    let response = onsale_queue::router(process.state.clone()).oneshot(request.expect("a request")).await;
    let response = response.expect("infallible");
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut messages = response.into_body().into_data_stream();
    let mut served = Vec::new();
    stage.advance(61);
    while served.last() != Some(&3) {
        let next = tokio::time::timeout(std::time::Duration::from_secs(20), messages.next()).await;
        let bytes = next.expect("in time").expect("not at its end").expect("readable");
        let text = String::from_utf8(bytes.to_vec()).expect("text");
        let json =
            text.strip_prefix("event: line\ndata: ").and_then(|text| text.strip_suffix("\n\n")).expect("a message");
        let view: Value = serde_json::from_str(json).expect("JSON");
        served.push(view["nowServing"].as_u64().expect("a number"));
    }
    assert!(served.is_sorted(), "{served:?}");
    // The process stops, and the stream ends.
    process.kit.platform().shutdown.request();
    let rest = tokio::time::timeout(std::time::Duration::from_secs(10), messages.collect::<Vec<_>>()).await;
    assert!(rest.is_ok(), "the stream ends with the process");
}
