//! The request's id and its trace: the caller's where good, else new ones.

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue};
use onsale_platform::clock::Clock;
use onsale_platform::{random, upstream};
use uuid::Uuid;

/// The request's id, in and out.
pub static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// W3C Trace Context.
static TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
static TRACESTATE: HeaderName = HeaderName::from_static("tracestate");
const REQUEST_ID_BYTES_MAX: usize = 64;

/// Gives the request an id and a trace where it has none of its own; the id.
pub(super) fn identify(request: &mut Request, clock: &Clock) -> HeaderValue {
    let fresh: Uuid = random::new_id(clock);
    let headers = request.headers_mut();
    let id = match headers.get(&REQUEST_ID).filter(|value| is_good_id(value)) {
        Some(own) => own.clone(),
        None => header_of(fresh.hyphenated().to_string()),
    };
    headers.insert(&REQUEST_ID, id.clone());
    // Within a recorded span its context goes on; else the caller's; else one made of fresh ids.
    if let Some(current) = upstream::current_span_trace() {
        headers.insert(&TRACEPARENT, current);
    } else if !headers.get(&TRACEPARENT).is_some_and(is_good_trace) {
        let fresh = fresh.simple().to_string();
        let span = &fresh[16..];
        headers.insert(&TRACEPARENT, header_of(format!("00-{fresh}-{span}-00")));
        headers.remove(&TRACESTATE);
    }
    id
}

fn header_of(text: String) -> HeaderValue {
    HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static("0"))
}

fn is_good_id(value: &HeaderValue) -> bool {
    let bytes = value.as_bytes();
    (1..=REQUEST_ID_BYTES_MAX).contains(&bytes.len())
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':'))
}

/// Version 00: `00-<32 hex>-<16 hex>-<2 hex>`, lower case, ids not all zero (W3C Trace Context, 3.2).
fn is_good_trace(value: &HeaderValue) -> bool {
    let Ok(text) = value.to_str() else { return false };
    let parts: Vec<&str> = text.split('-').collect();
    let hex = |part: &str, digits: usize| {
        part.len() == digits && part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    let some = |part: &str| part.bytes().any(|byte| byte != b'0');
    matches!(parts[..], ["00", trace, span, flags]
        if hex(trace, 32) && hex(span, 16) && hex(flags, 2) && some(trace) && some(span))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_well_formed_traces_are_kept() {
        let good = |text: &'static str| is_good_trace(&HeaderValue::from_static(text));
        assert!(good("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"));
        assert!(!good("00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01"));
        assert!(!good("00-00000000000000000000000000000000-00f067aa0ba902b7-01"));
        assert!(!good("00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01"));
        assert!(!good("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7"));
        assert!(!good("ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"));
    }
}
