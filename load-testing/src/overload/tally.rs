//! What was asked and answered, request by request and person by person, and what follows from it.

use std::collections::BTreeMap;
use std::time::Duration;

/// Good people among a hundred, from which on a second is as it should be.
const NORMAL_PERCENT: usize = 99;
/// So many such seconds in a row mean that it stays so.
const NORMAL_SECONDS: usize = 3;

/// One request and its answer.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// When it was answered, since the phase's start.
    pub at: Duration,
    /// From when it was due to its answer.
    pub took: Duration,
    /// The status; 0 when no answer came.
    pub status: u16,
    /// Whether the answer said when to come again.
    pub says_when: bool,
    /// Whether it had been refused before.
    pub again: bool,
}

impl Asked {
    /// Refused before anything was begun.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        matches!(self.status, 429 | 503)
    }

    /// Answered as it should be: done, or told why not.
    #[must_use]
    pub fn is_admitted(&self) -> bool {
        (200..500).contains(&self.status) && self.status != 429
    }
}

/// One person.
#[derive(Debug, Clone, Copy)]
pub struct Person {
    /// When they came, since the phase's start.
    pub due: Duration,
    /// When they had bought, if they did.
    pub bought: Option<Duration>,
}

/// All of a phase.
#[derive(Debug, Default)]
pub struct Tally {
    /// In the order of their answers.
    pub asked: Vec<Asked>,
    /// In the order of their ends.
    pub people: Vec<Person>,
}

/// One second of a phase, as a chart shows it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Second {
    /// People who bought in it.
    pub bought: usize,
    /// The latency of admitted requests that 99 of 100 answered in it did not exceed.
    pub admitted_p99: Duration,
    /// The same of refusals.
    pub refused_p99: Duration,
}

impl Tally {
    /// People who bought within the phase, a second.
    #[must_use]
    pub fn bought_a_second(&self, lasted: Duration) -> f64 {
        let bought = self.people.iter().filter(|person| person.bought.is_some_and(|at| at <= lasted)).count();
        count(bought) / lasted.as_secs_f64().max(1e-9)
    }

    /// The latency that this share (0–1) of such requests does not exceed.
    #[must_use]
    pub fn latency(&self, share: f64, of: fn(&Asked) -> bool) -> Duration {
        quantile(self.asked.iter().filter(|asked| of(asked)).map(|asked| asked.took).collect(), share)
    }

    /// Refusals that do not say when to come again.
    #[must_use]
    pub fn silent_refusals(&self) -> usize {
        self.asked.iter().filter(|asked| asked.is_refused() && !asked.says_when).count()
    }

    /// Requests that were refused.
    #[must_use]
    pub fn refused(&self) -> usize {
        self.asked.iter().filter(|asked| asked.is_refused()).count()
    }

    /// Requests that were neither answered as they should be nor refused.
    #[must_use]
    pub fn failed(&self) -> usize {
        self.asked.iter().filter(|asked| !asked.is_refused() && !asked.is_admitted()).count()
    }

    /// All requests for each that nobody had made before.
    #[must_use]
    pub fn amplified(&self) -> f64 {
        let first = self.asked.iter().filter(|asked| !asked.again).count();
        count(self.asked.len()) / count(first).max(1.0)
    }

    /// Answers by status.
    #[must_use]
    pub fn statuses(&self) -> String {
        let mut counts: BTreeMap<u16, usize> = BTreeMap::new();
        for asked in &self.asked {
            *counts.entry(asked.status).or_default() += 1;
        }
        let parts: Vec<_> = counts.into_iter().map(|(status, count)| format!("{status}: {count}")).collect();
        parts.join(", ")
    }

    /// Second by second.
    #[must_use]
    pub fn seconds(&self, lasted: Duration) -> Vec<Second> {
        let of = |at: Duration, second: u64| at.as_secs() == second;
        (0..lasted.as_secs())
            .map(|second| {
                let took = |is: fn(&Asked) -> bool| {
                    let those = self.asked.iter().filter(|asked| of(asked.at, second) && is(asked));
                    quantile(those.map(|asked| asked.took).collect(), 0.99)
                };
                Second {
                    bought: self.people.iter().filter(|person| person.bought.is_some_and(|at| of(at, second))).count(),
                    admitted_p99: took(Asked::is_admitted),
                    refused_p99: took(Asked::is_refused),
                }
            })
            .collect()
    }

    /// From when on everybody who comes is served, for some seconds in a row.
    #[must_use]
    pub fn normal_after(&self, lasted: Duration) -> Option<Duration> {
        let is_normal = |second: u64| {
            let came: Vec<_> = self.people.iter().filter(|person| person.due.as_secs() == second).collect();
            let served = came.iter().filter(|person| person.bought.is_some()).count();
            served * 100 >= came.len() * NORMAL_PERCENT
        };
        let seconds: Vec<bool> = (0..lasted.as_secs()).map(is_normal).collect();
        let first = seconds.windows(NORMAL_SECONDS).position(|some| some.iter().all(|normal| *normal))?;
        Some(Duration::from_secs(u64::try_from(first).ok()?))
    }
}

fn quantile(mut values: Vec<Duration>, share: f64) -> Duration {
    if values.is_empty() {
        return Duration::ZERO;
    }
    values.sort_unstable();
    // An index into what is in memory.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a length")]
    let at = (count(values.len()) * share) as usize;
    values[at.min(values.len() - 1)]
}

/// A count as a number to calculate with.
pub(super) fn count(n: usize) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(status: u16, took_ms: u64, again: bool) -> Asked {
        let (at, took) = (Duration::from_millis(500), Duration::from_millis(took_ms));
        Asked { at, took, status, says_when: status == 503, again }
    }

    fn person(due: u64, bought: Option<u64>) -> Person {
        Person { due: Duration::from_secs(due), bought: bought.map(Duration::from_secs) }
    }

    #[test]
    fn refusals_failures_and_retries_are_told_apart() {
        let asked = vec![
            asked(201, 10, false),
            asked(409, 30, false),
            asked(503, 4, false),
            asked(503, 9, true),
            asked(429, 1, false),
            asked(500, 7, false),
            asked(0, 7, false),
        ];
        let tally = Tally { asked, people: Vec::new() };
        assert_eq!((tally.refused(), tally.failed(), tally.silent_refusals()), (3, 2, 1));
        assert!((tally.amplified() - 7.0 / 6.0).abs() < 1e-9);
        assert_eq!(tally.latency(0.99, Asked::is_admitted), Duration::from_millis(30));
        assert_eq!(tally.latency(0.99, Asked::is_refused), Duration::from_millis(9));
        let seconds = tally.seconds(Duration::from_secs(2));
        assert_eq!((seconds[0].admitted_p99.as_millis(), seconds[1].admitted_p99.as_millis()), (30, 0));
    }

    #[test]
    fn it_is_normal_once_everybody_is_served_and_that_stays() {
        let people = vec![
            person(0, None),
            person(1, Some(2)),
            person(2, None),
            person(3, Some(3)),
            person(4, Some(4)),
            person(5, Some(5)),
        ];
        let tally = Tally { asked: Vec::new(), people };
        assert_eq!(tally.normal_after(Duration::from_secs(6)), Some(Duration::from_secs(3)));
        assert_eq!(tally.normal_after(Duration::from_secs(5)), None);
        assert!((tally.bought_a_second(Duration::from_secs(4)) - 0.75).abs() < 1e-9);
    }
}
