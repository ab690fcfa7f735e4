//! Entries, by hand and by random sales.

use super::*;
use crate::domain::payment::tests::pending;
use onsale_core::Currency;
use onsale_core::api::internal::PaymentStatus;
use proptest::prelude::*;
use std::collections::HashMap;

fn euros(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

fn captured(method: PaymentMethod, amount: i64, split: Split) -> Payment {
    Payment { method, amount: euros(amount), split, status: PaymentStatus::Captured, ..pending() }
}

/// The entries of a capture and of these refunds after it, and the balances that they leave.
fn keep_books(mut payment: Payment, refunds: &[i64]) -> (Vec<Entry>, HashMap<Account, i64>) {
    let mut entries = vec![entry(&payment, &Change::Captured).expect("money moved")];
    for (number, minor) in (1_u128..).zip(refunds) {
        payment.refunded_minor += minor;
        let change = Change::RefundSucceeded { refund_id: Uuid::from_u128(number), amount_minor: *minor };
        entries.push(entry(&payment, &change).expect("money moved"));
    }
    let mut balances = HashMap::new();
    for (account, minor) in entries.iter().flat_map(|entry| &entry.postings) {
        *balances.entry(*account).or_default() += minor;
    }
    (entries, balances)
}

#[test]
fn a_sale_is_split_and_a_refund_keeps_the_fee() {
    let split = Split { fee: 900, tax: 0, discount: 500 };
    let payment = captured(PaymentMethod::CreditCard, 8_400, split);
    let (entries, balances) = keep_books(payment, &[7_500]);
    assert_eq!(
        entries[0].postings,
        [(Account::Captured, 8_400), (Account::Face, -8_000), (Account::Fee, -900), (Account::Discount, 500)]
    );
    let left: HashMap<_, _> = balances.into_iter().filter(|(_, minor)| *minor != 0).collect();
    let expected = [(Account::Captured, 8_400), (Account::Refunded, -7_500), (Account::Fee, -900)];
    assert_eq!(left, HashMap::from(expected), "what is kept is the fee");
}

#[test]
fn an_invoice_is_owed_until_it_is_paid() {
    let owed = captured(PaymentMethod::Invoice, 5_000, Split::default());
    let opened = entry(&owed, &Change::Captured).expect("it is owed");
    assert_eq!((opened.fact, opened.postings[0]), (Fact::Owed, (Account::Receivable, 5_000)));
    let mut less = Payment { refunded_minor: 1_000, ..owed };
    let refund = Change::RefundSucceeded { refund_id: Uuid::from_u128(1), amount_minor: 1_000 };
    let cut = entry(&less, &refund).expect("less is owed");
    assert_eq!(cut.postings, [(Account::Receivable, -1_000), (Account::Face, 1_000)]);
    less.settled = true;
    let paid = entry(&less, &Change::Settled).expect("it was paid");
    assert_eq!(paid.postings, [(Account::Cash, 4_000), (Account::Receivable, -4_000)]);
    less.refunded_minor += 500;
    let refund = Change::RefundSucceeded { refund_id: Uuid::from_u128(2), amount_minor: 500 };
    let back = entry(&less, &refund).expect("money went back");
    assert_eq!(back.postings, [(Account::Refunded, -500), (Account::Face, 500)]);
}

#[test]
fn lines_that_do_not_sum_to_the_amount_are_refused() {
    let line = |kind, minor| AmountLine { kind, amount: euros(minor) };
    let lines = [line(LineKind::Face, 1_000), line(LineKind::Fee, 100), line(LineKind::Discount, -50)];
    assert_eq!(Split::of(euros(1_050), &lines), Some(Split { fee: 100, tax: 0, discount: 50 }));
    assert_eq!(Split::of(euros(1_051), &lines), None);
    assert_eq!(Split::of(euros(1_051), &[]), Some(Split::default()));
    let yen = AmountLine { kind: LineKind::Face, amount: Money::new(1_050, "JPY".parse().expect("a currency")) };
    assert_eq!(Split::of(euros(1_050), &[yen]), None);
}

proptest! {
    #[test]
    fn every_entry_sums_to_zero_and_a_whole_refund_leaves_nothing(
        (face, fee, tax) in (1_i64..100_000, 0_i64..5_000, 0_i64..20_000),
        off in 0_i64..100_000,
        cuts in prop::collection::vec(0.0_f64..1.0, 0..5),
    ) {
        let discount = off.min(face - 1);
        let amount = face + fee + tax - discount;
        let payment = captured(PaymentMethod::Wallet, amount, Split { fee, tax, discount });
        let mut at: Vec<i64> = cuts.iter().map(|cut| (cut * amount as f64) as i64).chain([0, amount]).collect();
        at.sort_unstable();
        let refunds: Vec<i64> = at.windows(2).map(|pair| pair[1] - pair[0]).filter(|minor| *minor > 0).collect();
        let (entries, balances) = keep_books(payment.clone(), &refunds);
        for entry in &entries {
            prop_assert_eq!(entry.postings.iter().map(|(_, minor)| minor).sum::<i64>(), 0);
        }
        for account in [Account::Face, Account::Fee, Account::Tax, Account::Discount] {
            prop_assert_eq!(balances.get(&account).copied().unwrap_or(0), 0, "{:?}", account);
        }
        prop_assert_eq!(balances[&Account::Captured] + balances[&Account::Refunded], 0);
        // Fees are given back last.
        let (_, kept) = keep_books(payment, &[amount - fee].map(|minor| minor.max(1)));
        prop_assert_eq!(kept.get(&Account::Fee).copied().unwrap_or(0), -fee.min(amount - 1));
    }
}
