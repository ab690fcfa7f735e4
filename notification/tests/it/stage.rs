//! A notification service with a bus, and stand-ins for the services it asks.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use chrono::{DateTime, Utc};
use onsale_core::UserId;
use onsale_core::events::{CloudEvent, Topic};
use onsale_platform::bus::{Bus, PgBus, PgBusConfig};
use onsale_platform::shutdown::Shutdown;
use onsale_platform::{ServiceRole, random};
use onsale_testkit::{TestDb, TestKit};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use uuid::Uuid;

pub(crate) const ORDER: &str = "0190a000-0000-7000-8000-00000000000f";
pub(crate) const RESERVATION: &str = "0190a000-0000-7000-8000-00000000000e";

/// Accounts whose mails are in Spanish, and one that is gone.
pub(crate) const SPANISH: Uuid = Uuid::from_u128(0x0190_a000_0000_7000_8000_0000_0000_0002);
pub(crate) const GONE: Uuid = Uuid::from_u128(0x0190_a000_0000_7000_8000_0000_0000_0003);
pub(crate) const ENGLISH: Uuid = Uuid::from_u128(0x0190_a000_0000_7000_8000_0000_0000_0001);

pub(crate) struct Stage {
    pub(crate) kit: TestKit,
    pub(crate) db: TestDb,
    pub(crate) bus: Bus,
    pub(crate) booking: Arc<Booking>,
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
    let language = if id == SPANISH { json!("es-CO") } else { Value::Null };
    Ok(Json(json!({
        "id": id, "email": format!("person{last}@example.org"), "name": "Ana <b>Díaz</b>", "language": language
    })))
}

pub(crate) fn order_json() -> Value {
    let price = |amount: &str| {
        json!({
            "total": {"amount": amount, "currency": "EUR"},
            "lines": [{"kind": "face", "label": "Ticket", "amount": {"amount": amount, "currency": "EUR"}}]
        })
    };
    let ticket = |n: u8, amount: &str| {
        json!({
            "ticketId": format!("0190a000-0000-7000-8000-0000000000a{n}"), "seatId": format!("VIP-A{n}"), "zoneId": 1,
            "row": "A", "column": n.to_string(), "category": "VIP & friends", "ticketType": "adult",
            "price": price(amount), "status": "VALID", "qr": "signed"
        })
    };
    json!({
        "orderId": ORDER, "orderNumber": "K7M4-22QX", "status": "CONFIRMED", "eventId": "EVT001",
        "reservationId": RESERVATION, "userId": ENGLISH,
        "total": {"amount": "200.00", "currency": "EUR"}, "lines": [],
        "refunded": {"amount": "80.00", "currency": "EUR"},
        "tickets": [ticket(1, "120.00"), ticket(2, "80.00")],
        "createdAt": "2026-11-01T10:00:00Z"
    })
}

impl Stage {
    /// With these settings, and its jobs running.
    pub(crate) async fn start(settings: &[(&str, &str)]) -> Self {
        let db = TestDb::new().await;
        let shutdown = Shutdown::new();
        let config = PgBusConfig { url: db.url().to_owned(), connections_max: 2, retention_days: 7 };
        let bus = Bus::Postgres(PgBus::connect(&config, &shutdown).await.expect("schema bus is there"));
        let builder = TestKit::builder(&db).await.bus(bus.clone()).setting("PUBLIC_URL", "https://onsale.example/");
        let kit = settings.iter().fold(builder, |builder, (name, value)| builder.setting(name, *value)).build();
        kit.install(ServiceRole::Auth, Router::new().route("/internal/users/{id}", get(contact)));
        let booking = Arc::new(Booking::default());
        let orders = Router::new()
            .route(&format!("/internal/orders/{ORDER}"), get(|| async { Json(order_json()) }))
            .route(&format!("/internal/orders/{ORDER}/delivered"), post(delivered));
        kit.install(ServiceRole::Booking, orders.with_state(Arc::clone(&booking)));
        let platform = kit.platform_of(ServiceRole::Notification);
        let state = onsale_notification::start(&platform).await.expect("notification starts");
        onsale_notification::spawn_jobs(&platform, &state);
        Self { kit, db, bus, booking }
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

/// A moment.
pub(crate) fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("a moment")
}
