//! An order's events, with its tickets'.

use crate::domain::life::Time;
use onsale_core::events::{OrderStands, TicketFact};
use onsale_core::{EventId, Money, OrderStatus, PaymentId, ReservationId, TicketId, TicketStatus, UserId};
use onsale_platform::outbox::StoredEvent;
use onsale_platform::outbox::fold::{FoldError, Folded, data};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The saga's steps that follow one another without an event: asked, waiting, given up; late money on its way
/// back; a refund under another key.
const UNTOLD: &[(&str, &str)] = &[
    ("AUTHORISING", "AWAITING_PAYER"),
    ("AUTHORISING", "VOIDING"),
    ("AWAITING_PAYER", "VOIDING"),
    ("SETTLED", "REFUNDING"),
    ("REFUNDING", "REFUNDING"),
];

/// An order, as folded or as its row has it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderState {
    /// The hold it came from.
    pub reservation_id: ReservationId,
    /// The event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_id: Option<EventId>,
    /// Whose it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// A number people can read aloud.
    pub number: String,
    /// What clients see.
    pub status: OrderStatus,
    /// What is to be done next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub saga: Option<SagaState>,
    /// All attempts, first to last.
    pub attempts: Vec<PaymentId>,
    /// How it is paid.
    pub method: String,
    /// When the payer's time is over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window_ends_at: Option<Time>,
    /// What is paid, in minor units.
    pub amount_minor: i64,
    /// What was given back, in minor units.
    pub refunded_minor: i64,
    /// Why the last attempt or the order failed.
    pub failure: Option<String>,
    /// When it was made.
    pub created_at: Time,
    /// Its tickets, in their order.
    pub tickets: Vec<TicketState>,
    /// How many events it has.
    #[serde(flatten)]
    pub counts: Folded,
}

/// What an order's saga waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SagaState {
    /// The step, by its name in the table.
    pub step: String,
    /// The refund under way and its amount in minor units.
    pub refund: Option<(Uuid, i64)>,
    /// The key of the last cancellation.
    pub last_refund: Option<Uuid>,
    /// Whether the buyer gave it up before it was paid.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub given_up: bool,
}

/// A ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TicketState {
    /// The ticket.
    pub id: TicketId,
    /// Its seat and its ticket type, by number; absent where no event tells them.
    pub place: Option<(Option<i32>, i16)>,
    /// What it cost, in minor units.
    pub price_minor: i64,
    /// Whether it is good at the door.
    pub status: TicketStatus,
}

/// What an order's events say, of all types.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    reservation_id: Option<ReservationId>,
    event_id: Option<EventId>,
    user_id: Option<UserId>,
    number: Option<String>,
    status: Option<OrderStatus>,
    attempt_id: Option<PaymentId>,
    window_ends_at: Option<Time>,
    method: Option<String>,
    amount: Option<Money>,
    refunded: Option<Money>,
    failure: Option<String>,
    tickets: Option<Vec<TicketFact>>,
    order: Option<OrderStands>,
}

/// Folds an order's events, first to last; nothing when there are none.
///
/// # Errors
/// When one is missing, cannot be read, or cannot follow those before it.
pub fn order(events: &[StoredEvent]) -> Result<Option<OrderState>, FoldError> {
    let mut state: Option<OrderState> = None;
    let mut counts = Folded::default();
    for event in events {
        counts.count(event)?;
        let told: Told = data(event)?;
        let mut next = match state {
            Some(state) => state,
            None => opened(event, &told)?,
        };
        next.counts = counts;
        next.follow(event, told)?;
        state = Some(next);
    }
    Ok(state)
}

fn opened(event: &StoredEvent, told: &Told) -> Result<OrderState, FoldError> {
    let missing = |what: &str| FoldError::out_of_place(event, format!("an order's first event tells its {what}"));
    if event.kind != "payment-begun" {
        return Err(FoldError::out_of_place(event, "an order begins with payment-begun"));
    }
    Ok(OrderState {
        reservation_id: told.reservation_id.ok_or_else(|| missing("hold"))?,
        event_id: told.event_id.clone(),
        user_id: told.user_id,
        number: told.number.clone().ok_or_else(|| missing("number"))?,
        status: told.status.ok_or_else(|| missing("status"))?,
        saga: None,
        attempts: Vec::new(),
        method: String::new(),
        window_ends_at: None,
        amount_minor: told.amount.ok_or_else(|| missing("amount"))?.minor,
        refunded_minor: 0,
        failure: None,
        created_at: event.at,
        tickets: Vec::new(),
        counts: Folded::default(),
    })
}

impl OrderState {
    fn follow(&mut self, event: &StoredEvent, told: Told) -> Result<(), FoldError> {
        if event.kind == "payment-begun" {
            self.attempts.extend(told.attempt_id);
            self.method = told.method.unwrap_or_default();
            self.window_ends_at = told.window_ends_at;
            self.amount_minor = told.amount.map_or(self.amount_minor, |amount| amount.minor);
        } else if told.attempt_id.is_some() && told.attempt_id != self.attempts.last().copied() {
            return Err(FoldError::out_of_place(event, "it is about an attempt that never began"));
        }
        if let Some(refunded) = told.refunded {
            self.give_back(event, refunded.minor)?;
        }
        match &told.tickets {
            Some(tickets) => self.tell_tickets(event, tickets, told.order.as_ref())?,
            None => self.failure = told.failure,
        }
        let stands = told.order;
        if let Some(status) = stands.as_ref().map(|stands| stands.status).or(told.status) {
            self.status = status;
        }
        self.saga = stands.map(|stands| SagaState {
            step: stands.saga,
            refund: stands.refund.map(|refund| (refund.refund_id, refund.amount.minor)),
            last_refund: stands.last_refund,
            given_up: stands.given_up,
        });
        Ok(())
    }

    /// What was given back grows by the refund that was under way, and by nothing else.
    fn give_back(&mut self, event: &StoredEvent, refunded: i64) -> Result<(), FoldError> {
        let under_way = self.saga.as_ref().and_then(|saga| saga.refund).map(|(_, amount)| amount);
        let by = refunded - self.refunded_minor;
        let is_refund = event.kind == "order-refunded";
        let fits = match (is_refund, under_way) {
            (true, Some(amount)) => by == amount,
            (true, None) => by > 0,
            (false, _) => by == 0,
        };
        if !fits || refunded > self.amount_minor {
            let reason = format!("{} had been given back, it says {refunded}", self.refunded_minor);
            return Err(FoldError::out_of_place(event, reason));
        }
        self.refunded_minor = refunded;
        Ok(())
    }

    fn tell_tickets(
        &mut self,
        event: &StoredEvent,
        facts: &[TicketFact],
        stands: Option<&OrderStands>,
    ) -> Result<(), FoldError> {
        match event.kind.as_str() {
            "ticket-created" if self.tickets.is_empty() => {
                let places = stands.map(|stands| stands.places.as_slice()).unwrap_or_default();
                let ticket = |(place, fact): (usize, &TicketFact)| TicketState {
                    id: fact.ticket_id,
                    place: places.get(place).copied(),
                    price_minor: fact.price.minor,
                    status: TicketStatus::Valid,
                };
                self.tickets = facts.iter().enumerate().map(ticket).collect();
            }
            "ticket-created" => return Err(FoldError::out_of_place(event, "its tickets were issued before")),
            kind => {
                for fact in facts {
                    let known = self.tickets.iter_mut().find(|ticket| ticket.id == fact.ticket_id);
                    let valid = known.filter(|ticket| ticket.status == TicketStatus::Valid);
                    let Some(ticket) = valid else {
                        let reason = format!("ticket {} was never issued, or is used or cancelled", fact.ticket_id);
                        return Err(FoldError::out_of_place(event, reason));
                    };
                    match kind {
                        "ticket-cancelled" => ticket.status = TicketStatus::Cancelled,
                        "ticket-used" => ticket.status = TicketStatus::Used,
                        _ => {}
                    }
                }
                self.status_of_tickets(kind);
            }
        }
        Ok(())
    }

    /// What tickets alone say of their order: events of before told no more.
    fn status_of_tickets(&mut self, kind: &str) {
        if kind == "ticket-confirmed" {
            self.status = OrderStatus::Confirmed;
        } else if kind == "ticket-cancelled"
            && self.status != OrderStatus::Pending
            && self.tickets.iter().all(|ticket| ticket.status == TicketStatus::Cancelled)
        {
            self.status = OrderStatus::Cancelled;
        }
    }

    /// The same, without what may have become of it untold: where the row's saga stands on a step that follows
    /// without an event, and where tickets' places were never told.
    #[must_use]
    pub fn allow_untold(mut self, row: &Self) -> Self {
        let moved = self.saga.as_ref().zip(row.saga.as_ref());
        if moved.is_some_and(|(from, to)| UNTOLD.contains(&(from.step.as_str(), to.step.as_str()))) {
            self.saga = None;
        }
        for (ticket, its_row) in self.tickets.iter_mut().zip(&row.tickets) {
            ticket.place = ticket.place.or(its_row.place);
        }
        self
    }
}
