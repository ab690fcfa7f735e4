//! The texts. Pure: the same facts give the same mail.

mod account_mail;
mod layout;
mod moments;
mod money_mail;
mod order_facts;
mod order_mail;
mod page;
mod queue_mail;
pub(crate) mod reach;
pub(crate) mod signing;

pub use account_mail::{reset_password, verify_email};
pub use money_mail::{payment_problem, payment_refunded, transfer_instructions};
pub use order_facts::{EventFacts, OrderFacts};
pub use order_mail::{order_cancelled, order_confirmed};
pub use queue_mail::{queue_near, queue_turn};

pub use onsale_core::Language;

pub(crate) use layout::one_line;
pub(crate) use order_facts::ticket_line;
pub(crate) use order_mail::{CODES_MAX, good_tickets};

/// A mail as it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The subject, one line.
    pub subject: String,
    /// For readers that show plain text.
    pub text: String,
    /// For those that show HTML. Pictures in it are `cid:` and the ticket's id.
    pub html: String,
}

/// Whom a mail is for.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    /// In which language.
    pub language: Language,
    /// What the person is called; may be empty.
    pub name: &'a str,
    /// Where the pages are, without a slash at its end.
    pub public_url: &'a str,
}

impl Reader<'_> {
    fn say(&self, english: &str, spanish: &str) -> String {
        self.language.pick(english, spanish).to_owned()
    }
}
