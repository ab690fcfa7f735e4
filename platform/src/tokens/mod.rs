//! Tokens: access tokens of people and keys (EdDSA, signed by auth) and service tokens.
//!
//! Three kinds of JSON Web Token exist, told apart by `typ` and never taken for each other:
//!
//! | `typ` | signed by | with | good for |
//! | --- | --- | --- | --- |
//! | `at+jwt` (RFC 9068) | auth | keys of PostgreSQL, published as JWKS | 15 minutes |
//! | `svc+jwt` | any process of the installation | a key derived from `ONSALE_SECRET` | 60 seconds |
//! | `adm+jwt` | the waiting room | a key derived from `ONSALE_SECRET` | as long as the organiser says |
//!
//! The format is deliberately narrower than the standard: a header has `alg`, `typ` and `kid` and
//! nothing else, `alg` is `EdDSA`, and every claim has one shape. All that RFC 8725 warns of
//! (`none`, other algorithms, `jku`, `x5u`, `jwk`, `crit`) is refused for not fitting.
//!
//! # For tests
//! A [`SigningKeyPair`] mints tokens, and a verifier made by [`TokenVerifier::with_static_keys`] takes them:
//! ```
//! # use onsale_platform::{ServiceRole, clock::Clock, tokens::*};
//! # use onsale_core::{Role, UserId, SessionId};
//! # let clock = Clock::manual(chrono::DateTime::UNIX_EPOCH);
//! # let (user, session) = (UserId(uuid::Uuid::nil()), SessionId(uuid::Uuid::nil()));
//! let secret = DeploymentSecret::new("a secret of at least 32 characters for tests").unwrap();
//! let config = TokenConfig::default();
//! let pair = SigningKeyPair::generate();
//! let verifier = TokenVerifier::with_static_keys(
//!     &config, &secret, &[ServiceRole::Booking], [pair.jwk(None)], clock.clone());
//! let claims = AccessClaims::of_user(&config, user, session, &[Role::Customer], clock.now());
//! let token = pair.sign(&claims);
//! # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
//! # assert!(runtime.block_on(verifier.verify(&token)).is_ok());
//! ```

mod admission;
mod cache;
mod claims;
mod follow;
mod jws;
mod keys;
mod revoked;
mod secret;
mod service;
mod verifier;

pub use admission::{AdmissionClaims, AdmissionTokens};
pub use claims::{ACCESS_LIFETIME, AccessClaims, TokenConfig};
pub use keys::{Jwk, JwkSet, SigningKeyPair};
pub use secret::{DeploymentSecret, WeakSecret};
pub use service::ServiceTokens;
pub use verifier::TokenVerifier;

use onsale_core::UserId;

/// Whose a token says that it is. Nobody has checked it: it is good for knowing that nothing new is claimed, never for
/// letting anybody do anything.
#[must_use]
pub fn claimed_account(token: &str) -> Option<UserId> {
    #[derive(serde::Deserialize)]
    struct Claimed {
        sub: UserId,
    }
    let unverified = jws::Unverified::parse(token).filter(|token| token.header.typ == jws::Kind::Access)?;
    unverified.claimed::<Claimed>().map(|claimed| claimed.sub)
}
