//! Mistakes put in on purpose, to prove that the simulator would see them.
//!
//! They are wrappers round the pure functions, and turns that the simulator's own processes, relay and consumers take:
//! production code has none.

use onsale_booking::domain::command::{Command, Reserve};
use onsale_booking::domain::life::{Event, Saga};
use onsale_booking::domain::rows::{Occupancy, ReservationRow, Rows, SeatRow};
use onsale_core::{ReservationId, ReservationStatus};

/// A mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Planted {
    /// Seats are written whatever state their rows are in.
    NoSeatRowCondition,
    /// A holder whose seat went to another is believed.
    NoFence,
    /// The lock is given back before the commit.
    LockFreedBeforeCommit,
    /// The seats' own end stays the hold's while the payment is being decided.
    ExpiryWhilePaying,
    /// What is free of the wanted seats is held, the rest left out.
    PartialHold,
    /// A call to the provider that is sent again gets a new key.
    NoIdempotency,
    /// The sweeper frees a hold though its payment is being decided.
    SweptWhilePaying,
    /// The answer goes out before the commit.
    AnsweredBeforeCommit,
    /// Money that comes when the order has failed is not looked at.
    NoLateRefund,
    /// Whoever takes a refund over makes it under a key of their own.
    RefundTwice,
    /// The money is taken as soon as it is reserved.
    CaptureBeforeSale,
    /// An authorisation is taken for given back without asking.
    VoidIgnored,
    /// What a webhook says is believed, whatever has become of the payment since.
    WebhookTrusted,
    /// A second attempt is made under the first one's key.
    KeyPerReservation,
    /// A provider that does not answer is taken to have declined.
    TimeoutIsFailure,
    /// The relay reads what is committed, though an earlier transaction may still commit.
    RelaySkipsLateCommit,
    /// The relay saves its watermark before the bus has the batch.
    WatermarkBeforeSend,
    /// A consumer acts on each message that comes.
    NoInbox,
    /// A consumer's offset is saved before its effect.
    OffsetBeforeEffect,
    /// A consumer that needs order takes messages as they come.
    OrderIgnored,
}

impl Planted {
    /// All of them.
    pub const ALL: [Self; 20] = [
        Self::NoSeatRowCondition,
        Self::NoFence,
        Self::LockFreedBeforeCommit,
        Self::ExpiryWhilePaying,
        Self::PartialHold,
        Self::NoIdempotency,
        Self::SweptWhilePaying,
        Self::AnsweredBeforeCommit,
        Self::NoLateRefund,
        Self::RefundTwice,
        Self::CaptureBeforeSale,
        Self::VoidIgnored,
        Self::WebhookTrusted,
        Self::KeyPerReservation,
        Self::TimeoutIsFailure,
        Self::RelaySkipsLateCommit,
        Self::WatermarkBeforeSend,
        Self::NoInbox,
        Self::OffsetBeforeEffect,
        Self::OrderIgnored,
    ];

    /// What it is called in the report.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NoSeatRowCondition => "no seat-row condition",
            Self::NoFence => "no fence",
            Self::LockFreedBeforeCommit => "lock freed before commit",
            Self::ExpiryWhilePaying => "expiry while paying",
            Self::PartialHold => "partial multi-seat hold",
            Self::NoIdempotency => "no idempotency",
            Self::SweptWhilePaying => "swept while paying",
            Self::AnsweredBeforeCommit => "answered before commit",
            Self::NoLateRefund => "no late refund",
            Self::RefundTwice => "refund twice",
            Self::CaptureBeforeSale => "capture before sale",
            Self::VoidIgnored => "void ignored",
            Self::WebhookTrusted => "webhook trusted over the object's state",
            Self::KeyPerReservation => "key per reservation",
            Self::TimeoutIsFailure => "timeout taken for failure",
            Self::RelaySkipsLateCommit => "relay skips a late commit",
            Self::WatermarkBeforeSend => "watermark saved before the send",
            Self::NoInbox => "consumer effect without inbox",
            Self::OffsetBeforeEffect => "offset saved before the effect",
            Self::OrderIgnored => "events taken out of order",
        }
    }

    /// Lies about the rows, or changes the command, before the rule sees them.
    pub fn before(self, rows: &mut Rows, command: &mut Command) {
        match (self, command) {
            (Self::NoSeatRowCondition, Command::Reserve(reserve)) => {
                for (seat, _) in &reserve.seats {
                    let key = (reserve.event, *seat);
                    if let Some(row) = rows.seats.get(&key).cloned() {
                        rows.set_seat(key, SeatRow { state: Occupancy::Free, ..row });
                    }
                }
            }
            (Self::PartialHold, Command::Reserve(reserve)) => keep_available(rows, reserve),
            (Self::NoFence, Command::BeginPayment(begin)) => believe(rows, begin.reservation),
            (Self::NoFence, Command::Happened { reservation, event: Event::Authorised { .. }, .. }) => {
                believe(rows, *reservation);
            }
            (Self::SweptWhilePaying, Command::Happened { reservation, event: Event::Expire, .. }) => {
                let order = rows.reservations.get_mut(reservation).and_then(|row| row.life.order.as_mut());
                if let Some(order) = order.filter(|order| order.saga.is_deciding()) {
                    order.saga = Saga::Open;
                }
            }
            _ => {}
        }
    }

    /// Changes the rows after the rule has written them.
    pub fn after(self, rows: &mut Rows, command: &Command) {
        if let (Self::ExpiryWhilePaying, Command::BeginPayment(begin)) = (self, command) {
            let Some(row) = rows.reservations.get(&begin.reservation).cloned() else { return };
            for held in &row.seats {
                if let Some(seat) = rows.seats.get_mut(&(row.event, held.seat)) {
                    seat.ends_at = seat.ends_at.min(row.life.hold_ends_at);
                }
            }
        }
    }
}

fn keep_available(rows: &Rows, reserve: &mut Reserve) {
    let event = reserve.event;
    let free = |row: &SeatRow| row.state == Occupancy::Free;
    let available = |seat: i32| rows.seats.get(&(event, seat)).is_some_and(free);
    if reserve.seats.iter().any(|(seat, _)| available(*seat)) {
        reserve.seats.retain(|(seat, _)| available(*seat));
    }
}

fn believe(rows: &mut Rows, reservation: ReservationId) {
    let active = |row: &&ReservationRow| row.life.status == ReservationStatus::Active;
    let Some(row) = rows.reservations.get(&reservation).filter(active).cloned() else { return };
    for held in &row.seats {
        let key = (row.event, held.seat);
        if let Some(seat) = rows.seats.get(&key).cloned() {
            let (state, fence) = (Occupancy::Held, held.fence);
            rows.set_seat(key, SeatRow { state, reservation: Some(reservation), fence, ..seat });
        }
    }
}
