//! Every service in a database of its own: nobody needs another's tables.

use crate::house::{PASSWORD, PATIENCE, addresses, eventually, install_tls, settings};
use crate::program::{Running, onsale, said};
use onsale_platform::ServiceRole;
use onsale_testkit::{TestDb, TestRedis};
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const APART: [ServiceRole; 7] = [
    ServiceRole::Auth,
    ServiceRole::Booking,
    ServiceRole::Payment,
    ServiceRole::Notification,
    ServiceRole::Search,
    ServiceRole::Admin,
    ServiceRole::Sandbox,
];

async fn send(client: &Client, url: String, token: &str, body: &Value) -> (StatusCode, Value) {
    let answer = client.request(Method::POST, url).bearer_auth(token).json(body).send().await.expect("an answer");
    (answer.status(), answer.json().await.unwrap_or_default())
}

/// Seats of the season's first event, once booking has made them.
async fn hold(client: &Client, gateway: &str, token: &str) -> Value {
    let wanted = json!({"eventId": "EVT001", "bestAvailable": {"quantity": 2}});
    let deadline = Instant::now() + PATIENCE;
    loop {
        let (status, held) = send(client, format!("{gateway}/api/bookings/reserve"), token, &wanted).await;
        if status == 201 {
            return held;
        }
        assert!(Instant::now() < deadline, "{status} {held}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

async fn schemas(db: &TestDb) -> Vec<String> {
    let query = "SELECT nspname::text FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%'
                 AND nspname NOT IN ('public', 'information_schema') ORDER BY 1";
    sqlx::query_scalar(query).fetch_all(db.pool()).await.expect("the schemas")
}

#[tokio::test]
async fn every_service_has_a_database_of_its_own_and_tickets_are_sold() {
    install_tls();
    let (shared, redis, addresses) = (TestDb::empty().await, TestRedis::new().await, addresses());
    let mut settings = settings(&shared, &redis, &addresses);
    settings.push(("ARGON2_PROFILE".to_owned(), "minimal".to_owned()));
    settings.push(("LIMITS".to_owned(), "off".to_owned()));
    let mut apart = Vec::new();
    for role in APART {
        let db = TestDb::empty().await;
        settings.push((format!("DATABASE_URL_{}", role.as_str().to_ascii_uppercase()), db.url().to_owned()));
        apart.push((role, db));
    }
    let sown = onsale(&["seed", "load"], &settings).output().expect("it runs");
    assert!(sown.status.success(), "{}", said(&sown));
    for (role, db) in &apart {
        assert_eq!(schemas(db).await, [role.as_str()]);
    }
    assert_eq!(schemas(&shared).await, ["bus"]);

    let roles: Vec<_> = ServiceRole::ALL.iter().map(|role| role.as_str()).collect();
    let _process = Running::start(&[&["serve"], &roles[..]].concat(), &settings);
    let client = Client::new();
    for (role, address) in &addresses {
        eventually(role.as_str(), &client, &format!("http://{address}/health/ready")).await;
    }
    let gateway = format!("http://{}", addresses[0].1);
    let account = json!({"email": "apart@example.com", "password": PASSWORD, "name": "Ada"});
    let (registered, _) = send(&client, format!("{gateway}/api/auth/register"), "", &account).await;
    assert_eq!(registered, 201);
    let (_, login) = send(&client, format!("{gateway}/api/auth/login"), "", &account).await;
    let token = login["token"].as_str().expect("a token");
    let held = hold(&client, &gateway, token).await;
    let wanted = json!({"reservationId": held["reservationId"], "paymentMethod": "CREDIT_CARD"});
    let (status, order) = send(&client, format!("{gateway}/api/bookings/confirm"), token, &wanted).await;
    assert_eq!((status.as_u16(), order["tickets"].as_array().map(Vec::len)), (200, Some(2)), "{order}");

    let checked = onsale(&["ledger", "check"], &settings).output().expect("it runs");
    assert!(checked.status.success(), "{}", said(&checked));
}
