//! Who wanted and who had which seat when, as its clients saw it; and whether each refusal was true.
//!
//! A refusal (409) that names a seat is true when, at some moment between sending and answer, somebody had the
//! seat, or another request for it was in flight.

use std::collections::BTreeMap;
use std::time::Instant;

/// Micros since the history began.
type Moment = u128;

/// A request for seats that was sent.
#[derive(Debug)]
pub struct Sent {
    number: usize,
    at: Moment,
}

/// A time in which a seat was not free for others, or may not have been.
#[derive(Debug)]
struct Busy {
    /// By which request.
    request: usize,
    from: Moment,
    until: Moment,
    /// Held, rather than only asked for.
    held: bool,
}

#[derive(Debug)]
struct Refusal {
    request: usize,
    seat: usize,
    from: Moment,
    until: Moment,
}

/// What happened to the seats.
#[derive(Debug)]
pub struct History {
    began: Instant,
    requests: usize,
    busy: BTreeMap<usize, Vec<Busy>>,
    refusals: Vec<Refusal>,
}

/// A hold as it was acknowledged.
#[derive(Debug)]
pub struct Held {
    request: usize,
    seats: Vec<usize>,
}

/// How the refusals were true.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Truth {
    /// The seat was held or sold.
    pub by_hold: usize,
    /// Another request for it was in flight.
    pub by_request: usize,
    /// Neither.
    pub untrue: usize,
}

impl Default for History {
    fn default() -> Self {
        Self { began: Instant::now(), requests: 0, busy: BTreeMap::new(), refusals: Vec::new() }
    }
}

impl History {
    /// A request is about to be sent.
    pub fn send(&mut self) -> Sent {
        self.requests += 1;
        Sent { number: self.requests, at: self.now() }
    }

    /// It was answered with a hold, which lasts until [`History::released`].
    pub fn granted(&mut self, sent: &Sent, seats: &[usize]) -> Held {
        let now = self.now();
        for seat in seats {
            self.add(*seat, Busy { request: sent.number, from: sent.at, until: now, held: false });
            self.add(*seat, Busy { request: sent.number, from: now, until: Moment::MAX, held: true });
        }
        Held { request: sent.number, seats: seats.to_vec() }
    }

    /// It was refused, naming `named` of the seats.
    pub fn refused(&mut self, sent: &Sent, seats: &[usize], named: &[usize]) {
        let now = self.now();
        for seat in seats {
            self.add(*seat, Busy { request: sent.number, from: sent.at, until: now, held: false });
        }
        let refusal = |seat: &usize| Refusal { request: sent.number, seat: *seat, from: sent.at, until: now };
        self.refusals.extend(named.iter().map(refusal));
    }

    /// Its outcome is not known: it may hold the seats from now on.
    pub fn lost(&mut self, sent: &Sent, seats: &[usize]) {
        for seat in seats {
            self.add(*seat, Busy { request: sent.number, from: sent.at, until: Moment::MAX, held: true });
        }
    }

    /// It came to nothing, for a reason that is not the seats'.
    pub fn turned_away(&mut self, sent: &Sent, seats: &[usize]) {
        self.refused(sent, seats, &[]);
    }

    /// The hold was given back, and that was answered just now.
    pub fn released(&mut self, hold: &Held) {
        let now = self.now();
        for seat in &hold.seats {
            let times = self.busy.entry(*seat).or_default().iter_mut();
            for busy in times.filter(|busy| busy.held && busy.request == hold.request) {
                busy.until = now;
            }
        }
    }

    /// Looks at every refusal; tells of those that were not true, by seat and seconds since the beginning.
    pub fn judge(&self, mut untrue: impl FnMut(usize, f64)) -> Truth {
        let mut truth = Truth::default();
        for refusal in &self.refusals {
            let others = self.busy.get(&refusal.seat).into_iter().flatten().filter(|busy| {
                busy.request != refusal.request && busy.from <= refusal.until && busy.until >= refusal.from
            });
            let (mut held, mut asked) = (false, false);
            for other in others {
                held |= other.held;
                asked |= !other.held;
            }
            match (held, asked) {
                (true, _) => truth.by_hold += 1,
                (false, true) => truth.by_request += 1,
                (false, false) => {
                    truth.untrue += 1;
                    let ms = u32::try_from(refusal.from / 1000).unwrap_or(u32::MAX);
                    untrue(refusal.seat, f64::from(ms) / 1000.0);
                }
            }
        }
        truth
    }

    fn add(&mut self, seat: usize, busy: Busy) {
        self.busy.entry(seat).or_default().push(busy);
    }

    fn now(&self) -> Moment {
        self.began.elapsed().as_micros()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread::sleep;
    use std::time::Duration;

    fn judged(history: &History) -> (usize, usize, usize) {
        let truth = history.judge(|_, _| {});
        (truth.by_hold, truth.by_request, truth.untrue)
    }

    #[test]
    fn a_refusal_is_true_while_somebody_has_the_seat_and_not_afterwards() {
        let mut history = History::default();
        let first = history.send();
        let hold = history.granted(&first, &[1, 2]);
        let second = history.send();
        history.refused(&second, &[2, 3], &[2]);
        assert_eq!(judged(&history), (1, 0, 0));
        history.released(&hold);
        sleep(Duration::from_millis(1));
        let third = history.send();
        history.refused(&third, &[2], &[2]);
        assert_eq!(judged(&history), (1, 0, 1));
    }

    #[test]
    fn a_request_in_flight_makes_a_refusal_true_but_not_its_own() {
        let mut history = History::default();
        let (one, other) = (history.send(), history.send());
        history.refused(&one, &[5], &[5]);
        assert_eq!(judged(&history), (0, 0, 1));
        history.refused(&other, &[5], &[5]);
        assert_eq!(judged(&history), (0, 2, 0));
    }

    #[test]
    fn an_answer_that_never_came_may_have_been_a_hold() {
        let mut history = History::default();
        let lost = history.send();
        history.lost(&lost, &[9]);
        sleep(Duration::from_millis(1));
        let later = history.send();
        history.refused(&later, &[9], &[9]);
        assert_eq!(judged(&history), (1, 0, 0));
    }
}
