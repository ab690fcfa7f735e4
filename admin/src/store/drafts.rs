//! `admin.drafts`: events as their organisers see them.

use chrono::{DateTime, Utc};
use onsale_core::api::admin::{EventDraft, EventRecord};
use onsale_core::api::events::EventStatus;
use onsale_core::{EventId, OrganisationId, SeriesId, UserId};
use sqlx::types::Json;
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

/// An event's row.
pub(crate) struct DraftRow {
    /// Who drafted it.
    pub owner_id: UserId,
    /// Whose it is.
    pub organisation: OrganisationId,
    pub record: EventRecord,
    /// The aggregate's events in the store so far.
    pub event_count: i32,
    /// Those of them that went to the bus.
    pub bus_sequence: i64,
}

struct Raw {
    id: String,
    owner_id: Uuid,
    organisation_id: Uuid,
    status: String,
    version: i32,
    slug: String,
    series_id: Option<Uuid>,
    draft: Json<EventDraft>,
    event_count: i32,
    bus_sequence: i64,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl Raw {
    fn read(self) -> Result<DraftRow, sqlx::Error> {
        let unknown = |what: &str| sqlx::Error::Decode(format!("admin.drafts: unknown {what}").into());
        let record = EventRecord {
            id: EventId::new(self.id).map_err(|error| sqlx::Error::Decode(Box::new(error)))?,
            status: EventStatus::from_name(&self.status).ok_or_else(|| unknown("status"))?,
            version: self.version,
            slug: self.slug,
            series_id: self.series_id.map(SeriesId),
            draft: self.draft.0,
            created_at: self.created_at,
            updated_at: self.updated_at,
        };
        Ok(DraftRow {
            owner_id: UserId(self.owner_id),
            organisation: OrganisationId(self.organisation_id),
            record,
            event_count: self.event_count,
            bus_sequence: self.bus_sequence,
        })
    }
}

pub(crate) async fn insert(conn: &mut PgConnection, row: &DraftRow) -> Result<(), sqlx::Error> {
    let record = &row.record;
    sqlx::query!(
        "INSERT INTO admin.drafts
             (id, owner_id, venue_id, plan_id, status, version, slug, draft, event_count, bus_sequence,
              created_at, updated_at, organisation_id, series_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        record.id.as_str(),
        row.owner_id.0,
        record.draft.venue_id.as_str(),
        record.draft.plan_id,
        record.status.as_str(),
        record.version,
        record.slug,
        Json(&record.draft) as _,
        row.event_count,
        row.bus_sequence,
        record.created_at,
        record.updated_at,
        row.organisation.0,
        record.series_id.map(|id| id.0),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes what can change of a row that was locked and read in this transaction.
pub(crate) async fn update(conn: &mut PgConnection, row: &DraftRow) -> Result<(), sqlx::Error> {
    let record = &row.record;
    let done = sqlx::query!(
        "UPDATE admin.drafts
         SET venue_id = $2, plan_id = $3, status = $4, version = $5, slug = $6, draft = $7,
             event_count = $8, bus_sequence = $9, updated_at = $10, series_id = $11
         WHERE id = $1",
        record.id.as_str(),
        record.draft.venue_id.as_str(),
        record.draft.plan_id,
        record.status.as_str(),
        record.version,
        record.slug,
        Json(&record.draft) as _,
        row.event_count,
        row.bus_sequence,
        record.updated_at,
        record.series_id.map(|id| id.0),
    )
    .execute(conn)
    .await?;
    debug_assert_eq!(done.rows_affected(), 1, "the row was locked and read");
    Ok(())
}

pub(crate) async fn find(executor: impl PgExecutor<'_>, id: &EventId) -> Result<Option<DraftRow>, sqlx::Error> {
    sqlx::query_as!(
        Raw,
        r#"SELECT id, owner_id, organisation_id, status, version, slug, series_id, draft as "draft: Json<EventDraft>", event_count,
                  bus_sequence, created_at, updated_at
           FROM admin.drafts WHERE id = $1"#,
        id.as_str(),
    )
    .fetch_optional(executor)
    .await?
    .map(Raw::read)
    .transpose()
}

/// The row, locked until the transaction ends.
pub(crate) async fn lock(conn: &mut PgConnection, id: &EventId) -> Result<Option<DraftRow>, sqlx::Error> {
    sqlx::query_as!(
        Raw,
        r#"SELECT id, owner_id, organisation_id, status, version, slug, series_id, draft as "draft: Json<EventDraft>", event_count,
                  bus_sequence, created_at, updated_at
           FROM admin.drafts WHERE id = $1 FOR UPDATE"#,
        id.as_str(),
    )
    .fetch_optional(conn)
    .await?
    .map(Raw::read)
    .transpose()
}

/// Events older than a place in the list, the newest first; of one organisation, or of all.
pub(crate) async fn list(
    executor: impl PgExecutor<'_>,
    of: Option<OrganisationId>,
    before: Option<(DateTime<Utc>, &str)>,
    limit: i64,
) -> Result<Vec<EventRecord>, sqlx::Error> {
    let (at, id) = before.unzip();
    let rows = sqlx::query_as!(
        Raw,
        r#"SELECT id, owner_id, organisation_id, status, version, slug, series_id, draft as "draft: Json<EventDraft>", event_count,
                  bus_sequence, created_at, updated_at
           FROM admin.drafts
           WHERE ($1::uuid IS NULL OR organisation_id = $1)
             AND ($2::timestamptz IS NULL OR (created_at, id) < ($2, $3::text))
           ORDER BY created_at DESC, id DESC LIMIT $4"#,
        of.map(|id| id.0),
        at,
        id,
        limit,
    )
    .fetch_all(executor)
    .await?;
    rows.into_iter().map(|row| row.read().map(|row| row.record)).collect()
}

/// The dates of a series, the first one first; their rows are locked until the transaction ends.
pub(crate) async fn lock_series(conn: &mut PgConnection, id: SeriesId) -> Result<Vec<DraftRow>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Raw,
        r#"SELECT id, owner_id, organisation_id, status, version, slug, series_id, draft as "draft: Json<EventDraft>", event_count,
                  bus_sequence, created_at, updated_at
           FROM admin.drafts WHERE series_id = $1 ORDER BY id FOR UPDATE"#,
        id.0,
    )
    .fetch_all(conn)
    .await?;
    let mut rows = rows.into_iter().map(Raw::read).collect::<Result<Vec<_>, _>>()?;
    rows.sort_by_key(|row| row.record.draft.starts_at);
    Ok(rows)
}

/// The dates of a series, the first one first.
pub(crate) async fn series(executor: impl PgExecutor<'_>, id: SeriesId) -> Result<Vec<EventRecord>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Raw,
        r#"SELECT id, owner_id, organisation_id, status, version, slug, series_id, draft as "draft: Json<EventDraft>", event_count,
                  bus_sequence, created_at, updated_at
           FROM admin.drafts WHERE series_id = $1"#,
        id.0,
    )
    .fetch_all(executor)
    .await?;
    let mut records = rows.into_iter().map(|row| row.read().map(|row| row.record)).collect::<Result<Vec<_>, _>>()?;
    records.sort_by_key(|record| record.draft.starts_at);
    Ok(records)
}
