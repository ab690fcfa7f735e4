//! A notification service with a bus, and stand-ins for the services it asks.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use onsale_core::UserId;
use onsale_core::events::{CloudEvent, Topic};
use onsale_platform::bus::{Bus, PgBus, PgBusConfig};
use onsale_platform::shutdown::Shutdown;
use onsale_platform::{ServiceRole, random};
use onsale_testkit::{TestClient, TestDb, TestKit};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use uuid::Uuid;

pub(crate) const ORDER: &str = "0190a000-0000-7000-8000-00000000000f";

/// Accounts whose mails are in Spanish, and one that is gone.
pub(crate) const SPANISH: Uuid = Uuid::from_u128(0x0190_a000_0000_7000_8000_0000_0000_0002);
pub(crate) const GONE: Uuid = Uuid::from_u128(0x0190_a000_0000_7000_8000_0000_0000_0003);
pub(crate) const ENGLISH: Uuid = Uuid::from_u128(0x0190_a000_0000_7000_8000_0000_0000_0001);

pub(crate) struct Stage {
    pub(crate) kit: TestKit,
    pub(crate) db: TestDb,
    pub(crate) bus: Bus,
    pub(crate) booking: Arc<Booking>,
    /// As anybody calls the service.
    pub(crate) client: TestClient,
}

/// What booking's stand-in was told.
#[derive(Default)]
pub(crate) struct Booking {
    /// How often it was told that the order is delivered.
    pub(crate) delivered: AtomicUsize,
    /// How often it refused to hear.
    pub(crate) refused: AtomicUsize,
    /// It refuses.
    pub(crate) is_away: AtomicBool,
    /// How often it was asked for the order.
    pub(crate) asked: AtomicUsize,
    /// Members of the order that are other than in the samples.
    pub(crate) changed: std::sync::Mutex<serde_json::Map<String, Value>>,
}

async fn order(State(booking): State<Arc<Booking>>) -> Json<Value> {
    booking.asked.fetch_add(1, Ordering::SeqCst);
    let mut order = crate::samples::order();
    let changed = booking.changed.lock().expect("not poisoned").clone();
    order.as_object_mut().expect("an object").extend(changed);
    Json(order)
}

async fn delivered(State(booking): State<Arc<Booking>>) -> StatusCode {
    if booking.is_away.load(Ordering::SeqCst) {
        booking.refused.fetch_add(1, Ordering::SeqCst);
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    booking.delivered.fetch_add(1, Ordering::SeqCst);
    StatusCode::NO_CONTENT
}

/// The state of an account in auth's stand-in.
async fn contact(Path(id): Path<Uuid>) -> Result<Json<Value>, StatusCode> {
    if id == GONE {
        return Err(StatusCode::NOT_FOUND);
    }
    let last = id.simple().to_string().split_off(31);
    let language = if id == SPANISH { "es" } else { "en" };
    Ok(Json(json!({
        "id": id, "email": format!("person{last}@example.org"), "name": "Ana <b>Díaz</b>", "language": language
    })))
}

/// The event as search shows it.
fn event_json() -> Value {
    let money = json!({"amount": "80.00", "currency": "EUR"});
    json!({
        "id": "EVT001", "slug": "rock", "name": "Rock & <Roll>", "description": "", "type": "concert",
        "venue": {"id": "VENUE001", "name": "Arena", "city": "Bogotá", "timeZone": "America/Bogota"},
        "startsAt": "2027-01-01T01:00:00Z", "onSaleAt": "2026-10-01T10:00:00Z", "status": "PUBLISHED",
        "priceRange": {"min": money, "max": money}, "availability": {"available": 1, "capacity": 2, "soldOut": false},
        "version": 1, "reservedSeating": true, "location": {"country": "CO", "latitude": 4.5, "longitude": -74.0},
        "sale": {
            "currency": "EUR", "onSaleAt": "2026-10-01T10:00:00Z", "offSaleAt": null, "maxPerAccount": null,
            "refund": {"untilHoursBefore": null, "feesRefunded": false}
        },
        "ticketTypes": []
    })
}

impl Stage {
    /// With these settings, and its jobs running.
    pub(crate) async fn start(settings: &[(&str, &str)]) -> Self {
        let _another_test_was_first = rustls::crypto::ring::default_provider().install_default();
        let db = TestDb::new().await;
        let shutdown = Shutdown::new();
        let config = PgBusConfig { url: db.url().to_owned(), connections_max: 2, retention_days: 7 };
        let bus = Bus::Postgres(PgBus::connect(&config, &shutdown).await.expect("schema bus is there"));
        let builder = TestKit::builder(&db).await.bus(bus.clone()).setting("PUBLIC_URL", "https://onsale.example/");
        let kit = settings.iter().fold(builder, |builder, (name, value)| builder.setting(name, *value)).build();
        kit.install(ServiceRole::Auth, Router::new().route("/internal/users/{id}", get(contact)));
        let booking = Arc::new(Booking::default());
        let search = Router::new().route("/api/events/EVT001", get(|| async { Json(event_json()) }));
        kit.install(ServiceRole::Search, search);
        let orders = Router::new()
            .route(&format!("/internal/orders/{ORDER}"), get(order))
            .route(&format!("/internal/orders/{ORDER}/delivered"), post(delivered));
        kit.install(ServiceRole::Booking, orders.with_state(Arc::clone(&booking)));
        let platform = kit.platform_of(ServiceRole::Notification);
        let state = onsale_notification::start(&platform).await.expect("notification starts");
        onsale_notification::spawn_jobs(&platform, &state);
        let client = TestClient::new(onsale_notification::router(state));
        Self { kit, db, bus, booking, client }
    }

    pub(crate) async fn publish(&self, topic: Topic, data: Value) -> CloudEvent {
        let event = CloudEvent {
            specversion: "1.0".to_owned(),
            id: random::new_id(&self.kit.platform().clock),
            source: "/test".to_owned(),
            topic,
            subject: ORDER.to_owned(),
            time: self.kit.platform().clock.now(),
            datacontenttype: "application/json".to_owned(),
            dataschema: format!("/schemas/events/{topic}.json"),
            sequence: format!("{:020}", 1),
            correlationid: None,
            causationid: None,
            traceparent: None,
            data,
        };
        self.bus.publish(vec![event.clone()]).await.expect("published");
        event
    }

    /// `ticket-confirmed` or `ticket-cancelled` of the one order.
    pub(crate) async fn publish_tickets(&self, topic: Topic, user: Uuid) -> CloudEvent {
        self.publish(
            topic,
            json!({
                "orderId": ORDER, "eventId": "EVT001", "venueId": "VENUE001", "userId": user,
                "tickets": [{
                    "ticketId": "0190a000-0000-7000-8000-0000000000a2", "seatId": "VIP-A2", "zoneId": 1, "row": "A",
                    "column": "2", "ticketType": "adult", "price": {"amount": "80.00", "currency": "EUR"}
                }]
            }),
        )
        .await
    }

    /// Somebody wants a new password.
    pub(crate) async fn publish_reset(&self, user: UserId) -> CloudEvent {
        let data = json!({"userId": user, "template": "reset_password", "parameters": {"token": "single-use"}});
        self.publish(Topic::NotificationRequested, data).await
    }

    pub(crate) async fn count(&self, from: &str) -> i64 {
        onsale_testkit::database::count(self.db.pool(), from).await
    }

    /// Until booking was asked for the order that often.
    pub(crate) async fn until_orders_asked(&self, times: usize) {
        let start = Instant::now();
        while self.booking.asked.load(Ordering::SeqCst) < times {
            assert!(start.elapsed() < Duration::from_secs(20), "booking was not asked {times} times");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    #[track_caller]
    pub(crate) fn until_count<'a>(&'a self, from: &'a str, wanted: i64) -> impl Future<Output = ()> + 'a {
        let caller = std::panic::Location::caller();
        async move {
            let start = Instant::now();
            loop {
                let count = self.count(from).await;
                if count == wanted {
                    return;
                }
                assert!(start.elapsed() < Duration::from_secs(20), "{caller}: {count} instead of {wanted} in {from}");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    }
}
