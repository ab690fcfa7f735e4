//! Tokens: what a verifier takes, and what it does not.

use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use chrono::{DateTime, TimeDelta, Utc};
use metrics_exporter_prometheus::PrometheusBuilder;
use onsale_core::api::internal::{Revocation, RevokedSubject};
use onsale_core::{ApiKeyId, OrganisationId, Role, Scope, SessionId, UserId};
use onsale_platform::ServiceRole;
use onsale_platform::clock::Clock;
use onsale_platform::identity::Identity;
use onsale_platform::tokens::{
    AccessClaims, DeploymentSecret, ServiceTokens, SigningKeyPair, TokenConfig, TokenVerifier,
};
use onsale_testkit::TestKit;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use uuid::Uuid;

struct Stage {
    clock: Clock,
    config: TokenConfig,
    secret: DeploymentSecret,
    pair: SigningKeyPair,
    verifier: TokenVerifier,
}

fn stage() -> Stage {
    let start: DateTime<Utc> = "2026-06-01T20:00:00.250Z".parse().expect("a time");
    let clock = Clock::manual(start);
    let config = TokenConfig::default();
    let secret = DeploymentSecret::new("for tests only: thirty-two characters and more").expect("long enough");
    let pair = SigningKeyPair::generate();
    let serves = [ServiceRole::Booking, ServiceRole::Payment];
    let verifier = TokenVerifier::with_static_keys(&config, &secret, &serves, [pair.jwk(None)], clock.clone());
    Stage { clock, config, secret, pair, verifier }
}

const USER: UserId = UserId(Uuid::from_u128(1));
const SESSION: SessionId = SessionId(Uuid::from_u128(2));
const KEY: ApiKeyId = ApiKeyId(Uuid::from_u128(3));

impl Stage {
    fn user_token(&self) -> String {
        self.pair.sign(&AccessClaims::of_user(&self.config, USER, SESSION, &[Role::Customer], self.clock.now()))
    }

    fn key_token(&self) -> String {
        let scopes = [Scope::TicketsRead];
        let lifetime = TimeDelta::minutes(5);
        self.pair.sign(&AccessClaims::of_key(&self.config, USER, KEY, &scopes, lifetime, self.clock.now()))
    }

    fn revoke(&self, subject: RevokedSubject) {
        let at = self.clock.now();
        self.verifier.revoke(&[Revocation { subject, at, until: at + TimeDelta::minutes(16) }]);
    }

    async fn is_good(&self, token: &str) -> bool {
        self.verifier.verify(token).await.is_ok()
    }
}

#[tokio::test]
async fn people_keys_and_services_are_told_apart() {
    let stage = stage();
    let user = stage.verifier.verify(&stage.user_token()).await.expect("good");
    assert_eq!(
        user,
        Identity::User {
            user_id: USER,
            session_id: SESSION,
            roles: vec![Role::Customer],
            organisation: OrganisationId::DEFAULT
        }
    );
    let key = stage.verifier.verify(&stage.key_token()).await.expect("good");
    assert_eq!(
        key,
        Identity::ApiKey {
            key_id: KEY,
            user_id: USER,
            scopes: vec![Scope::TicketsRead],
            organisation: OrganisationId::DEFAULT
        }
    );
    let search = ServiceTokens::new(&stage.secret, ServiceRole::Search, stage.clock.clone());
    let service = stage.verifier.verify(&search.for_role(ServiceRole::Payment)).await.expect("good");
    assert_eq!(service, Identity::Service(ServiceRole::Search));
}

#[tokio::test]
async fn a_service_token_is_good_for_a_minute_for_roles_served_here_and_under_one_secret() {
    let stage = stage();
    let tokens = ServiceTokens::new(&stage.secret, ServiceRole::Gateway, stage.clock.clone());
    assert!(!stage.is_good(&tokens.for_role(ServiceRole::Admin)).await, "admin is not served here");
    let token = tokens.for_role(ServiceRole::Booking);
    stage.clock.advance(TimeDelta::seconds(29));
    assert_eq!(tokens.for_role(ServiceRole::Booking), token, "kept for half its life");
    stage.clock.advance(TimeDelta::seconds(1));
    assert_ne!(tokens.for_role(ServiceRole::Booking), token);
    stage.clock.advance(TimeDelta::seconds(29));
    assert!(stage.is_good(&token).await);
    stage.clock.advance(TimeDelta::seconds(1));
    assert!(!stage.is_good(&token).await, "its minute is over");
    let elsewhere = DeploymentSecret::new("another installation's secret, also long enough").expect("long enough");
    let foreign = ServiceTokens::new(&elsewhere, ServiceRole::Gateway, stage.clock.clone());
    assert!(!stage.is_good(&foreign.for_role(ServiceRole::Booking)).await);
    assert_ne!(tokens.acting_as(ServiceRole::Search).for_role(ServiceRole::Booking), token);
}

#[tokio::test]
async fn whatever_is_revoked_wins_over_the_cache() {
    let subjects = [RevokedSubject::Session(SESSION.0), RevokedSubject::Account(USER.0), RevokedSubject::ApiKey(KEY.0)];
    for subject in subjects {
        let stage = stage();
        let (user, key) = (stage.user_token(), stage.key_token());
        assert!(stage.is_good(&user).await && stage.is_good(&key).await);
        stage.revoke(subject.clone());
        let expected = match subject {
            RevokedSubject::Session(_) => (false, true),
            RevokedSubject::ApiKey(_) => (true, false),
            _ => (false, false),
        };
        assert_eq!((stage.is_good(&user).await, stage.is_good(&key).await), expected, "{subject:?}");
    }
    let stage = stage();
    let token = stage.user_token();
    assert!(stage.is_good(&token).await);
    stage.revoke(RevokedSubject::Session(Uuid::from_u128(99)));
    assert!(stage.is_good(&token).await, "another's session");
    stage.revoke(RevokedSubject::SigningKey(stage.pair.kid().to_owned()));
    assert!(!stage.is_good(&token).await);
}

#[tokio::test]
async fn an_accounts_later_tokens_are_good_again_a_sessions_never() {
    let stage = stage();
    let before = stage.user_token();
    stage.revoke(RevokedSubject::Account(USER.0));
    assert!(!stage.is_good(&before).await);
    stage.clock.advance(TimeDelta::seconds(1));
    assert!(stage.is_good(&stage.user_token()).await);
    stage.revoke(RevokedSubject::Session(SESSION.0));
    stage.clock.advance(TimeDelta::seconds(5));
    assert!(!stage.is_good(&stage.user_token()).await);
}

#[tokio::test]
async fn a_revocation_holds_as_long_as_told_and_is_then_forgotten() {
    let stage = stage();
    let at = stage.clock.now();
    let session = |until| Revocation { subject: RevokedSubject::Session(SESSION.0), at, until };
    stage.verifier.revoke(&[session(at + TimeDelta::minutes(16))]);
    // The same told again, shorter, takes nothing back.
    stage.verifier.revoke(&[session(at + TimeDelta::seconds(1))]);
    stage.clock.advance(TimeDelta::minutes(15));
    assert!(!stage.is_good(&stage.user_token()).await);
}

#[tokio::test]
async fn a_token_seen_before_costs_next_to_nothing() {
    const TIMES: u32 = 2_000;
    let stage = stage();
    let token = stage.user_token();
    assert!(stage.is_good(&token).await);
    let started = Instant::now();
    for _ in 0..TIMES {
        assert!(stage.is_good(&token).await);
    }
    let cached = started.elapsed() / TIMES;
    let fresh: Vec<_> = (0..200).map(|_| stage.user_token()).collect();
    let started = Instant::now();
    for token in &fresh {
        assert!(stage.is_good(token).await);
    }
    let verified = started.elapsed() / 200;
    assert!(cached * 3 < verified, "from the cache {cached:?}, by signature {verified:?}");
}

#[tokio::test(start_paused = true)]
async fn the_revocations_grow_old_while_auth_is_away() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let _local = metrics::set_default_local_recorder(&recorder);
    let age = || {
        let text = recorder.handle().render();
        let age = text.lines().find_map(|line| line.strip_prefix("onsale_revocations_age_seconds ")?.parse().ok());
        age.unwrap_or_else(|| panic!("the age is not told: {text}"))
    };
    let kit = TestKit::without_database(Clock::manual("2026-06-01T20:00:00Z".parse().expect("a time"))).build();
    let away = Arc::new(AtomicBool::new(false));
    kit.install(ServiceRole::Auth, auth(Arc::clone(&away)));
    let upstreams = kit.platform().upstreams.clone();
    let secret = DeploymentSecret::of(&kit.platform().env).expect("long enough");
    let serves = [ServiceRole::Booking];
    let clock = kit.platform().clock.clone();
    let verifier = Arc::new(TokenVerifier::new(&TokenConfig::default(), &secret, &serves, upstreams, clock));
    tokio::spawn(verifier.follow(kit.platform().shutdown.clone()));

    tokio::time::sleep(Duration::from_secs(30)).await;
    let fresh: f64 = age();
    assert!(fresh < 2.0, "{fresh} s old while auth answers");
    away.store(true, Ordering::Relaxed);
    tokio::time::sleep(Duration::from_secs(30)).await;
    let old: f64 = age();
    assert!((27.0..33.0).contains(&old), "{old} s old after 30 s without auth");
    away.store(false, Ordering::Relaxed);
    tokio::time::sleep(Duration::from_secs(30)).await;
    let fresh: f64 = age();
    assert!(fresh < 2.0, "{fresh} s old with auth back");
}

/// auth, that tells of no revocation, and of nothing while it is away.
fn auth(away: Arc<AtomicBool>) -> Router {
    let keys = json!({"keys": [SigningKeyPair::generate().jwk(None)]});
    let revocations = move || {
        let away = away.load(Ordering::Relaxed);
        async move {
            tokio::time::sleep(Duration::from_secs(1)).await;
            if away { Err(StatusCode::SERVICE_UNAVAILABLE) } else { Ok(Json(json!({"entries": [], "cursor": 0}))) }
        }
    };
    Router::new()
        .route("/.well-known/jwks.json", get(move || async move { Json(keys) }))
        .route("/internal/revocations", get(revocations))
}
