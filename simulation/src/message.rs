//! What processes send each other.

use crate::buyer::ToBuyer;
use crate::log::{Appended, Position};
use crate::master::Script;
use crate::provider::{Act, Call, Card, Standing};
use crate::relay::Listener;
use crate::store::{Done, Member};
use onsale_booking::domain::redlock;
use onsale_core::{PaymentId, ReservationId};
use std::rc::Rc;

/// Something that happens at a moment.
#[derive(Debug, Clone)]
pub enum Event {
    /// A booking process gets a message.
    ToShell {
        /// Which process.
        shell: usize,
        /// Only this life of it; any, when none is named.
        life: Option<u32>,
        /// The message.
        message: ToShell,
    },
    /// A Redis master runs a script.
    ToMaster {
        /// Which master.
        master: usize,
        /// The process that asks, and its life.
        from: (usize, u32),
        /// For which of its requests.
        operation: u64,
        /// The script.
        script: Script,
    },
    /// PostgreSQL runs a batch.
    ToStore {
        /// The process that asks, and its life.
        from: (usize, u32),
        /// The batch's number.
        batch: u64,
        /// Its members.
        members: Rc<Vec<Member>>,
    },
    /// A transaction commits, unless it was rolled back meanwhile.
    StoreCommits {
        /// The transaction's id.
        xid: u64,
        /// The process that asked, and its life.
        from: (usize, u32),
        /// The batch's number.
        batch: u64,
        /// Its members.
        members: Rc<Vec<Member>>,
    },
    /// The bus brings a message.
    ToListener {
        /// To whom.
        listener: Listener,
        /// The message.
        event: Rc<Appended>,
    },
    /// The payment provider is called.
    ToProvider {
        /// The process that asks, and its life.
        from: (usize, u32),
        /// The hold that is paid.
        reservation: ReservationId,
        /// The attempt it belongs to.
        attempt: PaymentId,
        /// The call.
        call: Call,
    },
    /// The payer acts on the provider's page.
    PayerActs {
        /// The hold that is paid.
        reservation: ReservationId,
        /// The attempt.
        attempt: PaymentId,
        /// What the payer does.
        act: Act,
    },
    /// A buyer gets a message.
    ToBuyer {
        /// Which buyer.
        buyer: usize,
        /// The message.
        message: ToBuyer,
    },
    /// Time to draw faults of whole processes.
    DrawFaults,
    /// A master is back, empty.
    MasterBack(usize),
    /// PostgreSQL is back.
    StoreBack,
    /// The bus is back.
    BusBack,
    /// A process is replaced.
    ShellBack(usize),
}

/// A message to a booking process.
#[derive(Debug, Clone)]
pub enum ToShell {
    /// A buyer asks.
    Request(Request),
    /// A master answered.
    MasterAnswered {
        /// For which request.
        operation: u64,
        /// Which master.
        master: usize,
        /// The master's life, which ends when it forgets.
        life: u32,
        /// What it said.
        answer: redlock::Answer,
    },
    /// A master did not answer in time.
    MasterSilent {
        /// For which request.
        operation: u64,
        /// Which master.
        master: usize,
    },
    /// A batch is committed.
    Committed {
        /// Its number.
        batch: u64,
        /// What its members came to.
        done: Vec<Done>,
    },
    /// PostgreSQL refuses connections.
    StoreDown(u64),
    /// No answer to a batch so far.
    StoreSilent {
        /// Its number.
        batch: u64,
        /// At which try.
        tries: u32,
    },
    /// The provider answered.
    ProviderAnswered {
        /// The hold that is paid.
        reservation: ReservationId,
        /// The attempt.
        attempt: PaymentId,
        /// What it was asked.
        call: Call,
        /// Where the payment stands; nothing when it is not known there.
        standing: Option<Standing>,
    },
    /// The provider did not answer so far.
    ProviderSilent {
        /// The hold that is paid.
        reservation: ReservationId,
        /// At which try.
        tries: u32,
    },
    /// The provider says that something changed.
    Webhook {
        /// The hold that is paid.
        reservation: ReservationId,
        /// The attempt.
        attempt: PaymentId,
        /// What it says about the payment: of when it was sent.
        told: Standing,
        /// Whether the same one was sent before.
        again: bool,
    },
    /// A request has waited long enough.
    Waited(u64),
    /// Time for the jobs: sweeper, sagas whose owner died, deliveries.
    Tick,
    /// Time for the relay to look.
    RelayLooks,
    /// The bus took all up to there, or could not be reached.
    Relayed {
        /// The last event that was sent.
        up_to: Option<Position>,
    },
}

impl ToShell {
    /// Whether it only says that time passed.
    #[must_use]
    pub fn is_timer(&self) -> bool {
        match self {
            Self::MasterSilent { .. }
            | Self::StoreSilent { .. }
            | Self::ProviderSilent { .. }
            | Self::Waited(_)
            | Self::Tick
            | Self::RelayLooks
            | Self::Relayed { .. } => true,
            Self::Request(_)
            | Self::MasterAnswered { .. }
            | Self::Committed { .. }
            | Self::StoreDown(_)
            | Self::ProviderAnswered { .. }
            | Self::Webhook { .. } => false,
        }
    }
}

/// A buyer's request.
#[derive(Debug, Clone)]
pub struct Request {
    /// Who asks.
    pub buyer: usize,
    /// Counts the buyer's requests: a repeated one keeps its number.
    pub number: u64,
    /// Its idempotency key.
    pub key: u64,
    /// What is asked.
    pub what: What,
}

/// What a buyer asks.
#[derive(Debug, Clone)]
pub enum What {
    /// Hold these seats, or so many standing tickets.
    Reserve {
        /// The seats.
        seats: Vec<i32>,
        /// The standing tickets.
        standing: i32,
    },
    /// Take one seat more, or give one back.
    Change {
        /// The hold.
        reservation: ReservationId,
        /// The seat to add, or to remove where it is held.
        seat: i32,
    },
    /// Pay.
    Pay {
        /// The hold.
        reservation: ReservationId,
        /// With which card.
        card: Card,
    },
    /// Give the hold back.
    Release {
        /// The hold.
        reservation: ReservationId,
    },
    /// Give tickets back.
    Cancel {
        /// The hold they came from.
        reservation: ReservationId,
        /// All of them, or the first.
        all: bool,
    },
}

/// What a booking process answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// 201: these seats and so many standing tickets are held.
    Held {
        /// The hold.
        reservation: ReservationId,
        /// What was asked for, seat by seat.
        seats: Vec<i32>,
    },
    /// 409: somebody else has a seat, or there is not enough.
    Taken,
    /// 409 or 410: it cannot be done.
    Refused,
    /// 503: the outcome is not known, or there was no time.
    Unknown,
    /// 200: the hold was changed.
    Changed(ReservationId),
    /// 204: the hold is given back.
    Released(ReservationId),
    /// 200: paid.
    Paid(ReservationId),
    /// 202: not decided yet.
    Pending(ReservationId),
    /// 202: go on at the provider's page.
    Redirect(ReservationId, PaymentId),
    /// 402: declined; the hold stays.
    Declined(ReservationId, PaymentId),
    /// 410: the hold is gone.
    Gone(ReservationId),
    /// 200: tickets are cancelled.
    Cancelled(ReservationId),
}
