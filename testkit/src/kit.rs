//! A process for tests: settings, clock, keys, and the ways to the services that a test installs.

use crate::{TestClient, TestDb, TestRedis};
use axum::Router;
use onsale_core::{ApiKeyId, OrganisationId, Role, Scope, SessionId, UserId};
use onsale_platform::bus::Bus;
use onsale_platform::clock::Clock;
use onsale_platform::env::Env;
use onsale_platform::fanout::Fanout;
use onsale_platform::settings::Live;
use onsale_platform::shutdown::Shutdown;
use onsale_platform::tokens::{
    ACCESS_LIFETIME, AccessClaims, DeploymentSecret, ServiceTokens, SigningKeyPair, TokenConfig, TokenVerifier,
};
use onsale_platform::upstream::Upstreams;
use onsale_platform::{Platform, ServiceRole, random};
use std::sync::Arc;

const SECRET: &str = "for tests only: thirty-two characters and more";

/// What [`TestKit`] is built from.
#[must_use]
pub struct TestKitBuilder {
    settings: Vec<(String, String)>,
    clock: Clock,
    bus: Bus,
    caller: ServiceRole,
}

impl TestKitBuilder {
    /// With this setting.
    pub fn setting(mut self, name: &str, value: impl Into<String>) -> Self {
        self.settings.push((name.to_owned(), value.into()));
        self
    }

    /// With these Redis masters; without this there are none.
    pub fn redis(self, redis: &TestRedis) -> Self {
        let urls = redis.setting();
        self.setting("REDIS_URLS", urls)
    }

    /// With this clock instead of PostgreSQL's.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// With this bus; without this there is none.
    pub fn bus(mut self, bus: Bus) -> Self {
        self.bus = bus;
        self
    }

    /// The role on whose behalf calls to other services are made; booking when nobody says.
    pub fn acting_as(mut self, caller: ServiceRole) -> Self {
        self.caller = caller;
        self
    }

    /// The process.
    ///
    /// # Panics
    /// When a setting cannot be used.
    #[must_use]
    pub fn build(self) -> TestKit {
        let env: Env = self.settings.into_iter().collect();
        let secret = DeploymentSecret::of(&env).expect("a secret that is long enough");
        let config = TokenConfig::of(&env).expect("the tokens' settings are usable");
        let keys = SigningKeyPair::generate();
        let verifier =
            TokenVerifier::with_static_keys(&config, &secret, ServiceRole::ALL, [keys.jwk(None)], self.clock.clone());
        let service_tokens = ServiceTokens::new(&secret, self.caller, self.clock.clone());
        let upstreams = Upstreams::from_env(&env, service_tokens.clone()).expect("the upstreams are readable");
        let fanout = Fanout::of(&env).expect("the fan-out's setting is usable");
        let platform = Platform {
            env,
            clock: self.clock,
            verifier: Arc::new(verifier),
            service_tokens,
            bus: self.bus,
            fanout,
            settings: Live::default(),
            upstreams,
            shutdown: Shutdown::new(),
        };
        TestKit { platform, keys, config }
    }
}

/// A process for tests, and a mint for its tokens. Its background tasks are told to stop when it goes.
pub struct TestKit {
    platform: Platform,
    keys: SigningKeyPair,
    config: TokenConfig,
}

/// A person with a token.
#[derive(Debug, Clone)]
pub struct TestUser {
    /// The account.
    pub id: UserId,
    /// The session of the token.
    pub session_id: SessionId,
    /// The token.
    pub token: String,
}

impl TestKit {
    /// On this database, with its time, without Redis and without a bus.
    ///
    /// # Panics
    /// When the database is away or a setting cannot be used.
    pub async fn new(db: &TestDb) -> Self {
        Self::builder(db).await.build()
    }

    /// On this database, with its time, and with what else a test needs.
    ///
    /// # Panics
    /// When the database is away.
    pub async fn builder(db: &TestDb) -> TestKitBuilder {
        let clock = Clock::measured(db.pool()).await.expect("the test's database tells the time");
        let builder = Self::without_database(clock);
        builder.setting("DATABASE_URL", db.url())
    }

    /// For what needs no database.
    pub fn without_database(clock: Clock) -> TestKitBuilder {
        let settings = vec![("ONSALE_SECRET".to_owned(), SECRET.to_owned())];
        TestKitBuilder { settings, clock, bus: Bus::Off, caller: ServiceRole::Booking }
    }

    /// What a service starts from.
    #[must_use]
    pub fn platform(&self) -> &Platform {
        &self.platform
    }

    /// The same process to a service of this role, as the binary gives it.
    #[must_use]
    pub fn platform_of(&self, role: ServiceRole) -> Platform {
        let mut platform = self.platform.clone();
        platform.service_tokens = platform.service_tokens.acting_as(role);
        platform.upstreams = platform.upstreams.acting_as(role);
        platform
    }

    /// Makes a service, or a test's stand-in for one, reachable for the others.
    pub fn install(&self, role: ServiceRole, router: Router) {
        self.platform.upstreams.install(role, router);
    }

    /// A new person with these roles.
    #[must_use]
    pub fn user(&self, roles: &[Role]) -> TestUser {
        self.sign_in(random::new_id(&self.platform.clock), roles)
    }

    /// A new customer.
    #[must_use]
    pub fn customer(&self) -> TestUser {
        self.user(&[Role::Customer])
    }

    /// A token for a known account.
    #[must_use]
    pub fn sign_in(&self, id: UserId, roles: &[Role]) -> TestUser {
        let session_id = random::new_id(&self.platform.clock);
        let claims = AccessClaims::of_user(&self.config, id, session_id, roles, self.platform.clock.now());
        TestUser { id, session_id, token: self.keys.sign(&claims) }
    }

    /// A new person with these roles in an organisation.
    #[must_use]
    pub fn member(&self, organisation: OrganisationId, roles: &[Role]) -> TestUser {
        let (id, session_id) = (random::new_id(&self.platform.clock), random::new_id(&self.platform.clock));
        let claims = AccessClaims::of_user(&self.config, id, session_id, roles, self.platform.clock.now());
        TestUser { id, session_id, token: self.keys.sign(&claims.acting_for(Some(organisation))) }
    }

    /// The token that an API key with these scopes is exchanged for.
    #[must_use]
    pub fn api_key_token(&self, key: ApiKeyId, owner: UserId, scopes: &[Scope]) -> String {
        let now = self.platform.clock.now();
        self.keys.sign(&AccessClaims::of_key(&self.config, owner, key, scopes, ACCESS_LIFETIME, now))
    }

    /// A service's token for calling another one.
    #[must_use]
    pub fn service_token(&self, caller: ServiceRole, audience: ServiceRole) -> String {
        self.platform.service_tokens.acting_as(caller).for_role(audience)
    }

    /// The pair that signs this process's tokens, for tokens of a test's own making.
    #[must_use]
    pub fn keys(&self) -> &SigningKeyPair {
        &self.keys
    }

    /// A person's client of a router.
    #[must_use]
    pub fn client_of(&self, router: Router, user: &TestUser) -> TestClient {
        TestClient::new(router).signed_in(&user.token)
    }
}

impl Drop for TestKit {
    fn drop(&mut self) {
        self.platform.shutdown.request();
    }
}
