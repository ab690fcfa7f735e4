//! Asks the provider about every payment and refund whose outcome is open, each 30 s at least, so
//! that no lost answer or webhook leaves the record behind (RELIABILITY.md §3).

use crate::error::ServiceError;
use crate::service::{self, ask};
use crate::state::State;
use crate::store::{payments, refunds};
use onsale_core::PaymentId;
use onsale_platform::outbox::Metadata;
use onsale_platform::shutdown::Shutdown;
use tokio::task::JoinSet;
use uuid::Uuid;

/// How many of each kind a round takes, and how many are asked about at once.
const ROUND_MAX: i64 = 64;
const AT_ONCE_MAX: usize = 8;

/// Runs until shutdown.
pub(crate) async fn run(state: State, shutdown: Shutdown) {
    while shutdown.sleep(state.config.reconcile_every).await {
        match round(&state, &shutdown).await {
            Ok(0) => {}
            Ok(count) => tracing::debug!(count, "asked the provider about open payments"),
            Err(error) => tracing::warn!(%error, "open payments could not be looked up"),
        }
    }
}

#[derive(Clone, Copy)]
enum Due {
    Payment(PaymentId),
    Refund(PaymentId, Uuid),
}

async fn round(state: &State, shutdown: &Shutdown) -> Result<usize, ServiceError> {
    let mut conn = state.pool.acquire().await?;
    let open_payments = payments::take_due(&mut conn, ROUND_MAX).await?;
    let open_refunds = refunds::take_due(&mut conn, ROUND_MAX).await?;
    drop(conn);
    let mut due: Vec<_> = open_payments.iter().map(|payment| Due::Payment(payment.id)).collect();
    due.extend(open_refunds.iter().map(|refund| Due::Refund(refund.payment_id, refund.id)));
    metrics::counter!("onsale_payment_reconciled_total").increment(due.len() as u64);
    let count = due.len();
    let mut running = JoinSet::new();
    for one in due {
        if running.len() >= AT_ONCE_MAX {
            let _ended = running.join_next().await;
        }
        if shutdown.is_requested() {
            break;
        }
        let state = state.clone();
        running.spawn(async move {
            if let Err(error) = ask(&state, one).await {
                tracing::warn!(%error, "an open payment stays open for now");
            }
        });
    }
    while running.join_next().await.is_some() {}
    Ok(count)
}

async fn ask(state: &State, due: Due) -> Result<(), ServiceError> {
    let why = Metadata::default();
    match due {
        Due::Payment(id) => {
            let _turn = state.turns.take(id).await;
            let payment = service::find(state, id).await?;
            ask::about_payment(state, payment, &why).await?;
        }
        Due::Refund(id, refund_id) => {
            let _turn = state.turns.take(id).await;
            let payment = service::find(state, id).await?;
            let found = refunds::find(&mut *state.pool.acquire().await?, &[refund_id]).await?;
            for refund in &found {
                ask::about_refund(state, &payment, refund, &why).await?;
            }
        }
    }
    Ok(())
}
