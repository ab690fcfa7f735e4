//! Puts tickets that were sold or cancelled into the projection that counters and reports read.

use crate::store;
use crate::store::sold_tickets::{Place, SoldTicket};
use chrono::{DateTime, Utc};
use onsale_core::TicketId;
use onsale_core::events::{TicketFact, TicketsChanged, Topic};
use onsale_platform::batch::Batcher;
use onsale_platform::inbox::{self, ConsumeError, Delivery};
use onsale_platform::shutdown::Shutdown;
use sqlx::PgPool;
use std::collections::BTreeMap;

/// The consumer group.
pub const GROUP: &str = "booking.box-office";
/// Messages that one transaction takes.
const TOGETHER_MAX: usize = 256;

/// What one message changes.
struct Change {
    delivery: Delivery,
    tickets: Vec<SoldTicket>,
}

/// Writes the projection, the messages that are in hand together in one transaction. Cheap to clone.
#[derive(Clone)]
pub struct Projection {
    queue: Batcher<Change, Result<(), ConsumeError>>,
}

impl Projection {
    /// Starts the queue.
    #[must_use]
    pub fn start(pool: PgPool, shutdown: &Shutdown) -> Self {
        let run = move |changes: Vec<Change>| {
            let pool = pool.clone();
            async move { write_all(&pool, &changes).await }
        };
        Self { queue: Batcher::start(shutdown, GROUP, TOGETHER_MAX, TOGETHER_MAX, run) }
    }

    /// Tickets of an order were sold or cancelled: once, they are in the projection.
    ///
    /// # Errors
    /// When the message cannot be read, or the database fails.
    pub async fn handle(&self, delivery: Delivery) -> Result<(), ConsumeError> {
        let tickets = tickets(&delivery)?;
        let outcome = self.queue.submit(Change { delivery, tickets }).await;
        outcome.unwrap_or_else(|error| Err(ConsumeError::Retry(error.to_string())))
    }
}

fn tickets(delivery: &Delivery) -> Result<Vec<SoldTicket>, ConsumeError> {
    let event = &delivery.event;
    let changed: TicketsChanged =
        event.payload().map_err(|error| ConsumeError::Poison(format!("the payload cannot be read: {error}")))?;
    Ok(rows_of(&changed, event.topic == Topic::TicketCancelled, event.time))
}

/// The rows of an event of that time, by which tickets were sold or cancelled.
pub(crate) fn rows_of(changed: &TicketsChanged, is_cancelled: bool, time: DateTime<Utc>) -> Vec<SoldTicket> {
    let cancelled_at = is_cancelled.then_some(time);
    let sold = |ticket: &TicketFact| SoldTicket {
        id: ticket.ticket_id,
        order: changed.order_id,
        event: changed.event_id.clone(),
        venue: changed.venue_id.clone(),
        user: changed.user_id,
        place: place(ticket),
        ticket_type: ticket.ticket_type.clone(),
        price: ticket.price,
        created_on: created_on(ticket.ticket_id, time),
        cancelled_at,
    };
    changed.tickets.iter().map(sold).collect()
}

/// One row a ticket: of a sale and its cancellation the cancellation counts.
pub(crate) fn one_each<'a>(rows: impl Iterator<Item = &'a SoldTicket>) -> BTreeMap<TicketId, &'a SoldTicket> {
    let mut tickets: BTreeMap<TicketId, &SoldTicket> = BTreeMap::new();
    for ticket in rows {
        let known = tickets.entry(ticket.id).or_insert(ticket);
        if ticket.cancelled_at.is_some() {
            *known = ticket;
        }
    }
    tickets
}

async fn write_all(pool: &PgPool, changes: &[Change]) -> Vec<Result<(), ConsumeError>> {
    match write(pool, changes).await {
        Ok(()) => changes.iter().map(|_| Ok(())).collect(),
        Err(error) if changes.len() == 1 => vec![Err(error.into())],
        Err(_) => {
            // One of them may be at fault: each alone, so that the others go on.
            let mut outcomes = Vec::with_capacity(changes.len());
            for change in changes {
                outcomes.push(write(pool, std::slice::from_ref(change)).await.map_err(ConsumeError::from));
            }
            outcomes
        }
    }
}

async fn write(pool: &PgPool, changes: &[Change]) -> Result<(), sqlx::Error> {
    let mut tx = pool.begin().await?;
    let deliveries: Vec<&Delivery> = changes.iter().map(|change| &change.delivery).collect();
    let first = inbox::first_of(&mut tx, &deliveries).await?;
    let new = changes.iter().filter(|change| first.contains(&change.delivery.event.id));
    let tickets = one_each(new.flat_map(|change| &change.tickets));
    store::sold_tickets::put(&mut tx, &tickets.into_values().collect::<Vec<_>>()).await?;
    tx.commit().await
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
