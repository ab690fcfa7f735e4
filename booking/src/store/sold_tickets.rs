//! `booking.sold_tickets`: the projection that counters, partners and reports read.

use super::corrupt;
use chrono::{DateTime, Utc};
use onsale_core::{Currency, EventId, Money, OrderId, OrganisationId, SeatId, TicketId, UserId, VenueId};
use sqlx::PgConnection;
use std::collections::BTreeMap;

const TABLE: &str = "booking.sold_tickets";

/// One ticket of the projection.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SoldTicket {
    pub(crate) id: TicketId,
    pub(crate) order: OrderId,
    pub(crate) event: EventId,
    pub(crate) venue: VenueId,
    pub(crate) user: UserId,
    /// Where it is; nothing for general admission.
    pub(crate) place: Option<Place>,
    pub(crate) ticket_type: String,
    pub(crate) price: Money,
    pub(crate) created_on: DateTime<Utc>,
    pub(crate) cancelled_at: Option<DateTime<Utc>>,
}

/// A seat of the projection.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Place {
    pub(crate) seat: SeatId,
    pub(crate) zone: u16,
    pub(crate) row: String,
    pub(crate) column: String,
}

/// What was sold in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sales {
    pub(crate) tickets: i64,
    pub(crate) sum: Money,
}

/// Puts tickets, sold or cancelled, in whichever order the two come: what is cancelled stays cancelled.
pub(crate) async fn put(conn: &mut PgConnection, tickets: &[&SoldTicket]) -> Result<(), sqlx::Error> {
    if tickets.is_empty() {
        return Ok(());
    }
    let place = |ticket: &SoldTicket| ticket.place.clone();
    sqlx::query!(
        "INSERT INTO booking.sold_tickets AS known
             (ticket_id, order_id, event_id, venue_id, user_id, seat_id, zone_id, row_label, col_label,
              ticket_type, price, currency, created_on, cancelled_at)
         SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::text[], $7::int[],
                              $8::text[], $9::text[], $10::text[], $11::bigint[], $12::text[],
                              $13::timestamptz[], $14::timestamptz[])
         ON CONFLICT (ticket_id) DO UPDATE SET cancelled_at = excluded.cancelled_at
         WHERE known.cancelled_at IS NULL AND excluded.cancelled_at IS NOT NULL",
        &tickets.iter().map(|ticket| ticket.id.0).collect::<Vec<_>>(),
        &tickets.iter().map(|ticket| ticket.order.0).collect::<Vec<_>>(),
        &tickets.iter().map(|ticket| ticket.event.to_string()).collect::<Vec<_>>(),
        &tickets.iter().map(|ticket| ticket.venue.to_string()).collect::<Vec<_>>(),
        &tickets.iter().map(|ticket| ticket.user.0).collect::<Vec<_>>(),
        &tickets.iter().map(|ticket| place(ticket).map(|place| place.seat.to_string())).collect::<Vec<_>>()
            as &[Option<String>],
        &tickets.iter().map(|ticket| place(ticket).map(|place| i32::from(place.zone))).collect::<Vec<_>>()
            as &[Option<i32>],
        &tickets.iter().map(|ticket| place(ticket).map(|place| place.row)).collect::<Vec<_>>() as &[Option<String>],
        &tickets.iter().map(|ticket| place(ticket).map(|place| place.column)).collect::<Vec<_>>()
            as &[Option<String>],
        &tickets.iter().map(|ticket| ticket.ticket_type.clone()).collect::<Vec<_>>(),
        &tickets.iter().map(|ticket| ticket.price.minor).collect::<Vec<_>>(),
        &tickets.iter().map(|ticket| ticket.price.currency.to_string()).collect::<Vec<_>>(),
        &tickets.iter().map(|ticket| ticket.created_on).collect::<Vec<_>>(),
        &tickets.iter().map(|ticket| ticket.cancelled_at).collect::<Vec<_>>() as &[Option<DateTime<Utc>>],
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A ticket, sold or cancelled.
pub(crate) async fn find(conn: &mut PgConnection, id: TicketId) -> Result<Option<SoldTicket>, sqlx::Error> {
    let row = sqlx::query_as!(Row, "SELECT * FROM booking.sold_tickets WHERE ticket_id = $1", id.0);
    row.fetch_optional(conn).await?.map(TryInto::try_into).transpose()
}

/// The tickets of these orders, sold or cancelled.
pub(crate) async fn of_orders(conn: &mut PgConnection, orders: &[uuid::Uuid]) -> Result<Vec<SoldTicket>, sqlx::Error> {
    let rows = sqlx::query_as!(Row, "SELECT * FROM booking.sold_tickets WHERE order_id = ANY($1)", orders);
    rows.fetch_all(conn).await?.into_iter().map(TryInto::try_into).collect()
}

/// Takes tickets out that should not be there, or not so.
pub(crate) async fn remove(conn: &mut PgConnection, tickets: &[TicketId]) -> Result<(), sqlx::Error> {
    let ids: Vec<_> = tickets.iter().map(|ticket| ticket.0).collect();
    sqlx::query!("DELETE FROM booking.sold_tickets WHERE ticket_id = ANY($1)", &ids).execute(conn).await?;
    Ok(())
}

/// Lets nobody else write until the transaction ends; everybody reads on.
pub(crate) async fn lock(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query!("LOCK TABLE booking.sold_tickets IN SHARE ROW EXCLUSIVE MODE").execute(conn).await?;
    Ok(())
}

/// How many tickets differ between the write tables and the projection: only in one of them, of another price, or
/// cancelled in one alone.
pub(crate) async fn recount(conn: &mut PgConnection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "differ!" FROM booking.tickets t
           FULL JOIN booking.sold_tickets s ON s.ticket_id = t.id
           WHERE t.id IS NULL OR s.ticket_id IS NULL OR t.price <> s.price OR t.order_id <> s.order_id
              OR (t.status = 'CANCELLED') <> (s.cancelled_at IS NOT NULL)"#
    )
    .fetch_one(conn)
    .await
}

/// The sold tickets, newest first, those before one of them.
pub(crate) async fn page(
    conn: &mut PgConnection,
    of: Option<OrganisationId>,
    before: Option<TicketId>,
    limit: i64,
) -> Result<Vec<SoldTicket>, sqlx::Error> {
    // No id is above this one: the index is read from its end.
    let before = before.map_or(uuid::Uuid::max(), |before| before.0);
    let rows = sqlx::query_as!(
        Row,
        "SELECT * FROM booking.sold_tickets s WHERE cancelled_at IS NULL AND ticket_id < $1
         AND ($3::uuid IS NULL OR EXISTS (SELECT FROM booking.inventories i
                                          WHERE i.event_id = s.event_id AND i.organisation_id = $3))
         ORDER BY ticket_id DESC LIMIT $2",
        before,
        limit,
        of.map(|id| id.0),
    );
    rows.fetch_all(conn).await?.into_iter().map(TryInto::try_into).collect()
}

/// How many tickets of an event are sold, by zone; those of general admission are in none.
pub(crate) async fn count(conn: &mut PgConnection, event: &EventId) -> Result<Vec<(Option<u16>, i64)>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT zone_id, count(*) AS "sold!" FROM booking.sold_tickets
           WHERE event_id = $1 AND cancelled_at IS NULL GROUP BY zone_id ORDER BY zone_id"#,
        event.as_str(),
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(|row| Ok((row.zone_id.map(zone_of).transpose()?, row.sold))).collect()
}

/// What was sold of an event at a venue, by currency.
pub(crate) async fn sales(
    conn: &mut PgConnection,
    venue: &VenueId,
    event: &EventId,
) -> Result<Vec<Sales>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT currency, count(*) AS "tickets!", sum(price)::bigint AS "sum!" FROM booking.sold_tickets
           WHERE event_id = $1 AND venue_id = $2 AND cancelled_at IS NULL GROUP BY currency ORDER BY currency"#,
        event.as_str(),
        venue.as_str(),
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| Ok(Sales { tickets: row.tickets, sum: Money::new(row.sum, currency_of(&row.currency)?) }))
        .collect()
}

/// What the sold tickets of events cost together, in minor units, by event.
pub(crate) async fn takings(conn: &mut PgConnection, events: &[&str]) -> Result<BTreeMap<String, i64>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT event_id, sum(price)::bigint AS "sum!" FROM booking.sold_tickets
           WHERE event_id = ANY($1::text[]) AND cancelled_at IS NULL GROUP BY event_id"#,
        events as _,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.event_id, row.sum)).collect())
}

/// Sold tickets of one seat, or of one general-admission ticket type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SoldAlike {
    /// The seat; absent for general admission.
    pub seat_id: Option<String>,
    /// The ticket type.
    pub ticket_type: String,
    /// What they cost together, in minor units.
    pub sum: i64,
}

/// What an event's sold tickets cost, by seat, and for general admission by ticket type.
pub(crate) async fn by_seat(conn: &mut PgConnection, event: &EventId) -> Result<Vec<SoldAlike>, sqlx::Error> {
    sqlx::query_as!(
        SoldAlike,
        r#"SELECT seat_id, ticket_type, sum(price)::bigint AS "sum!" FROM booking.sold_tickets
           WHERE event_id = $1 AND cancelled_at IS NULL GROUP BY seat_id, ticket_type"#,
        event.as_str(),
    )
    .fetch_all(conn)
    .await
}

/// A row as it is stored.
struct Row {
    ticket_id: uuid::Uuid,
    order_id: uuid::Uuid,
    event_id: String,
    venue_id: String,
    user_id: uuid::Uuid,
    seat_id: Option<String>,
    zone_id: Option<i32>,
    row_label: Option<String>,
    col_label: Option<String>,
    ticket_type: String,
    price: i64,
    currency: String,
    created_on: DateTime<Utc>,
    cancelled_at: Option<DateTime<Utc>>,
}

impl TryFrom<Row> for SoldTicket {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> Result<Self, sqlx::Error> {
        let place = match (row.seat_id, row.zone_id, row.row_label, row.col_label) {
            (Some(seat), Some(zone), Some(row), Some(column)) => {
                let seat = SeatId::new(seat).map_err(|error| corrupt(TABLE, error))?;
                Some(Place { seat, zone: zone_of(zone)?, row, column })
            }
            _ => None,
        };
        Ok(Self {
            id: TicketId(row.ticket_id),
            order: OrderId(row.order_id),
            event: EventId::new(row.event_id).map_err(|error| corrupt(TABLE, error))?,
            venue: VenueId::new(row.venue_id).map_err(|error| corrupt(TABLE, error))?,
            user: UserId(row.user_id),
            place,
            ticket_type: row.ticket_type,
            price: Money::new(row.price, currency_of(&row.currency)?),
            created_on: row.created_on,
            cancelled_at: row.cancelled_at,
        })
    }
}

fn zone_of(zone: i32) -> Result<u16, sqlx::Error> {
    u16::try_from(zone).map_err(|error| corrupt(TABLE, error))
}

fn currency_of(code: &str) -> Result<Currency, sqlx::Error> {
    code.parse().map_err(|error| corrupt(TABLE, error))
}
