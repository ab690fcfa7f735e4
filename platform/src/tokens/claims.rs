//! What tokens say.

use crate::ServiceRole;
use crate::env::{Env, EnvError};
use crate::identity::Identity;
use chrono::{DateTime, TimeDelta, Utc};
use onsale_core::{ApiKeyId, OrganisationId, Role, Scope, SessionId, UserId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How long an access token is good.
pub const ACCESS_LIFETIME: TimeDelta = TimeDelta::minutes(15);
/// How far `nbf` may lie ahead: services with databases of their own may tell the time differently.
const AHEAD_MAX_SECONDS: i64 = 5;

/// Who signs access tokens, and for whom. The same in all processes of an installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenConfig {
    /// `TOKEN_ISSUER`, `onsale` when absent: the tokens' `iss`.
    pub issuer: String,
    /// `TOKEN_AUDIENCE`, `onsale-api` when absent: the tokens' `aud`.
    pub audience: String,
}

impl Default for TokenConfig {
    fn default() -> Self {
        Self { issuer: "onsale".to_owned(), audience: "onsale-api".to_owned() }
    }
}

impl TokenConfig {
    /// The settings.
    pub fn of(env: &Env) -> Result<Self, EnvError> {
        let default = Self::default();
        Ok(Self {
            issuer: env.get_or("TOKEN_ISSUER", default.issuer)?,
            audience: env.get_or("TOKEN_AUDIENCE", default.audience)?,
        })
    }
}

/// The claims of an access token (RFC 9068, without `client_id`: there is one client).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessClaims {
    /// Who signed it.
    pub iss: String,
    /// Whom it is for.
    pub aud: String,
    /// The account.
    pub sub: UserId,
    /// The session; absent in a token that a key was exchanged for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<SessionId>,
    /// The token itself.
    pub jti: Uuid,
    /// What the account may do.
    pub roles: Vec<Role>,
    /// The organisation that it acts for; absent where it is a member of none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub org: Option<OrganisationId>,
    /// What the key may do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<Scope>>,
    /// The key that it was exchanged for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<ApiKeyId>,
    /// When it was made, in seconds since 1970.
    pub iat: i64,
    /// When it begins to be good.
    pub nbf: i64,
    /// When it stops being good.
    pub exp: i64,
}

impl AccessClaims {
    /// A person's token, from `now` on.
    #[must_use]
    pub fn of_user(config: &TokenConfig, user: UserId, session: SessionId, roles: &[Role], now: DateTime<Utc>) -> Self {
        Self { sid: Some(session), roles: roles.to_vec(), ..Self::bare(config, user, ACCESS_LIFETIME, now) }
    }

    /// A key's token, from `now` on.
    #[must_use]
    pub fn of_key(
        config: &TokenConfig,
        user: UserId,
        key: ApiKeyId,
        scopes: &[Scope],
        lifetime: TimeDelta,
        now: DateTime<Utc>,
    ) -> Self {
        Self { key: Some(key), scopes: Some(scopes.to_vec()), ..Self::bare(config, user, lifetime, now) }
    }

    /// The same, for whoever acts for that organisation.
    #[must_use]
    pub fn acting_for(self, organisation: Option<OrganisationId>) -> Self {
        Self { org: organisation, ..self }
    }

    fn bare(config: &TokenConfig, user: UserId, lifetime: TimeDelta, now: DateTime<Utc>) -> Self {
        let seconds = now.timestamp();
        Self {
            iss: config.issuer.clone(),
            aud: config.audience.clone(),
            sub: user,
            sid: None,
            jti: Uuid::from_bytes(crate::random::secret_bytes()),
            roles: Vec::new(),
            org: None,
            scopes: None,
            key: None,
            iat: seconds,
            nbf: seconds,
            exp: seconds + lifetime.num_seconds(),
        }
    }

    /// When it stops being good.
    #[must_use]
    pub fn expires_at(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.exp, 0).unwrap_or(DateTime::<Utc>::MIN_UTC)
    }

    /// Whom it stands for, if it is for us and good at `now`.
    pub(super) fn identity(&self, config: &TokenConfig, now: DateTime<Utc>) -> Option<Identity> {
        let ours = self.iss == config.issuer && self.aud == config.audience;
        if !ours || !is_current(self.nbf, self.exp, now) {
            return None;
        }
        // A process of before there were organisations signs without one: all that it knows is of the default one.
        let (user_id, organisation) = (self.sub, self.org.unwrap_or_default());
        match (self.sid, self.key, &self.scopes) {
            (Some(session_id), None, None) => {
                Some(Identity::User { user_id, session_id, roles: self.roles.clone(), organisation })
            }
            (None, Some(key_id), Some(scopes)) => {
                Some(Identity::ApiKey { key_id, user_id, scopes: scopes.clone(), organisation })
            }
            _ => None,
        }
    }
}

/// The claims of a service's token.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ServiceClaims {
    /// The role that calls.
    pub(super) iss: String,
    /// The role that is called.
    pub(super) aud: String,
    pub(super) iat: i64,
    pub(super) exp: i64,
}

impl ServiceClaims {
    /// Which service calls, if it calls one of `serves` and the token is good at `now`.
    pub(super) fn identity(&self, serves: &[ServiceRole], now: DateTime<Utc>) -> Option<Identity> {
        let called: ServiceRole = self.aud.parse().ok()?;
        let caller: ServiceRole = self.iss.parse().ok()?;
        (serves.contains(&called) && is_current(self.iat, self.exp, now)).then_some(Identity::Service(caller))
    }
}

fn is_current(from: i64, until: i64, now: DateTime<Utc>) -> bool {
    let now = now.timestamp();
    from <= now.saturating_add(AHEAD_MAX_SECONDS) && now < until
}
