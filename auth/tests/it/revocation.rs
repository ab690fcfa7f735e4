//! What was revoked is refused by every process.

use crate::app::{Person, TestApp, until};
use onsale_core::Role;
use onsale_core::api::internal::{ExchangedToken, Revocations};
use onsale_platform::ServiceRole;
use serde_json::json;
use std::sync::Arc;
use std::time::{Duration, Instant};

const EVERYWHERE: Duration = Duration::from_secs(2);

/// Two processes on one database, of which each has seen the token.
async fn two() -> (TestApp, TestApp) {
    let one = TestApp::new().await.with_jobs();
    let other = TestApp::on(Arc::clone(&one.db), None, &[]).await.with_jobs();
    (one, other)
}

async fn refused_elsewhere(other: &TestApp, token: &str, why: &str) {
    let took = until(why, || async { other.platform.verifier.verify(token).await.is_err() }).await;
    assert!(took < EVERYWHERE, "{why}: it took {took:?}");
}

#[tokio::test]
async fn security_12_logout_ban_and_a_lost_role_or_key_are_known_everywhere_within_2_seconds() {
    let (one, other) = two().await;
    let admin = one.staff("admin@example.org", &[Role::Admin]).await;
    let verify = async |token: &str| other.platform.verifier.verify(token).await.expect("good");

    let leaving = one.register("leaving@example.org").await;
    verify(&leaving.token).await;
    let _answer = one.of(&leaving).post("/api/auth/logout", &()).await.expect(204);
    refused_elsewhere(&other, &leaving.token, "after logout").await;

    let banned = one.register("banned@example.org").await;
    verify(&banned.token).await;
    let path = format!("/api/admin/users/{}", banned.id);
    let _answer = one.of(&admin).patch(&path, &json!({"disabled": true})).await.expect(200);
    refused_elsewhere(&other, &banned.token, "after a ban").await;

    let demoted = one.staff("demoted@example.org", &[Role::Customer, Role::Organiser]).await;
    verify(&demoted.token).await;
    let path = format!("/api/admin/users/{}", demoted.id);
    let _answer = one.of(&admin).patch(&path, &json!({"roles": ["customer"]})).await.expect(200);
    refused_elsewhere(&other, &demoted.token, "after the loss of a role").await;
    let refreshed = Person::of(&one.refresh(&demoted.refresh).await.expect(200));
    verify(&refreshed.token).await;

    let body = json!({"name": "till", "scopes": ["tickets:sell"]});
    let key = one.of(&admin).post("/api/admin/api-keys", &body).await.expect(201).json();
    let service = one.client.signed_in(&one.kit.service_token(ServiceRole::Gateway, ServiceRole::Auth));
    let exchanged = service.post("/internal/api-keys/exchange", &json!({"key": key["secret"]})).await;
    let exchanged: ExchangedToken = exchanged.expect(200).parse();
    verify(&exchanged.token).await;
    let path = format!("/api/admin/api-keys/{}", key["id"].as_str().expect("an id"));
    let _answer = one.of(&admin).delete(&path).await.expect(204);
    refused_elsewhere(&other, &exchanged.token, "after the loss of a key").await;
    verify(&admin.token).await;
}

#[tokio::test]
async fn a_process_that_starts_knows_what_was_revoked_before() {
    let one = TestApp::new().await;
    let person = one.register("ada@example.org").await;
    let _answer = one.of(&person).post("/api/auth/logout", &()).await.expect(204);
    // It follows nothing yet: the first key set brings the revocations along.
    let other = TestApp::on(Arc::clone(&one.db), None, &[]).await;
    other.of(&person).get("/api/auth/me").await.expect_problem(401, "unauthenticated");
}

#[tokio::test]
async fn a_question_waits_for_the_next_revocation_and_no_longer_than_asked() {
    let app = TestApp::new().await.with_jobs();
    let person = app.register("ada@example.org").await;
    let service = app.client.signed_in(&app.kit.service_token(ServiceRole::Booking, ServiceRole::Auth));
    let started = Instant::now();
    let nothing: Revocations = service.get("/internal/revocations?after=0&waitMs=300").await.expect(200).parse();
    assert!(nothing.entries.is_empty() && nothing.cursor == 0);
    assert!(started.elapsed() >= Duration::from_millis(300));

    let waiting = tokio::spawn(async move { service.get("/internal/revocations?after=0&waitMs=4000").await });
    tokio::time::sleep(Duration::from_millis(200)).await;
    let revoked_at = Instant::now();
    let _answer = app.of(&person).post("/api/auth/logout", &()).await.expect(204);
    let told: Revocations = waiting.await.expect("answered").expect(200).parse();
    assert_eq!(told.entries.len(), 1);
    assert!(told.cursor > 0);
    assert!(revoked_at.elapsed() < Duration::from_secs(1), "woken, not timed out");
}
