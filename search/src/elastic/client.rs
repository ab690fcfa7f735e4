//! Calls over HTTP. By reqwest, which is here already: we make seven kinds of calls, and the official crate, with
//! only alpha releases, brings the engine's whole interface to be compiled.

use super::ElasticError;
use reqwest::{Method, RequestBuilder, Response, redirect};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::time::Duration;

/// How long a connection may take to be there.
const CONNECT_MAX: Duration = Duration::from_millis(300);
/// How long a call that nobody waits for may take: writing, making an index.
const CALL_MAX: Duration = Duration::from_secs(60);
/// How long a connection that nobody uses is kept.
const IDLE_MAX: Duration = Duration::from_secs(30);
/// How many of them.
const IDLE_CONNECTIONS: usize = 64;
/// How much of a refusal is told.
const REASON_MAX: usize = 300;

/// A client with kept-alive connections.
pub(super) struct Client {
    http: reqwest::Client,
    base: String,
}

impl Client {
    /// `url` may carry a name and a password.
    pub(super) fn new(url: &str) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder()
            .connect_timeout(CONNECT_MAX)
            .timeout(CALL_MAX)
            .pool_idle_timeout(IDLE_MAX)
            .pool_max_idle_per_host(IDLE_CONNECTIONS)
            .redirect(redirect::Policy::none())
            .tcp_nodelay(true)
            .build()?;
        Ok(Self { http, base: url.trim_end_matches('/').to_owned() })
    }

    /// Sends a JSON body.
    pub(super) async fn send<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: &(impl Serialize + Sync),
    ) -> Result<T, ElasticError> {
        read(self.request(method, path).json(body)).await
    }

    /// Sends lines of JSON.
    pub(super) async fn send_lines<T: DeserializeOwned>(&self, path: &str, lines: Vec<u8>) -> Result<T, ElasticError> {
        let request = self.request(Method::POST, path).header("content-type", "application/x-ndjson").body(lines);
        read(request).await
    }

    /// Asks without a body; nothing when there is no such thing.
    pub(super) async fn find<T: DeserializeOwned>(&self, path: &str) -> Result<Option<T>, ElasticError> {
        match read(self.request(Method::GET, path)).await {
            Ok(found) => Ok(Some(found)),
            Err(ElasticError::Refused { status: 404, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Removes what is there.
    pub(super) async fn delete(&self, path: &str) -> Result<(), ElasticError> {
        let _acknowledged: serde::de::IgnoredAny = read(self.request(Method::DELETE, path)).await?;
        Ok(())
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base))
    }
}

async fn read<T: DeserializeOwned>(request: RequestBuilder) -> Result<T, ElasticError> {
    // The address may hold a password.
    let away = |error: reqwest::Error| ElasticError::Away(chain(&error.without_url()));
    let response: Response = request.send().await.map_err(away)?;
    let status = response.status();
    let body = response.bytes().await.map_err(away)?;
    if !status.is_success() {
        let reason = String::from_utf8_lossy(&body).chars().take(REASON_MAX).collect();
        return Err(ElasticError::Refused { status: status.as_u16(), reason });
    }
    serde_json::from_slice(&body).map_err(|error| ElasticError::Unreadable(error.to_string()))
}

/// An error with its sources, in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let sources = std::iter::successors(Some(error), |error| error.source());
    sources.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
