//! A hold's events.

use super::order::OrderState;
use crate::domain::life::Time;
use onsale_core::events::{HeldRows, ReservationHeld};
use onsale_core::{EventId, Money, OrderStatus, ReservationStatus, TicketStatus, UserId};
use onsale_platform::outbox::StoredEvent;
use onsale_platform::outbox::fold::{FoldError, Folded, data};
use serde::Serialize;

/// A hold, as folded or as its row has it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HoldState {
    /// The event.
    pub event_id: EventId,
    /// Whose it is.
    pub user_id: UserId,
    /// Where it stands.
    pub status: ReservationStatus,
    /// Its seats with their fences, its tickets, the offer's version and the promo code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<HeldRows>,
    /// How many of its tickets it holds or owns now.
    pub live: i64,
    /// What it costs, in minor units.
    pub total_minor: i64,
    /// The end that the buyer was told.
    pub hold_ends_at: Time,
    /// How many events it has.
    #[serde(flatten)]
    pub counts: Folded,
}

/// Folds a hold's events, first to last; nothing when there are none.
///
/// # Errors
/// When one is missing, cannot be read, or cannot follow those before it.
pub fn hold(events: &[StoredEvent]) -> Result<Option<HoldState>, FoldError> {
    let mut state: Option<HoldState> = None;
    let mut counts = Folded::default();
    for event in events {
        counts.count(event)?;
        let next = match (&state, event.kind.as_str()) {
            (None, "reservation-created") => held(event)?,
            (None, _) => return Err(FoldError::out_of_place(event, "a hold begins with reservation-created")),
            (Some(_), "reservation-created") => return Err(FoldError::out_of_place(event, "the hold stands already")),
            (Some(before), kind) => follow(before, kind, event)?,
        };
        state = Some(HoldState { counts, ..next });
    }
    Ok(state)
}

fn follow(before: &HoldState, kind: &str, event: &StoredEvent) -> Result<HoldState, FoldError> {
    let status = match kind {
        "reservation-changed" => ReservationStatus::Active,
        "reservation-confirmed" => ReservationStatus::Confirmed,
        "reservation-released" => ReservationStatus::Released,
        "reservation-expired" => ReservationStatus::Expired,
        "reservation-taken-again" if before.status == ReservationStatus::Expired => return held(event),
        // Of a version after this one: it is counted.
        _ => return Ok(before.clone()),
    };
    // A sale may be undone when its money does not come; nothing else follows an end.
    let undone = before.status == ReservationStatus::Confirmed && status == ReservationStatus::Expired;
    if before.status != ReservationStatus::Active && !undone {
        return Err(FoldError::out_of_place(event, format!("the hold is {} already", before.status.as_str())));
    }
    let next = if status == ReservationStatus::Active { held(event)? } else { before.clone() };
    Ok(HoldState { status, ..next })
}

fn held(event: &StoredEvent) -> Result<HoldState, FoldError> {
    let held: ReservationHeld = data(event)?;
    let Money { minor: total_minor, .. } = held.total;
    Ok(HoldState {
        event_id: held.event_id,
        user_id: held.user_id,
        status: ReservationStatus::Active,
        rows: held.rows,
        live: i64::from(held.quantity),
        total_minor,
        hold_ends_at: held.expires_at,
        counts: Folded::default(),
    })
}

impl HoldState {
    /// What the order's events tell of its hold: cancelled tickets count no more, and a sale whose money did not
    /// come is over.
    #[must_use]
    pub fn after(mut self, order: Option<&OrderState>) -> Self {
        let Some(order) = order else { return self };
        let cancelled = order.tickets.iter().filter(|ticket| ticket.status == TicketStatus::Cancelled).count();
        self.live -= i64::try_from(cancelled).unwrap_or(i64::MAX);
        let given_up = order.saga.as_ref().is_some_and(|saga| saga.given_up);
        let is_undone = order.status == OrderStatus::Failed || (order.status == OrderStatus::Cancelled && given_up);
        if self.status == ReservationStatus::Confirmed && is_undone {
            self.status = ReservationStatus::Expired;
        }
        self
    }
}
