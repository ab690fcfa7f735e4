//! API keys become short access tokens, asked of auth and kept until they are nearly over.

use chrono::TimeDelta;
use moka::sync::Cache;
use onsale_core::api::internal::{ExchangeApiKey, ExchangedToken};
use onsale_platform::clock::Clock;
use onsale_platform::identity::Identity;
use onsale_platform::problem::Problem;
use onsale_platform::tokens::TokenVerifier;
use onsale_platform::upstream::{CallError, Upstream};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::time::Duration;

/// A token that ends within this time is exchanged anew.
const RENEW_BEFORE: TimeDelta = TimeDelta::seconds(60);
const KEYS_MAX: u64 = 10_000;
/// Longer than any token lives.
const KEPT_FOR: Duration = Duration::from_secs(15 * 60);
/// A key that auth refused is not asked for again for this long: guessing must not reach auth.
const REFUSED_FOR: Duration = Duration::from_secs(5);
const KEY_BYTES_MAX: usize = 200;

/// An API key as it was sent, and what it is known by.
pub(super) struct Key {
    secret: String,
    digest: [u8; 32],
}

impl Key {
    pub(super) fn new(secret: &str) -> Self {
        Self { secret: secret.to_owned(), digest: Sha256::digest(secret.as_bytes()).into() }
    }

    fn is_too_long(&self) -> bool {
        self.secret.len() > KEY_BYTES_MAX
    }
}

/// Exchanges API keys. Secrets are kept as hashes only.
pub(crate) struct KeyExchange {
    auth: Upstream,
    clock: Clock,
    tokens: Cache<[u8; 32], Arc<ExchangedToken>>,
    refused: Cache<[u8; 32], ()>,
}

impl KeyExchange {
    pub(crate) fn new(auth: Upstream, clock: Clock) -> Self {
        Self {
            auth,
            clock,
            tokens: Cache::builder().max_capacity(KEYS_MAX).time_to_live(KEPT_FOR).build(),
            refused: Cache::builder().max_capacity(KEYS_MAX).time_to_live(REFUSED_FOR).build(),
        }
    }

    /// Whether memory says what a key stands for, so that auth need not be asked.
    pub(super) fn knows(&self, key: &Key) -> bool {
        key.is_too_long() || self.tokens.contains_key(&key.digest) || self.refused.contains_key(&key.digest)
    }

    /// The token that a key stands for, and whose it is.
    pub(super) async fn token_of(&self, key: &Key, verifier: &TokenVerifier) -> Result<(String, Identity), Problem> {
        if key.is_too_long() {
            return Err(refusal());
        }
        let digest = key.digest;
        let soon = self.clock.now() + RENEW_BEFORE;
        if let Some(known) = self.tokens.get(&digest).filter(|known| known.expires_at > soon) {
            match verifier.verify(&known.token).await {
                Ok(identity) => return Ok((known.token.clone(), identity)),
                // Revoked, or its signing key is: auth says whether the API key is still good.
                Err(_) => self.tokens.invalidate(&digest),
            }
        }
        if self.refused.contains_key(&digest) {
            return Err(refusal());
        }
        let exchanged = self.exchange(&key.secret).await.inspect_err(|problem| {
            if problem.status().is_client_error() {
                self.refused.insert(digest, ());
            }
        })?;
        let identity = verifier.verify(&exchanged.token).await?;
        let token = exchanged.token.clone();
        self.tokens.insert(digest, Arc::new(exchanged));
        Ok((token, identity))
    }

    async fn exchange(&self, secret: &str) -> Result<ExchangedToken, Problem> {
        let asked = ExchangeApiKey { key: secret.to_owned() };
        self.auth.post("/internal/api-keys/exchange", &asked).await.map_err(|error| match error {
            CallError::Refused(refused) if refused.status < 500 && refused.status != 403 => refusal(),
            other => {
                Problem::unavailable("API keys cannot be checked just now.", Duration::from_secs(1)).with_source(other)
            }
        })
    }
}

fn refusal() -> Problem {
    Problem::unauthenticated("The API key is not good.")
}
