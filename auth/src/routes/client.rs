//! What is known of a client beside its body: its address, and its cookies.

use crate::domain::opaque::{Kind, OpaqueToken};
use crate::service::sign_in::{SESSION_LIFETIME, Session};
use crate::state::State;
use axum::extract::FromRequestParts;
use axum::http::header::{ACCEPT_LANGUAGE, CACHE_CONTROL, HeaderName, SET_COOKIE};
use axum::http::request::Parts;
use axum::response::AppendHeaders;
use axum_extra::extract::CookieJar;
use chrono::TimeDelta;
use onsale_core::Language;
use onsale_core::api::accounts::SignedIn;
use onsale_platform::extract::Json;
use onsale_platform::serve::PeerAddress;
use std::convert::Infallible;
use std::net::IpAddr;

/// The gateway writes the client's address here; it lets no client send the header. This service's
/// own port is reachable for other services only.
const CLIENT_ADDRESS: &str = "x-onsale-client-address";
/// A known device stays known for so long.
const DEVICE_LIFETIME: TimeDelta = TimeDelta::days(365);

/// The client's address, where it is known.
#[derive(Debug, Clone, Copy)]
pub(super) struct ClientAddress(pub(super) Option<IpAddr>);

impl<S: Send + Sync> FromRequestParts<S> for ClientAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        let told = parts.headers.get(CLIENT_ADDRESS).and_then(|value| value.to_str().ok()?.trim().parse().ok());
        let peer = || parts.extensions.get::<PeerAddress>().map(|peer| peer.0.ip());
        Ok(Self(told.or_else(peer)))
    }
}

/// The best language that the client asks for, where we speak one.
#[derive(Debug, Clone, Copy)]
pub(super) struct AcceptedLanguage(pub(super) Option<Language>);

impl<S: Send + Sync> FromRequestParts<S> for AcceptedLanguage {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        let header = parts.headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        Ok(Self(header.and_then(Language::accepted)))
    }
}

/// On https a `__Host-` cookie, which no other host or path can set (RFC 6265bis, 4.1.3.2); on plain
/// http, which localhost has, browsers refuse that.
fn name(state: &State, kind: Kind) -> &'static str {
    match (kind, state.config.is_https()) {
        (Kind::Device, true) => "__Host-onsale_device",
        (Kind::Device, false) => "onsale_device",
        (_, true) => "__Host-onsale_refresh",
        (_, false) => "onsale_refresh",
    }
}

/// The secret that a cookie holds.
pub(super) fn read(state: &State, jar: &CookieJar, kind: Kind) -> Option<OpaqueToken> {
    OpaqueToken::parse(kind, jar.get(name(state, kind))?.value())
}

fn cookie(state: &State, kind: Kind, value: &str, lifetime: TimeDelta) -> (HeaderName, String) {
    let secure = if state.config.is_https() { "; Secure" } else { "" };
    let (name, seconds) = (name(state, kind), lifetime.num_seconds());
    (SET_COOKIE, format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}"))
}

/// Headers of an answer that caches never keep.
type Headers = AppendHeaders<Vec<(HeaderName, String)>>;

/// The cookie that ends the session in the browser.
pub(super) fn forget_refresh(state: &State) -> Headers {
    AppendHeaders(vec![cookie(state, Kind::Refresh, "", TimeDelta::zero())])
}

/// The answer of register, login and refresh.
pub(super) type SignedInAnswer = (Headers, Json<SignedIn>);

/// Puts a session's secrets into cookies.
pub(super) fn signed_in(state: &State, session: Session) -> SignedInAnswer {
    let mut headers = vec![
        (CACHE_CONTROL, "no-store".to_owned()),
        cookie(state, Kind::Refresh, session.refresh.expose(), SESSION_LIFETIME),
    ];
    if let Some(device) = session.device {
        headers.push(cookie(state, Kind::Device, device.expose(), DEVICE_LIFETIME));
    }
    (AppendHeaders(headers), Json(session.answer))
}
