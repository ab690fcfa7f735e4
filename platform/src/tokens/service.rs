//! The tokens of calls that a service makes on its own behalf.

use super::claims::ServiceClaims;
use super::jws;
use super::secret::DeploymentSecret;
use crate::ServiceRole;
use crate::clock::Clock;
use chrono::{DateTime, TimeDelta, Utc};
use ed25519_dalek::{SigningKey, VerifyingKey};
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;

/// How long a service's token is good.
const LIFETIME: TimeDelta = TimeDelta::seconds(60);
const KID: &str = "svc";

/// Signs the tokens of calls between services: `typ=svc+jwt`, 60 s, `aud` the role called. Cheap to clone.
#[derive(Clone)]
pub struct ServiceTokens {
    key: Arc<SigningKey>,
    caller: ServiceRole,
    clock: Clock,
    made: Arc<Mutex<HashMap<ServiceRole, Made>>>,
}

/// A token and when a new one is made instead.
struct Made {
    token: String,
    renew_at: DateTime<Utc>,
}

impl ServiceTokens {
    /// Signs as `caller`, with the key derived from the installation's secret.
    #[must_use]
    pub fn new(secret: &DeploymentSecret, caller: ServiceRole, clock: Clock) -> Self {
        Self { key: Arc::new(signing_key(secret)), caller, clock, made: Arc::default() }
    }

    /// The same for another role of this process.
    #[must_use]
    pub fn acting_as(&self, caller: ServiceRole) -> Self {
        Self { key: Arc::clone(&self.key), caller, clock: self.clock.clone(), made: Arc::default() }
    }

    /// A token for calling `audience`; the same one until half its life is over.
    #[must_use]
    pub fn for_role(&self, audience: ServiceRole) -> String {
        let now = self.clock.now();
        let mut made = self.made.lock();
        if let Some(known) = made.get(&audience).filter(|known| now < known.renew_at) {
            return known.token.clone();
        }
        let seconds = now.timestamp();
        let claims = ServiceClaims {
            iss: self.caller.as_str().to_owned(),
            aud: audience.as_str().to_owned(),
            iat: seconds,
            exp: seconds + LIFETIME.num_seconds(),
        };
        let token = jws::sign(&self.key, KID, jws::Kind::Service, &claims);
        made.insert(audience, Made { token: token.clone(), renew_at: now + LIFETIME / 2 });
        token
    }
}

fn signing_key(secret: &DeploymentSecret) -> SigningKey {
    SigningKey::from_bytes(&secret.derive("service tokens"))
}

/// The key that checks the tokens of this installation's services.
pub(super) fn verifying_key(secret: &DeploymentSecret) -> VerifyingKey {
    signing_key(secret).verifying_key()
}
