//! Ids and moments of a simulated world: counted, never drawn from the machine.

use chrono::{DateTime, TimeDelta, Utc};
use onsale_booking::domain::life::Time;
use onsale_core::UserId;
use uuid::Uuid;

/// Virtual milliseconds since the world began.
pub type Millis = i64;

/// The event that all seats are of.
pub const EVENT: i32 = 1;
/// The stock of general-admission tickets.
pub const STANDING: i32 = 1;
/// What a ticket costs, in minor units.
pub const PRICE: i64 = 5000;

/// When the world began.
#[must_use]
pub fn epoch() -> Time {
    DateTime::<Utc>::UNIX_EPOCH + TimeDelta::days(20_000)
}

/// That many milliseconds after the beginning.
#[must_use]
pub fn moment(at: Millis) -> Time {
    epoch() + TimeDelta::milliseconds(at)
}

/// A buyer's account.
#[must_use]
pub fn account(buyer: usize) -> UserId {
    UserId(Uuid::from_u128(0xb000_0000 + u128::try_from(buyer).unwrap_or(0)))
}

/// Counts ids.
#[derive(Debug, Default)]
pub struct Ids(u128);

impl Ids {
    /// The next one.
    pub fn make<T: From<Uuid>>(&mut self) -> T {
        self.0 += 1;
        T::from(Uuid::from_u128(self.0))
    }
}
