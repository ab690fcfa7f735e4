//! Rotation, reuse, lost replies, logout.

use crate::app::{PASSWORD, Person, TestApp, cookie, until};
use chrono::TimeDelta;
use onsale_testkit::database::count;

#[tokio::test]
async fn security_3_refresh_tokens_are_opaque_hashed_and_used_once() {
    let app = TestApp::at_rest().await;
    let person = app.register("ada@example.org").await;
    assert!(person.refresh.starts_with("ort_") && !person.refresh.contains('.'));
    let next = Person::of(&app.refresh(&person.refresh).await.expect(200));
    assert_ne!(next.refresh, person.refresh);
    let _answer = app.of(&next).get("/api/auth/me").await.expect(200);
    let stored = format!("auth.refresh_tokens WHERE hash = sha256('{}')", next.refresh);
    assert_eq!(count(app.db.pool(), &stored).await, 1, "kept by its hash");
    let third = Person::of(&app.refresh(&next.refresh).await.expect(200));
    assert_ne!(third.refresh, next.refresh);
}

#[tokio::test]
async fn security_3_a_token_used_twice_ends_the_family_within_a_second() {
    let app = TestApp::new().await.with_jobs();
    let person = app.register("ada@example.org").await;
    let next = Person::of(&app.refresh(&person.refresh).await.expect(200));
    let thief = Person::of(&app.refresh(&next.refresh).await.expect(200));
    let _answer = app.of(&thief).get("/api/auth/me").await.expect(200);
    // The first token again, after its successor was used.
    app.refresh(&person.refresh).await.expect_problem(401, "token_reused");
    let took = until("the family's access tokens are refused", || async {
        app.of(&thief).get("/api/auth/me").await.status == 401
    })
    .await;
    assert!(took.as_millis() < 1_000, "it took {took:?}");
    let _answer = app.of(&person).get("/api/auth/me").await.expect(401);
    for token in [&person.refresh, &next.refresh, &thief.refresh] {
        app.refresh(token).await.expect_problem(401, "unauthenticated");
    }
    // Another session of the same person goes on.
    let elsewhere = Person::of(&app.login("ada@example.org", PASSWORD).await.expect(200));
    let _answer = app.of(&elsewhere).get("/api/auth/me").await.expect(200);
}

#[tokio::test]
async fn security_3_a_retry_after_a_lost_reply_gets_the_same_successor_for_ten_seconds() {
    let app = TestApp::at_rest().await;
    let person = app.register("ada@example.org").await;
    let first = Person::of(&app.refresh(&person.refresh).await.expect(200));
    app.platform.clock.advance(TimeDelta::seconds(10));
    let again = Person::of(&app.refresh(&person.refresh).await.expect(200));
    assert_eq!(first.refresh, again.refresh);
    app.platform.clock.advance(TimeDelta::milliseconds(1));
    app.refresh(&person.refresh).await.expect_problem(401, "token_reused");
    app.refresh(&first.refresh).await.expect_problem(401, "unauthenticated");
}

#[tokio::test]
async fn security_3_twenty_in_parallel_leave_one_family() {
    let app = TestApp::new().await;
    let person = app.register("ada@example.org").await;
    let answers = futures::future::join_all((0..20).map(|_| app.refresh(&person.refresh))).await;
    let mut successors: Vec<_> = answers
        .into_iter()
        .map(|answer| cookie(&answer.expect(200), "onsale_refresh").expect("a refresh token"))
        .collect();
    successors.sort();
    successors.dedup();
    assert_eq!(successors.len(), 1);
    let tokens = count(app.db.pool(), "auth.refresh_tokens").await;
    let unused = count(app.db.pool(), "auth.refresh_tokens WHERE used_at IS NULL").await;
    assert_eq!((tokens, unused), (2, 1));
    assert_eq!(count(app.db.pool(), "auth.sessions WHERE ended_at IS NULL").await, 1);
    let _answer = app.refresh(&successors[0]).await.expect(200);
}

#[tokio::test]
async fn a_session_ends_in_time_however_often_it_is_refreshed() {
    let app = TestApp::at_rest().await;
    let idle = app.register("idle@example.org").await;
    let mut busy = app.register("busy@example.org").await;
    for _ in 0..3 {
        app.platform.clock.advance(TimeDelta::days(29));
        busy = Person::of(&app.refresh(&busy.refresh).await.expect(200));
    }
    app.refresh(&idle.refresh).await.expect_problem(401, "unauthenticated");
    app.platform.clock.advance(TimeDelta::days(4));
    app.refresh(&busy.refresh).await.expect_problem(401, "unauthenticated");
}

#[tokio::test]
async fn logout_ends_the_session_and_the_cookie_whatever_is_sent() {
    let app = TestApp::new().await;
    let person = app.register("ada@example.org").await;
    let client = app.of(&person).with_header("cookie", &format!("onsale_refresh={}", person.refresh));
    let answer = client.post("/api/auth/logout", &()).await.expect(204);
    assert_eq!(cookie(&answer, "onsale_refresh").as_deref(), Some(""));
    app.of(&person).get("/api/auth/me").await.expect_problem(401, "unauthenticated");
    app.refresh(&person.refresh).await.expect_problem(401, "unauthenticated");
    // Nobody, or a token that is none.
    let _answer = app.client.post("/api/auth/logout", &()).await.expect(204);
    let _answer = client.post("/api/auth/logout", &()).await.expect(204);
    let token_only = app.register("bob@example.org").await;
    let _answer = app.of(&token_only).post("/api/auth/logout", &()).await.expect(204);
    app.refresh(&token_only.refresh).await.expect_problem(401, "unauthenticated");
}

#[tokio::test]
async fn a_cookie_that_is_no_token_is_401() {
    let app = TestApp::new().await;
    let person = app.register("ada@example.org").await;
    for wrong in ["", "ort_", "x", &person.token, "osk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
        app.refresh(wrong).await.expect_problem(401, "unauthenticated");
    }
}
