//! What a payment's events come to: its row, as far as events tell it.
//!
//! Not told, and not compared, are the means of payment's token, texts for the payer, the times of looking again,
//! and the provider's name for an attempt that it declined at once.

use super::payment::{VOIDED, Wanted, kind};
use onsale_core::api::booking::PaymentMethod;
use onsale_core::api::internal::PaymentStatus;
use onsale_core::events::{PaymentChanged, Topic};
use onsale_core::{Money, OrderId};
use onsale_platform::outbox::StoredEvent;
use onsale_platform::outbox::fold::{FoldError, Folded, data};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A payment, as folded or as its row has it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PaidState {
    /// What it is for.
    pub(crate) order_id: OrderId,
    /// How.
    pub(crate) method: PaymentMethod,
    /// How much.
    pub(crate) amount: Money,
    /// Where it stands.
    pub(crate) status: PaymentStatus,
    /// What was asked for while the provider did not answer.
    pub(crate) wanted: Option<&'static str>,
    /// The provider's name for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) provider_ref: Option<String>,
    /// Why it was declined.
    pub(crate) decline_code: Option<String>,
    /// In refunds whose outcome is open, in minor units.
    pub(crate) refunding_minor: i64,
    /// Given back, in minor units.
    pub(crate) refunded_minor: i64,
    /// Whether an invoice was paid.
    pub(crate) settled: bool,
    /// The refunds that came to an end, with their amounts in minor units and whether the money went back.
    pub(crate) refunds: BTreeMap<Uuid, (i64, bool)>,
    /// How many events it has.
    #[serde(flatten)]
    pub(crate) counts: Folded,
}

#[derive(Deserialize)]
struct Reference {
    reference: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Refund {
    refund_id: Option<Uuid>,
    amount_minor: i64,
}

/// Folds a payment's events, first to last; nothing when there are none.
///
/// # Errors
/// When one is missing, cannot be read, or cannot follow those before it.
pub(crate) fn payment(events: &[StoredEvent]) -> Result<Option<PaidState>, FoldError> {
    let mut state: Option<PaidState> = None;
    let mut counts = Folded::default();
    for event in events {
        counts.count(event)?;
        let mut next = match state {
            Some(mut state) => {
                state.follow(event)?;
                state
            }
            None => opened(event)?,
        };
        next.counts = counts;
        state = Some(next);
    }
    Ok(state)
}

fn opened(event: &StoredEvent) -> Result<PaidState, FoldError> {
    if event.kind != Topic::PaymentInitiated.as_str() {
        return Err(FoldError::out_of_place(event, "a payment begins with payment-initiated"));
    }
    let initiated: PaymentChanged = data(event)?;
    Ok(PaidState {
        order_id: initiated.order_id,
        method: initiated.method,
        amount: initiated.amount,
        status: PaymentStatus::Pending,
        wanted: None,
        provider_ref: None,
        decline_code: None,
        refunding_minor: 0,
        refunded_minor: 0,
        settled: false,
        refunds: BTreeMap::new(),
        counts: Folded::default(),
    })
}

impl PaidState {
    fn follow(&mut self, event: &StoredEvent) -> Result<(), FoldError> {
        match event.kind.as_str() {
            kind::KNOWN => self.keep_reference(data(event)?),
            kind::ACTION_REQUIRED => {
                self.keep_reference(data(event)?);
                self.move_to(event, PaymentStatus::RequiresAction)?;
            }
            kind::AUTHORISED => {
                self.keep_reference(data(event)?);
                self.move_to(event, PaymentStatus::Authorised)?;
            }
            kind::CAPTURED => {
                let captured: PaymentChanged = data(event)?;
                if captured.amount != self.amount {
                    return Err(FoldError::out_of_place(event, "another amount was captured than was asked for"));
                }
                self.move_to(event, PaymentStatus::Captured)?;
                self.wanted = None;
            }
            kind::FAILED => self.fail(event)?,
            kind::CAPTURE_WANTED => self.wanted = Some(Wanted::Capture.as_str()),
            kind::VOID_WANTED => self.wanted = Some(Wanted::Void.as_str()),
            kind::SETTLED => self.settled = true,
            kind::REFUND_OPENED => {
                let refund: Refund = data(event)?;
                self.refunding_minor += refund.amount_minor;
                self.within_amount(event)?;
            }
            kind::REFUND_FAILED => {
                let refund: Refund = data(event)?;
                self.end_refund(event, refund.refund_id, refund.amount_minor, false)?;
            }
            topic if topic == Topic::PaymentRefunded.as_str() => {
                let refund: PaymentChanged = data(event)?;
                self.end_refund(event, refund.refund_id, refund.amount.minor, true)?;
            }
            // Of a version after this one: it is counted.
            _ => {}
        }
        Ok(())
    }

    fn fail(&mut self, event: &StoredEvent) -> Result<(), FoldError> {
        let failed: PaymentChanged = data(event)?;
        if failed.reason.as_deref() == Some(VOIDED) {
            self.move_to(event, PaymentStatus::Voided)?;
        } else {
            self.move_to(event, PaymentStatus::Declined)?;
            self.decline_code = failed.reason;
        }
        self.wanted = None;
        Ok(())
    }

    /// A payment moves while it is open or authorised; what is captured, declined or voided stays so, but for money that
    /// comes late.
    fn move_to(&mut self, event: &StoredEvent, status: PaymentStatus) -> Result<(), FoldError> {
        use PaymentStatus::{Captured, Declined, Voided};
        let is_late_money = status == Captured && self.status != Captured;
        if matches!(self.status, Captured | Declined | Voided) && !is_late_money {
            return Err(FoldError::out_of_place(event, format!("the payment is {} already", self.status.as_str())));
        }
        self.status = status;
        Ok(())
    }

    fn keep_reference(&mut self, told: Reference) {
        self.provider_ref = told.reference.or(self.provider_ref.take());
    }

    fn end_refund(
        &mut self,
        event: &StoredEvent,
        refund: Option<Uuid>,
        amount_minor: i64,
        given_back: bool,
    ) -> Result<(), FoldError> {
        let refund = refund.ok_or_else(|| FoldError::out_of_place(event, "it does not tell which refund"))?;
        if self.refunds.insert(refund, (amount_minor, given_back)).is_some() {
            return Err(FoldError::out_of_place(event, format!("refund {refund} had ended before")));
        }
        self.refunding_minor -= amount_minor;
        if given_back {
            self.refunded_minor += amount_minor;
        }
        self.within_amount(event)
    }

    fn within_amount(&self, event: &StoredEvent) -> Result<(), FoldError> {
        let captured = if self.status == PaymentStatus::Captured { self.amount.minor } else { 0 };
        if self.refunding_minor >= 0 && self.refunding_minor + self.refunded_minor <= captured {
            return Ok(());
        }
        Err(FoldError::out_of_place(event, "more would be given back than was captured"))
    }
}

#[cfg(test)]
mod tests {
    use super::super::payment::tests::blank;
    use super::super::payment::{Change, Happened, Payment};
    use super::*;
    use chrono::{DateTime, Utc};
    use proptest::prelude::*;

    fn appended(payment: &Payment, happened: Happened, at: DateTime<Utc>) -> StoredEvent {
        StoredEvent {
            id: Uuid::nil(),
            position: i64::from(payment.version),
            aggregate_type: "payment".to_owned(),
            aggregate_id: payment.id.to_string(),
            version: payment.version,
            kind: happened.kind.to_owned(),
            topic: happened.topic.map(|topic| topic.to_string()),
            sequence: happened.topic.map(|_| payment.sequence),
            data: happened.data,
            metadata: serde_json::Value::Null,
            at,
        }
    }

    /// What may happen; refunds succeed or fail for what was opened first.
    fn change() -> impl Strategy<Value = Change> {
        let reference = || "pi_1".to_owned();
        let (refund_id, amount_minor) = (Uuid::from_u128(9), 3_000);
        prop_oneof![
            1 => Just(Change::Known { reference: reference() }),
            1 => Just(Change::ActionRequired { reference: reference(), redirect_url: "https://pay".to_owned(), transfer: None }),
            1 => Just(Change::Authorised { reference: Some(reference()) }),
            4 => Just(Change::Captured),
            1 => Just(Change::Declined { reference: None, code: "card_declined".to_owned() }),
            1 => Just(Change::Voided),
            1 => Just(Change::Wants(Wanted::Capture)),
            1 => Just(Change::Wants(Wanted::Void)),
            4 => Just(Change::RefundOpened { amount_minor }),
            2 => Just(Change::RefundSucceeded { refund_id, amount_minor }),
            1 => Just(Change::RefundFailed { refund_id, amount_minor, code: "x".to_owned() }),
        ]
    }

    proptest! {
        #[test]
        fn folded_events_give_the_row(changes in proptest::collection::vec(change(), 0..16)) {
            let at = DateTime::UNIX_EPOCH;
            let (mut row, first) = blank().opened();
            let mut events = vec![appended(&row, first, at)];
            let mut ended = false;
            for change in changes {
                // One refund at most comes to an end, once it was opened: the ledger sees to that.
                let ends = matches!(change, Change::RefundSucceeded { .. } | Change::RefundFailed { .. });
                if ends && (ended || row.refunding_minor == 0) {
                    continue;
                }
                let Ok(Some((next, happened))) = row.apply(&change, at) else { continue };
                ended |= ends;
                events.push(appended(&next, happened, at));
                row = next;
            }
            let folded = payment(&events).expect("it can be folded").expect("a payment");
            prop_assert_eq!(folded.status, row.status);
            prop_assert_eq!(folded.wanted, row.wanted.map(Wanted::as_str));
            prop_assert_eq!((folded.refunding_minor, folded.refunded_minor), (row.refunding_minor, row.refunded_minor));
            prop_assert_eq!((folded.counts.version, folded.counts.sequence), (row.version, row.sequence));
            prop_assert_eq!((folded.provider_ref, folded.decline_code), (row.provider_ref, row.decline_code));
            // One event less is told.
            if events.len() > 2 {
                events.remove(1);
                prop_assert!(payment(&events).is_err());
            }
        }
    }
}
