//! What the reader chose and what is held for them.

use super::plan::{Plan, SeatNo};
use onsale_core::Money;

/// An order never has more seats than this, whatever the organiser allows.
const SEATS_MAX: u32 = 20;

/// Why a seat was not chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// There are as many as one may have; this many.
    Full(u32),
    /// Somebody else is deciding about it.
    Held,
    /// It is not for sale any more.
    Gone,
}

/// Seats that are chosen, and seats that are held, each in the order in which they came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    max: u32,
    chosen: Vec<SeatNo>,
    held: Vec<SeatNo>,
}

impl Choice {
    /// Nothing yet; `max` seats at most.
    #[must_use]
    pub fn new(max: Option<u32>) -> Self {
        Self { max: max.unwrap_or(SEATS_MAX).clamp(1, SEATS_MAX), chosen: Vec::new(), held: Vec::new() }
    }

    /// How many one may have.
    #[must_use]
    pub fn max(&self) -> u32 {
        self.max
    }

    /// Chosen, not held yet.
    #[must_use]
    pub fn chosen(&self) -> &[SeatNo] {
        &self.chosen
    }

    /// Held by the server's word.
    #[must_use]
    pub fn held(&self) -> &[SeatNo] {
        &self.held
    }

    /// Both, the held ones first.
    pub fn all(&self) -> impl Iterator<Item = SeatNo> + '_ {
        self.held.iter().chain(&self.chosen).copied()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> u32 {
        u32::try_from(self.chosen.len() + self.held.len()).unwrap_or(u32::MAX)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.chosen.is_empty() && self.held.is_empty()
    }

    /// How many more may be chosen.
    #[must_use]
    pub fn room(&self) -> u32 {
        self.max.saturating_sub(self.len())
    }

    /// Chooses a seat.
    pub fn choose(&mut self, seat: SeatNo) -> Result<(), Refused> {
        if self.chosen.contains(&seat) || self.held.contains(&seat) {
            return Ok(());
        }
        if self.room() == 0 {
            return Err(Refused::Full(self.max));
        }
        self.chosen.push(seat);
        Ok(())
    }

    /// No longer wants a seat that is not held; whether it was chosen.
    pub fn drop(&mut self, seat: SeatNo) -> bool {
        let before = self.chosen.len();
        self.chosen.retain(|known| *known != seat);
        self.chosen.len() < before
    }

    /// Chooses these instead of what was chosen, as far as there is room.
    pub fn choose_instead(&mut self, seats: &[SeatNo]) {
        self.chosen.clear();
        for seat in seats {
            let _beyond_the_most = self.choose(*seat);
        }
    }

    /// The server says what is held; what is held is not merely chosen.
    pub fn hold(&mut self, held: Vec<SeatNo>) {
        self.chosen.retain(|seat| !held.contains(seat));
        self.held = held;
    }

    /// The hold ended; gives what was held.
    pub fn release(&mut self) -> Vec<SeatNo> {
        std::mem::take(&mut self.held)
    }

    /// What all of it costs.
    #[must_use]
    pub fn total(&self, plan: &Plan) -> Money {
        let minor = self.all().map(|seat| plan.price(seat).minor).sum();
        Money::new(minor, plan.currency)
    }
}
