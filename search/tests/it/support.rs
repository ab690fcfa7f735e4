//! What the tests of this crate share.

use crate::elastic::TestIndex;
use axum::Router;
use axum::extract::{Path, State};
use axum::routing::get;
use chrono::{TimeDelta, Utc};
use onsale_core::api::internal::{Availabilities, EventAvailability};
use onsale_core::api::offer::{Offer, RefundPolicy, SaleRules, TicketTypeOffer, Venue};
use onsale_core::events::{CloudEvent, InventoryReady, OfferPublished, Topic};
use onsale_core::{EventId, LineKind, Money, Price, PriceLine, UserId, VenueId};
use onsale_platform::bus::Bus;
use onsale_platform::{Platform, ServiceRole, random};
use onsale_testkit::{TestClient, TestDb, TestKit};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A stand-in for admin and booking: what they would answer.
#[derive(Clone, Default)]
pub(crate) struct Neighbours {
    offers: Arc<Mutex<HashMap<(String, i32), Offer>>>,
    availability: Arc<Mutex<Vec<EventAvailability>>>,
}

/// The service on a database of its own, its workers running, its neighbours played by the test.
pub(crate) struct App {
    pub platform: Platform,
    pub client: TestClient,
    pub state: onsale_search::State,
    neighbours: Neighbours,
    /// Its index, when it searches by Elasticsearch.
    pub index: Option<TestIndex>,
    _kit: TestKit,
    pub db: TestDb,
}

impl App {
    /// It searches by PostgreSQL.
    pub(crate) async fn new() -> Self {
        Self::start(None, None).await
    }

    /// It searches by Elasticsearch; nothing where there is none.
    pub(crate) async fn on_elastic() -> Option<Self> {
        let index = TestIndex::new().await?;
        let engine = (index.url.clone(), index.name.clone());
        Some(Self::start(Some(engine), Some(index)).await)
    }

    /// It searches by what may be at that address.
    pub(crate) async fn on(url: &str, index: &str) -> Self {
        let _another_test_was_first = rustls::crypto::ring::default_provider().install_default();
        Self::start(Some((url.to_owned(), index.to_owned())), None).await
    }

    async fn start(engine: Option<(String, String)>, index: Option<TestIndex>) -> Self {
        let db = TestDb::new().await;
        let mut kit = TestKit::builder(&db).await.setting("SEARCH_AVAILABILITY_MS", "100");
        if let Some((url, index)) = engine {
            kit = kit.setting("ELASTICSEARCH_URL", url).setting("ELASTICSEARCH_INDEX", index);
            // A machine that is busy with other tests is no engine that is away.
            kit = kit.setting("ELASTICSEARCH_TIMEOUT_MS", "10000");
        }
        let kit = kit.build();
        let neighbours = Neighbours::default();
        kit.install(ServiceRole::Admin, admin(neighbours.clone()));
        kit.install(ServiceRole::Booking, booking(neighbours.clone()));
        let mut platform = kit.platform_of(ServiceRole::Search);
        platform.bus = Bus::connect(&platform.env, &platform.shutdown).await.expect("the bus");
        let state = onsale_search::start(&platform).await.expect("search starts");
        onsale_search::spawn_jobs(&platform, &state);
        let client = TestClient::new(onsale_search::router(state.clone()));
        Self { platform, client, state, neighbours, index, _kit: kit, db }
    }

    /// A season of seven, all listed.
    pub(crate) async fn with_season() -> Self {
        Self::new().await.seasoned().await
    }

    /// The same on each engine that there is.
    pub(crate) async fn each_with_season() -> Vec<Self> {
        let mut apps = vec![Self::with_season().await];
        if let Some(app) = Self::on_elastic().await {
            apps.push(app.seasoned().await);
        }
        apps
    }

    pub(crate) async fn seasoned(self) -> Self {
        for offer in season() {
            self.publish(&offer).await;
            self.ready(&offer, 100).await;
        }
        self.wait_for("/api/events?limit=100", |body| body["items"].as_array().map(Vec::len) == Some(7)).await;
        let all = |body: &serde_json::Value| body["total"] == 7 && body["degraded"] == false;
        self.wait_for("/api/search/events?limit=100", all).await;
        self
    }

    /// admin publishes an offer.
    pub(crate) async fn publish(&self, offer: &Offer) {
        let key = (offer.event_id.to_string(), offer.version);
        self.neighbours.offers.lock().expect("unpoisoned").insert(key, offer.clone());
        let topic = if offer.version == 1 { Topic::EventPublished } else { Topic::EventUpdated };
        self.say(topic, &offer.event_id, i64::from(offer.version), &published(offer)).await;
    }

    /// booking has the inventory.
    pub(crate) async fn ready(&self, offer: &Offer, capacity: i64) {
        let payload = InventoryReady { event_id: offer.event_id.clone(), version: offer.version, capacity };
        self.say(Topic::InventoryReady, &offer.event_id, 1, &payload).await;
        self.left(&offer.event_id, capacity, capacity, 0);
    }

    /// admin calls an event off.
    pub(crate) async fn cancel(&self, offer: &Offer) {
        self.say(Topic::EventCancelled, &offer.event_id, 9, &published(offer)).await;
    }

    /// booking has so many left.
    pub(crate) fn left(&self, id: &EventId, capacity: i64, available: i64, held: i64) {
        self.left_from(id, (capacity, available, held), None);
    }

    /// booking has so many left, from so much on in minor units.
    pub(crate) fn left_from(&self, id: &EventId, (capacity, available, held): (i64, i64, i64), lowest: Option<i64>) {
        let mut all = self.neighbours.availability.lock().expect("unpoisoned");
        all.retain(|item| item.event_id != *id);
        let sold = capacity - available - held;
        all.push(EventAvailability { event_id: id.clone(), capacity, available, held, sold, lowest });
    }

    async fn say(&self, topic: Topic, id: &EventId, sequence: i64, payload: &impl serde::Serialize) {
        let message = CloudEvent {
            specversion: "1.0".to_owned(),
            id: random::new_id(&self.platform.clock),
            source: "/test".to_owned(),
            topic,
            subject: id.to_string(),
            time: self.platform.clock.now(),
            datacontenttype: "application/json".to_owned(),
            dataschema: format!("/schemas/events/{topic}.json"),
            sequence: format!("{sequence:020}"),
            correlationid: None,
            causationid: None,
            traceparent: None,
            data: serde_json::to_value(payload).expect("a payload"),
        };
        self.platform.bus.publish(vec![message]).await.expect("published");
    }

    /// Asks until the answer is as wanted.
    pub(crate) async fn wait_for(&self, path: &str, wanted: impl Fn(&serde_json::Value) -> bool) -> serde_json::Value {
        let mut last = serde_json::Value::Null;
        for _ in 0..600 {
            last = self.client.get(path).await.json();
            if wanted(&last) {
                return last;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        panic!("{path} never came to what was waited for: {last}");
    }

    /// The ids that a search finds, in order.
    pub(crate) async fn ids(&self, query: &str) -> Vec<String> {
        let found = self.client.get(&format!("/api/search/events?{query}")).await.expect(200).json();
        let items = found["items"].as_array().expect("items");
        items.iter().filter_map(|item| item["id"].as_str().map(str::to_owned)).collect()
    }
}

fn published(offer: &Offer) -> OfferPublished {
    OfferPublished { event_id: offer.event_id.clone(), version: offer.version, digest: "0".repeat(64) }
}

fn admin(neighbours: Neighbours) -> Router {
    async fn offer(
        State(neighbours): State<Neighbours>,
        Path(key): Path<(String, i32)>,
    ) -> Result<axum::Json<Offer>, axum::http::StatusCode> {
        let offers = neighbours.offers.lock().expect("unpoisoned");
        offers.get(&key).cloned().map(axum::Json).ok_or(axum::http::StatusCode::NOT_FOUND)
    }
    Router::new().route("/internal/events/{id}/offers/{version}", get(offer)).with_state(neighbours)
}

fn booking(neighbours: Neighbours) -> Router {
    async fn availability(State(neighbours): State<Neighbours>) -> axum::Json<Availabilities> {
        axum::Json(Availabilities { items: neighbours.availability.lock().expect("unpoisoned").clone() })
    }
    Router::new().route("/internal/availability", get(availability)).with_state(neighbours)
}

/// An offer of one standing ticket type.
pub(crate) fn offer(id: &str, name: &str, kind: &str, city: &str, total: (i64, &str), day: i64) -> Offer {
    let (minor, currency) = total;
    let currency = currency.parse().expect("a currency");
    let amount = Money::new(minor, currency);
    let places: [(&str, &str, &str, f64, f64); 4] = [
        ("Madrid", "ES", "Europe/Madrid", 40.4168, -3.7038),
        ("Bogotá", "CO", "America/Bogota", 4.7110, -74.0721),
        ("Tokyo", "JP", "Asia/Tokyo", 35.6762, 139.6503),
        ("Toledo", "ES", "Europe/Madrid", 39.8628, -4.0273),
    ];
    let (_, country, zone, latitude, longitude) =
        places.into_iter().find(|place| place.0 == city).expect("a known city");
    let starts_at = "2099-03-01T20:00:00Z".parse::<chrono::DateTime<Utc>>().expect("a time") + TimeDelta::days(day);
    Offer {
        event_id: EventId::new(id).expect("an id"),
        version: 1,
        organiser_id: UserId(uuid::Uuid::nil()),
        organisation_id: onsale_core::OrganisationId::DEFAULT,
        slug: onsale_core::text::slug(name).unwrap_or_else(|| id.to_owned()),
        name: name.to_owned(),
        description: format!("An evening with {name}."),
        kind: kind.to_owned(),
        venue: Venue {
            id: VenueId::new(format!("hall-{}", country.to_lowercase())).expect("an id"),
            name: format!("Gran Teatro de {city}"),
            city: city.to_owned(),
            country: country.to_owned(),
            time_zone: zone.to_owned(),
            latitude,
            longitude,
        },
        starts_at,
        sale: SaleRules {
            currency,
            on_sale_at: starts_at - TimeDelta::days(60),
            off_sale_at: None,
            hold_seconds: 600,
            max_per_account: Some(6),
            bank_transfers: false,
            refund: RefundPolicy { until_hours_before: Some(24), fees_refunded: false },
        },
        plan: None,
        ticket_types: vec![TicketTypeOffer {
            ticket_type: "standing".to_owned(),
            name: "Standing".to_owned(),
            category: None,
            price: Price {
                total: amount,
                lines: vec![PriceLine { kind: LineKind::Face, label: "Ticket".to_owned(), amount }],
            },
            capacity: Some(100),
            quotas: Vec::new(),
        }],
        quotas: Vec::new(),
        promo_codes: Vec::new(),
    }
}

/// Seven events: three cities and Toledo, four kinds, four currencies' worth of prices.
pub(crate) fn season() -> Vec<Offer> {
    let mut escaped = offer("x1", "Rock <b>&</b> Roll concert", "concert", "Toledo", (4_000, "EUR"), 6);
    escaped.description = "A loud one.".to_owned();
    vec![
        offer("b9", "Beethoven: Sinfonía n.º 9", "classical", "Madrid", (6_000, "EUR"), 1),
        offer("v1", "Vallenato concert", "concert", "Bogotá", (25_000_000, "COP"), 2),
        offer("t1", "Taiko 太鼓", "concert", "Tokyo", (7_800, "JPY"), 3),
        offer("h1", "Hamlet", "theatre", "Madrid", (3_500, "EUR"), 4),
        offer("s1", "Salsa Capital", "dance", "Bogotá", (9_000_000, "COP"), 5),
        escaped,
        offer("c1", "Cabaret", "theatre", "Madrid", (2_000, "EUR"), 7),
    ]
}
