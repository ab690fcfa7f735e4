//! Hears from payment that money was taken. Usually the saga that asked for it knows already; but money also comes late
//! (a transfer, a redirect that was given up), and then nobody is waiting for it.

use crate::domain::life::Saga;
use crate::service::drive_order::{self, commit};
use crate::service::find::{self, Found};
use crate::service::payments;
use crate::state::State;
use onsale_core::events::PaymentChanged;
use onsale_platform::inbox::ConsumeError;
use onsale_platform::outbox::Metadata;

/// Money was taken. The same news twice does the same as once: what stands is looked up, not what is told.
///
/// # Errors
/// `Retry` while payment or the database cannot be asked.
pub async fn completed(state: &State, paid: &PaymentChanged) -> Result<(), ConsumeError> {
    let order = state.looks.order(paid.order_id).await?;
    // Another installation's, on the same bus.
    let Some(order) = order else { return Ok(()) };
    if order.life.attempt != paid.payment_id {
        return give_back_stray(state, paid).await;
    }
    let is_news = match order.life.saga {
        // Its driver hears the same.
        Saga::Capturing | Saga::Refunding { .. } => false,
        Saga::Settled => order.life.may_get_late_money(),
        Saga::Authorising | Saga::AwaitingPayer | Saga::Open | Saga::Voiding => true,
    };
    if !is_news {
        return Ok(());
    }
    let retry = |problem: onsale_platform::problem::Problem| ConsumeError::Retry(problem.code().to_owned());
    let found = find::hold(state, order.reservation, None).await.map_err(retry)?;
    let Some(news) = payments::look(state, &found.row, paid.payment_id).await else {
        return Err(ConsumeError::Retry("where the payment stands is not known".to_owned()));
    };
    let why = Metadata::default();
    let found: Found = commit(state, &found, news, &why, None).await.map_err(retry)?;
    drive_order::drive(state, found, &why, None).await.map_err(retry)?;
    Ok(())
}

/// Money of an attempt that another one has followed: the order is paid by that one or not at all.
async fn give_back_stray(state: &State, paid: &PaymentChanged) -> Result<(), ConsumeError> {
    metrics::counter!("onsale_stray_payments_total").increment(1);
    tracing::warn!(payment_id = %paid.payment_id, order_id = %paid.order_id,
        "money came for an attempt that was given up; it goes back");
    payments::give_back(state, paid.payment_id, paid.amount).await.map_err(ConsumeError::Retry)
}
