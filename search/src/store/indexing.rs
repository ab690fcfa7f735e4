//! What the search engine's index is made from: the rows of `search.events`, and `search.unindexed`, which says
//! of which ones the index may be behind.

use super::events::Raw;
use onsale_core::api::events::EventSummary;
use sqlx::{PgExecutor, PgPool};

/// An event as the index is told of it.
pub(crate) struct Indexed {
    /// The event.
    pub id: String,
    /// Grows with every change of the row.
    pub revision: i64,
    /// What is to be found; nothing when it is not in lists.
    pub shown: Option<Shown>,
}

/// An event that is to be found.
pub(crate) struct Shown {
    /// What lists show of it.
    pub summary: EventSummary,
    /// The name, folded; so are the next ones.
    pub name: String,
    pub venue: String,
    pub city: String,
    pub kind: String,
    /// The description, folded.
    pub text: String,
    /// The cheapest ticket that is left, in major units.
    pub price_from: f64,
    /// The dearest ticket, in major units.
    pub price_max: f64,
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
}

/// Which rows are read.
pub(crate) enum Rows<'a> {
    /// Those of which the index may be behind, the longest behind first.
    Behind,
    /// All, in the order of their ids, after this one.
    After(&'a str),
}

struct Row {
    id: String,
    revision: i64,
    shown: bool,
    slug: String,
    name: String,
    description: String,
    kind: String,
    venue_id: String,
    venue_name: String,
    city: String,
    time_zone: String,
    starts_at: chrono::DateTime<chrono::Utc>,
    on_sale_at: chrono::DateTime<chrono::Utc>,
    currency: String,
    price_from: i64,
    price_max: i64,
    capacity: i64,
    available: i64,
    held: i64,
    name_folded: String,
    venue_folded: String,
    city_folded: String,
    kind_folded: String,
    text_folded: String,
    minor_per_major: i64,
    latitude: f64,
    longitude: f64,
}

/// At most so many rows.
pub(crate) async fn read(pool: &PgPool, rows: Rows<'_>, limit: i64) -> Result<Vec<Indexed>, sqlx::Error> {
    let after = match rows {
        Rows::Behind => None,
        Rows::After(id) => Some(id),
    };
    let rows = sqlx::query_as!(
        Row,
        // A row that only says that its event was called off has no times yet.
        r#"WITH wanted AS MATERIALIZED (
               (SELECT event_id AS id, changed_at AS place FROM search.unindexed WHERE $1::text IS NULL
                ORDER BY changed_at, event_id LIMIT $2)
               UNION ALL
               (SELECT id, NULL FROM search.events WHERE id > $1 ORDER BY id LIMIT $2)
           )
           SELECT e.id, revision, (listed AND NOT cancelled) AS "shown!", slug, name, description, kind, venue_id,
                  venue_name, city, time_zone,
                  CASE WHEN isfinite(starts_at) THEN starts_at ELSE 'epoch' END AS "starts_at!",
                  CASE WHEN isfinite(on_sale_at) THEN on_sale_at ELSE 'epoch' END AS "on_sale_at!",
                  currency, price_from, price_max, capacity, available, held,
                  name_folded, venue_folded, city_folded, kind_folded, text_folded, minor_per_major,
                  latitude, longitude
           FROM wanted JOIN search.events e USING (id) ORDER BY place, e.id"#,
        after,
        limit,
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter().map(Row::read).collect()
}

/// The index has these revisions: what has not changed since waits no more.
pub(crate) async fn done(executor: impl PgExecutor<'_>, ids: &[String], revisions: &[i64]) -> Result<(), sqlx::Error> {
    // Locked in one order, as whoever changes rows does.
    sqlx::query!(
        "DELETE FROM search.unindexed WHERE event_id IN (
             SELECT u.event_id FROM search.unindexed u
             JOIN unnest($1::text[], $2::bigint[]) AS d (event_id, revision)
                 ON d.event_id = u.event_id AND d.revision >= u.revision
             ORDER BY u.event_id FOR UPDATE OF u)",
        ids,
        revisions,
    )
    .execute(executor)
    .await?;
    Ok(())
}

/// Since how many seconds the index is behind; 0 when it is not.
pub(crate) async fn behind_seconds(executor: impl PgExecutor<'_>) -> Result<f64, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT coalesce(extract(epoch FROM now() - min(changed_at)), 0)::float8 AS "behind!" FROM search.unindexed"#,
    )
    .fetch_one(executor)
    .await
}

/// How many rows there are.
pub(crate) async fn count(executor: impl PgExecutor<'_>) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(r#"SELECT count(*) AS "count!" FROM search.events"#).fetch_one(executor).await
}

impl Row {
    fn read(self) -> Result<Indexed, sqlx::Error> {
        let (id, revision) = (self.id.clone(), self.revision);
        if !self.shown {
            return Ok(Indexed { id, revision, shown: None });
        }
        let per_major = self.minor_per_major;
        let summary = Raw {
            id: self.id,
            slug: self.slug,
            name: self.name,
            description: self.description,
            kind: self.kind,
            venue_id: self.venue_id,
            venue_name: self.venue_name,
            city: self.city,
            time_zone: self.time_zone,
            starts_at: self.starts_at,
            on_sale_at: self.on_sale_at,
            currency: self.currency,
            price_from: self.price_from,
            price_max: self.price_max,
            capacity: self.capacity,
            available: self.available,
            held: self.held,
        };
        let shown = Shown {
            summary: summary.read()?,
            name: self.name_folded,
            venue: self.venue_folded,
            city: self.city_folded,
            kind: self.kind_folded,
            text: self.text_folded,
            price_from: major(self.price_from, per_major),
            price_max: major(self.price_max, per_major),
            latitude: self.latitude,
            longitude: self.longitude,
        };
        Ok(Indexed { id, revision, shown: Some(shown) })
    }
}

/// Minor units as a number of major ones: the double that is nearest to the decimal.
#[expect(clippy::cast_precision_loss, reason = "prices are below 2^53 minor units")]
fn major(minor: i64, per_major: i64) -> f64 {
    minor as f64 / per_major as f64
}
