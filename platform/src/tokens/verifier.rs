//! Checks tokens.

use super::cache::{Cache, Verified};
use super::claims::{AccessClaims, ServiceClaims, TokenConfig};
use super::jws::{Kind, TOKEN_BYTES_MAX, Unverified};
use super::keys::{Jwk, JwkSet, KeySet, KnownKey};
use super::revoked::{Marks, Revoked};
use super::secret::DeploymentSecret;
use super::service;
use crate::ServiceRole;
use crate::clock::Clock;
use crate::identity::Identity;
use crate::problem::Problem;
use crate::upstream::{CallError, Upstreams};
use chrono::{DateTime, TimeDelta, Utc};
use ed25519_dalek::VerifyingKey;
use onsale_core::api::internal::Revocation;
use parking_lot::Mutex;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;
use tokio::time::Instant;

/// Unknown key names cause one fetch of the key set in this time at most.
const UNKNOWN_KEY_FETCH_EVERY: TimeDelta = TimeDelta::seconds(30);

/// Checks tokens: revocations first, then the cache of verified ones, then the signature.
///
/// A token seen before costs a hash, a look at the cache and one at the count of revocations; it is
/// looked for among the revocations again only when that count has moved.
pub struct TokenVerifier {
    config: TokenConfig,
    serves: Vec<ServiceRole>,
    service_key: VerifyingKey,
    pub(super) clock: Clock,
    cache: Cache,
    pub(super) revoked: Revoked,
    /// How far the revocations were read; -1 before the first time.
    pub(super) cursor: AtomicI64,
    /// When all of them were known last; at first when this was made.
    pub(super) revocations_complete_at: Mutex<Instant>,
    keys: KeySet,
    /// Where keys and revocations come from; nowhere in tests with keys of their own.
    pub(super) upstreams: Option<Upstreams>,
    unknown: tokio::sync::Mutex<UnknownKeys>,
}

/// The last fetch that an unknown key name caused.
#[derive(Default)]
struct UnknownKeys {
    fetched_at: Option<DateTime<Utc>>,
    failed: bool,
}

impl TokenVerifier {
    /// Takes keys and revocations from auth. `serves` are the roles of this process: service tokens
    /// for other roles are refused. [`TokenVerifier::follow`] keeps both fresh.
    #[must_use]
    pub fn new(
        config: &TokenConfig,
        secret: &DeploymentSecret,
        serves: &[ServiceRole],
        upstreams: Upstreams,
        clock: Clock,
    ) -> Self {
        Self::build(config, secret, serves, Some(upstreams), clock)
    }

    /// Takes these keys and no others; revocations only by [`TokenVerifier::revoke`]. For tests.
    #[must_use]
    pub fn with_static_keys(
        config: &TokenConfig,
        secret: &DeploymentSecret,
        serves: &[ServiceRole],
        keys: impl IntoIterator<Item = Jwk>,
        clock: Clock,
    ) -> Self {
        let verifier = Self::build(config, secret, serves, None, clock);
        verifier.keys.replace(&JwkSet { keys: keys.into_iter().collect() });
        verifier
    }

    fn build(
        config: &TokenConfig,
        secret: &DeploymentSecret,
        serves: &[ServiceRole],
        upstreams: Option<Upstreams>,
        clock: Clock,
    ) -> Self {
        Self {
            config: config.clone(),
            serves: serves.to_vec(),
            service_key: service::verifying_key(secret),
            clock,
            cache: Cache::new(),
            revoked: Revoked::default(),
            cursor: AtomicI64::new(-1),
            revocations_complete_at: Mutex::new(Instant::now()),
            keys: KeySet::default(),
            upstreams,
            unknown: tokio::sync::Mutex::default(),
        }
    }

    /// The caller that the token stands for; 401 when it is not good, 503 when its key may exist
    /// but cannot be fetched.
    pub async fn verify(&self, token: &str) -> Result<Identity, Problem> {
        if token.len() > TOKEN_BYTES_MAX {
            return Err(refused());
        }
        let digest: [u8; 32] = Sha256::digest(token.as_bytes()).into();
        let now = self.clock.now();
        let verified = match self.cache.get(&digest, now.timestamp()) {
            Some(known) => known,
            None => self.verify_new(token, digest, now).await?,
        };
        self.check_revoked(&verified)?;
        Ok(verified.identity.clone())
    }

    /// Refuses from now on what was revoked. auth calls it in its own process; [`TokenVerifier::follow`] elsewhere.
    pub fn revoke(&self, revocations: &[Revocation]) {
        self.revoked.add(revocations, self.clock.now());
    }

    fn check_revoked(&self, verified: &Verified) -> Result<(), Problem> {
        // Read before the look-up: what is revoked during it is found next time.
        let generation = self.revoked.generation();
        if verified.good_under.load(Ordering::Acquire) == generation {
            return Ok(());
        }
        if verified.marks.as_ref().is_some_and(|marks| self.revoked.hits(marks)) {
            return Err(Problem::unauthenticated("The token was revoked: sign in again."));
        }
        verified.good_under.store(generation, Ordering::Release);
        Ok(())
    }

    async fn verify_new(&self, token: &str, digest: [u8; 32], now: DateTime<Utc>) -> Result<Arc<Verified>, Problem> {
        let unverified = Unverified::parse(token).ok_or_else(refused)?;
        let verified = match unverified.header.typ {
            Kind::Access => {
                let key = self.key(&unverified.header.kid, now).await?;
                self.verify_access(&unverified, &key, now)
            }
            Kind::Service => self.verify_service(&unverified, now),
            // Somebody's leave to come in says nothing of who asks.
            Kind::Admission => None,
        };
        let verified = Arc::new(verified.ok_or_else(refused)?);
        self.cache.put(digest, Arc::clone(&verified), now.timestamp());
        Ok(verified)
    }

    fn verify_access(&self, token: &Unverified<'_>, key: &KnownKey, now: DateTime<Utc>) -> Option<Verified> {
        let claims: AccessClaims = token.verify(&key.public)?;
        let identity = claims.identity(&self.config, now)?;
        let marks = Marks {
            kid: token.header.kid.clone(),
            account: claims.sub.0,
            session: claims.sid.map(|session| session.0),
            api_key: claims.key.map(|key| key.0),
            issued_s: claims.iat,
        };
        Some(Verified { identity, marks: Some(marks), expires_s: claims.exp, good_under: AtomicU64::new(u64::MAX) })
    }

    fn verify_service(&self, token: &Unverified<'_>, now: DateTime<Utc>) -> Option<Verified> {
        let claims: ServiceClaims = token.verify(&self.service_key)?;
        let identity = claims.identity(&self.serves, now)?;
        Some(Verified { identity, marks: None, expires_s: claims.exp, good_under: AtomicU64::new(u64::MAX) })
    }

    /// The key of that name; asks auth for it when it is unknown, but not often.
    async fn key(&self, kid: &str, now: DateTime<Utc>) -> Result<KnownKey, Problem> {
        if let Some(key) = self.keys.get(kid, now) {
            return Ok(key);
        }
        if self.upstreams.is_none() {
            return Err(refused());
        }
        // One asks, the others wait for its answer.
        let mut unknown = self.unknown.lock().await;
        if let Some(key) = self.keys.get(kid, now) {
            return Ok(key);
        }
        if unknown.fetched_at.is_none_or(|at| now - at >= UNKNOWN_KEY_FETCH_EVERY) {
            unknown.fetched_at = Some(now);
            let outcome = self.fetch_keys().await;
            unknown.failed = outcome.is_err();
            if let Err(error) = outcome {
                tracing::warn!(%error, "could not fetch the keys that tokens are checked with");
            }
        }
        match self.keys.get(kid, now) {
            Some(key) => Ok(key),
            None if unknown.failed || self.keys.is_empty() => Err(Problem::unavailable(
                "The keys that tokens are checked with cannot be fetched just now.",
                Duration::from_secs(1),
            )),
            None => Err(refused()),
        }
    }

    /// Fetches the key set. Revocations are read before the first one, so that no token is taken
    /// by a process that does not know yet what was revoked.
    pub(super) async fn fetch_keys(&self) -> Result<(), CallError> {
        let Some(upstreams) = &self.upstreams else { return Ok(()) };
        if self.cursor.load(Ordering::Acquire) < 0 {
            self.read_revocations(Duration::ZERO).await?;
        }
        let set: JwkSet = upstreams.to(ServiceRole::Auth).get("/.well-known/jwks.json").await?;
        if !self.keys.replace(&set) {
            return Err(CallError::Unknown("the key set has no key that can be used".to_owned()));
        }
        Ok(())
    }
}

fn refused() -> Problem {
    Problem::unauthenticated("The access token is not good: refresh it or sign in again.")
}
