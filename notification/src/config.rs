//! The service's settings.

use lettre::message::Mailbox;
use onsale_platform::ServiceRole;
use onsale_platform::env::{Env, EnvError, Switch};
use onsale_platform::pg::PgConfig;
use secrecy::SecretString;

/// What notification needs to run.
#[derive(Debug, Clone)]
pub struct Config {
    /// `DATABASE_URL_NOTIFICATION`, else `DATABASE_URL`; `DATABASE_POOL_NOTIFICATION`.
    pub database: PgConfig,
    /// `SMTP_URL`: `smtp://user:password@host:587?tls=required`, `smtps://…:465`, or `smtp://localhost:25`. Without
    /// it mails are kept in `notification.mails` and not sent.
    pub smtp_url: Option<SecretString>,
    /// `MAIL_FROM`: the sender, `Onsale <tickets@example.org>`.
    pub from: Mailbox,
    /// `PUBLIC_URL`: where people find the pages; links in mails begin with it. Without a slash at its end.
    pub public_url: String,
    /// `WEBHOOKS_ALLOW_LOOPBACK`: `on` lets webhooks reach this machine, by http as well; `off`.
    pub webhooks_reach_loopback: bool,
    /// `ONSALE_ENV`: in `production` there is no mailbox page.
    pub is_production: bool,
}

impl Config {
    /// Reads the settings.
    pub fn of(env: &Env) -> Result<Self, EnvError> {
        let public_url = env.text("PUBLIC_URL")?.unwrap_or_else(|| "http://localhost:8080".to_owned());
        let is_web = public_url.starts_with("http://") || public_url.starts_with("https://");
        if !is_web || public_url.contains(['"', '<', '>', ' ']) {
            return Err(EnvError::Invalid {
                name: "PUBLIC_URL".to_owned(),
                value: public_url,
                reason: "give the pages' address, e.g. https://tickets.example.org".to_owned(),
            });
        }
        Ok(Self {
            database: PgConfig::of(env, ServiceRole::Notification)?,
            smtp_url: env.secret("SMTP_URL")?,
            from: env.get_or("MAIL_FROM", Mailbox::new(Some("Onsale".to_owned()), sender_by_default()?))?,
            webhooks_reach_loopback: env.get_or("WEBHOOKS_ALLOW_LOOPBACK", Switch(false))?.0,
            is_production: env.is_production()?,
            public_url: public_url.trim_end_matches('/').to_owned(),
        })
    }
}

fn sender_by_default() -> Result<lettre::Address, EnvError> {
    lettre::Address::new("tickets", "localhost.localdomain").map_err(|error| EnvError::Invalid {
        name: "MAIL_FROM".to_owned(),
        value: String::new(),
        reason: error.to_string(),
    })
}
