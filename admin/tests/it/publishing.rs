//! `DRAFT → PUBLISHING → PUBLISHED`, and `CANCELLED`.

use crate::support::{App, fields, hall, seated, standing};
use onsale_core::api::offer::Offer;
use onsale_core::events::{CloudEvent, InventoryReady, Topic};
use onsale_platform::ServiceRole;
use onsale_platform::bus::Bus;
use onsale_testkit::TestClient;
use onsale_testkit::database::count;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::time::Duration;

async fn published(client: &TestClient, draft: &Value) -> Value {
    let _ = client.post("/api/admin/events", draft).await.expect(201);
    let path = format!("/api/admin/events/{}/publish", draft["id"].as_str().expect("an id"));
    client.post(&path, &json!({})).await.expect(200).json()
}

#[tokio::test]
async fn publishing_stores_the_offer_and_says_so_in_the_outbox() {
    let app = App::new().await;
    let client = app.organiser();
    let plan = hall(&client).await;
    let event = published(&client, &seated(&plan)).await;
    assert_eq!((&event["status"], &event["version"]), (&json!("PUBLISHING"), &json!(1)));

    let answer = app.booking().get("/internal/events/E1/offers/1").await.expect(200);
    let offer: Offer = answer.parse();
    assert_eq!(offer.plan.as_ref().map(|plan| plan.seats().count()), Some(16));
    assert_eq!((offer.version, offer.venue.city.as_str(), offer.sale.hold_seconds), (1, "Málaga", 600));

    let (topic, sequence, data): (String, i64, Value) =
        sqlx::query_as("SELECT topic, sequence, data FROM admin.events WHERE aggregate_id = 'E1'")
            .fetch_one(app.db.pool())
            .await
            .expect("one event");
    assert_eq!((topic.as_str(), sequence), ("event-published", 1));
    assert_eq!(data["digest"], hex::encode(Sha256::digest(&answer.body)), "the digest is that of the answer's bytes");

    client.post("/api/admin/events/E1/publish", &json!({})).await.expect_problem(409, "state_conflict");
    client.put("/api/admin/events/E1", &seated(&plan)).await.expect_problem(409, "state_conflict");
    client.get("/internal/events/E1/offers/1").await.expect_problem(403, "forbidden");
    app.nobody().get("/internal/events/E1/offers/1").await.expect_problem(401, "unauthenticated");
    app.booking().get("/internal/events/E1/offers/2").await.expect_problem(404, "not_found");
}

#[tokio::test]
async fn what_cannot_be_sold_is_not_published() {
    let app = App::new().await;
    let client = app.organiser();
    let plan = hall(&client).await;
    let mut draft = seated(&plan);
    draft["startsAt"] = json!("2020-05-01T19:00:00Z");
    draft["sale"]["onSaleAt"] = json!("2020-01-01T19:00:00Z");
    draft["ticketTypes"].as_array_mut().expect("a list").pop();
    let _ = client.post("/api/admin/events", &draft).await.expect(201);
    let problem = client.post("/api/admin/events/E1/publish", &json!({})).await.expect_problem(422, "invalid");
    assert_eq!(fields(&problem), ["startsAt past", "ticketTypes category_without_price"]);
    assert_eq!(count(app.db.pool(), "admin.offers").await, 0);
    assert_eq!(count(app.db.pool(), "admin.events").await, 0);
}

#[tokio::test]
async fn twenty_at_once_publish_once() {
    let app = App::new().await;
    let client = app.organiser();
    let _plan = hall(&client).await;
    let _ = client.post("/api/admin/events", &standing()).await.expect(201);
    let calls = (0..20).map(|_| {
        let client = client.clone();
        tokio::spawn(async move { client.post("/api/admin/events/GA1/publish", &json!({})).await.status.as_u16() })
    });
    let mut good = 0;
    for call in calls.collect::<Vec<_>>() {
        match call.await.expect("it ends") {
            200 => good += 1,
            // Waiting for the row or for a connection may take too long on a busy machine.
            409 | 503 => {}
            other => panic!("status {other}"),
        }
    }
    assert_eq!(good, 1);
    assert_eq!(count(app.db.pool(), "admin.events").await, 1);
}

#[tokio::test]
async fn a_second_version_changes_texts_and_prices_but_not_the_inventory() {
    let app = App::new().await;
    let client = app.organiser();
    let _plan = hall(&client).await;
    let mut draft = standing();
    let _ = published(&client, &draft).await;
    sqlx::query("UPDATE admin.drafts SET status = 'PUBLISHED'").execute(app.db.pool()).await.expect("updated");
    draft["ticketTypes"][1]["capacity"] = json!(301);
    draft["sale"]["currency"] = json!("USD");
    let problem = client.put("/api/admin/events/GA1", &draft).await.expect_problem(422, "invalid");
    let named = fields(&problem);
    assert!(named.contains(&"sale.currency fixed".to_owned()) && named.contains(&"ticketTypes fixed".to_owned()));
    let mut draft = standing();
    draft["name"] = json!("Rock Night, second edition");
    let _ = client.put("/api/admin/events/GA1", &draft).await.expect(200);
    let again = client.post("/api/admin/events/GA1/publish", &json!({})).await.expect(200).json();
    assert_eq!((&again["status"], &again["version"]), (&json!("PUBLISHED"), &json!(2)));
    assert_eq!(count(app.db.pool(), "admin.events WHERE topic = 'event-updated' AND sequence = 2").await, 1);
    let offer: Offer = app.booking().get("/internal/events/GA1/offers/2").await.expect(200).parse();
    assert_eq!(offer.name, "Rock Night, second edition");
}

#[tokio::test]
async fn a_cancelled_event_stays_cancelled() {
    let app = App::new().await;
    let client = app.organiser();
    let _plan = hall(&client).await;
    let _ = published(&client, &standing()).await;
    let cancelled = client.post("/api/admin/events/GA1/cancel", &json!({})).await.expect(200).json();
    assert_eq!(cancelled["status"], "CANCELLED");
    client.post("/api/admin/events/GA1/cancel", &json!({})).await.expect_problem(409, "state_conflict");
    client.post("/api/admin/events/GA1/publish", &json!({})).await.expect_problem(409, "state_conflict");
    assert_eq!(count(app.db.pool(), "admin.events WHERE topic = 'event-cancelled' AND sequence = 2").await, 1);
    let mut draft = standing();
    draft["id"] = json!("GA2");
    let _ = client.post("/api/admin/events", &draft).await.expect(201);
    let _ = client.post("/api/admin/events/GA2/cancel", &json!({})).await.expect(200);
    assert_eq!(count(app.db.pool(), "admin.events WHERE aggregate_id = 'GA2' AND topic IS NULL").await, 1);
}

#[tokio::test]
async fn an_event_is_listed_once_its_inventory_is_ready() {
    let app = App::new().await;
    let client = app.organiser();
    let _plan = hall(&client).await;
    let _ = published(&client, &standing()).await;
    let mut platform = app.kit.platform_of(ServiceRole::Admin);
    platform.bus = Bus::connect(&platform.env, &platform.shutdown).await.expect("the bus");
    onsale_admin::spawn_jobs(&platform, &app.state);
    let payload = InventoryReady { event_id: "GA1".parse().expect("an id"), version: 1, capacity: 300 };
    let message = CloudEvent {
        specversion: "1.0".to_owned(),
        id: onsale_platform::random::new_id(&platform.clock),
        source: "/booking".to_owned(),
        topic: Topic::InventoryReady,
        subject: "GA1".to_owned(),
        time: platform.clock.now(),
        datacontenttype: "application/json".to_owned(),
        dataschema: "/schemas/events/inventory-ready.json".to_owned(),
        sequence: format!("{:020}", 1),
        correlationid: None,
        causationid: None,
        traceparent: None,
        data: serde_json::to_value(payload).expect("a payload"),
    };
    // Twice, as an at-least-once bus may.
    platform.bus.publish(vec![message.clone(), message]).await.expect("published");
    let mut status = Value::Null;
    for _ in 0..200 {
        status = client.get("/api/admin/events/GA1").await.expect(200).json()["status"].clone();
        if status == "PUBLISHED" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(status, "PUBLISHED");
    assert_eq!(count(app.db.pool(), "admin.events WHERE type = 'event-listed'").await, 1);
    let mut relayed = 0;
    for _ in 0..200 {
        relayed = count(app.db.pool(), "bus.messages WHERE topic = 'event-published' AND key = 'GA1'").await;
        if relayed > 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(relayed, 1, "the relay put event-published on the bus");
}
