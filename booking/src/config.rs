//! booking's settings.

use onsale_platform::env::{Env, EnvError, Switch};
use std::time::Duration;

/// booking's settings.
#[derive(Debug, Clone)]
pub struct Config {
    /// `BOOKING_SWEEPER`: `on` or `off`. Off, overdue holds end on contact only; for tests of just that.
    pub sweeper: bool,
    /// `BOOKING_CONFIRM_WAIT_MS`: how long confirm waits for the outcome before it answers 202.
    pub confirm_wait: Duration,
    /// `BOOKING_PAYMENT_WINDOW_SECONDS`: how long a payer has, from the first attempt on.
    pub payment_window_seconds: u32,
    /// `BOOKING_TRANSFER_WINDOW_HOURS`: how long the money of a bank transfer is waited for, in seconds here.
    pub transfer_window_seconds: u32,
    /// `BOOKING_WITHOUT_REDIS_MAX`: how many reserves may go to PostgreSQL at once while Redis has no majority.
    pub without_redis_max: usize,
    /// `BOOKING_LIMITS_PER_ACCOUNT`: `on` or `off`. Off, events' limits per person are not kept; for load tests.
    pub limits_per_account: bool,
    /// `BOOKING_REFUNDS_PER_SECOND`: how many orders of an event that was called off are given back in a second.
    pub refunds_per_second: u16,
    /// `PUBLIC_URL`: our own origin; a `returnUrl` must be on it.
    pub public_url: String,
}

impl Config {
    /// Reads the settings.
    pub fn of(env: &Env) -> Result<Self, EnvError> {
        Ok(Self {
            sweeper: env.get_or("BOOKING_SWEEPER", Switch(true))?.0,
            confirm_wait: Duration::from_millis(env.get_or("BOOKING_CONFIRM_WAIT_MS", 8_000)?),
            payment_window_seconds: env.get_or("BOOKING_PAYMENT_WINDOW_SECONDS", 900)?,
            transfer_window_seconds: env.get_or("BOOKING_TRANSFER_WINDOW_HOURS", 72_u32)?.clamp(1, 24 * 30) * 3_600,
            without_redis_max: env.get_or("BOOKING_WITHOUT_REDIS_MAX", 128)?,
            limits_per_account: env.get_or("BOOKING_LIMITS_PER_ACCOUNT", Switch(true))?.0,
            refunds_per_second: env.get_or("BOOKING_REFUNDS_PER_SECOND", 20_u16)?.max(1),
            public_url: env.get_or("PUBLIC_URL", "http://localhost:8080".to_owned())?,
        })
    }
}
