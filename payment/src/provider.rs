//! Whoever moves the money. Two-phase: authorise, then capture or cancel; refunds afterwards.

pub(crate) mod stripe;

use crate::domain::payment::Change;
use chrono::{DateTime, Utc};
use onsale_core::api::booking::{PaymentMethod, TransferInstructions};
use onsale_core::{Money, OrderId, PaymentId};
use std::future::Future;
use uuid::Uuid;

/// A payment provider. A trait because tests cannot run the far side.
///
/// Every call that moves money carries a key of ours: asked again by the same key, the provider
/// gives its first answer and moves nothing a second time.
pub(crate) trait PaymentProvider: Send + Sync {
    /// Whether a payment without a token of the payer's means of payment goes by the provider's own page.
    fn has_hosted_page(&self) -> bool;

    /// Reserves money, under the attempt's id.
    fn authorise(&self, attempt: &Attempt<'_>) -> impl Future<Output = Result<Intent, ProviderError>> + Send;

    /// Looks at an attempt.
    fn retrieve(&self, reference: &str) -> impl Future<Output = Result<Intent, ProviderError>> + Send;

    /// Takes what was reserved.
    fn capture(&self, id: PaymentId, reference: &str) -> impl Future<Output = Result<Intent, ProviderError>> + Send;

    /// Gives up what was reserved, or the attempt to; the provider's page is closed first.
    fn cancel(&self, id: PaymentId, reference: &str) -> impl Future<Output = Result<Intent, ProviderError>> + Send;

    /// Gives back, under the refund's id.
    fn refund(&self, refund: &RefundAttempt<'_>) -> impl Future<Output = Result<ProviderRefund, ProviderError>> + Send;

    /// Looks at a refund.
    fn retrieve_refund(&self, reference: &str) -> impl Future<Output = Result<ProviderRefund, ProviderError>> + Send;
}

/// What is to be authorised.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attempt<'a> {
    pub(crate) id: PaymentId,
    pub(crate) order_id: OrderId,
    pub(crate) method: PaymentMethod,
    pub(crate) amount: Money,
    pub(crate) token: Option<&'a str>,
    pub(crate) return_url: Option<&'a str>,
    pub(crate) description: &'a str,
    /// When it was made.
    pub(crate) created_at: DateTime<Utc>,
}

/// What is to be given back.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RefundAttempt<'a> {
    pub(crate) id: Uuid,
    pub(crate) payment_id: PaymentId,
    pub(crate) reference: &'a str,
    pub(crate) amount: Money,
}

/// An attempt as the provider shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Intent {
    /// The provider's name for it.
    pub(crate) reference: String,
    /// Our name for it, as we gave it.
    pub(crate) payment_id: Option<PaymentId>,
    pub(crate) amount: Money,
    pub(crate) outcome: Outcome,
}

/// Where an attempt is at the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Not decided yet.
    Open,
    ActionRequired {
        redirect_url: String,
        /// What to write on a bank transfer.
        transfer: Option<TransferInstructions>,
    },
    Authorised,
    Captured,
    Declined {
        code: String,
    },
    Cancelled,
}

impl Intent {
    /// What it tells about our payment.
    pub(crate) fn change(&self) -> Change {
        let reference = self.reference.clone();
        match &self.outcome {
            Outcome::Open => Change::Known { reference },
            Outcome::ActionRequired { redirect_url, transfer } => {
                Change::ActionRequired { reference, redirect_url: redirect_url.clone(), transfer: transfer.clone() }
            }
            Outcome::Authorised => Change::Authorised { reference: Some(reference) },
            Outcome::Captured => Change::Captured,
            Outcome::Declined { code } => Change::Declined { reference: Some(reference), code: code.clone() },
            Outcome::Cancelled => Change::Voided,
        }
    }
}

/// A refund as the provider shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ProviderRefund {
    pub(crate) reference: String,
    /// Our name for it, as we gave it.
    pub(crate) refund_id: Option<Uuid>,
    /// Our name for the payment that it is of.
    pub(crate) payment_id: Option<PaymentId>,
    pub(crate) outcome: ProviderRefundOutcome,
}

/// Where a refund is at the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ProviderRefundOutcome {
    Pending,
    Succeeded,
    Failed { code: String },
}

/// What the provider's own books say of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ProviderBooks {
    /// The provider's name for it.
    pub(crate) reference: String,
    /// Our name for it, as we gave it.
    pub(crate) payment_id: Option<PaymentId>,
    /// Nothing unless the money was taken.
    pub(crate) captured: Money,
    pub(crate) refunded_minor: i64,
}

/// Why the provider gave no answer of the kind that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ProviderError {
    /// No answer came, or one that tells nothing: it may have happened. Ask again by the same key.
    #[error("the outcome is unknown: {0}")]
    Unknown(String),
    /// It said no, and nothing happened.
    #[error("refused with {code}: {message}")]
    Refused {
        /// The provider's stable word.
        code: String,
        /// Its sentence, for the log.
        message: String,
    },
}
