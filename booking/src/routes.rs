//! The route table.

mod admission;
mod box_office;
mod check_in;
mod events;
mod internal;
mod live;
mod orders;
mod reports;
mod reservations;
mod sales;
mod sales_desk;
mod why;

use crate::state::State;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn;
use axum::routing::{get, post};
use onsale_platform::problem;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The largest body, in bytes (RELIABILITY.md §5, line 15).
const BODY_BYTES_MAX: usize = 64 * 1024;

fn table() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(events::get_plan))
        .routes(routes!(events::get_seats))
        .routes(routes!(events::get_ticket_types))
        .routes(routes!(live::watch_seats))
        .routes(routes!(reservations::reserve))
        .routes(routes!(reservations::get_reservation, reservations::change_reservation, reservations::release))
        .routes(routes!(reservations::apply_promo_code, reservations::remove_promo_code))
        .routes(routes!(orders::confirm))
        .routes(routes!(orders::list_orders))
        .routes(routes!(orders::list_orders_of_user))
        .routes(routes!(orders::get_order))
        .routes(routes!(orders::list_payments))
        .routes(routes!(orders::get_cancel_quote))
        .routes(routes!(orders::cancel))
        .routes(routes!(orders::get_ticket_picture))
        .routes(routes!(sales::show_sales))
        .routes(routes!(sales::list_sold_orders))
        .routes(routes!(sales::get_sold_order))
        .routes(routes!(sales_desk::show_event_sales))
        .routes(routes!(sales_desk::quote_refund))
        .routes(routes!(sales_desk::refund_order))
        .routes(routes!(sales_desk::note_order))
        .routes(routes!(sales_desk::send_order_again))
        .routes(routes!(sales_desk::block_seats))
        .routes(routes!(sales_desk::release_seats))
        .routes(routes!(sales_desk::sell_order))
        .routes(routes!(reports::list_attendees))
        .routes(routes!(reports::export_attendees_csv))
        .routes(routes!(reports::export_attendees_xlsx))
        .routes(routes!(reports::settle_event))
        .routes(routes!(check_in::check_in, check_in::count_check_ins))
        .routes(routes!(check_in::list_for_gates))
        .routes(routes!(box_office::sell_ticket, box_office::list_tickets))
        .routes(routes!(box_office::get_ticket))
        .routes(routes!(box_office::settle_order))
        .routes(routes!(box_office::count_tickets))
        .routes(routes!(box_office::get_revenue))
        .routes(routes!(box_office::get_average_price))
        .routes(routes!(box_office::get_health))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
}

/// The service's routes.
pub fn router(state: State) -> Router {
    let (public, _) = table().split_for_parts();
    public
        .route("/internal/availability", get(internal::list_availability))
        .route("/internal/events/{event_id}/pulse", get(internal::show_pulse))
        .route("/internal/admissions/spent", post(internal::list_spent_admissions))
        .route("/internal/orders/{order_id}", get(internal::get_order))
        .route("/internal/orders/{order_id}/delivered", post(internal::order_delivered))
        .layer(from_fn(problem::layer))
        .with_state(state)
}

/// The service's part of the OpenAPI document.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    table().into_openapi()
}
