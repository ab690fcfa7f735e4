//! Table `invitations`.

use crate::store::accounts::{email_key, role_names};
use chrono::{DateTime, Utc};
use onsale_core::api::organisations::Invitation;
use onsale_core::{InvitationId, OrganisationId, Role, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

/// A new invitation.
pub(crate) struct NewInvitation<'a> {
    pub(crate) id: InvitationId,
    pub(crate) organisation: OrganisationId,
    pub(crate) email: &'a str,
    pub(crate) roles: &'a [Role],
    pub(crate) secret_hash: &'a [u8; 32],
    pub(crate) by: UserId,
    pub(crate) expires_at: DateTime<Utc>,
}

/// An invitation that can be accepted, locked.
pub(crate) struct OpenInvitation {
    pub(crate) id: InvitationId,
    pub(crate) organisation: OrganisationId,
    pub(crate) email_key: String,
    pub(crate) roles: Vec<Role>,
}

fn parse(names: &[String]) -> Vec<Role> {
    names.iter().filter_map(|name| name.parse().ok()).collect()
}

/// Makes an invitation; an earlier open one of the address stops working.
pub(crate) async fn insert(
    conn: &mut PgConnection,
    new: &NewInvitation<'_>,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE auth.invitations SET revoked_at = $3
         WHERE organisation_id = $1 AND email_key = $2 AND accepted_at IS NULL AND revoked_at IS NULL",
        new.organisation.0,
        email_key(new.email),
        now,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "INSERT INTO auth.invitations
             (id, organisation_id, email, email_key, roles, secret_hash, invited_by, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        new.id.0,
        new.organisation.0,
        new.email.trim(),
        email_key(new.email),
        &role_names(new.roles),
        &new.secret_hash[..],
        new.by.0,
        now,
        new.expires_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// An organisation's invitations that were not taken back, the newest first, from below an id on.
pub(crate) async fn page(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    below: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Invitation>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT id, email, roles, expires_at, accepted_at FROM auth.invitations
         WHERE organisation_id = $1 AND revoked_at IS NULL AND ($2::uuid IS NULL OR id < $2)
         ORDER BY id DESC LIMIT $3",
        organisation.0,
        below,
        limit,
    )
    .fetch_all(conn)
    .await?;
    let invitations = rows.into_iter().map(|row| Invitation {
        id: InvitationId(row.id),
        email: row.email,
        roles: parse(&row.roles),
        expires_at: row.expires_at,
        accepted_at: row.accepted_at,
        token: None,
    });
    Ok(invitations.collect())
}

/// Takes an open invitation back; false where there is none.
pub(crate) async fn revoke(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    id: InvitationId,
    now: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    let revoked = sqlx::query!(
        "UPDATE auth.invitations SET revoked_at = $3
         WHERE id = $1 AND organisation_id = $2 AND accepted_at IS NULL AND revoked_at IS NULL",
        id.0,
        organisation.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(revoked.rows_affected() == 1)
}

/// The open invitation of a secret, locked until the transaction ends.
pub(crate) async fn by_secret(
    conn: &mut PgConnection,
    hash: &[u8; 32],
    now: DateTime<Utc>,
) -> Result<Option<OpenInvitation>, sqlx::Error> {
    let row = sqlx::query!(
        "SELECT id, organisation_id, email_key, roles FROM auth.invitations
         WHERE secret_hash = $1 AND accepted_at IS NULL AND revoked_at IS NULL AND expires_at > $2 FOR UPDATE",
        &hash[..],
        now,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| OpenInvitation {
        id: InvitationId(row.id),
        organisation: OrganisationId(row.organisation_id),
        email_key: row.email_key,
        roles: parse(&row.roles),
    }))
}

/// It was accepted.
pub(crate) async fn accept(conn: &mut PgConnection, id: InvitationId, now: DateTime<Utc>) -> Result<(), sqlx::Error> {
    sqlx::query!("UPDATE auth.invitations SET accepted_at = $2 WHERE id = $1", id.0, now).execute(conn).await?;
    Ok(())
}
