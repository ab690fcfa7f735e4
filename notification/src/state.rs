//! What every job of the service works with.

use crate::config::Config;
use crate::error::StartError;
use crate::press::Press;
use crate::service::write_mails::Writer;
use crate::smtp::Smtp;
use onsale_platform::clock::Clock;
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
        due: Arc::new(Notify::new()),
        untold: Arc::new(Notify::new()),
    })
}
