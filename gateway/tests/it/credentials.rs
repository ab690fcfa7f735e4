//! Tokens and API keys at the edge.

use crate::stage::{BOTH, Place, Stage};
use chrono::TimeDelta;
use onsale_core::api::internal::{Revocation, RevokedSubject};
use onsale_platform::ServiceRole;
use std::sync::atomic::Ordering;

#[tokio::test]
async fn bad_tokens_are_refused_before_anything_is_routed() {
    for place in BOTH {
        let stage = Stage::new(place).await;
        let user = stage.kit.customer();
        stage.client().signed_in(&user.token).get("/api/bookings").await.expect(200);
        let (cut, _) = user.token.split_at(user.token.len() - 4);
        let service = stage.kit.service_token(ServiceRole::Booking, ServiceRole::Booking);
        for token in ["nonsense", cut, "", &service] {
            stage.client().signed_in(token).get("/api/events").await.expect_problem(401, "unauthenticated");
        }
        let basic = stage.client().with_header("authorization", "Basic dTpw");
        basic.get("/api/events").await.expect_problem(401, "unauthenticated");

        let now = stage.kit.platform().clock.now();
        let revoked = Revocation {
            subject: RevokedSubject::Session(user.session_id.0),
            at: now,
            until: now + TimeDelta::hours(1),
        };
        stage.kit.platform().verifier.revoke(&[revoked]);
        let refused = stage.client().signed_in(&user.token).get("/api/bookings").await;
        refused.expect_problem(401, "unauthenticated");
    }
}

#[tokio::test]
async fn an_api_key_becomes_a_token_once_and_never_goes_on() {
    for place in BOTH {
        let stage = Stage::new(place).await;
        let ways = [("authorization", "Bearer osk_good"), ("x-api-key", "osk_good")];
        for (name, value) in ways {
            let seen = stage.client().with_header(name, value).get("/api/v1/tickets").await.expect(200).json();
            let bearer = seen["headers"]["authorization"].as_str().expect("a token goes on");
            assert!(bearer.starts_with("Bearer ey") && !seen.to_string().contains("osk_"), "{seen}");
        }
        assert_eq!(stage.exchanges.load(Ordering::SeqCst), 1, "it is kept");

        stage.kit.platform().clock.advance(TimeDelta::seconds(14 * 60 + 1));
        let key = stage.client().with_header("x-api-key", "osk_good");
        key.get("/api/v1/tickets").await.expect(200);
        assert_eq!(stage.exchanges.load(Ordering::SeqCst), 2, "asked anew before it ends");
    }
}

#[tokio::test]
async fn a_wrong_key_is_401_and_guessing_does_not_reach_auth() {
    let stage = Stage::new(Place::Local).await;
    let key = stage.client().with_header("x-api-key", "osk_wrong");
    for _ in 0..5 {
        key.get("/api/v1/tickets").await.expect_problem(401, "unauthenticated");
    }
    assert_eq!(stage.exchanges.load(Ordering::SeqCst), 1);
    stage.client().with_header("x-api-key", "other").get("/api/events").await.expect_problem(401, "unauthenticated");
    let both = stage.client().with_header("x-api-key", "osk_good").with_header("authorization", "Bearer osk_good");
    both.get("/api/events").await.expect_problem(400, "malformed");
}

#[tokio::test]
async fn a_revoked_key_is_asked_for_again_and_refused() {
    let stage = Stage::new(Place::Local).await;
    let key = stage.client().with_header("x-api-key", "osk_good");
    key.get("/api/v1/tickets").await.expect(200);
    let bearer = key.get("/api/v1/tickets").await.json()["headers"]["authorization"].clone();
    let token = bearer.as_str().and_then(|text| text.strip_prefix("Bearer ")).expect("a token").to_owned();
    let identity = stage.kit.platform().verifier.verify(&token).await.expect("it is good");
    let onsale_platform::identity::Identity::ApiKey { key_id, .. } = identity else { panic!("a key's token") };
    let now = stage.kit.platform().clock.now();
    let revoked = Revocation { subject: RevokedSubject::ApiKey(key_id.0), at: now, until: now + TimeDelta::hours(1) };
    stage.kit.platform().verifier.revoke(&[revoked]);
    key.get("/api/v1/tickets").await.expect_problem(401, "unauthenticated");
    assert_eq!(stage.exchanges.load(Ordering::SeqCst), 2, "auth was asked, and its old token is refused");
}
