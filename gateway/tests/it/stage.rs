//! A gateway with stand-ins for the services.

use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use axum::{Json, Router};
use chrono::{DateTime, TimeDelta, Utc};
use onsale_core::api::internal::ExchangeApiKey;
use onsale_core::{ApiKeyId, Scope, UserId};
use onsale_gateway::State;
use onsale_platform::clock::Clock;
use onsale_platform::extract::Json as Read;
use onsale_platform::problem::{self, Problem};
use onsale_platform::shutdown::Shutdown;
use onsale_platform::{ServiceRole, serve};
use onsale_testkit::{TestClient, TestKit};
use parking_lot::Mutex;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::net::TcpListener;

/// Where the services are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// In the gateway's process.
    Local,
    /// Behind a socket each.
    Remote,
}

pub(crate) const BOTH: [Place; 2] = [Place::Local, Place::Remote];

/// A gateway and what stands behind it.
pub(crate) struct Stage {
    pub(crate) kit: TestKit,
    pub(crate) state: State,
    pub(crate) exchanges: Arc<AtomicUsize>,
    pub(crate) search_up: Arc<Mutex<bool>>,
    services: Shutdown,
}

/// The time that the tests start at.
pub(crate) fn start() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2027-02-04T09:00:00Z").expect("a time").to_utc()
}

pub(crate) fn settings(place: Place, more: &[(&str, &str)]) -> (Place, Vec<(String, String)>) {
    (place, more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
}

impl Stage {
    pub(crate) async fn new(place: Place) -> Self {
        Self::with(settings(place, &[])).await
    }

    pub(crate) async fn with((place, settings): (Place, Vec<(String, String)>)) -> Self {
        let shutdown = Shutdown::new();
        let exchanges = Arc::new(AtomicUsize::new(0));
        let search_up = Arc::new(Mutex::new(true));
        let minted: Arc<Mutex<Option<String>>> = Arc::default();
        let services = [
            (ServiceRole::Auth, auth(exchanges.clone(), minted.clone())),
            (ServiceRole::Booking, echo("booking")),
            (ServiceRole::Payment, echo("payment")),
            (ServiceRole::Search, search(search_up.clone())),
            (ServiceRole::Admin, admin()),
            (ServiceRole::Notification, echo("notification")),
            (ServiceRole::Sandbox, echo("sandbox")),
        ]
        .map(|(role, router)| (role, router.layer(axum::middleware::from_fn(problem::layer))));
        let mut builder = TestKit::without_database(Clock::manual(start()));
        for (name, value) in settings {
            builder = builder.setting(&name, value);
        }
        if place == Place::Remote {
            for (role, router) in services.clone() {
                let address = serve_somewhere(router, shutdown.clone()).await;
                let name = format!("UPSTREAM_{}", role.as_str().to_ascii_uppercase());
                builder = builder.setting(&name, format!("http://{address}"));
            }
        }
        let kit = builder.build();
        if place == Place::Local {
            for (role, router) in services {
                kit.install(role, router);
            }
        }
        let key: ApiKeyId = onsale_platform::random::new_id(&kit.platform().clock);
        let owner: UserId = onsale_platform::random::new_id(&kit.platform().clock);
        *minted.lock() = Some(kit.api_key_token(key, owner, &[Scope::TicketsSell]));
        let openapi = utoipa::openapi::OpenApiBuilder::new().build();
        let state = onsale_gateway::start(kit.platform(), &openapi).expect("the settings are usable");
        Self { kit, state, exchanges, search_up, services: shutdown }
    }

    pub(crate) fn client(&self) -> TestClient {
        TestClient::new(onsale_gateway::router(self.state.clone()))
    }

    /// The address of the gateway behind a socket of its own.
    pub(crate) async fn serve(&self) -> std::net::SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(serve::serve(listener, onsale_gateway::router(self.state.clone()), self.services.clone()));
        address
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.services.request();
    }
}

async fn serve_somewhere(router: Router, shutdown: Shutdown) -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(serve::serve_internal(listener, router, shutdown));
    address
}

/// Answers with what it was sent.
fn echo(role: &'static str) -> Router {
    Router::new()
        .route(
            "/api/bookings/teapot",
            any(|| async { (StatusCode::IM_A_TEAPOT, [("x-onsale-secret", "1"), ("x-own", "1")], "short and stout") }),
        )
        .route(
            "/api/bookings/taken",
            any(|| async { Problem::conflict("seats_unavailable", "Gone.").with_member("seats", ["A1"]) }),
        )
        .route("/api/bookings/slow", any(|| async { tokio::time::sleep(Duration::from_secs(60)).await }))
        .fallback(move |request: Request| told(role, request))
}

async fn told(role: &'static str, request: Request) -> Result<Response, Problem> {
    let (head, body) = request.into_parts();
    let headers = flat(&head.headers);
    let body =
        axum::body::to_bytes(body, usize::MAX).await.map_err(|error| Problem::malformed("body", error.to_string()))?;
    let method = head.method.as_str();
    let path = head.uri.path_and_query().map(ToString::to_string);
    Ok(Json(json!({"role": role, "method": method, "path": path, "headers": headers, "bytes": body.len()}))
        .into_response())
}

fn flat(headers: &HeaderMap) -> Value {
    headers
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), json!(String::from_utf8_lossy(value.as_bytes()))))
        .collect()
}

fn auth(exchanges: Arc<AtomicUsize>, minted: Arc<Mutex<Option<String>>>) -> Router {
    let exchange = move |headers: HeaderMap, Read(asked): Read<ExchangeApiKey>| {
        let (exchanges, minted) = (exchanges.clone(), minted.clone());
        async move {
            exchanges.fetch_add(1, Ordering::SeqCst);
            let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
            assert!(bearer.starts_with("Bearer "), "a service token comes along");
            if asked.key != "osk_good" {
                return Err(Problem::unauthenticated("No such key."));
            }
            let token = minted.lock().clone().unwrap_or_default();
            Ok(Json(json!({"token": token, "expiresAt": start() + TimeDelta::minutes(15)})))
        }
    };
    Router::new().route("/internal/api-keys/exchange", post(exchange)).fallback(|request| told("auth", request))
}

/// admin with one draft, for whoever is signed in.
fn admin() -> Router {
    let preview = |headers: HeaderMap| async move {
        if headers.contains_key(header::AUTHORIZATION) {
            Ok(Json(detail()))
        } else {
            Err(Problem::new(StatusCode::UNAUTHORIZED, "unauthenticated", "Sign in."))
        }
    };
    echo("admin").route("/api/admin/events/EVT001/preview", get(preview))
}

fn search(up: Arc<Mutex<bool>>) -> Router {
    let list = move || {
        let up = *up.lock();
        async move {
            if !up {
                return Err(Problem::unavailable("Down.", Duration::from_secs(1)));
            }
            let facets =
                json!({"city": [{"value": "Cádiz", "count": 1}], "category": [{"value": "theatre", "count": 1}]});
            Ok(Json(json!({"items": [summary()], "total": 1, "facets": facets, "degraded": false})))
        }
    };
    let one = |id: axum::extract::Path<String>| async move {
        match id.0.as_str() {
            "EVT001" => Ok(Json(detail())),
            "EVT002" => Ok(Json(without_seats())),
            _ => Err(Problem::not_found("event")),
        }
    };
    Router::new()
        .route("/api/search/events", get(list))
        .route("/api/events/{id}", get(one))
        .fallback(|request| told("search", request))
}

/// An event as search tells it.
pub(crate) fn summary() -> Value {
    json!({
        "id": "EVT001", "slug": "marea-alta", "name": "Marea <Alta>", "description": "Two hours of tide songs.",
        "type": "concert",
        "venue": {"id": "VENUE001", "name": "Teatro del Faro", "city": "Cádiz", "timeZone": "Europe/Madrid"},
        "startsAt": "2027-03-20T20:00:00Z", "onSaleAt": "2027-01-04T11:00:00Z", "status": "PUBLISHED",
        "priceRange": {"min": {"amount": "28.00", "currency": "EUR"}, "max": {"amount": "118.00", "currency": "EUR"}},
        "availability": {"capacity": 1000, "available": 38, "soldOut": false}
    })
}

pub(crate) fn detail() -> Value {
    let mut detail = summary();
    let line = |kind: &str, amount: &str| json!({"kind": kind, "label": kind, "amount": {"amount": amount, "currency": "EUR"}});
    let price = json!({"total": {"amount": "118.00", "currency": "EUR"}, "lines": [line("face", "108.00"), line("fee", "10.00")]});
    let more = json!({
        "version": 1, "reservedSeating": true,
        "location": {"country": "ES", "latitude": 36.53, "longitude": -6.29},
        "sale": {
            "currency": "EUR", "onSaleAt": "2027-01-04T11:00:00Z", "offSaleAt": null, "holdSeconds": 600,
            "maxPerAccount": 6, "refund": {"untilHoursBefore": 24, "feesRefunded": false}
        },
        "ticketTypes": [{"ticketType": "adult", "name": "Adult", "category": "Front stalls", "price": price}]
    });
    if let (Some(detail), Value::Object(more)) = (detail.as_object_mut(), more) {
        detail.extend(more);
    }
    detail
}

/// The same without numbered seats.
fn without_seats() -> Value {
    let mut event = detail();
    event["id"] = json!("EVT002");
    event["reservedSeating"] = json!(false);
    if let Some(kind) = event["ticketTypes"][0].as_object_mut() {
        kind.remove("category");
    }
    event
}
