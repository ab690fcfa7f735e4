//! auth in a process of its own, which checks tokens as every other process does: with keys and
//! revocations that it asks auth for.

use onsale_auth::State;
use onsale_core::api::accounts::SignedIn;
use onsale_core::{Role, UserId};
use onsale_platform::clock::Clock;
use onsale_platform::tokens::{DeploymentSecret, TokenConfig, TokenVerifier};
use onsale_platform::{Platform, ServiceRole};
use onsale_testkit::{Answer, TestClient, TestDb, TestKit};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

pub(crate) const PASSWORD: &str = "a good long password";

/// A process that runs auth.
pub(crate) struct TestApp {
    pub(crate) db: Arc<TestDb>,
    pub(crate) state: State,
    pub(crate) platform: Platform,
    pub(crate) client: TestClient,
    pub(crate) kit: TestKit,
}

impl TestApp {
    /// With cheap hashes.
    pub(crate) async fn new() -> Self {
        Self::with(&[]).await
    }

    /// With cheap hashes and these settings.
    pub(crate) async fn with(settings: &[(&str, &str)]) -> Self {
        Self::on(Arc::new(TestDb::new().await), None, settings).await
    }

    /// With a clock that stands still until it is moved.
    pub(crate) async fn at_rest() -> Self {
        let db = Arc::new(TestDb::new().await);
        let now = Clock::measured(db.pool()).await.expect("the database tells the time").now();
        Self::on(db, Some(Clock::manual(now)), &[]).await
    }

    /// One more process on a database.
    pub(crate) async fn on(db: Arc<TestDb>, clock: Option<Clock>, settings: &[(&str, &str)]) -> Self {
        let mut builder = TestKit::builder(&db).await.setting("ARGON2_PROFILE", "minimal");
        for (name, value) in settings {
            builder = builder.setting(name, *value);
        }
        if let Some(clock) = clock {
            builder = builder.clock(clock);
        }
        let kit = builder.build();
        let mut platform = kit.platform_of(ServiceRole::Auth);
        let secret = DeploymentSecret::of(&platform.env).expect("long enough");
        let config = TokenConfig::of(&platform.env).expect("readable");
        platform.verifier = Arc::new(TokenVerifier::new(
            &config,
            &secret,
            &[ServiceRole::Auth],
            platform.upstreams.clone(),
            platform.clock.clone(),
        ));
        let state = onsale_auth::start(&platform).await.expect("auth starts");
        let router = onsale_auth::router(state.clone());
        kit.install(ServiceRole::Auth, router.clone());
        Self { db, state, platform, client: TestClient::new(router), kit }
    }

    /// Starts what runs beside requests, and what every process does to follow auth.
    pub(crate) fn with_jobs(self) -> Self {
        onsale_auth::spawn_jobs(&self.platform, &self.state);
        let following = Arc::clone(&self.platform.verifier).follow(self.platform.shutdown.clone());
        self.platform.shutdown.spawn("revocations", following);
        self
    }

    pub(crate) fn secret(&self) -> DeploymentSecret {
        DeploymentSecret::of(&self.platform.env).expect("long enough")
    }

    /// Registers a person.
    pub(crate) async fn register(&self, email: &str) -> Person {
        let body = json!({"email": email, "password": PASSWORD, "name": "Ada"});
        Person::of(&self.client.post("/api/auth/register", &body).await.expect(201))
    }

    /// What auth tells other services of a person.
    pub(crate) async fn contact(&self, person: &Person) -> Value {
        let token = self.kit.service_token(ServiceRole::Notification, ServiceRole::Auth);
        self.client.signed_in(&token).get(&format!("/internal/users/{}", person.id)).await.expect(200).json()
    }

    /// Tries to sign in.
    pub(crate) async fn login(&self, email: &str, password: &str) -> Answer {
        self.client.post("/api/auth/login", &json!({"email": email, "password": password})).await
    }

    /// Uses a refresh token.
    pub(crate) async fn refresh(&self, token: &str) -> Answer {
        let client = self.client.with_header("cookie", &format!("onsale_refresh={token}"));
        client.send(http::Method::POST, "/api/auth/refresh", axum::body::Body::empty()).await
    }

    /// Registers a person and gives them these roles, as an operator would by hand.
    pub(crate) async fn staff(&self, email: &str, roles: &[Role]) -> Person {
        let person = self.register(email).await;
        let names: Vec<String> = roles.iter().map(ToString::to_string).collect();
        sqlx::query("UPDATE auth.accounts SET roles = $2 WHERE id = $1")
            .bind(person.id.0)
            .bind(names)
            .execute(self.db.pool())
            .await
            .expect("the roles are known");
        Person::of(&self.login(email, PASSWORD).await.expect(200))
    }

    /// A client with that token.
    pub(crate) fn of(&self, person: &Person) -> TestClient {
        self.client.signed_in(&person.token)
    }
}

/// Somebody who signed in.
pub(crate) struct Person {
    pub(crate) id: UserId,
    pub(crate) token: String,
    pub(crate) refresh: String,
    pub(crate) device: Option<String>,
}

impl Person {
    pub(crate) fn of(answer: &Answer) -> Self {
        let signed_in: SignedIn = answer.parse();
        Self {
            id: signed_in.user.id,
            token: signed_in.token,
            refresh: cookie(answer, "onsale_refresh").expect("a refresh token"),
            device: cookie(answer, "onsale_device"),
        }
    }
}

/// The value of a cookie that an answer sets.
pub(crate) fn cookie(answer: &Answer, name: &str) -> Option<String> {
    set_cookie(answer, name).map(|text| text.split(';').next().unwrap_or_default().to_owned())
}

/// What an answer says of a cookie, after `name=`.
pub(crate) fn set_cookie(answer: &Answer, name: &str) -> Option<String> {
    answer.headers.get_all("set-cookie").iter().find_map(|value| {
        let (key, rest) = value.to_str().ok()?.split_once('=')?;
        (key == name).then(|| rest.to_owned())
    })
}

/// Asks again and again until the answer is so, or fails after 5 s; how long it took.
pub(crate) async fn until<F, Fut>(what: &str, mut is_so: F) -> Duration
where
    F: FnMut() -> Fut,
    Fut: Future<Output = bool>,
{
    let started = std::time::Instant::now();
    while started.elapsed() < Duration::from_secs(5) {
        if is_so().await {
            return started.elapsed();
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("not within 5 s: {what}");
}
