//! `booking.inventories` and `booking.offers`.

use super::corrupt;
use crate::domain::rows::EventNo;
use onsale_core::api::offer::Offer;
use onsale_core::{Currency, EventId, OrganisationId};
use sqlx::PgConnection;
use sqlx::types::Json;
use std::collections::BTreeMap;

const TABLE: &str = "booking.inventories";

/// An inventory's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InventoryRow {
    /// Its number.
    pub event_no: EventNo,
    /// The offer's version that is on sale.
    pub version: i32,
    /// `ON_SALE` or `CANCELLED`.
    pub status: String,
}

/// The inventory of an event, if there is one.
pub(crate) async fn find(conn: &mut PgConnection, event: &EventId) -> Result<Option<InventoryRow>, sqlx::Error> {
    sqlx::query_as!(
        InventoryRow,
        "SELECT event_no, version, status FROM booking.inventories WHERE event_id = $1 AND version > 0",
        event.as_str(),
    )
    .fetch_optional(conn)
    .await
}

/// An event that somebody sells, in short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Organised {
    /// The event.
    pub event: EventId,
    /// Its number.
    pub event_no: EventNo,
    /// Whose it is.
    pub organisation: OrganisationId,
    /// All its money is in it.
    pub currency: Currency,
}

/// The events of these ids that have an inventory.
pub(crate) async fn organised(conn: &mut PgConnection, events: &[&str]) -> Result<Vec<Organised>, sqlx::Error> {
    // A row of the version before this one does not say it itself; its offer does.
    let rows = sqlx::query!(
        r#"SELECT i.event_id, i.event_no, i.organisation_id,
                  coalesce(i.currency, (SELECT offer -> 'sale' ->> 'currency' FROM booking.offers o
                                        WHERE o.event_no = i.event_no AND o.version = i.version)) AS "currency!"
           FROM booking.inventories i WHERE i.event_id = ANY($1::text[])"#,
        events as _,
    )
    .fetch_all(conn)
    .await?;
    let organised = rows.into_iter().map(|row| {
        Ok(Organised {
            event: EventId::new(row.event_id).map_err(|error| corrupt(TABLE, error))?,
            event_no: row.event_no,
            organisation: OrganisationId(row.organisation_id),
            currency: row.currency.parse().map_err(|error| corrupt(TABLE, error))?,
        })
    });
    organised.collect()
}

/// The events of these numbers.
pub(crate) async fn names(
    conn: &mut PgConnection,
    numbers: &[EventNo],
) -> Result<BTreeMap<EventNo, EventId>, sqlx::Error> {
    let rows = sqlx::query!("SELECT event_no, event_id FROM booking.inventories WHERE event_no = ANY($1)", numbers)
        .fetch_all(conn)
        .await?;
    let named = rows.into_iter().map(|row| {
        let event = EventId::new(row.event_id).map_err(|error| corrupt(TABLE, error))?;
        Ok((row.event_no, event))
    });
    named.collect()
}

/// One version of an event's offer, as JSON: an arena's is megabytes, which are not read on a thread that answers.
pub(crate) async fn offer(
    conn: &mut PgConnection,
    event: EventNo,
    version: i32,
) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT offer::text AS "offer!" FROM booking.offers WHERE event_no = $1 AND version = $2"#,
        event,
        version,
    )
    .fetch_optional(conn)
    .await
}

/// Puts a version of an offer on sale; an older one than what stands is kept but changes nothing.
/// Gives the inventory's number.
pub(crate) async fn put(conn: &mut PgConnection, offer: &Offer) -> Result<EventNo, sqlx::Error> {
    let event_no = sqlx::query_scalar!(
        "INSERT INTO booking.inventories (event_id, version, organiser_id, currency, organisation_id)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (event_id) DO UPDATE
         SET version = greatest(inventories.version, excluded.version), organiser_id = excluded.organiser_id,
             currency = excluded.currency, organisation_id = excluded.organisation_id
         RETURNING event_no",
        offer.event_id.as_str(),
        offer.version,
        offer.organiser_id.0,
        offer.sale.currency.code(),
        offer.organisation_id.0,
    )
    .fetch_one(&mut *conn)
    .await?;
    sqlx::query!(
        "INSERT INTO booking.offers (event_no, version, offer) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        event_no,
        offer.version,
        Json(offer) as _,
    )
    .execute(conn)
    .await?;
    Ok(event_no)
}

/// Takes an event off sale for good; also before it is published, should its messages arrive the other way round:
/// version 0 stands for no offer yet.
pub(crate) async fn cancel(conn: &mut PgConnection, event: &EventId) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO booking.inventories (event_id, version, status) VALUES ($1, 0, 'CANCELLED')
         ON CONFLICT (event_id) DO UPDATE SET status = 'CANCELLED'",
        event.as_str(),
    )
    .execute(conn)
    .await?;
    Ok(())
}
