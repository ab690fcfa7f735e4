//! A page as it is sent. Pages are written once with a mark in the place of the nonce, kept as bytes, and each answer
//! puts a nonce of its own in that place and into its policy (Content Security Policy 3, 8.1 and 8.2).

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use onsale_platform::random;
use std::sync::Arc;

/// Scripts run by the answer's nonce only, and what those load; nothing is loaded from elsewhere, and pages are in
/// nobody's frame. The islands write a few widths and counts into `style` attributes.
const POLICY: [&str; 2] = [
    "default-src 'none'; script-src 'strict-dynamic' 'wasm-unsafe-eval' 'nonce-",
    "'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; \
     manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'",
];

/// What stands for the nonce in a page; a secret of the process, so that no event's text can hold it.
#[derive(Debug, Clone)]
pub(crate) struct Mark(Arc<str>);

impl Mark {
    /// A mark that nobody can guess.
    pub(crate) fn new() -> Self {
        Self(hex::encode(random::secret_bytes::<16>()).into())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// A page's bytes, apart where the nonce goes. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Written(Arc<[Bytes]>);

impl Written {
    /// Takes a page apart at its marks.
    pub(crate) fn new(html: String, mark: &Mark) -> Self {
        let html = Bytes::from(html);
        let text = std::str::from_utf8(&html).unwrap_or_default();
        let mut parts = Vec::new();
        let mut start = 0;
        for (at, found) in text.match_indices(mark.as_str()) {
            parts.push(html.slice(start..at));
            start = at + found.len();
        }
        parts.push(html.slice(start..));
        Self(parts.into())
    }

    /// How many bytes are kept.
    pub(crate) fn len(&self) -> usize {
        self.0.iter().map(Bytes::len).sum()
    }

    /// The page with a nonce of its own.
    pub(crate) fn answer(&self) -> Response {
        let nonce = hex::encode(random::secret_bytes::<16>());
        let mut body = Vec::with_capacity(self.len() + self.0.len() * nonce.len());
        for (place, part) in self.0.iter().enumerate() {
            if place > 0 {
                body.extend_from_slice(nonce.as_bytes());
            }
            body.extend_from_slice(part);
        }
        let policy = format!("{}{nonce}{}", POLICY[0], POLICY[1]);
        let mut response = body.into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        // Asked for anew each time, since it tells what is left now; nobody's cache may hand it on.
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
        headers.insert(header::VARY, HeaderValue::from_static("accept-language, cookie"));
        if let Ok(policy) = HeaderValue::try_from(policy) {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn each_answer_has_a_nonce_of_its_own_in_page_and_policy() {
        let mark = Mark::new();
        let html = format!("<script nonce=\"{0}\"></script>ñ<link nonce=\"{0}\">", mark.as_str());
        let written = Written::new(html.clone(), &mark);
        assert_eq!(written.len(), html.len() - 2 * mark.as_str().len());
        let mut seen = std::collections::HashSet::new();
        for _ in 0..3 {
            let response = written.answer();
            let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str().expect("text").to_owned();
            let (_, rest) = policy.split_once("'nonce-").expect("a nonce");
            let nonce = rest.split_once('\'').expect("its end").0.to_owned();
            let body = axum::body::to_bytes(response.into_body(), 1_000).await.expect("a body");
            assert_eq!(
                std::str::from_utf8(&body).expect("text"),
                format!("<script nonce=\"{nonce}\"></script>ñ<link nonce=\"{nonce}\">")
            );
            assert!(seen.insert(nonce));
        }
    }
}
