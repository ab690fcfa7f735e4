//! `/internal/payments`: what booking asks.

use crate::service;
use crate::state::State;
use crate::store::refunds::RefundStatus;
use axum::extract::FromRequestParts;
use axum::extract::State as Extract;
use axum::http::StatusCode;
use axum::http::request::Parts;
use onsale_core::PaymentId;
use onsale_core::api::internal::{AuthorisePayment, PaymentState, RefundPayment, VoidPayment};
use onsale_platform::extract::{Json, Path};
use onsale_platform::identity::ServiceCaller;
use onsale_platform::outbox::Metadata;
use onsale_platform::problem::Problem;
use std::convert::Infallible;

/// Longer header values are not kept.
const HEADER_MAX: usize = 128;

/// Why a request is made, from its headers.
pub(super) struct Why(pub(super) Metadata);

impl<S: Send + Sync> FromRequestParts<S> for Why {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        let text = |name: &str| {
            let value = parts.headers.get(name)?.to_str().ok()?;
            (value.len() <= HEADER_MAX).then(|| value.to_owned())
        };
        Ok(Self(Metadata {
            correlation_id: text("x-request-id"),
            traceparent: text("traceparent"),
            ..Metadata::default()
        }))
    }
}

pub(super) async fn authorise(
    Extract(state): Extract<State>,
    _caller: ServiceCaller,
    Why(why): Why,
    Json(request): Json<AuthorisePayment>,
) -> Result<Json<PaymentState>, Problem> {
    Ok(Json(service::authorise::authorise(&state, request, &why).await?.state()))
}

pub(super) async fn show(
    Extract(state): Extract<State>,
    _caller: ServiceCaller,
    Path(id): Path<PaymentId>,
) -> Result<Json<PaymentState>, Problem> {
    Ok(Json(service::find(&state, id).await?.state()))
}

pub(super) async fn capture(
    Extract(state): Extract<State>,
    _caller: ServiceCaller,
    Why(why): Why,
    Path(id): Path<PaymentId>,
) -> Result<Json<PaymentState>, Problem> {
    Ok(Json(service::capture::capture(&state, id, &why).await?.state()))
}

pub(super) async fn void(
    Extract(state): Extract<State>,
    _caller: ServiceCaller,
    Why(why): Why,
    Path(id): Path<PaymentId>,
    Json(request): Json<VoidPayment>,
) -> Result<Json<PaymentState>, Problem> {
    Ok(Json(service::void::void(&state, id, request, &why).await?.state()))
}

pub(super) async fn settle(
    Extract(state): Extract<State>,
    _caller: ServiceCaller,
    Why(why): Why,
    Path(id): Path<PaymentId>,
) -> Result<Json<PaymentState>, Problem> {
    Ok(Json(service::settle::settle(&state, id, &why).await?.state()))
}

/// 200 when the money is given back, 202 while that is not known.
pub(super) async fn refund(
    Extract(state): Extract<State>,
    _caller: ServiceCaller,
    Why(why): Why,
    Path(id): Path<PaymentId>,
    Json(request): Json<RefundPayment>,
) -> Result<(StatusCode, Json<PaymentState>), Problem> {
    let (payment, refund) = service::refund::refund(&state, id, &request, &why).await?;
    let status = if refund.status == RefundStatus::Pending { StatusCode::ACCEPTED } else { StatusCode::OK };
    Ok((status, Json(payment.state())))
}
