//! What buying decides, apart from what it shows: pure, so that it is tested without a browser.

mod outcome;
mod stage;

pub use outcome::{Outcome, outcome};
pub use stage::{Ended, Stage, stage, stage_of_order};
