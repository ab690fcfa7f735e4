//! What can go wrong, and how it is told to clients: once, here.

use crate::domain::payment::Refusal;
use crate::writer::WriteError;
use axum::http::StatusCode;
use onsale_core::api::internal::PaymentStatus;
use onsale_platform::env::EnvError;
use onsale_platform::pg;
use onsale_platform::problem::Problem;
use std::sync::Arc;
use std::time::Duration;

/// Payment, or the sandbox, could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting is missing or cannot be understood.
    #[error(transparent)]
    Setting(#[from] EnvError),
    /// A setting excludes another.
    #[error("{0}")]
    Settings(&'static str),
    /// The database does not answer.
    #[error("the database of payment cannot be reached: {0}")]
    Database(#[from] sqlx::Error),
    /// The client of the provider cannot be made.
    #[error("the payment provider's client cannot be made: {0}")]
    Client(#[from] reqwest::Error),
}

/// Why a call was not carried out.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum ServiceError {
    /// One field is wrong.
    #[error("{field}: {message}")]
    Invalid { field: &'static str, code: &'static str, message: String },
    /// The payment's id stands for another payment.
    #[error("the payment's id was used for another payment")]
    PaymentReused,
    #[error("there is no such {0}")]
    Missing(&'static str),
    /// The payment is in a state that excludes the call.
    #[error("the payment is {}", .0.as_str())]
    Conflict(PaymentStatus),
    /// The provider refused to give the money back.
    #[error("the refund failed: {0}")]
    RefundFailed(String),
    /// The webhook is not the provider's.
    #[error(transparent)]
    Signature(#[from] crate::domain::signature::SignatureError),
    /// A webhook that is signed, but not of the provider's form.
    #[error("the webhook cannot be read: {0}")]
    Webhook(String),
    /// The provider cannot be asked just now, and the question must not be lost.
    #[error("the provider does not answer: {0}")]
    Away(String),
    #[error(transparent)]
    Writer(#[from] WriteError),
    #[error("a look into the database failed: {0}")]
    Database(Arc<sqlx::Error>),
}

impl From<sqlx::Error> for ServiceError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(Arc::new(error))
    }
}

impl From<ServiceError> for Problem {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::Invalid { field, code, message } => Self::invalid(field, code, message),
            ServiceError::PaymentReused => {
                Self::unprocessable("idempotency_key_reused", "The paymentId was used for another payment.")
            }
            ServiceError::Missing(what) => Self::not_found(what),
            ServiceError::Conflict(status) => {
                Self::conflict("state_conflict", format!("The payment is {}.", status.as_str()))
                    .with_member("paymentStatus", status)
            }
            ServiceError::RefundFailed(ref code) => {
                Self::conflict("state_conflict", "The provider did not give the money back.")
                    .with_member("refundStatus", "FAILED")
                    .with_member("reason", code)
            }
            ServiceError::Signature(error) => {
                Self::new(StatusCode::BAD_REQUEST, "signature_invalid", format!("Not accepted: {error}."))
            }
            ServiceError::Webhook(reason) => Self::malformed("body", reason),
            ServiceError::Away(_) => {
                Self::unavailable("The payment provider does not answer.", Duration::from_secs(5)).with_source(error)
            }
            ServiceError::Writer(error) => error.into(),
            ServiceError::Database(error) => of_database(error),
        }
    }
}

impl From<WriteError> for Problem {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Missing => Self::not_found("payment"),
            WriteError::RefundReused => {
                Self::unprocessable("idempotency_key_reused", "The refundId was used for another refund.")
            }
            WriteError::Refused(Refusal::MoreThanLeft(left)) => Self::conflict(
                "state_conflict",
                format!("Only {left} minor units of what was captured are left to give back."),
            ),
            WriteError::Refused(refusal) => Self::conflict("state_conflict", format!("Not possible: {refusal}.")),
            WriteError::NotTaken(_) => {
                Self::unavailable("Too many payments are being written.", Duration::from_secs(1)).with_source(error)
            }
            WriteError::Database(error) => of_database(error),
        }
    }
}

fn of_database(error: Arc<sqlx::Error>) -> Problem {
    if pg::is_unavailable(&error) || pg::is_retryable(&error) {
        Problem::unavailable("The database is not reachable just now.", Duration::from_secs(1)).with_source(error)
    } else {
        Problem::internal(error)
    }
}
