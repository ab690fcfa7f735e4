//! When the line moved and how far, and who is in it no more.

use chrono::{DateTime, TimeDelta, Utc};

/// Whoever has not come so long after being called has lapsed; who left may come back for as long.
pub(crate) const GRACE: TimeDelta = TimeDelta::minutes(5);

/// How far the line had moved at some moments, oldest first.
#[derive(Debug, Clone, Default)]
pub(crate) struct Moves(Vec<(u32, DateTime<Utc>)>);

impl Moves {
    /// Notes that the line moved up to there.
    pub(crate) fn note(&mut self, served: u32, at: DateTime<Utc>) {
        if self.0.last().is_none_or(|last| last.0 < served) {
            self.0.push((served, at));
        }
    }

    /// How far the line has moved, as far as is known here.
    pub(crate) fn served(&self) -> u32 {
        self.0.last().map_or(0, |last| last.0)
    }

    /// When a place was called.
    pub(crate) fn called_at(&self, place: u32) -> Option<DateTime<Utc>> {
        let index = self.0.partition_point(|(served, _)| *served < place);
        self.0.get(index).map(|(_, at)| *at)
    }

    /// How far the line had moved at a moment.
    pub(crate) fn served_at(&self, at: DateTime<Utc>) -> u32 {
        let index = self.0.partition_point(|(_, moved)| *moved <= at);
        index.checked_sub(1).map_or(0, |index| self.0[index].0)
    }

    /// Whether a place was called and its time to come is over.
    pub(crate) fn is_over(&self, place: u32, now: DateTime<Utc>) -> bool {
        self.called_at(place).is_some_and(|at| now - at > GRACE)
    }
}

/// The places of those who left, in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Gone(Vec<u32>);

impl Gone {
    pub(crate) fn new(mut places: Vec<u32>) -> Self {
        places.sort_unstable();
        places.dedup();
        Self(places)
    }

    pub(crate) fn contains(&self, place: u32) -> bool {
        self.0.binary_search(&place).is_ok()
    }

    /// How many are gone of the places after `from` up to `to`.
    pub(crate) fn between(&self, from: u32, to: u32) -> u32 {
        let upto = |place: u32| self.0.partition_point(|gone| *gone <= place);
        u32::try_from(upto(to).saturating_sub(upto(from))).unwrap_or(u32::MAX)
    }

    /// The place up to which so many people follow `from` who are not gone; `last` is the last place there is.
    pub(crate) fn past(&self, from: u32, people: u32, last: u32) -> u32 {
        let mut place = from;
        let mut left = people;
        let mut next_gone = self.0.partition_point(|gone| *gone <= from);
        while left > 0 && place < last {
            let until = self.0.get(next_gone).map_or(last, |gone| last.min(gone - 1));
            let step = left.min(until - place);
            place += step;
            left -= step;
            if left > 0 && place < last {
                // The one who is gone is passed for nothing.
                place += 1;
                next_gone += 1;
            }
        }
        place
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).expect("a time")
    }

    #[test]
    fn a_place_is_called_once_the_line_has_moved_up_to_it() {
        let mut moves = Moves::default();
        for (served, seconds) in [(10, 100), (10, 101), (30, 200)] {
            moves.note(served, at(seconds));
        }
        assert_eq!(
            (moves.called_at(10), moves.called_at(11), moves.called_at(31)),
            (Some(at(100)), Some(at(200)), None)
        );
        assert_eq!([50, 100, 199, 200].map(|seconds| moves.served_at(at(seconds))), [0, 10, 10, 30]);
        assert!(moves.is_over(10, at(401)) && !moves.is_over(10, at(400)) && !moves.is_over(31, at(9_999)));
    }

    #[test]
    fn who_is_gone_is_passed_and_not_counted() {
        let gone = Gone::new(vec![7, 3, 4, 3]);
        assert!(gone.contains(4) && !gone.contains(5));
        assert_eq!((gone.between(2, 7), gone.between(3, 7), gone.between(7, 9)), (3, 2, 0));
        // 1 2 5 6 8 9 10 are there.
        let past = [(0, 2), (0, 3), (2, 1), (4, 2), (4, 3), (0, 7), (0, 99)].map(|(from, n)| gone.past(from, n, 10));
        assert_eq!(past, [2, 5, 5, 6, 8, 10, 10]);
        assert_eq!(Gone::default().past(5, 3, 100), 8);
        assert_eq!(Gone::new(vec![6, 7]).past(5, 1, 7), 7, "only who is gone is left");
    }
}
