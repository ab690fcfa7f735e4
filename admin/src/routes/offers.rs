//! `GET /internal/events/{id}/offers/{version}`: a published offer, for booking and search.

use crate::service::read;
use crate::state::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use onsale_core::EventId;
use onsale_platform::extract::Path;
use onsale_platform::identity::ServiceCaller;
use onsale_platform::problem::Problem;

/// The offer as it was hashed, byte for byte; its digest is the ETag.
pub(super) async fn get_offer(
    state: axum::extract::State<State>,
    _caller: ServiceCaller,
    Path((id, version)): Path<(EventId, i32)>,
) -> Result<Response, Problem> {
    let (body, digest) = read::offer(&state, &id, version).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/json".to_owned()),
        (header::ETAG, format!("\"{digest}\"")),
        (header::CACHE_CONTROL, "private, max-age=31536000, immutable".to_owned()),
    ];
    Ok((StatusCode::OK, headers, body).into_response())
}
