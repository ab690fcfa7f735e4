//! Table `audit_chain`: the acts of all services, chained.

use crate::domain::chain::{Entry, Link, START};
use chrono::{DateTime, Utc};
use onsale_core::api::audit::{AuditEntry, AuditPlace, AuditQuery};
use onsale_core::{OrganisationId, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

/// One sealer at a time, until the transaction ends.
pub(crate) async fn lock(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query!("SELECT pg_advisory_xact_lock(hashtextextended('auth.audit_chain', 0))").fetch_one(conn).await?;
    Ok(())
}

fn link_of(bytes: &[u8]) -> Result<Link, sqlx::Error> {
    bytes.try_into().map_err(|_| sqlx::Error::Decode("auth.audit_chain: a hash is not 32 bytes".into()))
}

/// The last entry's number and the chain up to it.
pub(crate) async fn head(conn: &mut PgConnection) -> Result<(i64, Link), sqlx::Error> {
    let row = sqlx::query!("SELECT number, hash FROM auth.audit_chain ORDER BY number DESC LIMIT 1");
    match row.fetch_optional(conn).await? {
        Some(row) => Ok((row.number, link_of(&row.hash)?)),
        None => Ok((0, START)),
    }
}

/// How far a service's acts are in the chain.
pub(crate) async fn place_of(conn: &mut PgConnection, service: &str) -> Result<AuditPlace, sqlx::Error> {
    let row = sqlx::query!(
        "SELECT xid, position FROM auth.audit_chain WHERE service = $1 ORDER BY xid DESC, position DESC LIMIT 1",
        service,
    );
    Ok(row
        .fetch_optional(conn)
        .await?
        .map_or_else(AuditPlace::default, |row| AuditPlace { xid: row.xid, position: row.position }))
}

/// Adds an entry.
pub(crate) async fn insert(conn: &mut PgConnection, entry: &Entry, hash: &Link) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO auth.audit_chain
             (number, service, xid, position, at, actor_id, organisation_id, action, object_type, object_id, detail,
              hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        entry.number,
        entry.service,
        entry.place.xid,
        entry.place.position,
        entry.at,
        entry.actor,
        entry.organisation,
        entry.action,
        entry.object_type,
        entry.object_id,
        entry.detail,
        &hash[..],
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What is looked for.
pub(crate) struct Wanted<'a> {
    pub(crate) query: &'a AuditQuery,
    /// Only of this organisation; everything when nothing.
    pub(crate) organisation: Option<OrganisationId>,
    /// Only entries below this number.
    pub(crate) below: i64,
    pub(crate) limit: i64,
}

/// Entries, the newest first.
pub(crate) async fn search(conn: &mut PgConnection, wanted: &Wanted<'_>) -> Result<Vec<AuditEntry>, sqlx::Error> {
    let AuditQuery { actor_id, action, object_id, from, until, .. } = wanted.query;
    let rows = sqlx::query!(
        r#"SELECT c.number, c.service, c.at, c.actor_id, a.email AS "actor?", c.organisation_id, c.action, c.object_type,
                  c.object_id, c.detail, c.hash
           FROM auth.audit_chain c LEFT JOIN auth.accounts a ON a.id = c.actor_id
           WHERE c.number < $1 AND ($2::uuid IS NULL OR c.organisation_id = $2)
             AND ($3::uuid IS NULL OR c.actor_id = $3) AND ($4::text IS NULL OR starts_with(c.action, $4))
             AND ($5::text IS NULL OR c.object_id = $5)
             AND ($6::timestamptz IS NULL OR c.at >= $6) AND ($7::timestamptz IS NULL OR c.at < $7)
           ORDER BY c.number DESC LIMIT $8"#,
        wanted.below,
        wanted.organisation.map(|id| id.0),
        actor_id.map(|id| id.0),
        action.as_deref(),
        object_id.as_deref(),
        *from,
        *until,
        wanted.limit,
    )
    .fetch_all(conn)
    .await?;
    let entries = rows.into_iter().map(|row| AuditEntry {
        number: row.number,
        at: row.at,
        actor_id: row.actor_id.map(UserId),
        actor: row.actor,
        organisation_id: row.organisation_id.map(OrganisationId),
        service: row.service,
        action: row.action,
        object_type: row.object_type,
        object_id: row.object_id,
        detail: serde_json::from_str(&row.detail).unwrap_or_default(),
        hash: hex::encode(row.hash),
    });
    Ok(entries.collect())
}

struct Row {
    number: i64,
    service: String,
    xid: i64,
    position: i64,
    at: DateTime<Utc>,
    actor_id: Option<Uuid>,
    organisation_id: Option<Uuid>,
    action: String,
    object_type: String,
    object_id: String,
    detail: String,
    hash: Vec<u8>,
}

impl Row {
    fn entry(self) -> (Entry, Vec<u8>) {
        let entry = Entry {
            number: self.number,
            service: self.service,
            place: AuditPlace { xid: self.xid, position: self.position },
            at: self.at,
            actor: self.actor_id,
            organisation: self.organisation_id,
            action: self.action,
            object_type: self.object_type,
            object_id: self.object_id,
            detail: self.detail,
        };
        (entry, self.hash)
    }
}

/// Entries after a number, in their order, each with its hash as it stands.
pub(crate) async fn after(
    conn: &mut PgConnection,
    number: i64,
    limit: i64,
) -> Result<Vec<(Entry, Vec<u8>)>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT number, service, xid, position, at, actor_id, organisation_id, action, object_type, object_id, detail,
                hash
         FROM auth.audit_chain WHERE number > $1 ORDER BY number LIMIT $2",
        number,
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Row::entry).collect())
}

/// A service's entries after a place, in the order of its own table.
pub(crate) async fn of_service(
    conn: &mut PgConnection,
    service: &str,
    place: AuditPlace,
    limit: i64,
) -> Result<Vec<(Entry, Vec<u8>)>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT number, service, xid, position, at, actor_id, organisation_id, action, object_type, object_id, detail,
                hash
         FROM auth.audit_chain WHERE service = $1 AND (xid, position) > ($2, $3) ORDER BY xid, position LIMIT $4",
        service,
        place.xid,
        place.position,
        limit,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Row::entry).collect())
}
