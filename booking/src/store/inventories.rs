//! `booking.inventories` and `booking.offers`.

use crate::domain::rows::EventNo;
use onsale_core::EventId;
use onsale_core::api::offer::Offer;
use sqlx::PgConnection;
use sqlx::types::Json;

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
        "SELECT event_no, version, status FROM booking.inventories WHERE event_id = $1",
        event.as_str(),
    )
    .fetch_optional(conn)
    .await
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
        "INSERT INTO booking.inventories (event_id, version) VALUES ($1, $2)
         ON CONFLICT (event_id) DO UPDATE SET version = greatest(inventories.version, excluded.version)
         RETURNING event_no",
        offer.event_id.as_str(),
        offer.version,
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

/// Takes an event off sale for good.
pub(crate) async fn cancel(conn: &mut PgConnection, event: &EventId) -> Result<(), sqlx::Error> {
    sqlx::query!("UPDATE booking.inventories SET status = 'CANCELLED' WHERE event_id = $1", event.as_str())
        .execute(conn)
        .await?;
    Ok(())
}
