//! Elasticsearch: a second place to find events, made from PostgreSQL's rows and thrown away at any time.
//!
//! A form of the index (its fields and how words are cut) has a number, and all names carry it:
//! - `<name>-v1` is the alias that searches read;
//! - `<name>-v1-<millis>` is an index, and `<name>-v1-<millis>-w` its alias for writing. While an index is built
//!   anew there are two, and both are written. What is written through an alias never makes an index by accident.
//!
//! Words are folded and cut by our own code, when they are indexed and when they are asked for; the engine's own
//! analysis is no more than splitting at spaces.

mod client;
mod document;
mod find;
mod index;
mod query;
mod suggest;

pub(crate) use find::Found;
pub(crate) use index::{Refresh, Written};

use crate::config::ElasticConfig;
use client::Client;
use onsale_platform::upstream::breaker::Breaker;
use secrecy::ExposeSecret;
use std::future::Future;
use std::time::{Duration, Instant};

/// The form of the index that this code writes and reads; another form is another number.
const FORM: u32 = 1;

/// What the engine is reached by.
pub(crate) struct Elastic {
    client: Client,
    breaker: Breaker,
    /// The alias that searches read; all other names begin with it.
    alias: String,
    /// How long a search may take, with all its calls.
    search_max: Duration,
}

/// Why Elasticsearch gave no answer that can be used.
#[derive(Debug, thiserror::Error)]
pub enum ElasticError {
    /// It failed too often and is left alone for a while.
    #[error("it failed again and again and is left alone for a while")]
    Open,
    /// It could not be reached, or broke off.
    #[error("no answer: {0}")]
    Away(String),
    /// The time was over.
    #[error("no answer in {} ms", .0.as_millis())]
    Late(Duration),
    /// It said no.
    #[error("refused: {status} {reason}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// What it said.
        reason: String,
    },
    /// The answer is not of the form that was expected.
    #[error("an answer that cannot be read: {0}")]
    Unreadable(String),
}

impl ElasticError {
    /// Whether it lies in what was asked: another request may well be answered.
    fn is_the_requests(&self) -> bool {
        matches!(self, Self::Refused { status: 400, .. } | Self::Unreadable(_))
    }

    fn outcome(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Away(_) => "away",
            Self::Late(_) => "late",
            Self::Refused { .. } => "refused",
            Self::Unreadable(_) => "unreadable",
        }
    }
}

impl Elastic {
    /// The engine of the settings; it is not called yet.
    pub(crate) fn new(config: &ElasticConfig) -> Result<Self, reqwest::Error> {
        let client = Client::new(config.url.expose_secret())?;
        let alias = format!("{}-v{FORM}", config.index);
        Ok(Self { client, breaker: Breaker::new(), alias, search_max: config.search_max })
    }

    /// Does what answers a search, within its time and while the engine is well.
    async fn guarded<T>(&self, work: impl Future<Output = Result<T, ElasticError>>) -> Result<T, ElasticError> {
        let began = Instant::now();
        let outcome = match self.breaker.ask() {
            Err(_wait) => Err(ElasticError::Open),
            Ok(leave) => {
                let outcome = tokio::time::timeout(self.search_max, work).await;
                let outcome = outcome.unwrap_or(Err(ElasticError::Late(self.search_max)));
                match &outcome {
                    Err(error) if !error.is_the_requests() => {
                        if leave.failed() {
                            tracing::warn!(%error, "Elasticsearch is left alone for a while; PostgreSQL answers");
                        }
                    }
                    _ => leave.succeeded(),
                }
                outcome
            }
        };
        let label = outcome.as_ref().err().map_or("answered", ElasticError::outcome);
        metrics::histogram!("onsale_search_engine_seconds", "outcome" => label).record(began.elapsed());
        outcome
    }
}
