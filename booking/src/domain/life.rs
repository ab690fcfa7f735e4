//! The life of one hold and its order, from reserve to delivered tickets and out of it again.
//!
//! [`step`] is the whole saga: given where a life stands and what happened, it says where the life
//! stands next, what must happen to its rows in the same transaction, and which effect to ask of the
//! payment provider afterwards. Each event may come twice: the second time nothing happens.

mod step;

pub use step::step;

use chrono::{DateTime, TimeZone, Utc};
use onsale_core::{OrderId, OrderStatus, PaymentId, ReservationStatus};
use uuid::Uuid;

/// A moment, by PostgreSQL's clock.
pub type Time = DateTime<Utc>;

/// The end of a seat whose payment is being decided: only the decision frees it, never time.
#[must_use]
pub fn never() -> Time {
    Utc.with_ymd_and_hms(9999, 1, 1, 0, 0, 0).single().unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// Where a hold and its order stand.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Life {
    /// Where the hold stands.
    pub status: ReservationStatus,
    /// The end that the buyer was told. It counts unless a payment is being decided.
    pub hold_ends_at: Time,
    /// The order, from the first attempt to pay on. There is one a hold, whatever is tried.
    pub order: Option<OrderLife>,
}

impl Life {
    /// Whether a payment is being decided: time does not end the hold then.
    #[must_use]
    pub fn is_deciding(&self) -> bool {
        self.order.as_ref().is_some_and(|order| order.saga.is_deciding())
    }

    /// Whether its tickets count towards what its account may have: held in time, being paid, or sold.
    /// `store::reservations::used` says the same to PostgreSQL.
    #[must_use]
    pub fn counts(&self, now: Time) -> bool {
        match self.status {
            ReservationStatus::Active => self.is_deciding() || self.hold_ends_at > now,
            ReservationStatus::Confirmed => true,
            ReservationStatus::Released | ReservationStatus::Expired => false,
        }
    }
}

/// Where an order stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OrderLife {
    /// The order.
    pub id: OrderId,
    /// What clients see.
    pub status: OrderStatus,
    /// What is to be done next.
    pub saga: Saga,
    /// The attempt that is being made, or was made last.
    pub attempt: PaymentId,
    /// When the payer's time is over.
    pub window_ends_at: Time,
    /// What is paid, in minor units.
    pub amount: i64,
    /// What was given back, in minor units.
    pub refunded: i64,
    /// The key of the last cancellation, so that the same one a second time does nothing.
    pub last_refund: Option<Uuid>,
    /// The buyer gave it up before it was paid: no money that comes is kept, and it ends as cancelled.
    pub given_up: bool,
}

impl OrderLife {
    /// What the provider is to be asked next, by key: after each commit, and by whoever takes over.
    /// Nothing where the payer is awaited or nothing is to be done.
    #[must_use]
    pub fn pending(&self) -> Option<Effect> {
        match self.saga {
            Saga::Authorising => Some(Effect::Authorise(self.attempt)),
            Saga::Capturing => Some(Effect::Capture(self.attempt)),
            Saga::Voiding => Some(Effect::Void(self.attempt)),
            Saga::Refunding { refund, amount } => Some(Effect::Refund { attempt: self.attempt, refund, amount }),
            Saga::AwaitingPayer | Saga::Open | Saga::Settled => None,
        }
    }

    /// Whether it came to nothing without money, so that money of it would be late.
    #[must_use]
    pub fn may_get_late_money(&self) -> bool {
        let came_to_nothing =
            self.status == OrderStatus::Failed || (self.status == OrderStatus::Cancelled && self.given_up);
        self.saga == Saga::Settled && came_to_nothing && self.refunded == 0
    }
}

/// What an order's saga waits for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Saga {
    /// The provider was asked, or is about to be asked, to authorise.
    Authorising,
    /// The payer is on the provider's page.
    AwaitingPayer,
    /// The attempt was declined; another one may follow until the hold ends.
    Open,
    /// Seats are sold, tickets issued; the money is to be captured.
    Capturing,
    /// The seats are lost, the payer's time is over, or the buyer gave up; the authorisation is to be given back.
    Voiding,
    /// Tickets are cancelled; the money is to be given back under this key.
    Refunding {
        /// The key towards the provider.
        refund: Uuid,
        /// How much, in minor units.
        amount: i64,
    },
    /// Nothing is to be done.
    Settled,
}

impl Saga {
    /// Whether a payment is being decided, so that the seats must not be freed by time.
    #[must_use]
    pub fn is_deciding(&self) -> bool {
        matches!(self, Self::Authorising | Self::AwaitingPayer | Self::Voiding)
    }

    /// Whether somebody has to go on with it.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !matches!(self, Self::Open | Self::Settled)
    }
}

/// What happened to a life.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Event {
    /// The holder gives the hold back.
    Release,
    /// Somebody noticed that the hold's time is over.
    Expire,
    /// The holder adds, removes or applies a promo code.
    Change,
    /// The holder pays.
    BeginPayment {
        /// The order, if there is none yet.
        order: OrderId,
        /// The attempt.
        attempt: PaymentId,
        /// What is paid, in minor units.
        amount: i64,
        /// When the payer's time will be over.
        window_ends_at: Time,
        /// When it would be over, had the order's first attempt been by this method.
        first_window_ends_at: Time,
        /// Whether every row still carries this hold and its fences.
        rows_ours: bool,
    },
    /// The provider reserved the money.
    Authorised {
        /// The attempt.
        attempt: PaymentId,
        /// Whether every row still carries this hold and its fences.
        rows_ours: bool,
    },
    /// The payer has to go on at the provider's page.
    ActionRequired {
        /// The attempt.
        attempt: PaymentId,
    },
    /// The provider said no.
    Declined {
        /// The attempt.
        attempt: PaymentId,
    },
    /// Somebody noticed that the payer's time is over.
    WindowEnded {
        /// The attempt.
        attempt: PaymentId,
    },
    /// The buyer gives up the order while it is being paid.
    GiveUp,
    /// The provider gave the authorisation back; no money will come.
    Voided {
        /// The attempt.
        attempt: PaymentId,
    },
    /// The provider took the money.
    Captured {
        /// The attempt.
        attempt: PaymentId,
        /// The refund's key, should the money turn out to be too late.
        refund: Uuid,
        /// How the hold's places stand.
        places: Places,
    },
    /// The provider will never take the money that it had reserved.
    CaptureFailed {
        /// The attempt.
        attempt: PaymentId,
    },
    /// Mail and documents are under way.
    Processing,
    /// Mail and documents have gone out.
    Delivered,
    /// Tickets are cancelled.
    Cancel {
        /// The refund's key.
        refund: Uuid,
        /// How much is given back, in minor units.
        amount: i64,
        /// Whether no ticket of the order is left.
        whole: bool,
    },
    /// The provider gave the money back.
    Refunded {
        /// The refund's key.
        refund: Uuid,
    },
    /// The provider did not give the money back, and under this key never will.
    RefundFailed {
        /// The refund's key.
        refund: Uuid,
        /// The key of the next try.
        next: Uuid,
    },
}

/// How the places of a hold stand at the moment when its money turns out to be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Places {
    /// Every row still carries the hold and its fences.
    Ours,
    /// The hold ran out, but all of it can be had again.
    Free,
    /// Somebody else has some of it, or its holder gave it back.
    Gone,
}

/// What must follow from an event.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Effect {
    /// In the same transaction: every row that still carries this hold is free again.
    FreeRows,
    /// In the same transaction: the rows' own end is this.
    KeepRowsUntil(Time),
    /// In the same transaction: the places of a hold that ran out are its own once more, under new fences.
    TakeRowsAgain,
    /// In the same transaction: the rows are sold and a ticket is issued for each.
    SellRows,
    /// In the same transaction: the named tickets, or all, are cancelled and their rows free again.
    CancelTickets,
    /// In the same transaction: this is appended to the event store.
    Tell(Fact),
    /// Afterwards, by key: ask the provider to reserve the money.
    Authorise(PaymentId),
    /// Afterwards, by key: ask the provider to take the money.
    Capture(PaymentId),
    /// Afterwards, by key: ask the provider to give the authorisation back.
    Void(PaymentId),
    /// Afterwards, by key: ask the provider to give money back.
    Refund {
        /// The attempt whose money it is.
        attempt: PaymentId,
        /// The key.
        refund: Uuid,
        /// How much, in minor units.
        amount: i64,
    },
}

/// What the event store is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fact {
    /// The hold was changed.
    ReservationChanged,
    /// The hold was given back.
    ReservationReleased,
    /// The hold ran out.
    ReservationExpired,
    /// A hold that ran out has its places again, under new fences, since its money came. Stays in the store.
    ReservationTakenAgain,
    /// The hold became an order's tickets. Stays in the store.
    ReservationConfirmed,
    /// An order was opened, or tries again to pay. Stays in the store.
    PaymentBegun,
    /// An attempt ended without money. Stays in the store.
    PaymentEnded,
    /// Tickets were issued; not good yet.
    TicketCreated,
    /// The order is paid; its tickets are good.
    TicketConfirmed,
    /// Tickets were cancelled.
    TicketCancelled,
    /// The order came to nothing. Stays in the store.
    OrderFailed,
    /// The buyer wants the order no more, which holds from here on. Stays in the store.
    OrderGivenUp,
    /// The order that its buyer gave up has ended without tickets. Stays in the store.
    OrderCancelled,
    /// Mail and documents moved on. Stays in the store.
    OrderAdvanced,
    /// Money was given back. Stays in the store.
    OrderRefunded,
}

/// Why an event cannot happen to a life as it stands. Nothing changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// The hold ended: by time, by release, or because a row is another's now.
    HoldExpired,
    /// A payment is being decided.
    PaymentInProgress,
    /// The hold is paid already.
    AlreadyConfirmed,
    /// Its time is not over yet.
    NotDue,
    /// There is nothing of the kind to cancel, or money is on its way back already.
    NotCancellable,
    /// The event is about another attempt or another moment.
    OutOfPlace,
}

/// What follows from an event, if it can happen: the next state and the effects, in order.
pub type Step = Result<(Life, Vec<Effect>), Refusal>;

impl Fact {
    /// Whether it happened to the order rather than to the hold.
    #[must_use]
    pub fn is_of_order(self) -> bool {
        match self {
            Self::ReservationChanged
            | Self::ReservationReleased
            | Self::ReservationExpired
            | Self::ReservationTakenAgain
            | Self::ReservationConfirmed => false,
            Self::PaymentBegun
            | Self::PaymentEnded
            | Self::TicketCreated
            | Self::TicketConfirmed
            | Self::TicketCancelled
            | Self::OrderFailed
            | Self::OrderGivenUp
            | Self::OrderCancelled
            | Self::OrderAdvanced
            | Self::OrderRefunded => true,
        }
    }

    /// Whether it goes to the bus.
    #[must_use]
    pub fn is_published(self) -> bool {
        match self {
            Self::ReservationChanged
            | Self::ReservationReleased
            | Self::ReservationExpired
            | Self::TicketCreated
            | Self::TicketConfirmed
            | Self::TicketCancelled => true,
            Self::ReservationTakenAgain
            | Self::ReservationConfirmed
            | Self::PaymentBegun
            | Self::PaymentEnded
            | Self::OrderFailed
            | Self::OrderGivenUp
            | Self::OrderCancelled
            | Self::OrderAdvanced
            | Self::OrderRefunded => false,
        }
    }
}
