//! Why the service cannot start.

use crate::documents::DocumentError;
use onsale_platform::env::EnvError;

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
}
