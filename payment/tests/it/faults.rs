//! The sandbox goes wrong on purpose, and no money is lost by it.

use crate::shop::{Options, Shop, euros};
use axum::body::Body;
use http::Method;
use onsale_core::PaymentId;
use onsale_core::api::internal::PaymentStatus;
use onsale_payment::check::{Books, Difference, Watcher};
use onsale_testkit::Answer;
use onsale_testkit::database::count;
use std::time::Duration;
use uuid::Uuid;

async fn choose(shop: &Shop, form: &str) -> Answer {
    let client = shop.nobody_at_the_sandbox().with_header("content-type", "application/x-www-form-urlencoded");
    client.send(Method::POST, "/sandbox/faults", Body::from(form.to_owned())).await
}

#[derive(Default)]
struct Heard(Vec<Difference>);

impl Watcher for Heard {
    fn looked_at(&mut self, _count: usize) {}

    fn differs(&mut self, difference: Difference) {
        self.0.push(difference);
    }
}

async fn check(shop: &Shop) -> Vec<Difference> {
    let books = Books::open(&shop.kit.platform().env).await.expect("the books open");
    let mut heard = Heard::default();
    books.check_payments(&mut heard).await.expect("payments are read");
    books.check_provider(&mut heard).await.expect("the provider is read");
    heard.0
}

#[tokio::test]
async fn the_page_takes_shares_and_names_what_cannot_be() {
    let shop = Shop::open().await;
    assert_eq!(choose(&shop, "timeout=10&fail=&twice=20").await.status, 303);
    let page = shop.nobody_at_the_sandbox().get("/sandbox/faults").await.expect(200);
    assert!(
        page.text().contains("name=\"twice\" type=\"number\" min=\"0\" max=\"100\" inputmode=\"numeric\" value=\"20\"")
    );
    let refused = choose(&shop, "fail=60&slow=60").await.expect(422);
    assert!(refused.text().contains("more than 100 percent together"), "{}", refused.text());
    assert!(refused.text().contains("value=\"20\""), "what counted before still counts");
}

#[tokio::test]
async fn a_provider_that_fails_moves_nothing() {
    let settings = vec![("SANDBOX_FAULTS", "fail=100".to_owned())];
    let shop = Shop::open_with(Options { settings, without_reconciler: true, ..Options::default() }).await;
    assert_eq!(shop.authorised(None).await.status, PaymentStatus::Pending);
    assert_eq!(count(shop.db.pool(), "sandbox.intents").await, 0);
}

#[tokio::test]
async fn an_answer_that_comes_too_late_has_had_its_effect() {
    let settings = vec![("SANDBOX_FAULTS", "timeout=100".to_owned())];
    let shop = Shop::open_with(Options { settings, without_reconciler: true, ..Options::default() }).await;
    let request = shop.request(None);
    assert_eq!(shop.authorise(&request).await.status, PaymentStatus::Pending);
    assert_eq!(shop.sums().await["authorised"], 10_000);
    choose(&shop, "").await;
    assert_eq!(shop.authorise(&request).await.status, PaymentStatus::Authorised);
    assert_eq!(count(shop.db.pool(), "sandbox.intents").await, 1);
}

/// Money moved, given back or neither, through a provider that times out, fails, and calls twice, late or never:
/// when the faults end, its ledger and ours are one.
#[tokio::test]
async fn both_ledgers_agree_when_the_faults_end() {
    let settings = vec![
        ("SANDBOX_FAULTS", "timeout=10,fail=10,slow=10,twice=20,late=10,shuffled=10,never=5".to_owned()),
        ("SANDBOX_SLOW_MS", "700".to_owned()),
    ];
    let shop = Shop::open_with(Options { settings, with_webhooks: true, ..Options::default() }).await;
    let one = async |number: usize| {
        let id = shop.authorised(None).await.payment_id;
        if number.is_multiple_of(4) {
            void_at_last(&shop, id).await;
            return;
        }
        capture_at_last(&shop, id).await;
        if number.is_multiple_of(2) {
            refund_at_last(&shop, id).await;
        }
    };
    futures::future::join_all((0..24).map(one)).await;
    choose(&shop, "").await;
    let sums = shop.sums().await;
    let balances = shop.balances().await;
    assert_eq!(sums["captured"], 18 * 10_000);
    assert_eq!(sums["refunded"], 6 * 3_000);
    assert!(balances.contains(&("CAPTURED".to_owned(), 180_000)), "{balances:?}");
    assert!(balances.contains(&("REFUNDED".to_owned(), -18_000)), "{balances:?}");
    assert_eq!(check(&shop).await, []);
}

async fn void_at_last(shop: &Shop, id: PaymentId) {
    let _answer = shop.void(id).await;
    shop.until(id, PaymentStatus::Voided).await;
}

async fn capture_at_last(shop: &Shop, id: PaymentId) {
    for _ in 0..100 {
        let _answer = shop.capture(id).await;
        if shop.state(id).await.status == PaymentStatus::Captured {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{id} was never captured");
}

async fn refund_at_last(shop: &Shop, id: PaymentId) {
    let refund_id: Uuid = shop.new_id();
    for _ in 0..100 {
        let _answer = shop.refund(id, refund_id, euros(30)).await;
        if shop.state(id).await.refunded == euros(30) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{id} was never refunded");
}

#[tokio::test]
async fn checks_find_what_differs() {
    let mut shop = Shop::open().await;
    shop.tampers();
    let mut ids: Vec<PaymentId> = Vec::new();
    for _ in 0..4 {
        let id = shop.authorised(None).await.payment_id;
        let _answer = shop.capture(id).await.expect(200);
        ids.push(id);
    }
    assert_eq!(check(&shop).await, []);
    for (statement, id) in [
        ("UPDATE sandbox.intents SET amount_refunded = 500 WHERE metadata ->> 'payment_id' = $1", ids[0]),
        ("UPDATE sandbox.intents SET amount_received = 0 WHERE metadata ->> 'payment_id' = $1", ids[1]),
        ("DELETE FROM sandbox.intents WHERE metadata ->> 'payment_id' = $1", ids[2]),
        ("UPDATE payment.payments SET refunded_minor = 100 WHERE payment_id = $1::uuid", ids[3]),
    ] {
        let done = sqlx::query(statement).bind(id.to_string()).execute(shop.db.pool()).await.expect("changed");
        assert_eq!(done.rows_affected(), 1);
    }
    let found = check(&shop).await;
    for (id, text) in [
        (ids[0], "the provider 500"),
        (ids[1], "were captured, the provider"),
        (ids[2], "shows no such payment"),
        (ids[3], "the row says 9900 minor units of EUR, the ledger 10000"),
    ] {
        let subject = format!("payment {id}");
        let told = found.iter().any(|difference| difference.subject == subject && difference.found.contains(text));
        assert!(told, "{subject}: {text} is not in {found:#?}");
    }
}
