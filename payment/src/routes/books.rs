//! What booking asks of the books: an event's sums, and an order's history.

use crate::state::State;
use crate::store::books::{self, Happened};
use axum::extract::State as Extract;
use onsale_core::api::sales_desk::{LedgerAsked, LedgerSums, PaymentStep, PaymentSteps};
use onsale_core::{Money, OrderId};
use onsale_platform::extract::{Json, Path};
use onsale_platform::identity::ServiceCaller;
use onsale_platform::problem::Problem;
use serde::Deserialize;
use uuid::Uuid;

/// How many orders are asked about at once.
const ORDERS_MAX: usize = 1_000;
/// How much of an order's history is shown.
const STEPS_MAX: i64 = 200;

/// What the ledger has of some orders together.
pub(super) async fn sums(
    Extract(state): Extract<State>,
    _caller: ServiceCaller,
    Json(asked): Json<LedgerAsked>,
) -> Result<Json<LedgerSums>, Problem> {
    if asked.orders.len() > ORDERS_MAX {
        return Err(Problem::invalid("orders", "out_of_range", format!("ask for at most {ORDERS_MAX}")));
    }
    let ids: Vec<Uuid> = asked.orders.iter().map(|order| order.0).collect();
    Ok(Json(books::sums(&mut *state.pool.acquire().await?, &ids).await?))
}

/// What happened to an order's payments.
pub(super) async fn history(
    Extract(state): Extract<State>,
    _caller: ServiceCaller,
    Path(order): Path<OrderId>,
) -> Result<Json<PaymentSteps>, Problem> {
    let happened = books::history(&mut *state.pool.acquire().await?, order, STEPS_MAX).await?;
    Ok(Json(PaymentSteps { items: happened.into_iter().map(step).collect() }))
}

/// What of an event's data is shown.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Said {
    amount: Option<Money>,
    reason: Option<String>,
}

fn step(happened: Happened) -> PaymentStep {
    let said: Said = serde_json::from_value(happened.data).unwrap_or_default();
    PaymentStep { at: happened.at, kind: happened.kind, amount: said.amount, reason: said.reason }
}
