//! What can go wrong, and what clients read of it.

use crate::domain::command::Rejected;
use crate::domain::inventory::Inventory;
use crate::domain::life::Refusal;
use crate::service::desk::Declined;
use onsale_core::{Money, SeatId};
use onsale_platform::env::EnvError;
use onsale_platform::idempotency::Stored;
use onsale_platform::problem::Problem;

/// Why booking could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting is missing or wrong.
    #[error(transparent)]
    Setting(#[from] EnvError),
    /// The database cannot be opened.
    #[error("booking's database cannot be opened: {0}")]
    Database(#[from] sqlx::Error),
}

/// A use case's result: new, or the stored answer of an idempotency key.
#[derive(Debug)]
pub enum Reply<T> {
    /// Done now.
    Fresh(T),
    /// Done before under the same key.
    Replayed(Stored),
}

/// What a client reads of a rule that said no.
pub(crate) fn rejected(why: &Rejected, inventory: &Inventory) -> Problem {
    match why {
        Rejected::SeatsTaken(seats) => {
            let names: Vec<SeatId> =
                seats.iter().filter_map(|seat| inventory.seat(*seat)).map(|seat| seat.seat_id.clone()).collect();
            seats_unavailable(&names)
        }
        Rejected::StockExhausted { stock, available } => stock_exhausted(*stock, *available, inventory),
        Rejected::LimitReached { limit, used } => {
            Problem::conflict("limit_reached", format!("One person may have {limit} tickets; you have {used}."))
                .with_member("limit", limit)
                .with_member("used", used)
        }
        Rejected::NotFound => Problem::not_found("reservation"),
        Rejected::PriceChanged(total) => {
            let total = Money::new(*total, inventory.offer.sale.currency);
            Problem::conflict("price_changed", format!("It costs {total}.")).with_member("total", total)
        }
        Rejected::VersionConflict => Problem::conflict("version_conflict", "The reservation was changed meanwhile."),
        Rejected::Refused(refusal) => refused(*refusal),
    }
}

/// 409 that names the seats.
pub(crate) fn seats_unavailable(seats: &[SeatId]) -> Problem {
    let names: Vec<&str> = seats.iter().map(SeatId::as_str).collect();
    let detail = format!("Somebody else has {}. Nothing is held.", names.join(", "));
    Problem::conflict("seats_unavailable", detail).with_member("seats", seats)
}

fn stock_exhausted(stock: i32, available: i64, inventory: &Inventory) -> Problem {
    let name = inventory.stocks().iter().find(|known| known.number == stock).map(|known| known.name.as_str());
    match name.and_then(|name| name.split_once(':')) {
        Some(("promo", _)) => Problem::conflict("promo_code_invalid", "The promo code is used up."),
        Some((_, name)) => {
            Problem::conflict("tickets_unavailable", format!("Of {name} {available} can be had. Nothing is held."))
                .with_member("available", available)
        }
        None => Problem::conflict("tickets_unavailable", "Not so many tickets can be had. Nothing is held."),
    }
}

fn refused(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::HoldExpired => hold_expired(),
        Refusal::PaymentInProgress => Problem::conflict("payment_in_progress", "The reservation is being paid."),
        Refusal::AlreadyConfirmed => Problem::conflict("state_conflict", "The reservation is paid already."),
        Refusal::NotCancellable => Problem::conflict("not_cancellable", "These tickets cannot be cancelled now."),
        Refusal::NotDue | Refusal::OutOfPlace => Problem::conflict("state_conflict", "It does not fit its state."),
    }
}

/// 403: not an admission, or none of this account and event, or one that has ended.
pub(crate) fn not_admitted() -> Problem {
    Problem::new(
        axum::http::StatusCode::FORBIDDEN,
        "not_admitted",
        "The admission is not good for this account and event any more: ask the waiting room again.",
    )
}

/// 403: its order was made.
pub(crate) fn admission_spent() -> Problem {
    Problem::new(
        axum::http::StatusCode::FORBIDDEN,
        "not_admitted",
        "An order was made with this admission: to buy more, join the line again.",
    )
}

/// 410: nothing was charged.
pub(crate) fn hold_expired() -> Problem {
    Problem::new(
        axum::http::StatusCode::GONE,
        "hold_expired",
        "The hold ended; its seats are back on sale and nothing was charged.",
    )
}

/// 410: the buyer wanted it no more.
pub(crate) fn given_up() -> Problem {
    Problem::new(
        axum::http::StatusCode::GONE,
        "hold_expired",
        "The order was cancelled before it was paid; its seats are back on sale, and money that came goes back whole.",
    )
}

/// What a client gets of a member that came to nothing.
pub(crate) fn declined<T>(declined: Declined, inventory: &Inventory) -> Result<Reply<T>, Problem> {
    match declined {
        Declined::Rejected(why, _) => Err(rejected(&why, inventory)),
        Declined::Replayed(stored) => Ok(Reply::Replayed(stored)),
        Declined::Failed(problem) => Err(problem),
    }
}
