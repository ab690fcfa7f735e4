//! Why something was not done.

use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use onsale_platform::env::EnvError;
use onsale_platform::problem::Problem;
use std::time::Duration;

/// Why the waiting room cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting is missing or wrong.
    #[error(transparent)]
    Setting(#[from] EnvError),
    /// Nothing can be asked from drand.
    #[error("the waiting room cannot call drand: {0}")]
    Drand(#[source] reqwest::Error),
}

/// What every refusal for the crowd says about when to come again.
const RETRY_AFTER: Duration = Duration::from_secs(2);

pub(crate) fn no_room() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "not_found", "This event has no waiting room: go straight to its seats.")
}

pub(crate) fn not_open(opens_at: DateTime<Utc>) -> Problem {
    Problem::conflict("queue_not_open", "The waiting room is not open yet: come back at opensAt.")
        .with_member("opensAt", opens_at)
}

pub(crate) fn closed(message: Option<&str>) -> Problem {
    let detail = message.unwrap_or("The organiser closed the line: nobody can join it any more.");
    Problem::conflict("queue_closed", detail)
}

pub(crate) fn busy() -> Problem {
    Problem::unavailable("Very many people are joining just now. Your browser will try again.", RETRY_AFTER)
}

pub(crate) fn crowded() -> Problem {
    Problem::unavailable("Very many people are let in just now. Your browser will try again.", RETRY_AFTER)
}

pub(crate) fn no_token() -> Problem {
    Problem::malformed("X-Queue-Token", "send the queueToken that joining gave you, or join")
}

pub(crate) fn challenge_required(challenge: String, bits: u8) -> Problem {
    let detail = "Solve the challenge and join again with it and its nonce, or sign in and join without one.";
    Problem::new(StatusCode::FORBIDDEN, "challenge_required", detail)
        .with_member("challenge", challenge)
        .with_member("bits", bits)
}

pub(crate) fn not_admitted() -> Problem {
    let detail = "This event has a waiting room: join it, and come with the admission it gives you in X-Admission.";
    Problem::new(StatusCode::FORBIDDEN, "not_admitted", detail)
}

pub(crate) fn rooms_unknown() -> Problem {
    Problem::unavailable("Who may come in cannot be told just now.", RETRY_AFTER)
}
