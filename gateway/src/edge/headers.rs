//! Removes what no client may say: identity, internal and forwarding headers, those of one
//! connection only, and their variants with `_`, which some readers take for the same name.

use axum::http::{HeaderMap, HeaderName, header};
use onsale_platform::upstream::HOP_BY_HOP;
use std::borrow::Cow;

/// Starts of names that only the gateway and services may send.
const RESERVED: [&str; 3] = ["x-user-", "x-internal-", "x-onsale-"];
/// Names by which proxies tell the client's address or way, besides `x-forwarded-…`.
const FORWARDING: [&str; 5] = ["forwarded", "x-real-ip", "x-client-ip", "true-client-ip", "cf-connecting-ip"];

/// Strips a request; `trusted` when it came from a trusted proxy, whose forwarding headers stay.
pub(super) fn strip(headers: &mut HeaderMap, trusted: bool) {
    let nominated: Vec<String> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|name| name.trim().to_ascii_lowercase())
        .collect();
    let unwanted: Vec<HeaderName> =
        headers.keys().filter(|name| is_unwanted(name, &nominated, trusted)).cloned().collect();
    for name in unwanted {
        headers.remove(name);
    }
}

fn is_unwanted(name: &HeaderName, nominated: &[String], trusted: bool) -> bool {
    let text = name.as_str();
    let has_variant = text.contains('_');
    let text: Cow<'_, str> = if has_variant { text.replace('_', "-").into() } else { text.into() };
    let forwarding = text.starts_with("x-forwarded-") || FORWARDING.contains(&text.as_ref());
    RESERVED.iter().any(|start| text.starts_with(start))
        || (forwarding && (!trusted || has_variant))
        || HOP_BY_HOP.iter().any(|hop| hop.as_str() == text)
        || text == "proxy-connection"
        || *name == header::EXPECT
        || nominated.iter().any(|nominated| *nominated == text)
        // A second spelling of a name that is believed must not pass beside it.
        || (has_variant && matches!(text.as_ref(), "authorization" | "x-api-key" | "content-length" | "host" | "cookie"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn left(names: &[&str], trusted: bool) -> Vec<String> {
        let mut headers = HeaderMap::new();
        for name in names {
            let (name, value) = name.split_once('=').unwrap_or((name, "x"));
            let name = HeaderName::try_from(name).expect("a name");
            headers.append(name, HeaderValue::from_str(value).expect("a value"));
        }
        strip(&mut headers, trusted);
        headers.keys().map(|name| name.as_str().to_owned()).collect()
    }

    #[test]
    fn what_clients_may_not_say_is_gone() {
        let forged = [
            "X-User-Id",
            "x_user_id",
            "X-Internal-Role",
            "x-internal_role",
            "X-Onsale-Deadline-Ms",
            "x_onsale_client_address",
            "X-Forwarded-For",
            "x_forwarded_for",
            "Forwarded",
            "X-Real-IP",
            "transfer_encoding",
            "TE",
            "Upgrade",
            "Keep-Alive",
            "Connection=close, X-Secret",
            "X-Secret",
            "content_length",
        ];
        assert_eq!(left(&forged, false), Vec::<String>::new());
        let good = ["authorization", "x-api-key", "idempotency-key", "x-admission", "accept", "x_other"];
        assert_eq!(left(&good, false), good);
    }

    #[test]
    fn trusted_proxies_may_say_where_a_request_came_from_but_not_who_sent_it() {
        let left = left(&["x-forwarded-proto", "x-forwarded-for", "x_forwarded_for", "x-user-id"], true);
        assert_eq!(left, ["x-forwarded-proto", "x-forwarded-for"]);
    }
}
