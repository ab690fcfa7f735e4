//! All-in prices of the seasons: face value, service fee, and the tax of the country.

use anyhow::Context;
use onsale_core::{Currency, LineKind, Money, Price, PriceLine};

/// The service fee, in hundredths of a percent of the face value.
const FEE_BASIS_POINTS: i64 = 800;

/// A country's currency, and its tax on tickets in hundredths of a percent.
pub(super) struct Fiscal {
    pub currency: &'static str,
    tax_label: &'static str,
    tax_basis_points: i64,
    /// Face values are multiples of it, in minor units.
    step: i64,
}

/// What is charged where.
pub(super) fn fiscal(country: &str) -> Fiscal {
    match country {
        "DE" => Fiscal { currency: "EUR", tax_label: "MwSt. 7 %", tax_basis_points: 700, step: 50 },
        "FR" => Fiscal { currency: "EUR", tax_label: "TVA 5,5 %", tax_basis_points: 550, step: 50 },
        "PT" => Fiscal { currency: "EUR", tax_label: "IVA 6 %", tax_basis_points: 600, step: 50 },
        "US" => Fiscal { currency: "USD", tax_label: "Sales tax 8.875 %", tax_basis_points: 888, step: 100 },
        "CO" => Fiscal { currency: "COP", tax_label: "Parafiscal 10 %", tax_basis_points: 1000, step: 500_000 },
        "JP" => Fiscal { currency: "JPY", tax_label: "消費税 10 %", tax_basis_points: 1000, step: 100 },
        _ => Fiscal { currency: "EUR", tax_label: "IVA 10 %", tax_basis_points: 1000, step: 50 },
    }
}

impl Fiscal {
    /// The currency, parsed.
    pub(super) fn currency(&self) -> anyhow::Result<Currency> {
        self.currency.parse().with_context(|| format!("currency {}", self.currency))
    }

    /// `percent` of a face value in minor units, as a price with everything in it.
    pub(super) fn price(&self, face_minor: i64, percent: i64) -> anyhow::Result<Price> {
        let currency = self.currency()?;
        let face = (face_minor * percent / 100 + self.step / 2) / self.step * self.step;
        let fee = part(face, FEE_BASIS_POINTS);
        let tax = part(face + fee, self.tax_basis_points);
        let line =
            |kind, label: &str, minor| PriceLine { kind, label: label.to_owned(), amount: Money::new(minor, currency) };
        let lines = vec![
            line(LineKind::Face, "Ticket", face),
            line(LineKind::Fee, "Service fee", fee),
            line(LineKind::Tax, self.tax_label, tax),
        ];
        Ok(Price::of(currency, lines)?)
    }
}

/// A part in hundredths of a percent, to the nearest minor unit.
fn part(minor: i64, basis_points: i64) -> i64 {
    (minor * basis_points + 5_000) / 10_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_is_the_sum_of_its_lines_in_each_currency() {
        for (country, face) in [("ES", 4_550), ("US", 9_900), ("CO", 18_000_000), ("JP", 7_800)] {
            let price = fiscal(country).price(face, 100).expect("a price");
            let sum: i64 = price.lines.iter().map(|line| line.amount.minor).sum();
            assert_eq!(price.total.minor, sum, "{country}");
            assert!(price.total.minor > face, "{country}");
        }
    }
}
