//! What tells devices apart, and who holds which place: a cookie and a header.

use crate::domain::token::Held;
use crate::error;
use crate::state::State;
use axum::http::HeaderMap;
use axum::http::header::{HeaderName, SET_COOKIE};
use axum_extra::extract::CookieJar;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use onsale_core::EventId;
use onsale_core::lineup::bytes::sha256;
use onsale_platform::problem::Problem;
use onsale_platform::random;

const LIFETIME: TimeDelta = TimeDelta::days(1);
const SECRET_BYTES: usize = 16;

/// A device, by its cookie: 16 random bytes.
pub(super) struct Device([u8; SECRET_BYTES]);

/// On https a `__Host-` cookie, which no other host or path can set (RFC 6265bis, 4.1.3.2). `onsale_device` is auth's:
/// it lives longer and is not sent by whoever comes from a mail.
fn name(state: &State) -> &'static str {
    if state.config.is_https { "__Host-onsale_line" } else { "onsale_line" }
}

impl Device {
    /// The device of a request; a new one where it has no cookie, or none of ours.
    pub(super) fn of(state: &State, jar: &CookieJar) -> Self {
        Self::known(state, jar).unwrap_or_else(|| Self(random::secret_bytes()))
    }

    /// The device of a request that has our cookie.
    pub(super) fn known(state: &State, jar: &CookieJar) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(jar.get(name(state))?.value()).ok()?;
        bytes.try_into().ok().map(Self)
    }

    /// What is kept of it.
    pub(super) fn hash(&self) -> [u8; 32] {
        sha256(&[b"onsale device 1", &self.0]).0
    }

    /// The header that makes the browser keep it.
    pub(super) fn cookie(&self, state: &State) -> [(HeaderName, String); 1] {
        let secure = if state.config.is_https { "; Secure" } else { "" };
        let (name, value, seconds) = (name(state), URL_SAFE_NO_PAD.encode(self.0), LIFETIME.num_seconds());
        [(SET_COOKIE, format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"))]
    }
}

/// The place that a request's queue token stands for; nothing where it shows none; 400 where it is not ours.
pub(super) fn held(state: &State, event: &EventId, headers: &HeaderMap) -> Result<Option<Held>, Problem> {
    let Some(token) = headers.get("x-queue-token") else { return Ok(None) };
    let held = token.to_str().ok().and_then(|token| state.signer.read(event, token));
    held.map(Some).ok_or_else(error::no_token)
}
