//! The only writer of payments and refunds: commands gather into batches, each one transaction
//! with its events and its entries in the ledger (group commit).
//!
//! A batch inserts what is new, locks the other payments in the order of their ids, applies the
//! commands in their order of arrival by the pure rules of `domain::payment`, and writes the sum.

mod batch;

use crate::domain::payment::{Change, Payment, Refusal};
use crate::store::refunds::Refund;
use onsale_core::PaymentId;
use onsale_platform::batch::{Batcher, SubmitError};
use onsale_platform::clock::Clock;
use onsale_platform::outbox::Metadata;
use onsale_platform::pg;
use onsale_platform::random;
use onsale_platform::shutdown::Shutdown;
use sqlx::PgPool;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// More waiting commands than this are refused at once.
const WAITING_MAX: usize = 4_096;
const BATCH_MAX: usize = 256;
/// How often a transaction is tried that met a deadlock or a lock.
const TRIES_MAX: u32 = 3;

/// What is to be written.
#[derive(Debug, Clone)]
pub(crate) enum Command {
    /// A new payment, as it is to stand after `then`, if there is such a change at once.
    Open { payment: Box<Payment>, then: Option<Change>, why: Metadata },
    /// Something was learnt about a payment.
    Change { payment_id: PaymentId, change: Change, why: Metadata },
    /// A new refund.
    OpenRefund { payment_id: PaymentId, refund_id: Uuid, amount_minor: i64, why: Metadata },
    /// Something was learnt about a refund.
    SettleRefund { payment_id: PaymentId, refund_id: Uuid, outcome: RefundOutcome, why: Metadata },
}

/// What the provider says of a refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RefundOutcome {
    /// On its way, under this name.
    Pending { reference: String },
    /// Given back. Receivables have no reference.
    Succeeded { reference: Option<String> },
    /// Not given back.
    Failed { code: String },
}

/// How things stand after a command.
#[derive(Debug, Clone)]
pub(crate) struct Written {
    pub(crate) payment: Payment,
    /// The refund that the command was about.
    pub(crate) refund: Option<Refund>,
    /// Whether this command made the payment or the refund.
    pub(crate) is_new: bool,
}

/// Why a command was not carried out.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum WriteError {
    /// There is no such payment, or no such refund of it.
    #[error("there is no such payment or refund")]
    Missing,
    /// The refund's id stands for another payment or amount.
    #[error("the refund's id was used for another refund")]
    RefundReused,
    /// The rules do not allow it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Too many wait.
    #[error(transparent)]
    NotTaken(#[from] SubmitError),
    /// The outcome is in doubt or nothing was done; the same command again is safe.
    #[error("the batch could not be written: {0}")]
    Database(#[source] Arc<sqlx::Error>),
}

/// The way to the writer. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Writer {
    commands: Batcher<Command, Result<Written, WriteError>>,
}

impl Writer {
    /// Starts the queue.
    pub(crate) fn start(shutdown: &Shutdown, pool: PgPool, clock: Clock) -> Self {
        let run = move |commands: Vec<Command>| {
            let (pool, clock) = (pool.clone(), clock.clone());
            async move { run(&pool, &clock, &commands).await }
        };
        Self { commands: Batcher::start(shutdown, "payment-writer", WAITING_MAX, BATCH_MAX, run) }
    }

    /// Carries out one command; its effect is durable when this returns.
    pub(crate) async fn submit(&self, command: Command) -> Result<Written, WriteError> {
        self.commands.submit(command).await?
    }

    /// Writes down what was learnt about a payment.
    pub(crate) async fn change(
        &self,
        payment_id: PaymentId,
        change: Change,
        why: &Metadata,
    ) -> Result<Payment, WriteError> {
        let entry = self.submit(Command::Change { payment_id, change, why: why.clone() }).await?;
        Ok(entry.payment)
    }
}

async fn run(pool: &PgPool, clock: &Clock, commands: &[Command]) -> Vec<Result<Written, WriteError>> {
    match write_with_retries(pool, clock, commands).await {
        Ok(answers) => answers,
        Err(error) if commands.len() > 1 && !pg::is_unavailable(&error) => {
            // One of them may be at fault: each alone, so that the others go on.
            let mut answers = Vec::with_capacity(commands.len());
            for command in commands {
                let alone = std::slice::from_ref(command);
                match write_with_retries(pool, clock, alone).await {
                    Ok(answer) => answers.extend(answer),
                    Err(error) => answers.push(Err(WriteError::Database(Arc::new(error)))),
                }
            }
            answers
        }
        Err(error) => {
            let error = WriteError::Database(Arc::new(error));
            commands.iter().map(|_| Err(error.clone())).collect()
        }
    }
}

async fn write_with_retries(
    pool: &PgPool,
    clock: &Clock,
    commands: &[Command],
) -> Result<Vec<Result<Written, WriteError>>, sqlx::Error> {
    let mut tries = 1;
    loop {
        match batch::write(pool, clock, commands).await {
            Err(error) if pg::is_retryable(&error) && tries < TRIES_MAX => {
                tokio::time::sleep(random::jittered(Duration::from_millis(10) * tries)).await;
                tries += 1;
            }
            outcome => return outcome,
        }
    }
}
