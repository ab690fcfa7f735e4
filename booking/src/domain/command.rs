//! What a batch is asked to do, and what it answers.

use super::life::{Event, Fact, Refusal, Time};
use super::rows::{AskedUnder, Cost, Draw, EventNo, HeldTickets, SeatNo, TypeNo};
use onsale_core::api::booking::TransferInstructions;
use onsale_core::{OrderId, PaymentId, ReservationId, TicketId, UserId};

/// One member of a batch.
#[derive(Debug, Clone)]
pub enum Command {
    /// Hold these.
    Reserve(Reserve),
    /// Change what is held, all or nothing.
    Change(Change),
    /// The holder begins to pay.
    BeginPayment(BeginPayment),
    /// The holder gives the hold back.
    Release {
        /// The hold.
        reservation: ReservationId,
        /// Who asks.
        account: UserId,
    },
    /// Something happened to a life that its rule decides alone: expiry, the provider's answers, delivery.
    Happened {
        /// The hold whose life it is.
        reservation: ReservationId,
        /// What happened. `rows_ours` in it is looked up here and need not be right.
        event: Event,
        /// The tickets' ids, should they be issued by it: one for each seat, then for each ticket.
        ticket_ids: Vec<TicketId>,
        /// What each of those tickets costs, in the same order, in minor units.
        ticket_prices: Vec<i64>,
        /// Where the payer has to go on, or why it was declined.
        note: Option<Note>,
    },
    /// Tickets are given back.
    Cancel(Cancel),
}

/// What is to be known beside an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Where the payer has to go on, or why it was declined.
    pub text: String,
    /// What to write on a bank transfer.
    pub transfer: Option<TransferInstructions>,
}

impl From<String> for Note {
    fn from(text: String) -> Self {
        Self { text, transfer: None }
    }
}

/// Hold these seats or tickets.
#[derive(Debug, Clone)]
pub struct Reserve {
    /// The hold, by the caller's choice: the same one a second time is answered as the first.
    pub reservation: ReservationId,
    /// The event.
    pub event: EventNo,
    /// The offer's version that the prices are of.
    pub offer_version: i32,
    /// Who holds.
    pub account: UserId,
    /// The seats and the ticket type each is taken with.
    pub seats: Vec<(SeatNo, TypeNo)>,
    /// The general-admission tickets.
    pub tickets: Vec<HeldTickets>,
    /// What all of it takes from stocks.
    pub draws: Vec<Draw>,
    /// What it costs.
    pub cost: Cost,
    /// How long the hold lasts, in seconds.
    pub hold_seconds: u32,
    /// The most tickets the account may hold and own.
    pub account_max: Option<i64>,
}

/// Change a hold to this: the whole new content, of which the batch finds the difference.
#[derive(Debug, Clone)]
pub struct Change {
    /// The hold.
    pub reservation: ReservationId,
    /// The hold's event.
    pub event: EventNo,
    /// Who asks.
    pub account: UserId,
    /// The hold's version that the change was computed from: another one in the row is refused.
    pub from_version: i32,
    /// The seats from now on.
    pub seats: Vec<(SeatNo, TypeNo)>,
    /// The general-admission tickets from now on.
    pub tickets: Vec<HeldTickets>,
    /// What all of it takes from stocks from now on.
    pub draws: Vec<Draw>,
    /// What it costs from now on.
    pub cost: Cost,
    /// The most tickets the account may hold and own.
    pub account_max: Option<i64>,
}

/// Begin to pay a hold.
#[derive(Debug, Clone)]
pub struct BeginPayment {
    /// The hold.
    pub reservation: ReservationId,
    /// Who pays.
    pub account: UserId,
    /// The hold's version that the tickets were made from: another one in the row is refused.
    pub from_version: i32,
    /// The order, should there be none yet.
    pub order: OrderId,
    /// Its number, should there be none yet.
    pub order_number: String,
    /// The attempt.
    pub attempt: PaymentId,
    /// How it is paid, by its wire name.
    pub method: String,
    /// The provider's token for the means of payment.
    pub payment_token: Option<String>,
    /// Where the provider's page leads back to.
    pub return_url: Option<String>,
    /// The key that the client sent, where it sent one.
    pub asked_under: Option<AskedUnder>,
    /// What the buyer believes it costs, in minor units.
    pub expected_total: Option<i64>,
    /// How long the payer has, in seconds.
    pub window_seconds: u32,
    /// The tickets' ids, should nothing have to be paid: one for each seat, then for each ticket.
    pub ticket_ids: Vec<TicketId>,
    /// What each of those tickets costs, in the same order, in minor units.
    pub ticket_prices: Vec<i64>,
}

/// Give tickets back.
#[derive(Debug, Clone)]
pub struct Cancel {
    /// The hold that the order came from.
    pub reservation: ReservationId,
    /// The refund's key.
    pub refund: uuid::Uuid,
    /// The tickets and how much is given back for each, in minor units.
    pub tickets: Vec<(TicketId, i64)>,
}

/// What one member came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// The hold, as it stands now in the batch's rows.
    pub reservation: ReservationId,
    /// What the event store is told, in order.
    pub facts: Vec<Fact>,
    /// What to ask of the provider afterwards.
    pub outside: Vec<super::life::Effect>,
    /// Whether anything changed; the same command a second time changes nothing.
    pub changed: bool,
}

/// Why one member came to nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rejected {
    /// These seats are held or sold.
    SeatsTaken(Vec<SeatNo>),
    /// This stock has not so many left.
    StockExhausted {
        /// Which stock.
        stock: i32,
        /// How many can be had.
        available: i64,
    },
    /// The account would have too many.
    LimitReached {
        /// The most it may hold and own.
        limit: i64,
        /// How many it has already.
        used: i64,
    },
    /// There is no such hold, or it is another's.
    NotFound,
    /// The price is another one, in minor units.
    PriceChanged(i64),
    /// Somebody else changed the hold meanwhile.
    VersionConflict,
    /// The rule of its life refuses.
    Refused(Refusal),
}

/// When a hold of that length ends.
#[must_use]
pub fn hold_end(now: Time, hold_seconds: u32) -> Time {
    now + chrono::TimeDelta::seconds(i64::from(hold_seconds))
}
