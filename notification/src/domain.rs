//! The texts. Pure: the same facts give the same mail.

mod account_mail;
mod language;
mod layout;
mod order_mail;

pub use account_mail::{reset_password, verify_email};
pub use language::Language;
pub use order_mail::{OrderFacts, order_cancelled, order_confirmed};

/// A mail as it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The subject, one line.
    pub subject: String,
    /// For readers that show plain text.
    pub text: String,
    /// For those that show HTML.
    pub html: String,
}
