//! Holds: make, look, change, give back.

use super::admission::Admission;
use super::orders::underway;
use super::why::Why;
use crate::error::Reply;
use crate::service::hold_seats::{self, Asking};
use crate::service::release_hold::{self, Released};
use crate::service::{change_hold, find, view};
use crate::state::State;
use axum::extract::State as Extract;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use onsale_core::ReservationId;
use onsale_core::api::booking::{ApplyPromoCode, ChangeReservation, Order, Reservation, ReserveRequest};
use onsale_core::api::problem::ProblemBody;
use onsale_platform::extract::{Json, Path};
use onsale_platform::idempotency::IdempotencyKey;
use onsale_platform::identity::Caller;
use onsale_platform::problem::Problem;

/// Hold seats, general-admission tickets, or the best seats there are.
///
/// All or nothing. The answer is durable: the hold stands until it is confirmed, released, or its time is over.
#[utoipa::path(
    post, path = "/api/bookings/reserve", tag = "booking", security(("bearer" = [])),
    request_body = ReserveRequest,
    params(
        ("Idempotency-Key" = Option<String>, Header, description = "The same key gives the first answer again"),
        ("X-Admission" = Option<String>, Header, description = "The waiting room's admission, where the event has one"),
    ),
    responses(
        (status = 201, description = "Held", body = Reservation),
        (status = 401, description = "`unauthenticated`", body = ProblemBody),
        (status = 403, description = "`forbidden`, `not_admitted`", body = ProblemBody),
        (status = 404, description = "`not_found`", body = ProblemBody),
        (status = 409, description = "`seats_unavailable`, `tickets_unavailable`, `no_adjacent_seats`, `limit_reached`, `not_on_sale`, `in_progress`", body = ProblemBody),
        (status = 422, description = "`invalid`, `idempotency_key_reused`", body = ProblemBody),
        (status = 503, description = "`unavailable`", body = ProblemBody),
    )
)]
pub(super) async fn reserve(
    Extract(state): Extract<State>,
    caller: Caller,
    key: IdempotencyKey,
    why: Why,
    admission: Admission,
    Json(request): Json<ReserveRequest>,
) -> Result<Response, Problem> {
    let asking = Asking {
        account: caller.user_id,
        admission: admission.checked(&state, caller.user_id, &request.event_id)?,
        why: why.by(caller.user_id),
        key: key.scoped(caller.user_id, "POST /api/bookings/reserve", &request),
    };
    Ok(match hold_seats::reserve(&state, asking, request).await? {
        Reply::Fresh(done) => {
            (StatusCode::CREATED, Json(view::reservation(&done.row, &done.inventory, done.now))).into_response()
        }
        Reply::Replayed(stored) => stored.replay(),
    })
}

/// A hold and its time left.
#[utoipa::path(
    get, path = "/api/bookings/reservations/{reservationId}", tag = "booking", security(("bearer" = [])),
    params(("reservationId" = ReservationId, Path, description = "The hold")),
    responses(
        (status = 200, description = "The hold", body = Reservation),
        (status = 401, description = "`unauthenticated`", body = ProblemBody),
        (status = 404, description = "`not_found`", body = ProblemBody),
    )
)]
pub(super) async fn get_reservation(
    Extract(state): Extract<State>,
    caller: Caller,
    Path(id): Path<ReservationId>,
) -> Result<Json<Reservation>, Problem> {
    let found = find::hold(&state, id, Some(caller.user_id)).await?;
    Ok(Json(view::reservation(&found.row, &found.inventory, state.clock.now())))
}

/// Change what a hold has, all or nothing. Its end stays.
#[utoipa::path(
    patch, path = "/api/bookings/reservations/{reservationId}", tag = "booking", security(("bearer" = [])),
    params(("reservationId" = ReservationId, Path, description = "The hold")),
    request_body = ChangeReservation,
    responses(
        (status = 200, description = "The hold as it is now", body = Reservation),
        (status = 401, description = "`unauthenticated`", body = ProblemBody),
        (status = 404, description = "`not_found`", body = ProblemBody),
        (status = 409, description = "`seats_unavailable`, `tickets_unavailable`, `limit_reached`, `not_on_sale`, `payment_in_progress`, `version_conflict`", body = ProblemBody),
        (status = 410, description = "`hold_expired`", body = ProblemBody),
        (status = 422, description = "`invalid`", body = ProblemBody),
    )
)]
pub(super) async fn change_reservation(
    Extract(state): Extract<State>,
    caller: Caller,
    Path(id): Path<ReservationId>,
    why: Why,
    Json(request): Json<ChangeReservation>,
) -> Result<Json<Reservation>, Problem> {
    let done = change_hold::change(&state, caller.user_id, id, &request, why.by(caller.user_id)).await?;
    Ok(Json(view::reservation(&done.row, &done.inventory, done.now)))
}

/// Give a hold back.
///
/// One that is being paid is given up with its order, as by cancelling it: 202 while what becomes of the payment is not
/// known.
#[utoipa::path(
    delete, path = "/api/bookings/reservations/{reservationId}", tag = "booking", security(("bearer" = [])),
    params(("reservationId" = ReservationId, Path, description = "The hold")),
    responses(
        (status = 202, description = "Its order is given up; whether money came is not known yet", body = Order),
        (status = 204, description = "Given back"),
        (status = 401, description = "`unauthenticated`", body = ProblemBody),
        (status = 404, description = "`not_found`", body = ProblemBody),
        (status = 409, description = "`not_cancellable`, `state_conflict`", body = ProblemBody),
    )
)]
pub(super) async fn release(
    Extract(state): Extract<State>,
    caller: Caller,
    Path(id): Path<ReservationId>,
    why: Why,
) -> Result<Response, Problem> {
    Ok(match release_hold::release(&state, caller.user_id, id, why.by(caller.user_id)).await? {
        Released::Over => StatusCode::NO_CONTENT.into_response(),
        Released::Underway(order) => underway(&order),
    })
}

/// Take a promo code into the price, before paying.
#[utoipa::path(
    put, path = "/api/bookings/reservations/{reservationId}/promo-code", tag = "booking", security(("bearer" = [])),
    params(("reservationId" = ReservationId, Path, description = "The hold")),
    request_body = ApplyPromoCode,
    responses(
        (status = 200, description = "The hold with the price", body = Reservation),
        (status = 401, description = "`unauthenticated`", body = ProblemBody),
        (status = 404, description = "`not_found`", body = ProblemBody),
        (status = 409, description = "`promo_code_invalid`, `payment_in_progress`", body = ProblemBody),
        (status = 410, description = "`hold_expired`", body = ProblemBody),
        (status = 422, description = "`promo_code_invalid`", body = ProblemBody),
    )
)]
pub(super) async fn apply_promo_code(
    Extract(state): Extract<State>,
    caller: Caller,
    Path(id): Path<ReservationId>,
    why: Why,
    Json(request): Json<ApplyPromoCode>,
) -> Result<Json<Reservation>, Problem> {
    let why = why.by(caller.user_id);
    let done = change_hold::apply_promo_code(&state, caller.user_id, id, &request.code, why).await?;
    Ok(Json(view::reservation(&done.row, &done.inventory, done.now)))
}

/// Take the promo code out of the price.
#[utoipa::path(
    delete, path = "/api/bookings/reservations/{reservationId}/promo-code", tag = "booking", security(("bearer" = [])),
    params(("reservationId" = ReservationId, Path, description = "The hold")),
    responses(
        (status = 200, description = "The hold with the price", body = Reservation),
        (status = 401, description = "`unauthenticated`", body = ProblemBody),
        (status = 404, description = "`not_found`", body = ProblemBody),
        (status = 409, description = "`payment_in_progress`", body = ProblemBody),
        (status = 410, description = "`hold_expired`", body = ProblemBody),
    )
)]
pub(super) async fn remove_promo_code(
    Extract(state): Extract<State>,
    caller: Caller,
    Path(id): Path<ReservationId>,
    why: Why,
) -> Result<Json<Reservation>, Problem> {
    let done = change_hold::remove_promo_code(&state, caller.user_id, id, why.by(caller.user_id)).await?;
    Ok(Json(view::reservation(&done.row, &done.inventory, done.now)))
}
