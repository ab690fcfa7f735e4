//! Processes with a waiting room on one database, and stand-ins for the services they ask.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use chrono::{DateTime, TimeDelta, Utc};
use onsale_core::api::internal::{EventPulse, SpentAdmissions};
use onsale_core::{Role, UserId};
use onsale_platform::ServiceRole;
use onsale_platform::clock::Clock;
use onsale_testkit::{Answer, TestClient, TestDb, TestKit, TestUser};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

pub(crate) const EVENT: &str = "EVT001";
/// How long a test waits for what a job does.
const PATIENCE: Duration = Duration::from_secs(20);

/// The time that the tests start at.
pub(crate) fn start() -> DateTime<Utc> {
    "2027-02-04T09:00:00Z".parse().expect("a time")
}

/// A database, the time, and booking's stand-in: what all processes share.
pub(crate) struct Stage {
    pub(crate) db: TestDb,
    pub(crate) clock: Clock,
    pub(crate) booking: Arc<Mutex<Booking>>,
}

/// What booking's stand-in tells.
pub(crate) struct Booking {
    pub(crate) pulse: EventPulse,
    pub(crate) spent: SpentAdmissions,
}

/// One process.
pub(crate) struct Process {
    pub(crate) kit: TestKit,
    pub(crate) state: onsale_queue::State,
    /// As a new device calls it each time.
    pub(crate) client: TestClient,
}

/// Somebody who joined.
#[derive(Debug, Clone)]
pub(crate) struct Joined {
    pub(crate) token: String,
    pub(crate) cookie: String,
    pub(crate) body: Value,
}

impl Joined {
    pub(crate) fn position(&self) -> u64 {
        self.body["receipt"]["position"].as_u64().expect("a position")
    }
}

async fn pulse(State(booking): State<Arc<Mutex<Booking>>>, Path(_): Path<String>) -> Json<EventPulse> {
    Json(booking.lock().expect("not poisoned").pulse.clone())
}

async fn spent(State(booking): State<Arc<Mutex<Booking>>>) -> Json<SpentAdmissions> {
    Json(booking.lock().expect("not poisoned").spent.clone())
}

async fn event(Path(id): Path<String>) -> StatusCode {
    if id == EVENT { StatusCode::OK } else { StatusCode::NOT_FOUND }
}

impl Stage {
    pub(crate) async fn new() -> Self {
        let _another_test_was_first = rustls::crypto::ring::default_provider().install_default();
        let pulse = EventPulse { free: 1_000, held: 0, sold: 0, holds: 0, last_hold_ends_at: None };
        let booking = Booking { pulse, spent: SpentAdmissions::default() };
        Self { db: TestDb::new().await, clock: Clock::manual(start()), booking: Arc::new(Mutex::new(booking)) }
    }

    /// A process, with its jobs.
    pub(crate) async fn process(&self) -> Process {
        self.process_with(&[]).await
    }

    pub(crate) async fn process_with(&self, settings: &[(&str, &str)]) -> Process {
        let builder = TestKit::builder(&self.db).await.clock(self.clock.clone());
        let kit = settings.iter().fold(builder, |builder, (name, value)| builder.setting(name, *value)).build();
        let routes = Router::new()
            .route("/internal/events/{id}/pulse", get(pulse))
            .route("/internal/admissions/spent", post(spent))
            .with_state(Arc::clone(&self.booking));
        kit.install(ServiceRole::Booking, routes);
        kit.install(ServiceRole::Admin, Router::new().route("/api/admin/events/{id}", get(event)));
        let pool = self.db.service_pool(ServiceRole::Gateway, 6).await;
        let state = onsale_queue::start(kit.platform(), pool).expect("the settings are usable");
        onsale_queue::spawn_jobs(kit.platform(), &state);
        let client = TestClient::new(onsale_queue::router(state.clone()));
        let process = Process { kit, state, client };
        process.until_known().await;
        process
    }

    pub(crate) fn advance(&self, seconds: i64) {
        self.clock.advance(TimeDelta::seconds(seconds));
    }

    pub(crate) fn seats(&self, free: i64, held: i64, sold: i64) {
        let mut booking = self.booking.lock().expect("not poisoned");
        (booking.pulse.free, booking.pulse.held, booking.pulse.sold) = (free, held, sold);
    }

    pub(crate) async fn count(&self, from: &str) -> i64 {
        onsale_testkit::database::count(self.db.pool(), from).await
    }

    #[track_caller]
    pub(crate) fn until_count<'a>(&'a self, from: &'a str, wanted: i64) -> impl Future<Output = ()> + 'a {
        let caller = std::panic::Location::caller();
        async move {
            let began = Instant::now();
            loop {
                let count = self.count(from).await;
                if count == wanted {
                    return;
                }
                assert!(began.elapsed() < PATIENCE, "{caller}: {count} instead of {wanted} in {from}");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }

    pub(crate) async fn execute(&self, sql: &str) {
        sqlx::query(sqlx::AssertSqlSafe(sql.to_owned())).execute(self.db.pool()).await.expect("a statement");
    }
}

/// A room that starts in so many seconds.
pub(crate) fn room(mode: &str, starts_in: i64) -> Value {
    let starts_at = start() + TimeDelta::seconds(starts_in);
    json!({"mode": mode, "opensAt": start() - TimeDelta::minutes(10), "startsAt": starts_at})
}

impl Process {
    async fn until_known(&self) {
        let began = Instant::now();
        while self.client.get("/api/queue/none").await.status == StatusCode::SERVICE_UNAVAILABLE {
            assert!(began.elapsed() < PATIENCE, "the rooms were not read");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    pub(crate) fn admin(&self) -> TestClient {
        self.client.signed_in(&self.kit.user(&[Role::Admin]).token)
    }

    pub(crate) fn customer(&self) -> TestUser {
        self.kit.customer()
    }

    pub(crate) fn again(&self, id: UserId) -> TestUser {
        self.kit.sign_in(id, &[Role::Customer])
    }

    /// Sets the room up.
    pub(crate) async fn set(&self, room: &Value) {
        self.admin().put(&format!("/api/admin/events/{EVENT}/queue"), room).await.expect(200);
    }

    pub(crate) async fn act(&self, act: &str, body: &Value) -> Value {
        self.admin().post(&format!("/api/admin/events/{EVENT}/queue/{act}"), body).await.expect(200).json()
    }

    /// A new device joins.
    pub(crate) async fn join(&self) -> Joined {
        joined(&self.client.post(&format!("/api/queue/{EVENT}/join"), &json!({})).await.expect(201))
    }

    /// The device of somebody who joined does so again.
    pub(crate) async fn join_as(&self, who: &Joined) -> Joined {
        let client = self.client.with_header("cookie", &who.cookie);
        joined(&client.post(&format!("/api/queue/{EVENT}/join"), &json!({})).await.expect(201))
    }

    /// So many new devices join at once.
    pub(crate) async fn join_many(&self, count: usize) -> Vec<Joined> {
        futures::future::join_all((0..count).map(|_| self.join())).await
    }

    pub(crate) async fn status(&self, who: &Joined, user: Option<&TestUser>) -> Value {
        let client = self.client.with_header("x-queue-token", &who.token);
        let client = user.map_or_else(|| client.clone(), |user| client.signed_in(&user.token));
        client.get(&format!("/api/queue/{EVENT}/status")).await.expect(200).json()
    }

    /// Until the status is this.
    #[track_caller]
    pub(crate) fn until_state<'a>(
        &'a self,
        who: &'a Joined,
        user: Option<&'a TestUser>,
        state: &'a str,
    ) -> impl Future<Output = Value> + 'a {
        let caller = std::panic::Location::caller();
        async move {
            let began = Instant::now();
            loop {
                let status = self.status(who, user).await;
                if status["state"] == state {
                    return status;
                }
                assert!(began.elapsed() < PATIENCE, "{caller}: not {state}: {status}");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }

    /// The whole proof of somebody, with all entries.
    pub(crate) async fn proof(&self, who: &Joined) -> Value {
        let client = self.client.with_header("x-queue-token", &who.token);
        let mut proof = client.get(&format!("/api/queue/{EVENT}/proof")).await.expect(200).json();
        let entries = client.get(&format!("/api/queue/{EVENT}/proof/entries")).await.expect(200).json();
        proof["entries"] = entries["entries"].clone();
        proof
    }

    /// Until it knows the event's line, which another process may have set.
    pub(crate) async fn until_lined(&self) {
        let began = Instant::now();
        while self.client.get(&format!("/api/queue/{EVENT}")).await.status != StatusCode::OK {
            assert!(began.elapsed() < PATIENCE, "the line is not known");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// It ends without a warning: nothing that it did not commit is left.
    pub(crate) async fn stop(self) {
        self.halt().await;
    }

    /// Its jobs end; it still answers.
    pub(crate) async fn halt(&self) {
        self.kit.platform().shutdown.request();
        assert!(self.kit.platform().shutdown.wait(PATIENCE).await, "it stops");
    }
}

pub(crate) fn joined(answer: &Answer) -> Joined {
    let cookie = answer.header("set-cookie").expect("a cookie").split(';').next().expect("a pair").to_owned();
    let body = answer.json();
    Joined { token: body["queueToken"].as_str().expect("a token").to_owned(), cookie, body }
}
