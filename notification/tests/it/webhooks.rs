//! Events reach the addresses of others: each once, signed, whatever one of them does.

use crate::receiver::{Received, Receiver, Says};
use crate::stage::{ENGLISH, Stage};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use onsale_core::Role;
use onsale_core::events::Topic;
use onsale_testkit::TestClient;
use serde_json::{Value, json};
use sha2::Sha256;
use uuid::Uuid;

const HERE: &[(&str, &str)] = &[("WEBHOOKS_ALLOW_LOOPBACK", "on")];
const ALL: &str = "/api/admin/webhooks";
const DELIVERED: &str = "notification.deliveries WHERE status = 'delivered'";

impl Stage {
    fn admin(&self) -> TestClient {
        self.client.signed_in(&self.kit.user(&[Role::Admin]).token)
    }

    /// Makes a webhook for `ticket-confirmed`; its path and its secret.
    async fn subscribe(&self, url: &str) -> (String, String) {
        let made =
            self.admin().post(ALL, &json!({"url": url, "topics": ["ticket-confirmed"]})).await.expect(201).json();
        let text = |name: &str| made[name].as_str().expect("a text").to_owned();
        (format!("{ALL}/{}", text("id")), text("secret"))
    }

    /// What became of the one event.
    async fn delivery(&self, webhook: &str) -> Value {
        let log = self.admin().get(&format!("{webhook}/deliveries")).await.expect(200).json();
        assert_eq!(log["items"].as_array().map(Vec::len), Some(1), "{log}");
        log["items"][0].clone()
    }

    async fn change_deliveries(&self, to: &str) {
        let sql = format!("UPDATE notification.deliveries SET {to}");
        sqlx::query(sqlx::AssertSqlSafe(sql)).execute(self.db.pool()).await.expect("time passes");
    }
}

/// What a receiver checks, by the words of the scheme.
fn is_signed(call: &Received, secret: &str) -> bool {
    let key = STANDARD.decode(secret.strip_prefix("whsec_").expect("a secret")).expect("base64");
    let content = format!("{}.{}.{}", call.header("webhook-id"), call.header("webhook-timestamp"), call.body);
    call.header("webhook-signature").split(' ').any(|signature| {
        let bytes = STANDARD.decode(signature.strip_prefix("v1,").expect("version 1")).expect("base64");
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("a key");
        mac.update(content.as_bytes());
        mac.verify_slice(&bytes).is_ok()
    })
}

#[tokio::test]
async fn an_event_reaches_its_receiver_once_and_signed() {
    let (stage, receiver) = (Stage::start(HERE).await, Receiver::start().await);
    let (webhook, secret) = stage.subscribe(&receiver.url()).await;
    let event = stage.publish_tickets(Topic::TicketConfirmed, ENGLISH).await;
    // The same once more, and what it did not ask for.
    stage.bus.publish(vec![event.clone()]).await.expect("published");
    stage.publish_tickets(Topic::TicketCancelled, ENGLISH).await;
    let last = stage.publish_tickets(Topic::TicketConfirmed, ENGLISH).await;
    stage.until_count(DELIVERED, 2).await;

    let received = receiver.received();
    let ids: Vec<_> = received.iter().map(|call| call.header("webhook-id").to_owned()).collect();
    assert_eq!(ids, [event.id.to_string(), last.id.to_string()]);
    let call = &received[0];
    let body: Value = serde_json::from_str(&call.body).expect("JSON");
    assert_eq!(body, serde_json::to_value(&event).expect("JSON"), "what is on the bus");
    assert!(is_signed(call, &secret) && !is_signed(call, &format!("whsec_{}", STANDARD.encode([0; 32]))));
    let age = stage.kit.platform().clock.now().timestamp()
        - call.header("webhook-timestamp").parse::<i64>().expect("seconds");
    assert!((0..60).contains(&age), "{age} s old");
    assert_eq!(call.header("content-type"), "application/cloudevents+json; charset=utf-8");
    let log = stage.admin().get(&format!("{webhook}/deliveries?status=DELIVERED&limit=1")).await.expect(200).json();
    assert_eq!((&log["items"][0]["eventId"], &log["items"][0]["lastStatus"]), (&json!(last.id), &json!(204)));
    assert!(log["nextCursor"].is_string());
}

#[tokio::test]
async fn while_a_secret_is_replaced_both_sign() {
    let (stage, receiver) = (Stage::start(HERE).await, Receiver::start().await);
    let (webhook, old) = stage.subscribe(&receiver.url()).await;
    let rotated = stage.admin().post(&format!("{webhook}/rotate-secret"), &json!({})).await.expect(200);
    assert_eq!(rotated.header("cache-control"), Some("no-store"));
    let new = rotated.json()["secret"].as_str().expect("a secret").to_owned();
    assert!(new != old && rotated.json()["oldSecretUntil"].is_string());
    stage.publish_tickets(Topic::TicketConfirmed, ENGLISH).await;
    stage.until_count(DELIVERED, 1).await;
    assert!(is_signed(&receiver.received()[0], &old) && is_signed(&receiver.received()[0], &new));

    let day_ago = "UPDATE notification.webhooks SET rotated_at = rotated_at - interval '25 hours'";
    sqlx::query(day_ago).execute(stage.db.pool()).await.expect("time passes");
    stage.publish_tickets(Topic::TicketConfirmed, ENGLISH).await;
    stage.until_count(DELIVERED, 2).await;
    assert!(!is_signed(&receiver.received()[1], &old) && is_signed(&receiver.received()[1], &new));
    let shown = stage.admin().get(&webhook).await.expect(200).json();
    assert!(shown.get("secret").is_none() && shown.get("oldSecretUntil").is_none(), "{shown}");
}

#[tokio::test]
async fn what_is_not_taken_is_sent_again_under_the_same_id() {
    let (stage, receiver) = (Stage::start(HERE).await, Receiver::start().await);
    let (webhook, secret) = stage.subscribe(&receiver.url()).await;
    receiver.says_next(Says::Status(500));
    receiver.says_next(Says::Redirect);
    stage.publish_tickets(Topic::TicketConfirmed, ENGLISH).await;
    stage.until_count("notification.deliveries WHERE last_status = 500", 1).await;
    let pending = stage.delivery(&webhook).await;
    assert_eq!((&pending["status"], &pending["attempts"]), (&json!("PENDING"), &json!(1)));
    let pause: f64 =
        sqlx::query_scalar("SELECT extract(epoch FROM next_attempt_at - now())::float8 FROM notification.deliveries")
            .fetch_one(stage.db.pool())
            .await
            .expect("a delivery");
    assert!((0.5..8.0).contains(&pause), "a pause of {pause} s");

    stage.change_deliveries("next_attempt_at = now()").await;
    stage.until_count("notification.deliveries WHERE last_error LIKE '%redirects are not followed'", 1).await;
    stage.change_deliveries("next_attempt_at = now()").await;
    stage.until_count(DELIVERED, 1).await;
    let received = receiver.received();
    assert!(received.iter().all(|call| call.path == "/hooks" && is_signed(call, &secret)), "{received:?}");
    assert_eq!(received.len(), 3);
    assert!(received.iter().all(|call| call.header("webhook-id") == received[0].header("webhook-id")));
}

#[tokio::test]
async fn a_slow_receiver_keeps_nobody_waiting() {
    let (stage, slow, quick) = (Stage::start(HERE).await, Receiver::start().await, Receiver::start().await);
    slow.always_says(Says::Silence);
    stage.subscribe(&slow.url()).await;
    let (webhook, _) = stage.subscribe(&quick.url()).await;
    for _ in 0..6 {
        stage.publish_tickets(Topic::TicketConfirmed, ENGLISH).await;
    }
    stage.until_count(DELIVERED, 6).await;
    let log = stage.admin().get(&format!("{webhook}/deliveries?status=DELIVERED")).await.expect(200).json();
    assert_eq!(log["items"].as_array().map(Vec::len), Some(6));
    assert!((1..=4).contains(&slow.received().len()), "{} calls at once", slow.received().len());
}

#[tokio::test]
async fn after_three_days_it_is_given_up_and_can_be_sent_again() {
    let (stage, receiver) = (Stage::start(HERE).await, Receiver::start().await);
    let (webhook, _) = stage.subscribe(&receiver.url()).await;
    receiver.says_next(Says::Status(503));
    receiver.says_next(Says::Status(503));
    let event = stage.publish_tickets(Topic::TicketConfirmed, ENGLISH).await;
    stage.until_count("notification.deliveries WHERE last_status = 503", 1).await;
    stage.change_deliveries("next_attempt_at = now(), give_up_at = now()").await;
    stage.until_count("notification.deliveries WHERE status = 'failed'", 1).await;
    stage.until_count("notification.webhooks WHERE disabled_at IS NOT NULL", 1).await;
    assert!(stage.delivery(&webhook).await["lastError"].as_str().is_some_and(|error| error.contains("503")));
    let shown = stage.admin().get(&webhook).await.expect(200).json();
    let reason = shown["disabledReason"].as_str().expect("a reason");
    assert!(shown["enabled"] == false && reason.contains("for 3 days") && reason.contains("503"), "{shown}");

    // What happens while it is off is not sent; what it missed can be.
    let other = Receiver::start().await;
    stage.subscribe(&other.url()).await;
    stage.publish_tickets(Topic::TicketConfirmed, ENGLISH).await;
    stage.until_count(DELIVERED, 1).await;
    let shown = stage.admin().patch(&webhook, &json!({"enabled": true})).await.expect(200).json();
    assert!(shown["enabled"] == true && shown.get("disabledReason").is_none());
    let again = format!("{webhook}/deliveries/{}/resend", event.id);
    assert_eq!(stage.admin().post(&again, &json!({})).await.expect(202).json()["status"], "PENDING");
    stage.until_count(DELIVERED, 2).await;
    assert_eq!((receiver.received().len(), other.received().len()), (3, 1));
    let none = format!("{webhook}/deliveries/{}/resend", Uuid::nil());
    stage.admin().post(&none, &json!({})).await.expect_problem(404, "not_found");
}

#[tokio::test]
async fn who_is_gone_is_sent_nothing_more() {
    let (stage, receiver) = (Stage::start(HERE).await, Receiver::start().await);
    let (webhook, _) = stage.subscribe(&receiver.url()).await;
    receiver.says_next(Says::Status(410));
    stage.publish_tickets(Topic::TicketConfirmed, ENGLISH).await;
    stage.until_count("notification.webhooks WHERE disabled_reason LIKE '%410 Gone'", 1).await;
    assert_eq!(stage.delivery(&webhook).await["status"], "FAILED");
    stage.admin().delete(&webhook).await.expect(204);
    stage.admin().delete(&webhook).await.expect_problem(404, "not_found");
    stage.admin().get(&format!("{webhook}/deliveries")).await.expect_problem(404, "not_found");
}

#[tokio::test]
async fn security_19_nobody_makes_this_house_call_its_neighbours() {
    let (stage, receiver) = (Stage::start(&[]).await, Receiver::start().await);
    let refused = async |url: &str| {
        let wanted = json!({"url": url, "topics": ["ticket-confirmed"]});
        let problem = stage.admin().post(ALL, &wanted).await.expect_problem(422, "invalid");
        assert_eq!(problem["errors"][0]["field"], "url", "{problem}");
    };
    for url in ["http://example.org/", "https://127.0.0.1/", "https://169.254.169.254/latest", "https://[::1]/", "x"] {
        refused(url).await;
    }
    refused(&receiver.url()).await;
    // A name shows where it leads when it is called.
    let (webhook, _) = stage.subscribe(&format!("https://localhost:{}/", receiver.port())).await;
    stage.publish_tickets(Topic::TicketConfirmed, ENGLISH).await;
    stage.until_count("notification.deliveries WHERE last_error = 'the name has no public address'", 1).await;
    stage.admin().patch(&webhook, &json!({"url": receiver.url()})).await.expect_problem(422, "invalid");
    assert!(receiver.received().is_empty());
}

#[tokio::test]
async fn webhooks_are_for_admins_and_links_of_people_for_nobody() {
    let stage = Stage::start(&[]).await;
    let body = json!({"url": "https://example.org/hooks", "topics": ["ticket-confirmed"]});
    stage.client.post(ALL, &body).await.expect_problem(401, "unauthenticated");
    for role in [Role::Customer, Role::Organiser, Role::BoxOffice] {
        let caller = stage.client.signed_in(&stage.kit.user(&[role]).token);
        caller.post(ALL, &body).await.expect_problem(403, "forbidden");
        caller.get(ALL).await.expect_problem(403, "forbidden");
    }
    for topics in [json!(["notification-requested"]), json!(["ticket-sold"]), json!([])] {
        let body = json!({"url": "https://example.org/hooks", "topics": topics});
        let problem = stage.admin().post(ALL, &body).await.expect_problem(422, "invalid");
        assert_eq!(problem["errors"][0]["field"], "topics", "{problem}");
    }
    let (webhook, secret) = stage.subscribe("https://example.org/hooks").await;
    assert!(secret.starts_with("whsec_"));
    let list = stage.admin().get(ALL).await.expect(200).text();
    assert!(list.contains("https://example.org/hooks") && !list.contains("whsec_"), "{list}");
    let two = json!({"topics": ["user-created", "ticket-cancelled", "user-created"]});
    let changed = stage.admin().patch(&webhook, &two).await.expect(200).json();
    assert_eq!(changed["topics"], json!(["ticket-cancelled", "user-created"]));
    stage.admin().get(&format!("{ALL}/{}", Uuid::nil())).await.expect_problem(404, "not_found");

    let more = "INSERT INTO notification.webhooks (id, url, topics, created_by, created_at)
                SELECT gen_random_uuid(), 'https://example.org/', '{ticket-created}', gen_random_uuid(), now()
                FROM generate_series(1, 99)";
    sqlx::query(more).execute(stage.db.pool()).await.expect("99 more");
    stage.admin().post(ALL, &body).await.expect_problem(409, "state_conflict");
}
