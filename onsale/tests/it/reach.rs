//! Who reaches what (RELIABILITY I6): every operation of the OpenAPI document on things that are there, as nobody, as
//! another buyer, as the one whose things they are, and as staff of their organisation and of another one, against a
//! golden list. `UPDATE_GOLDEN=1` writes the list anew; read its diff as a reviewer.

use crate::house::{House, PASSWORD, PATIENCE, eventually};
use crate::matrix::operations;
use crate::program::{onsale, said};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Instant;
use uuid::Uuid;

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/reach.golden");
const DEFAULT: &str = "01900000-0000-7000-8000-0000000a0000";
const OTHER: &str = "01900000-0000-7000-8000-0000000b0000";
/// On sale, with orders.
const EVENT: &str = "EVT001";
/// On sale, with a line; called off in the end.
const SPARE_EVENT: &str = "EVT002";

/// What there is to be reached, by the name of its place in a path.
struct Things {
    /// What most operations are about.
    main: BTreeMap<&'static str, String>,
    /// What is used up.
    spare: BTreeMap<&'static str, String>,
    buyer: String,
}

impl House {
    async fn json(&self, method: Method, path: &str, token: Option<&str>, body: &Value) -> Value {
        let body = (method != Method::GET).then_some(body);
        let answer = self.send(method, path, token, body).await;
        let (status, text) = (answer.status(), answer.text().await.expect("an answer"));
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }

    async fn run(&self, statement: &str) {
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement.to_owned())).execute(self.db.pool()).await.expect(statement);
    }

    /// A person with a role in the other organisation, signed in.
    async fn sign_in_elsewhere(&self, name: &str, role: &str) -> String {
        let _customer = self.sign_in(name, &["customer"]).await;
        self.run(&format!(
            "INSERT INTO auth.organisations VALUES ('{OTHER}', 'Others', now(), now()) ON CONFLICT DO NOTHING;
             INSERT INTO auth.memberships (account_id, organisation_id, roles)
             SELECT id, '{OTHER}', '{{{role}}}' FROM auth.accounts WHERE email_key = '{name}@example.com'"
        ))
        .await;
        let login = json!({"email": format!("{name}@example.com"), "password": PASSWORD});
        let login = self.json(Method::POST, "/api/auth/login", None, &login).await;
        login["token"].as_str().expect("a token").to_owned()
    }

    async fn id_of(&self, token: &str) -> String {
        text(&self.json(Method::GET, "/api/auth/me", Some(token), &json!({})).await["id"])
    }

    async fn hold(&self, token: &str, seats: &[&str]) -> Value {
        let seats: Vec<Value> = seats.iter().map(|seat| json!({"seatId": seat})).collect();
        let wish = json!({"eventId": EVENT, "seats": seats});
        self.json(Method::POST, "/api/bookings/reserve", Some(token), &wish).await
    }

    async fn buy(&self, token: &str, seats: &[&str]) -> Value {
        let held = self.hold(token, seats).await;
        let payment = json!({"reservationId": held["reservationId"], "paymentMethod": "CREDIT_CARD"});
        self.json(Method::POST, "/api/bookings/confirm", Some(token), &payment).await
    }
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// The load season, and one of each thing.
async fn house_with_things() -> (House, Vec<(&'static str, Option<String>)>, Things) {
    let house = House::open_with(&[("WEBHOOKS_ALLOW_LOOPBACK", "on")], std::process::Stdio::inherit()).await;
    let sown = onsale(&["seed", "load"], &house.settings).output().expect("the executable runs");
    assert!(sown.status.success(), "{}", said(&sown));
    for event in [EVENT, SPARE_EVENT] {
        eventually(event, &house.client, &format!("{}/api/events/{event}", house.gateway)).await;
    }
    let owner = house.sign_in("owner", &["customer"]).await;
    let organiser = house.sign_in("organiser", &["customer", "organiser"]).await;
    let counter = house.sign_in("counter", &["customer", "box_office"]).await;
    let admin = house.sign_in("admin", &["customer", "admin"]).await;
    let spare_member = house.sign_in("spare", &["customer", "gate"]).await;
    let callers = vec![
        ("nobody", None),
        ("another", Some(house.sign_in("another", &["customer"]).await)),
        ("elsewhere", Some(house.sign_in_elsewhere("elsewhere", "organiser").await)),
        ("counter_elsewhere", Some(house.sign_in_elsewhere("counterelsewhere", "box_office").await)),
        ("gate", Some(house.sign_in("gate", &["customer", "gate"]).await)),
        ("owner", Some(owner.clone())),
        ("box_office", Some(counter)),
        ("organiser", Some(organiser.clone())),
        ("admin", Some(admin.clone())),
    ];
    let order = house.buy(&owner, &["VIP-A1"]).await;
    let spare_order = house.buy(&owner, &["VIP-A2"]).await;
    let hold = house.hold(&owner, &["VIP-B1"]).await;
    let spare_hold = house.hold(&owner, &["VIP-B2"]).await;
    let key = json!({"name": "till", "scopes": ["tickets:read"]});
    let key = house.json(Method::POST, "/api/admin/api-keys", Some(&organiser), &key).await;
    let webhook = json!({"url": "http://127.0.0.1:9/", "topics": ["ticket-confirmed"]});
    let hook = house.json(Method::POST, "/api/admin/webhooks", Some(&admin), &webhook).await;
    let spare_hook = house.json(Method::POST, "/api/admin/webhooks", Some(&admin), &webhook).await;
    let invite = json!({"email": "guest@example.com", "roles": ["gate"]});
    let invitations = format!("/api/admin/organisations/{DEFAULT}/invitations");
    let invitation = house.json(Method::POST, &invitations, Some(&organiser), &invite).await;
    let plans = house.json(Method::GET, "/api/admin/venues/VENUE001/plans", Some(&organiser), &json!({})).await;
    let hall = json!({"name": "Drawn"});
    let hall = house.json(Method::POST, "/api/admin/venues/VENUE001/halls", Some(&organiser), &hall).await;
    let line = json!({"mode": "LINE", "opensAt": "2026-01-01T00:00:00Z", "startsAt": "2026-01-01T00:00:00Z"});
    let room = format!("/api/admin/events/{SPARE_EVENT}/queue");
    let _ = house.json(Method::PUT, &room, Some(&organiser), &line).await;
    sold(&house, &order).await;
    let main = BTreeMap::from([
        ("eventId", EVENT.to_owned()),
        ("venueId", "VENUE001".to_owned()),
        ("hallId", text(&hall["hallId"])),
        ("planId", text(&plans["items"][0]["planId"])),
        ("orderId", text(&order["orderId"])),
        ("ticketId", text(&order["tickets"][0]["ticketId"])),
        ("reservationId", text(&hold["reservationId"])),
        ("userId", house.id_of(&owner).await),
        ("provider", "sandbox".to_owned()),
        ("api-keys", text(&key["id"])),
        ("webhooks", text(&hook["id"])),
        ("users", house.id_of(&spare_member).await),
        ("organisations", DEFAULT.to_owned()),
        ("invitationId", text(&invitation["id"])),
    ]);
    let mut spare = main.clone();
    spare.insert("eventId", SPARE_EVENT.to_owned());
    spare.insert("orderId", text(&spare_order["orderId"]));
    spare.insert("reservationId", text(&spare_hold["reservationId"]));
    spare.insert("webhooks", text(&spare_hook["id"]));
    let buyer = main["userId"].clone();
    (house, callers, Things { main, spare, buyer })
}

/// Waits until the projection has the ticket.
async fn sold(house: &House, order: &Value) {
    let began = Instant::now();
    let ticket: Uuid = text(&order["tickets"][0]["ticketId"]).parse().expect("an id");
    loop {
        let found = sqlx::query_scalar("SELECT EXISTS (SELECT FROM booking.sold_tickets WHERE ticket_id = $1)");
        let found: bool = found.bind(ticket).fetch_one(house.db.pool()).await.expect("an answer");
        if found {
            return;
        }
        assert!(began.elapsed() < PATIENCE, "the ticket was never projected");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

impl Things {
    /// The path with the things that are there in its places.
    fn path(&self, method: &Method, template: &str) -> String {
        let uses_up = *method == Method::DELETE
            || template.ends_with("/cancel")
            || template.contains("/queue") && template.contains("{eventId}");
        let known = if uses_up { &self.spare } else { &self.main };
        let mut path = String::new();
        let mut parts = template.split('/').peekable();
        let mut before = "";
        while let Some(part) = parts.next() {
            let place = part.strip_prefix('{').and_then(|part| part.split_once('}'));
            let (thing, rest) = match place {
                // A member that nobody else is.
                Some(("userId", rest)) if template.contains("/members/") => (self.main["users"].as_str(), rest),
                Some(("eventId", rest)) if template.contains("/deliveries/") => (self.buyer.as_str(), rest),
                Some(("id", rest)) => (known[before].as_str(), rest),
                Some((name, rest)) => (known[name].as_str(), rest),
                None => (part, ""),
            };
            path.push_str(thing);
            path.push_str(rest);
            if parts.peek().is_some() {
                path.push('/');
            }
            before = part;
        }
        path + match template {
            "/api/admin/sales" => "?events=EVT001",
            "/api/admin/venues/{venueId}/halls/csv" => "?name=List",
            _ => "",
        }
    }

    /// What is sent, so that whose it is decides and not the form.
    async fn body(&self, house: &House, method: &Method, template: &str) -> Value {
        let line = json!({"mode": "LINE", "opensAt": "2026-01-01T00:00:00Z", "startsAt": "2026-01-01T00:00:00Z"});
        match (method.as_str(), template) {
            ("PUT", "/api/admin/events/{eventId}" | "/api/admin/events/{eventId}/series") => draft_of(house).await,
            ("POST", "/api/admin/events/{eventId}/series") => json!({"startsAt": ["2099-06-01T19:00:00Z"]}),
            ("PUT", "/api/admin/events/{eventId}/queue") => line,
            ("POST", "/api/admin/events/{eventId}/check-ins") => json!({"scans": [{
                "scanId": Uuid::nil(), "code": "none", "gate": "North", "at": "2026-01-01T00:00:00Z",
                "direction": "entry",
            }]}),
            ("POST", "/api/admin/events/{eventId}/seats/block" | "/api/admin/events/{eventId}/seats/release") => {
                json!({"seats": ["VIP-D1"]})
            }
            ("POST", "/api/admin/events/{eventId}/counter-sales") => json!({"seats": [{"seatId": "VIP-E1"}]}),
            ("POST", "/api/admin/events/{eventId}/orders/{orderId}/notes") => json!({"text": "Seen."}),
            // No ticket of it: who may is told so, and the order stays as it is.
            ("POST", "/api/admin/events/{eventId}/orders/{orderId}/refund") => json!({"tickets": [Uuid::nil()]}),
            ("POST", "/api/admin/events/{eventId}/queue/admit") => json!({"count": 1}),
            ("PUT", "/api/admin/venues/{venueId}") => json!({
                "name": "Arena", "city": "Madrid", "country": "ES", "timeZone": "Europe/Madrid", "latitude": 40.4,
                "longitude": -3.7,
            }),
            ("POST", "/api/admin/venues/{venueId}/plans") => json!({"name": "Small", "zones": [
                {"zoneId": 1, "name": "Stalls", "category": "A", "rows": 1, "seatsPerRow": 2},
            ]}),
            ("POST", "/api/admin/venues/{venueId}/plans/pretix" | "/api/admin/venues/{venueId}/halls/pretix") => {
                json!({"name": "P", "categories": [], "zones": []})
            }
            ("POST", "/api/admin/venues/{venueId}/halls") => json!({"name": "Another"}),
            ("PUT", "/api/admin/halls/{hallId}") => hall_of(house, &self.main["hallId"]).await,
            ("POST", "/api/admin/halls/{hallId}/publish") => json!({"revision": 1}),
            ("PUT", "/api/admin/organisations/{id}/members/{userId}") => json!({"roles": ["gate"]}),
            ("PATCH", "/api/admin/organisations/{id}") => json!({"name": "Onsale"}),
            ("POST", "/api/admin/organisations/{id}/invitations") => {
                json!({"email": "guest2@example.com", "roles": ["gate"]})
            }
            ("PUT", "/api/bookings/reservations/{reservationId}/promo-code") => json!({"code": "NONE"}),
            ("POST", "/api/bookings/confirm") => {
                json!({"reservationId": self.main["reservationId"], "paymentMethod": "CASH"})
            }
            ("POST", "/api/v1/tickets") => json!({
                "userId": self.buyer, "venueId": "VENUE001", "eventId": EVENT, "zoneId": 1, "rowLabel": "A",
                "colLabel": "1",
            }),
            ("POST", "/api/auth/organisation") => json!({"organisationId": DEFAULT}),
            _ => json!({}),
        }
    }
}

/// A hall as the editor saves it.
async fn hall_of(house: &House, id: &str) -> Value {
    let hall =
        sqlx::query_as("SELECT revision, body FROM admin.halls WHERE id = $1").bind(id.parse::<Uuid>().expect("an id"));
    let (revision, body): (i32, String) = hall.fetch_one(house.db.pool()).await.expect("the hall");
    json!({"revision": revision, "hall": serde_json::from_str::<Value>(&body).expect("JSON")})
}

/// The event's own draft, as it stands.
async fn draft_of(house: &House) -> Value {
    let draft = sqlx::query_scalar("SELECT draft FROM admin.drafts WHERE id = $1").bind(EVENT);
    draft.fetch_one(house.db.pool()).await.expect("the draft")
}

#[tokio::test]
async fn every_operation_reaches_only_what_it_should() {
    let (house, callers, things) = house_with_things().await;
    let document: Value =
        house.send(Method::GET, "/api/openapi.json", None, None).await.json().await.expect("a document");
    let mut table = String::new();
    let mut surprises = Vec::new();
    for (method, template, _) in operations(&document) {
        let path = things.path(&method, &template);
        let body = things.body(&house, &method, &template).await;
        let mut row = Vec::new();
        for (caller, token) in &callers {
            if template == "/api/auth/logout" || template.ends_with("/live") && *caller != "nobody" {
                continue;
            }
            let sent = (method != Method::GET && method != Method::DELETE).then_some(&body);
            let answer = house.send(method.clone(), &path, token.as_deref(), sent).await;
            let status = answer.status().as_u16();
            let of_one_organisation = template.starts_with("/api/admin/") && template.contains('{');
            let of_one_person = template.starts_with("/api/bookings/") && template.contains('{');
            let is_stranger = matches!(*caller, "nobody" | "another" | "elsewhere" | "counter_elsewhere");
            // Who orders were made by may be asked of any account; strangers' answers are empty.
            // A list of seats is no JSON: none is read before it is known whose hall it is to be.
            let is_csv = template == "/api/admin/venues/{venueId}/halls/csv" && status == 415;
            let is_list = is_csv || template == "/api/bookings/user/{userId}" && *caller == "counter_elsewhere";
            if is_stranger && !is_list && (of_one_organisation || of_one_person) && !matches!(status, 401 | 403 | 404) {
                surprises.push(format!("{method} {template} as {caller}: {status}"));
            }
            if status >= 500 {
                surprises.push(format!("{method} {template} as {caller}: {status}"));
            }
            row.push(format!("{caller}={status}"));
        }
        let _ = writeln!(table, "{method} {template}: {}", row.join(" "));
    }
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(GOLDEN, &table).expect("the golden list is written");
    }
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
    let golden = std::fs::read_to_string(GOLDEN).expect("the golden list");
    assert_eq!(table, golden, "who reaches what has changed: run with UPDATE_GOLDEN=1 and read the diff");
}

#[tokio::test]
async fn prices_roles_statuses_and_ids_in_a_body_change_nothing() {
    let (house, _, things) = house_with_things().await;
    let forged = |mut body: Value| {
        let more = json!({
            "id": Uuid::nil(), "userId": things.buyer, "accountId": Uuid::nil(), "ownerId": Uuid::nil(),
            "organisationId": OTHER, "organisation": OTHER, "organiserId": Uuid::nil(), "roles": ["admin", "sre"],
            "status": "COMPLETED", "version": 99, "emailVerified": true, "price": 0.01, "total": 0.01,
            "amount": {"amount": "0.01", "currency": "EUR"}, "fencingToken": 1, "orderId": Uuid::nil(),
        });
        for (name, value) in more.as_object().expect("an object") {
            body.as_object_mut().expect("an object").entry(name.clone()).or_insert(value.clone());
        }
        body
    };
    let register = forged(json!({"email": "forger@example.com", "password": PASSWORD, "name": "Forger"}));
    let made = house.json(Method::POST, "/api/auth/register", None, &register).await;
    let token = text(&made["token"]);
    assert_eq!((&made["user"]["roles"], &made["user"]["emailVerified"]), (&json!(["customer"]), &json!(false)));
    let me = house.json(Method::PATCH, "/api/auth/me", Some(&token), &forged(json!({"name": "Forger II"}))).await;
    assert_eq!(
        (&me["roles"], &me["id"], &me["emailVerified"]),
        (&json!(["customer"]), &made["user"]["id"], &json!(false))
    );

    let wish = forged(json!({"eventId": EVENT, "seats": [{"seatId": "VIP-C1", "price": 0.01, "fencingToken": 1}]}));
    let held = house.json(Method::POST, "/api/bookings/reserve", Some(&token), &wish).await;
    let honest = house.hold(&token, &["VIP-C2"]).await;
    assert_eq!(held["total"], honest["total"], "the offer's price");
    let payment = json!({"reservationId": held["reservationId"], "paymentMethod": "CREDIT_CARD"});
    let order = house.json(Method::POST, "/api/bookings/confirm", Some(&token), &forged(payment)).await;
    assert_eq!(order["total"], held["total"]);
    assert_ne!(order["orderId"], json!(Uuid::nil()));
    let owner: Uuid = sqlx::query_scalar("SELECT account_id FROM booking.reservations WHERE id = $1")
        .bind(text(&held["reservationId"]).parse::<Uuid>().expect("an id"))
        .fetch_one(house.db.pool())
        .await
        .expect("the hold");
    assert_eq!(json!(owner), made["user"]["id"]);

    let organiser = house.sign_in("forgingorganiser", &["customer", "organiser"]).await;
    let venue = forged(json!({"id": "FORGED", "name": "Hall", "city": "Madrid", "country": "ES",
        "timeZone": "Europe/Madrid", "latitude": 40.4, "longitude": -3.7}));
    let _ = house.json(Method::POST, "/api/admin/venues", Some(&organiser), &venue).await;
    let mut draft = draft_of(&house).await;
    draft["id"] = json!("FORGED");
    let event = house.json(Method::POST, "/api/admin/events", Some(&organiser), &forged(draft)).await;
    assert_eq!((&event["status"], &event["version"]), (&json!("DRAFT"), &json!(0)));
    for table in ["venues", "drafts"] {
        let sql = format!("SELECT owner_id, organisation_id FROM admin.{table} WHERE id = 'FORGED'");
        let (owner, of): (Uuid, Uuid) =
            sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_one(house.db.pool()).await.expect("the row");
        assert_eq!((owner.to_string(), of.to_string()), (house.id_of(&organiser).await, DEFAULT.to_owned()), "{table}");
    }
    let key = forged(json!({"name": "till", "scopes": ["tickets:read"]}));
    let key = house.json(Method::POST, "/api/admin/api-keys", Some(&organiser), &key).await;
    assert_eq!(key["organisationId"], DEFAULT);
}
