//! Tells booking which orders' confirmations have gone out.

use crate::state::State;
use crate::store::mails::{self, Untold};
use futures::StreamExt;
use onsale_core::OrderId;
use onsale_platform::ServiceRole;
use onsale_platform::upstream::CallError;
use serde_json::json;
use std::time::Duration;
use uuid::Uuid;

/// Orders taken at once.
const ORDERS_MAX: i64 = 100;
/// Orders told of at the same time: booking commits them together.
const AT_ONCE: usize = 16;
/// Longer than telling takes: who dies meanwhile, or is not heard, tells again after this.
const AGAIN_AFTER: Duration = Duration::from_secs(30);

/// Tells booking of every order whose confirmation was sent. Where there is no mail server, or the mail was given
/// up, nothing more will come: the tickets are on the page. Says whether there may be more.
pub(crate) async fn tell_booking(state: &State) -> Result<bool, sqlx::Error> {
    let untold = mails::take_untold(&state.pool, ORDERS_MAX, AGAIN_AFTER).await?;
    let more = i64::try_from(untold.len()).is_ok_and(|count| count == ORDERS_MAX);
    let telling = futures::stream::iter(untold).map(|order| tell(state, order)).buffer_unordered(AT_ONCE);
    let told: Vec<Option<Uuid>> = telling.collect().await;
    let told: Vec<Uuid> = told.into_iter().flatten().collect();
    if !told.is_empty() {
        mails::mark_told(&state.pool, &told).await?;
    }
    Ok(more)
}

/// The mail, where booking was told.
async fn tell(state: &State, Untold { id, order_id }: Untold) -> Option<Uuid> {
    match delivered(state, OrderId(order_id)).await {
        Ok(()) => Some(id),
        Err(error) => {
            tracing::warn!(order = %order_id, %error, "booking was not told that an order is delivered; it is tried again");
            None
        }
    }
}

/// Tells booking that an order's confirmation is done; any number of times is once.
pub(crate) async fn delivered(state: &State, order: OrderId) -> Result<(), CallError> {
    let path = format!("/internal/orders/{order}/delivered");
    match state.upstreams.to(ServiceRole::Booking).post(&path, &json!({})).await {
        // There is nobody to be told any more.
        Err(CallError::Refused(problem)) if problem.status == 404 => Ok(()),
        outcome => outcome,
    }
}
