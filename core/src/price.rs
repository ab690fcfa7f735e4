//! The all-in price: one object on the card, the map, the hold and the charge.

use crate::money::{Currency, Money, MoneyError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a line of a price is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum LineKind {
    /// The face value printed on the ticket.
    Face,
    /// The seller's fee.
    Fee,
    /// Tax on top.
    Tax,
    /// A discount; its amount is negative.
    Discount,
}

/// One line of a price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PriceLine {
    /// What it is for.
    pub kind: LineKind,
    /// What the buyer reads.
    pub label: String,
    /// How much.
    pub amount: Money,
}

/// A price with everything in it. The total is always the sum of the lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Price {
    /// What the buyer pays.
    pub total: Money,
    /// What it is made of.
    pub lines: Vec<PriceLine>,
}

impl Price {
    /// The price made of these lines, all in `currency`.
    pub fn of(currency: Currency, lines: Vec<PriceLine>) -> Result<Self, MoneyError> {
        let total = lines.iter().try_fold(Money::zero(currency), |sum, line| sum.add(line.amount))?;
        Ok(Self { total, lines })
    }

    /// The prices added up: lines of the same kind and label become one.
    pub fn sum<'a>(currency: Currency, prices: impl IntoIterator<Item = &'a Self>) -> Result<Self, MoneyError> {
        let mut lines: Vec<PriceLine> = Vec::new();
        for line in prices.into_iter().flat_map(|price| &price.lines) {
            match lines.iter_mut().find(|known| known.kind == line.kind && known.label == line.label) {
                Some(known) => known.amount = known.amount.add(line.amount)?,
                None => lines.push(line.clone()),
            }
        }
        Self::of(currency, lines)
    }

    /// The sum of the lines of one kind.
    #[must_use]
    pub fn part(&self, kind: LineKind) -> Money {
        let minor = self.lines.iter().filter(|line| line.kind == kind).map(|line| line.amount.minor).sum();
        Money::new(minor, self.total.currency)
    }
}
