//! Sends signed webhooks, as Stripe does: at least once mostly, in no promised order.

use super::book::Event;
use super::config::{Config, WebhookSettings};
use super::faults::{Fault, Faults};
use crate::domain::signature;
use chrono::Utc;
use onsale_platform::clock::Clock;
use onsale_platform::{Platform, random};
use reqwest::Client;
use secrecy::ExposeSecret;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::Instant;
use uuid::Uuid;

/// More waiting calls than this are lost, as calls sometimes are.
const WAITING_MAX: usize = 10_000;
const AT_ONCE_MAX: usize = 16;
const TRIES_MAX: u32 = 5;
const CALL_MAX: Duration = Duration::from_secs(10);
const RETRY_AFTER_FIRST: Duration = Duration::from_secs(1);
/// A late webhook comes after so many times what a slow card takes.
const LATE_TIMES: u32 = 4;
/// In about this time the next ones have gone by.
const OVERTAKEN_AFTER: Duration = Duration::from_secs(1);

/// One webhook: sent twice or tried again, its id stays.
#[derive(Clone)]
struct Call {
    id: Uuid,
    event: Event,
}

/// The way into the queue of webhooks. Cheap to clone.
#[derive(Clone)]
pub(super) struct Sender {
    queue: mpsc::Sender<(Instant, Call)>,
    clock: Clock,
    settings: Arc<WebhookSettings>,
    faults: Faults,
    /// How late a late webhook is.
    late: Duration,
}

impl Sender {
    pub(super) fn start(
        platform: &Platform,
        settings: &WebhookSettings,
        config: &Config,
        faults: &Faults,
    ) -> Result<Self, reqwest::Error> {
        let client = Client::builder()
            .timeout(CALL_MAX)
            .pool_max_idle_per_host(AT_ONCE_MAX)
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        let settings = Arc::new(settings.clone());
        let (queue, waiting) = mpsc::channel(WAITING_MAX);
        let clock = platform.clock.clone();
        let caller = Caller { client, settings: Arc::clone(&settings), clock: clock.clone() };
        let shutdown = platform.shutdown.clone();
        platform.shutdown.spawn("sandbox-webhooks", async move {
            tokio::select! {
                () = deliver(caller, waiting) => {}
                () = shutdown.requested() => {}
            }
        });
        Ok(Self { queue, clock, settings, faults: faults.clone(), late: config.slow * LATE_TIMES })
    }

    /// Queues a call, as the faults want it; a full queue loses it.
    pub(super) fn send(&self, event: Event) {
        let kinds = &self.settings.kinds;
        if !kinds.is_empty() && !kinds.iter().any(|kind| kind == event.0) {
            return;
        }
        let usual = self.settings.delay;
        let call = Call { id: random::new_id(&self.clock), event };
        match self.faults.of_webhook() {
            Some(Fault::Never) => count("withheld"),
            Some(Fault::Late) => self.queue(call, usual + self.late),
            Some(Fault::Shuffled) => self.queue(call, usual + random::jittered(OVERTAKEN_AFTER)),
            Some(Fault::Twice) => {
                self.queue(call.clone(), usual);
                self.queue(call, usual + random::jittered(OVERTAKEN_AFTER));
            }
            _ => self.queue(call, usual),
        }
    }

    fn queue(&self, call: Call, delay: Duration) {
        if self.queue.try_send((Instant::now() + delay, call)).is_err() {
            count("lost");
        }
    }
}

fn count(outcome: &'static str) {
    metrics::counter!("onsale_sandbox_webhooks_total", "outcome" => outcome).increment(1);
}

#[derive(Clone)]
struct Caller {
    client: Client,
    settings: Arc<WebhookSettings>,
    clock: Clock,
}

/// Sends each when its time has come: what is late holds up nothing.
async fn deliver(caller: Caller, mut coming: mpsc::Receiver<(Instant, Call)>) {
    let mut running = JoinSet::new();
    let mut waiting: BTreeMap<(Instant, u64), Call> = BTreeMap::new();
    let mut number = 0;
    loop {
        let next = waiting.first_key_value().map(|((due, _), _)| *due);
        tokio::select! {
            next = coming.recv(), if waiting.len() < WAITING_MAX => {
                let Some((due, call)) = next else { return };
                number += 1;
                waiting.insert((due, number), call);
            }
            () = tokio::time::sleep_until(next.unwrap_or_else(Instant::now)), if next.is_some() => {
                while running.try_join_next().is_some() {}
                if running.len() >= AT_ONCE_MAX {
                    let _ended = running.join_next().await;
                }
                let Some((_, call)) = waiting.pop_first() else { continue };
                let caller = caller.clone();
                running.spawn(async move {
                    count(if caller.send(call).await { "delivered" } else { "given_up" });
                });
            }
        }
    }
}

impl Caller {
    async fn send(&self, Call { id, event: (kind, object) }: Call) -> bool {
        let body = json!({
            "id": format!("evt_{}", id.simple()),
            "object": "event",
            "api_version": "2024-06-20",
            "created": self.clock.now().timestamp(),
            "type": kind,
            "livemode": false,
            "data": { "object": object },
        })
        .to_string();
        for tried in 0..TRIES_MAX {
            if self.try_once(&body).await {
                return true;
            }
            tokio::time::sleep(random::jittered(RETRY_AFTER_FIRST * 2_u32.pow(tried))).await;
        }
        tracing::debug!(kind, "a webhook was given up");
        false
    }

    async fn try_once(&self, body: &str) -> bool {
        // Each try is signed anew, because the signature's time is bounded.
        let now: chrono::DateTime<Utc> = self.clock.now();
        let header = signature::sign(self.settings.secret.expose_secret(), body.as_bytes(), now);
        let request = self
            .client
            .post(self.settings.url.clone())
            .header("content-type", "application/json")
            .header("stripe-signature", header)
            .body(body.to_owned());
        request.send().await.is_ok_and(|response| response.status().is_success())
    }
}
