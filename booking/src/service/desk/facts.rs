//! The events of a batch: what each accepted command tells the event store, and through it the bus.

use super::Member;
use crate::domain::command::{Accepted, Command};
use crate::domain::inventory::Inventory;
use crate::domain::life::{Fact, OrderLife, Saga, Time};
use crate::domain::rows::{EventCounts, ReservationRow, TicketRow};
use crate::store::orders::saga_name;
use onsale_core::events::{
    HeldRows, OrderStands, RefundUnderWay, ReservationEnded, ReservationHeld, TicketFact, TicketsChanged, Topic,
};
use onsale_core::{Money, SeatId, TicketStatus};
use onsale_platform::clock::Clock;
use onsale_platform::outbox::{Metadata, NewEvent};
use onsale_platform::random;
use serde::Serialize;
use serde_json::{Value, json};

/// Appends the events of one accepted command.
pub(super) fn record(
    events: &mut Vec<(NewEvent, Metadata)>,
    member: &Member,
    accepted: &Accepted,
    row: &ReservationRow,
    inventory: &Inventory,
    now: Time,
    clock: &Clock,
) {
    let teller = Teller { member, row, inventory, now, clock };
    if let (Command::Reserve(_), true) = (&member.command, accepted.changed) {
        let data = teller.held();
        events.push(teller.event(true, "reservation-created", Some(Topic::ReservationCreated), row.counts, &data));
    }
    // The row has counted all of the command's facts: go back to where each of them stood.
    let mut hold = back(row.counts, accepted.facts.iter().filter(|fact| !fact.is_of_order()));
    let mut order = back(row.order_counts, accepted.facts.iter().filter(|fact| fact.is_of_order()));
    for fact in &accepted.facts {
        let counts = if fact.is_of_order() { &mut order } else { &mut hold };
        counts.version += 1;
        counts.sequence += i64::from(fact.is_published());
        events.push(teller.tell(*fact, *counts));
    }
}

fn back<'a>(counts: EventCounts, facts: impl Iterator<Item = &'a Fact>) -> EventCounts {
    facts.fold(counts, |counts, fact| EventCounts {
        version: counts.version - 1,
        sequence: counts.sequence - i64::from(fact.is_published()),
    })
}

struct Teller<'a> {
    member: &'a Member,
    row: &'a ReservationRow,
    inventory: &'a Inventory,
    now: Time,
    clock: &'a Clock,
}

impl Teller<'_> {
    fn event(
        &self,
        of_hold: bool,
        kind: &'static str,
        topic: Option<Topic>,
        counts: EventCounts,
        data: &Value,
    ) -> (NewEvent, Metadata) {
        let order = self.row.order.as_ref().map(|order| order.id.to_string()).unwrap_or_default();
        let event = NewEvent {
            id: random::new_id(self.clock),
            aggregate_type: if of_hold { "reservation" } else { "order" },
            aggregate_id: if of_hold { self.row.id.to_string() } else { order },
            version: counts.version,
            kind,
            publish: topic.map(|topic| (topic, counts.sequence)),
            data: data.clone(),
            at: self.now,
        };
        (event, self.member.why.clone())
    }

    fn tell(&self, fact: Fact, counts: EventCounts) -> (NewEvent, Metadata) {
        let (kind, topic, data) = match fact {
            Fact::ReservationChanged => ("reservation-changed", Some(Topic::ReservationChanged), self.held()),
            Fact::ReservationReleased => ("reservation-released", Some(Topic::ReservationReleased), self.ended()),
            Fact::ReservationExpired => ("reservation-expired", Some(Topic::ReservationExpired), self.ended()),
            Fact::ReservationTakenAgain => ("reservation-taken-again", None, self.held()),
            Fact::ReservationConfirmed => ("reservation-confirmed", None, self.ended()),
            Fact::TicketCreated => ("ticket-created", Some(Topic::TicketCreated), self.tickets(fact, |_| true)),
            Fact::TicketConfirmed => {
                let valid = self.tickets(fact, |ticket| ticket.status == TicketStatus::Valid);
                ("ticket-confirmed", Some(Topic::TicketConfirmed), valid)
            }
            Fact::TicketCancelled => {
                let cancelled = self.tickets(fact, |ticket| self.cancels(ticket));
                ("ticket-cancelled", Some(Topic::TicketCancelled), cancelled)
            }
            Fact::PaymentBegun => ("payment-begun", None, self.order()),
            Fact::PaymentEnded => ("payment-ended", None, self.order()),
            Fact::OrderFailed => ("order-failed", None, self.order()),
            Fact::OrderGivenUp => ("order-given-up", None, self.order()),
            Fact::OrderCancelled => ("order-cancelled", None, self.order()),
            Fact::OrderAdvanced => ("order-advanced", None, self.order()),
            Fact::OrderRefunded => ("order-refunded", None, self.order()),
        };
        self.event(!fact.is_of_order(), kind, topic, counts, &data)
    }

    /// Whether this command is what cancelled the ticket.
    fn cancels(&self, ticket: &TicketRow) -> bool {
        match &self.member.command {
            Command::Cancel(cancel) => cancel.tickets.iter().any(|(id, _)| *id == ticket.id),
            _ => ticket.status == TicketStatus::Cancelled,
        }
    }

    fn money(&self, minor: i64) -> Money {
        Money::new(minor, self.inventory.offer.sale.currency)
    }

    fn quantity(&self) -> u32 {
        u32::try_from(self.row.quantity()).unwrap_or(0)
    }

    fn held(&self) -> Value {
        let seats: Vec<SeatId> = self
            .row
            .seats
            .iter()
            .filter_map(|held| self.inventory.seat(held.seat))
            .map(|seat| seat.seat_id.clone())
            .collect();
        value(&ReservationHeld {
            reservation_id: self.row.id,
            event_id: self.inventory.offer.event_id.clone(),
            user_id: self.row.account,
            seats,
            quantity: self.quantity(),
            total: self.money(self.row.cost.total),
            expires_at: self.row.life.hold_ends_at,
            rows: Some(HeldRows {
                offer_version: self.row.offer_version,
                seats: self.row.seats.iter().map(|held| (held.seat, held.kind, held.fence)).collect(),
                tickets: self.row.tickets.iter().map(|held| (held.kind, held.quantity)).collect(),
                promo_code: self.row.cost.promo_code.clone(),
            }),
        })
    }

    fn ended(&self) -> Value {
        value(&ReservationEnded {
            reservation_id: self.row.id,
            event_id: self.inventory.offer.event_id.clone(),
            user_id: self.row.account,
            quantity: self.quantity(),
        })
    }

    fn tickets(&self, fact: Fact, which: impl Fn(&TicketRow) -> bool) -> Value {
        let (Some(order), Some(stands)) = (&self.row.order, self.stands()) else { return Value::Null };
        let places = if fact == Fact::TicketCreated {
            self.row.issued.iter().map(|ticket| (ticket.seat, ticket.kind)).collect()
        } else {
            Vec::new()
        };
        value(&TicketsChanged {
            order_id: order.id,
            event_id: self.inventory.offer.event_id.clone(),
            venue_id: self.inventory.offer.venue.id.clone(),
            user_id: self.row.account,
            tickets: self.row.issued.iter().filter(|ticket| which(ticket)).map(|ticket| self.ticket(ticket)).collect(),
            order: Some(OrderStands { places, ..stands }),
        })
    }

    /// Where the order stands when all of the command is done.
    fn stands(&self) -> Option<OrderStands> {
        self.row.life.order.as_ref().map(|life| order_stands(life, self.inventory))
    }

    fn ticket(&self, ticket: &TicketRow) -> TicketFact {
        ticket_fact(ticket, self.inventory)
    }

    /// What stays in the store: the order's own columns.
    fn order(&self) -> Value {
        let (Some(details), Some(life)) = (&self.row.order, &self.row.life.order) else { return Value::Null };
        json!({
            "reservationId": self.row.id,
            "eventId": self.inventory.offer.event_id,
            "userId": self.row.account,
            "number": details.number,
            "status": life.status,
            "attemptId": life.attempt,
            "windowEndsAt": life.window_ends_at,
            "method": details.method,
            "amount": self.money(life.amount),
            "refunded": self.money(life.refunded),
            "failure": details.failure,
            "order": self.stands(),
        })
    }
}

/// Where an order stands, as its events tell it.
pub(in crate::service) fn order_stands(life: &OrderLife, inventory: &Inventory) -> OrderStands {
    let refund = match life.saga {
        Saga::Refunding { refund, amount } => {
            Some(RefundUnderWay { refund_id: refund, amount: Money::new(amount, inventory.offer.sale.currency) })
        }
        _ => None,
    };
    OrderStands {
        status: life.status,
        saga: saga_name(&life.saga).to_owned(),
        refund,
        last_refund: life.last_refund,
        given_up: life.given_up,
        places: Vec::new(),
    }
}

/// A ticket, as events tell it.
pub(in crate::service) fn ticket_fact(ticket: &TicketRow, inventory: &Inventory) -> TicketFact {
    let seat = ticket.seat.and_then(|seat| inventory.seat(seat));
    let kind = inventory.ticket_type(ticket.kind);
    TicketFact {
        ticket_id: ticket.id,
        seat_id: seat.map(|seat| seat.seat_id.clone()),
        zone_id: seat.map(|seat| seat.zone_id),
        row: seat.map(|seat| seat.row.clone()),
        column: seat.map(|seat| seat.column.clone()),
        ticket_type: kind.map(|kind| kind.ticket_type.clone()).unwrap_or_default(),
        price: Money::new(ticket.price, inventory.offer.sale.currency),
    }
}

fn value(payload: &impl Serialize) -> Value {
    serde_json::to_value(payload).unwrap_or(Value::Null)
}
