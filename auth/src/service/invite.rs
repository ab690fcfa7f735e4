//! Invitations to an organisation: a link for whoever has that address, told once to the organiser who makes it.

use crate::domain::opaque::{Kind, OpaqueToken};
use crate::error::AuthError;
use crate::service::revoke_tokens::revoke_tokens;
use crate::service::{keep_audit, organise};
use crate::state::State;
use crate::store::accounts::{self, email_key};
use crate::store::invitations::{self, NewInvitation};
use crate::store::memberships;
use chrono::TimeDelta;
use onsale_core::api::accounts::Account;
use onsale_core::api::organisations::{Invitation, Invite};
use onsale_core::{InvitationId, OrganisationId, Role};
use onsale_platform::identity::Caller;
use onsale_platform::random;
use serde_json::json;
use sqlx::Connection;
use uuid::Uuid;

/// How long it can be accepted.
const LIFETIME: TimeDelta = TimeDelta::days(7);

/// Invites an address; an earlier open invitation of it stops working.
pub(crate) async fn invite(
    state: &State,
    by: &Caller,
    organisation: OrganisationId,
    wanted: &Invite,
) -> Result<Invitation, AuthError> {
    organise::must_reach(by, organisation)?;
    organise::must_be_of_organisation(&wanted.roles)?;
    let now = state.clock.now();
    let (id, secret): (InvitationId, _) =
        (random::new_id(&state.clock), OpaqueToken::new(Kind::Invitation, &random::secret_bytes()));
    let expires_at = now + LIFETIME;
    let mut conn = state.pool.acquire().await?;
    let mut tx = conn.begin().await?;
    if !memberships::lock(&mut tx, organisation).await? {
        return Err(AuthError::NotFound("organisation"));
    }
    let (email, roles, secret_hash) = (wanted.email.as_str(), wanted.roles.as_slice(), &secret.hash());
    let new = NewInvitation { id, organisation, email, roles, secret_hash, by: by.user_id, expires_at };
    invitations::insert(&mut tx, &new, now).await?;
    let on = ("invitation.create", "invitation", &*id.to_string());
    let who = (Some(by.user_id), Some(organisation));
    keep_audit::note(state, &mut tx, who, on, json!({"roles": roles})).await?;
    tx.commit().await?;
    Ok(Invitation {
        id,
        email: email.trim().to_owned(),
        roles: roles.to_vec(),
        expires_at,
        accepted_at: None,
        token: Some(secret.expose().to_owned()),
    })
}

/// An organisation's invitations, the newest first, from below an id on; one more than `limit` where there are more.
pub(crate) async fn list(
    state: &State,
    by: &Caller,
    organisation: OrganisationId,
    (below, limit): (Option<Uuid>, i64),
) -> Result<Vec<Invitation>, AuthError> {
    organise::must_reach(by, organisation)?;
    let mut conn = state.pool.acquire().await?;
    Ok(invitations::page(&mut conn, organisation, below, limit + 1).await?)
}

/// Takes an open invitation back.
pub(crate) async fn revoke(
    state: &State,
    by: &Caller,
    organisation: OrganisationId,
    id: InvitationId,
) -> Result<(), AuthError> {
    organise::must_reach(by, organisation)?;
    let mut conn = state.pool.acquire().await?;
    let mut tx = conn.begin().await?;
    if !invitations::revoke(&mut tx, organisation, id, state.clock.now()).await? {
        return Err(AuthError::NotFound("invitation"));
    }
    let on = ("invitation.revoke", "invitation", &*id.to_string());
    keep_audit::note(state, &mut tx, (Some(by.user_id), Some(organisation)), on, json!({})).await?;
    tx.commit().await?;
    Ok(())
}

/// Accepts an invitation for the caller's own address, and proves that by it. What the account may do there already
/// stays.
pub(crate) async fn accept(state: &State, by: &Caller, token: &str) -> Result<Account, AuthError> {
    let secret = OpaqueToken::parse(Kind::Invitation, token).ok_or(AuthError::LinkNotGood)?;
    let now = state.clock.now();
    let mut conn = state.pool.acquire().await?;
    let mut tx = conn.begin().await?;
    let open = invitations::by_secret(&mut tx, &secret.hash(), now).await?.ok_or(AuthError::LinkNotGood)?;
    let account = accounts::lock(&mut tx, by.user_id).await?.ok_or(AuthError::NotFound("account"))?;
    if email_key(&account.email) != open.email_key {
        return Err(AuthError::OtherAddress);
    }
    let mut roles: Vec<Role> = open.roles;
    roles.extend(memberships::roles_of(&mut tx, open.organisation, by.user_id).await?.unwrap_or_default());
    memberships::set(&mut tx, open.organisation, by.user_id, &roles).await?;
    accounts::verify_email(&mut tx, by.user_id, now).await?;
    invitations::accept(&mut tx, open.id, now).await?;
    let on = ("invitation.accept", "invitation", &*open.id.to_string());
    let who = (Some(by.user_id), Some(open.organisation));
    keep_audit::note(state, &mut tx, who, on, json!({"roles": roles})).await?;
    let revoked = revoke_tokens(&mut tx, state, by.user_id).await?;
    let account = accounts::by_id(&mut tx, by.user_id).await?.ok_or(AuthError::NotFound("account"))?;
    let answer = crate::service::sign_in::describe(state, &mut tx, &account, Some(open.organisation)).await?;
    tx.commit().await?;
    state.revoked(&revoked);
    Ok(answer)
}
