//! `search.events`: one row an event. Whatever changes a row counts its revision and notes it in `search.unindexed`.

use super::words;
use crate::domain::query::indexed;
use chrono::{DateTime, Utc};
use onsale_core::api::events::{
    Availability, EventDetail, EventStatus, EventSummary, Location, PriceRange, TicketTypeSummary, VenueSummary,
};
use onsale_core::api::internal::EventAvailability;
use onsale_core::api::offer::{Offer, SaleRules};
use onsale_core::{Currency, EventId, Money, VenueId};
use sqlx::types::Json;
use sqlx::{PgConnection, PgExecutor};

/// What lists show of an event.
pub(crate) struct Raw {
    pub id: String,
    pub slug: String,
    pub name: String,
    pub description: String,
    pub kind: String,
    pub venue_id: String,
    pub venue_name: String,
    pub city: String,
    pub time_zone: String,
    pub starts_at: DateTime<Utc>,
    pub on_sale_at: DateTime<Utc>,
    pub currency: String,
    pub price_from: i64,
    pub price_max: i64,
    pub capacity: i64,
    pub available: i64,
    pub held: i64,
}

fn undecodable(error: impl std::error::Error + Send + Sync + 'static) -> sqlx::Error {
    sqlx::Error::Decode(Box::new(error))
}

impl Raw {
    /// As it is shown.
    pub(crate) fn read(self) -> Result<EventSummary, sqlx::Error> {
        let currency: Currency = self.currency.parse().map_err(undecodable)?;
        Ok(EventSummary {
            id: EventId::new(self.id).map_err(undecodable)?,
            slug: self.slug,
            name: self.name,
            description: self.description,
            kind: self.kind,
            venue: VenueSummary {
                id: VenueId::new(self.venue_id).map_err(undecodable)?,
                name: self.venue_name,
                city: self.city,
                time_zone: self.time_zone,
            },
            starts_at: self.starts_at,
            on_sale_at: self.on_sale_at,
            status: EventStatus::Published,
            price_range: PriceRange {
                min: Money::new(self.price_from, currency),
                max: Money::new(self.price_max, currency),
            },
            availability: Availability {
                capacity: self.capacity,
                available: self.available,
                sold_out: self.capacity > 0 && self.available == 0 && self.held == 0,
            },
            highlight: None,
        })
    }
}

/// Published events after a place in the list, the soonest first.
pub(crate) async fn list(
    executor: impl PgExecutor<'_>,
    since: DateTime<Utc>,
    after: Option<(DateTime<Utc>, &str)>,
    limit: i64,
) -> Result<Vec<EventSummary>, sqlx::Error> {
    let (at, id) = after.unzip();
    let rows = sqlx::query_as!(
        Raw,
        "SELECT id, slug, name, description, kind, venue_id, venue_name, city, time_zone, starts_at, on_sale_at,
                currency, price_from, price_max, capacity, available, held
         FROM search.events
         WHERE listed AND NOT cancelled AND starts_at >= $1
           AND ($2::timestamptz IS NULL OR (starts_at, id) > ($2, $3::text))
         ORDER BY starts_at, id LIMIT $4",
        since,
        at,
        id,
        limit,
    )
    .fetch_all(executor)
    .await?;
    rows.into_iter().map(Raw::read).collect()
}

/// A published event with all that a buyer has to know.
pub(crate) async fn find(executor: impl PgExecutor<'_>, id: &EventId) -> Result<Option<EventDetail>, sqlx::Error> {
    let row = sqlx::query!(
        r#"SELECT id, slug, name, description, kind, venue_id, venue_name, city, time_zone, starts_at, on_sale_at,
                  currency, price_from, price_max, capacity, available, held,
                  version, reserved_seating, country, latitude, longitude,
                  sale as "sale: Json<SaleRules>", ticket_types as "ticket_types: Json<Vec<TicketTypeSummary>>"
           FROM search.events WHERE id = $1 AND listed AND NOT cancelled"#,
        id.as_str(),
    )
    .fetch_optional(executor)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let summary = Raw {
        id: row.id,
        slug: row.slug,
        name: row.name,
        description: row.description,
        kind: row.kind,
        venue_id: row.venue_id,
        venue_name: row.venue_name,
        city: row.city,
        time_zone: row.time_zone,
        starts_at: row.starts_at,
        on_sale_at: row.on_sale_at,
        currency: row.currency,
        price_from: row.price_from,
        price_max: row.price_max,
        capacity: row.capacity,
        available: row.available,
        held: row.held,
    };
    Ok(Some(EventDetail {
        summary: summary.read()?,
        version: row.version,
        reserved_seating: row.reserved_seating,
        location: Location { country: row.country, latitude: row.latitude, longitude: row.longitude },
        sale: row.sale.0,
        ticket_types: row.ticket_types.0,
    }))
}

/// The version of the offer that describes an event here; nothing when it is not known.
pub(crate) async fn version(executor: impl PgExecutor<'_>, id: &EventId) -> Result<Option<i32>, sqlx::Error> {
    sqlx::query_scalar!("SELECT version FROM search.events WHERE id = $1", id.as_str()).fetch_optional(executor).await
}

/// Describes an event by an offer, unless a later one describes it already.
pub(crate) async fn describe(conn: &mut PgConnection, offer: &Offer) -> Result<(), sqlx::Error> {
    let currency = offer.sale.currency;
    let prices = PriceRange::of(offer);
    let zero = Money::zero(currency);
    let (price_min, price_max) = prices.map_or((zero, zero), |range| (range.min, range.max));
    let ticket_types: Vec<_> = offer
        .ticket_types
        .iter()
        .map(|kind| TicketTypeSummary {
            ticket_type: kind.ticket_type.clone(),
            name: kind.name.clone(),
            category: kind.category.clone(),
            price: kind.price.clone(),
        })
        .collect();
    sqlx::query!(
        "WITH changed AS (INSERT INTO search.events
             (id, version, slug, name, description, kind, venue_id, venue_name, city, country, time_zone,
              latitude, longitude, starts_at, on_sale_at, currency, price_min, price_max, minor_per_major,
              reserved_seating, sale, ticket_types,
              name_folded, venue_folded, city_folded, kind_folded, text_folded)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
                 $22, $23, $24, $25, $26, $27)
         ON CONFLICT (id) DO UPDATE SET
             version = excluded.version, slug = excluded.slug, name = excluded.name,
             description = excluded.description, kind = excluded.kind, venue_id = excluded.venue_id,
             venue_name = excluded.venue_name, city = excluded.city, country = excluded.country,
             time_zone = excluded.time_zone, latitude = excluded.latitude, longitude = excluded.longitude,
             starts_at = excluded.starts_at, on_sale_at = excluded.on_sale_at, currency = excluded.currency,
             price_min = excluded.price_min, price_max = excluded.price_max, price_left = NULL,
             minor_per_major = excluded.minor_per_major, reserved_seating = excluded.reserved_seating,
             sale = excluded.sale, ticket_types = excluded.ticket_types, name_folded = excluded.name_folded,
             venue_folded = excluded.venue_folded, city_folded = excluded.city_folded,
             kind_folded = excluded.kind_folded, text_folded = excluded.text_folded, revision = events.revision + 1
         WHERE events.version < excluded.version RETURNING id, revision)
         INSERT INTO search.unindexed (event_id, revision) SELECT id, revision FROM changed
         ON CONFLICT (event_id) DO UPDATE SET revision = excluded.revision",
        offer.event_id.as_str(),
        offer.version,
        offer.slug,
        offer.name,
        offer.description,
        offer.kind,
        offer.venue.id.as_str(),
        offer.venue.name,
        offer.venue.city,
        offer.venue.country,
        offer.venue.time_zone,
        offer.venue.latitude,
        offer.venue.longitude,
        offer.starts_at,
        offer.sale.on_sale_at,
        currency.code(),
        price_min.minor,
        price_max.minor,
        currency.minor_per_major(),
        offer.plan.is_some(),
        Json(&offer.sale) as _,
        Json(&ticket_types) as _,
        indexed(&offer.name),
        indexed(&offer.venue.name),
        indexed(&offer.venue.city),
        indexed(&offer.kind),
        indexed(&offer.description),
    )
    .execute(&mut *conn)
    .await?;
    let keywords = [&offer.name, &offer.venue.name, &offer.venue.city, &offer.kind];
    words::remember(conn, &keywords.map(|text| indexed(text)).join(" ")).await
}

/// booking has the event's inventory: all of it is free unless more is known already.
pub(crate) async fn list_event(conn: &mut PgConnection, id: &EventId, capacity: i64) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "WITH changed AS (UPDATE search.events
             SET listed = true, revision = revision + 1,
                 capacity = CASE WHEN capacity = 0 THEN $2 ELSE capacity END,
                 available = CASE WHEN capacity = 0 THEN $2 ELSE available END
             WHERE id = $1 RETURNING id, revision)
         INSERT INTO search.unindexed (event_id, revision) SELECT id, revision FROM changed
         ON CONFLICT (event_id) DO UPDATE SET revision = excluded.revision",
        id.as_str(),
        capacity,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The event was called off, for good; also when nothing else is known of it yet.
pub(crate) async fn cancel(conn: &mut PgConnection, id: &EventId) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "WITH changed AS (INSERT INTO search.events (id, version, cancelled) VALUES ($1, 0, true)
             ON CONFLICT (id) DO UPDATE SET cancelled = true, revision = events.revision + 1 RETURNING id, revision)
         INSERT INTO search.unindexed (event_id, revision) SELECT id, revision FROM changed
         ON CONFLICT (event_id) DO UPDATE SET revision = excluded.revision",
        id.as_str(),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes over how much is left, and the lowest price of it; rows that say so already stay untouched.
pub(crate) async fn set_availability(
    executor: impl PgExecutor<'_>,
    items: &[EventAvailability],
) -> Result<u64, sqlx::Error> {
    let ids: Vec<String> = items.iter().map(|item| item.event_id.to_string()).collect();
    let column = |pick: fn(&EventAvailability) -> i64| items.iter().map(pick).collect::<Vec<_>>();
    let done = sqlx::query!(
        "WITH changed AS (UPDATE search.events e
             SET capacity = a.capacity, available = a.available, held = a.held, price_left = a.lowest,
                 revision = e.revision + 1
             FROM (SELECT a.id, a.capacity, a.available, a.held,
                          -- What is not known stays as it was.
                          CASE WHEN a.available BETWEEN 1 AND a.capacity - 1 THEN coalesce(a.lowest, e.price_left) END
                              AS lowest
                   FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[])
                       AS a (id, capacity, available, held, lowest)
                   JOIN search.events e USING (id)) a
             WHERE e.id = a.id AND (e.capacity, e.available, e.held, e.price_left)
                                   IS DISTINCT FROM (a.capacity, a.available, a.held, a.lowest)
             RETURNING e.id, e.revision)
         INSERT INTO search.unindexed (event_id, revision) SELECT id, revision FROM changed ORDER BY id
         ON CONFLICT (event_id) DO UPDATE SET revision = excluded.revision",
        &ids,
        &column(|item| item.capacity),
        &column(|item| item.available),
        &column(|item| item.held),
        &items.iter().map(|item| item.lowest).collect::<Vec<_>>() as &[Option<i64>],
    )
    .execute(executor)
    .await?;
    Ok(done.rows_affected())
}
