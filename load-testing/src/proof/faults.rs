//! What was found wrong.

/// So many are told one by one; the rest is counted.
const TOLD_MAX: usize = 20;

/// Violations of a promise.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    told: Vec<String>,
    count: usize,
}

impl Faults {
    /// One more.
    pub fn add(&mut self, what: impl Into<String>) {
        self.count += 1;
        if self.told.len() < TOLD_MAX {
            self.told.push(what.into());
        }
    }

    /// One more, unless it is so.
    pub fn unless(&mut self, holds: bool, what: impl FnOnce() -> String) {
        if !holds {
            self.add(what());
        }
    }

    /// All of these.
    pub fn extend(&mut self, others: impl IntoIterator<Item = String>) {
        for other in others {
            self.add(other);
        }
    }

    /// How many.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }

    /// The first ones.
    #[must_use]
    pub fn told(&self) -> &[String] {
        &self.told
    }
}
