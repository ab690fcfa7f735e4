//! The map as people see it, and which seats they have: one for all of a process, as new as anybody here was told.

use super::person::Person;
use onsale_core::api::events::{PlanView, SeatDelta, SeatStates};
use std::collections::HashMap;
use std::ops::Range;

const FREE: u8 = 0;
const HELD: u8 = 1;
const SOLD: u8 = 2;

/// A seat's place in the plan's order.
pub type SeatNo = usize;

/// The seats of the plan.
#[derive(Debug)]
pub struct Hall {
    ids: Vec<Box<str>>,
    rows: Vec<Range<SeatNo>>,
    row_of: Vec<u32>,
    by_id: HashMap<Box<str>, SeatNo>,
}

impl Hall {
    /// The seats in the plan's order.
    #[must_use]
    pub fn of(plan: &PlanView) -> Self {
        let mut hall = Self { ids: Vec::new(), rows: Vec::new(), row_of: Vec::new(), by_id: HashMap::new() };
        for row in plan.zones.iter().flat_map(|zone| &zone.rows) {
            let from = hall.ids.len();
            for seat in &row.seats {
                let id: Box<str> = seat.seat_id.as_str().into();
                hall.by_id.insert(id.clone(), hall.ids.len());
                hall.row_of.push(u32::try_from(hall.rows.len()).unwrap_or(u32::MAX));
                hall.ids.push(id);
            }
            hall.rows.push(from..hall.ids.len());
        }
        hall
    }

    /// How many seats there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether nobody sits here.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// A seat's id.
    #[must_use]
    pub fn id(&self, seat: SeatNo) -> &str {
        &self.ids[seat]
    }

    /// The seat of an id.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<SeatNo> {
        self.by_id.get(id).copied()
    }
}

/// Who has a seat, as its owner was told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Claim {
    user: u32,
    /// Until then, in milliseconds since 1970; for ever once it is sold.
    until_ms: i64,
}

/// The states of the seats.
#[derive(Debug)]
pub struct Board {
    version: i64,
    states: Vec<u8>,
    /// A change was missed: all states have to be asked for.
    pub is_stale: bool,
    claims: Vec<Claim>,
}

impl Board {
    /// Nothing is known yet.
    #[must_use]
    pub fn new(seats: usize) -> Self {
        Self { version: -1, states: vec![FREE; seats], is_stale: true, claims: vec![Claim::default(); seats] }
    }

    /// All states, as told; whether they fit the plan.
    pub fn snapshot(&mut self, told: &SeatStates) -> bool {
        if told.states.len() != self.states.len() {
            return false;
        }
        if told.version >= self.version {
            self.version = told.version;
            self.is_stale = false;
            self.states.clear();
            self.states.extend(told.states.bytes().map(|digit| digit.wrapping_sub(b'0')));
        }
        true
    }

    /// A change, as told; whether it fits the plan.
    pub fn delta(&mut self, told: &SeatDelta) -> bool {
        if told.version <= self.version {
            return true;
        }
        if told.from > self.version {
            self.is_stale = true;
            return true;
        }
        self.version = told.version;
        told.changes.iter().all(|(seat, state)| {
            let seat = usize::try_from(*seat).ok().and_then(|seat| self.states.get_mut(seat));
            seat.map(|seat| *seat = *state).is_some()
        })
    }

    /// The version that is shown.
    #[must_use]
    pub fn version(&self) -> i64 {
        self.version
    }

    fn count(&self, state: u8) -> usize {
        self.states.iter().filter(|other| **other == state).count()
    }

    /// Whether no seat is free.
    #[must_use]
    pub fn is_full(&self) -> bool {
        !self.is_stale && self.count(FREE) == 0
    }

    /// Whether no seat is free and none is held.
    #[must_use]
    pub fn is_sold_out(&self) -> bool {
        self.is_full() && self.count(HELD) == 0
    }

    /// Free seats side by side, of as many as there are up to so many; nothing where none is free.
    #[must_use]
    pub fn pick(&self, hall: &Hall, person: &Person, party: usize) -> Vec<SeatNo> {
        let free = self.count(FREE);
        if free == 0 {
            return Vec::new();
        }
        // Eyes go to a seat that is free, not to the first one behind a full block, where all would meet.
        let from = self.nth_free(person.taste(free));
        (1..=party)
            .rev()
            .map(|size| self.side_by_side(hall, from, size))
            .find(|seats| !seats.is_empty())
            .unwrap_or_default()
    }

    /// The free seat of this number, from 0, in the hall's order.
    fn nth_free(&self, nth: usize) -> SeatNo {
        let free = self.states.iter().enumerate().filter(|(_, state)| **state == FREE);
        free.map(|(seat, _)| seat).nth(nth).unwrap_or_default()
    }

    /// The first so many free seats side by side from a seat on, round the hall.
    fn side_by_side(&self, hall: &Hall, from: SeatNo, size: usize) -> Vec<SeatNo> {
        let mut run = 0;
        for step in 0..hall.len() + size {
            let seat = (from + step) % hall.len();
            let begins = hall.rows.get(usize::try_from(hall.row_of[seat]).unwrap_or(0)).map(|row| row.start);
            if begins == Some(seat) {
                run = 0;
            }
            run = if self.states[seat] == FREE { run + 1 } else { 0 };
            if run == size {
                return (seat + 1 - size..=seat).collect();
            }
        }
        Vec::new()
    }

    /// These seats went to somebody.
    pub fn taken(&mut self, seats: &[SeatNo]) {
        for seat in seats {
            if self.states[*seat] == FREE {
                self.states[*seat] = HELD;
            }
        }
    }

    /// Notes whose seats these are until then; somebody else to whom one of them still belongs, and the seat.
    pub fn claim(&mut self, seats: &[SeatNo], user: u32, now_ms: i64, until_ms: i64) -> Option<(SeatNo, u32)> {
        let other = |seat: &&SeatNo| {
            let claim = self.claims[**seat];
            claim.until_ms > now_ms && claim.user != user
        };
        let rival = seats.iter().find(other).map(|seat| (*seat, self.claims[*seat].user));
        for seat in seats {
            self.claims[*seat] = Claim { user, until_ms };
            self.states[*seat] = if until_ms == i64::MAX { SOLD } else { HELD };
        }
        rival
    }

    /// These seats are given back.
    pub fn unclaim(&mut self, seats: &[SeatNo]) {
        for seat in seats {
            self.claims[*seat] = Claim::default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two rows of four.
    fn hall() -> Hall {
        let ids: Vec<Box<str>> = (0..8).map(|n| format!("S{n}").into()).collect();
        let by_id = ids.iter().cloned().enumerate().map(|(n, id)| (id, n)).collect();
        Hall { ids, rows: vec![0..4, 4..8], row_of: vec![0, 0, 0, 0, 1, 1, 1, 1], by_id }
    }

    fn states(version: i64, states: &str) -> SeatStates {
        SeatStates { version, plan_version: 1, states: states.to_owned(), free: 0, held: 0, sold: 0 }
    }

    #[test]
    fn everybody_looks_at_free_seats_and_not_all_at_the_same() {
        let (hall, mut board) = (hall(), Board::new(8));
        assert!(board.snapshot(&states(3, "11110000")));
        let picked: std::collections::HashSet<_> =
            (0..50).flat_map(|number| board.pick(&hall, &Person::new(1, number), 1)).collect();
        assert_eq!(picked, [4, 5, 6, 7].into());
    }

    #[test]
    fn only_free_seats_of_one_row_are_picked_and_fewer_where_there_are_no_more() {
        let (hall, mut board) = (hall(), Board::new(8));
        assert!(board.snapshot(&states(3, "11100111")));
        for number in 0..50 {
            let person = Person::new(1, number);
            // Seats 3 and 4 are neighbours in the order, but of two rows.
            let picked = board.pick(&hall, &person, 2);
            assert!(picked == [3] || picked == [4], "{picked:?}");
        }
        assert!(board.snapshot(&states(4, "22222122")));
        assert!(board.pick(&hall, &Person::new(1, 1), 4).is_empty());
        assert!(board.is_full() && !board.is_sold_out());
    }

    #[test]
    fn news_that_came_late_change_nothing_and_missed_ones_are_noticed() {
        let mut board = Board::new(8);
        assert!(board.snapshot(&states(10, "00000000")));
        assert!(board.delta(&SeatDelta { from: 9, version: 10, changes: vec![(0, 2)] }));
        assert_eq!(board.count(SOLD), 0);
        assert!(board.delta(&SeatDelta { from: 10, version: 12, changes: vec![(0, 2), (1, 1)] }));
        assert_eq!((board.count(SOLD), board.count(HELD), board.is_stale), (1, 1, false));
        assert!(board.delta(&SeatDelta { from: 13, version: 14, changes: vec![] }));
        assert!(board.is_stale);
        assert!(!board.delta(&SeatDelta { from: 12, version: 15, changes: vec![(99, 1)] }));
        assert!(!board.snapshot(&states(20, "0")));
    }

    #[test]
    fn a_seat_that_somebody_has_is_nobody_elses() {
        let mut board = Board::new(8);
        assert_eq!(board.claim(&[1, 2], 7, 0, 1_000), None);
        assert_eq!(board.claim(&[2], 8, 500, 1_500), Some((2, 7)));
        assert_eq!(board.claim(&[1], 9, 1_500, 3_000), None, "its time was over");
        board.unclaim(&[1]);
        assert_eq!(board.claim(&[1], 7, 1_600, i64::MAX), None);
        assert_eq!(board.claim(&[1], 9, 9_000_000, 9_100_000), Some((1, 7)), "a sold seat is sold");
    }
}
