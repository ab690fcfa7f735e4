//! A shop for tests: booking with an event on sale, and a stand-in for payment that keeps its promises.

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use chrono::{DateTime, TimeDelta, Utc};
use futures::future::join_all;
use onsale_booking as booking;
use onsale_booking::service::project_tickets::{self, Projection};
use onsale_core::api::booking::{PaymentMethod, TransferInstructions};
use onsale_core::api::internal::{AuthorisePayment, PaymentState, PaymentStatus, RefundPayment, VoidPayment};
use onsale_core::api::offer::{Discount, Offer, PromoCode, Quota, RefundPolicy, SaleRules, TicketTypeOffer, Venue};
use onsale_core::events::{CloudEvent, OfferPublished, Topic};
use onsale_core::plan::{Point, Row, Seat, SeatingPlan, Zone};
use onsale_core::{
    Currency, EventId, LineKind, Money, OrganisationId, PaymentId, Price, PriceLine, SeatId, UserId, VenueId,
};
use onsale_platform::ServiceRole;
use onsale_platform::inbox::Delivery;
use onsale_platform::problem::Problem;
use onsale_platform::shutdown::Shutdown;
use onsale_testkit::{AtEnd, TestClient, TestDb, TestKit, TestRedis, TestUser};
use parking_lot::Mutex;
use serde_json::Value;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use uuid::Uuid;

/// booking, its database and its masters.
pub(crate) struct Shop {
    /// Folds all holds and orders when the test is over: what comes out must be the rows.
    folds: AtEnd,
    pub(crate) db: TestDb,
    /// Kept, because its masters go with it.
    _redis: TestRedis,
    pub(crate) kit: TestKit,
    pub(crate) state: booking::State,
    pub(crate) router: Router,
    pub(crate) till: Till,
    /// What admin's stand-in has of `EVT`, by version.
    offers: Arc<Mutex<BTreeMap<i32, Offer>>>,
}

/// Money that the stand-in for payment moved, by attempt; whether it is away; and what becomes of refunds.
#[derive(Clone, Default)]
pub(crate) struct Till(
    pub(crate) Arc<Mutex<BTreeMap<PaymentId, PaymentState>>>,
    pub(crate) Arc<AtomicBool>,
    pub(crate) Arc<Mutex<Refunds>>,
);

/// What becomes of refunds.
#[derive(Default)]
pub(crate) struct Refunds {
    /// Of the next new ones; where it says nothing the money goes back at once.
    pub(crate) next: VecDeque<Fate>,
    /// Of each by its key.
    pub(crate) known: BTreeMap<Uuid, Fate>,
}

/// What becomes of one refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    Done,
    Pending,
    Failed,
}

/// The seats of the test's hall: 10 rows of 20.
pub(crate) const ROWS: usize = 10;
pub(crate) const COLUMNS: usize = 20;
/// How many general-admission tickets there are.
pub(crate) const STANDING: u32 = 300;

pub(crate) fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

/// An all-in price.
pub(crate) fn price(face: i64, fee: i64) -> Price {
    let line = |kind, label: &str, minor| PriceLine { kind, label: label.to_owned(), amount: eur(minor) };
    Price::of(Currency::EUR, vec![line(LineKind::Face, "Ticket", face), line(LineKind::Fee, "Fee", fee)])
        .expect("one currency")
}

fn plan() -> SeatingPlan {
    let row = |row: usize| Row {
        label: char::from(b'A' + u8::try_from(row).expect("few rows")).to_string(),
        seats: (0..COLUMNS)
            .map(|column| Seat {
                seat_id: SeatId::new(format!("{}{}", char::from(b'A' + u8::try_from(row).expect("few")), column + 1))
                    .expect("a good id"),
                column: (column + 1).to_string(),
                position: Point {
                    x: f32::from(u8::try_from(column).expect("few")),
                    y: f32::from(u8::try_from(row).expect("few")),
                },
                category: if row < 3 { "PREMIUM" } else { "STANDARD" }.to_owned(),
                accessible: row == 0 && column < 2,
                companion: false,
                restricted_view: false,
                gap_before: false,
            })
            .collect(),
    };
    SeatingPlan {
        name: "Hall".to_owned(),
        width: 20.0,
        height: 10.0,
        focal_point: Point { x: 9.5, y: -2.0 },
        zones: vec![Zone { zone_id: 1, name: "Stalls".to_owned(), rows: (0..ROWS).map(row).collect() }],
        areas: Vec::new(),
    }
}

/// An event with seats, standing places, a quota, a code and a limit where one is asked for.
pub(crate) fn offer(event: &str, max_per_account: Option<u32>, now: DateTime<Utc>) -> Offer {
    let kind = |name: &str, category: Option<&str>, face, capacity, quotas: &[&str]| TicketTypeOffer {
        ticket_type: name.to_owned(),
        name: name.to_owned(),
        category: category.map(str::to_owned),
        price: price(face, 100),
        capacity,
        quotas: quotas.iter().map(|code| (*code).to_owned()).collect(),
    };
    Offer {
        event_id: EventId::new(event).expect("a good id"),
        version: 1,
        organiser_id: UserId(Uuid::nil()),
        organisation_id: OrganisationId::DEFAULT,
        slug: event.to_lowercase(),
        name: "A concert".to_owned(),
        description: String::new(),
        kind: "concert".to_owned(),
        venue: Venue {
            id: VenueId::new("V1").expect("a good id"),
            name: "Hall".to_owned(),
            city: "Madrid".to_owned(),
            country: "ES".to_owned(),
            time_zone: "Europe/Madrid".to_owned(),
            latitude: 40.4,
            longitude: -3.7,
        },
        starts_at: now + TimeDelta::days(30),
        sale: SaleRules {
            currency: Currency::EUR,
            on_sale_at: now - TimeDelta::hours(1),
            off_sale_at: None,
            hold_seconds: 600,
            max_per_account,
            bank_transfers: false,
            refund: RefundPolicy { until_hours_before: Some(48), fees_refunded: false },
        },
        plan: Some(plan()),
        ticket_types: vec![
            kind("adult", Some("PREMIUM"), 8_000, None, &[]),
            kind("adult", Some("STANDARD"), 5_000, None, &[]),
            kind("child", Some("STANDARD"), 2_500, None, &["children"]),
            kind("standing", None, 3_000, Some(STANDING), &[]),
        ],
        quotas: vec![Quota { code: "children".to_owned(), capacity: 5 }],
        promo_codes: vec![PromoCode {
            code: "WELCOME10".to_owned(),
            discount: Discount::BasisPoints(1_000),
            max_uses: Some(3),
            valid_from: None,
            valid_until: None,
        }],
    }
}

impl Shop {
    /// With `EVT` on sale.
    pub(crate) async fn open() -> Self {
        Self::open_with(&[], |_| {}).await
    }

    /// With settings, and an offer of one's own.
    pub(crate) async fn open_with(settings: &[(&str, &str)], change: impl FnOnce(&mut Offer)) -> Self {
        let db = TestDb::new().await;
        let redis = TestRedis::new().await;
        let mut builder = TestKit::builder(&db).await.redis(&redis).setting("DATABASE_POOL_BOOKING", "8");
        for (name, value) in settings {
            builder = builder.setting(name, *value);
        }
        let kit = builder.build();
        let state = booking::start(&kit.platform_of(ServiceRole::Booking)).await.expect("booking starts");
        let router = booking::router(state.clone());
        let mut offer = offer("EVT", None, kit.platform().clock.now());
        change(&mut offer);
        let till = Till::default();
        kit.install(ServiceRole::Payment, payment(till.clone()));
        let offers: Arc<Mutex<BTreeMap<i32, Offer>>> = Arc::default();
        let admin = Router::new()
            .route("/internal/events/{event}/offers/{version}", get(published))
            .with_state(Arc::clone(&offers));
        kit.install(ServiceRole::Admin, admin);
        let shop = Self { folds: folds(&db), db, _redis: redis, kit, state, router, till, offers };
        shop.publish(Topic::EventPublished, &offer).await;
        shop
    }

    /// The test moves the rows' time, of which no event tells: they are not folded at its end.
    pub(crate) fn moves_time(&mut self) {
        self.folds.spare();
    }

    /// What admin does, and what the bus would bring.
    pub(crate) async fn publish(&self, topic: Topic, offer: &Offer) {
        self.offers.lock().insert(offer.version, offer.clone());
        let payload =
            OfferPublished { event_id: offer.event_id.clone(), version: offer.version, digest: String::new() };
        let event = CloudEvent {
            specversion: "1.0".to_owned(),
            id: onsale_platform::random::new_id(&self.kit.platform().clock),
            source: "/admin".to_owned(),
            topic,
            subject: offer.event_id.to_string(),
            time: self.kit.platform().clock.now(),
            datacontenttype: "application/json".to_owned(),
            dataschema: String::new(),
            sequence: format!("{:020}", offer.version),
            correlationid: None,
            causationid: None,
            traceparent: None,
            data: serde_json::to_value(payload).expect("JSON"),
        };
        let delivery = Delivery { event, consumer: "booking.inventory", role: ServiceRole::Booking };
        booking::service::build_inventory::handle(&self.state, &delivery).await.expect("the inventory is built");
    }

    /// A client that nobody signed in.
    pub(crate) fn anybody(&self) -> TestClient {
        TestClient::new(self.router.clone())
    }

    /// A buyer.
    pub(crate) fn buyer(&self) -> (TestClient, TestUser) {
        let user = self.kit.customer();
        (self.kit.client_of(self.router.clone(), &user), user)
    }

    /// A number from the database.
    pub(crate) async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(self.db.pool()).await.expect("a number")
    }

    /// Free + held + sold = capacity, as counted and as the rows are.
    pub(crate) async fn check_books(&self) {
        let wrong = self
            .count(
                "SELECT count(*) FROM booking.counters c
                 CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE state = 0) AS free,
                                            count(*) FILTER (WHERE state = 1) AS held,
                                            count(*) FILTER (WHERE state = 2) AS sold
                                     FROM booking.seats WHERE event_no = c.event_no) seat
                 CROSS JOIN LATERAL (SELECT coalesce(sum(capacity - held - sold), 0)::bigint AS free,
                                            coalesce(sum(held), 0)::bigint AS held,
                                            coalesce(sum(sold), 0)::bigint AS sold
                                     FROM booking.stock WHERE event_no = c.event_no AND is_place) place
                 WHERE c.free <> seat.free + place.free OR c.held <> seat.held + place.held
                    OR c.sold <> seat.sold + place.sold",
            )
            .await;
        assert_eq!(wrong, 0, "counters and rows differ");
    }
}

/// The last look: the events of all holds and orders give their rows.
fn folds(db: &TestDb) -> AtEnd {
    let url = db.url().to_owned();
    AtEnd::look(|| async move {
        let pool = sqlx::PgPool::connect(&url).await.expect("the test's database answers");
        let report = booking::service::check_events::all(&pool).await.expect("rows and events can be read");
        assert_eq!(report.differ, 0, "folded events and rows differ: {:#?}", report.differing);
    })
}

/// admin as booking sees it.
async fn published(
    State(offers): State<Arc<Mutex<BTreeMap<i32, Offer>>>>,
    Path((_event, version)): Path<(String, i32)>,
) -> Result<Json<Offer>, StatusCode> {
    offers.lock().get(&version).cloned().map(Json).ok_or(StatusCode::NOT_FOUND)
}

/// payment as booking sees it: authorises all but what the token forbids.
fn payment(till: Till) -> Router {
    Router::new()
        .route("/internal/payments", post(authorise))
        .route("/internal/payments/{id}", get(look))
        .route("/internal/payments/{id}/capture", post(capture))
        .route("/internal/payments/{id}/void", post(void))
        .route("/internal/payments/{id}/settle", post(settle))
        .route("/internal/payments/{id}/refunds", post(refund))
        .layer(from_fn_with_state(till.clone(), unless_away))
        .with_state(till)
}

async fn unless_away(State(till): State<Till>, request: Request, next: Next) -> Response {
    if till.1.load(Ordering::Relaxed) {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    next.run(request).await
}

async fn authorise(State(till): State<Till>, Json(asked): Json<AuthorisePayment>) -> Json<PaymentState> {
    let is_transfer = asked.method == PaymentMethod::BankTransfer;
    let status = match asked.token.as_deref() {
        _ if is_transfer => PaymentStatus::RequiresAction,
        Some("pm_declined") => PaymentStatus::Declined,
        Some("pm_redirect") => PaymentStatus::RequiresAction,
        _ => PaymentStatus::Authorised,
    };
    let mut payments = till.0.lock();
    let state = payments.entry(asked.payment_id).or_insert_with(|| first_state(&asked, status));
    Json(state.clone())
}

fn first_state(asked: &AuthorisePayment, status: PaymentStatus) -> PaymentState {
    let is_transfer = asked.method == PaymentMethod::BankTransfer;
    PaymentState {
        payment_id: asked.payment_id,
        order_id: asked.order_id,
        status,
        amount: asked.amount,
        refunded: Money::zero(asked.amount.currency),
        redirect_url: (status == PaymentStatus::RequiresAction).then(|| "https://bank.example/pay".to_owned()),
        transfer: is_transfer.then(|| TransferInstructions {
            account_holder: "Onsale".to_owned(),
            iban: "DE00123456789012345678".to_owned(),
            bic: "SANDDEFFXXX".to_owned(),
            reference: "ABC123".to_owned(),
        }),
        decline_code: (status == PaymentStatus::Declined).then(|| "card_declined".to_owned()),
        method: asked.method,
        created_at: DateTime::UNIX_EPOCH,
    }
}

async fn look(State(till): State<Till>, Path(id): Path<PaymentId>) -> Result<Json<PaymentState>, StatusCode> {
    till.0.lock().get(&id).cloned().map(Json).ok_or(StatusCode::NOT_FOUND)
}

async fn capture(State(till): State<Till>, Path(id): Path<PaymentId>) -> Json<PaymentState> {
    let mut payments = till.0.lock();
    let state = payments.get_mut(&id).expect("a known payment");
    assert!(
        matches!(state.status, PaymentStatus::Authorised | PaymentStatus::Captured),
        "captured what was not authorised"
    );
    state.status = PaymentStatus::Captured;
    Json(state.clone())
}

async fn void(
    State(till): State<Till>,
    Path(id): Path<PaymentId>,
    Json(asked): Json<VoidPayment>,
) -> Json<PaymentState> {
    let mut payments = till.0.lock();
    let asked = asked.attempt.expect("what is to be voided goes along");
    let state = payments.entry(id).or_insert_with(|| first_state(&asked, PaymentStatus::Voided));
    if state.status != PaymentStatus::Captured {
        state.status = PaymentStatus::Voided;
    }
    Json(state.clone())
}

/// Only an invoice that is owed is settled, as payment has it.
async fn settle(State(till): State<Till>, Path(id): Path<PaymentId>) -> Result<Json<PaymentState>, Problem> {
    let state = till.0.lock().get(&id).expect("a known payment").clone();
    let is_owed = state.method == PaymentMethod::Invoice && state.status == PaymentStatus::Captured;
    if is_owed { Ok(Json(state)) } else { Err(Problem::conflict("state_conflict", "It is no invoice that is owed.")) }
}

async fn refund(
    State(till): State<Till>,
    Path(id): Path<PaymentId>,
    Json(asked): Json<RefundPayment>,
) -> Result<Json<PaymentState>, Problem> {
    let mut payments = till.0.lock();
    let state = payments.get_mut(&id).expect("a known payment");
    assert_eq!(state.status, PaymentStatus::Captured);
    let mut refunds = till.2.lock();
    let known = refunds.known.get(&asked.refund_id).copied();
    let fate = known.unwrap_or_else(|| refunds.next.pop_front().unwrap_or(Fate::Done));
    refunds.known.insert(asked.refund_id, fate);
    match (fate, known) {
        (Fate::Failed, _) => {
            let problem = Problem::conflict("state_conflict", "The provider did not give the money back.");
            return Err(problem.with_member("refundStatus", "FAILED"));
        }
        (Fate::Done, None) => state.refunded = state.refunded.add(asked.amount).expect("one currency"),
        _ => {}
    }
    Ok(Json(state.clone()))
}

/// Every message about sold and cancelled tickets, oldest first, as the bus would bring them.
pub(crate) async fn messages(shop: &Shop) -> Vec<CloudEvent> {
    let rows: Vec<(Uuid, String, String, i64, Value, DateTime<Utc>)> = sqlx::query_as(
        "SELECT id, topic, aggregate_id, sequence, data, occurred_at FROM booking.events
         WHERE topic IN ('ticket-confirmed', 'ticket-cancelled') ORDER BY position",
    )
    .fetch_all(shop.db.pool())
    .await
    .expect("events");
    let message =
        |(id, topic, subject, sequence, data, time): (Uuid, String, String, i64, Value, DateTime<Utc>)| CloudEvent {
            specversion: "1.0".to_owned(),
            id,
            source: "/booking".to_owned(),
            topic: topic.parse().expect("a topic"),
            subject,
            time,
            datacontenttype: "application/json".to_owned(),
            dataschema: String::new(),
            sequence: format!("{sequence:020}"),
            correlationid: None,
            causationid: None,
            traceparent: None,
            data,
        };
    rows.into_iter().map(message).collect()
}

/// Brings messages, all of them at the same time.
pub(crate) async fn bring(shop: &Shop, events: impl IntoIterator<Item = CloudEvent>) {
    let projection = Projection::start(shop.state.pool().clone(), &Shutdown::new());
    let brought = events.into_iter().map(|event| {
        projection.handle(Delivery { event, consumer: project_tickets::GROUP, role: ServiceRole::Booking })
    });
    for outcome in join_all(brought).await {
        outcome.expect("the projection follows");
    }
}

/// Brings everything there is, also what was brought before.
pub(crate) async fn deliver(shop: &Shop) {
    bring(shop, messages(shop).await).await;
}
