//! Payment and the sandbox, each on a port of its own, and one caller.

use axum::Router;
use onsale_core::api::booking::PaymentMethod;
use onsale_core::api::internal::{AmountLine, AuthorisePayment, PaymentState, PaymentStatus, RefundPayment};
use onsale_core::{LineKind, Money, OrderId, PaymentId, UserId};
use onsale_platform::{Platform, ServiceRole, random, serve};
use onsale_testkit::kit::TestKit;
use onsale_testkit::{Answer, AtEnd, TestClient, TestDb};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::net::TcpListener;
use uuid::Uuid;

pub(crate) const WEBHOOK_SECRET: &str = "whsec_sandbox";

/// A running shop.
pub(crate) struct Shop {
    /// Folds all payments when the test is over: what comes out must be the rows.
    folds: AtEnd,
    pub(crate) db: TestDb,
    pub(crate) kit: TestKit,
    /// Calls payment as booking does.
    pub(crate) booking: TestClient,
    /// Calls payment as nobody.
    pub(crate) nobody: TestClient,
    /// Calls the sandbox with its key.
    pub(crate) sandbox: TestClient,
    sandbox_router: Router,
}

/// What a test wants to be other than usual.
#[derive(Default)]
pub(crate) struct Options {
    pub(crate) settings: Vec<(&'static str, String)>,
    pub(crate) with_webhooks: bool,
    pub(crate) without_reconciler: bool,
}

impl Shop {
    pub(crate) async fn open() -> Self {
        Self::open_with(Options::default()).await
    }

    pub(crate) async fn open_with(options: Options) -> Self {
        let _another_test_was_first = rustls::crypto::ring::default_provider().install_default();
        let db = TestDb::new().await;
        let (sandbox_port, sandbox_url) = port().await;
        let (payment_port, payment_url) = port().await;
        let mut builder = TestKit::builder(&db)
            .await
            .setting("PAYMENT_SANDBOX_URL", sandbox_url.clone())
            .setting("PAYMENT_PROVIDER_TIMEOUT_MS", "600")
            .setting("PAYMENT_RECONCILE_MS", "100")
            .setting("SANDBOX_SLOW_MS", "1500")
            .setting("SANDBOX_WEBHOOK_DELAY_MS", "1")
            .setting("SANDBOX_PUBLIC_URL", sandbox_url);
        if options.with_webhooks {
            builder = builder.setting("SANDBOX_WEBHOOK_URL", format!("{payment_url}/api/payments/webhooks/stripe"));
        }
        for (name, value) in options.settings {
            builder = builder.setting(name, value);
        }
        let kit = builder.build();
        let platform = kit.platform();
        let sandbox = onsale_payment::sandbox::start(platform).await.expect("the sandbox starts");
        let sandbox = onsale_payment::sandbox::router(sandbox);
        listen(platform, sandbox_port, sandbox.clone());
        let state = onsale_payment::start(platform).await.expect("payment starts");
        if !options.without_reconciler {
            onsale_payment::spawn_jobs(platform, &state);
        }
        let payment = onsale_payment::router(state);
        listen(platform, payment_port, payment.clone());
        let token = kit.service_token(ServiceRole::Booking, ServiceRole::Payment);
        Self {
            folds: folds(&db),
            booking: TestClient::new(payment.clone()).signed_in(&token),
            nobody: TestClient::new(payment),
            sandbox: TestClient::new(sandbox.clone()).signed_in("sk_test_sandbox"),
            sandbox_router: sandbox,
            db,
            kit,
        }
    }

    /// The test writes what no event tells: its rows are not folded at its end.
    pub(crate) fn tampers(&mut self) {
        self.folds.spare();
    }

    /// Calls the sandbox as a browser does.
    pub(crate) fn nobody_at_the_sandbox(&self) -> TestClient {
        TestClient::new(self.sandbox_router.clone())
    }

    pub(crate) fn new_id<T: From<Uuid>>(&self) -> T {
        random::new_id(&self.kit.platform().clock)
    }

    /// A payment of 100 euros by card.
    pub(crate) fn request(&self, token: Option<&str>) -> AuthorisePayment {
        AuthorisePayment {
            payment_id: self.new_id::<PaymentId>(),
            order_id: self.new_id::<OrderId>(),
            user_id: self.new_id::<UserId>(),
            amount: euros(100),
            method: PaymentMethod::CreditCard,
            token: token.map(str::to_owned),
            return_url: Some("https://tickets.example/orders/1".to_owned()),
            description: "Two seats".to_owned(),
            lines: Vec::new(),
        }
    }

    pub(crate) async fn authorise(&self, request: &AuthorisePayment) -> PaymentState {
        self.booking.post("/internal/payments", request).await.expect(200).parse()
    }

    /// Authorises a new payment with this card.
    pub(crate) async fn authorised(&self, token: Option<&str>) -> PaymentState {
        self.authorise(&self.request(token)).await
    }

    pub(crate) async fn state(&self, id: PaymentId) -> PaymentState {
        self.booking.get(&format!("/internal/payments/{id}")).await.expect(200).parse()
    }

    pub(crate) async fn capture(&self, id: PaymentId) -> Answer {
        self.booking.post(&format!("/internal/payments/{id}/capture"), &json!({})).await
    }

    pub(crate) async fn void(&self, id: PaymentId) -> Answer {
        self.booking.post(&format!("/internal/payments/{id}/void"), &json!({})).await
    }

    pub(crate) async fn refund(&self, id: PaymentId, refund_id: Uuid, amount: Money) -> Answer {
        let refund = RefundPayment { refund_id, amount };
        self.booking.post(&format!("/internal/payments/{id}/refunds"), &refund).await
    }

    /// Waits until the payment is in this state, 10 s at most.
    pub(crate) async fn until(&self, id: PaymentId, status: PaymentStatus) -> PaymentState {
        let mut last = self.state(id).await;
        for _ in 0..200 {
            if last.status == status {
                return last;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
            last = self.state(id).await;
        }
        panic!("{id} is {:?} and never became {status:?}", last.status);
    }

    /// What the ledger's accounts hold, in cents, without those that hold nothing.
    pub(crate) async fn balances(&self) -> Vec<(String, i64)> {
        sqlx::query_as(
            "SELECT account, sum(amount_minor)::bigint FROM payment.postings
              GROUP BY account HAVING sum(amount_minor) <> 0 ORDER BY account",
        )
        .fetch_all(self.db.pool())
        .await
        .expect("the balances")
    }

    /// The sandbox's sums in euros.
    pub(crate) async fn sums(&self) -> Value {
        self.sandbox.get("/sandbox/ledger").await.expect(200).json()["EUR"].clone()
    }

    /// The kinds of a payment's events, in order, with their counts on the bus.
    pub(crate) async fn events(&self, id: PaymentId) -> Vec<(i32, String, Option<i64>)> {
        sqlx::query_as("SELECT version, type, sequence FROM payment.events WHERE aggregate_id = $1 ORDER BY version")
            .bind(id.to_string())
            .fetch_all(self.db.pool())
            .await
            .expect("the events")
    }
}

/// A line of a price in euros, in cents.
pub(crate) fn line(kind: LineKind, minor: i64) -> AmountLine {
    AmountLine { kind, amount: Money::new(minor, onsale_core::Currency::EUR) }
}

pub(crate) fn euros(major: i64) -> Money {
    Money::new(major * 100, onsale_core::Currency::EUR)
}

/// The last look: the events of all payments give their rows.
fn folds(db: &TestDb) -> AtEnd {
    let url = db.url().to_owned();
    AtEnd::look(|| async move {
        let pool = sqlx::PgPool::connect(&url).await.expect("the test's database answers");
        let report = onsale_payment::check_events::all(&pool).await.expect("rows and events can be read");
        assert_eq!(report.differ, 0, "folded events and rows differ: {:#?}", report.differing);
    })
}

async fn port() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    (listener, format!("http://{address}"))
}

fn listen(platform: &Platform, listener: TcpListener, router: Router) {
    tokio::spawn(serve::serve_internal(listener, router, platform.shutdown.clone()));
}
