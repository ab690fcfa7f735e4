//! The life of one hold and its order, from reserve to delivered tickets and out of it again.
//!
//! [`step`] is the whole saga: given where a life stands and what happened, it says where the life
//! stands next, what must happen to its rows in the same transaction, and which effect to ask of the
//! payment provider afterwards. Each event may come twice: the second time nothing happens.

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
    /// The seats are lost or the payer's time is over; the authorisation is to be given back.
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
}

/// What must follow from an event.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Effect {
    /// In the same transaction: every row that still carries this hold is free again.
    FreeRows,
    /// In the same transaction: the rows' own end is this.
    KeepRowsUntil(Time),
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

/// The saga's one rule. The same event a second time changes nothing and asks for nothing new
/// but the outside effect that may have been lost.
pub fn step(life: &Life, event: &Event, now: Time) -> Step {
    match event {
        Event::Release => release(life),
        Event::Expire => expire(life, now),
        Event::Change => change(life, now),
        Event::BeginPayment { order, attempt, amount, window_ends_at, rows_ours } => {
            let begin = Begin { order: *order, attempt: *attempt, amount: *amount, window_ends_at: *window_ends_at };
            begin_payment(life, begin, *rows_ours, now)
        }
        Event::Processing | Event::Delivered => advance(life, event),
        Event::Cancel { refund, amount, whole } => cancel(life, *refund, *amount, *whole),
        Event::Refunded { refund } => refunded(life, *refund),
        Event::Authorised { attempt, .. }
        | Event::ActionRequired { attempt }
        | Event::Declined { attempt }
        | Event::WindowEnded { attempt }
        | Event::Voided { attempt }
        | Event::Captured { attempt, .. }
        | Event::CaptureFailed { attempt } => {
            let order = life.order.as_ref().ok_or(Refusal::OutOfPlace)?;
            if order.attempt != *attempt {
                return Err(Refusal::OutOfPlace);
            }
            payment_event(life, order, event, now)
        }
    }
}

#[derive(Clone, Copy)]
struct Begin {
    order: OrderId,
    attempt: PaymentId,
    amount: i64,
    window_ends_at: Time,
}

fn unchanged(life: &Life) -> Step {
    Ok((life.clone(), Vec::new()))
}

fn with_order(life: &Life, change: impl FnOnce(&mut OrderLife)) -> Life {
    let mut next = life.clone();
    if let Some(order) = &mut next.order {
        change(order);
    }
    next
}

/// Ends a hold whose seats go back on sale, and fails the order that never got money.
fn end(life: &Life, status: ReservationStatus, fact: Fact) -> (Life, Vec<Effect>) {
    let mut next = with_order(life, |order| {
        order.status = OrderStatus::Failed;
        order.saga = Saga::Settled;
    });
    next.status = status;
    let mut effects = vec![Effect::FreeRows, Effect::Tell(fact)];
    if life.order.is_some() {
        effects.push(Effect::Tell(Fact::OrderFailed));
    }
    (next, effects)
}

fn is_deciding(life: &Life) -> bool {
    life.order.as_ref().is_some_and(|order| order.saga.is_deciding())
}

fn release(life: &Life) -> Step {
    match life.status {
        ReservationStatus::Released => unchanged(life),
        ReservationStatus::Expired => Err(Refusal::HoldExpired),
        ReservationStatus::Confirmed => Err(Refusal::AlreadyConfirmed),
        ReservationStatus::Active if is_deciding(life) => Err(Refusal::PaymentInProgress),
        ReservationStatus::Active => Ok(end(life, ReservationStatus::Released, Fact::ReservationReleased)),
    }
}

fn expire(life: &Life, now: Time) -> Step {
    match life.status {
        ReservationStatus::Active if is_deciding(life) => Err(Refusal::PaymentInProgress),
        ReservationStatus::Active if life.hold_ends_at > now => Err(Refusal::NotDue),
        ReservationStatus::Active => Ok(end(life, ReservationStatus::Expired, Fact::ReservationExpired)),
        ReservationStatus::Expired => unchanged(life),
        ReservationStatus::Released | ReservationStatus::Confirmed => Err(Refusal::OutOfPlace),
    }
}

fn change(life: &Life, now: Time) -> Step {
    may_touch(life, now)?;
    Ok((life.clone(), vec![Effect::Tell(Fact::ReservationChanged)]))
}

/// Whether the holder may still change or pay the hold.
fn may_touch(life: &Life, now: Time) -> Result<(), Refusal> {
    match life.status {
        ReservationStatus::Confirmed => Err(Refusal::AlreadyConfirmed),
        ReservationStatus::Released | ReservationStatus::Expired => Err(Refusal::HoldExpired),
        ReservationStatus::Active if is_deciding(life) => Err(Refusal::PaymentInProgress),
        ReservationStatus::Active if life.hold_ends_at <= now => Err(Refusal::HoldExpired),
        ReservationStatus::Active => Ok(()),
    }
}

fn begin_payment(life: &Life, begin: Begin, rows_ours: bool, now: Time) -> Step {
    if life.order.as_ref().is_some_and(|order| order.attempt == begin.attempt) {
        return unchanged(life);
    }
    may_touch(life, now)?;
    if !rows_ours {
        return Err(Refusal::HoldExpired);
    }
    let mut order = OrderLife {
        id: life.order.as_ref().map_or(begin.order, |order| order.id),
        status: OrderStatus::Pending,
        saga: Saga::Authorising,
        attempt: begin.attempt,
        window_ends_at: begin.window_ends_at,
        amount: begin.amount,
        refunded: 0,
        last_refund: None,
    };
    let mut next = life.clone();
    let effects = if begin.amount == 0 {
        // Nothing to pay: the tickets are good at once.
        order.saga = Saga::Settled;
        order.status = OrderStatus::Confirmed;
        next.status = ReservationStatus::Confirmed;
        vec![
            Effect::SellRows,
            Effect::Tell(Fact::ReservationConfirmed),
            Effect::Tell(Fact::PaymentBegun),
            Effect::Tell(Fact::TicketCreated),
            Effect::Tell(Fact::TicketConfirmed),
        ]
    } else {
        vec![Effect::KeepRowsUntil(never()), Effect::Tell(Fact::PaymentBegun), Effect::Authorise(begin.attempt)]
    };
    next.order = Some(order);
    Ok((next, effects))
}

fn payment_event(life: &Life, order: &OrderLife, event: &Event, now: Time) -> Step {
    match (event, &order.saga) {
        (Event::Authorised { rows_ours: true, .. }, Saga::Authorising | Saga::AwaitingPayer) => Ok(sell(life)),
        (
            Event::Authorised { rows_ours: false, .. } | Event::WindowEnded { .. },
            Saga::Authorising | Saga::AwaitingPayer,
        ) => {
            if matches!(event, Event::WindowEnded { .. }) && order.window_ends_at > now {
                return Err(Refusal::NotDue);
            }
            Ok((with_order(life, |order| order.saga = Saga::Voiding), vec![Effect::Void(order.attempt)]))
        }
        (Event::Authorised { .. } | Event::WindowEnded { .. }, Saga::Voiding) => {
            Ok((life.clone(), vec![Effect::Void(order.attempt)]))
        }
        (Event::Authorised { .. }, Saga::Capturing) => Ok((life.clone(), vec![Effect::Capture(order.attempt)])),
        (Event::ActionRequired { .. }, Saga::Authorising) => {
            Ok((with_order(life, |order| order.saga = Saga::AwaitingPayer), Vec::new()))
        }
        (Event::Declined { .. } | Event::Voided { .. }, Saga::Authorising | Saga::AwaitingPayer | Saga::Voiding) => {
            Ok(no_money(life, order, event, now))
        }
        (Event::Captured { .. }, Saga::Capturing) => Ok(confirmed(life)),
        (Event::CaptureFailed { .. }, Saga::Capturing) => Ok(unsold(life)),
        (Event::Captured { refund, .. }, Saga::Voiding | Saga::Authorising | Saga::AwaitingPayer | Saga::Open) => {
            Ok(late_money(life, order, *refund))
        }
        (Event::Captured { refund, .. }, Saga::Settled)
            if order.status == OrderStatus::Failed && order.refunded == 0 =>
        {
            Ok(late_money(life, order, *refund))
        }
        _ => unchanged(life),
    }
}

/// The money is reserved and the rows are ours: sold, before the money is taken.
fn sell(life: &Life) -> (Life, Vec<Effect>) {
    let mut next = with_order(life, |order| order.saga = Saga::Capturing);
    next.status = ReservationStatus::Confirmed;
    let attempt = life.order.as_ref().map(|order| Effect::Capture(order.attempt));
    let mut effects =
        vec![Effect::SellRows, Effect::Tell(Fact::ReservationConfirmed), Effect::Tell(Fact::TicketCreated)];
    effects.extend(attempt);
    (next, effects)
}

fn confirmed(life: &Life) -> (Life, Vec<Effect>) {
    let next = with_order(life, |order| {
        order.saga = Saga::Settled;
        order.status = OrderStatus::Confirmed;
    });
    (next, vec![Effect::Tell(Fact::TicketConfirmed)])
}

/// No money will come of this attempt. A declined one leaves the hold its time; any other ends it.
fn no_money(life: &Life, order: &OrderLife, event: &Event, now: Time) -> (Life, Vec<Effect>) {
    let may_retry = matches!(event, Event::Declined { .. })
        && order.saga != Saga::Voiding
        && life.status == ReservationStatus::Active
        && life.hold_ends_at > now;
    if may_retry {
        let next = with_order(life, |order| order.saga = Saga::Open);
        return (next, vec![Effect::KeepRowsUntil(life.hold_ends_at), Effect::Tell(Fact::PaymentEnded)]);
    }
    end(life, ReservationStatus::Expired, Fact::ReservationExpired)
}

/// The provider had reserved the money but will not give it: the sale is undone.
fn unsold(life: &Life) -> (Life, Vec<Effect>) {
    let mut next = with_order(life, |order| {
        order.saga = Saga::Settled;
        order.status = OrderStatus::Failed;
    });
    next.status = ReservationStatus::Expired;
    (next, vec![Effect::CancelTickets, Effect::Tell(Fact::TicketCancelled), Effect::Tell(Fact::OrderFailed)])
}

/// Money arrived though the hold is gone or was never sold: it goes back, never silence.
fn late_money(life: &Life, order: &OrderLife, refund: Uuid) -> (Life, Vec<Effect>) {
    let amount = order.amount;
    let mut next = with_order(life, |order| {
        order.status = OrderStatus::Failed;
        order.saga = Saga::Refunding { refund, amount };
    });
    let mut effects = Vec::new();
    if life.status == ReservationStatus::Active {
        next.status = ReservationStatus::Expired;
        effects.extend([Effect::FreeRows, Effect::Tell(Fact::ReservationExpired), Effect::Tell(Fact::OrderFailed)]);
    }
    effects.push(Effect::Refund { attempt: order.attempt, refund, amount });
    (next, effects)
}

fn advance(life: &Life, event: &Event) -> Step {
    let order = life.order.as_ref().ok_or(Refusal::OutOfPlace)?;
    let status = match (event, order.status) {
        (Event::Processing, OrderStatus::Confirmed) => OrderStatus::Processing,
        (Event::Delivered, OrderStatus::Confirmed | OrderStatus::Processing) => OrderStatus::Completed,
        _ => return unchanged(life),
    };
    Ok((with_order(life, |order| order.status = status), vec![Effect::Tell(Fact::OrderAdvanced)]))
}

fn cancel(life: &Life, refund: Uuid, amount: i64, whole: bool) -> Step {
    let order = life.order.as_ref().ok_or(Refusal::NotCancellable)?;
    let refund_effect = Effect::Refund { attempt: order.attempt, refund, amount };
    match (&order.saga, order.status) {
        (Saga::Refunding { refund: running, .. }, _) if *running == refund => Ok((life.clone(), vec![refund_effect])),
        _ if order.last_refund == Some(refund) => unchanged(life),
        (Saga::Settled, OrderStatus::Confirmed | OrderStatus::Processing | OrderStatus::Completed) => {
            let next = with_order(life, |order| {
                order.last_refund = Some(refund);
                if whole {
                    order.status = OrderStatus::Cancelled;
                }
                if amount > 0 {
                    order.saga = Saga::Refunding { refund, amount };
                }
            });
            let mut effects = vec![Effect::CancelTickets, Effect::Tell(Fact::TicketCancelled)];
            if amount > 0 {
                effects.push(refund_effect);
            }
            Ok((next, effects))
        }
        _ => Err(Refusal::NotCancellable),
    }
}

fn refunded(life: &Life, refund: Uuid) -> Step {
    let order = life.order.as_ref().ok_or(Refusal::OutOfPlace)?;
    match order.saga {
        Saga::Refunding { refund: running, amount } if running == refund => {
            let next = with_order(life, |order| {
                order.saga = Saga::Settled;
                order.refunded += amount;
            });
            Ok((next, vec![Effect::Tell(Fact::OrderRefunded)]))
        }
        _ => unchanged(life),
    }
}

impl Fact {
    /// Whether it happened to the order rather than to the hold.
    #[must_use]
    pub fn is_of_order(self) -> bool {
        match self {
            Self::ReservationChanged
            | Self::ReservationReleased
            | Self::ReservationExpired
            | Self::ReservationConfirmed => false,
            Self::PaymentBegun
            | Self::PaymentEnded
            | Self::TicketCreated
            | Self::TicketConfirmed
            | Self::TicketCancelled
            | Self::OrderFailed
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
            Self::ReservationConfirmed
            | Self::PaymentBegun
            | Self::PaymentEnded
            | Self::OrderFailed
            | Self::OrderAdvanced
            | Self::OrderRefunded => false,
        }
    }
}
