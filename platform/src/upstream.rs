//! The way to the other services: `UPSTREAM_<ROLE>` = `local`, `http://…`, `dns://name:port` or `srv://name`.
//!
//! Local or remote, a service is called through the same layer of limit, deadline and breaker.
//! A call is never queued: it is taken, or refused at once. It inherits the deadline and the trace
//! of the request during which it is made. What changes something is sent once.

mod addresses;
mod answer;
pub mod breaker;
mod limit;
mod meter;
mod passing;
mod remote;
mod resolve;
mod target;

pub use passing::{DEADLINE, Passing, current_span_trace};
pub use remote::HOP_BY_HOP;

use crate::ServiceRole;
use crate::env::{Env, EnvError};
use crate::problem::Problem;
use crate::tokens::ServiceTokens;
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, Method, Request, Response, StatusCode, header};
use breaker::Breaker;
use limit::Limit;
use meter::{Meter, Outcome};
use remote::{Connections, Remote, SendError, Source};
use resolve::{Name, Names};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use target::Target;
use tokio::time::Instant;
use tower::Service;

/// How long a call may take when nobody says less.
const DEADLINE_DEFAULT: Duration = Duration::from_secs(10);
/// How many calls to a service may run at once.
const CALLS_MAX: usize = 1_024;
/// A call that had less time than this and did not make it says nothing about the service's health.
const FAIR_TIME: Duration = Duration::from_secs(1);
/// When to come again after a refusal.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// The ways to all services. Cheap to clone.
#[derive(Clone)]
pub struct Upstreams {
    ways: Arc<[Way]>,
    tokens: ServiceTokens,
}

/// The way to one service, shared by all who call it.
struct Way {
    role: ServiceRole,
    target: Target,
    local: OnceLock<Router>,
    remote: Option<Remote>,
    limit: Limit,
    breaker: Breaker,
    meter: Meter,
    deadline: Duration,
}

impl Upstreams {
    /// Reads `UPSTREAM_<ROLE>` (default `local`), `UPSTREAM_LIMIT_<ROLE>` (calls at once, 1,024),
    /// `UPSTREAM_DEADLINE_MS` (10,000) and `UPSTREAM_NAMESERVER` (`ip:port`; the system's).
    pub fn from_env(env: &Env, tokens: ServiceTokens) -> Result<Self, EnvError> {
        let connections = Connections::new();
        let deadline = env.get("UPSTREAM_DEADLINE_MS")?.map_or(DEADLINE_DEFAULT, Duration::from_millis);
        let mut ways = Vec::with_capacity(ServiceRole::ALL.len());
        for &role in ServiceRole::ALL {
            let suffix = role.as_str().to_ascii_uppercase();
            let setting = format!("UPSTREAM_{suffix}");
            let target = env.get_or(&setting, Target::Local)?;
            let remote = remote(env, &target, &connections)?;
            let limit = Limit::new(env.get_or(&format!("UPSTREAM_LIMIT_{suffix}"), CALLS_MAX)?);
            let (local, breaker, meter) = (OnceLock::new(), Breaker::new(), Meter::new(role.as_str()));
            ways.push(Way { role, target, local, remote, limit, breaker, meter, deadline });
        }
        Ok(Self { ways: ways.into(), tokens })
    }

    /// Makes a service of this process reachable where its setting says `local`. The first one stays.
    pub fn install(&self, role: ServiceRole, router: Router) {
        let _already = self.way(role).local.set(router.with_state(()));
    }

    /// The same ways, called on behalf of another role of this process.
    #[must_use]
    pub fn acting_as(&self, caller: ServiceRole) -> Self {
        Self { ways: self.ways.clone(), tokens: self.tokens.acting_as(caller) }
    }

    /// The way to one service.
    #[must_use]
    pub fn to(&self, role: ServiceRole) -> Upstream {
        let place = ServiceRole::ALL.iter().position(|known| *known == role).unwrap_or(0);
        Upstream { upstreams: self.clone(), place, within: None }
    }

    /// Whether a service is to run in this process.
    #[must_use]
    pub fn is_local(&self, role: ServiceRole) -> bool {
        self.way(role).target == Target::Local
    }

    fn way(&self, role: ServiceRole) -> &Way {
        self.ways.iter().find(|way| way.role == role).unwrap_or(&self.ways[0])
    }
}

fn remote(env: &Env, target: &Target, connections: &Connections) -> Result<Option<Remote>, EnvError> {
    let name = match target {
        Target::Local => return Ok(None),
        Target::Http(authority) => {
            let source = Source::Fixed(resolve::fixed(authority.clone()));
            return Ok(Some(Remote::new(source, connections.clone())));
        }
        Target::Dns { name, port } => Name::Hosts(name.clone(), *port),
        Target::Srv(name) => Name::Services(name.clone()),
    };
    let server: Option<SocketAddr> = env.get("UPSTREAM_NAMESERVER")?;
    let resolver = resolve::resolver(server).map_err(|reason| EnvError::Invalid {
        name: "UPSTREAM_NAMESERVER".to_owned(),
        value: server.map(|server| server.to_string()).unwrap_or_default(),
        reason,
    })?;
    let source = Source::Named(Arc::new(Names::new(name, resolver)));
    Ok(Some(Remote::new(source, connections.clone())))
}

/// The way to one service.
#[derive(Clone)]
pub struct Upstream {
    upstreams: Upstreams,
    place: usize,
    within: Option<Duration>,
}

/// Why there is no answer.
enum Failure {
    /// Too many calls run already.
    Full,
    /// It failed too often; this long until the next try.
    Open(Duration),
    /// It is not here, or could not be reached.
    Away(String),
    /// The time was over.
    Late,
    /// The connection broke.
    Broken(String),
}

impl Upstream {
    /// The same way with this much time for a call instead of the usual; what is inherited still ends it.
    #[must_use]
    pub fn within(mut self, limit: Duration) -> Self {
        self.within = Some(limit);
        self
    }

    /// Passes a request on as it is: bodies stream through in both directions, and the deadline is
    /// for the answer's head. 503 when the service is away or full, 504 when it took too long.
    pub async fn call(&self, request: Request<Body>) -> Result<Response<Body>, Problem> {
        self.answer_by(request, self.end()).await.map_err(|failure| failure.into_problem(self.way().role))
    }

    /// Asks on this service's own behalf.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, CallError> {
        self.ask(Method::GET, path, Body::empty()).await
    }

    /// Sends on this service's own behalf. An answer without a body is read as `()`.
    pub async fn post<B: Serialize + Sync, T: DeserializeOwned>(&self, path: &str, body: &B) -> Result<T, CallError> {
        let bytes = serde_json::to_vec(body).map_err(|error| CallError::NotTaken(error.to_string()))?;
        self.ask(Method::POST, path, Body::from(bytes)).await
    }

    fn way(&self) -> &Way {
        &self.upstreams.ways[self.place]
    }

    /// When a call that is made now must be answered.
    fn end(&self) -> Instant {
        let own = Instant::now() + self.within.unwrap_or(self.way().deadline);
        passing::inherited_end().map_or(own, |inherited| own.min(inherited))
    }

    async fn ask<T: DeserializeOwned>(&self, method: Method, path: &str, body: Body) -> Result<T, CallError> {
        let mut request = Request::new(body);
        *request.method_mut() = method.clone();
        *request.uri_mut() =
            path.parse().map_err(|error| CallError::NotTaken(format!("{path} is no path: {error}")))?;
        let headers = request.headers_mut();
        let token = self.upstreams.tokens.for_role(self.way().role);
        let mut bearer = HeaderValue::try_from(format!("Bearer {token}"))
            .map_err(|_| CallError::NotTaken("no service token".to_owned()))?;
        bearer.set_sensitive(true);
        headers.insert(header::AUTHORIZATION, bearer);
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        if method != Method::GET {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        if let Some(trace) = passing::current_trace() {
            headers.insert(&passing::TRACEPARENT, trace);
        }
        let end = self.end();
        let response = self.answer_by(request, end).await.map_err(Failure::into_call_error)?;
        match tokio::time::timeout_at(end, answer::read(&method, response)).await {
            Ok(read) => read,
            Err(_) => Err(CallError::Unknown("the answer did not end in time".to_owned())),
        }
    }

    /// The answer's head, through limit, breaker and deadline.
    async fn answer_by(&self, mut request: Request<Body>, end: Instant) -> Result<Response<Body>, Failure> {
        let way = self.way();
        let Some(_running) = way.limit.enter() else {
            way.meter.ended(Outcome::Full);
            return Err(Failure::Full);
        };
        let leave = way.breaker.ask().map_err(|wait| {
            way.meter.ended(Outcome::Open);
            Failure::Open(wait)
        })?;
        let began = Instant::now();
        let end = passing::told(request.headers()).map_or(end, |left| end.min(began + left));
        let left = end.saturating_duration_since(began);
        let left_ms = u64::try_from(left.as_millis()).unwrap_or(u64::MAX);
        request.headers_mut().insert(&DEADLINE, HeaderValue::from(left_ms));
        let answer = tokio::time::timeout_at(end, way.send(request, end)).await.unwrap_or(Err(Failure::Late));
        match &answer {
            Ok(response) => {
                way.meter.answered_after(began.elapsed());
                if response.status() != StatusCode::GATEWAY_TIMEOUT {
                    leave.succeeded();
                } else if left >= FAIR_TIME {
                    way.failed(leave);
                }
            }
            Err(failure) => {
                way.meter.ended(failure.outcome());
                if !matches!(failure, Failure::Late) || left >= FAIR_TIME {
                    way.failed(leave);
                }
            }
        }
        answer
    }
}

impl Way {
    async fn send(&self, mut request: Request<Body>, end: Instant) -> Result<Response<Body>, Failure> {
        if let Some(remote) = &self.remote {
            return remote.send(request).await.map_err(|error| match error {
                SendError::NotSent(reason) => Failure::Away(reason),
                SendError::Broken(reason) => Failure::Broken(reason),
            });
        }
        let Some(router) = self.local.get() else {
            return Err(Failure::Away("it does not run in this process yet".to_owned()));
        };
        // What the caller's own router found in the path, or of the caller, is as little the service's
        // as it would be through a socket.
        request.extensions_mut().clear();
        let passed = Passing::until(end, request.headers());
        match passed.scope(router.clone().call(request)).await {
            Ok(response) => Ok(response),
            Err(never) => match never {},
        }
    }

    fn failed(&self, leave: breaker::Leave<'_>) {
        if leave.failed() {
            tracing::warn!(role = self.role.as_str(), "left alone for a while: it failed again and again");
        }
    }
}

impl Failure {
    fn outcome(&self) -> Outcome {
        match self {
            Self::Full => Outcome::Full,
            Self::Open(_) => Outcome::Open,
            Self::Away(_) => Outcome::Away,
            Self::Late => Outcome::Late,
            Self::Broken(_) => Outcome::Broken,
        }
    }

    fn into_problem(self, role: ServiceRole) -> Problem {
        match self {
            Self::Full => Problem::unavailable(format!("{role} is busy just now."), RETRY_AFTER),
            Self::Open(wait) => Problem::unavailable(format!("{role} is away just now."), wait.max(RETRY_AFTER)),
            Self::Away(reason) => {
                Problem::unavailable(format!("{role} is away just now."), RETRY_AFTER).with_source(reason)
            }
            Self::Late => Problem::new(
                StatusCode::GATEWAY_TIMEOUT,
                "timeout",
                format!("{role} did not answer in time. Ask again by the same key: it may have been done."),
            ),
            Self::Broken(reason) => Problem::unavailable(
                format!("{role} broke off before its answer. Ask again by the same key: it may have been done."),
                RETRY_AFTER,
            )
            .with_source(reason),
        }
    }

    fn into_call_error(self) -> CallError {
        match self {
            Self::Full => CallError::NotTaken("too many calls run already".to_owned()),
            Self::Open(_) => CallError::NotTaken("it failed too often and is left alone".to_owned()),
            Self::Away(reason) => CallError::NotTaken(reason),
            Self::Late => CallError::Unknown("no answer in time".to_owned()),
            Self::Broken(reason) => CallError::Unknown(reason),
        }
    }
}

/// Why a call between services gave no answer of the kind that was asked for.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// It was never sent, or refused before any effect: away, the breaker is open, the limit is
    /// reached, 429, and 503 to a reading call.
    #[error("not taken: {0}")]
    NotTaken(String),
    /// The outcome is unknown: a time-out, a cut connection, a 5xx. Ask again by the same key.
    #[error("outcome unknown: {0}")]
    Unknown(String),
    /// The service said no.
    #[error("refused: {} {}", .0.status, .0.code)]
    Refused(Box<onsale_core::api::problem::ProblemBody>),
}
