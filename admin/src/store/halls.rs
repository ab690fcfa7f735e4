//! `admin.halls` and `admin.hall_versions`: what is being drawn, and the plans that were published from it.

use chrono::{DateTime, Utc};
use onsale_core::api::halls::{HallSummary, HallVersion};
use onsale_core::{OrganisationId, VenueId};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

/// The most versions that are told of a hall; the last ones.
const VERSIONS_TOLD_MAX: i64 = 100;

/// What is known of a hall without reading it.
pub(crate) struct HallRow {
    pub summary: HallSummary,
    /// Its venue's.
    pub organisation: OrganisationId,
}

struct Raw {
    id: Uuid,
    venue_id: String,
    name: String,
    seat_count: i32,
    revision: i32,
    version: i32,
    updated_at: DateTime<Utc>,
    organisation_id: Uuid,
}

impl Raw {
    fn read(self) -> Result<HallRow, sqlx::Error> {
        let summary = HallSummary {
            hall_id: self.id,
            venue_id: VenueId::new(self.venue_id).map_err(|error| sqlx::Error::Decode(Box::new(error)))?,
            name: self.name,
            seat_count: usize::try_from(self.seat_count).unwrap_or(0),
            revision: self.revision,
            version: self.version,
            updated_at: self.updated_at,
        };
        Ok(HallRow { summary, organisation: OrganisationId(self.organisation_id) })
    }
}

/// Keeps a new hall.
pub(crate) async fn insert(conn: &mut PgConnection, hall: &HallSummary, body: &str) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO admin.halls (id, venue_id, name, seat_count, revision, version, body, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)",
        hall.hall_id,
        hall.venue_id.as_str(),
        hall.name,
        i32::try_from(hall.seat_count).unwrap_or(i32::MAX),
        hall.revision,
        hall.version,
        body,
        hall.updated_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(crate) async fn find(executor: impl PgExecutor<'_>, id: Uuid) -> Result<Option<HallRow>, sqlx::Error> {
    sqlx::query_as!(
        Raw,
        "SELECT h.id, h.venue_id, h.name, h.seat_count, h.revision, h.version, h.updated_at, v.organisation_id
         FROM admin.halls h JOIN admin.venues v ON v.id = h.venue_id WHERE h.id = $1",
        id,
    )
    .fetch_optional(executor)
    .await?
    .map(Raw::read)
    .transpose()
}

/// The row, locked until the transaction ends.
pub(crate) async fn lock(conn: &mut PgConnection, id: Uuid) -> Result<Option<HallRow>, sqlx::Error> {
    sqlx::query_as!(
        Raw,
        "SELECT h.id, h.venue_id, h.name, h.seat_count, h.revision, h.version, h.updated_at, v.organisation_id
         FROM admin.halls h JOIN admin.venues v ON v.id = h.venue_id WHERE h.id = $1 FOR UPDATE OF h",
        id,
    )
    .fetch_optional(conn)
    .await?
    .map(Raw::read)
    .transpose()
}

/// A venue's halls after `after` by id, the oldest first.
pub(crate) async fn list(
    executor: impl PgExecutor<'_>,
    venue_id: &VenueId,
    after: Uuid,
    limit: i64,
) -> Result<Vec<HallSummary>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Raw,
        "SELECT h.id, h.venue_id, h.name, h.seat_count, h.revision, h.version, h.updated_at, v.organisation_id
         FROM admin.halls h JOIN admin.venues v ON v.id = h.venue_id
         WHERE h.venue_id = $1 AND h.id > $2 ORDER BY h.id LIMIT $3",
        venue_id.as_str(),
        after,
        limit,
    )
    .fetch_all(executor)
    .await?;
    rows.into_iter().map(|row| row.read().map(|row| row.summary)).collect()
}

/// The hall itself.
pub(crate) async fn body(executor: impl PgExecutor<'_>, id: Uuid) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar!("SELECT body FROM admin.halls WHERE id = $1", id).fetch_optional(executor).await
}

/// Writes a hall that was locked in this transaction anew.
pub(crate) async fn update(conn: &mut PgConnection, hall: &HallSummary, body: &str) -> Result<(), sqlx::Error> {
    let done = sqlx::query!(
        "UPDATE admin.halls SET name = $2, seat_count = $3, revision = $4, body = $5, updated_at = $6 WHERE id = $1",
        hall.hall_id,
        hall.name,
        i32::try_from(hall.seat_count).unwrap_or(i32::MAX),
        hall.revision,
        body,
        hall.updated_at,
    )
    .execute(conn)
    .await?;
    debug_assert_eq!(done.rows_affected(), 1, "the row was locked and read");
    Ok(())
}

/// Keeps a published version of a hall that was locked in this transaction.
pub(crate) async fn publish(conn: &mut PgConnection, hall: Uuid, version: &HallVersion) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO admin.hall_versions (hall_id, version, plan_id, revision, published_at)
         VALUES ($1, $2, $3, $4, $5)",
        hall,
        version.version,
        version.plan_id,
        version.revision,
        version.published_at,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!("UPDATE admin.halls SET version = $2 WHERE id = $1", hall, version.version).execute(conn).await?;
    Ok(())
}

/// The last versions of a hall, the first of them first.
pub(crate) async fn versions(executor: impl PgExecutor<'_>, hall: Uuid) -> Result<Vec<HallVersion>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT h.version, h.plan_id, h.revision, h.published_at, p.seat_count
         FROM admin.hall_versions h JOIN admin.plans p ON p.id = h.plan_id
         WHERE h.hall_id = $1 ORDER BY h.version DESC LIMIT $2",
        hall,
        VERSIONS_TOLD_MAX,
    )
    .fetch_all(executor)
    .await?;
    let version = rows.into_iter().rev().map(|row| HallVersion {
        version: row.version,
        plan_id: row.plan_id,
        revision: row.revision,
        seat_count: usize::try_from(row.seat_count).unwrap_or(0),
        published_at: row.published_at,
    });
    Ok(version.collect())
}
