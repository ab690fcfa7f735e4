//! Every role in one process, and every role as a process of its own: the same purchase by HTTP.

use crate::house::{PATIENCE, addresses, eventually, install_tls, settings};
use crate::program::{Running, onsale, said};
use onsale_platform::ServiceRole;
use onsale_testkit::{TestDb, TestRedis};
use reqwest::{Client, Response};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

async fn body(answer: Response, status: u16) -> Value {
    let (found, text) = (answer.status().as_u16(), answer.text().await.expect("an answer"));
    assert_eq!(found, status, "{text}");
    serde_json::from_str(&text).expect("JSON")
}

/// Registers, reserves, pays, finds the tickets, and sees the order completed.
async fn buy(client: &Client, gateway: &str) {
    let account = json!({"email": "Buyer@example.com", "password": "Kestrel-on-the-9th-gate", "name": "Buyer"});
    let register = client.post(format!("{gateway}/api/auth/register")).header("accept-language", "es-CO");
    let answer = register.json(&account).send().await.expect("an answer");
    let token = body(answer, 201).await["token"].as_str().expect("a token").to_owned();
    eventually("the event", client, &format!("{gateway}/api/events/EVT001")).await;

    let wish = json!({"eventId": "EVT001", "seats": [{"seatId": "VIP-A1"}, {"seatId": "VIP-A2"}]});
    let reserve = || client.post(format!("{gateway}/api/bookings/reserve")).bearer_auth(&token).json(&wish);
    let held = body(reserve().send().await.expect("an answer"), 201).await;
    let again = body(reserve().send().await.expect("an answer"), 409).await;
    assert_eq!(again["code"], "seats_unavailable", "{again}");

    let payment = json!({"reservationId": held["reservationId"], "paymentMethod": "CREDIT_CARD"});
    let confirm = client.post(format!("{gateway}/api/bookings/confirm")).bearer_auth(&token).json(&payment);
    let order = body(confirm.send().await.expect("an answer"), 200).await;
    assert_eq!(order["tickets"].as_array().map(Vec::len), Some(2), "{order}");

    let id = order["orderId"].as_str().expect("an id");
    let completed = async || {
        let seen = client.get(format!("{gateway}/api/bookings/{id}")).bearer_auth(&token).send().await;
        body(seen.expect("an answer"), 200).await["status"] == "COMPLETED"
    };
    let deadline = Instant::now() + PATIENCE;
    while !completed().await {
        assert!(Instant::now() < deadline, "booking never heard that the confirmation was written");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }

    let nobody = client.get(format!("{gateway}/api/bookings")).send().await.expect("an answer");
    assert_eq!(nobody.status(), 401);
}

/// Sows the season for load and buys of it; `mails` is the database where notification writes.
pub(crate) async fn sow_and_buy(mails: &TestDb, settings: &[(String, String)], addresses: &[(ServiceRole, String)]) {
    let client = Client::new();
    for (role, address) in addresses {
        eventually(role.as_str(), &client, &format!("http://{address}/health/ready")).await;
    }
    let sown = onsale(&["seed", "load"], settings).output().expect("the executable runs");
    assert!(sown.status.success(), "{}", said(&sown));
    buy(&client, &format!("http://{}", addresses[0].1)).await;
    let written = sqlx::query_as("SELECT language, subject FROM notification.mails WHERE template = 'order_confirmed'");
    let (language, subject): (String, String) = written.fetch_one(mails.pool()).await.expect("the confirmation");
    assert_eq!(language, "es", "the buyer's browser asked for it");
    assert!(subject.starts_with("Tus entradas: "), "{subject}");
}

#[tokio::test]
async fn one_process_sells() {
    install_tls();
    let (db, redis, addresses) = (TestDb::new().await, TestRedis::new().await, addresses());
    let settings = settings(&db, &redis, &addresses);
    let roles: Vec<_> = ServiceRole::ALL.iter().map(|role| role.as_str()).collect();
    let _all = Running::start(&[&["serve"], &roles[..]].concat(), &settings);
    sow_and_buy(&db, &settings, &addresses).await;
}

#[tokio::test]
async fn a_process_a_role_sells_the_same() {
    install_tls();
    let (db, redis, addresses) = (TestDb::new().await, TestRedis::new().await, addresses());
    let mut settings = settings(&db, &redis, &addresses);
    for (role, address) in &addresses {
        settings.push((format!("UPSTREAM_{}", role.as_str().to_ascii_uppercase()), format!("http://{address}")));
    }
    let _each: Vec<_> =
        addresses.iter().map(|(role, _)| Running::start(&["serve", role.as_str()], &settings)).collect();
    sow_and_buy(&db, &settings, &addresses).await;
}
