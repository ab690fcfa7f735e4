//! What the tests of this crate share.

use onsale_core::{OrganisationId, Role};
use onsale_platform::{ServiceRole, random};
use onsale_testkit::{TestClient, TestDb, TestKit, TestUser};
use serde_json::{Value, json};

/// The service on a database of its own.
pub(crate) struct App {
    pub kit: TestKit,
    pub state: onsale_admin::State,
    pub router: axum::Router,
    pub db: TestDb,
}

impl App {
    pub(crate) async fn new() -> Self {
        let db = TestDb::new().await;
        let kit = TestKit::new(&db).await;
        let state = onsale_admin::start(&kit.platform_of(ServiceRole::Admin)).await.expect("admin starts");
        let router = onsale_admin::router(state.clone());
        Self { kit, state, router, db }
    }

    pub(crate) fn nobody(&self) -> TestClient {
        TestClient::new(self.router.clone())
    }

    pub(crate) fn client(&self, user: &TestUser) -> TestClient {
        self.kit.client_of(self.router.clone(), user)
    }

    /// An organiser of an organisation that nobody else is of.
    pub(crate) fn organiser(&self) -> TestClient {
        let organisation = random::new_id(&self.kit.platform().clock);
        self.organiser_of(organisation)
    }

    pub(crate) fn organiser_of(&self, organisation: OrganisationId) -> TestClient {
        self.client(&self.kit.member(organisation, &[Role::Customer, Role::Organiser]))
    }

    pub(crate) fn admin(&self) -> TestClient {
        self.client(&self.kit.user(&[Role::Admin]))
    }

    /// booking, asking for offers.
    pub(crate) fn booking(&self) -> TestClient {
        self.nobody().signed_in(&self.kit.service_token(ServiceRole::Booking, ServiceRole::Admin))
    }
}

pub(crate) fn venue() -> Value {
    json!({
        "id": "hall", "name": "Town Hall", "city": "Málaga", "country": "ES", "timeZone": "Europe/Madrid",
        "latitude": 36.72, "longitude": -4.42,
    })
}

/// Two categories: 2 rows of 5 in A, 1 row of 6 in B.
pub(crate) fn described_plan() -> Value {
    json!({"name": "Stalls and balcony", "zones": [
        {"zoneId": 1, "name": "Stalls", "category": "A", "rows": 2, "seatsPerRow": 5, "curveDegrees": 40.0,
         "aislesAfter": [2], "seatIdPrefix": "ST-"},
        {"zoneId": 2, "name": "Balcony", "category": "B", "rows": 1, "seatsPerRow": 6, "accessibleAtEnds": 1},
    ]})
}

pub(crate) fn price(face: &str, fee: &str, total: &str) -> Value {
    let euros = |amount: &str| json!({"amount": amount, "currency": "EUR"});
    json!({"total": euros(total), "lines": [
        {"kind": "face", "label": "Ticket", "amount": euros(face)},
        {"kind": "fee", "label": "Fee", "amount": euros(fee)},
    ]})
}

/// An event with seats in A and B.
pub(crate) fn seated(plan_id: &str) -> Value {
    json!({
        "id": "E1", "venueId": "hall", "planId": plan_id, "name": "Sinfonía n.º 9", "description": "All of it.",
        "type": "concert", "startsAt": "2099-05-01T19:00:00Z",
        "sale": {"currency": "EUR", "onSaleAt": "2026-01-01T09:00:00Z", "offSaleAt": null, "maxPerAccount": 6,
                 "refund": {"untilHoursBefore": 24, "feesRefunded": false}},
        "ticketTypes": [
            {"ticketType": "adult", "name": "Stalls", "category": "A", "price": price("50.00", "4.00", "54.00")},
            {"ticketType": "adult", "name": "Balcony", "category": "B", "price": price("30.00", "2.40", "32.40")},
        ],
        "promoCodes": [{"code": "WELCOME10", "discount": {"basisPoints": 1000}}],
    })
}

/// A standing concert for 300.
pub(crate) fn standing() -> Value {
    json!({
        "id": "GA1", "venueId": "hall", "name": "Rock Night", "description": "", "type": "concert",
        "startsAt": "2099-06-01T19:00:00Z",
        "sale": {"currency": "EUR", "onSaleAt": "2026-01-01T09:00:00Z", "holdSeconds": 300,
                 "refund": {"feesRefunded": false}},
        "ticketTypes": [
            {"ticketType": "early", "name": "Early", "price": price("15.00", "1.20", "16.20"), "capacity": 50,
             "quotas": ["floor"]},
            {"ticketType": "standing", "name": "Standing", "price": price("20.00", "1.60", "21.60"),
             "capacity": 300, "quotas": ["floor"]},
        ],
        "quotas": [{"code": "floor", "capacity": 300}],
    })
}

/// Adds the venue and its plan; the plan's id.
pub(crate) async fn hall(client: &TestClient) -> String {
    let _ = client.post("/api/admin/venues", &venue()).await.expect(201);
    let plan = client.post("/api/admin/venues/hall/plans", &described_plan()).await.expect(201).json();
    plan["planId"].as_str().expect("an id").to_owned()
}

/// The fields that a 422 names, with their codes.
pub(crate) fn fields(problem: &Value) -> Vec<String> {
    let errors = problem["errors"].as_array().expect("errors");
    errors
        .iter()
        .map(|e| format!("{} {}", e["field"].as_str().unwrap_or_default(), e["code"].as_str().unwrap_or_default()))
        .collect()
}
