//! The tickets of an order as PDF, for its owner.

use crate::documents::Enclosed;
use crate::domain::good_tickets;
use crate::service::ask_others;
use crate::state::State;
use axum::extract::State as Extract;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use onsale_core::api::problem::ProblemBody;
use onsale_core::{Language, OrderId};
use onsale_platform::extract::{Path, Query};
use onsale_platform::identity::Caller;
use onsale_platform::problem::Problem;
use serde::Deserialize;
use std::time::Duration;
use utoipa::IntoParams;

/// When to come again where booking is away.
const RETRY_AFTER: Duration = Duration::from_secs(5);
/// How long a caller waits for a turn at the press.
const WAIT_MAX: Duration = Duration::from_secs(8);

/// In which language the words on the tickets are.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Wording {
    /// `en` or `es`; English when absent.
    #[serde(default)]
    language: Language,
}

/// Your tickets of an order as PDF, a page each; those that are good at the door.
#[utoipa::path(
    get,
    path = "/api/documents/orders/{orderId}/tickets.pdf",
    tag = "documents",
    operation_id = "downloadTickets",
    params(("orderId" = OrderId, Path, description = "The order"), Wording),
    responses(
        (status = 200, description = "The PDF", content_type = "application/pdf"),
        (status = 400, description = "`malformed`: a language that is not spoken", body = ProblemBody),
        (status = 401, description = "`unauthenticated`", body = ProblemBody),
        (status = 403, description = "`forbidden`: the call is for people", body = ProblemBody),
        (status = 404, description = "`not_found`: not there, another's, or without a good ticket", body = ProblemBody),
        (status = 503, description = "`unavailable`", body = ProblemBody),
    ),
    security(("bearer" = []))
)]
pub(super) async fn tickets(
    Extract(state): Extract<State>,
    caller: Caller,
    Path(order): Path<OrderId>,
    Query(Wording { language }): Query<Wording>,
) -> Result<Response, Problem> {
    let away =
        |error: String| Problem::unavailable("The tickets cannot be made just now.", RETRY_AFTER).with_source(error);
    let facts = ask_others::order_facts(&state, order).await.map_err(|error| away(format!("booking: {error}")))?;
    let facts = facts.filter(|facts| facts.order.user_id == caller.user_id && good_tickets(facts).next().is_some());
    let facts = facts.ok_or_else(|| Problem::not_found("ticket"))?;
    let making = tokio::time::timeout(WAIT_MAX, state.press.make_tickets(Enclosed { language, facts })).await;
    let file = making.map_err(|_| away(format!("no turn at the press within {WAIT_MAX:?}")))?;
    let file = file.map_err(|error| Problem::internal(format!("the tickets of order {order}: {error}")))?;
    let headers = [
        (CONTENT_TYPE, file.content_type.to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", file.name)),
        (CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, file.bytes).into_response())
}
