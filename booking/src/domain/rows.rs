//! The rows that a batch of commands touches, as they were read under lock and as they become.

use super::life::{Life, Time};
use onsale_core::api::booking::TransferInstructions;
use onsale_core::{OrderId, PaymentId, ReservationId, TicketId, TicketStatus, UserId};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// An event's number in booking's tables: short, and never reused.
pub type EventNo = i32;
/// A seat's place in its plan's order, from 0.
pub type SeatNo = i32;
/// A stock row's number in its event: a ticket type's capacity, a quota, or a promo code's uses.
pub type StockNo = i32;
/// A ticket type's place in its offer, from 0.
pub type TypeNo = i16;

/// Which seat.
pub type SeatKey = (EventNo, SeatNo);
/// Which stock.
pub type StockKey = (EventNo, StockNo);

/// A seat's state in its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Occupancy {
    /// Nobody has it.
    Free,
    /// A hold has it until the row's end.
    Held,
    /// A live ticket stands for it.
    Sold,
    /// Kept back by the organiser.
    Blocked,
}

impl Occupancy {
    /// The code in the database and, as a digit, in `/seats`.
    #[must_use]
    pub fn code(self) -> i16 {
        self as i16
    }

    /// The state of a code; what is unknown is never for sale.
    #[must_use]
    pub fn from_code(code: i16) -> Self {
        match code {
            0 => Self::Free,
            1 => Self::Held,
            2 => Self::Sold,
            _ => Self::Blocked,
        }
    }
}

/// A seat's row.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SeatRow {
    /// What it is.
    pub state: Occupancy,
    /// The hold that has it, or whose ticket it is.
    pub reservation: Option<ReservationId>,
    /// Grows with each hold. Whoever presents an older one changes nothing.
    pub fence: i64,
    /// When the hold ends by itself.
    pub ends_at: Time,
}

impl SeatRow {
    /// A seat that was never held.
    #[must_use]
    pub fn free(epoch: Time) -> Self {
        Self { state: Occupancy::Free, reservation: None, fence: 0, ends_at: epoch }
    }

    /// Whether somebody may take it now: free, or held by a hold whose time is over.
    #[must_use]
    pub fn is_available(&self, now: Time) -> bool {
        match self.state {
            Occupancy::Free => true,
            Occupancy::Held => self.ends_at <= now,
            Occupancy::Sold | Occupancy::Blocked => false,
        }
    }

    /// Whether it is still held or sold under that hold and fence.
    #[must_use]
    pub fn belongs_to(&self, reservation: ReservationId, fence: i64) -> bool {
        self.reservation == Some(reservation)
            && self.fence == fence
            && matches!(self.state, Occupancy::Held | Occupancy::Sold)
    }
}

/// A stock's row.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct StockRow {
    /// How many there are in all.
    pub capacity: i64,
    /// How many are held.
    pub held: i64,
    /// How many are sold.
    pub sold: i64,
    /// Whether it counts towards the event's places (a general-admission ticket type does; a quota
    /// or a promo code does not).
    pub is_place: bool,
}

impl StockRow {
    /// How many can be had now.
    #[must_use]
    pub fn available(&self) -> i64 {
        self.capacity - self.held - self.sold
    }
}

/// A seat in a hold.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct HeldSeat {
    /// Which seat.
    pub seat: SeatNo,
    /// The ticket type it was taken with.
    pub kind: TypeNo,
    /// The fence that the seat's row got by this hold.
    pub fence: i64,
}

/// General-admission tickets in a hold.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct HeldTickets {
    /// The ticket type.
    pub kind: TypeNo,
    /// How many.
    pub quantity: i32,
}

/// What a hold takes from a stock.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Draw {
    /// For which of the hold's ticket types; none for a use of a promo code.
    pub kind: Option<TypeNo>,
    /// Which stock.
    pub stock: StockNo,
    /// How many.
    pub quantity: i32,
}

/// What a hold costs, as computed from its offer's version.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Cost {
    /// In minor units, all-in, less the discount.
    pub total: i64,
    /// The promo code that was taken into it.
    pub promo_code: Option<String>,
}

/// A ticket's row.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TicketRow {
    /// The ticket.
    pub id: TicketId,
    /// Its seat; none for general admission.
    pub seat: Option<SeatNo>,
    /// Its ticket type.
    pub kind: TypeNo,
    /// What it cost, all-in and less its share of a discount, in minor units.
    pub price: i64,
    /// Whether it is good at the door.
    pub status: TicketStatus,
}

/// A hold's row with its order and tickets.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ReservationRow {
    /// The hold.
    pub id: ReservationId,
    /// The event.
    pub event: EventNo,
    /// Whose it is.
    pub account: UserId,
    /// The offer's version that the prices are of.
    pub offer_version: i32,
    /// The seats.
    pub seats: Vec<HeldSeat>,
    /// The general-admission tickets.
    pub tickets: Vec<HeldTickets>,
    /// What it takes from stocks.
    pub draws: Vec<Draw>,
    /// How many tickets it holds or owns now; counts towards its account's limit.
    pub live: i32,
    /// What it costs.
    pub cost: Cost,
    /// Where it and its order stand.
    pub life: Life,
    /// What the order is beside its life.
    pub order: Option<OrderDetails>,
    /// The order's tickets; read only where a command needs them.
    pub issued: Vec<TicketRow>,
    /// Counts the hold's events.
    pub counts: EventCounts,
    /// Counts the order's events.
    pub order_counts: EventCounts,
}

impl ReservationRow {
    /// How many tickets it makes.
    #[must_use]
    pub fn quantity(&self) -> i32 {
        let seats = i32::try_from(self.seats.len()).unwrap_or(i32::MAX);
        self.tickets.iter().map(|held| held.quantity).fold(seats, i32::saturating_add)
    }
}

/// How many events an aggregate has: in the store, and of those on the bus.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct EventCounts {
    /// In the store.
    pub version: i32,
    /// On the bus.
    pub sequence: i64,
}

/// What an order is beside its life.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OrderDetails {
    /// The order.
    pub id: OrderId,
    /// A number people can read aloud.
    pub number: String,
    /// How it is paid, by its wire name.
    pub method: String,
    /// The provider's token for the means of payment.
    pub payment_token: Option<String>,
    /// Where the provider's page leads back to.
    pub return_url: Option<String>,
    /// The key that the last attempt was asked for under, where there was one.
    pub asked_under: Option<AskedUnder>,
    /// Where the payer has to go on.
    pub redirect_url: Option<String>,
    /// What to write on a bank transfer.
    pub transfer: Option<TransferInstructions>,
    /// Why the last attempt or the order failed.
    pub failure: Option<String>,
    /// All attempts, first to last.
    pub attempts: Vec<PaymentId>,
    /// How often the refund under way has failed.
    pub refunds_failed: u32,
    /// When it was made.
    pub created_at: Time,
}

/// The client's key of a request, and what it was sent with: whoever drives the order keeps the answer under it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AskedUnder {
    /// What the client sent.
    pub key: String,
    /// SHA-256 of the body, as it was understood.
    #[serde(with = "hex::serde")]
    pub body_hash: [u8; 32],
}

/// How an event's places change in a batch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CounterChange {
    /// More or fewer free places.
    pub free: i64,
    /// More or fewer held places.
    pub held: i64,
    /// More or fewer sold places.
    pub sold: i64,
}

/// The rows of a batch.
#[derive(Debug, Clone, Default)]
pub struct Rows {
    /// The seats that some command touches.
    pub seats: BTreeMap<SeatKey, SeatRow>,
    /// The stocks that some command touches.
    pub stock: BTreeMap<StockKey, StockRow>,
    /// The holds that some command names, or made.
    pub reservations: BTreeMap<ReservationId, ReservationRow>,
    /// How many tickets an account holds and owns, where the event limits it.
    pub used: BTreeMap<(EventNo, UserId), i64>,
    /// Whether the batch is sent again, after an answer that may have been lost.
    pub again: bool,
    /// What the batch changed.
    pub changed: Changed,
}

/// Which rows a batch changed.
#[derive(Debug, Clone, Default)]
pub struct Changed {
    /// Seats.
    pub seats: BTreeSet<SeatKey>,
    /// Stocks.
    pub stock: BTreeSet<StockKey>,
    /// Holds that are new.
    pub inserted: BTreeSet<ReservationId>,
    /// Holds that stood before.
    pub updated: BTreeSet<ReservationId>,
    /// Orders that are new, by their hold.
    pub new_orders: BTreeSet<ReservationId>,
    /// Orders that stood before, by their hold.
    pub orders: BTreeSet<ReservationId>,
    /// Tickets that are new, by their hold.
    pub issued: BTreeSet<ReservationId>,
    /// Tickets that were cancelled.
    pub cancelled: BTreeSet<TicketId>,
    /// Places, by event.
    pub counters: BTreeMap<EventNo, CounterChange>,
}

impl Rows {
    /// Gives a seat another state, and counts it.
    pub fn set_seat(&mut self, key: SeatKey, next: SeatRow) {
        let Some(row) = self.seats.get_mut(&key) else { return };
        let counter = self.changed.counters.entry(key.0).or_default();
        counter.count(row.state, -1);
        counter.count(next.state, 1);
        *row = next;
        self.changed.seats.insert(key);
    }

    /// Moves places of a stock between free, held and sold.
    pub fn move_stock(&mut self, key: StockKey, held: i64, sold: i64) {
        let Some(row) = self.stock.get_mut(&key) else { return };
        row.held += held;
        row.sold += sold;
        if row.is_place {
            let counter = self.changed.counters.entry(key.0).or_default();
            counter.held += held;
            counter.sold += sold;
            counter.free -= held + sold;
        }
        self.changed.stock.insert(key);
    }
}

impl CounterChange {
    fn count(&mut self, state: Occupancy, by: i64) {
        match state {
            Occupancy::Free => self.free += by,
            Occupancy::Held => self.held += by,
            Occupancy::Sold => self.sold += by,
            Occupancy::Blocked => {}
        }
    }
}
