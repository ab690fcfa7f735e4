//! The route table. What is not here is not there.

mod docs;
mod health;
mod live;
pub(crate) mod openapi;
mod problems;
mod schemas;

use crate::admission;
use crate::edge;
use crate::pages;
use crate::proxy::to;
use crate::state::{Backend, State};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{any, get, post};
use onsale_platform::problem;

pub(crate) fn router(state: State) -> Router {
    let demo = state.config.demo;
    let mut table = page_routes()
        // What explains the API
        .route("/api/openapi.json", get(openapi::json))
        .route("/api/docs", get(docs::page))
        .route("/problems", get(problems::list))
        .route("/problems/{code}", get(problems::one))
        .route("/schemas/events/{file}", get(schemas::of_topic))
        .merge(account_routes())
        // Finding events
        .route("/api/events", to(Backend::Search))
        .route("/api/events/{eventId}", to(Backend::Search))
        .route("/api/search/{*rest}", to(Backend::Search))
        // Seats, holds, orders, tickets
        .route("/api/events/{eventId}/plan", to(Backend::Booking))
        .route("/api/events/{eventId}/seats", to(Backend::Booking))
        .route("/api/events/{eventId}/ticket-types", to(Backend::Booking))
        .route("/api/events/{eventId}/live", get(live::seats))
        .route("/api/bookings", to(Backend::Booking))
        .route("/api/bookings/reserve", any(admission::reserve))
        .route("/api/bookings/{*rest}", to(Backend::Booking))
        .route("/api/v1/{*rest}", to(Backend::Booking))
        .merge(sales_routes())
        .route("/api/admin/events/{eventId}/check-ins", to(Backend::Booking))
        .route("/api/admin/events/{eventId}/check-ins/list", to(Backend::Booking))
        .route("/api/admin/orders/{orderId}/settle", to(Backend::Booking))
        // Money
        .route("/api/payments/{*rest}", to(Backend::Payment))
        // Tickets to print
        .route("/api/documents/{*rest}", to(Backend::Notification))
        // Events, told to others
        .route("/api/admin/webhooks", to(Backend::Notification))
        .route("/api/admin/webhooks/{*rest}", to(Backend::Notification))
        // Venues, plans, prices, publishing
        .route("/api/admin/{*rest}", to(Backend::Admin));
    if let Some(queue) = &state.queue {
        table = table.merge(onsale_queue::router(queue.clone()).with_state(()));
    }
    if demo {
        table = table.route("/sandbox/{*rest}", to(Backend::Sandbox));
    }
    if state.config.mailbox {
        table =
            table.route("/dev/mail", to(Backend::Notification)).route("/dev/mail/{*rest}", to(Backend::Notification));
    }
    // Whoever watches us is neither limited nor answered with problems.
    let watched = Router::new()
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .route("/actuator/health", get(health::aggregated));
    table
        .fallback(pages::missing)
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn_with_state(state.clone(), edge::guard))
        .layer(from_fn(problem::layer))
        .layer(from_fn_with_state(state.clone(), pages::humanise))
        .merge(watched)
        .layer(from_fn_with_state(state.clone(), edge::envelope))
        .with_state(state)
}

/// Accounts, organisations, keys, settings and the audit log.
fn account_routes() -> Router<State> {
    Router::new()
        .route("/.well-known/jwks.json", to(Backend::Auth))
        .route("/api/auth/{*rest}", to(Backend::Auth))
        .route("/api/admin/users", to(Backend::Auth))
        .route("/api/admin/users/{*rest}", to(Backend::Auth))
        .route("/api/admin/api-keys", to(Backend::Auth))
        .route("/api/admin/api-keys/{*rest}", to(Backend::Auth))
        .route("/api/admin/organisations", to(Backend::Auth))
        .route("/api/admin/organisations/{*rest}", to(Backend::Auth))
        .route("/api/admin/settings", to(Backend::Auth))
        .route("/api/admin/settings/{*rest}", to(Backend::Auth))
        .route("/api/admin/audit", to(Backend::Auth))
        .route("/api/admin/audit/{*rest}", to(Backend::Auth))
}

/// An event's sales, its orders, its counter and its books.
fn sales_routes() -> Router<State> {
    Router::new()
        .route("/api/admin/sales", to(Backend::Booking))
        .route("/api/admin/events/{eventId}/sales", to(Backend::Booking))
        .route("/api/admin/events/{eventId}/orders", to(Backend::Booking))
        .route("/api/admin/events/{eventId}/orders/{orderId}", to(Backend::Booking))
        .route("/api/admin/events/{eventId}/orders/{orderId}/{*rest}", to(Backend::Booking))
        .route("/api/admin/events/{eventId}/seats/{*rest}", to(Backend::Booking))
        .route("/api/admin/events/{eventId}/counter-sales", to(Backend::Booking))
        .route("/api/admin/events/{eventId}/attendees", to(Backend::Booking))
        .route("/api/admin/events/{eventId}/attendees.csv", to(Backend::Booking))
        .route("/api/admin/events/{eventId}/attendees.xlsx", to(Backend::Booking))
        .route("/api/admin/events/{eventId}/settlement", to(Backend::Booking))
}

/// What people look at.
fn page_routes() -> Router<State> {
    Router::new()
        .route("/", get(pages::home))
        .route("/results", get(pages::results))
        .route("/cities/{city}", get(pages::city))
        .route("/kinds/{kind}", get(pages::kind))
        .route("/events/{eventId}/calendar.ics", get(pages::feeds::event_calendar))
        .route("/events/{eventId}", get(pages::event))
        .route("/events/{eventId}/seats", get(pages::seats))
        .route("/events/{eventId}/queue", get(pages::line::show))
        .route("/events/{eventId}/queue/proof", get(pages::line::proof))
        .route("/events/{eventId}/queue/join", post(pages::line::join))
        .route("/events/{eventId}/queue/leave", post(pages::line::leave))
        .route("/checkout/{reservationId}", get(pages::checkout))
        .route("/orders", get(pages::orders))
        .route("/orders/{orderId}", get(pages::order))
        .route("/sign-in", get(pages::sign_in))
        .route("/sign-up", get(pages::sign_up))
        .route("/forgot-password", get(pages::forgot_password))
        .route("/reset-password", get(pages::reset_password))
        .route("/verify-email", get(pages::verify_email))
        .route("/organiser", get(pages::organiser_events))
        .route("/organiser/events/new", get(pages::organiser_new_event))
        .route("/organiser/events/{eventId}/edit", get(pages::organiser_event_editor))
        .route("/organiser/events/{eventId}/preview", get(pages::organiser_event_preview))
        .route("/organiser/events/{eventId}/preview/page", get(pages::preview::show))
        .route("/organiser/events/{eventId}", get(pages::organiser_event))
        .route("/organiser/events/{eventId}/orders/{orderId}", get(pages::organiser_order))
        .route("/organiser/events/{eventId}/counter", get(pages::organiser_counter))
        .route("/organiser/events/{eventId}/reports", get(pages::organiser_reports))
        .route("/organiser/events/{eventId}/check-in", get(pages::gate))
        .route("/organiser/gate-worker.js", get(pages::gate_worker))
        .route("/organiser/halls", get(pages::organiser_halls))
        .route("/organiser/halls/{hallId}", get(pages::organiser_hall))
        .route("/organiser/organisation", get(pages::organiser_organisation))
        .route("/organiser/keys", get(pages::organiser_keys))
        .route("/organiser/audit", get(pages::organiser_audit))
        .route("/organiser/settings", get(pages::organiser_settings))
        .route("/organiser/users", get(pages::organiser_users))
        .route("/account/security", get(pages::account_security))
        .route("/invitation", get(pages::open_invitation))
        .route("/preferences", post(pages::preferences::choose))
        .route("/assets/{file}", get(pages::asset))
        .route("/robots.txt", get(pages::feeds::robots))
        .route("/sitemap.xml", get(pages::feeds::sitemap))
        .route("/calendar.ics", get(pages::feeds::search_calendar))
}
