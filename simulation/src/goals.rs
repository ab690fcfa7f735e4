//! What a run must have met often enough for its silence to mean anything.

use crate::profile::Fault;

macro_rules! goals {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// Something worth reaching.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Goal {
            $($(#[$doc])* $name,)*
        }

        impl Goal {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// What it is called in the report.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

goals! {
    /// A hold was acknowledged.
    Held = "held",
    /// A request was shed by a lock or a mark.
    Shed = "shed by Redis",
    /// PostgreSQL decided without a lock.
    Undecided = "no majority, PostgreSQL decides",
    /// PostgreSQL refused a request that had the lock.
    LockedButRefused = "locked, but the row refuses",
    /// A batch was sent again under the same ids.
    SentAgain = "commit sent again",
    /// An expired seat was taken without the sweeper.
    TakenOnContact = "taken on contact",
    /// A request was answered by an earlier one's effect.
    Replayed = "answered by key",
    /// A holder whose seats went to another was refused.
    FenceReject = "fence rejects",
    /// A payment was declined and the hold stayed.
    Declined = "declined, hold stays",
    /// An order was paid.
    Paid = "paid",
    /// The payer's time ran out.
    WindowEnded = "payment window ended",
    /// A buyer wanted the order no more while it was being paid.
    GivenUp = "given up while paying",
    /// Its money came all the same, and went back.
    GivenUpTooLate = "given up, money came and went back",
    /// An authorisation was given back.
    Voided = "voided",
    /// A sale was undone because the money never came.
    Unsold = "capture failed, unsold",
    /// Money was given back.
    Refunded = "refunded",
    /// Money came that nobody waited for any more, and was given back.
    LateRefund = "late money given back",
    /// Money came that nobody waited for any more, and its places were still free.
    Reseated = "late money re-seated",
    /// A saga was taken over from another process.
    TakenOver = "saga taken over",
    /// A webhook came twice.
    WebhookTwice = "webhook twice",
    /// A webhook came when there was nothing to decide any more.
    WebhookLate = "webhook late",
    /// A batch was committed, and committed again because nobody had heard of it.
    Ambiguous = "commit ambiguous",
    /// A transaction that began earlier committed later than another one.
    LateCommit = "commit late",
    /// The relay sent what had been sent before.
    RelayResumed = "relay resumed",
    /// A message was dropped because the inbox had it.
    InboxDropped = "inbox duplicate dropped",
    /// A message waited for the one before it.
    Parked = "message parked behind a hole",
    /// A message came that an ordered consumer was beyond.
    OldSkipped = "old message skipped",
    /// A hold was swept.
    Swept = "swept",
    /// A hold was changed.
    Changed = "changed",
    /// An account's limit held.
    Limited = "account limit",
}

impl Goal {
    /// Its place in [`Goal::ALL`].
    #[must_use]
    pub fn index(self) -> usize {
        self as usize
    }
}

/// How many goals there are.
pub const GOALS: usize = Goal::ALL.len();

/// What happened, in numbers.
#[derive(Debug, Clone, Default)]
pub struct Counts {
    /// Messages that were handled; timers do not count.
    pub steps: u64,
    /// Faults, by kind.
    pub faults: [u64; Fault::ALL.len()],
    /// Goals that were reached.
    pub goals: [u64; GOALS],
}

impl Counts {
    /// Adds another world's.
    pub fn add(&mut self, other: &Self) {
        self.steps += other.steps;
        for (sum, more) in self.faults.iter_mut().zip(other.faults) {
            *sum += more;
        }
        for (sum, more) in self.goals.iter_mut().zip(other.goals) {
            *sum += more;
        }
    }
}
