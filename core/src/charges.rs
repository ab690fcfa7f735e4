//! What an organiser adds to face values: a fee, fixed and by the hundred, and a tax that is on top or in them already.

use crate::money::{Money, MoneyError};
use crate::price::{LineKind, Price, PriceLine};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One hundred percent, in basis points.
const WHOLE_BASIS_POINTS: i128 = 10_000;

/// How the price of a ticket is made from its face value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Charges {
    /// What buyers read beside the face value, e.g. `Ticket`.
    pub ticket_label: String,
    /// What they read beside the fee.
    pub fee_label: String,
    /// The fee's fixed part, in the sale's currency.
    pub fee_fixed: Money,
    /// The part of the face value that is the rest of the fee, in hundredths of a percent.
    pub fee_basis_points: u32,
    /// What they read beside the tax, e.g. `VAT`.
    pub tax_label: String,
    /// The tax, in hundredths of a percent.
    pub tax_basis_points: u32,
    /// Whether face value and fee have the tax in them; else it is reckoned on both and added.
    pub tax_included: bool,
}

impl Charges {
    /// The all-in price of a ticket of this face value. What costs nothing has neither fee nor tax.
    ///
    /// # Errors
    /// When the currencies differ, or a sum does not fit.
    pub fn price(&self, face: Money) -> Result<Price, MoneyError> {
        let currency = face.currency;
        let line = |kind, label: &str, amount| PriceLine { kind, label: label.to_owned(), amount };
        if face.minor <= 0 {
            return Price::of(currency, vec![line(LineKind::Face, &self.ticket_label, face)]);
        }
        let fee = self.fee_fixed.add(part(face, self.fee_basis_points)?)?;
        let mut lines = vec![line(LineKind::Face, &self.face_label(), face)];
        if fee.minor > 0 {
            lines.push(line(LineKind::Fee, &self.fee_label, fee));
        }
        if self.tax_basis_points > 0 && !self.tax_included {
            let tax = part(face.add(fee)?, self.tax_basis_points)?;
            lines.push(line(LineKind::Tax, &self.tax_label, tax));
        }
        Price::of(currency, lines)
    }

    /// A tax that is in the price is named beside it: `Ticket (VAT 10 % incl.)`.
    fn face_label(&self) -> String {
        if !self.tax_included || self.tax_basis_points == 0 {
            return self.ticket_label.clone();
        }
        format!("{} ({} {} % incl.)", self.ticket_label, self.tax_label, percent(self.tax_basis_points))
    }
}

/// Hundredths of a percent as a number of percent: 1050 is `10.5`.
#[must_use]
pub fn percent(basis_points: u32) -> String {
    let (whole, rest) = (basis_points / 100, basis_points % 100);
    if rest == 0 { whole.to_string() } else { format!("{whole}.{rest:02}").trim_end_matches('0').to_owned() }
}

/// So many hundredths of a percent of an amount, half up on whole minor units.
fn part(of: Money, basis_points: u32) -> Result<Money, MoneyError> {
    let minor = (i128::from(of.minor) * i128::from(basis_points) * 2 + WHOLE_BASIS_POINTS) / (WHOLE_BASIS_POINTS * 2);
    Ok(Money::new(i64::try_from(minor).map_err(|_| MoneyError::Overflow)?, of.currency))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

    fn charges(tax_included: bool) -> Charges {
        Charges {
            ticket_label: "Ticket".to_owned(),
            fee_label: "Fee".to_owned(),
            fee_fixed: Money::new(150, Currency::EUR),
            fee_basis_points: 250,
            tax_label: "VAT".to_owned(),
            tax_basis_points: 1050,
            tax_included,
        }
    }

    fn lines(charges: &Charges, face: i64) -> Vec<(LineKind, String, i64)> {
        let price = charges.price(Money::new(face, Currency::EUR)).expect("one currency");
        assert_eq!(price.total.minor, price.lines.iter().map(|line| line.amount.minor).sum::<i64>());
        price.lines.into_iter().map(|line| (line.kind, line.label, line.amount.minor)).collect()
    }

    #[test]
    fn a_fee_has_a_fixed_part_and_one_by_the_hundred_and_tax_is_on_both() {
        let expected = [(LineKind::Face, "Ticket", 4_000), (LineKind::Fee, "Fee", 250), (LineKind::Tax, "VAT", 446)];
        assert_eq!(lines(&charges(false), 4_000), expected.map(|(kind, label, minor)| (kind, label.to_owned(), minor)));
    }

    #[test]
    fn a_tax_that_is_in_the_price_is_named_and_not_added() {
        let found = lines(&charges(true), 4_000);
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!(found[0], (LineKind::Face, "Ticket (VAT 10.5 % incl.)".to_owned(), 4_000));
    }

    #[test]
    fn what_costs_nothing_has_no_fee() {
        assert_eq!(lines(&charges(false), 0), [(LineKind::Face, "Ticket".to_owned(), 0)]);
        let yen = charges(false).price(Money::new(4_000, "JPY".parse().expect("a currency")));
        assert!(yen.is_err(), "a fee in euros is none of a price in yen");
    }

    #[test]
    fn percents_are_short() {
        assert_eq!([1_000, 1_050, 2_125, 5].map(percent), ["10", "10.5", "21.25", "0.05"]);
    }
}
