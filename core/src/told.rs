//! An event's seats as they are told to whoever watches: all of them, and what changed since it was told last.
//!
//! Several changes that are told at once become one: a seat's last state wins, and a seat that is what it was before is
//! still named, because somebody may have seen it in between.

use crate::api::events::{SeatDelta, SeatStates};
use crate::api::internal::SeatCounts;
use std::collections::BTreeMap;

/// How many versions between two tellings are remembered; whoever has one that is not is given all seats.
const STEPS_MAX: usize = 64;

/// An event's seats and what nobody was told of them yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldSeats {
    version: i64,
    plan_version: i32,
    /// A digit a seat, in ASCII.
    digits: Vec<u8>,
    counts: SeatCounts,
    untold: Untold,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Untold {
    /// The versions from what was told last on, without the newest.
    steps: Vec<i64>,
    changes: BTreeMap<u32, u8>,
    /// It cannot be told as changes.
    is_whole: bool,
}

/// What is to be told now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// All seats.
    Whole,
    /// What changed, for whoever has one of the versions in `known` or the one before.
    Delta {
        /// The change.
        delta: SeatDelta,
        /// `delta.from`, and the versions between it and `delta.version`.
        known: Vec<i64>,
    },
}

/// Where somebody stands who has a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is newer than ours.
    Ahead,
    /// What is told next follows it.
    Following,
    /// Something before what is told next is missing, as far as is known here.
    Behind,
}

impl ToldSeats {
    /// Seats that whoever comes is told as a whole.
    #[must_use]
    pub fn new(states: SeatStates) -> Self {
        Self {
            version: states.version,
            plan_version: states.plan_version,
            counts: counts(&states),
            digits: states.states.into_bytes(),
            untold: Untold::default(),
        }
    }

    /// The version that the seats are of.
    #[must_use]
    pub fn version(&self) -> i64 {
        self.version
    }

    /// The version of the plan in whose order the seats are.
    #[must_use]
    pub fn plan_version(&self) -> i32 {
        self.plan_version
    }

    /// How many seats there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.digits.len()
    }

    /// Whether there is no seat, as where all places are to stand.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.digits.is_empty()
    }

    /// How many places are what.
    #[must_use]
    pub fn counts(&self) -> SeatCounts {
        self.counts
    }

    /// All seats as they are now, told or not.
    #[must_use]
    pub fn states(&self) -> SeatStates {
        SeatStates {
            version: self.version,
            plan_version: self.plan_version,
            states: self.digits.iter().copied().map(char::from).collect(),
            free: self.counts.free,
            held: self.counts.held,
            sold: self.counts.sold,
        }
    }

    /// Takes all seats as they are now. Those of another plan, and older ones, are told as a whole.
    pub fn hear_all(&mut self, states: SeatStates) {
        let counts = counts(&states);
        let digits = states.states.into_bytes();
        let is_other = states.plan_version != self.plan_version || digits.len() != self.digits.len();
        if is_other || states.version < self.version {
            let untold = Untold { is_whole: true, ..Untold::default() };
            *self = Self { version: states.version, plan_version: states.plan_version, digits, counts, untold };
            return;
        }
        for (seat, (slot, digit)) in (0_u32..).zip(self.digits.iter_mut().zip(digits)) {
            if *slot != digit {
                *slot = digit;
                self.untold.changes.insert(seat, digit.wrapping_sub(b'0'));
            }
        }
        self.step_to(states.version);
        self.counts = counts;
    }

    /// Takes a change; `false` when something before it is missing, and all seats are to be asked for.
    pub fn hear(&mut self, delta: &SeatDelta, counts: Option<SeatCounts>) -> bool {
        if delta.from > self.version {
            return false;
        }
        if delta.version < self.version {
            return true;
        }
        for (seat, digit) in &delta.changes {
            if let Some(slot) = self.digits.get_mut(*seat as usize) {
                *slot = digit.wrapping_add(b'0');
                self.untold.changes.insert(*seat, *digit);
            }
        }
        self.step_to(delta.version);
        self.counts = counts.unwrap_or(self.counts);
        true
    }

    fn step_to(&mut self, version: i64) {
        if version != self.version {
            if self.untold.steps.len() < STEPS_MAX {
                self.untold.steps.push(self.version);
            }
            self.version = version;
        }
    }

    /// Whether there is something to tell.
    #[must_use]
    pub fn has_news(&self) -> bool {
        let untold = &self.untold;
        untold.is_whole || !untold.changes.is_empty() || !untold.steps.is_empty()
    }

    /// What is to be told; it counts as told from now on.
    pub fn take_news(&mut self) -> Option<News> {
        if !self.has_news() {
            return None;
        }
        let Untold { mut steps, changes, is_whole } = std::mem::take(&mut self.untold);
        if is_whole {
            return Some(News::Whole);
        }
        let from = *steps.first().unwrap_or(&self.version);
        if steps.is_empty() {
            // Only time has passed: a hold's end changes seats without a version.
            steps.push(from);
        }
        let changes = changes.into_iter().collect();
        Some(News::Delta { delta: SeatDelta { from, version: self.version, changes }, known: steps })
    }

    /// Where somebody stands who has this version, for what is not told yet.
    #[must_use]
    pub fn standing(&self, version: i64) -> Standing {
        if version > self.version {
            Standing::Ahead
        } else if version == self.version || self.untold.steps.contains(&version) {
            Standing::Following
        } else {
            Standing::Behind
        }
    }
}

fn counts(states: &SeatStates) -> SeatCounts {
    SeatCounts { free: states.free, held: states.held, sold: states.sold }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn states(version: i64, digits: &str) -> SeatStates {
        SeatStates { version, plan_version: 1, states: digits.to_owned(), free: 0, held: 0, sold: 0 }
    }

    fn delta(from: i64, version: i64, changes: &[(u32, u8)]) -> SeatDelta {
        SeatDelta { from, version, changes: changes.to_vec() }
    }

    #[test]
    fn what_is_told_at_once_is_one_change_in_which_the_last_state_wins() {
        let mut seats = ToldSeats::new(states(5, "0000"));
        assert!(seats.hear(&delta(5, 6, &[(0, 1), (2, 1)]), None));
        assert!(seats.hear(&delta(6, 9, &[(2, 0), (3, 2)]), Some(SeatCounts { free: 2, held: 1, sold: 1 })));
        let Some(News::Delta { delta: told, known }) = seats.take_news() else { panic!("a change") };
        assert_eq!((told.from, told.version), (5, 9));
        // Seat 2 is free as before, but whoever has version 6 saw it held.
        assert_eq!(told.changes, [(0, 1), (2, 0), (3, 2)]);
        assert_eq!(known, [5, 6]);
        assert_eq!(seats.take_news(), None);
        let now = seats.states();
        assert_eq!((now.states.as_str(), now.version, now.sold), ("1002", 9, 1));
    }

    #[test]
    fn all_seats_become_what_differs_unless_they_are_of_another_plan_or_older() {
        let mut seats = ToldSeats::new(states(5, "0100"));
        seats.hear_all(states(7, "0001"));
        let told = seats.take_news();
        assert_eq!(told, Some(News::Delta { delta: delta(5, 7, &[(1, 0), (3, 1)]), known: vec![5] }));
        seats.hear_all(states(7, "0001"));
        assert!(!seats.has_news());
        seats.hear_all(states(7, "0000"));
        assert_eq!(seats.take_news(), Some(News::Delta { delta: delta(7, 7, &[(3, 0)]), known: vec![7] }));
        seats.hear_all(states(8, "00000"));
        assert_eq!(seats.take_news(), Some(News::Whole));
        seats.hear_all(states(3, "00000"));
        assert_eq!((seats.take_news(), seats.version()), (Some(News::Whole), 3));
    }

    #[test]
    fn a_change_that_leaves_a_hole_is_refused_and_one_that_is_known_is_nothing() {
        let mut seats = ToldSeats::new(states(5, "00"));
        assert!(!seats.hear(&delta(6, 7, &[(0, 1)]), None));
        assert!(seats.hear(&delta(3, 4, &[(0, 1)]), None));
        assert!(!seats.has_news());
        assert_eq!(seats.states().states, "00");
    }

    #[test]
    fn who_has_a_version_of_what_is_not_told_yet_can_follow() {
        let mut seats = ToldSeats::new(states(5, "00"));
        assert!(seats.hear(&delta(5, 7, &[(0, 1)]), None) && seats.hear(&delta(7, 9, &[(1, 1)]), None));
        let standing = [4, 5, 6, 7, 9, 10].map(|version| seats.standing(version));
        use Standing::{Ahead, Behind, Following};
        assert_eq!(standing, [Behind, Following, Behind, Following, Following, Ahead]);
    }
}
