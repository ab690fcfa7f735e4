//! The tokens of those whom a waiting room lets in.

use super::jws;
use super::secret::DeploymentSecret;
use chrono::{DateTime, Utc};
use ed25519_dalek::SigningKey;
use onsale_core::{AdmissionId, EventId, UserId};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

const KID: &str = "adm";

/// What an admission says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdmissionClaims {
    /// The admission.
    pub jti: AdmissionId,
    /// The account that may come in.
    pub sub: UserId,
    /// The event whose waiting room it is of.
    pub event: EventId,
    /// Since when, in seconds since 1970.
    pub iat: i64,
    /// Until when, in seconds since 1970.
    pub exp: i64,
}

/// Signs and checks admissions: `typ=adm+jwt`, by a key that all processes of the installation derive from its secret.
/// Cheap to clone.
#[derive(Clone)]
pub struct AdmissionTokens(Arc<SigningKey>);

impl AdmissionTokens {
    /// With the installation's key.
    #[must_use]
    pub fn new(secret: &DeploymentSecret) -> Self {
        Self(Arc::new(SigningKey::from_bytes(&secret.derive("admission tokens"))))
    }

    /// The token that says it: the same claims always give the same token (Ed25519 is deterministic, RFC 8032, 5.1.6).
    #[must_use]
    pub fn sign(&self, claims: &AdmissionClaims) -> String {
        jws::sign(&self.0, KID, jws::Kind::Admission, claims)
    }

    /// What a token says, if we signed it and it is good for this account and event at `now`.
    #[must_use]
    pub fn verify(&self, token: &str, account: UserId, event: &EventId, now: DateTime<Utc>) -> Option<AdmissionClaims> {
        let unverified = jws::Unverified::parse(token)?;
        if unverified.header.typ != jws::Kind::Admission || unverified.header.kid != KID {
            return None;
        }
        let claims: AdmissionClaims = unverified.verify(&self.0.verifying_key())?;
        let is_theirs = claims.sub == account && claims.event == *event;
        (is_theirs && now.timestamp() < claims.exp).then_some(claims)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn tokens(secret: &str) -> AdmissionTokens {
        AdmissionTokens::new(&DeploymentSecret::new(secret.repeat(32)).expect("long enough"))
    }

    fn claims() -> AdmissionClaims {
        let event = "EVT001".parse().expect("an id");
        AdmissionClaims {
            jti: AdmissionId(Uuid::from_u128(1)),
            sub: UserId(Uuid::from_u128(2)),
            event,
            iat: 100,
            exp: 700,
        }
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).expect("a time")
    }

    #[test]
    fn an_admission_is_good_for_its_account_and_event_until_it_ends() {
        let (ours, claims) = (tokens("a"), claims());
        let token = ours.sign(&claims);
        assert_eq!(token, ours.sign(&claims), "asking twice gives the same");
        let verify = |account: u128, event: &str, now: i64| {
            ours.verify(&token, UserId(Uuid::from_u128(account)), &event.parse().expect("an id"), at(now))
        };
        assert_eq!(verify(2, "EVT001", 699), Some(claims.clone()));
        assert_eq!(verify(2, "EVT001", 700), None, "it has ended");
        assert_eq!(verify(3, "EVT001", 699), None, "another's");
        assert_eq!(verify(2, "EVT002", 699), None, "another event's");
        assert_eq!(tokens("b").verify(&token, claims.sub, &claims.event, at(0)), None, "another installation's");
        let mut forged = token.clone();
        forged.replace_range(forged.len() - 4.., "AAAA");
        assert_eq!(ours.verify(&forged, claims.sub, &claims.event, at(0)), None);
    }
}
