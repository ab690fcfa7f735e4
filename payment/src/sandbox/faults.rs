//! What goes wrong on purpose: each fault has a share, in percent of the calls or of the webhooks that it can hit.
//!
//! Set by `SANDBOX_FAULTS`, e.g. `timeout=10,fail=10,twice=20`, and changed while it runs at `/sandbox/faults`.
//! Whatever is lost on the way, the ledger keeps what really happened.

use onsale_platform::random;
use parking_lot::Mutex;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// One way to go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// The call takes effect, and its answer comes too late.
    Timeout,
    /// The call is answered with 500 and has no effect.
    Fail,
    /// The call takes its time.
    Slow,
    /// The webhook comes twice.
    Twice,
    /// The webhook comes much later.
    Late,
    /// The webhook is overtaken by those after it.
    Shuffled,
    /// The webhook never comes.
    Never,
}

impl Fault {
    /// Those of calls first, then those of webhooks.
    pub(super) const ALL: [Self; 7] =
        [Self::Timeout, Self::Fail, Self::Slow, Self::Twice, Self::Late, Self::Shuffled, Self::Never];
    const OF_CALLS: [Self; 3] = [Self::Timeout, Self::Fail, Self::Slow];
    const OF_WEBHOOKS: [Self; 4] = [Self::Twice, Self::Late, Self::Shuffled, Self::Never];

    /// The word in the setting and the form.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::Fail => "fail",
            Self::Slow => "slow",
            Self::Twice => "twice",
            Self::Late => "late",
            Self::Shuffled => "shuffled",
            Self::Never => "never",
        }
    }

    /// What it does, for people.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Timeout => "Calls that take effect and are not answered in time",
            Self::Fail => "Calls that fail without an effect",
            Self::Slow => "Calls that are slow",
            Self::Twice => "Webhooks that come twice",
            Self::Late => "Webhooks that come late",
            Self::Shuffled => "Webhooks out of order",
            Self::Never => "Webhooks that never come",
        }
    }
}

/// The share of each fault, in percent; together at most 100 of calls, and of webhooks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Shares([u8; Fault::ALL.len()]);

/// Why shares cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum ShareError {
    #[error("{0:?} is no fault: use timeout, fail, slow, twice, late, shuffled or never, each with =percent")]
    Unknown(String),
    #[error("{0} is no share of {1}: give whole percent from 0 to 100")]
    Share(String, &'static str),
    #[error("the shares of {0} are more than 100 percent together: lower one of them")]
    TooMany(&'static str),
}

impl Shares {
    /// The share of one fault, in percent.
    pub(super) fn of(self, fault: Fault) -> u8 {
        self.0[fault as usize]
    }

    /// Reads pairs of a fault's word and its percent.
    pub(super) fn read<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, ShareError> {
        let mut shares = Self::default();
        for (word, percent) in pairs {
            let fault = Fault::ALL.into_iter().find(|fault| fault.as_str() == word);
            let fault = fault.ok_or_else(|| ShareError::Unknown(word.chars().take(40).collect()))?;
            let share = percent.parse().ok().filter(|share| *share <= 100);
            shares.0[fault as usize] =
                share.ok_or_else(|| ShareError::Share(percent.chars().take(40).collect(), fault.as_str()))?;
        }
        for (what, faults) in [("calls", &Fault::OF_CALLS[..]), ("webhooks", &Fault::OF_WEBHOOKS[..])] {
            if faults.iter().map(|fault| u32::from(shares.of(*fault))).sum::<u32>() > 100 {
                return Err(ShareError::TooMany(what));
            }
        }
        Ok(shares)
    }

    /// The fault that a number from 0 to 99 falls on, if it falls on one.
    fn hit(self, faults: &[Fault], mut number: u8) -> Option<Fault> {
        for fault in faults {
            let share = self.of(*fault);
            if number < share {
                return Some(*fault);
            }
            number -= share;
        }
        None
    }
}

impl FromStr for Shares {
    type Err = ShareError;

    fn from_str(text: &str) -> Result<Self, ShareError> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        Self::read(parts.map(|part| part.split_once('=').unwrap_or((part, ""))))
    }
}

impl fmt::Display for Shares {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let set = Fault::ALL.into_iter().filter(|fault| self.of(*fault) > 0);
        let parts: Vec<_> = set.map(|fault| format!("{}={}", fault.as_str(), self.of(fault))).collect();
        f.write_str(&parts.join(","))
    }
}

/// The shares that count now, of this process. Cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Faults(Arc<Mutex<Shares>>);

impl Faults {
    pub(super) fn new(shares: Shares) -> Self {
        Self(Arc::new(Mutex::new(shares)))
    }

    pub(super) fn shares(&self) -> Shares {
        *self.0.lock()
    }

    pub(super) fn set(&self, shares: Shares) {
        *self.0.lock() = shares;
    }

    /// What goes wrong with this call, if anything does.
    pub(super) fn of_call(&self) -> Option<Fault> {
        self.shares().hit(&Fault::OF_CALLS, number())
    }

    /// What goes wrong with this webhook, if anything does.
    pub(super) fn of_webhook(&self) -> Option<Fault> {
        self.shares().hit(&Fault::OF_WEBHOOKS, number())
    }
}

/// A number from 0 to 99.
fn number() -> u8 {
    u8::try_from(u32::from_be_bytes(random::secret_bytes::<4>()) % 100).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_read_and_written() {
        let shares: Shares = "timeout=10, fail=10,never=5,".parse().expect("shares");
        assert_eq!(shares.to_string(), "timeout=10,fail=10,never=5");
        assert_eq!("".parse(), Ok(Shares::default()));
    }

    #[test]
    fn what_cannot_be_is_named() {
        for (text, expected) in [
            ("explode=1", ShareError::Unknown("explode".to_owned())),
            ("fail", ShareError::Share(String::new(), "fail")),
            ("fail=101", ShareError::Share("101".to_owned(), "fail")),
            ("timeout=60,slow=41", ShareError::TooMany("calls")),
            ("never=60,late=41", ShareError::TooMany("webhooks")),
        ] {
            assert_eq!(text.parse::<Shares>(), Err(expected), "{text}");
        }
        assert!("timeout=60,never=60".parse::<Shares>().is_ok(), "calls and webhooks are counted apart");
    }

    #[test]
    fn every_fault_has_its_share() {
        let shares: Shares = "timeout=10,fail=20,slow=30".parse().expect("shares");
        let hits: Vec<_> = (0..100).map(|number| shares.hit(&Fault::OF_CALLS, number)).collect();
        for (fault, share) in [(Some(Fault::Timeout), 10), (Some(Fault::Fail), 20), (Some(Fault::Slow), 30), (None, 40)]
        {
            assert_eq!(hits.iter().filter(|hit| **hit == fault).count(), share, "{fault:?}");
        }
    }
}
