//! What a hold costs: the sum of its tickets' prices, less a promo code's discount.
//!
//! The discount is reckoned once over the hold's face value, then spread over the tickets, so that the prices
//! printed on the tickets add up to the charge exactly and each ticket can be refunded on its own.

use onsale_core::api::offer::{Discount, PromoCode};
use onsale_core::money::MoneyError;
use onsale_core::{Currency, LineKind, Money, Price, PriceLine};

/// One hundred percent, in basis points.
const WHOLE_BASIS_POINTS: u32 = 10_000;

/// The price of a hold and of each ticket in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoldPrice {
    /// What the buyer pays: the sum of the tickets.
    pub total: Price,
    /// What each ticket costs, in the order they were given.
    pub tickets: Vec<Price>,
}

/// Prices a hold of tickets that cost `tickets` each before any discount.
///
/// # Errors
/// When the currencies differ, or a sum does not fit.
pub fn price_hold(
    currency: Currency,
    tickets: &[Price],
    promo_code: Option<&PromoCode>,
) -> Result<HoldPrice, MoneyError> {
    let faces: Vec<i64> = tickets.iter().map(|price| price.part(LineKind::Face).minor.max(0)).collect();
    let shares = match promo_code {
        Some(code) => spread(discount_of(currency, &faces, &code.discount)?, &faces)?,
        None => vec![0; faces.len()],
    };
    let label = promo_code.map(|code| format!("Code {}", code.code.to_uppercase())).unwrap_or_default();
    let tickets = tickets
        .iter()
        .zip(shares)
        .map(|(price, share)| {
            let mut lines = price.lines.clone();
            if share > 0 {
                let amount = Money::new(-share, currency);
                lines.push(PriceLine { kind: LineKind::Discount, label: label.clone(), amount });
            }
            Price::of(currency, lines)
        })
        .collect::<Result<Vec<_>, _>>()?;
    Ok(HoldPrice { total: Price::sum(currency, &tickets)?, tickets })
}

/// What the discount takes off in all, in minor units: never more than the face value, never less than nothing.
fn discount_of(currency: Currency, faces: &[i64], discount: &Discount) -> Result<i64, MoneyError> {
    let face: i128 = faces.iter().copied().map(i128::from).sum();
    let off = match discount {
        Discount::BasisPoints(points) => {
            let whole = i128::from(WHOLE_BASIS_POINTS);
            // Half up, on whole minor units.
            (face * i128::from(*points.min(&WHOLE_BASIS_POINTS)) * 2 + whole) / (whole * 2)
        }
        Discount::Amount(amount) if amount.currency != currency => {
            return Err(MoneyError::Mixed(currency, amount.currency));
        }
        Discount::Amount(amount) => i128::from(amount.minor).clamp(0, face),
    };
    i64::try_from(off).map_err(|_| MoneyError::Overflow)
}

/// Splits `off` by `faces` so that the parts add up exactly: rounded down, then one more for the largest
/// remainders (Hamilton's method). No part is larger than its face value as long as `off` is not.
fn spread(off: i64, faces: &[i64]) -> Result<Vec<i64>, MoneyError> {
    let face: i128 = faces.iter().copied().map(i128::from).sum();
    if face == 0 || off == 0 {
        return Ok(vec![0; faces.len()]);
    }
    let exact = |part: i64| i128::from(off) * i128::from(part);
    let mut shares = faces
        .iter()
        .map(|part| i64::try_from(exact(*part) / face).map_err(|_| MoneyError::Overflow))
        .collect::<Result<Vec<_>, _>>()?;
    let left = off - shares.iter().sum::<i64>();
    let mut by_remainder: Vec<usize> = (0..faces.len()).collect();
    by_remainder.sort_by_key(|index| (std::cmp::Reverse(exact(faces[*index]) % face), *index));
    for index in by_remainder.into_iter().take(usize::try_from(left).unwrap_or(0)) {
        shares[index] += 1;
    }
    Ok(shares)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ticket(face: i64, fee: i64) -> Price {
        let line = |kind, label: &str, minor| PriceLine {
            kind,
            label: label.to_owned(),
            amount: Money::new(minor, Currency::EUR),
        };
        let lines = vec![line(LineKind::Face, "Ticket", face), line(LineKind::Fee, "Booking fee", fee)];
        Price::of(Currency::EUR, lines).expect("small sums")
    }

    fn code(discount: Discount) -> PromoCode {
        PromoCode { code: "early".to_owned(), discount, max_uses: None, valid_from: None, valid_until: None }
    }

    fn any_discount() -> impl Strategy<Value = Discount> {
        prop_oneof![
            (0_u32..=12_000).prop_map(Discount::BasisPoints),
            (-10_i64..200_000).prop_map(|minor| Discount::Amount(Money::new(minor, Currency::EUR))),
        ]
    }

    #[test]
    fn a_third_off_three_tickets_adds_up() {
        let tickets = [ticket(1000, 150), ticket(1000, 150), ticket(1000, 150)];
        let priced = price_hold(Currency::EUR, &tickets, Some(&code(Discount::BasisPoints(3333)))).expect("priced");
        assert_eq!(priced.total.part(LineKind::Discount).minor, -1000, "999.9 is rounded half up");
        assert_eq!(priced.tickets.iter().map(|price| price.total.minor).collect::<Vec<_>>(), [816, 817, 817]);
        assert_eq!(priced.total.lines.last().map(|line| line.label.as_str()), Some("Code EARLY"));
    }

    #[test]
    fn half_a_cent_is_rounded_up_and_another_currency_refused() {
        let priced = price_hold(Currency::EUR, &[ticket(105, 0)], Some(&code(Discount::BasisPoints(1000))));
        assert_eq!(priced.expect("priced").total.part(LineKind::Discount).minor, -11);
        let yen = Money::new(5, "JPY".parse().expect("a currency"));
        assert!(price_hold(Currency::EUR, &[ticket(105, 0)], Some(&code(Discount::Amount(yen)))).is_err());
    }

    proptest! {
        #[test]
        fn tickets_add_up_to_the_charge(
            parts in prop::collection::vec((0_i64..100_000, 0_i64..2_000), 0..20),
            discount in any_discount(),
        ) {
            let tickets: Vec<Price> = parts.iter().map(|(face, fee)| ticket(*face, *fee)).collect();
            let face: i64 = parts.iter().map(|(face, _)| face).sum();
            let priced = price_hold(Currency::EUR, &tickets, Some(&code(discount.clone()))).expect("priced");
            let full = price_hold(Currency::EUR, &tickets, None).expect("priced");
            let off = -priced.total.part(LineKind::Discount).minor;
            prop_assert!((0..=face).contains(&off));
            let wanted = match discount {
                Discount::BasisPoints(points) => f64::from(points.min(10_000)) / 10_000.0 * face as f64,
                Discount::Amount(amount) => amount.minor.clamp(0, face) as f64,
            };
            prop_assert!((off as f64 - wanted).abs() <= 0.500_001, "{} is not {}", off, wanted);
            prop_assert_eq!(priced.total.total.minor, full.total.total.minor - off);
            prop_assert_eq!(priced.tickets.iter().map(|price| price.total.minor).sum::<i64>(), priced.total.total.minor);
            for (price, full) in priced.tickets.iter().zip(&tickets) {
                let share = full.total.minor - price.total.minor;
                prop_assert!((0..=full.part(LineKind::Face).minor).contains(&share));
            }
        }
    }
}
