//! What can go wrong, and what clients are told.

use onsale_core::api::problem::FieldError;
use onsale_platform::env::EnvError;
use onsale_platform::problem::Problem;

/// Why the service cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting is missing or wrong.
    #[error(transparent)]
    Setting(#[from] EnvError),
    /// The database is away.
    #[error("search's database: {0}")]
    Database(#[from] sqlx::Error),
    /// No HTTP client for the search engine.
    #[error("a client for Elasticsearch: {0}")]
    Client(#[from] reqwest::Error),
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// It is not there, or not published.
    #[error("there is no such event")]
    NotFound,
    /// Some parameters are not right; each is named with its remedy.
    #[error("{} parameters are not right", .0.len())]
    Invalid(Vec<FieldError>),
    /// The cursor was never given.
    #[error("the cursor cannot be read")]
    Cursor(Box<Problem>),
    /// The database failed.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
}

impl From<SearchError> for Problem {
    fn from(error: SearchError) -> Self {
        match error {
            SearchError::NotFound => Self::not_found("event"),
            SearchError::Invalid(errors) => {
                let start = Self::unprocessable("invalid", "Some parameters are not right.");
                errors.into_iter().fold(start, |problem, e| problem.with_error(&e.field, &e.code, e.message))
            }
            SearchError::Cursor(problem) => *problem,
            SearchError::Database(error) => Self::from(error),
        }
    }
}
