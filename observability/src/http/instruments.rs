//! The counters and histograms of a role's routes, looked up once a route and then kept: a request costs a read
//! lock and two atomics, and formats nothing.

use axum::http::{Method, StatusCode};
use metrics::{Counter, Gauge, Histogram};
use std::collections::HashMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::{Duration, Instant};

/// Routes are templates of the code, far fewer than this; whatever is beyond is counted as one.
const ROUTES_MAX: usize = 1024;
const OVERFLOW: &str = "other";

const METHODS: [&str; 8] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "other"];
const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

/// The instruments of a role.
pub(super) struct Instruments {
    role: &'static str,
    in_flight: Gauge,
    cancelled: Counter,
    routes: RwLock<HashMap<Box<str>, Arc<Route>>>,
}

/// The instruments of a route, by method; made when first used, so that what never happens is no series.
struct Route {
    role: &'static str,
    name: Box<str>,
    answers: [Answers; METHODS.len()],
}

#[derive(Default)]
struct Answers {
    by_class: [OnceLock<Counter>; CLASSES.len()],
    duration: OnceLock<Histogram>,
}

impl Instruments {
    pub(super) fn new(role: &'static str) -> Self {
        Self {
            role,
            in_flight: metrics::gauge!("onsale_http_requests_in_flight", "role" => role),
            cancelled: metrics::counter!("onsale_http_requests_cancelled_total", "role" => role),
            routes: RwLock::default(),
        }
    }

    pub(super) fn role(&self) -> &'static str {
        self.role
    }

    fn route(&self, route: &str) -> Arc<Route> {
        let known = self.routes.read().unwrap_or_else(PoisonError::into_inner).get(route).cloned();
        known.unwrap_or_else(|| self.learn(route))
    }

    fn learn(&self, route: &str) -> Arc<Route> {
        let mut routes = self.routes.write().unwrap_or_else(PoisonError::into_inner);
        let name = if routes.len() < ROUTES_MAX { route } else { OVERFLOW };
        let learnt = routes.entry(name.into()).or_insert_with(|| Arc::new(Route::new(self.role, name)));
        Arc::clone(learnt)
    }
}

impl Route {
    fn new(role: &'static str, name: &str) -> Self {
        Self { role, name: name.into(), answers: <[Answers; METHODS.len()]>::default() }
    }

    fn count(&self, method: &Method, status: StatusCode, took: Duration) {
        let index = METHODS.iter().position(|known| *known == method.as_str()).unwrap_or(METHODS.len() - 1);
        let class = usize::from(status.as_u16() / 100).clamp(1, CLASSES.len()) - 1;
        let answers = &self.answers[index];
        answers.by_class[class].get_or_init(|| self.counter(METHODS[index], CLASSES[class])).increment(1);
        answers.duration.get_or_init(|| self.histogram(METHODS[index])).record(took);
    }

    fn counter(&self, method: &'static str, class: &'static str) -> Counter {
        let route = self.name.to_string();
        metrics::counter!(
            "onsale_http_requests_total",
            "role" => self.role, "method" => method, "route" => route, "status" => class
        )
    }

    fn histogram(&self, method: &'static str) -> Histogram {
        let route = self.name.to_string();
        metrics::histogram!(
            "onsale_http_request_duration_seconds", "role" => self.role, "method" => method, "route" => route
        )
    }
}

/// A request on its way. Dropped before its end, it was given up by the client.
pub(super) struct Running<'a> {
    instruments: &'a Instruments,
    began: Instant,
    ended: bool,
}

impl<'a> Running<'a> {
    pub(super) fn new(instruments: &'a Instruments) -> Self {
        instruments.in_flight.increment(1.0);
        Self { instruments, began: Instant::now(), ended: false }
    }

    pub(super) fn end(mut self, method: &Method, route: &str, status: StatusCode) {
        self.ended = true;
        self.instruments.route(route).count(method, status, self.began.elapsed());
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.instruments.in_flight.decrement(1.0);
        if !self.ended {
            self.instruments.cancelled.increment(1);
        }
    }
}
