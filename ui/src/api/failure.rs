//! Why a call gave nothing, in a form that pages can act on and say.

use crate::language::Language;
use onsale_core::api::problem::ProblemBody;
use std::time::Duration;

/// No pause before another try is longer than this, whatever the server asks for.
const PAUSE_MAX: Duration = Duration::from_secs(8);

/// Why a call gave nothing.
#[derive(Debug, Clone)]
pub enum Failure {
    /// The API said no, and why.
    Problem {
        /// What it said.
        body: Box<ProblemBody>,
        /// When to come back, where it said so.
        retry_after: Option<Duration>,
    },
    /// No answer came. What was asked for may have been done or not.
    Lost,
    /// An answer came that is none of the API's.
    Unreadable,
    /// Nobody is signed in, or no longer.
    SignedOut,
}

impl Failure {
    /// The API's stable word for it.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Problem { body, .. } => Some(&body.code),
            Self::Lost | Self::Unreadable | Self::SignedOut => None,
        }
    }

    /// The number to name when asking for help.
    pub fn trace(&self) -> Option<&str> {
        match self {
            Self::Problem { body, .. } if !body.trace_id.is_empty() => Some(&body.trace_id),
            Self::Problem { .. } | Self::Lost | Self::Unreadable | Self::SignedOut => None,
        }
    }

    /// Whether the same question, or the same effect under the same key, may be answered when it is asked again.
    pub fn is_worth_asking_again(&self) -> bool {
        match self {
            Self::Lost => true,
            Self::Problem { body, .. } => {
                matches!(body.status, 408 | 502..=504) || body.code == "in_progress" || body.code == "unavailable"
            }
            Self::Unreadable | Self::SignedOut => false,
        }
    }

    /// How long to wait before the next try.
    pub fn pause(&self, tried: u32) -> Duration {
        let asked = match self {
            Self::Problem { retry_after, .. } => *retry_after,
            Self::Lost | Self::Unreadable | Self::SignedOut => None,
        };
        let grown = Duration::from_millis(400 * 2_u64.pow(tried.saturating_sub(1).min(6)));
        asked.unwrap_or(grown).min(PAUSE_MAX)
    }

    /// What to say to the reader: what happened, then what to do.
    pub fn words(&self, language: Language) -> String {
        match self {
            Self::Problem { body, .. } => match language.problem(&body.code) {
                Some(known) => known.to_owned(),
                // The API speaks English; its detail is better than silence for what no page expects.
                None if body.status < 500 && !body.detail.is_empty() => body.detail.clone(),
                None => language.fault(&body.trace_id),
            },
            Self::Lost => language.no_answer().to_owned(),
            Self::Unreadable => language.fault(""),
            Self::SignedOut => language.signed_out().to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(status: u16, code: &str, detail: &str) -> Failure {
        let body = ProblemBody {
            kind: format!("/problems/{code}"),
            title: String::new(),
            status,
            detail: detail.to_owned(),
            instance: String::new(),
            code: code.to_owned(),
            trace_id: "4bf9-2f35".to_owned(),
            errors: Vec::new(),
            members: serde_json::Map::new(),
        };
        Failure::Problem { body: Box::new(body), retry_after: None }
    }

    #[test]
    fn failures_are_told_in_the_readers_language_with_what_to_do() {
        let taken = problem(409, "email_taken", "taken");
        assert!(taken.words(Language::Es).starts_with("Esta dirección ya tiene una cuenta"));
        let fault = problem(500, "internal", "Something broke.");
        assert!(fault.words(Language::En).ends_with("Number 4bf9-2f35."), "{}", fault.words(Language::En));
        assert_eq!(problem(409, "state_conflict", "It was cancelled.").words(Language::En), "It was cancelled.");
        assert!(Failure::Lost.words(Language::En).contains("nothing is done twice"));
    }

    #[test]
    fn only_what_may_change_is_asked_again() {
        for failure in [Failure::Lost, problem(503, "unavailable", ""), problem(409, "in_progress", "")] {
            assert!(failure.is_worth_asking_again(), "{failure:?}");
        }
        for failure in [Failure::SignedOut, problem(409, "seats_unavailable", ""), problem(429, "rate_limited", "")] {
            assert!(!failure.is_worth_asking_again(), "{failure:?}");
        }
        assert!(Failure::Lost.pause(1) < Failure::Lost.pause(2));
        assert_eq!(Failure::Lost.pause(60), PAUSE_MAX);
    }
}
