//! The books: what each fact about a payment posts to which account. Pure.
//!
//! Double entry: what is debited is positive, what is credited negative, and an entry sums to zero.
//! What was sold is credited to `FACE`, `FEE` and `TAX`, less `DISCOUNT`; the money is debited to
//! where it is. A refund posts the other way about, fees last: what stays on `FEE` is what was kept.

use super::payment::{Change, Payment};
use onsale_core::api::booking::PaymentMethod;
use onsale_core::api::internal::AmountLine;
use onsale_core::{LineKind, Money};
use uuid::Uuid;

/// What an amount is made of, in minor units. All the rest is face value.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Split {
    pub(crate) fee: i64,
    pub(crate) tax: i64,
    /// What the price was lowered by: not below zero.
    pub(crate) discount: i64,
}

/// Where amounts are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Account {
    Face,
    Fee,
    Tax,
    Discount,
    /// What the provider took.
    Captured,
    /// What was given back, by whatever way it came.
    Refunded,
    /// What invoices ask for.
    Receivable,
    /// What came without a provider: at the counter, or for an invoice.
    Cash,
}

/// What an entry tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Fact {
    /// The money is taken.
    Captured,
    /// An invoice is owed.
    Owed,
    /// An invoice was paid.
    Settled,
    /// Money was given back, or is no longer owed.
    Refunded(Uuid),
}

impl Fact {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Captured => "CAPTURED",
            Self::Owed => "OWED",
            Self::Settled => "SETTLED",
            Self::Refunded(_) => "REFUNDED",
        }
    }

    /// The refund that it is about.
    pub(crate) fn refund_id(self) -> Option<Uuid> {
        match self {
            Self::Refunded(refund_id) => Some(refund_id),
            Self::Captured | Self::Owed | Self::Settled => None,
        }
    }
}

/// One entry of the journal: its postings sum to zero, and none of them is zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) fact: Fact,
    pub(crate) postings: Vec<(Account, i64)>,
}

impl Entry {
    /// What is posted to an account, in minor units.
    pub(crate) fn posted_to(&self, account: Account) -> i64 {
        self.postings.iter().filter(|(posted, _)| *posted == account).map(|(_, minor)| minor).sum()
    }
}

impl Split {
    /// Reads what an amount is said to be made of; nothing where the lines do not sum to it.
    pub(crate) fn of(amount: Money, lines: &[AmountLine]) -> Option<Self> {
        if lines.is_empty() {
            return Some(Self::default());
        }
        let one_currency = lines.iter().all(|line| line.amount.currency == amount.currency);
        let sum = lines.iter().try_fold(0_i64, |sum, line| sum.checked_add(line.amount.minor));
        let part = |kind| {
            let mut minors = lines.iter().filter(|line| line.kind == kind).map(|line| line.amount.minor);
            minors.try_fold(0_i64, i64::checked_add)
        };
        let split = Self {
            fee: part(LineKind::Fee)?,
            tax: part(LineKind::Tax)?,
            discount: part(LineKind::Discount)?.checked_neg()?,
        };
        (one_currency && sum == Some(amount.minor)).then_some(split)
    }

    /// What `share` of an amount is made of, price before fees: face, fee, tax, discount.
    fn of_first(self, share: i64, amount: i64) -> [i64; 4] {
        let price = (amount - self.fee).max(0);
        let of_price = share.min(price);
        // Rounded down; what is left over is face value, so that the parts always sum to the share.
        let part = |whole: i64| match price {
            0 => 0,
            price => i64::try_from(i128::from(whole) * i128::from(of_price) / i128::from(price)).unwrap_or(whole),
        };
        let (tax, discount) = (part(self.tax), part(self.discount));
        [of_price - tax + discount, share - of_price, tax, discount]
    }

    /// The postings that credit the sale with what is between two shares of the amount.
    fn credits(self, from: i64, to: i64, amount: i64) -> [(Account, i64); 4] {
        let (before, after) = (self.of_first(from, amount), self.of_first(to, amount));
        let part = |place: usize| after[place] - before[place];
        [(Account::Face, -part(0)), (Account::Fee, -part(1)), (Account::Tax, -part(2)), (Account::Discount, part(3))]
    }
}

/// The entry of a change that has been made, where money moved or is owed by it.
pub(crate) fn entry(after: &Payment, change: &Change) -> Option<Entry> {
    let amount = after.amount.minor;
    let (fact, postings): (Fact, Vec<(Account, i64)>) = match change {
        Change::Captured => {
            let fact = if after.method == PaymentMethod::Invoice { Fact::Owed } else { Fact::Captured };
            let mut postings = vec![(taken_to(after.method), amount)];
            postings.extend(after.split.credits(0, amount, amount));
            (fact, postings)
        }
        Change::Settled => {
            let paid = amount - after.refunded_minor;
            (Fact::Settled, vec![(Account::Cash, paid), (Account::Receivable, -paid)])
        }
        Change::RefundSucceeded { refund_id, amount_minor } => {
            let is_owed = after.method == PaymentMethod::Invoice && !after.settled;
            let from = if is_owed { Account::Receivable } else { Account::Refunded };
            let mut postings = vec![(from, -amount_minor)];
            let (to, before) = (after.refunded_minor, after.refunded_minor - amount_minor);
            postings.extend(after.split.credits(before, to, amount).map(|(account, minor)| (account, -minor)));
            (Fact::Refunded(*refund_id), postings)
        }
        _ => return None,
    };
    let postings: Vec<_> = postings.into_iter().filter(|(_, minor)| *minor != 0).collect();
    debug_assert_eq!(postings.iter().map(|(_, minor)| minor).sum::<i64>(), 0, "an entry sums to zero");
    Some(Entry { fact, postings })
}

/// Where the money of a method is, once it is taken.
fn taken_to(method: PaymentMethod) -> Account {
    match method {
        PaymentMethod::Invoice => Account::Receivable,
        PaymentMethod::Cash => Account::Cash,
        PaymentMethod::CreditCard | PaymentMethod::Wallet | PaymentMethod::BankTransfer => Account::Captured,
    }
}

#[cfg(test)]
mod tests;
