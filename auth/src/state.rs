//! What handlers share.

use crate::config::AuthConfig;
use crate::error::StartError;
use crate::hashing::Hashing;
use crate::jobs::feed::Feed;
use crate::keyring::{Keyring, Sealer};
use crate::service::{keep_audit, rotate_keys};
use axum::extract::FromRef;
use onsale_core::api::internal::Revocation;
use onsale_platform::clock::Clock;
use onsale_platform::settings::Live;
use onsale_platform::shutdown::Shutdown;
use onsale_platform::tokens::{DeploymentSecret, TokenVerifier};
use onsale_platform::{Platform, ServiceRole, pg};
use sqlx::PgPool;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Mails to forgetful people that are being prepared at once.
const MAILS_MAX: usize = 32;

/// What handlers share. Cheap to clone.
#[derive(Clone)]
pub struct State(Arc<Shared>);

/// The parts.
pub struct Shared {
    pub(crate) pool: PgPool,
    pub(crate) clock: Clock,
    pub(crate) config: AuthConfig,
    pub(crate) verifier: Arc<TokenVerifier>,
    pub(crate) hashing: Hashing,
    pub(crate) keyring: Keyring,
    /// What second factors are sealed under.
    pub(crate) factors: Sealer,
    /// What recovery codes are hashed by.
    pub(crate) recovery_key: [u8; 32],
    /// What the audit log is chained by.
    pub(crate) chain_key: [u8; 32],
    pub(crate) settings: Live,
    pub(crate) feed: Feed,
    /// What successors of refresh tokens are derived with.
    pub(crate) refresh_key: [u8; 32],
    pub(crate) mails: Arc<Semaphore>,
    pub(crate) shutdown: Shutdown,
}

impl State {
    /// Opens the database, and the signing keys; makes the first key where there is none.
    pub(crate) async fn start(platform: &Platform) -> Result<Self, StartError> {
        let config = AuthConfig::of(&platform.env)?;
        let secret = DeploymentSecret::of(&platform.env)?;
        config.warn_of_weakness();
        let pool = pg::connect(&pg::PgConfig::of(&platform.env, ServiceRole::Auth)?, ServiceRole::Auth).await?;
        rotate_keys::ensure_first(&pool, &secret, &platform.clock).await?;
        let mut conn = pool.acquire().await?;
        let keyring = Keyring::load(&mut conn, Sealer::new(&secret), platform.clock.clone()).await?;
        drop(conn);
        Ok(Self(Arc::new(Shared {
            hashing: Hashing::new(config.hashing).map_err(StartError::Hashing)?,
            pool,
            clock: platform.clock.clone(),
            config,
            verifier: Arc::clone(&platform.verifier),
            keyring,
            factors: Sealer::of_second_factors(&secret),
            recovery_key: secret.derive("recovery codes"),
            chain_key: keep_audit::key(&secret),
            settings: platform.settings.clone(),
            feed: Feed::default(),
            refresh_key: secret.derive("refresh tokens"),
            mails: Arc::new(Semaphore::new(MAILS_MAX)),
            shutdown: platform.shutdown.clone(),
        })))
    }

    /// The pool of auth's database, for health checks and the relay.
    #[must_use]
    pub fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// After the commit: refuses here at once what other processes learn from the feed.
    pub(crate) fn revoked(&self, revocations: &[Revocation]) {
        self.verifier.revoke(revocations);
        self.feed.bump();
    }
}

impl std::ops::Deref for State {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl FromRef<State> for Arc<TokenVerifier> {
    fn from_ref(state: &State) -> Self {
        Arc::clone(&state.verifier)
    }
}
