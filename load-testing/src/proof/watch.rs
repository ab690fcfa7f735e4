//! What was answered when, and how long it took: what people see while something is broken.

use super::people::is_unknown;
use crate::client::Answer;
use serde_json::Value;
use std::cell::RefCell;
use std::io;
use std::time::{Duration, Instant};

/// So many answers are kept; the oldest go first.
const KEPT_MAX: usize = 400_000;

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Seats.
    Hold,
    /// To pay.
    Order,
    /// To look at an event.
    Look,
    /// To find events.
    Find,
}

/// How it was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Done, or refused for a reason that is the asker's.
    Done,
    /// Done by the lesser of two ways, and said so: a search without the search engine.
    Degraded,
    /// To come later: 429 or 503.
    Later,
    /// The outcome is not known yet: 202 or 504.
    Unknown,
    /// Not at all.
    Lost,
}

/// One answer.
#[derive(Debug, Clone, Copy)]
struct Seen {
    what: What,
    how: How,
    at: Instant,
    took: Duration,
}

/// Answers in the order in which they came.
#[derive(Debug, Default)]
pub struct Watch(RefCell<Vec<Seen>>);

/// What was seen in a time.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct View {
    /// Holds a second.
    pub holds: f64,
    /// Paid orders a second.
    pub orders: f64,
    /// The share of all that were told to come later, 0–1.
    pub later: f64,
    /// How many got no answer.
    pub lost: usize,
    /// The slowest of a hundred holds, orders and looks that were done, in milliseconds.
    pub p99_ms: f64,
    /// The median of the same.
    pub p50_ms: f64,
    /// The slowest of a hundred that were told to come later, in milliseconds.
    pub later_p99_ms: f64,
    /// The share of looks at events' pages that were answered, 0–1; 1 where nobody looked.
    pub looks: f64,
    /// The same of searches.
    pub finds: f64,
    /// The slowest of a hundred searches that were answered, in milliseconds.
    pub finds_p99_ms: f64,
    /// The share of searches that were answered without the search engine, 0–1.
    pub degraded: f64,
}

impl Watch {
    /// Notes an answer to something that was asked at `began`.
    pub fn see(&self, what: What, began: Instant, answer: &io::Result<Answer>) {
        let how = match answer {
            Err(_) => How::Lost,
            Ok(got) if got.status == 202 || is_unknown(got) => How::Unknown,
            Ok(got) if matches!(got.status, 429 | 503) => How::Later,
            Ok(got) if what == What::Find && is_degraded(got) => How::Degraded,
            Ok(got) if got.status < 500 => How::Done,
            Ok(_) => How::Later,
        };
        let mut seen = self.0.borrow_mut();
        if seen.len() >= KEPT_MAX {
            seen.drain(..KEPT_MAX / 2);
        }
        seen.push(Seen { what, how, at: Instant::now(), took: began.elapsed() });
    }

    /// What was seen from one moment to another.
    pub fn view(&self, from: Instant, until: Instant) -> View {
        let seen = self.0.borrow();
        let seen: Vec<_> = seen.iter().filter(|one| one.at >= from && one.at < until).collect();
        let seconds = until.saturating_duration_since(from).as_secs_f64().max(0.001);
        let count = |what: What, how: How| seen.iter().filter(|one| one.what == what && one.how == how).count();
        let share = |what: What| {
            let all = seen.iter().filter(|one| one.what == what).count();
            let answered = count(what, How::Done) + count(what, How::Degraded);
            if all == 0 { 1.0 } else { number(answered) / number(all) }
        };
        let times = |how: How| seen.iter().filter(move |one| one.how == how).map(|one| one.took).collect::<Vec<_>>();
        let finds = seen.iter().filter(|one| one.what == What::Find && matches!(one.how, How::Done | How::Degraded));
        let finds: Vec<_> = finds.map(|one| one.took).collect();
        let later = seen.iter().filter(|one| one.how == How::Later).count();
        View {
            holds: number(count(What::Hold, How::Done)) / seconds,
            orders: number(count(What::Order, How::Done)) / seconds,
            later: number(later) / number(seen.len()).max(1.0),
            lost: seen.iter().filter(|one| one.how == How::Lost).count(),
            p99_ms: quantile(times(How::Done), 0.99),
            p50_ms: quantile(times(How::Done), 0.5),
            later_p99_ms: quantile(times(How::Later), 0.99),
            looks: share(What::Look),
            finds: share(What::Find),
            degraded: number(count(What::Find, How::Degraded)) / number(finds.len()).max(1.0),
            finds_p99_ms: quantile(finds, 0.99),
        }
    }
}

fn is_degraded(answer: &Answer) -> bool {
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    answer.status == 200 && body["degraded"] == true
}

fn number(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

/// In milliseconds; 0 of nothing.
fn quantile(mut times: Vec<Duration>, share: f64) -> f64 {
    times.sort_unstable();
    let last = times.len().saturating_sub(1);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of an index is one")]
    let at = (number(last) * share).ceil() as usize;
    times.get(at.min(last)).map_or(0.0, |time| time.as_secs_f64() * 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_time_that_is_asked_for_counts() {
        let watch = Watch::default();
        let answer = |status| Ok(Answer { status, retry_after: Some(1), cookie: None, body: Vec::new() });
        let began = Instant::now();
        watch.see(What::Hold, began, &answer(201));
        watch.see(What::Hold, began, &answer(503));
        watch.see(What::Look, began, &Err(io::ErrorKind::ConnectionReset.into()));
        let view = watch.view(began, began + Duration::from_secs(1));
        assert_eq!((view.holds, view.lost, view.looks, view.finds), (1.0, 1, 0.0, 1.0));
        assert!((view.later - 1.0 / 3.0).abs() < 1e-9);
        let degraded = Answer { status: 200, retry_after: None, cookie: None, body: br#"{"degraded":true}"#.to_vec() };
        watch.see(What::Find, began, &Ok(degraded));
        watch.see(What::Find, began, &answer(200));
        let view = watch.view(began, began + Duration::from_secs(1));
        assert_eq!((view.finds, view.degraded), (1.0, 0.5));
        let later = Instant::now() + Duration::from_secs(1);
        assert_eq!(watch.view(later, later + Duration::from_secs(1)).holds, 0.0);
    }
}
