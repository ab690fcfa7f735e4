//! Holds, orders and tickets as clients read them.

use crate::domain::inventory::{Inventory, kinds_of};
use crate::domain::life::{OrderLife, Time};
use crate::domain::pricing::HoldPrice;
use crate::domain::qr::{self, TicketClaims};
use crate::domain::rows::{OrderDetails, ReservationRow, TicketRow};
use crate::service::payments;
use ed25519_dalek::SigningKey;
use onsale_core::api::booking::{HeldSeat, HeldTickets, NextAction, Order, PaymentMethod, Reservation, Ticket};
use onsale_core::{Money, OrderStatus, Price, ReservationStatus};

/// What a hold costs, and each of its tickets.
pub fn price(row: &ReservationRow, inventory: &Inventory) -> HoldPrice {
    let kinds = kinds_of(row.seats.iter().map(|held| held.kind), &row.tickets);
    inventory.price(kinds, row.cost.promo_code.as_deref()).unwrap_or_else(|_| {
        // Prices were summed when the hold was made; that they no longer can be cannot happen.
        let total = Money::new(row.cost.total, inventory.offer.sale.currency);
        HoldPrice { total: Price { total, lines: Vec::new() }, tickets: Vec::new() }
    })
}

/// What each ticket of a hold costs, in minor units, in the order in which they are issued.
pub fn ticket_prices(row: &ReservationRow, inventory: &Inventory) -> Vec<i64> {
    price(row, inventory).tickets.iter().map(|price| price.total.minor).collect()
}

/// A hold.
pub fn reservation(row: &ReservationRow, inventory: &Inventory, now: Time) -> Reservation {
    let price = price(row, inventory);
    let ends_at = row.life.hold_ends_at;
    let overdue = row.life.status == ReservationStatus::Active && ends_at <= now && !row.life.is_deciding();
    let seats = row.seats.iter().zip(&price.tickets).filter_map(|(held, price)| {
        let seat = inventory.seat(held.seat)?;
        Some(HeldSeat {
            seat_id: seat.seat_id.clone(),
            zone_id: seat.zone_id,
            row: seat.row.clone(),
            column: seat.column.clone(),
            category: seat.category.clone(),
            ticket_type: inventory.ticket_type(held.kind)?.ticket_type.clone(),
            price: price.clone(),
            fencing_token: held.fence,
        })
    });
    let tickets = row.tickets.iter().filter_map(|held| {
        let kind = inventory.ticket_type(held.kind)?;
        let quantity = u32::try_from(held.quantity).unwrap_or(0);
        Some(HeldTickets { ticket_type: kind.ticket_type.clone(), quantity, price: kind.price.clone() })
    });
    Reservation {
        reservation_id: row.id,
        event_id: inventory.offer.event_id.clone(),
        status: if overdue { ReservationStatus::Expired } else { row.life.status },
        seats: seats.collect(),
        tickets: tickets.collect(),
        total: price.total.total,
        lines: price.total.lines,
        promo_code: row.cost.promo_code.clone(),
        expires_at: ends_at,
        expires_in_ms: (ends_at - now).num_milliseconds().max(0),
        fencing_token: row.seats.iter().map(|held| held.fence).max().unwrap_or(0),
    }
}

/// An order; its tickets only once they are good, and where they were read.
pub fn order(row: &ReservationRow, inventory: &Inventory, key: &SigningKey) -> Option<Order> {
    let (life, details) = (row.life.order.as_ref()?, row.order.as_ref()?);
    let price = price(row, inventory);
    let currency = inventory.offer.sale.currency;
    let shown = !matches!(life.status, OrderStatus::Pending | OrderStatus::Failed);
    let tickets = row
        .issued
        .iter()
        .zip(&price.tickets)
        .filter(|_| shown)
        .map(|(issued, price)| ticket(issued, price, details.created_at, inventory, key));
    let next_action = details
        .redirect_url
        .clone()
        .filter(|_| life.status == OrderStatus::Pending)
        .map(|url| next_action(url, life, details));
    Some(Order {
        order_id: life.id,
        order_number: details.number.clone(),
        status: life.status,
        event_id: inventory.offer.event_id.clone(),
        reservation_id: row.id,
        user_id: row.account,
        total: price.total.total,
        lines: price.total.lines.clone(),
        refunded: (life.refunded > 0).then(|| Money::new(life.refunded, currency)),
        tickets: tickets.collect(),
        next_action,
        failure: details.failure.clone(),
        created_at: details.created_at,
    })
}

/// How the payer goes on: on the provider's page, or at a bank.
fn next_action(url: String, life: &OrderLife, details: &OrderDetails) -> NextAction {
    let is_transfer = payments::method(&details.method) == PaymentMethod::BankTransfer;
    NextAction {
        kind: if is_transfer { "bank_transfer" } else { "redirect" }.to_owned(),
        url,
        transfer: details.transfer.clone(),
        until: is_transfer.then_some(life.window_ends_at),
    }
}

fn ticket(issued: &TicketRow, price: &Price, at: Time, inventory: &Inventory, key: &SigningKey) -> Ticket {
    let seat = issued.seat.and_then(|seat| inventory.seat(seat));
    let kind = inventory.ticket_type(issued.kind);
    let ticket_type = kind.map(|kind| kind.ticket_type.clone()).unwrap_or_default();
    let claims = TicketClaims {
        ticket_id: issued.id,
        event_id: inventory.offer.event_id.clone(),
        place: seat.map_or_else(|| ticket_type.clone(), |seat| seat.seat_id.to_string()),
        issued_at: at,
    };
    Ticket {
        ticket_id: issued.id,
        seat_id: seat.map(|seat| seat.seat_id.clone()),
        zone_id: seat.map(|seat| seat.zone_id),
        row: seat.map(|seat| seat.row.clone()),
        column: seat.map(|seat| seat.column.clone()),
        category: seat.map(|seat| seat.category.clone()),
        ticket_type,
        price: price.clone(),
        status: issued.status,
        qr: qr::sign(key, &claims),
    }
}
