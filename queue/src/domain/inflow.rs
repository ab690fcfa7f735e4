//! How many people are let in now: as many as the free seats feed and the back end bears.
//!
//! What it bears nobody knows before the sale. So the rate doubles each second while reserve is much faster than it need
//! be, but never far beyond the calls that reserve was seen to answer fast: who is let in now asks for seats seconds
//! later, and without that bound the rate would be far too high before anything could show it. Where reserve is slow, the
//! rate is halved until that shows; from about where it was slow before, the rate goes up slowly.

use serde::{Deserialize, Serialize};

/// People a second at the start of the sale, before anything is measured.
const RATE_AT_START: f64 = 50.0;
/// The rate up to which nothing need be shown.
const RATE_UNSHOWN: f64 = 200.0;
/// However slow the back end is, somebody is let in now and then; nobody is faster than this.
const RATE_MIN: f64 = 0.5;
const RATE_MAX: f64 = 2_000.0;
/// Each second that reserve is very fast; and each second that it is fast, near where it was slow before.
const GROWTH: f64 = 2.0;
const CAREFUL_GROWTH: f64 = 1.05;
/// What reserve bore while it was slow is borne again to this share.
const BORNE: f64 = 0.8;
/// The rate is at most so many times the calls of reserve that were seen to be fast; each second they count for less.
const BEYOND_SHOWN: f64 = 1.7;
const SHOWN_FADES: f64 = 0.98;
/// Reserve is very fast and fast below, and slow above, by what 95 of 100 calls take.
const VERY_FAST_MS: u32 = 150;
const FAST_MS: u32 = 300;
const SLOW_MS: u32 = 600;
/// The share of calls that fail above which it counts as slow.
const FAILED_MAX: f64 = 0.02;
/// The rate falls once in so much time: what was let in before it still shows meanwhile.
const FALL_EVERY_S: f64 = 3.0;
/// What one who comes in takes is believed to be this, as if so many people had shown it: two seats, and one of five leaves
/// without any.
const SEATS_EACH_AT_START: f64 = 1.6;
const BELIEF: f64 = 20.0;

/// Where nobody has taken a free seat for so long, in seconds, those who are choosing may not want what is free: single
/// seats, say, where they want two. From then on they count for less and less, to this share of them.
const CHOSEN_WITHIN_S: f64 = 20.0;
const COUNTED_MIN: f64 = 0.125;

/// Who was called is expected for so long, in seconds: seats do not wait for people who left.
pub const EXPECTED_S: u32 = 5;

/// What the controller remembers from step to step.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Inflow {
    /// The most people a second that the back end seems to bear.
    pub rate: f64,
    /// Whom the rate owes a call: fractions of people.
    pub owed: f64,
    /// Seconds since the rate fell.
    pub since_fall_s: f64,
    /// Calls of reserve a second that were answered fast, the most of the last while.
    pub shown: f64,
    /// From about where reserve was slow the last time: from there on the rate goes up slowly.
    pub careful_from: f64,
    /// Whether reserve was slow at the last step.
    pub was_slow: bool,
    /// Seconds in which seats were free and none was taken.
    pub untaken_s: f64,
    /// Seats held or sold at the last step.
    pub taken: i64,
    /// The people whom the free seats feed, by the last step; nothing while that is not known.
    pub fed: Option<f64>,
}

impl Default for Inflow {
    fn default() -> Self {
        Self {
            rate: RATE_AT_START,
            owed: 0.0,
            since_fall_s: FALL_EVERY_S,
            shown: 0.0,
            careful_from: RATE_MAX,
            was_slow: false,
            untaken_s: 0.0,
            taken: 0,
            fed: None,
        }
    }
}

/// What is measured before a step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measured {
    /// Seconds since the step before.
    pub elapsed_s: f64,
    /// People in line who were not called and did not leave.
    pub waiting: u32,
    /// Seats neither held nor sold; nothing where booking does not answer.
    pub free: Option<i64>,
    /// Seats held or sold.
    pub taken: i64,
    /// People who came in since the start.
    pub came: u32,
    /// Of them those who are choosing: seen in the last 7 s, without a hold.
    pub shoppers: u32,
    /// People called in the last [`EXPECTED_S`] who have not come yet. Who was called before is not waited for.
    pub expected: u32,
    /// Of those called a little earlier, how many there were and how many came.
    pub called_before: u32,
    /// See `called_before`.
    pub came_of_them: u32,
    /// 95 of 100 calls of reserve were answered within it; nothing where there were none.
    pub latency_ms: Option<u32>,
    /// Calls of reserve in a second, of all lines.
    pub reserves: u32,
    /// The share of calls of reserve that failed.
    pub failed: f64,
    /// The organiser stopped the line.
    pub paused: bool,
    /// The organiser wants this many people a second.
    pub fixed_rate: Option<f64>,
    /// The installation lets no more people in than this a second, those by hand apart.
    pub rate_max: Option<f64>,
    /// The organiser lets in so many, whatever is measured.
    pub by_hand: u32,
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call {
    /// So many people are called now, those by hand among them.
    pub people: u32,
    /// Of them by hand.
    pub by_hand: u32,
}

impl Inflow {
    /// One step: what is remembered from now on, and whom to call.
    #[must_use]
    pub fn step(mut self, now: &Measured) -> (Self, Call) {
        self.follow(now);
        let is_taken = now.taken > self.taken || now.free.is_none_or(|free| free <= 0);
        self.untaken_s = if is_taken { 0.0 } else { self.untaken_s + now.elapsed_s };
        self.taken = now.taken;
        self.fed = now.free.map(|free| count(free.max(0)) / seats_each(now));
        let by_hand = now.by_hand.min(now.waiting);
        let wanted = if now.paused { 0.0 } else { self.wanted(now) };
        let rate = now.fixed_rate.unwrap_or(self.rate).min(now.rate_max.unwrap_or(RATE_MAX));
        // A second's worth may gather, no more: what was not needed then is not made up for later.
        self.owed = (self.owed + rate * now.elapsed_s).min((rate * now.elapsed_s).max(rate).max(1.0));
        let left = f64::from(now.waiting - by_hand);
        let people = whole(wanted.min(self.owed).min(left));
        self.owed -= f64::from(people);
        (self, Call { people: people + by_hand, by_hand })
    }

    /// The rate follows what reserve tells.
    fn follow(&mut self, now: &Measured) {
        self.since_fall_s += now.elapsed_s;
        self.shown *= SHOWN_FADES.powf(now.elapsed_s);
        let reserves = f64::from(now.reserves);
        let slow = now.latency_ms.is_some_and(|ms| ms > SLOW_MS) || now.failed > FAILED_MAX;
        let below = |limit: u32| now.latency_ms.is_none_or(|ms| ms < limit);
        if slow {
            // Later falls are of what was let in before the first one.
            if !self.was_slow {
                self.careful_from = (self.rate / 2.0).max(BORNE * reserves);
            }
            self.shown = self.shown.min(self.rate.max(reserves));
            if self.since_fall_s >= FALL_EVERY_S {
                (self.rate, self.since_fall_s) = (self.rate / 2.0, 0.0);
            }
        } else if below(FAST_MS) {
            self.shown = self.shown.max(reserves);
            let grown = if below(VERY_FAST_MS) && self.rate < self.careful_from {
                (self.rate * GROWTH.powf(now.elapsed_s.min(1.0))).min(self.careful_from)
            } else {
                self.rate * CAREFUL_GROWTH.powf(now.elapsed_s)
            };
            self.rate = self.rate.max(grown.min((self.shown * BEYOND_SHOWN).max(RATE_UNSHOWN)));
        }
        self.was_slow = slow || self.was_slow && !below(FAST_MS);
        self.rate = self.rate.clamp(RATE_MIN, RATE_MAX);
    }

    /// People whom the free seats still feed, beyond those who are there or on their way.
    fn wanted(&self, now: &Measured) -> f64 {
        let Some(free) = now.free.filter(|free| *free > 0) else { return 0.0 };
        let target = (count(free) / seats_each(now)).ceil();
        let comes = comes(now);
        let counted = (CHOSEN_WITHIN_S / self.untaken_s.max(CHOSEN_WITHIN_S)).max(COUNTED_MIN);
        let missing = target - f64::from(now.shoppers) * counted - f64::from(now.expected) * comes;
        // Below half a person nobody is missing: else the last seat would draw in the whole line.
        if missing < 0.5 { 0.0 } else { (missing / comes).ceil() }
    }
}

/// The seats that one who came takes, by those who are done.
fn seats_each(now: &Measured) -> f64 {
    let done = f64::from(now.came.saturating_sub(now.shoppers));
    let each = (count(now.taken.max(0)) + SEATS_EACH_AT_START * BELIEF) / (done + BELIEF);
    each.clamp(0.25, 8.0)
}

/// The share of the called who come.
fn comes(now: &Measured) -> f64 {
    let share = (f64::from(now.came_of_them) + 0.9 * BELIEF) / (f64::from(now.called_before) + BELIEF);
    share.clamp(0.1, 1.0)
}

#[expect(clippy::cast_precision_loss, reason = "nobody has 2^52 seats")]
fn count(seats: i64) -> f64 {
    seats as f64
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it saturates, which is what is wanted")]
fn whole(people: f64) -> u32 {
    people.max(0.0) as u32
}
