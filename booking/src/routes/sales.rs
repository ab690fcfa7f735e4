//! What organisers see of their sales.

use crate::service::list_sold_orders::{self, Wanted};
use crate::service::report_sales::{self, EVENTS_MAX};
use crate::state::State;
use axum::extract::State as Extract;
use onsale_core::api::page::{Page, PageQuery};
use onsale_core::api::problem::ProblemBody;
use onsale_core::api::sales::{SalesFigures, SoldOrder, SoldOrderDetail};
use onsale_core::{EventId, OrderId, OrderStatus};
use onsale_platform::extract::{Json, Path, Query};
use onsale_platform::identity::SalesKeeper;
use onsale_platform::problem::Problem;
use serde::Deserialize;
use utoipa::IntoParams;

/// Words longer than this are no search.
const QUERY_CHARS_MAX: usize = 254;

/// Which events' figures are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct SalesQuery {
    /// Event ids with commas between them, 1–100.
    #[serde(default)]
    events: String,
}

/// How your events sell: places and money of many events at once.
///
/// Events that were never published, and those of others, are left out.
#[utoipa::path(
    get, path = "/api/admin/sales", tag = "admin", security(("bearer" = [])), params(SalesQuery),
    responses(
        (status = 200, description = "One item an event", body = SalesFigures),
        (status = 401, description = "`unauthenticated`", body = ProblemBody),
        (status = 403, description = "`forbidden`", body = ProblemBody),
        (status = 422, description = "`invalid`", body = ProblemBody),
    )
)]
pub(super) async fn show_sales(
    Extract(state): Extract<State>,
    SalesKeeper(caller): SalesKeeper,
    Query(query): Query<SalesQuery>,
) -> Result<Json<SalesFigures>, Problem> {
    let events: Result<Vec<EventId>, _> = query.events.split(',').map(|id| EventId::new(id.trim())).collect();
    let events = events.map_err(|_| Problem::invalid("events", "unreadable", "name events: events=EVT001,EVT002"))?;
    if events.len() > EVENTS_MAX {
        return Err(Problem::invalid("events", "too_many", "name 100 events at most"));
    }
    report_sales::figures(&state, &caller, &events).await.map(Json)
}

/// Which orders are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct OrdersQuery {
    /// An order's number, or the buyer's whole e-mail address.
    query: Option<String>,
    /// Order statuses with commas between them; of all when absent.
    status: Option<String>,
    /// How many, 1–100; 20 when absent.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// The `nextCursor` of the page before.
    cursor: Option<String>,
}

impl OrdersQuery {
    fn wanted(self) -> Result<Wanted, Problem> {
        if self.query.as_ref().is_some_and(|query| query.chars().count() > QUERY_CHARS_MAX) {
            return Err(Problem::invalid("query", "too_long", "search for an order's number or an e-mail address"));
        }
        let names = self.status.as_deref().unwrap_or_default().split(',').filter(|name| !name.is_empty());
        let statuses: Option<Vec<_>> = names.map(OrderStatus::from_name).collect();
        let known = "use PENDING, CONFIRMED, PROCESSING, COMPLETED, CANCELLED, FAILED, with commas between them";
        Ok(Wanted {
            query: self.query,
            statuses: statuses.ok_or_else(|| Problem::invalid("status", "unknown", known))?,
            page: PageQuery { limit: self.limit, cursor: self.cursor },
        })
    }
}

/// The orders of one of your events, newest first.
///
/// Search by an order's number, as people type it, or by a buyer's whole e-mail address.
#[utoipa::path(
    get, path = "/api/admin/events/{eventId}/orders", tag = "admin", security(("bearer" = [])),
    params(("eventId" = EventId, Path, description = "The event"), OrdersQuery),
    responses(
        (status = 200, description = "A page of orders", body = Page<SoldOrder>),
        (status = 400, description = "`malformed`", body = ProblemBody),
        (status = 401, description = "`unauthenticated`", body = ProblemBody),
        (status = 403, description = "`forbidden`", body = ProblemBody),
        (status = 404, description = "`not_found`", body = ProblemBody),
        (status = 422, description = "`invalid`", body = ProblemBody),
        (status = 503, description = "`unavailable`", body = ProblemBody),
    )
)]
pub(super) async fn list_sold_orders(
    Extract(state): Extract<State>,
    SalesKeeper(caller): SalesKeeper,
    Path(event): Path<EventId>,
    Query(query): Query<OrdersQuery>,
) -> Result<Json<Page<SoldOrder>>, Problem> {
    list_sold_orders::page(&state, &caller, &event, &query.wanted()?).await.map(Json)
}

/// An order of one of your events, with its tickets and what happened to it.
#[utoipa::path(
    get, path = "/api/admin/events/{eventId}/orders/{orderId}", tag = "admin", security(("bearer" = [])),
    params(
        ("eventId" = EventId, Path, description = "The event"),
        ("orderId" = OrderId, Path, description = "The order"),
    ),
    responses(
        (status = 200, description = "The order", body = SoldOrderDetail),
        (status = 401, description = "`unauthenticated`", body = ProblemBody),
        (status = 403, description = "`forbidden`", body = ProblemBody),
        (status = 404, description = "`not_found`", body = ProblemBody),
    )
)]
pub(super) async fn get_sold_order(
    Extract(state): Extract<State>,
    SalesKeeper(caller): SalesKeeper,
    Path((event, order)): Path<(EventId, OrderId)>,
) -> Result<Json<SoldOrderDetail>, Problem> {
    list_sold_orders::one(&state, &caller, &event, order).await.map(Json)
}
