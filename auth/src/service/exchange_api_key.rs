//! Exchanges an API key's secret for a short access token that services verify like any other.

use crate::domain::opaque::{Kind, OpaqueToken};
use crate::error::AuthError;
use crate::service::sign_in::after_revocation;
use crate::state::State;
use crate::store::api_keys;
use chrono::TimeDelta;
use onsale_core::api::internal::ExchangedToken;
use onsale_core::{ApiKeyId, OrganisationId, UserId};
use onsale_platform::tokens::AccessClaims;

/// How long the token is good.
const LIFETIME: TimeDelta = TimeDelta::minutes(5);

/// The token of a key.
pub(crate) async fn exchange(state: &State, secret: &str) -> Result<ExchangedToken, AuthError> {
    let secret = OpaqueToken::parse(Kind::ApiKey, secret).ok_or(AuthError::ApiKeyNotGood)?;
    let mut conn = state.pool.acquire().await?;
    let key = api_keys::by_secret(&mut conn, &secret.hash()).await?.ok_or(AuthError::ApiKeyNotGood)?;
    let claims = AccessClaims::of_key(
        &state.config.tokens,
        UserId(key.account_id),
        ApiKeyId(key.id),
        &api_keys::parse_scopes(&key.scopes),
        LIFETIME,
        after_revocation(state.clock.now(), key.tokens_revoked_at),
    )
    .acting_for(Some(OrganisationId(key.organisation_id)));
    let token = state.keyring.sign(&claims)?;
    Ok(ExchangedToken { token, expires_at: claims.expires_at() })
}
