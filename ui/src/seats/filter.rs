//! What of the house the reader wants to see; the rest fades.

use super::plan::{Plan, SeatNo};

/// Nothing is chosen, or these categories, or only what has no step.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    categories: Vec<u8>,
    accessible: bool,
}

impl Filter {
    /// Adds a category, or takes it out again.
    pub fn toggle(&mut self, category: u8) {
        let before = self.categories.len();
        self.categories.retain(|known| *known != category);
        if self.categories.len() == before {
            self.categories.push(category);
        }
    }

    /// Only what can be reached without a step, or all.
    pub fn set_accessible(&mut self, only: bool) {
        self.accessible = only;
    }

    /// Whether only what can be reached without a step is wanted.
    #[must_use]
    pub fn is_accessible(&self) -> bool {
        self.accessible
    }

    /// Whether a category was chosen.
    #[must_use]
    pub fn has(&self, category: u8) -> bool {
        self.categories.contains(&category)
    }

    /// The categories that were chosen; none means all.
    #[must_use]
    pub fn categories(&self) -> &[u8] {
        &self.categories
    }

    /// Whether a seat is wanted.
    #[must_use]
    pub fn lets(&self, plan: &Plan, seat: SeatNo) -> bool {
        (self.categories.is_empty() || self.has(plan.category_no(seat)))
            && (!self.accessible || plan.is_accessible(seat))
    }
}
