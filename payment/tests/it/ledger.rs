//! The ledger: double entry for every amount, only added to.

use crate::shop::{Shop, euros, line};
use onsale_core::api::booking::PaymentMethod;
use onsale_core::api::internal::{AuthorisePayment, PaymentState, PaymentStatus};
use onsale_core::{LineKind, PaymentId};
use onsale_testkit::database::count;
use serde_json::json;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

/// 84 euros: 80 of face value, 9 of fees, 5 less by a code.
fn split(shop: &Shop) -> AuthorisePayment {
    AuthorisePayment {
        amount: euros(84),
        lines: vec![line(LineKind::Face, 8_000), line(LineKind::Fee, 900), line(LineKind::Discount, -500)],
        ..shop.request(None)
    }
}

async fn captured(shop: &Shop, request: &AuthorisePayment) -> PaymentId {
    let id = shop.authorise(request).await.payment_id;
    let payment: PaymentState = shop.capture(id).await.expect(200).parse();
    assert_eq!(payment.status, PaymentStatus::Captured);
    id
}

fn balance(account: &str, minor: i64) -> (String, i64) {
    (account.to_owned(), minor)
}

async fn assert_kept_well(shop: &Shop) {
    assert_eq!(count(shop.db.pool(), "payment.ledger_differences").await, 0);
    let sums = "(SELECT FROM payment.postings GROUP BY entry_id HAVING sum(amount_minor) <> 0) AS s";
    assert_eq!(count(shop.db.pool(), sums).await, 0);
}

/// PostgreSQL's code of an error.
fn code_of(error: &sqlx::Error) -> String {
    error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code)
        .map(std::borrow::Cow::into_owned)
        .unwrap_or_default()
}

#[tokio::test]
async fn a_sale_is_split_and_a_refund_leaves_the_fee() {
    let shop = Shop::open().await;
    let id = captured(&shop, &split(&shop)).await;
    let sold = [balance("CAPTURED", 8_400), balance("DISCOUNT", 500), balance("FACE", -8_000), balance("FEE", -900)];
    assert_eq!(shop.balances().await, sold);
    let refund_id: Uuid = shop.new_id();
    for _ in 0..3 {
        let _answer = shop.refund(id, refund_id, euros(75)).await.expect(200);
    }
    assert_eq!(shop.balances().await, [balance("CAPTURED", 8_400), balance("FEE", -900), balance("REFUNDED", -7_500)]);
    assert_kept_well(&shop).await;
    // Each fact once, under the id of the event that tells it.
    let told = "payment.journal AS j JOIN payment.events AS e ON e.id = j.entry_id
                 AND (j.fact, e.type) IN (('CAPTURED', 'payment-completed'), ('REFUNDED', 'payment-refunded'))";
    assert_eq!(count(shop.db.pool(), told).await, 2);
    assert_eq!(count(shop.db.pool(), "payment.journal").await, 2);
}

#[tokio::test]
async fn what_moves_no_money_makes_no_entry() {
    let shop = Shop::open().await;
    let voided = shop.authorised(None).await.payment_id;
    let _answer = shop.void(voided).await.expect(200);
    shop.authorised(Some("pm_card_chargeDeclined")).await;
    shop.authorised(None).await;
    assert_eq!(count(shop.db.pool(), "payment.journal").await, 0);
    assert_kept_well(&shop).await;
}

#[tokio::test]
async fn an_invoice_is_owed_until_it_is_paid() {
    let shop = Shop::open().await;
    let request = AuthorisePayment { method: PaymentMethod::Invoice, ..split(&shop) };
    let id = captured(&shop, &request).await;
    assert!(shop.balances().await.contains(&balance("RECEIVABLE", 8_400)));
    let _answer = shop.refund(id, shop.new_id(), euros(4)).await.expect(200);
    for _ in 0..2 {
        let _answer = shop.booking.post(&format!("/internal/payments/{id}/settle"), &json!({})).await.expect(200);
    }
    let balances = shop.balances().await;
    assert!(balances.contains(&balance("CASH", 8_000)), "{balances:?}");
    assert!(!balances.iter().any(|(account, _)| account == "RECEIVABLE"), "{balances:?}");
    let _answer = shop.refund(id, shop.new_id(), euros(10)).await.expect(200);
    assert!(shop.balances().await.contains(&balance("REFUNDED", -1_000)));
    assert_kept_well(&shop).await;
    let card = captured(&shop, &split(&shop)).await;
    shop.booking
        .post(&format!("/internal/payments/{card}/settle"), &json!({}))
        .await
        .expect_problem(409, "state_conflict");
}

#[tokio::test]
async fn cash_is_there_at_once() {
    let shop = Shop::open().await;
    let request = AuthorisePayment { method: PaymentMethod::Cash, ..split(&shop) };
    captured(&shop, &request).await;
    assert!(shop.balances().await.contains(&balance("CASH", 8_400)));
    assert_kept_well(&shop).await;
}

#[tokio::test]
async fn lines_have_to_sum_to_the_amount() {
    let shop = Shop::open().await;
    let request = AuthorisePayment { amount: euros(85), ..split(&shop) };
    let problem = shop.booking.post("/internal/payments", &request).await.expect_problem(422, "invalid");
    assert_eq!(problem["errors"][0]["field"], "lines");
    // Callers of before send none: then all of it is face value.
    let mut body = serde_json::to_value(shop.request(None)).expect("JSON");
    body.as_object_mut().expect("an object").remove("lines");
    let payment: PaymentState = shop.booking.post("/internal/payments", &body).await.expect(200).parse();
    let _answer = shop.capture(payment.payment_id).await.expect(200);
    assert_eq!(shop.balances().await, [balance("CAPTURED", 10_000), balance("FACE", -10_000)]);
}

#[tokio::test]
async fn what_is_written_stays_and_sums_to_zero() {
    let mut shop = Shop::open().await;
    shop.tampers();
    let id = captured(&shop, &split(&shop)).await;
    // The same entry again, with something more: what comes first is what is refused.
    let again = |fact: &str, more: &str| {
        format!(
            "INSERT INTO payment.journal (entry_id, payment_id, fact, currency, occurred_at, captured_minor, face_minor)
             SELECT gen_random_uuid(), payment_id, {fact}, currency, now(), {more} FROM payment.journal"
        )
    };
    for (statement, code) in [
        ("UPDATE payment.journal SET face_minor = 1".to_owned(), "23001"),
        ("UPDATE payment.journal SET fact = 'OWED'".to_owned(), "23001"),
        ("DELETE FROM payment.journal".to_owned(), "23001"),
        ("TRUNCATE payment.journal".to_owned(), "23001"),
        (again("'SETTLED'", "1, 0"), "23514"),
        (again("'SETTLED'", "0, 0"), "23514"),
        (again("fact", "1, -1"), "23505"),
    ] {
        let refused = sqlx::raw_sql(AssertSqlSafe(statement.clone())).execute(shop.db.pool()).await;
        let refused = refused.expect_err(&statement);
        assert_eq!(code_of(&refused), code, "{statement}");
    }
    // The service itself may not even try.
    let mut conn = shop.db.pool().acquire().await.expect("a connection");
    sqlx::raw_sql("SET ROLE onsale_payment").execute(&mut *conn).await.expect("the role is there");
    for statement in ["DELETE FROM payment.journal", "TRUNCATE payment.journal"] {
        let refused = sqlx::raw_sql(statement).execute(&mut *conn).await.expect_err("refused");
        assert_eq!(code_of(&refused), "42501", "insufficient privilege");
    }
    sqlx::raw_sql("RESET ROLE").execute(&mut *conn).await.expect("reset");
    // A row that says more than the ledger is seen.
    sqlx::query("UPDATE payment.payments SET refunded_minor = 100 WHERE payment_id = $1")
        .bind(id.0)
        .execute(&mut *conn)
        .await
        .expect("written");
    assert_eq!(count(shop.db.pool(), "payment.ledger_differences WHERE money_minor = 8400").await, 1);
}
