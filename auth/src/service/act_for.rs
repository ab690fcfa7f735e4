//! A session goes on for another one of its account's organisations.

use crate::error::AuthError;
use crate::service::sign_in;
use crate::state::State;
use crate::store::{accounts, memberships, sessions};
use onsale_core::OrganisationId;
use onsale_core::api::accounts::SignedIn;
use onsale_platform::identity::Caller;
use sqlx::Connection;

/// Acts for it from now on: a new access token says so, and so do those that follow. 404 where the account is no member.
pub(crate) async fn act_for(
    state: &State,
    caller: &Caller,
    organisation: OrganisationId,
) -> Result<SignedIn, AuthError> {
    let mut conn = state.pool.acquire().await?;
    let mut tx = conn.begin().await?;
    let account = accounts::by_id(&mut tx, caller.user_id).await?.ok_or(AuthError::NotFound("account"))?;
    memberships::roles_of(&mut tx, organisation, caller.user_id).await?.ok_or(AuthError::NotFound("organisation"))?;
    sessions::act_for(&mut tx, caller.session_id, organisation).await?;
    let answer = sign_in::answer(state, &mut tx, &account, (caller.session_id, Some(organisation))).await?;
    tx.commit().await?;
    Ok(answer)
}
