//! The sandbox by itself: Stripe's protocol.

use crate::shop::Shop;
use axum::body::Body;
use http::Method;
use onsale_testkit::Answer;
use onsale_testkit::database::count;

async fn post(shop: &Shop, path: &str, key: Option<&str>, form: &str) -> Answer {
    let mut client = shop.sandbox.with_header("content-type", "application/x-www-form-urlencoded");
    if let Some(key) = key {
        client = client.with_header("idempotency-key", key);
    }
    client.send(Method::POST, path, Body::from(form.to_owned())).await
}

const INTENT: &str = "amount=1500&currency=eur&capture_method=manual&confirm=true&payment_method=pm_card_visa";

#[tokio::test]
async fn a_key_gives_its_first_answer_again() {
    let shop = Shop::open().await;
    let first = post(&shop, "/v1/payment_intents", Some("k"), INTENT).await.expect(200);
    let again = post(&shop, "/v1/payment_intents", Some("k"), INTENT).await.expect(200);
    assert_eq!(first.body, again.body);
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    let other = post(&shop, "/v1/payment_intents", Some("k"), &INTENT.replace("1500", "1600")).await.expect(400);
    assert_eq!(other.json()["error"]["type"], "idempotency_error");
    let _answer = post(&shop, "/v1/payment_intents", Some("k2"), INTENT).await.expect(200);
    assert_eq!(count(shop.db.pool(), "sandbox.intents").await, 2);
}

#[tokio::test]
async fn a_decline_is_kept_under_its_key_too() {
    let shop = Shop::open().await;
    let form = INTENT.replace("pm_card_visa", "pm_card_chargeDeclined");
    let first = post(&shop, "/v1/payment_intents", Some("k"), &form).await.expect(402);
    assert_eq!(first.json()["error"]["code"], "card_declined");
    assert_eq!(first.json()["error"]["payment_intent"]["status"], "requires_payment_method");
    assert_eq!(post(&shop, "/v1/payment_intents", Some("k"), &form).await.expect(402).body, first.body);
}

#[tokio::test]
async fn forty_by_one_key_in_parallel_are_one() {
    let shop = Shop::open().await;
    let calls = (0..40).map(|_| post(&shop, "/v1/payment_intents", Some("k"), INTENT));
    let answers = futures::future::join_all(calls).await;
    assert!(answers.iter().all(|answer| answer.status == 200 && answer.body == answers[0].body));
    assert_eq!(count(shop.db.pool(), "sandbox.intents").await, 1);
}

#[tokio::test]
async fn a_running_key_is_in_use() {
    let shop = Shop::open().await;
    let form = INTENT.replace("pm_card_visa", "pm_sandbox_slow");
    let (first, second) = tokio::join!(post(&shop, "/v1/payment_intents", Some("k"), &form), async {
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        post(&shop, "/v1/payment_intents", Some("k"), &form).await
    });
    assert_eq!(second.expect(409).json()["error"]["code"], "idempotency_key_in_use");
    let first = first.expect(200);
    assert_eq!(post(&shop, "/v1/payment_intents", Some("k"), &form).await.expect(200).body, first.body);
}

#[tokio::test]
async fn states_and_amounts_are_guarded() {
    let shop = Shop::open().await;
    let intent = post(&shop, "/v1/payment_intents", None, INTENT).await.expect(200).json();
    let path = format!("/v1/payment_intents/{}", intent["id"].as_str().expect("an id"));
    assert_eq!(intent["amount_capturable"], 1_500);
    let refund = format!("payment_intent={}&amount=1", intent["id"].as_str().expect("an id"));
    let early = post(&shop, "/v1/refunds", None, &refund).await.expect(400);
    assert_eq!(early.json()["error"]["code"], "charge_already_refunded");
    let captured = post(&shop, &format!("{path}/capture"), None, "").await.expect(200).json();
    assert_eq!((&captured["status"], &captured["amount_received"]), (&"succeeded".into(), &1_500.into()));
    let cancelled = post(&shop, &format!("{path}/cancel"), None, "").await.expect(400);
    assert_eq!(cancelled.json()["error"]["code"], "payment_intent_unexpected_state");
    let whole = format!("payment_intent={}&metadata[refund_id]=r", intent["id"].as_str().expect("an id"));
    let refunded = post(&shop, "/v1/refunds", None, &whole).await.expect(200).json();
    assert_eq!(refunded["amount"], 1_500);
    let shown = shop.sandbox.get(&format!("/v1/refunds/{}", refunded["id"].as_str().expect("an id"))).await;
    assert_eq!(shown.expect(200).json(), refunded);
    assert_eq!(shop.sandbox.get(&path).await.expect(200).json()["status"], "succeeded");
}

#[tokio::test]
async fn bad_forms_are_named_and_keys_asked_for() {
    let shop = Shop::open().await;
    for (form, param) in [
        ("amount=1&currency=eur", "confirm"),
        ("currency=eur&confirm=true", "amount"),
        ("amount=-1&currency=eur&confirm=true", "amount"),
        ("amount=1&confirm=true", "currency"),
        ("amount=1&currency=euro&confirm=true", "currency"),
        ("amount=1&currency=eur&confirm=true&capture_method=later", "capture_method"),
    ] {
        let answer = post(&shop, "/v1/payment_intents", Some("k"), form).await.expect(400);
        assert_eq!(answer.json()["error"]["param"], param, "{form}");
    }
    let stranger = shop.sandbox.signed_in("sk_test_other");
    let _refused = stranger.get("/v1/payment_intents/pi_1").await.expect(401);
    let _absent = shop.sandbox.get("/v1/payment_intents/pi_1").await.expect(404);
    let listed = shop.sandbox.get("/sandbox/intents?limit=5").await.expect(200).json();
    assert_eq!(listed["data"], serde_json::json!([]));
}
