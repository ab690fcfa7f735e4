//! The admission of a waiting room, from header `X-Admission`. The gateway lets it pass where an event has a waiting room.

use crate::error;
use crate::state::State;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use onsale_core::{AdmissionId, EventId, UserId};
use onsale_platform::problem::Problem;
use std::convert::Infallible;

/// What the header has.
#[derive(Debug, Clone, Default)]
pub(super) struct Admission(Option<String>);

impl Admission {
    /// The admission, where one was sent; 403 when it is not good for the account and the event.
    pub(super) fn checked(
        &self,
        state: &State,
        account: UserId,
        event: &EventId,
    ) -> Result<Option<AdmissionId>, Problem> {
        let Some(token) = &self.0 else { return Ok(None) };
        let claims = state.admissions.verify(token, account, event, state.clock.now());
        claims.map(|claims| Some(claims.jti)).ok_or_else(error::not_admitted)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Admission {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        let header = parts.headers.get("x-admission");
        // What is not even text is no admission either, and refused as such.
        Ok(Self(header.map(|value| value.to_str().unwrap_or_default().to_owned())))
    }
}
