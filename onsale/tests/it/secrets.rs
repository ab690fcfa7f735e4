//! What must never be in a log, nor a card number or a password in a table (RELIABILITY 5.20, 5.21): the whole house
//! at its most talkative, while people buy, mistype and forget.

use crate::house::{House, PASSWORD, eventually};
use crate::program::{SECRET, onsale, said};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, PgPool};
use std::fs::File;
use std::path::Path;

const CARD: &str = "4242424242424242";
const CARD_AS_PRINTED: &str = "4242 4242 4242 4242";
const CARD_TOKEN: &str = "pm_card_visa";
const MISPLACED: &str = "Osprey-where-the-address-goes";
const NEW_PASSWORD: &str = "Bittern-under-the-2nd-bridge";

/// The house, and what it must not tell.
struct Scene {
    house: House,
    secrets: Vec<String>,
}

impl Scene {
    async fn send(&self, method: Method, path: &str, token: Option<&str>, body: &Value) -> Response {
        self.house.send(method, path, token, Some(body)).await
    }

    /// Keeps in mind the token, and the cookies, of an answer that signs somebody in.
    async fn signed_in(&mut self, answer: Response) -> (String, String) {
        assert!(answer.status().is_success(), "{}", answer.status());
        let cookies: Vec<String> = answer
            .headers()
            .get_all("set-cookie")
            .iter()
            .filter_map(|value| value.to_str().ok())
            .map(value_of)
            .collect();
        let token = answer.json::<Value>().await.expect("JSON")["token"].as_str().expect("a token").to_owned();
        self.secrets.push(token.clone());
        self.secrets.extend(cookies.clone());
        (token, cookies.first().expect("a refresh token").clone())
    }

    /// Registers, comes back, and has the session renewed.
    async fn account(&mut self) -> String {
        let account = json!({"email": "ana@example.com", "password": PASSWORD, "name": "Ana"});
        let registered = self.send(Method::POST, "/api/auth/register", None, &account).await;
        self.signed_in(registered).await;
        let login = self.send(Method::POST, "/api/auth/login", None, &account).await;
        let (_, refresh) = self.signed_in(login).await;
        let url = format!("{}/api/auth/refresh", self.house.gateway);
        let cookie = format!("onsale_refresh={refresh}");
        let refreshed = self.house.client.post(url).header("cookie", cookie).send().await.expect("an answer");
        let (token, _) = self.signed_in(refreshed).await;
        let wrong = [
            json!({"email": "ana@example.com", "password": MISPLACED}),
            json!({"email": MISPLACED, "password": PASSWORD}),
            json!({"email": PASSWORD, "password": [MISPLACED]}),
        ];
        for body in wrong {
            let answer = self.send(Method::POST, "/api/auth/login", Some(&format!("{token}x")), &body).await;
            assert!(answer.status().is_client_error(), "{}", answer.status());
        }
        token
    }

    /// Buys, with a card number wherever somebody may put one.
    async fn purchase(&self, token: &str) {
        let wish = json!({"eventId": "EVT001", "seats": [{"seatId": "VIP-A1"}], "cardNumber": CARD});
        let held = self.send(Method::POST, "/api/bookings/reserve", Some(token), &wish).await;
        assert_eq!(held.status(), 201);
        let held: Value = held.json().await.expect("JSON");
        let hold = held["reservationId"].as_str().expect("an id");
        let promo = format!("/api/bookings/reservations/{hold}/promo-code");
        let calls = [
            (Method::POST, "/api/bookings/reserve", json!({"eventId": "EVT001", "seats": [{"seatId": CARD}]})),
            (Method::POST, "/api/bookings/reserve", json!({"eventId": CARD, "seats": [{"seatId": "VIP-A2"}]})),
            (Method::POST, "/api/bookings/reserve", json!({"eventId": CARD_AS_PRINTED, "seats": CARD})),
            (Method::PUT, &promo, json!({"code": CARD})),
            (Method::POST, "/api/bookings/confirm", pay(hold, CARD)),
            (Method::POST, "/api/bookings/confirm", pay(hold, CARD_AS_PRINTED)),
            (Method::POST, "/api/bookings/confirm", pay(CARD, CARD_TOKEN)),
            (Method::GET, &format!("/api/events/{CARD}"), Value::Null),
            (Method::GET, &format!("/api/bookings/{CARD}"), Value::Null),
        ];
        for (method, path, body) in calls {
            let answer = self.send(method.clone(), path, Some(token), &body).await;
            assert!(answer.status().is_client_error(), "{method} {path} {body}: {}", answer.status());
        }
        let found = self.house.send(Method::GET, &format!("/api/search/events?query={CARD}"), None, None).await;
        assert_eq!(found.status(), 200);
        let mut paid = pay(hold, CARD_TOKEN);
        paid["card"] = json!({"number": CARD, "cvc": "123"});
        let order = self.send(Method::POST, "/api/bookings/confirm", Some(token), &paid).await;
        assert_eq!(order.status(), 200);
    }

    /// Makes an API key and asks with it.
    async fn api_key(&mut self) {
        let admin = self.house.sign_in("admin", &["customer", "admin"]).await;
        let body = json!({"name": "reader", "scopes": ["tickets:read"]});
        let key: Value =
            self.send(Method::POST, "/api/admin/api-keys", Some(&admin), &body).await.json().await.expect("JSON");
        let key = key["secret"].as_str().expect("a secret").to_owned();
        let asked = self.house.send(Method::GET, "/api/v1/tickets", Some(&key), None).await;
        assert_eq!(asked.status(), 200);
        self.secrets.extend([admin, key]);
    }

    /// Forgets the password and sets a new one by the mailed link.
    async fn new_password(&mut self) {
        let forgot = json!({"email": "ana@example.com"});
        assert_eq!(self.send(Method::POST, "/api/auth/password/forgot", None, &forgot).await.status(), 202);
        let sql = "SELECT substring(body_text FROM 'reset-password\\?token=(\\S+)') FROM notification.mails
                   WHERE template = 'reset_password'";
        let link = loop {
            let found: Option<String> =
                sqlx::query_scalar(sql).fetch_optional(self.house.db.pool()).await.expect("an answer");
            match found {
                Some(link) => break link,
                None => tokio::time::sleep(std::time::Duration::from_millis(50)).await,
            }
        };
        let reset = json!({"token": link, "password": NEW_PASSWORD});
        assert_eq!(self.send(Method::POST, "/api/auth/password/reset", None, &reset).await.status(), 204);
        self.secrets.push(link);
    }
}

fn value_of(cookie: &str) -> String {
    let (_, value) = cookie.split_once('=').expect("a cookie");
    value.split(';').next().unwrap_or_default().to_owned()
}

fn pay(hold: &str, token: &str) -> Value {
    json!({"reservationId": hold, "paymentMethod": "CREDIT_CARD", "paymentToken": token})
}

/// The tables that have this text in some row.
async fn tables_with(pool: &PgPool, text: &str) -> Vec<String> {
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
         WHERE schemaname NOT IN ('pg_catalog', 'information_schema')",
    )
    .fetch_all(pool)
    .await
    .expect("the tables");
    assert!(tables.len() > 30, "{tables:?}");
    let mut found = Vec::new();
    for table in tables {
        let sql = format!("SELECT count(*) FROM {table} AS one WHERE strpos(one::text, $1) > 0");
        let rows: i64 = sqlx::query_scalar(AssertSqlSafe(sql)).bind(text).fetch_one(pool).await.expect("a number");
        if rows > 0 {
            found.push(table);
        }
    }
    found
}

#[tokio::test]
async fn neither_cards_nor_passwords_nor_tokens_are_in_the_logs() {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("secrets-{}.log", std::process::id()));
    let log = File::create(&path).expect("a log");
    // Our own crates at their most talkative, and whoever we build on nearly so.
    let house = House::open_with(&[("RUST_LOG", "debug,onsale=trace")], log.into()).await;
    let sown = onsale(&["seed", "load"], &house.settings).output().expect("the executable runs");
    assert!(sown.status.success(), "{}", said(&sown));
    eventually("the event", &house.client, &format!("{}/api/events/EVT001", house.gateway)).await;
    let secrets = [CARD, CARD_AS_PRINTED, CARD_TOKEN, PASSWORD, MISPLACED, NEW_PASSWORD, SECRET, "osk_", "eyJ"];
    let mut scene = Scene { house, secrets: secrets.map(str::to_owned).to_vec() };
    let token = scene.account().await;
    scene.purchase(&token).await;
    scene.api_key().await;
    scene.new_password().await;

    for secret in [CARD, CARD_AS_PRINTED, PASSWORD, MISPLACED, NEW_PASSWORD, &token] {
        let found = tables_with(scene.house.db.pool(), secret).await;
        assert!(found.is_empty(), "{secret} is in {found:?}");
    }
    let Scene { house, secrets } = scene;
    drop(house);
    let log = std::fs::read_to_string(&path).expect("the log");
    assert!(log.lines().count() > 100, "the log is not what was meant: {log}");
    for secret in secrets {
        let told: Vec<_> = log.lines().filter(|line| line.contains(&secret)).take(3).collect();
        assert!(told.is_empty(), "{secret:?} is in the log:\n{}", told.join("\n"));
    }
    std::fs::remove_file(path).expect("the log goes");
}
