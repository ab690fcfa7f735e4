//! `admin.venues`.

use crate::service::Actor;
use chrono::{DateTime, Utc};
use onsale_core::api::offer::Venue;
use onsale_core::{OrganisationId, VenueId};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

/// A venue and whose it is.
pub(crate) struct VenueRow {
    pub organisation: OrganisationId,
    pub venue: Venue,
}

struct Raw {
    id: String,
    organisation_id: Uuid,
    name: String,
    city: String,
    country: String,
    time_zone: String,
    latitude: f64,
    longitude: f64,
}

impl Raw {
    fn read(self) -> Result<VenueRow, sqlx::Error> {
        let venue = Venue {
            id: VenueId::new(self.id).map_err(|error| sqlx::Error::Decode(Box::new(error)))?,
            name: self.name,
            city: self.city,
            country: self.country,
            time_zone: self.time_zone,
            latitude: self.latitude,
            longitude: self.longitude,
        };
        Ok(VenueRow { organisation: OrganisationId(self.organisation_id), venue })
    }
}

pub(crate) async fn insert(
    conn: &mut PgConnection,
    by: Actor,
    venue: &Venue,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO admin.venues
             (id, owner_id, name, city, country, time_zone, latitude, longitude, created_at, updated_at, organisation_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10)",
        venue.id.as_str(),
        by.user_id().0,
        venue.name,
        venue.city,
        venue.country,
        venue.time_zone,
        venue.latitude,
        venue.longitude,
        now,
        by.organisation().0,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(crate) async fn update(conn: &mut PgConnection, venue: &Venue, now: DateTime<Utc>) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE admin.venues SET name = $2, city = $3, country = $4, time_zone = $5, latitude = $6,
                longitude = $7, updated_at = $8
         WHERE id = $1",
        venue.id.as_str(),
        venue.name,
        venue.city,
        venue.country,
        venue.time_zone,
        venue.latitude,
        venue.longitude,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(crate) async fn find(executor: impl PgExecutor<'_>, id: &VenueId) -> Result<Option<VenueRow>, sqlx::Error> {
    sqlx::query_as!(
        Raw,
        "SELECT id, organisation_id, name, city, country, time_zone, latitude, longitude FROM admin.venues WHERE id = $1",
        id.as_str(),
    )
    .fetch_optional(executor)
    .await?
    .map(Raw::read)
    .transpose()
}

/// Venues after `after` by id; of one organisation, or of all.
pub(crate) async fn list(
    executor: impl PgExecutor<'_>,
    of: Option<OrganisationId>,
    after: &str,
    limit: i64,
) -> Result<Vec<Venue>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Raw,
        "SELECT id, organisation_id, name, city, country, time_zone, latitude, longitude FROM admin.venues
         WHERE ($1::uuid IS NULL OR organisation_id = $1) AND id > $2 ORDER BY id LIMIT $3",
        of.map(|id| id.0),
        after,
        limit,
    )
    .fetch_all(executor)
    .await?;
    rows.into_iter().map(|row| row.read().map(|row| row.venue)).collect()
}

/// Whether PostgreSQL knows a time zone of this name.
pub(crate) async fn is_time_zone(executor: impl PgExecutor<'_>, name: &str) -> Result<bool, sqlx::Error> {
    match sqlx::query_scalar!("SELECT now() AT TIME ZONE $1", name).fetch_one(executor).await {
        Ok(_) => Ok(true),
        // 22023, invalid_parameter_value: "time zone … not recognized" (PostgreSQL, Appendix A).
        Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some("22023") => Ok(false),
        Err(error) => Err(error),
    }
}
