//! Sends signed webhooks, as Stripe does: at least once mostly, in no promised order.

use super::book::Event;
use super::config::WebhookSettings;
use crate::domain::signature;
use chrono::Utc;
use onsale_platform::clock::Clock;
use onsale_platform::{Platform, random};
use reqwest::Client;
use secrecy::ExposeSecret;
use serde_json::json;
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

/// The way into the queue of webhooks. Cheap to clone.
#[derive(Clone)]
pub(super) struct Sender {
    queue: mpsc::Sender<(Instant, Event)>,
    settings: Arc<WebhookSettings>,
}

impl Sender {
    pub(super) fn start(platform: &Platform, settings: &WebhookSettings) -> Result<Self, reqwest::Error> {
        let client = Client::builder()
            .timeout(CALL_MAX)
            .pool_max_idle_per_host(AT_ONCE_MAX)
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        let settings = Arc::new(settings.clone());
        let (queue, waiting) = mpsc::channel(WAITING_MAX);
        let caller = Caller { client, settings: Arc::clone(&settings), clock: platform.clock.clone() };
        let shutdown = platform.shutdown.clone();
        platform.shutdown.spawn("sandbox-webhooks", async move {
            tokio::select! {
                () = deliver(caller, waiting) => {}
                () = shutdown.requested() => {}
            }
        });
        Ok(Self { queue, settings })
    }

    /// Queues a call; a full queue loses it.
    pub(super) fn send(&self, event: Event) {
        let kinds = &self.settings.kinds;
        if !kinds.is_empty() && !kinds.iter().any(|kind| kind == event.0) {
            return;
        }
        if self.queue.try_send((Instant::now() + self.settings.delay, event)).is_err() {
            metrics::counter!("onsale_sandbox_webhooks_total", "outcome" => "lost").increment(1);
        }
    }
}

#[derive(Clone)]
struct Caller {
    client: Client,
    settings: Arc<WebhookSettings>,
    clock: Clock,
}

async fn deliver(caller: Caller, mut waiting: mpsc::Receiver<(Instant, Event)>) {
    let mut running = JoinSet::new();
    while let Some((due, event)) = waiting.recv().await {
        tokio::time::sleep_until(due).await;
        while running.try_join_next().is_some() {}
        if running.len() >= AT_ONCE_MAX {
            let _ended = running.join_next().await;
        }
        let caller = caller.clone();
        running.spawn(async move {
            let outcome = if caller.call(event).await { "delivered" } else { "given_up" };
            metrics::counter!("onsale_sandbox_webhooks_total", "outcome" => outcome).increment(1);
        });
    }
}

impl Caller {
    async fn call(&self, (kind, object): Event) -> bool {
        let id: Uuid = random::new_id(&self.clock);
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
