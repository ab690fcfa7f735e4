//! What was drawn before, to be taken back and done again.

use super::Hall;

/// The most steps that can be taken back. A step shares all parts that it did not change.
const STEPS_MAX: usize = 200;

/// The halls before and after the present one.
#[derive(Debug, Clone, Default)]
pub struct History {
    past: Vec<Hall>,
    future: Vec<Hall>,
    /// What the last step did, where more of the same belongs to it.
    open: Option<String>,
}

impl History {
    /// Something was changed: this is how the hall was before. Steps with the same mark, one after the other, are one:
    /// a number that is typed, a part that is nudged.
    pub fn push(&mut self, before: Hall, mark: Option<&str>) {
        self.future.clear();
        let is_more = mark.is_some() && self.open.as_deref() == mark;
        self.open = mark.map(str::to_owned);
        if is_more {
            return;
        }
        if self.past.len() == STEPS_MAX {
            self.past.remove(0);
        }
        self.past.push(before);
    }

    /// The hall before the last step; the present one can be had again.
    pub fn undo(&mut self, present: &Hall) -> Option<Hall> {
        let before = self.past.pop()?;
        self.future.push(present.clone());
        self.open = None;
        Some(before)
    }

    /// The hall after the step that was taken back.
    pub fn redo(&mut self, present: &Hall) -> Option<Hall> {
        let after = self.future.pop()?;
        self.past.push(present.clone());
        self.open = None;
        Some(after)
    }

    /// Whether there is something to take back.
    #[must_use]
    pub fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    /// Whether there is something to do again.
    #[must_use]
    pub fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }
}
