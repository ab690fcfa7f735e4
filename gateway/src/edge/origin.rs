//! Where a browser's request comes from: our own pages, a listed site, or elsewhere.
//!
//! Listed sites may call with a token. Cookies are never theirs to use: no answer allows credentials,
//! and a change that brings a cookie from elsewhere is refused (RELIABILITY 5.8, 5.10).

use crate::config::Config;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use onsale_platform::problem::Problem;

const ALLOWED_METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD, POST, PUT, PATCH, DELETE");
const ALLOWED_HEADERS: HeaderValue = HeaderValue::from_static(
    "accept, authorization, content-type, idempotency-key, if-match, if-none-match, traceparent, x-admission, \
     x-api-key, x-queue-token, x-request-id",
);
const EXPOSED_HEADERS: HeaderValue = HeaderValue::from_static(
    "deprecation, etag, idempotent-replayed, link, location, ratelimit, ratelimit-policy, retry-after, sunset, \
     x-request-id",
);
const PREFLIGHT_SECONDS: HeaderValue = HeaderValue::from_static("600");

/// Where a request comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Sender {
    /// Our own pages, or no browser.
    #[default]
    Own,
    /// A site of `CORS_ALLOWED_ORIGINS`.
    Listed,
    /// Another site.
    Foreign,
}

impl Sender {
    pub(super) fn of(request: &Request, config: &Config) -> Self {
        let headers = request.headers();
        let Some(origin) = of(headers) else {
            // Browsers that send no Origin still say this.
            let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
            let foreign = matches!(site, Some(b"cross-site"));
            return if foreign { Self::Foreign } else { Self::Own };
        };
        if config.allowed_origins.contains(origin) {
            return Self::Listed;
        }
        let text = origin.to_str().unwrap_or_default();
        let authority = text.split_once("://").map(|(_, authority)| authority);
        // The page's own host, whatever name people reach us by: no site can forge the Host of another's visitor.
        let same_host = authority.is_some_and(|authority| host(request) == Some(authority));
        let public = config.public_url.origin().ascii_serialization();
        if same_host || text == public { Self::Own } else { Self::Foreign }
    }

    pub(super) fn is_listed(self) -> bool {
        self == Self::Listed
    }

    /// The answer to a listed site's question whether it may call.
    pub(super) fn preflight(self, request: &Request) -> Option<Response> {
        let asks = request.method() == Method::OPTIONS
            && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
        if !asks || self != Self::Listed {
            return None;
        }
        let mut response = StatusCode::NO_CONTENT.into_response();
        let headers = response.headers_mut();
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, ALLOWED_METHODS);
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, ALLOWED_HEADERS);
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, PREFLIGHT_SECONDS);
        Some(response)
    }

    /// Refuses a change that another site makes in the name of the visitor's cookie.
    pub(super) fn check_forgery(self, request: &Request) -> Result<(), Problem> {
        let changes = !request.method().is_safe();
        if self != Self::Own && changes && request.headers().contains_key(header::COOKIE) {
            return Err(Problem::forbidden("A page of another site may not do this with your cookie."));
        }
        Ok(())
    }
}

/// The origin that a browser names.
pub(super) fn of(headers: &HeaderMap) -> Option<&HeaderValue> {
    headers.get(header::ORIGIN)
}

/// Lets a listed site's script read the answer, never with credentials.
pub(super) fn answer(headers: &mut HeaderMap, listed: Option<HeaderValue>) {
    headers.append(header::VARY, HeaderValue::from_static("origin"));
    if let Some(origin) = listed {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED_HEADERS);
    } else {
        headers.remove(header::ACCESS_CONTROL_ALLOW_ORIGIN);
    }
    headers.remove(header::ACCESS_CONTROL_ALLOW_CREDENTIALS);
}

/// The host that was asked: HTTP/2 has it in the target.
fn host(request: &Request) -> Option<&str> {
    let in_target = request.uri().authority().map(axum::http::uri::Authority::as_str);
    in_target.or_else(|| request.headers().get(header::HOST)?.to_str().ok())
}
