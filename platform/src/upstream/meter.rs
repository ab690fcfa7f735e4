//! Counts and times the calls to a service; its instruments are looked up once and then kept.

use metrics::{Counter, Histogram};
use std::sync::OnceLock;
use std::time::Duration;

/// How calls end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// An answer came, whatever it says.
    Answered,
    /// Too many calls run already.
    Full,
    /// It failed too often.
    Open,
    /// It could not be reached.
    Away,
    /// The time was over.
    Late,
    /// The connection broke.
    Broken,
}

impl Outcome {
    const COUNT: usize = 6;

    fn as_str(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Full => "full",
            Self::Open => "open",
            Self::Away => "away",
            Self::Late => "late",
            Self::Broken => "broken",
        }
    }
}

/// The instruments of one service.
pub(super) struct Meter {
    role: &'static str,
    calls: [OnceLock<Counter>; Outcome::COUNT],
    duration: OnceLock<Histogram>,
}

impl Meter {
    pub(super) fn new(role: &'static str) -> Self {
        Self { role, calls: Default::default(), duration: OnceLock::new() }
    }

    /// A call ended like this.
    pub(super) fn ended(&self, outcome: Outcome) {
        let counter =
            || metrics::counter!("onsale_upstream_calls_total", "role" => self.role, "outcome" => outcome.as_str());
        self.calls[outcome as usize].get_or_init(counter).increment(1);
    }

    /// The answer's head took this long.
    pub(super) fn answered_after(&self, took: Duration) {
        let histogram = || metrics::histogram!("onsale_upstream_duration_seconds", "role" => self.role);
        self.duration.get_or_init(histogram).record(took);
        self.ended(Outcome::Answered);
    }
}
