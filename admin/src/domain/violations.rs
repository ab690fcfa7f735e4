//! Every field that is wrong, gathered so that a client reads them all at once.

use onsale_core::api::problem::FieldError;

/// No answer lists more wrong fields than this.
const ERRORS_MAX: usize = 100;

/// The fields that are wrong so far.
#[derive(Debug, Default)]
pub struct Violations {
    errors: Vec<FieldError>,
    more: usize,
}

impl Violations {
    /// Nothing is wrong yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// This field is wrong; `remedy` says what to do.
    pub fn add(&mut self, field: impl Into<String>, code: &str, remedy: impl Into<String>) {
        if self.errors.len() < ERRORS_MAX {
            self.errors.push(FieldError { field: field.into(), code: code.to_owned(), message: remedy.into() });
        } else {
            self.more += 1;
        }
    }

    /// This field is wrong unless `good`.
    pub fn require(&mut self, good: bool, field: impl Into<String>, code: &str, remedy: impl Into<String>) {
        if !good {
            self.add(field, code, remedy);
        }
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.errors.is_empty()
    }

    /// All of them; what was too many is counted in a last entry.
    #[must_use]
    pub fn into_errors(mut self) -> Vec<FieldError> {
        if self.more > 0 {
            self.errors.push(FieldError {
                field: "body".to_owned(),
                code: "more".to_owned(),
                message: format!("{} more fields are wrong; correct these first", self.more),
            });
        }
        self.errors
    }
}
