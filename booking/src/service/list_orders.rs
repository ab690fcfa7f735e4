//! An account's orders, and an order's payments.

use crate::service::find::{self, Found, Looker};
use crate::service::view;
use crate::state::State;
use crate::store;
use axum::http::StatusCode;
use onsale_core::api::booking::{Order, PaymentAttempt};
use onsale_core::api::internal::PaymentState;
use onsale_core::api::page::{Page, PageQuery};
use onsale_core::{OrderId, UserId};
use onsale_platform::ServiceRole;
use onsale_platform::cursor;
use onsale_platform::problem::Problem;
use onsale_platform::upstream::CallError;
use std::time::Duration;

/// How many orders a page has when nothing is said.
const LIMIT_DEFAULT: u32 = 20;

/// A page of an account's orders, newest first; those that are out of the looker's reach are left out.
pub async fn of_account(
    state: &State,
    account: UserId,
    looker: Looker,
    page: &PageQuery,
) -> Result<Page<Order>, Problem> {
    let limit = cursor::limit(page, LIMIT_DEFAULT)?;
    let before: Option<OrderId> = page.cursor.as_deref().map(cursor::decode).transpose()?;
    let mut conn = state.pool.acquire().await?;
    let mut rows = store::orders::of_account(&mut conn, account, before, limit + 1).await?;
    drop(conn);
    let next_cursor = cursor::next(&mut rows, limit, |(order, _)| *order);
    let mut items = Vec::with_capacity(rows.len());
    for (_, hold) in rows {
        let found = match find::hold(state, hold, looker).await {
            Ok(found) => found,
            Err(problem) if problem.status() == StatusCode::NOT_FOUND && looker != Looker::Owner(account) => continue,
            Err(problem) => return Err(problem),
        };
        items.extend(view::order(&found.row, &found.inventory, &state.ticket_key));
    }
    Ok(Page { items, next_cursor })
}

/// The attempts to pay an order, as payment knows them, first to last.
pub async fn payments(state: &State, found: &Found) -> Result<Vec<PaymentAttempt>, Problem> {
    let attempts = found.row.order.iter().flat_map(|order| &order.attempts);
    let payment = state.upstreams.to(ServiceRole::Payment);
    let mut items = Vec::new();
    for attempt in attempts {
        match payment.get::<PaymentState>(&format!("/internal/payments/{attempt}")).await {
            Ok(known) => items.push(PaymentAttempt {
                payment_id: known.payment_id,
                method: known.method,
                status: known.status.as_str().to_owned(),
                amount: known.amount,
                refunded: known.refunded,
                created_at: known.created_at,
            }),
            // An attempt that never reached payment, or an order that cost nothing.
            Err(CallError::Refused(problem)) if problem.status == 404 => {}
            Err(error) => {
                let detail = "The payments cannot be looked at just now.";
                return Err(Problem::unavailable(detail, Duration::from_secs(1)).with_source(error));
            }
        }
    }
    Ok(items)
}
