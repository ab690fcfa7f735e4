//! What a request asks for, in the inventory's numbers.

use crate::domain::command::Reserve;
use crate::domain::inventory::{Inventory, SaleState, kinds_of};
use crate::domain::rows::{Cost, Draw, HeldTickets, SeatNo, TypeNo};
use crate::state::State;
use onsale_core::api::booking::{SeatChoice, TicketChoice};
use onsale_core::{ReservationId, UserId};
use onsale_platform::problem::Problem;
use std::collections::BTreeMap;
use std::time::Duration;

/// The most seats or tickets one request may name, and one hold may have: an order's events must fit on the bus.
pub const ITEMS_MAX: usize = 100;

/// When who was refused because sales are stopped may ask again.
const SALES_STOPPED: Duration = Duration::from_secs(30);

/// Seats and tickets in the inventory's numbers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Chosen {
    /// The seats and the ticket type each is taken with, in the plan's order.
    pub seats: Vec<(SeatNo, TypeNo)>,
    /// The general-admission tickets.
    pub tickets: Vec<HeldTickets>,
}

impl Chosen {
    /// What it takes from stocks and what it costs.
    pub fn bill(&self, inventory: &Inventory, promo_code: Option<&str>) -> Result<(Vec<Draw>, Cost), Problem> {
        let kinds = kinds_of(self.seats.iter().map(|(_, kind)| *kind), &self.tickets);
        let price = inventory.price(kinds, promo_code).map_err(Problem::internal)?;
        let cost = Cost { total: price.total.total.minor, promo_code: promo_code.map(str::to_owned) };
        Ok((inventory.draws(&self.seats, &self.tickets, promo_code), cost))
    }

    /// The command that holds it for so many seconds, for an account that may hold and own `account_max` tickets.
    pub fn reserve(
        self,
        inventory: &Inventory,
        reservation: ReservationId,
        account: UserId,
        (account_max, hold_seconds): (Option<i64>, u32),
    ) -> Result<Reserve, Problem> {
        let (draws, cost) = self.bill(inventory, None)?;
        Ok(Reserve {
            reservation,
            event: inventory.event_no,
            offer_version: inventory.offer.version,
            account,
            seats: self.seats,
            tickets: self.tickets,
            draws,
            cost,
            hold_seconds,
            account_max,
        })
    }
}

/// The most tickets one account may hold and own.
pub fn account_max(state: &State, inventory: &Inventory) -> Option<i64> {
    inventory.offer.sale.max_per_account.filter(|_| state.config.limits_per_account).map(i64::from)
}

/// How long a new hold lasts, in seconds: as the event says, or the installation just now.
pub fn hold_seconds(state: &State, inventory: &Inventory) -> u32 {
    state.settings.look(|settings| settings.hold_seconds).unwrap_or(inventory.offer.sale.hold_seconds)
}

/// 409 unless tickets can be had now; 503 while all sales are switched off.
pub fn must_be_on_sale(state: &State, inventory: &Inventory) -> Result<(), Problem> {
    if !state.settings.look(|settings| settings.sales) {
        return Err(Problem::unavailable("Sales are stopped for a while: what is held can be paid.", SALES_STOPPED));
    }
    match inventory.sale_state(state.clock.now()) {
        SaleState::Open => Ok(()),
        SaleState::NotYet(at) => {
            let detail = format!("The sale opens at {}.", at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true));
            Err(Problem::conflict("not_on_sale", detail).with_member("onSaleAt", at))
        }
        SaleState::Closed => Err(Problem::conflict("not_on_sale", "The sale is over.")),
    }
}

/// The seats of a request. One that is named twice counts once.
pub fn seats(inventory: &Inventory, field: &str, choices: &[SeatChoice]) -> Result<Vec<(SeatNo, TypeNo)>, Problem> {
    if choices.is_empty() || choices.len() > ITEMS_MAX {
        return Err(Problem::invalid(field, "out_of_range", format!("name 1 to {ITEMS_MAX} seats")));
    }
    let mut chosen: BTreeMap<SeatNo, TypeNo> = BTreeMap::new();
    let mut problem: Option<Problem> = None;
    for (place, choice) in choices.iter().enumerate() {
        let kind = inventory
            .seat_no(&choice.seat_id)
            .map(|seat| (seat, inventory.type_for_seat(seat, choice.ticket_type.as_deref())));
        let (name, code, message) = match kind {
            Some((seat, Some(kind))) => {
                chosen.insert(seat, kind);
                continue;
            }
            Some((_, None)) => ("ticketType", "unknown_ticket_type", "this seat is not sold with that ticket type"),
            None => ("seatId", "unknown_seat", "the event's plan has no such seat"),
        };
        let path = format!("{field}[{place}].{name}");
        problem = Some(match problem {
            Some(problem) => problem.with_error(&path, code, message),
            None => Problem::invalid(&path, code, message),
        });
    }
    problem.map_or_else(|| Ok(chosen.into_iter().collect()), Err)
}

/// The general-admission tickets of a request; the same type twice is added up.
pub fn tickets(inventory: &Inventory, field: &str, choices: &[TicketChoice]) -> Result<Vec<HeldTickets>, Problem> {
    if choices.is_empty() || choices.len() > ITEMS_MAX {
        return Err(Problem::invalid(field, "out_of_range", format!("name 1 to {ITEMS_MAX} ticket types")));
    }
    let mut chosen: BTreeMap<TypeNo, i32> = BTreeMap::new();
    let mut all = 0_usize;
    for (place, choice) in choices.iter().enumerate() {
        let kind = inventory.type_of_tickets(&choice.ticket_type).ok_or_else(|| {
            let path = format!("{field}[{place}].ticketType");
            Problem::invalid(&path, "unknown_ticket_type", "the event has no such general-admission ticket")
        })?;
        let quantity = i32::try_from(choice.quantity).unwrap_or(i32::MAX);
        let sum = chosen.entry(kind).or_default();
        *sum = sum.saturating_add(quantity);
        all = all.saturating_add(usize::try_from(quantity).unwrap_or(usize::MAX));
        if choice.quantity == 0 || all > ITEMS_MAX {
            let path = format!("{field}[{place}].quantity");
            return Err(Problem::invalid(&path, "out_of_range", format!("ask for 1 to {ITEMS_MAX} tickets")));
        }
    }
    Ok(chosen.into_iter().map(|(kind, quantity)| HeldTickets { kind, quantity }).collect())
}
