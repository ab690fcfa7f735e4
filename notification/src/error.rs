//! Why something was not done.

use crate::documents::DocumentError;
use crate::domain::reach::UrlError;
use onsale_platform::env::EnvError;
use onsale_platform::problem::Problem;

/// Why the service cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting is missing or wrong.
    #[error(transparent)]
    Setting(#[from] EnvError),
    /// The database is away.
    #[error("notification's database cannot be reached: {0}")]
    Database(#[from] sqlx::Error),
    /// `SMTP_URL` is no such address. The address is not shown: it may hold a password.
    #[error("SMTP_URL cannot be used: {0}; give e.g. smtp://user:password@host:587?tls=required")]
    Smtp(#[source] lettre::transport::smtp::Error),
    /// What tickets are set in is broken.
    #[error("notification cannot make documents: {0}")]
    Press(#[source] DocumentError),
    /// Nothing can be sent to webhooks.
    #[error("notification cannot call webhooks: {0}")]
    Caller(#[source] reqwest::Error),
}

/// Why something was not done to a webhook, and how clients read it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WebhookError {
    /// There is no such thing.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// The address cannot be a webhook's.
    #[error(transparent)]
    Url(#[from] UrlError),
    /// No topic is called that, or none that is sent out.
    #[error("there is no topic {0:?}")]
    Topic(String),
    /// There are as many as there may be.
    #[error("there are {0} webhooks already: take one away first")]
    TooMany(i64),
    /// PostgreSQL said no.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

impl From<WebhookError> for Problem {
    fn from(error: WebhookError) -> Self {
        match error {
            WebhookError::NotFound(what) => Self::not_found(what),
            WebhookError::Url(error) => Self::invalid("url", "invalid", error.to_string()),
            WebhookError::Topic(_) => Self::invalid("topics", "invalid", error.to_string()),
            WebhookError::TooMany(_) => Self::conflict("state_conflict", error.to_string()),
            WebhookError::Database(error) => error.into(),
        }
    }
}
