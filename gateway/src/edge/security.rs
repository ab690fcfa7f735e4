//! The headers that make browsers careful, on every answer.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// For data: nothing of it is ever a page.
const CSP_DATA: HeaderValue =
    HeaderValue::from_static("default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
/// For what is at a page's address but sets no policy of its own.
const CSP_PAGE: HeaderValue = HeaderValue::from_static(
    "default-src 'self'; script-src 'wasm-unsafe-eval'; style-src 'self'; style-src-attr 'unsafe-inline'; \
     img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
);
const HSTS: HeaderValue = HeaderValue::from_static("max-age=63072000; includeSubDomains");
// The camera is for the gate.
const PERMISSIONS: HeaderValue = HeaderValue::from_static(
    "camera=(self), geolocation=(self), microphone=(), payment=(), usb=(), browsing-topics=()",
);

/// Whether the address is one of pages rather than of the API.
pub(super) fn is_page(path: &str) -> bool {
    path == "/api/docs" || !(path.starts_with("/api/") || path.starts_with("/.well-known/"))
}

/// Adds them; a policy that the answer brings stays.
pub(super) fn harden(headers: &mut HeaderMap, https: bool, page: bool) {
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(if page { CSP_PAGE } else { CSP_DATA });
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("strict-origin-when-cross-origin"));
    headers.insert(HeaderName::from_static("permissions-policy"), PERMISSIONS);
    let same_origin = HeaderValue::from_static("same-origin");
    headers.insert(HeaderName::from_static("cross-origin-opener-policy"), same_origin.clone());
    headers.insert(HeaderName::from_static("cross-origin-resource-policy"), same_origin);
    if https {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HSTS);
    }
    // What an answer was made by is nobody's business.
    headers.remove(header::SERVER);
}
