//! The plumbing that every service shares: configuration, PostgreSQL, Redis, the bus, the event
//! store and its relay, tokens, problems, extractors, calls between services, start and stop.
//!
//! A service builds its state from a [`Platform`] and gives back a router and its background
//! workers; whether its neighbours live in the same process or elsewhere it never learns.

pub mod audit;
pub mod batch;
pub mod bus;
pub mod clock;
pub mod cursor;
pub mod env;
pub mod extract;
pub mod failpoint;
pub mod fanout;
pub mod health;
pub mod idempotency;
pub mod identity;
pub mod inbox;
pub mod outbox;
pub mod pg;
pub mod pressure;
pub mod problem;
pub mod random;
pub mod redis;
pub mod serve;
pub mod settings;
pub mod shutdown;
pub mod tokens;
pub mod upstream;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// What a process gives to each service that it runs.
#[derive(Clone)]
pub struct Platform {
    /// Settings, from the environment and files.
    pub env: env::Env,
    /// PostgreSQL's time.
    pub clock: clock::Clock,
    /// Checks tokens, with the keys and revocations that auth pushes.
    pub verifier: Arc<tokens::TokenVerifier>,
    /// Signs the tokens of calls that a service makes on its own behalf.
    pub service_tokens: tokens::ServiceTokens,
    /// Where events travel between services.
    pub bus: bus::Bus,
    /// What this process tells to many.
    pub fanout: fanout::Fanout,
    /// What changes while it runs.
    pub settings: settings::Live,
    /// The way to the other services.
    pub upstreams: upstream::Upstreams,
    /// Says when to stop, and waits for those who do.
    pub shutdown: shutdown::Shutdown,
}

/// A part of Onsale that can run as a process of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ServiceRole {
    /// The edge.
    Gateway,
    /// Accounts and tokens.
    Auth,
    /// Holds, orders, tickets.
    Booking,
    /// Money.
    Payment,
    /// Finding events.
    Search,
    /// Venues, plans, events, prices.
    Admin,
    /// Mail.
    Notification,
    /// The stand-in for the payment provider.
    Sandbox,
}

impl ServiceRole {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::Gateway,
        Self::Auth,
        Self::Booking,
        Self::Payment,
        Self::Search,
        Self::Admin,
        Self::Notification,
        Self::Sandbox,
    ];

    /// The role's name: on the command line, in settings (in capitals), as schema and database role.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Gateway => "gateway",
            Self::Auth => "auth",
            Self::Booking => "booking",
            Self::Payment => "payment",
            Self::Search => "search",
            Self::Admin => "admin",
            Self::Notification => "notification",
            Self::Sandbox => "sandbox",
        }
    }
}

impl fmt::Display for ServiceRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for ServiceRole {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.iter().copied().find(|role| role.as_str() == text).ok_or_else(|| {
            let known: Vec<_> = Self::ALL.iter().map(|role| role.as_str()).collect();
            format!("unknown role {text:?}: use one of {}", known.join(", "))
        })
    }
}
