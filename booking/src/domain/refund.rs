//! What cancelling gives back and keeps, ticket by ticket.

use chrono::{DateTime, Duration, Utc};
use onsale_core::api::booking::{CancelQuote, TicketQuote};
use onsale_core::api::offer::RefundPolicy;
use onsale_core::money::MoneyError;
use onsale_core::{Currency, LineKind, Money, OrderId, Price, TicketId};

/// Whether the policy lets tickets be cancelled at `now`.
#[must_use]
pub fn is_cancellable(policy: &RefundPolicy, starts_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    policy.until_hours_before.is_some_and(|hours| {
        // A number of hours that reaches before the calendar's beginning lies in the past.
        starts_at.checked_sub_signed(Duration::hours(i64::from(hours))).is_some_and(|last| now <= last)
    })
}

/// Quotes the cancelling of `tickets`, each with the price that was paid for it.
///
/// Where the policy keeps the fees, the fee lines are kept and all the rest is given back; where tickets cannot
/// be cancelled any more, all is kept. Given back and kept add up to what was paid, for each ticket and in all.
///
/// # Errors
/// When the currencies differ, or a sum does not fit.
pub fn cancel_quote<'a>(
    order_id: OrderId,
    currency: Currency,
    policy: &RefundPolicy,
    starts_at: DateTime<Utc>,
    now: DateTime<Utc>,
    tickets: impl IntoIterator<Item = (TicketId, &'a Price)>,
) -> Result<CancelQuote, MoneyError> {
    let cancellable = is_cancellable(policy, starts_at, now);
    let mut refund = Money::zero(currency);
    let mut kept = Money::zero(currency);
    let mut quotes = Vec::new();
    for (ticket_id, price) in tickets {
        let paid = price.total.minor.max(0);
        let kept_minor = match (cancellable, policy.fees_refunded) {
            (false, _) => paid,
            (true, true) => 0,
            (true, false) => price.part(LineKind::Fee).minor.clamp(0, paid),
        };
        let quote = TicketQuote {
            ticket_id,
            refund: Money::new(paid - kept_minor, price.total.currency),
            kept: Money::new(kept_minor, price.total.currency),
        };
        refund = refund.add(quote.refund)?;
        kept = kept.add(quote.kept)?;
        quotes.push(quote);
    }
    Ok(CancelQuote { order_id, cancellable, refund, kept, tickets: quotes })
}

#[cfg(test)]
mod tests {
    use super::*;
    use onsale_core::PriceLine;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn price(face: i64, fee: i64, discount: i64) -> Price {
        let line = |kind, minor| PriceLine { kind, label: String::new(), amount: Money::new(minor, Currency::EUR) };
        let lines = vec![line(LineKind::Face, face), line(LineKind::Fee, fee), line(LineKind::Discount, -discount)];
        Price::of(Currency::EUR, lines).expect("small sums")
    }

    fn start() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).expect("a time")
    }

    fn quote(policy: &RefundPolicy, hours_left: i64, prices: &[Price]) -> CancelQuote {
        let now = start() - Duration::hours(hours_left);
        let tickets = prices.iter().map(|price| (TicketId(Uuid::nil()), price));
        cancel_quote(OrderId(Uuid::nil()), Currency::EUR, policy, start(), now, tickets).expect("one currency")
    }

    #[test]
    fn the_policy_says_until_when_and_whether_fees_come_back() {
        let policy = RefundPolicy { until_hours_before: Some(24), fees_refunded: false };
        let tickets = [price(5000, 450, 500), price(3000, 450, 0)];
        let in_time = quote(&policy, 24, &tickets);
        assert!(in_time.cancellable);
        assert_eq!((in_time.refund.minor, in_time.kept.minor), (7500, 900));
        let late = quote(&policy, 23, &tickets);
        assert!(!late.cancellable);
        assert_eq!((late.refund.minor, late.kept.minor), (0, 8400));
        let with_fees = quote(&RefundPolicy { fees_refunded: true, ..policy.clone() }, 24, &tickets);
        assert_eq!((with_fees.refund.minor, with_fees.kept.minor), (8400, 0));
        let never = RefundPolicy { until_hours_before: None, ..policy };
        assert!(!quote(&never, 10_000, &tickets).cancellable);
    }

    proptest! {
        #[test]
        fn given_back_and_kept_are_what_was_paid(
            parts in prop::collection::vec((0_i64..100_000, 0_i64..2_000, 0_i64..100_000), 0..12),
            hours_left in 0_i64..96, until in prop::option::of(0_u32..96), fees_refunded in any::<bool>(),
        ) {
            let prices: Vec<Price> =
                parts.iter().map(|(face, fee, off)| price(*face, *fee, *off.min(face))).collect();
            let quote = quote(&RefundPolicy { until_hours_before: until, fees_refunded }, hours_left, &prices);
            for (ticket, price) in quote.tickets.iter().zip(&prices) {
                prop_assert_eq!(ticket.refund.minor + ticket.kept.minor, price.total.minor);
                prop_assert!(ticket.refund.minor >= 0 && ticket.kept.minor >= 0);
            }
            prop_assert_eq!(quote.refund.minor, quote.tickets.iter().map(|ticket| ticket.refund.minor).sum::<i64>());
            prop_assert_eq!(quote.kept.minor, quote.tickets.iter().map(|ticket| ticket.kept.minor).sum::<i64>());
            prop_assert_eq!(quote.cancellable, until.is_some_and(|until| i64::from(until) <= hours_left));
        }
    }
}
