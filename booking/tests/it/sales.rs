//! What organisers see: figures and orders of their own events, and of nobody else's.

use crate::shop::{Shop, deliver};
use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};
use onsale_core::api::internal::{Contact, Contacts, FindContacts};
use onsale_core::{Language, OrganisationId, Role};
use onsale_platform::ServiceRole;
use onsale_testkit::TestClient;
use parking_lot::Mutex;
use serde_json::{Value, json};
use std::sync::Arc;

const ORDERS: &str = "/api/admin/events/EVT/orders";

/// Whose event it is.
const HOUSE: OrganisationId = OrganisationId(uuid::Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0009_0001));

pub(crate) type People = Arc<Mutex<Vec<Contact>>>;

/// auth as booking sees it.
async fn find(State(people): State<People>, Json(wanted): Json<FindContacts>) -> Json<Contacts> {
    let email = wanted.email.map(|email| email.trim().to_lowercase());
    let known = people.lock().clone();
    let found = known.into_iter().filter(|one| wanted.ids.contains(&one.id) || Some(&one.email) == email.as_ref());
    Json(Contacts { items: found.collect() })
}

pub(crate) struct Office {
    pub(crate) shop: Shop,
    pub(crate) organiser: TestClient,
    pub(crate) people: People,
}

impl Office {
    pub(crate) async fn open() -> Self {
        let shop = Shop::open_with(&[], |offer| offer.organisation_id = HOUSE).await;
        let user = shop.kit.member(HOUSE, &[Role::Customer, Role::Organiser]);
        let people = People::default();
        let auth = Router::new().route("/internal/users/find", post(find)).with_state(people.clone());
        shop.kit.install(ServiceRole::Auth, auth);
        Self { organiser: shop.kit.client_of(shop.router.clone(), &user), shop, people }
    }

    /// Somebody of the house with that role.
    pub(crate) fn member(&self, role: Role) -> TestClient {
        let user = self.shop.kit.member(HOUSE, &[Role::Customer, role]);
        self.shop.kit.client_of(self.shop.router.clone(), &user)
    }

    /// Somebody with a name and an address.
    pub(crate) fn buyer(&self, name: &str) -> TestClient {
        let (client, user) = self.shop.buyer();
        let email = format!("{name}@example.com").to_lowercase();
        self.people.lock().push(Contact { id: user.id, email, name: name.to_owned(), language: Language::English });
        client
    }

    async fn figures(&self, who: &TestClient) -> Value {
        who.get("/api/admin/sales?events=EVT").await.expect(200).json()["items"].clone()
    }
}

pub(crate) async fn hold(buyer: &TestClient, wish: Value) -> Value {
    buyer.post("/api/bookings/reserve", &wish).await.expect(201).json()
}

pub(crate) async fn pay(buyer: &TestClient, held: &Value, token: &str, status: u16) -> Value {
    let payment =
        json!({"reservationId": held["reservationId"], "paymentMethod": "CREDIT_CARD", "paymentToken": token});
    buyer.post("/api/bookings/confirm", &payment).await.expect(status).json()
}

pub(crate) fn seats(names: &[&str]) -> Value {
    let seats: Vec<Value> = names.iter().map(|name| json!({"seatId": name})).collect();
    json!({"eventId": "EVT", "seats": seats})
}

#[tokio::test]
async fn figures_follow_the_sale_and_are_for_whoever_runs_the_event() {
    let office = Office::open().await;
    let (ana, ben) = (office.buyer("Ana"), office.buyer("Ben"));
    let bought = pay(&ana, &hold(&ana, seats(&["D1", "D2"])).await, "pm_card_visa", 200).await;
    hold(&ben, seats(&["E1", "E2", "E3"])).await;
    let order = bought["orderId"].as_str().expect("an id");
    let ticket = &bought["tickets"][0]["ticketId"];
    ana.post(&format!("/api/bookings/{order}/cancel"), &json!({"tickets": [ticket]})).await.expect(200);
    deliver(&office.shop).await;
    let now = office.figures(&office.organiser).await;
    let item = &now[0];
    assert_eq!((&item["free"], &item["held"], &item["sold"]), (&json!(496), &json!(3), &json!(1)), "{item}");
    assert_eq!((&item["takings"]["amount"], &item["refunded"]["amount"]), (&json!("51.00"), &json!("50.00")), "{item}");

    let admin = office.shop.kit.client_of(office.shop.router.clone(), &office.shop.kit.user(&[Role::Admin]));
    assert_eq!(office.figures(&admin).await, now);
    let stranger = office.shop.kit.user(&[Role::Organiser]);
    let stranger = office.shop.kit.client_of(office.shop.router.clone(), &stranger);
    assert_eq!(office.figures(&stranger).await, json!([]), "another's event is as if it were not there");
    for path in ["/api/admin/sales?events=EVT", ORDERS] {
        ana.get(path).await.expect_problem(403, "forbidden");
        office.shop.anybody().get(path).await.expect_problem(401, "unauthenticated");
    }
    let many = vec!["EVT"; 101].join(",");
    for wrong in ["", "events=", "events=a%20b", &format!("events={many}")] {
        let problem = office.organiser.get(&format!("/api/admin/sales?{wrong}")).await.expect_problem(422, "invalid");
        assert_eq!(problem["errors"][0]["field"], "events");
    }
}

#[tokio::test]
async fn orders_are_listed_newest_first_and_found_by_number_address_and_state() {
    let office = Office::open().await;
    let (ana, ben) = (office.buyer("Ana"), office.buyer("Ben"));
    let first = pay(&ana, &hold(&ana, seats(&["D1", "D2"])).await, "pm_card_visa", 200).await;
    let standing = json!({"eventId": "EVT", "tickets": [{"ticketType": "standing", "quantity": 3}]});
    let second = pay(&ben, &hold(&ben, standing).await, "pm_card_visa", 200).await;
    let third = pay(&ben, &hold(&ben, seats(&["A1"])).await, "pm_redirect", 202).await;
    let numbers = async |query: &str| -> Vec<Value> {
        let page = office.organiser.get(&format!("{ORDERS}{query}")).await.expect(200).json();
        page["items"].as_array().expect("items").iter().map(|order| order["orderNumber"].clone()).collect()
    };
    let [one, two, three] = [&first, &second, &third].map(|order| order["orderNumber"].clone());
    assert_eq!(numbers("").await, [three.clone(), two.clone(), one.clone()]);
    assert_eq!(numbers("?status=CONFIRMED,COMPLETED").await, [two.clone(), one.clone()]);
    assert_eq!(numbers("?query=%20ANA@example.com").await, std::slice::from_ref(&one));
    assert_eq!(numbers("?query=nobody@example.com").await, Vec::<Value>::new());
    let spoken = one.as_str().expect("a number").to_lowercase().replace('-', "%20");
    assert_eq!(numbers(&format!("?query={spoken}")).await, std::slice::from_ref(&one));
    assert_eq!(numbers("?query=Ana").await, Vec::<Value>::new(), "a name is no way to find people");

    let page = office.organiser.get(&format!("{ORDERS}?limit=2")).await.expect(200).json();
    let cursor = page["nextCursor"].as_str().expect("more");
    assert_eq!(numbers(&format!("?limit=2&cursor={cursor}")).await, [one]);
    let paying = &page["items"][0];
    assert_eq!((&paying["status"], &paying["buyer"]["email"]), (&json!("PENDING"), &json!("ben@example.com")));
    assert_eq!(paying["seats"], json!([{"zone": "Stalls", "row": "A", "column": "1"}]));
    assert_eq!(page["items"][1]["tickets"], json!([{"name": "standing", "quantity": 3}]));
    assert_eq!(page["items"][1]["total"]["amount"], "93.00");

    office.organiser.get(&format!("{ORDERS}?status=PAID")).await.expect_problem(422, "invalid");
    office.organiser.get(&format!("{ORDERS}?limit=101")).await.expect_problem(422, "invalid");
    office.organiser.get(&format!("{ORDERS}?cursor=x")).await.expect_problem(400, "malformed");
    let stranger = office.shop.kit.user(&[Role::Organiser]);
    let stranger = office.shop.kit.client_of(office.shop.router.clone(), &stranger);
    stranger.get(ORDERS).await.expect_problem(404, "not_found");
    office.organiser.get("/api/admin/events/NONE/orders").await.expect_problem(404, "not_found");
}

#[tokio::test]
async fn an_order_shows_its_tickets_and_history_but_never_their_codes() {
    let office = Office::open().await;
    let ana = office.buyer("Ana");
    let bought = pay(&ana, &hold(&ana, seats(&["D1", "D2"])).await, "pm_card_visa", 200).await;
    let path = format!("{ORDERS}/{}", bought["orderId"].as_str().expect("an id"));
    let answer = office.organiser.get(&path).await.expect(200);
    assert!(!answer.text().contains("qr"), "the codes are the buyer's");
    let shown = answer.json();
    assert_eq!(shown["order"]["buyer"]["name"], "Ana");
    assert_eq!(shown["paymentMethod"], "CREDIT_CARD");
    let issued = shown["issued"].as_array().expect("tickets");
    assert_eq!(issued.len(), 2);
    assert_eq!(issued[1]["seat"], json!({"zone": "Stalls", "row": "D", "column": "2"}));
    assert_eq!((&issued[0]["status"], &issued[0]["price"]["amount"]), (&json!("VALID"), &json!("51.00")));
    let kinds: Vec<&str> =
        shown["history"].as_array().expect("steps").iter().filter_map(|step| step["type"].as_str()).collect();
    assert_eq!((kinds.first(), kinds.contains(&"ticket-confirmed")), (Some(&"reservation-created"), true), "{kinds:?}");

    let stranger = office.shop.kit.user(&[Role::Organiser]);
    let stranger = office.shop.kit.client_of(office.shop.router.clone(), &stranger);
    stranger.get(&path).await.expect_problem(404, "not_found");
    ana.get(&path).await.expect_problem(403, "forbidden");
    let elsewhere = path.replace("/EVT/", "/NONE/");
    office.organiser.get(&elsewhere).await.expect_problem(404, "not_found");
}

#[tokio::test]
async fn an_event_begins_with_nothing_and_orders_are_there_without_names_too() {
    let office = Office::open().await;
    let none = json!({"amount": "0.00", "currency": "EUR"});
    let fresh = json!({"eventId": "EVT", "capacity": 500, "free": 500, "held": 0, "sold": 0,
                       "takings": none, "refunded": none});
    assert_eq!(office.figures(&office.organiser).await, json!([fresh]));
    let ana = office.buyer("Ana");
    pay(&ana, &hold(&ana, seats(&["D1"])).await, "pm_card_visa", 200).await;
    office.people.lock().clear();
    let page = office.organiser.get(ORDERS).await.expect(200).json();
    assert_eq!(page["items"][0]["buyer"]["email"], Value::Null);
    assert!(page["items"][0]["buyer"]["userId"].is_string());
}

/// What an organiser's pages ask is answered from an index, however large the tables are.
#[tokio::test]
async fn each_look_is_answered_from_an_index() {
    let office = Office::open().await;
    let looks = [
        ("inventories_event_id_key", "SELECT organiser_id FROM booking.inventories WHERE event_id = ANY('{EVT}')"),
        (
            "orders_event",
            "SELECT * FROM booking.orders WHERE event_no = 1 AND id < gen_random_uuid()
                          ORDER BY id DESC LIMIT 21",
        ),
        (
            "orders_refunded",
            "SELECT event_no, sum(refunded) FROM booking.orders
                             WHERE event_no = ANY('{1}') AND refunded > 0 GROUP BY event_no",
        ),
        (
            "sold_tickets_event",
            "SELECT event_id, sum(price) FROM booking.sold_tickets
                                WHERE event_id = ANY('{EVT}') AND cancelled_at IS NULL GROUP BY event_id",
        ),
        // The part of ids that are of no month.
        (
            "events_other_pkey",
            "SELECT * FROM booking.events WHERE aggregate_id = ANY('{a,b}')
                         ORDER BY occurred_at, position LIMIT 200",
        ),
    ];
    let mut conn = office.shop.db.pool().acquire().await.expect("a connection");
    sqlx::query("SET enable_seqscan = off").execute(&mut *conn).await.expect("set");
    for (index, look) in looks {
        let plan: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(format!("EXPLAIN {look}")))
            .fetch_all(&mut *conn)
            .await
            .expect("a plan");
        assert!(plan.iter().any(|line| line.contains(index)), "{index} is not in {plan:#?}");
    }
}
