//! Whoever's turn it is: one admission a place, one living admission an account.

use crate::stage::{EVENT, Stage, joined, room};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderName, HeaderValue, Method};
use onsale_core::api::internal::SpentAdmissions;
use onsale_core::{AdmissionId, EventId};
use onsale_testkit::TestUser;
use serde_json::json;
use std::time::Duration;

fn event() -> EventId {
    EventId::new(EVENT).expect("an id")
}

#[tokio::test]
async fn an_admission_is_the_same_twice_and_its_accounts_only() {
    let stage = Stage::new().await;
    let (one, two) = (stage.process().await, stage.process().await);
    one.set(&room("LINE", 0)).await;
    let who = one.join().await;
    let nobody = one.until_state(&who, None, "admitted").await;
    assert_eq!((&nobody["signInNeeded"], nobody.get("admission")), (&json!(true), None));
    let buyer = one.customer();
    two.until_state(&who, None, "admitted").await;
    let there = two.again(buyer.id);
    let calls = (0..6).map(|_| async { tokio::join!(one.status(&who, Some(&buyer)), two.status(&who, Some(&there))) });
    let mut tokens = Vec::new();
    for (here, there) in futures::future::join_all(calls).await {
        tokens.extend([here, there].map(|status| status["admission"]["token"].as_str().expect("a token").to_owned()));
    }
    tokens.dedup();
    assert_eq!((tokens.len(), stage.count("gateway.admissions").await), (1, 1));

    let thief = one.customer();
    let status = one.status(&who, Some(&thief)).await;
    assert_eq!(
        (&status["state"], &status["signInNeeded"], status.get("admission")),
        (&json!("admitted"), &json!(true), None)
    );
    let check = |account, shown: Option<&str>| one.state.check_admission(&event(), account, shown);
    assert!(check(Some(buyer.id), Some(&tokens[0])).expect("admitted").is_some());
    for (account, shown) in [
        (Some(thief.id), Some(tokens[0].as_str())),
        (None, Some(&tokens[0])),
        (Some(buyer.id), None),
        (Some(buyer.id), Some("x")),
    ] {
        assert_eq!(check(account, shown).expect_err("refused").code(), "not_admitted");
    }
    let other = EventId::new("EVT002").expect("an id");
    assert!(one.state.check_admission(&other, None, None).expect("no room there").is_none());
    stage.advance(601);
    assert_eq!(check(Some(buyer.id), Some(&tokens[0])).expect_err("over").code(), "not_admitted");
}

#[tokio::test]
async fn a_token_that_is_not_checked_while_nobody_is_called_lets_nobody_in() {
    let stage = Stage::new().await;
    let process = stage.process().await;
    process.set(&room("LOBBY", 30)).await;
    let (buyer, thief) = (process.customer(), process.customer());
    let join = format!("/api/queue/{EVENT}/join");
    let answer = process.client.signed_in(&buyer.token).post(&join, &json!({})).await.expect(201);
    let who = joined(&answer);
    // What it says is the buyer's, the signature is the thief's.
    let (claims, _) = buyer.token.rsplit_once('.').expect("a token");
    let (_, signature) = thief.token.rsplit_once('.').expect("a token");
    let forged = TestUser { id: buyer.id, token: format!("{claims}.{signature}"), ..process.customer() };
    let known = |token: &str| {
        let bearer = HeaderValue::try_from(format!("Bearer {token}")).expect("a header");
        let place = HeaderValue::try_from(who.token.as_str()).expect("a header");
        let headers = [(AUTHORIZATION, bearer), (HeaderName::from_static("x-queue-token"), place)];
        let path = format!("/api/queue/{EVENT}/status");
        process.state.known_asker(&Method::GET, &path, &headers.into_iter().collect()).is_some()
    };
    let began = std::time::Instant::now();
    while !known(&buyer.token) {
        assert!(began.elapsed() < Duration::from_secs(20), "the list is not read ahead");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(known(&forged.token) && !known(&thief.token));
    let status = process.status(&who, Some(&forged)).await;
    assert_eq!((&status["state"], status.get("admission")), (&json!("lobby"), None));

    stage.advance(31);
    let status = process.until_state(&who, Some(&forged), "admitted").await;
    assert_eq!((&status["signInNeeded"], status.get("admission")), (&json!(true), None), "checked, and nobody's");
    let status = process.until_state(&who, Some(&buyer), "admitted").await;
    assert!(status["admission"]["token"].is_string(), "{status}");
}

#[tokio::test]
async fn an_account_has_one_living_admission_however_many_devices_it_has() {
    let stage = Stage::new().await;
    let process = stage.process().await;
    process.set(&room("LINE", 0)).await;
    let (phone, laptop) = (process.join().await, process.join().await);
    process.until_state(&phone, None, "admitted").await;
    process.until_state(&laptop, None, "admitted").await;
    let buyer = process.customer();
    let (here, there) = tokio::join!(process.status(&phone, Some(&buyer)), process.status(&laptop, Some(&buyer)));
    assert_eq!(here["admission"]["token"], there["admission"]["token"], "{here} {there}");
    assert!(here["admission"]["token"].is_string());
    assert_eq!(stage.count("gateway.admissions").await, 1);
}

#[tokio::test]
async fn who_does_not_come_in_five_minutes_has_lapsed_and_may_join_at_the_end() {
    let stage = Stage::new().await;
    let process = stage.process().await;
    process.set(&room("LINE", 0)).await;
    let (late, slow) = (process.join().await, process.join().await);
    process.until_state(&late, None, "admitted").await;
    process.until_state(&slow, None, "admitted").await;
    // In the grace of five minutes the place is kept.
    stage.advance(299);
    assert_eq!(process.join_as(&slow).await.token, slow.token);
    let user = process.customer();
    assert!(process.status(&slow, Some(&user)).await["admission"].is_object());
    stage.advance(2);
    tokio::time::sleep(Duration::from_millis(2_100)).await;
    let buyer = process.customer();
    assert_eq!(process.status(&late, Some(&buyer)).await["state"], "lapsed");
    assert_eq!(process.status(&late, None).await["state"], "lapsed");
    let back = process.join_as(&late).await;
    assert_eq!((back.position(), &back.cookie), (3, &late.cookie));
    let status = process.until_state(&back, Some(&buyer), "admitted").await;
    assert!(status["admission"].is_object(), "{status}");
    // An admission that was not used ends as well.
    stage.advance(601);
    let user = process.again(user.id);
    process.until_state(&slow, Some(&user), "lapsed").await;
    assert_eq!(process.join_as(&slow).await.position(), 4);
}

#[tokio::test]
async fn a_spent_admission_is_over_and_leaving_ends_one() {
    let stage = Stage::new().await;
    let process = stage.process().await;
    process.set(&room("LINE", 0)).await;
    let (buying, leaving) = (process.join().await, process.join().await);
    let (buyer, leaver) = (process.customer(), process.customer());
    process.until_state(&buying, None, "admitted").await;
    process.until_state(&leaving, None, "admitted").await;
    let token = process.status(&buying, Some(&buyer)).await["admission"]["token"].as_str().expect("a token").to_owned();
    let admitted =
        process.state.check_admission(&event(), Some(buyer.id), Some(&token)).expect("good").expect("a room");
    process.state.reserved(&admitted, Duration::from_millis(5), false, true);
    let id: uuid::Uuid =
        sqlx::query_scalar("SELECT id FROM gateway.admissions").fetch_one(stage.db.pool()).await.expect("one");
    // A hold that ended without an order: they choose again.
    stage.until_count("gateway.beats WHERE held_at IS NOT NULL", 1).await;
    stage.advance(5);
    stage.booking.lock().expect("not poisoned").spent.holding = Some(vec![AdmissionId(id)]);
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    assert_eq!(stage.count("gateway.beats WHERE held_at IS NOT NULL").await, 1, "whoever holds does not choose");
    stage.booking.lock().expect("not poisoned").spent.holding = Some(Vec::new());
    stage.until_count("gateway.beats WHERE held_at IS NOT NULL", 0).await;
    process.state.reserved(&admitted, Duration::from_millis(5), false, true);
    stage.booking.lock().expect("not poisoned").spent =
        SpentAdmissions { admissions: vec![AdmissionId(id)], holding: None };
    stage.until_count("gateway.admissions WHERE ended_by = 'SPENT'", 1).await;
    process.until_state(&buying, Some(&buyer), "left").await;
    assert_eq!(process.join_as(&buying).await.position(), 3, "another ticket is another turn");

    let first = process.status(&leaving, Some(&leaver)).await["admission"].clone();
    let client = process.client.with_header("x-queue-token", &leaving.token);
    client
        .send(axum::http::Method::POST, &format!("/api/queue/{EVENT}/leave"), axum::body::Body::empty())
        .await
        .expect(204);
    process.until_state(&leaving, Some(&leaver), "left").await;
    assert_eq!(process.join_as(&leaving).await.token, leaving.token);
    let back = process.until_state(&leaving, Some(&leaver), "admitted").await;
    assert_eq!(back["admission"], first, "the same, and not longer");
}

#[tokio::test]
async fn a_room_where_nothing_happened_for_long_keeps_its_door_and_wakes() {
    let stage = Stage::new().await;
    let process = stage.process().await;
    process.set(&room("LINE", 0)).await;
    let first = process.join().await;
    process.until_state(&first, None, "admitted").await;
    stage.advance(2 * 86_400);
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    let other = stage.process().await;
    for gateway in [&process, &other] {
        let buyer = gateway.customer();
        let refused = gateway.state.check_admission(&event(), Some(buyer.id), None);
        assert_eq!(refused.expect_err("the room rests, and is there").code(), "not_admitted");
        assert_eq!(gateway.status(&first, None).await["state"], "lapsed");
    }
    let next = process.join().await;
    assert_eq!(next.position(), 2);
    other.until_state(&next, None, "admitted").await;
    process.act("close", &json!({})).await;
    stage.advance(2 * 86_400);
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    let third = stage.process().await;
    assert_eq!(third.client.get(&format!("/api/queue/{EVENT}")).await.expect(200).json()["closed"], true);
    third.set(&room("OFF", 0)).await;
    assert!(third.state.check_admission(&event(), None, None).expect("no room").is_none());
}
