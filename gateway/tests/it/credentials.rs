//! Tokens and API keys at the edge.

use crate::stage::{BOTH, Place, Stage};
use chrono::TimeDelta;
use onsale_core::api::internal::{Revocation, RevokedSubject};
use onsale_platform::ServiceRole;
use serde_json::json;
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
            stage.client().signed_in(token).get("/api/bookings").await.expect_problem(401, "unauthenticated");
        }
        let basic = stage.client().with_header("authorization", "Basic dTpw");
        basic.get("/api/bookings").await.expect_problem(401, "unauthenticated");

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
async fn where_anybody_may_call_a_credential_that_is_not_good_is_taken_off() {
    for place in BOTH {
        let stage = Stage::new(place).await;
        let user = stage.kit.customer();
        let good = stage.client().signed_in(&user.token).get("/api/search/suggest?q=ma").await.expect(200).json();
        assert!(good["headers"]["authorization"].is_string(), "a good one goes on: {good}");
        stage.kit.platform().clock.advance(TimeDelta::hours(1));
        let credentials = [
            ("authorization", format!("Bearer {}", user.token)),
            ("authorization", "Bearer nonsense".to_owned()),
            ("authorization", "Basic dTpw".to_owned()),
            ("x-api-key", "osk_wrong".to_owned()),
            ("x-api-key", "other".to_owned()),
        ];
        for (name, value) in credentials {
            let client = stage.client().with_header(name, &value);
            for path in ["/api/events", "/api/events/E/plan", "/.well-known/jwks.json", "/api/v1/health"] {
                let seen = client.get(path).await.expect(200).json();
                let went_on = seen["headers"].get("authorization").or(seen["headers"].get("x-api-key"));
                assert_eq!(went_on, None, "{value} at {path}");
            }
            for path in ["/", "/events/EVT001", "/robots.txt", "/api/openapi.json", "/api/docs", "/problems"] {
                client.get(path).await.expect(200);
            }
            for call in ["login", "register", "refresh", "logout", "password/forgot", "password/reset", "email/verify"]
            {
                let seen = client.post(&format!("/api/auth/{call}"), &json!({})).await.expect(200).json();
                assert_eq!(seen["headers"].get("authorization"), None, "{value} at {call}");
            }
            client.get("/api/auth/me").await.expect_problem(401, "unauthenticated");
            client.post("/api/events", &json!({})).await.expect_problem(401, "unauthenticated");
            client.post("/api/bookings/reserve", &json!({})).await.expect_problem(401, "unauthenticated");
            client.get("/api/v1/tickets").await.expect_problem(401, "unauthenticated");
        }
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
    stage
        .client()
        .with_header("x-api-key", "other")
        .get("/api/v1/tickets")
        .await
        .expect_problem(401, "unauthenticated");
    let both = stage.client().with_header("x-api-key", "osk_good").with_header("authorization", "Bearer osk_good");
    both.get("/api/v1/tickets").await.expect_problem(400, "malformed");
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
