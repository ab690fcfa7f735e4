//! Settings.

use super::faults::Shares;
use crate::config::{SANDBOX_SECRET_KEY, SANDBOX_WEBHOOK_SECRET};
use crate::error::StartError;
use onsale_platform::ServiceRole;
use onsale_platform::env::Env;
use onsale_platform::pg::PgConfig;
use secrecy::SecretString;
use std::time::Duration;

/// The settings of the sandbox.
#[derive(Clone)]
pub(super) struct Config {
    /// `DATABASE_URL_SANDBOX`, `DATABASE_POOL_SANDBOX`.
    pub(super) database: PgConfig,
    /// `SANDBOX_SECRET_KEY`: what callers show as bearer token.
    pub(super) secret_key: SecretString,
    /// `SANDBOX_PUBLIC_URL`: where payers' browsers reach `/sandbox/pay/…`.
    pub(super) public_url: String,
    /// `SANDBOX_SLOW_MS`: how long the slow cards take.
    pub(super) slow: Duration,
    /// `SANDBOX_FAULTS`: what goes wrong on purpose, in percent, e.g. `timeout=10,fail=10,twice=20`.
    pub(super) faults: Shares,
    /// Nothing without `SANDBOX_WEBHOOK_URL`.
    pub(super) webhooks: Option<WebhookSettings>,
}

/// Where and how webhooks are sent.
#[derive(Clone)]
pub(super) struct WebhookSettings {
    /// `SANDBOX_WEBHOOK_URL`.
    pub(super) url: url::Url,
    /// `SANDBOX_WEBHOOK_SECRET`.
    pub(super) secret: SecretString,
    /// `SANDBOX_WEBHOOK_DELAY_MS`: after this, so that the answer to the call itself is usually first.
    pub(super) delay: Duration,
    /// `SANDBOX_WEBHOOK_KINDS`: only these, e.g. `payment_intent.succeeded`; all when empty.
    pub(super) kinds: Vec<String>,
}

impl Config {
    pub(super) fn from_env(env: &Env) -> Result<Self, StartError> {
        let webhooks = match env.get::<url::Url>("SANDBOX_WEBHOOK_URL")? {
            None => None,
            Some(url) => Some(WebhookSettings {
                url,
                secret: env.secret("SANDBOX_WEBHOOK_SECRET")?.unwrap_or_else(|| SANDBOX_WEBHOOK_SECRET.into()),
                delay: Duration::from_millis(env.get_or("SANDBOX_WEBHOOK_DELAY_MS", 250)?),
                kinds: env.list("SANDBOX_WEBHOOK_KINDS")?,
            }),
        };
        let public_url = env.text("SANDBOX_PUBLIC_URL")?.unwrap_or_else(|| "http://localhost:8080".to_owned());
        Ok(Self {
            database: PgConfig::of(env, ServiceRole::Sandbox)?,
            secret_key: env.secret("SANDBOX_SECRET_KEY")?.unwrap_or_else(|| SANDBOX_SECRET_KEY.into()),
            public_url: public_url.trim_end_matches('/').to_owned(),
            slow: Duration::from_millis(env.get_or("SANDBOX_SLOW_MS", 8_000)?),
            faults: env.get_or("SANDBOX_FAULTS", Shares::default())?,
            webhooks,
        })
    }
}
