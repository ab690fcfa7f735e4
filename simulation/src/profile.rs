//! How bad a seed's world is: the rate of each kind of fault, drawn from the seed.

use crate::random::Random;

/// The kinds of faults that are put in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// A message between two processes is lost.
    Drop,
    /// A message arrives twice.
    Duplicate,
    /// A message is late, so that others overtake it.
    Delay,
    /// A Redis master dies and comes back empty.
    MasterLost,
    /// PostgreSQL dies and comes back: what runs is rolled back.
    DatabaseCrash,
    /// A commit is applied, its answer is lost.
    CommitAnswerLost,
    /// A commit takes seconds.
    CommitSlow,
    /// A booking process dies and is replaced by an empty one.
    ProcessCrash,
    /// A booking process stands still, then goes on as if nothing had happened.
    ProcessPause,
    /// PostgreSQL's clock jumps.
    ClockStep,
    /// The payment provider does what it was asked, its answer is lost.
    ProviderAnswerLost,
    /// The provider takes many seconds.
    ProviderSlow,
    /// The provider forgets an authorisation before it is captured.
    AuthorisationLapsed,
    /// A webhook is lost.
    WebhookLost,
    /// A webhook comes twice.
    WebhookTwice,
    /// A webhook comes when its news is old.
    WebhookLate,
    /// The bus takes and brings nothing for a while.
    BusAway,
    /// The relay's session ends after the bus took a batch, before the watermark is saved.
    RelayCut,
    /// A consumer dies before its effect, or after it and before its offset is saved.
    ConsumerCrash,
    /// The sweeper stands still for the whole seed.
    SweeperOff,
}

impl Fault {
    /// All kinds.
    pub const ALL: [Self; 20] = [
        Self::Drop,
        Self::Duplicate,
        Self::Delay,
        Self::MasterLost,
        Self::DatabaseCrash,
        Self::CommitAnswerLost,
        Self::CommitSlow,
        Self::ProcessCrash,
        Self::ProcessPause,
        Self::ClockStep,
        Self::ProviderAnswerLost,
        Self::ProviderSlow,
        Self::AuthorisationLapsed,
        Self::WebhookLost,
        Self::WebhookTwice,
        Self::WebhookLate,
        Self::BusAway,
        Self::RelayCut,
        Self::ConsumerCrash,
        Self::SweeperOff,
    ];

    /// Its place in [`Fault::ALL`].
    #[must_use]
    pub fn index(self) -> usize {
        self as usize
    }

    /// How often it happens where it happens much, in 10,000 opportunities.
    fn worst(self) -> u32 {
        match self {
            Self::Drop | Self::Duplicate | Self::Delay => 600,
            // Drawn every five seconds.
            Self::MasterLost | Self::ProcessCrash | Self::ProcessPause | Self::BusAway => 1500,
            Self::ClockStep => 7000,
            Self::DatabaseCrash => 800,
            Self::CommitAnswerLost | Self::CommitSlow => 1500,
            Self::ProviderAnswerLost | Self::ProviderSlow => 3000,
            Self::AuthorisationLapsed | Self::RelayCut | Self::ConsumerCrash => 600,
            Self::WebhookLost | Self::WebhookTwice | Self::WebhookLate => 4000,
            Self::SweeperOff => 6000,
        }
    }
}

/// The world of one seed.
#[derive(Debug, Clone)]
pub struct Profile {
    /// The chance of each kind, in 10,000 opportunities.
    pub rates: [u32; Fault::ALL.len()],
    /// Seats on sale.
    pub seats: i32,
    /// General-admission tickets on sale.
    pub standing: i64,
    /// Buyers.
    pub buyers: usize,
    /// Booking processes.
    pub shells: usize,
    /// How long a hold lasts, in seconds.
    pub hold_seconds: u32,
    /// How long a payer has, in seconds.
    pub window_seconds: u32,
    /// The most tickets one buyer may hold and own.
    pub account_max: i64,
    /// How long faults happen, in milliseconds.
    pub chaos_ms: i64,
}

impl Profile {
    /// The world of that seed's stream.
    pub fn draw(random: &mut Random) -> Self {
        let mut rates = [0; Fault::ALL.len()];
        for fault in Fault::ALL {
            // A third of the kinds is left out, so that rare combinations get room.
            if !random.chance(3300) {
                let worst = i64::from(fault.worst());
                rates[fault.index()] = u32::try_from(random.between(1, worst)).unwrap_or(0);
            }
        }
        Self {
            rates,
            seats: i32::try_from(random.between(2, 8)).unwrap_or(2),
            standing: random.between(0, 6),
            buyers: random.below(5) + 2,
            shells: random.below(3) + 1,
            hold_seconds: u32::try_from(random.between(10, 60)).unwrap_or(10),
            window_seconds: u32::try_from(random.between(15, 90)).unwrap_or(15),
            account_max: random.between(2, 8),
            chaos_ms: random.between(60_000, 240_000),
        }
    }

    /// How often it happens.
    #[must_use]
    pub fn rate(&self, fault: Fault) -> u32 {
        self.rates[fault.index()]
    }

    /// From now on nothing fails.
    pub fn calm(&mut self) {
        self.rates = [0; Fault::ALL.len()];
    }
}
