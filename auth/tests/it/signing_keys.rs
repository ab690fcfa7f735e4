//! Keys: published, rotated, sealed; fetched seldom.

use crate::app::{Person, TestApp, until};
use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use chrono::TimeDelta;
use onsale_auth::{Rotation, list_keys, rotate_keys};
use onsale_core::{Role, SessionId, UserId};
use onsale_platform::ServiceRole;
use onsale_platform::tokens::{AccessClaims, JwkSet, SigningKeyPair, TokenConfig, TokenVerifier};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

async fn keys(app: &TestApp) -> JwkSet {
    app.client.get("/.well-known/jwks.json").await.expect(200).parse()
}

fn kid(token: &str) -> String {
    use base64::Engine;
    let header = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap_or_default());
    let header: serde_json::Value = serde_json::from_slice(&header.expect("base64url")).expect("JSON");
    assert_eq!((header["alg"].as_str(), header["typ"].as_str()), (Some("EdDSA"), Some("at+jwt")));
    header["kid"].as_str().expect("a name").to_owned()
}

/// Another process's verifier, with a count of the key sets that it fetched.
fn counted(app: &TestApp) -> (TokenVerifier, Arc<AtomicUsize>) {
    let fetches = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&fetches);
    let router: Router = onsale_auth::router(app.state.clone()).layer(from_fn(move |request: Request, next: Next| {
        if request.uri().path() == "/.well-known/jwks.json" {
            counter.fetch_add(1, Ordering::SeqCst);
        }
        next.run(request)
    }));
    let kit = onsale_testkit::TestKit::without_database(app.platform.clock.clone()).build();
    kit.install(ServiceRole::Auth, router);
    let upstreams = kit.platform().upstreams.clone();
    let config = TokenConfig::default();
    let clock = app.platform.clock.clone();
    (TokenVerifier::new(&config, &app.secret(), &[ServiceRole::Booking], upstreams, clock), fetches)
}

fn token_of(pair: &SigningKeyPair, app: &TestApp) -> String {
    let (user, session) = (UserId(uuid::Uuid::nil()), SessionId(uuid::Uuid::nil()));
    pair.sign(&AccessClaims::of_user(&TokenConfig::default(), user, session, &[Role::Admin], app.platform.clock.now()))
}

#[tokio::test]
async fn security_2_unknown_kids_cause_one_fetch_of_the_key_set_in_30_seconds() {
    let app = TestApp::at_rest().await;
    let (verifier, fetches) = counted(&app);
    let strangers: Vec<_> = (0..50).map(|_| token_of(&SigningKeyPair::generate(), &app)).collect();
    let verdicts = futures::future::join_all(strangers.iter().map(|token| verifier.verify(token))).await;
    for verdict in verdicts {
        assert_eq!(verdict.expect_err("unknown").status(), 401);
    }
    assert_eq!(fetches.load(Ordering::SeqCst), 1);
    app.platform.clock.advance(TimeDelta::milliseconds(29_999));
    verifier.verify(&strangers[0]).await.expect_err("unknown");
    assert_eq!(fetches.load(Ordering::SeqCst), 1);
    app.platform.clock.advance(TimeDelta::milliseconds(1));
    for token in &strangers {
        verifier.verify(token).await.expect_err("unknown");
    }
    assert_eq!(fetches.load(Ordering::SeqCst), 2);
    // A good token needs no fetch of its own.
    let person = app.register("ada@example.org").await;
    verifier.verify(&person.token).await.expect("good");
    assert_eq!(fetches.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn security_2_an_old_kid_is_good_until_its_last_exp_then_401() {
    let app = TestApp::at_rest().await;
    let person = app.register("ada@example.org").await;
    let old = kid(&person.token);
    let (verifier, _) = counted(&app);
    verifier.verify(&person.token).await.expect("good");
    let clock = &app.platform.clock;
    let rotated = rotate_keys(app.db.pool(), &app.secret(), clock, Rotation::Planned).await.expect("rotates");
    assert_eq!(rotated.retired, std::slice::from_ref(&old));
    assert_ne!(rotated.kid, old);
    let listed = list_keys(app.db.pool(), clock).await.expect("lists");
    let listed: Vec<_> = listed.iter().map(|key| (key.kid.as_str(), key.signs_until)).collect();
    assert_eq!(listed, [(old.as_str(), Some(rotated.signs_from)), (rotated.kid.as_str(), None)]);

    // Another process of auth starts now. Until the handover it signs with the old key, and publishes both.
    let app = TestApp::on(Arc::clone(&app.db), Some(clock.clone()), &[]).await;
    assert_eq!(keys(&app).await.keys.len(), 2);
    let before = Person::of(&app.refresh(&person.refresh).await.expect(200));
    assert_eq!(kid(&before.token), old);
    clock.advance(rotated.signs_from - clock.now() - TimeDelta::seconds(1));
    let last = Person::of(&app.refresh(&before.refresh).await.expect(200));
    assert_eq!(kid(&last.token), old);
    clock.advance(TimeDelta::seconds(1));
    let next = Person::of(&app.refresh(&last.refresh).await.expect(200));
    assert_eq!(kid(&next.token), rotated.kid);

    // The last token of the old key lives out its time.
    clock.advance(TimeDelta::minutes(15) - TimeDelta::seconds(2));
    let _answer = app.of(&last).get("/api/auth/me").await.expect(200);
    clock.advance(rotated.retired_expire_at - clock.now());
    app.of(&last).get("/api/auth/me").await.expect_problem(401, "unauthenticated");
    let known: Vec<_> = keys(&app).await.keys.into_iter().map(|key| key.kid).collect();
    assert_eq!(known, [rotated.kid]);
}

#[tokio::test]
async fn security_2_what_a_forgotten_key_signs_is_401_even_where_it_is_still_in_memory() {
    let app = TestApp::at_rest().await;
    let stolen = SigningKeyPair::generate();
    let end = app.platform.clock.now() + TimeDelta::minutes(1);
    let verifier = TokenVerifier::with_static_keys(
        &TokenConfig::default(),
        &app.secret(),
        &[],
        [stolen.jwk(Some(end))],
        app.platform.clock.clone(),
    );
    verifier.verify(&token_of(&stolen, &app)).await.expect("not yet");
    app.platform.clock.advance(TimeDelta::minutes(1));
    let refusal = verifier.verify(&token_of(&stolen, &app)).await.expect_err("its time is over");
    assert_eq!(refusal.status(), 401);
}

/// One person's load on two processes: each refresh goes to the other one, and both check its token.
struct Load<'a> {
    processes: &'a [TestApp; 2],
    person: Person,
    /// How many tokens each key signed.
    signed_by: HashMap<String, usize>,
    n: usize,
}

impl Load<'_> {
    /// Fails the test when anything is refused.
    async fn step(&mut self) {
        let answer = self.processes[self.n % 2].refresh(&self.person.refresh).await.expect(200);
        self.person = Person::of(&answer);
        *self.signed_by.entry(kid(&self.person.token)).or_default() += 1;
        for process in self.processes {
            let _answer = process.of(&self.person).get("/api/auth/me").await.expect(200);
        }
        self.n += 1;
    }

    async fn run(&mut self, time: Duration) {
        let started = Instant::now();
        while started.elapsed() < time {
            self.step().await;
        }
    }
}

#[tokio::test]
async fn security_2_rotation_under_load_fails_nobody() {
    let first = TestApp::at_rest().await;
    let clock = first.platform.clock.clone();
    let processes = [
        TestApp::on(Arc::clone(&first.db), Some(clock.clone()), &[]).await.with_jobs(),
        TestApp::on(Arc::clone(&first.db), Some(clock.clone()), &[]).await.with_jobs(),
    ];
    let person = processes[0].register("ada@example.org").await;
    let mut load = Load { processes: &processes, person, signed_by: HashMap::new(), n: 0 };
    load.run(Duration::from_millis(300)).await;
    let rotated = rotate_keys(first.db.pool(), &first.secret(), &clock, Rotation::Planned).await.expect("rotates");
    // The minute until the handover, with its waiting left out: both publish the new key within 5 s …
    let started = Instant::now();
    while keys(&processes[0]).await.keys.len() + keys(&processes[1]).await.keys.len() < 4 {
        assert!(started.elapsed() < Duration::from_secs(10), "the new key is not published");
        load.step().await;
    }
    // … verifiers fetch it within 20 s more …
    clock.advance(TimeDelta::seconds(25));
    load.run(Duration::from_millis(2_500)).await;
    assert_eq!(load.signed_by.len(), 1, "the new key signed before its time");
    // … and one second is before the handover, the next one after it.
    clock.advance(rotated.signs_from - clock.now() - TimeDelta::seconds(1));
    load.run(Duration::from_millis(300)).await;
    clock.advance(TimeDelta::seconds(1));
    load.run(Duration::from_millis(1_000)).await;
    assert!(load.signed_by.get(&rotated.kid).is_some_and(|count| *count > 10), "{:?}", load.signed_by);
    assert_eq!(load.signed_by.len(), 2);
}

#[tokio::test]
async fn a_compromised_key_is_refused_everywhere_at_once_and_refreshing_helps() {
    let one = TestApp::new().await.with_jobs();
    let other = TestApp::on(Arc::clone(&one.db), None, &[]).await.with_jobs();
    let person = one.register("ada@example.org").await;
    let _answer = other.of(&person).get("/api/auth/me").await.expect(200);
    let clock = &one.platform.clock;
    rotate_keys(one.db.pool(), &one.secret(), clock, Rotation::Compromised).await.expect("rotates");
    let took = until("refused elsewhere", || async { other.of(&person).get("/api/auth/me").await.status == 401 }).await;
    assert!(took < Duration::from_secs(2), "it took {took:?}");
    until("a refreshed token is good elsewhere", || async {
        let answer = one.refresh(&person.refresh).await;
        answer.status == 200 && other.of(&Person::of(&answer)).get("/api/auth/me").await.status == 200
    })
    .await;
}

#[tokio::test]
async fn private_keys_are_sealed_and_another_secret_opens_none() {
    let app = TestApp::new().await;
    let sealed: Vec<u8> =
        sqlx::query_scalar("SELECT sealed FROM auth.signing_keys").fetch_one(app.db.pool()).await.expect("one key");
    assert_eq!(sealed.len(), 12 + 32 + 16, "nonce, key, tag");
    let public = &keys(&app).await.keys[0];
    assert_eq!((public.kty.as_str(), public.crv.as_str(), public.exp), ("OKP", "Ed25519", None));
    let kit = onsale_testkit::TestKit::builder(&app.db)
        .await
        .setting("ONSALE_SECRET", "another secret of more than thirty-two characters")
        .build();
    let error = onsale_auth::start(kit.platform()).await.err().expect("the key cannot be opened");
    assert!(error.to_string().contains("another ONSALE_SECRET"), "{error}");
}

#[tokio::test]
async fn two_processes_that_start_at_once_make_one_key() {
    let app = TestApp::new().await;
    sqlx::query("DELETE FROM auth.signing_keys").execute(app.db.pool()).await.expect("empty");
    let (one, two) = tokio::join!(onsale_auth::start(&app.platform), onsale_auth::start(&app.platform));
    one.expect("starts");
    two.expect("starts");
    assert_eq!(onsale_testkit::database::count(app.db.pool(), "auth.signing_keys").await, 1);
}
