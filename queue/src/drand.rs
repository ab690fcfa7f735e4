//! drand: public randomness that nobody knew before it was drawn (docs.drand.love, the HTTP API).

use chrono::{DateTime, Utc};
use onsale_core::lineup::Hash;
use onsale_core::lineup::bytes::sha256;
use onsale_core::lineup::proof::DrandRound;
use serde::Deserialize;
use std::time::Duration;
use url::Url;

/// One question does not hold up the line for longer.
const ANSWER_MAX: Duration = Duration::from_secs(1);

/// The way to a chain of drand.
pub(crate) struct Drand {
    url: Url,
    client: reqwest::Client,
}

/// Why there is no round.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DrandError {
    #[error("drand does not answer: {0}")]
    Away(#[from] reqwest::Error),
    #[error("drand's round is not drawn yet")]
    NotYet,
    #[error("drand's answer cannot be used: {0}")]
    Unusable(&'static str),
}

#[derive(Deserialize)]
struct Info {
    hash: String,
    genesis_time: i64,
    period: i64,
}

#[derive(Deserialize)]
struct Round {
    round: i64,
    randomness: Hash,
    signature: String,
}

impl Drand {
    pub(crate) fn new(url: Url) -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder().timeout(ANSWER_MAX).connect_timeout(ANSWER_MAX).build()?;
        Ok(Self { url, client })
    }

    async fn ask<T: for<'a> Deserialize<'a>>(&self, path: &str) -> Result<T, DrandError> {
        let url = format!("{}/{path}", self.url.as_str().trim_end_matches('/'));
        let answer = self.client.get(url).send().await?;
        if matches!(answer.status().as_u16(), 404 | 425) {
            return Err(DrandError::NotYet);
        }
        Ok(answer.error_for_status()?.json().await?)
    }

    /// The first round that was drawn after a moment.
    pub(crate) async fn first_after(
        &self,
        moment: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<DrandRound, DrandError> {
        let Info { hash, genesis_time, period } = self.ask("info").await?;
        let since = moment.timestamp() - genesis_time;
        if period < 1 || since < 0 {
            return Err(DrandError::Unusable("its chain had not begun"));
        }
        // Round r is drawn at genesis + (r − 1) × period.
        let number = since / period + 2;
        if now.timestamp() < genesis_time + (number - 1) * period {
            return Err(DrandError::NotYet);
        }
        let Round { round, randomness, signature } = self.ask(&format!("public/{number}")).await?;
        if round != number {
            return Err(DrandError::Unusable("it is another round"));
        }
        let is_hash = hex::decode(&signature).is_ok_and(|signature| sha256(&[&signature]) == randomness);
        if !is_hash {
            return Err(DrandError::Unusable("its randomness is not the hash of its signature"));
        }
        Ok(DrandRound { chain: hash, genesis: genesis_time, period, round, randomness, signature })
    }
}
