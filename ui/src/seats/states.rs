//! The state of every seat as the API tells it, and what changed.

use super::plan::{Plan, SeatNo};
use onsale_core::api::events::{SeatDelta, SeatStates};

/// Free.
pub(crate) const FREE: u8 = 0;
/// Held by somebody.
pub(crate) const HELD: u8 = 1;
/// Somebody's for good.
pub(crate) const SOLD: u8 = 2;
/// Not for sale; to buyers it looks as if it were sold.
const BLOCKED: u8 = 3;

/// What came of something that was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Applied {
    /// These seats are not what they were.
    Changed(Vec<SeatNo>),
    /// It tells nothing new.
    Known,
    /// Something before it was missed: ask for all states.
    Gap,
    /// It tells of another plan: load the page again.
    OtherPlan,
}

/// A digit a seat, at a version.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct States {
    version: i64,
    known: bool,
    digits: Vec<u8>,
    /// How many are free, by category.
    free: Vec<u32>,
}

impl States {
    /// Nothing is known yet, so nothing is free.
    #[must_use]
    pub fn unknown(plan: &Plan) -> Self {
        let free = vec![0; plan.categories.len()];
        Self { version: 0, known: false, digits: vec![BLOCKED; plan.places().len()], free }
    }

    /// Whether the API has told the states.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.known
    }

    /// The version that the states are of.
    #[must_use]
    pub fn version(&self) -> i64 {
        self.version
    }

    /// A seat's digit.
    pub(crate) fn of(&self, seat: SeatNo) -> u8 {
        self.digits.get(seat as usize).copied().unwrap_or(BLOCKED)
    }

    /// Whether a seat can be had.
    #[must_use]
    pub fn is_free(&self, seat: SeatNo) -> bool {
        self.of(seat) == FREE
    }

    /// Whether a seat is sold.
    #[must_use]
    pub fn is_sold(&self, seat: SeatNo) -> bool {
        self.of(seat) == SOLD
    }

    /// Whether a seat is not for sale.
    #[must_use]
    pub fn is_blocked(&self, seat: SeatNo) -> bool {
        self.known && self.of(seat) == BLOCKED
    }

    /// How many are free of a category.
    #[must_use]
    pub fn free_of(&self, category: u8) -> u32 {
        self.free.get(usize::from(category)).copied().unwrap_or(0)
    }

    /// How many are free in all.
    #[must_use]
    pub fn free(&self) -> u32 {
        self.free.iter().sum()
    }

    /// Takes all states. An older version than what is known tells nothing.
    pub fn snapshot(&mut self, plan: &Plan, told: &SeatStates) -> Applied {
        if told.plan_version != plan.version || told.states.len() != self.digits.len() {
            return Applied::OtherPlan;
        }
        if self.known && told.version < self.version {
            return Applied::Known;
        }
        let mut changed = Vec::new();
        for (seat, byte) in (0..).zip(told.states.bytes()) {
            self.put(plan, seat, byte.wrapping_sub(b'0'), &mut changed);
        }
        self.version = told.version;
        self.known = true;
        if changed.is_empty() { Applied::Known } else { Applied::Changed(changed) }
    }

    /// Takes a change. It says what stands after it, so one that overlaps with what is known is no harm; one that
    /// begins later than what is known would leave a hole.
    pub fn delta(&mut self, plan: &Plan, told: &SeatDelta) -> Applied {
        if !self.known || told.from > self.version {
            return Applied::Gap;
        }
        if told.version < self.version {
            return Applied::Known;
        }
        let mut changed = Vec::new();
        for (seat, digit) in &told.changes {
            self.put(plan, *seat, *digit, &mut changed);
        }
        self.version = told.version;
        if changed.is_empty() { Applied::Known } else { Applied::Changed(changed) }
    }

    /// A seat is taken, before the stream says so. What it says next counts.
    pub(crate) fn take(&mut self, plan: &Plan, seat: SeatNo) {
        self.put(plan, seat, HELD, &mut Vec::new());
    }

    fn put(&mut self, plan: &Plan, seat: SeatNo, digit: u8, changed: &mut Vec<SeatNo>) {
        let digit = if digit > BLOCKED { BLOCKED } else { digit };
        let Some(slot) = self.digits.get_mut(seat as usize) else { return };
        if *slot == digit {
            return;
        }
        let free = self.free.get_mut(usize::from(plan.category_no(seat)));
        if let Some(free) = free {
            *free = free.saturating_add(u32::from(digit == FREE)).saturating_sub(u32::from(*slot == FREE));
        }
        *slot = digit;
        changed.push(seat);
    }
}
