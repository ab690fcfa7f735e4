//! What every job of the service works with.

use crate::caller::Caller;
use crate::config::Config;
use crate::domain::reach::Reach;
use crate::error::StartError;
use crate::press::Press;
use crate::service::queue_events::Subscribed;
use crate::service::write_mails::Writer;
use crate::smtp::Smtp;
use axum::extract::FromRef;
use onsale_core::WebhookId;
use onsale_platform::clock::Clock;
use onsale_platform::tokens::{DeploymentSecret, TokenVerifier};
use onsale_platform::upstream::Upstreams;
use onsale_platform::{Platform, ServiceRole, pg};
use sqlx::PgPool;
use std::sync::Arc;
use tokio::sync::Notify;

/// The service's state. Cheap to clone.
#[derive(Clone)]
pub struct State {
    pub(crate) pool: PgPool,
    pub(crate) writer: Writer,
    pub(crate) clock: Clock,
    pub(crate) upstreams: Upstreams,
    pub(crate) public_url: Arc<str>,
    pub(crate) press: Press,
    /// Whether kept mails are shown under `/dev/mail`.
    pub(crate) mailbox: bool,
    /// Nothing without `SMTP_URL`.
    pub(crate) smtp: Option<Smtp>,
    /// The way to webhooks.
    pub(crate) caller: Caller,
    /// What their keys are derived from.
    secret: DeploymentSecret,
    /// Which topics they want.
    pub(crate) subscribed: Subscribed,
    verifier: Arc<TokenVerifier>,
    /// An event was queued for a webhook.
    pub(crate) queued: Arc<Notify>,
    /// A mail was written that can be sent at once.
    pub(crate) due: Arc<Notify>,
    /// There is an order of which booking can be told at once.
    pub(crate) untold: Arc<Notify>,
}

impl State {
    /// The service's own pool, e.g. for health checks.
    #[must_use]
    pub fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// The key that signs what a webhook is sent.
    pub(crate) fn webhook_key(&self, id: WebhookId, generation: i32) -> [u8; 32] {
        self.secret.derive(&format!("webhook {id} {generation}"))
    }
}

impl FromRef<State> for Arc<TokenVerifier> {
    fn from_ref(state: &State) -> Self {
        Arc::clone(&state.verifier)
    }
}

/// Reads the settings and opens the pool. No mail server is spoken to yet.
pub async fn start(platform: &Platform) -> Result<State, StartError> {
    let config = Config::of(&platform.env)?;
    let pool = pg::connect(&config.database, ServiceRole::Notification).await?;
    let smtp = match &config.smtp_url {
        Some(url) => Some(Smtp::new(url, config.from).map_err(StartError::Smtp)?),
        None => {
            tracing::info!("SMTP_URL is not set: mails are kept in the table notification.mails and not sent");
            None
        }
    };
    let reach = if config.webhooks_reach_loopback { Reach::PublicAndLoopback } else { Reach::Public };
    let public_url: Arc<str> = config.public_url.into();
    Ok(State {
        press: Press::new(Arc::clone(&public_url)).map_err(StartError::Press)?,
        writer: Writer::start(pool.clone(), &platform.shutdown),
        pool,
        mailbox: smtp.is_none() && !config.is_production,
        clock: platform.clock.clone(),
        upstreams: platform.upstreams.acting_as(ServiceRole::Notification),
        public_url,
        smtp,
        caller: Caller::new(reach).map_err(StartError::Caller)?,
        secret: DeploymentSecret::of(&platform.env)?,
        subscribed: Subscribed::default(),
        verifier: Arc::clone(&platform.verifier),
        queued: Arc::new(Notify::new()),
        due: Arc::new(Notify::new()),
        untold: Arc::new(Notify::new()),
    })
}
