//! Begins sessions and signs access tokens: what register, login and refresh have in common.

use crate::domain::acting::acting;
use crate::domain::opaque::{Kind, OpaqueToken};
use crate::error::AuthError;
use crate::state::State;
use crate::store::accounts::AccountRow;
use crate::store::{devices, memberships, sessions};
use chrono::{DateTime, TimeDelta, Utc};
use onsale_core::api::accounts::{Account, SignedIn};
use onsale_core::{OrganisationId, SessionId, UserId};
use onsale_platform::random;
use onsale_platform::tokens::AccessClaims;
use sqlx::PgConnection;

/// A refresh token that is not used for so long ends.
pub(crate) const REFRESH_LIFETIME: TimeDelta = TimeDelta::days(30);
/// However often it is refreshed, a session ends after so long.
pub(crate) const SESSION_LIFETIME: TimeDelta = TimeDelta::days(90);

/// A person signed in: the answer, and what goes into cookies.
pub(crate) struct Session {
    pub(crate) answer: SignedIn,
    pub(crate) refresh: OpaqueToken,
    /// The browser, from now on known; nothing when that did not change.
    pub(crate) device: Option<OpaqueToken>,
}

/// Begins a session of an account, from a device that is known from now on.
pub(crate) async fn begin(
    state: &State,
    conn: &mut PgConnection,
    account: &AccountRow,
    device: Option<OpaqueToken>,
) -> Result<Session, AuthError> {
    let now = state.clock.now();
    let session: SessionId = random::new_id(&state.clock);
    let refresh = OpaqueToken::new(Kind::Refresh, &random::secret_bytes());
    let device = device.unwrap_or_else(|| OpaqueToken::new(Kind::Device, &random::secret_bytes()));
    let id = UserId(account.id);
    sessions::insert(conn, session, id, now + SESSION_LIFETIME, now).await?;
    sessions::insert_token(conn, &refresh.hash(), session, now + REFRESH_LIFETIME, now).await?;
    devices::remember(conn, id, &device.hash(), now).await?;
    Ok(Session { answer: answer(state, conn, account, (session, None)).await?, refresh, device: Some(device) })
}

/// The answer with a new access token of a session, which may wish to act for one of the account's organisations.
pub(crate) async fn answer(
    state: &State,
    conn: &mut PgConnection,
    account: &AccountRow,
    (session, wished): (SessionId, Option<OrganisationId>),
) -> Result<SignedIn, AuthError> {
    let made_at = after_revocation(state.clock.now(), account.tokens_revoked_at);
    let (id, tokens) = (UserId(account.id), &state.config.tokens);
    let user = describe(state, conn, account, wished).await?;
    let claims = AccessClaims::of_user(tokens, id, session, &user.roles, made_at).acting_for(user.organisation);
    let token = state.keyring.sign(&claims)?;
    Ok(SignedIn { token, expires_at: claims.expires_at(), user })
}

/// The account as its owner sees it, who would like to act for that organisation.
pub(crate) async fn describe(
    state: &State,
    conn: &mut PgConnection,
    account: &AccountRow,
    wished: Option<OrganisationId>,
) -> Result<Account, AuthError> {
    let standing = memberships::standing(conn, UserId(account.id)).await?;
    let acting = acting(&account.roles(), &standing, wished, state.config.staff_factor);
    Ok(Account {
        roles: acting.roles,
        organisation: acting.organisation,
        memberships: standing.memberships,
        second_factor: standing.has_second_factor,
        second_factor_missing: acting.is_held_back,
        ..account.account()
    })
}

/// Tokens tell their making to the second. One made in the very second of a revocation, but after it,
/// bears the next second, else it would be refused with the earlier ones.
pub(crate) fn after_revocation(now: DateTime<Utc>, revoked_at: Option<DateTime<Utc>>) -> DateTime<Utc> {
    match revoked_at.and_then(|at| DateTime::from_timestamp(at.timestamp() + 1, 0)) {
        Some(next) if next > now => next,
        _ => now,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_made_right_after_a_revocation_is_later_than_it() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().expect("a time");
        let revoked = at("2026-01-01T10:00:00.500Z");
        assert_eq!(after_revocation(at("2026-01-01T10:00:00.900Z"), Some(revoked)), at("2026-01-01T10:00:01Z"));
        assert_eq!(after_revocation(at("2026-01-01T10:00:02.900Z"), Some(revoked)), at("2026-01-01T10:00:02.900Z"));
        assert_eq!(after_revocation(at("2026-01-01T10:00:00.900Z"), None), at("2026-01-01T10:00:00.900Z"));
    }
}
