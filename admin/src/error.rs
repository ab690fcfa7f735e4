//! What can go wrong, and what clients are told.

use onsale_core::api::events::EventStatus;
use onsale_core::api::problem::FieldError;
use onsale_platform::env::EnvError;
use onsale_platform::pg;
use onsale_platform::problem::Problem;

/// Why the service cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting is missing or wrong.
    #[error(transparent)]
    Setting(#[from] EnvError),
    /// The database is away.
    #[error("admin's database: {0}")]
    Database(#[from] sqlx::Error),
}

/// Why an act was not done.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// It is not there, or another's.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// Some fields are not right; each is named with its remedy.
    #[error("{} fields are not right", .0.len())]
    Invalid(Vec<FieldError>),
    /// The id that the client chose is another thing's already.
    #[error("the id of the {0} is taken")]
    IdTaken(&'static str),
    /// The event's state does not allow it.
    #[error("an event that is {} cannot be {attempted}", .status.as_str())]
    WrongState {
        /// Where the event is in its life.
        status: EventStatus,
        /// What was tried, e.g. `published`.
        attempted: &'static str,
    },
    /// The hall was changed since, e.g. in another tab.
    #[error("the hall was changed elsewhere: change {now} is the last one, not {seen}")]
    Outdated {
        /// The change that was gone on from.
        seen: i32,
        /// The one that there is.
        now: i32,
    },
    /// Work on a large document was stopped.
    #[error("a task was stopped: {0}")]
    Stopped(#[from] tokio::task::JoinError),
    /// A list of seats could not be written.
    #[error("a list of seats: {0}")]
    List(#[from] csv::Error),
    /// The request's key is in use, or was used for another body.
    #[error("the idempotency key: {}", .0.code())]
    Key(Box<Problem>),
    /// A document that was stored cannot be read, or written.
    #[error("document: {0}")]
    Document(#[from] serde_json::Error),
    /// The database failed.
    #[error("database: {0}")]
    Database(sqlx::Error),
}

impl From<sqlx::Error> for AdminError {
    fn from(error: sqlx::Error) -> Self {
        match pg::violated_constraint(&error) {
            Some("venues_pkey") => Self::IdTaken("venue"),
            Some("drafts_pkey") => Self::IdTaken("event"),
            _ => Self::Database(error),
        }
    }
}

impl From<Problem> for AdminError {
    fn from(problem: Problem) -> Self {
        Self::Key(Box::new(problem))
    }
}

impl From<AdminError> for Problem {
    fn from(error: AdminError) -> Self {
        match error {
            AdminError::NotFound(what) => Self::not_found(what),
            AdminError::Invalid(errors) => {
                let start = Self::unprocessable("invalid", "Some fields are not right.");
                errors.into_iter().fold(start, |problem, e| problem.with_error(&e.field, &e.code, e.message))
            }
            AdminError::IdTaken(what) => Self::conflict("id_taken", format!("There is a {what} of this id already."))
                .with_error("id", "id_taken", "choose another id, or leave it out to be given one"),
            AdminError::WrongState { .. } | AdminError::Outdated { .. } => {
                Self::conflict("state_conflict", format!("{}.", capitalised(&error.to_string())))
            }
            AdminError::Key(problem) => *problem,
            AdminError::Document(error) => Self::internal(error),
            AdminError::Stopped(error) => Self::internal(error),
            AdminError::List(error) => Self::internal(error),
            AdminError::Database(error) => Self::from(error),
        }
    }
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
