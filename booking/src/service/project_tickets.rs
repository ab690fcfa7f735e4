//! Puts tickets that were sold or cancelled into the projection that counters and reports read.

use crate::state::State;
use crate::store;
use crate::store::sold_tickets::{Place, SoldTicket};
use chrono::{DateTime, Utc};
use onsale_core::TicketId;
use onsale_core::events::{TicketFact, TicketsChanged, Topic};
use onsale_platform::inbox::{ConsumeError, Delivery};

/// The consumer group.
pub const GROUP: &str = "booking.box-office";

/// Tickets of an order were sold or cancelled.
pub async fn handle(state: &State, delivery: &Delivery) -> Result<(), ConsumeError> {
    let event = &delivery.event;
    let changed: TicketsChanged =
        event.payload().map_err(|error| ConsumeError::Poison(format!("the payload cannot be read: {error}")))?;
    let cancelled_at = (event.topic == Topic::TicketCancelled).then_some(event.time);
    let tickets: Vec<SoldTicket> = changed
        .tickets
        .iter()
        .map(|ticket| SoldTicket {
            id: ticket.ticket_id,
            order: changed.order_id,
            event: changed.event_id.clone(),
            venue: changed.venue_id.clone(),
            user: changed.user_id,
            place: place(ticket),
            ticket_type: ticket.ticket_type.clone(),
            price: ticket.price,
            created_on: created_on(ticket.ticket_id, event.time),
            cancelled_at,
        })
        .collect();
    let mut tx = state.pool.begin().await?;
    if delivery.is_first(&mut tx).await? {
        store::sold_tickets::put(&mut tx, &tickets).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// When a ticket was made, as its UUIDv7 says, so that a sale's own answer and the projection agree.
#[must_use]
pub fn created_on(ticket: TicketId, otherwise: DateTime<Utc>) -> DateTime<Utc> {
    let stamp = ticket.0.get_timestamp().map(|stamp| stamp.to_unix());
    stamp
        .and_then(|(seconds, nanos)| DateTime::from_timestamp(i64::try_from(seconds).ok()?, nanos))
        .unwrap_or(otherwise)
}

fn place(ticket: &TicketFact) -> Option<Place> {
    Some(Place {
        seat: ticket.seat_id.clone()?,
        zone: ticket.zone_id?,
        row: ticket.row.clone()?,
        column: ticket.column.clone()?,
    })
}
