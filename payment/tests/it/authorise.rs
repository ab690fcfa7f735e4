//! `POST /internal/payments`.

use crate::shop::{Shop, euros};
use onsale_core::api::booking::PaymentMethod;
use onsale_core::api::internal::{PaymentState, PaymentStatus};
use onsale_core::{Currency, Money};
use onsale_platform::ServiceRole;
use onsale_testkit::database::count;
use serde_json::json;
use sqlx::{AssertSqlSafe, Row};

#[tokio::test]
async fn a_good_card_is_authorised_and_only_reserved() {
    let shop = Shop::open().await;
    let payment = shop.authorised(Some("pm_card_visa")).await;
    assert_eq!(payment.status, PaymentStatus::Authorised);
    assert_eq!(payment.amount, euros(100));
    assert_eq!(shop.state(payment.payment_id).await, payment);
    let sums = shop.sums().await;
    assert_eq!((&sums["authorised"], &sums["captured"]), (&json!(10_000), &json!(0)));
    let expected = [(1, "payment-initiated".to_owned(), Some(1)), (2, "payment-authorised".to_owned(), None)];
    assert_eq!(shop.events(payment.payment_id).await, expected);
}

#[tokio::test]
async fn without_a_token_the_sandbox_takes_its_good_card() {
    let shop = Shop::open().await;
    assert_eq!(shop.authorised(None).await.status, PaymentStatus::Authorised);
    let mut wallet = shop.request(None);
    wallet.method = PaymentMethod::Wallet;
    wallet.amount = Money::new(7_800, "JPY".parse::<Currency>().expect("a currency"));
    assert_eq!(shop.authorise(&wallet).await.status, PaymentStatus::Authorised);
}

#[tokio::test]
async fn declines_name_their_reason_and_charge_nothing() {
    let shop = Shop::open().await;
    for (token, code) in [
        ("pm_card_chargeDeclined", "card_declined"),
        ("pm_card_chargeDeclinedInsufficientFunds", "insufficient_funds"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card"),
        ("pm_nobody_knows_this", "resource_missing"),
    ] {
        let request = shop.request(Some(token));
        let payment = shop.authorise(&request).await;
        assert_eq!((payment.status, payment.decline_code.as_deref()), (PaymentStatus::Declined, Some(code)), "{token}");
        assert_eq!(shop.authorise(&request).await, payment, "asked again");
        let events = shop.events(payment.payment_id).await;
        assert_eq!(events.last(), Some(&(2, "payment-failed".to_owned(), Some(2))), "{token}");
    }
    let sums = shop.sums().await;
    assert_eq!((&sums["authorised"], &sums["captured"]), (&json!(0), &json!(0)));
}

#[tokio::test]
async fn twenty_in_parallel_under_one_id_are_one_charge() {
    let shop = Shop::open().await;
    let request = shop.request(Some("pm_card_visa"));
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (booking, request) = (shop.booking.clone(), request.clone());
        calls.spawn(
            async move { booking.post("/internal/payments", &request).await.expect(200).parse::<PaymentState>() },
        );
    }
    let answers = calls.join_all().await;
    assert_eq!(answers.len(), 20);
    assert!(answers.iter().all(|answer| *answer == answers[0] && answer.status == PaymentStatus::Authorised));
    assert_eq!(count(shop.db.pool(), "sandbox.intents").await, 1);
    assert_eq!(shop.events(request.payment_id).await.len(), 2);
}

#[tokio::test]
async fn the_same_id_for_another_payment_is_refused() {
    let shop = Shop::open().await;
    let request = shop.request(Some("pm_card_visa"));
    shop.authorise(&request).await;
    let mut other = request.clone();
    other.amount = euros(101);
    shop.booking.post("/internal/payments", &other).await.expect_problem(422, "idempotency_key_reused");
}

#[tokio::test]
async fn receivables_need_no_provider() {
    let shop = Shop::open().await;
    for method in [PaymentMethod::Invoice, PaymentMethod::Cash] {
        let mut request = shop.request(None);
        request.method = method;
        let payment = shop.authorise(&request).await;
        assert_eq!(payment.status, PaymentStatus::Authorised);
        let id = payment.payment_id;
        let captured: PaymentState = shop.capture(id).await.expect(200).parse();
        assert_eq!(captured.status, PaymentStatus::Captured);
        let refunded: PaymentState = shop.refund(id, shop.new_id(), euros(40)).await.expect(200).parse();
        assert_eq!(refunded.refunded, euros(40));
    }
    assert_eq!(count(shop.db.pool(), "sandbox.intents").await, 0);
}

#[tokio::test]
async fn what_is_not_right_is_named() {
    let shop = Shop::open().await;
    let mut transfer = shop.request(Some("pm_card_visa"));
    transfer.method = PaymentMethod::BankTransfer;
    let mut nothing = shop.request(None);
    nothing.amount = euros(0);
    let mut script = shop.request(None);
    script.return_url = Some("javascript:alert(1)".to_owned());
    for (request, field) in [(transfer, "token"), (nothing, "amount"), (script, "returnUrl")] {
        let problem = shop.booking.post("/internal/payments", &request).await.expect_problem(422, "invalid");
        assert_eq!(problem["errors"][0]["field"], field);
    }
    assert_eq!(count(shop.db.pool(), "payment.payments").await, 0);
}

#[tokio::test]
async fn only_services_get_in() {
    let shop = Shop::open().await;
    let request = shop.request(None);
    shop.nobody.post("/internal/payments", &request).await.expect_problem(401, "unauthenticated");
    let customer = shop.nobody.signed_in(&shop.kit.customer().token);
    customer.post("/internal/payments", &request).await.expect_problem(403, "forbidden");
    let elsewhere = shop.nobody.signed_in(&shop.kit.service_token(ServiceRole::Gateway, ServiceRole::Booking));
    // The test's process answers for all roles, so another audience passes here; a real one runs its own.
    let answer = elsewhere.get(&format!("/internal/payments/{}", request.payment_id)).await;
    assert!([401, 404].contains(&answer.status.as_u16()), "{}", answer.text());
}

/// RELIABILITY.md §5, line 20.
#[tokio::test]
async fn a_card_number_in_a_body_is_stored_nowhere() {
    const NUMBER: &str = "4242424242424242";
    let shop = Shop::open().await;
    let mut body = serde_json::to_value(shop.request(Some("pm_card_visa"))).expect("JSON");
    body["cardNumber"] = json!(NUMBER);
    body["card"] = json!({ "number": NUMBER, "cvc": "123" });
    body["description"] = json!("card 4242 4242 4242 4242, thanks");
    let _answer = shop.booking.post("/internal/payments", &body).await.expect(200);
    for (field, value) in [("token", NUMBER.to_owned()), ("token", format!("pm_{NUMBER}"))] {
        let mut body = serde_json::to_value(shop.request(None)).expect("JSON");
        body[field] = json!(value);
        shop.booking.post("/internal/payments", &body).await.expect_problem(422, "invalid");
    }
    let raw = format!("amount=100&currency=eur&confirm=true&payment_method={NUMBER}");
    let form = shop.sandbox.with_header("content-type", "application/x-www-form-urlencoded");
    let answer = form.send(http::Method::POST, "/v1/payment_intents", raw.into()).await.expect(400);
    assert!(!answer.text().contains(NUMBER));

    let tables = sqlx::query(
        "SELECT format('%I.%I', table_schema, table_name) FROM information_schema.tables
          WHERE table_type = 'BASE TABLE' AND table_schema IN ('payment', 'sandbox')",
    )
    .fetch_all(shop.db.pool())
    .await
    .expect("the tables");
    assert!(tables.len() >= 6, "only {} tables were scanned", tables.len());
    for table in tables {
        let table: String = table.get(0);
        let rows = format!("{table} AS t WHERE regexp_replace(t::text, '[ -]', '', 'g') LIKE '%{NUMBER}%'");
        assert_eq!(count(shop.db.pool(), &rows).await, 0, "{table}");
    }
    let kept: String = sqlx::query(AssertSqlSafe("SELECT description FROM payment.payments"))
        .fetch_one(shop.db.pool())
        .await
        .expect("one payment")
        .get(0);
    assert_eq!(kept, "card **** **** **** ****, thanks");
}
