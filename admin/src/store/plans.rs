//! `admin.plans`: immutable; the same plan of a venue is kept once.

use chrono::{DateTime, Utc};
use onsale_core::api::admin::PlanSummary;
use onsale_core::{OrganisationId, VenueId};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

/// A plan about to be kept.
pub(crate) struct NewPlan<'a> {
    pub id: Uuid,
    pub venue_id: &'a VenueId,
    pub name: &'a str,
    pub seat_count: usize,
    pub digest: &'a str,
    pub categories: &'a [String],
    pub body: &'a str,
    pub at: DateTime<Utc>,
}

/// What is known of a plan without reading it.
pub(crate) struct PlanRow {
    pub summary: PlanSummary,
    pub categories: Vec<String>,
    /// Its venue's.
    pub organisation: OrganisationId,
}

/// Keeps a plan; nothing when the venue has the same one already.
pub(crate) async fn insert(conn: &mut PgConnection, plan: NewPlan<'_>) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "INSERT INTO admin.plans (id, venue_id, name, seat_count, digest, categories, body, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT ON CONSTRAINT plans_same DO NOTHING",
        plan.id,
        plan.venue_id.as_str(),
        plan.name,
        i32::try_from(plan.seat_count).unwrap_or(i32::MAX),
        plan.digest,
        plan.categories,
        plan.body,
        plan.at,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

struct Raw {
    id: Uuid,
    venue_id: String,
    name: String,
    seat_count: i32,
    digest: String,
    categories: Vec<String>,
    organisation_id: Uuid,
}

impl Raw {
    fn read(self) -> Result<PlanRow, sqlx::Error> {
        let summary = PlanSummary {
            plan_id: self.id,
            venue_id: VenueId::new(self.venue_id).map_err(|error| sqlx::Error::Decode(Box::new(error)))?,
            name: self.name,
            seat_count: usize::try_from(self.seat_count).unwrap_or(0),
            digest: self.digest,
            categories: self.categories.clone(),
        };
        Ok(PlanRow { summary, categories: self.categories, organisation: OrganisationId(self.organisation_id) })
    }
}

pub(crate) async fn find(executor: impl PgExecutor<'_>, id: Uuid) -> Result<Option<PlanRow>, sqlx::Error> {
    sqlx::query_as!(
        Raw,
        "SELECT p.id, p.venue_id, p.name, p.seat_count, p.digest, p.categories, v.organisation_id
         FROM admin.plans p JOIN admin.venues v ON v.id = p.venue_id WHERE p.id = $1",
        id,
    )
    .fetch_optional(executor)
    .await?
    .map(Raw::read)
    .transpose()
}

/// The venue's plan of this digest.
pub(crate) async fn find_same(
    executor: impl PgExecutor<'_>,
    venue_id: &VenueId,
    digest: &str,
) -> Result<Option<PlanRow>, sqlx::Error> {
    sqlx::query_as!(
        Raw,
        "SELECT p.id, p.venue_id, p.name, p.seat_count, p.digest, p.categories, v.organisation_id
         FROM admin.plans p JOIN admin.venues v ON v.id = p.venue_id WHERE p.venue_id = $1 AND p.digest = $2",
        venue_id.as_str(),
        digest,
    )
    .fetch_optional(executor)
    .await?
    .map(Raw::read)
    .transpose()
}

/// A venue's plans after `after` by id, the oldest first.
pub(crate) async fn list(
    executor: impl PgExecutor<'_>,
    venue_id: &VenueId,
    after: Uuid,
    limit: i64,
) -> Result<Vec<PlanSummary>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Raw,
        "SELECT p.id, p.venue_id, p.name, p.seat_count, p.digest, p.categories, v.organisation_id
         FROM admin.plans p JOIN admin.venues v ON v.id = p.venue_id
         WHERE p.venue_id = $1 AND p.id > $2 ORDER BY p.id LIMIT $3",
        venue_id.as_str(),
        after,
        limit,
    )
    .fetch_all(executor)
    .await?;
    rows.into_iter().map(|row| row.read().map(|row| row.summary)).collect()
}

/// The plan itself, as it was hashed.
pub(crate) async fn body(executor: impl PgExecutor<'_>, id: Uuid) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar!("SELECT body FROM admin.plans WHERE id = $1", id).fetch_optional(executor).await
}
