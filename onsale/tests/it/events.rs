//! `onsale events`: what it lists, and that a row that differs from its events is noticed.

use crate::program::{run, said};
use onsale_platform::ServiceRole;
use onsale_platform::outbox::{self, Metadata, NewEvent};
use onsale_testkit::TestDb;
use serde_json::{Value, json};
use uuid::Uuid;

/// A payment that was captured: its row and its events.
async fn paid(db: &TestDb) -> Uuid {
    let id = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001);
    let (order, at) = (Uuid::from_u128(2), chrono::DateTime::UNIX_EPOCH);
    sqlx::query(
        "INSERT INTO payment.payments (payment_id, order_id, user_id, method, currency, amount_minor, description,
                                       status, version, sequence, created_at, updated_at)
         VALUES ($1, $2, $2, 'CREDIT_CARD', 'EUR', 5000, '', 'CAPTURED', 2, 2, $3, $3)",
    )
    .bind(id)
    .bind(order)
    .bind(at)
    .execute(db.pool())
    .await
    .expect("a row");
    let data = json!({"paymentId": id, "orderId": order, "method": "CREDIT_CARD",
                      "amount": {"amount": "50.00", "currency": "EUR"}});
    let event = |version: i32, topic: onsale_core::events::Topic| {
        let event = NewEvent {
            id: Uuid::from_u128(100 + u128::from(version.unsigned_abs())),
            aggregate_type: "payment",
            aggregate_id: id.to_string(),
            version,
            kind: topic.as_str(),
            publish: Some((topic, i64::from(version))),
            data: data.clone(),
            at,
        };
        (event, Metadata::default())
    };
    let events = [
        event(1, onsale_core::events::Topic::PaymentInitiated),
        event(2, onsale_core::events::Topic::PaymentCompleted),
    ];
    let mut conn = db.pool().acquire().await.expect("a connection");
    outbox::append(&mut conn, ServiceRole::Payment, &events).await.expect("they are appended");
    id
}

fn events(db: &TestDb, arguments: &[&str]) -> (Option<i32>, String) {
    let settings =
        [("DATABASE_URL", db.url()), ("REDIS_URLS", "redis://127.0.0.1:9"), ("ONSALE_SECRET", crate::program::SECRET)];
    let output = run(&[&["events"], arguments].concat(), &settings);
    (output.status.code(), said(&output))
}

#[tokio::test]
async fn a_payment_is_listed_shown_and_folded_until_its_row_differs() {
    let db = TestDb::new().await;
    let id = paid(&db).await.to_string();

    let (code, text) = events(&db, &["list", "--service", "payment", "--oldest-first"]);
    let lines: Vec<_> = text.lines().collect();
    assert_eq!((code, lines.len()), (Some(0), 3), "{text}");
    assert!(lines[1].contains(&id) && lines[1].contains("payment-initiated") && lines[2].contains("#2"), "{text}");
    let (_, text) = events(&db, &["list", "--service", "payment", "--type", "payment-completed", "--json"]);
    let event: Value = serde_json::from_str(text.trim()).expect("one line of JSON");
    assert_eq!((&event["version"], &event["aggregateId"]), (&json!(2), &json!(id)));
    let (_, text) = events(&db, &["list", "--service", "payment", "--since", "2026-01-01"]);
    assert!(text.contains("No event fits."), "{text}");

    let (code, text) = events(&db, &["show", &id, "1", "--service", "payment"]);
    let shown: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!((code, &shown["type"]), (Some(0), &json!("payment-initiated")));

    let (code, text) = events(&db, &["fold", &id]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("The events give the row."), "{text}");
    let (code, text) = events(&db, &["fold", "--all"]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("payment: 1 aggregates folded, 0 differ"), "{text}");

    sqlx::query("UPDATE payment.payments SET status = 'VOIDED'").execute(db.pool()).await.expect("a fault");
    let (code, text) = events(&db, &["fold", &id]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.lines().any(|line| line.starts_with("DIFFERS") && line.contains("status")), "{text}");
    assert_eq!(events(&db, &["fold", "--all", "--json"]).0, Some(1));
}

#[tokio::test]
async fn what_is_not_there_is_told_with_the_remedy() {
    let db = TestDb::new().await;
    let nobody = Uuid::from_u128(7).to_string();
    let (code, text) = events(&db, &["fold", &nobody]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("onsale events list"), "{text}");
    let (_, text) = events(&db, &["show", &nobody, "1"]);
    assert!(text.contains("--aggregate"), "{text}");
    let (code, text) = events(&db, &["list", "--service", "gateway"]);
    assert!(code == Some(2) && text.contains("booking, payment, auth, admin"), "{text}");
    let (_, text) = events(&db, &["list", "--since", "yesterday"]);
    assert!(text.contains("RFC 3339"), "{text}");
    let empty = TestDb::empty().await;
    let (code, text) = events(&empty, &["list"]);
    assert!(code == Some(1) && text.contains("onsale migrate"), "{text}");
}
