//! What booking asks about the mails of an order.

use crate::service::send_again;
use crate::state::State;
use crate::store::mails;
use axum::extract::State as Extract;
use onsale_core::OrderId;
use onsale_core::api::sales_desk::OrderMails;
use onsale_platform::extract::{Json, Path};
use onsale_platform::identity::ServiceCaller;
use onsale_platform::problem::Problem;
use serde_json::{Value, json};

/// How many mails of an order are shown.
const MAILS_MAX: i64 = 100;

/// The mails about an order.
pub(super) async fn list(
    Extract(state): Extract<State>,
    _caller: ServiceCaller,
    Path(order): Path<OrderId>,
) -> Result<Json<OrderMails>, Problem> {
    Ok(Json(OrderMails { items: mails::of_order(&state.pool, order, MAILS_MAX).await? }))
}

/// Writes its tickets once more.
pub(super) async fn send_again(
    Extract(state): Extract<State>,
    _caller: ServiceCaller,
    Path(order): Path<OrderId>,
) -> Result<Json<Value>, Problem> {
    send_again::send_again(&state, order).await?;
    Ok(Json(json!({})))
}
