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

    /// All that others have found.
    pub fn absorb(&mut self, others: Self) {
        self.count += others.count;
        self.told.extend(others.told);
        self.told.truncate(TOLD_MAX);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_are_counted_and_the_first_are_told() {
        let mut faults = Faults::default();
        faults.unless(true, || "nothing".to_owned());
        faults.unless(false, || "first".to_owned());
        let mut others = Faults::default();
        for n in 0..30 {
            others.add(n.to_string());
        }
        faults.absorb(others);
        assert_eq!((faults.count(), faults.told().len(), faults.told()[0].as_str()), (31, TOLD_MAX, "first"));
    }
}
