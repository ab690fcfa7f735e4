//! Effects: what changes something is asked for under one key, as often as it takes to know the outcome.

use super::call::{Answer, Call, Method};
use super::failure::Failure;
use super::{session, sleep};
use crate::browser::session_storage;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::Write;

/// How often an effect is asked for before its failure is told: about 12 s of pauses.
const TRIES_MAX: u32 = 6;

/// The name of one intention: the same for all tries of it, another for the next one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key(String);

impl Key {
    /// A key that nobody used before.
    pub fn fresh() -> Self {
        let mut bytes = [0; 16];
        let crypto = web_sys::window().and_then(|window| window.crypto().ok());
        let drawn = crypto.and_then(|crypto| crypto.get_random_values_with_u8_array(&mut bytes).ok());
        debug_assert!(drawn.is_some(), "browsers have randomness");
        let mut text = String::with_capacity(32);
        for byte in bytes {
            let _infallible = write!(text, "{byte:02x}");
        }
        Self(text)
    }

    /// A key that was kept, e.g. over a reload.
    pub fn of(text: String) -> Self {
        Self(text)
    }

    /// The key of an intention that this tab may have had before a reload, or a new one; it is kept until the outcome
    /// is known.
    pub fn kept(intention: &str) -> Self {
        let storage = session_storage();
        let kept = storage.as_ref().and_then(|storage| storage.get_item(intention).ok().flatten());
        kept.map_or_else(
            || {
                let key = Self::fresh();
                // Without a storage it lasts as long as the page.
                let _kept_or_not = storage.map(|storage| storage.set_item(intention, &key.0));
                key
            },
            Self,
        )
    }

    /// The outcome of the intention is known.
    pub fn forget(intention: &str) {
        let _nothing_to_forget = session_storage().map(|storage| storage.remove_item(intention));
    }

    /// To keep it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Does something under a key of its own.
pub async fn effect<B, T>(method: Method, path: &str, body: &B) -> Result<T, Failure>
where
    B: Serialize,
    T: DeserializeOwned,
{
    effect_keyed(&Key::fresh(), method, path, body).await?.read()
}

/// Does something under a key that the caller keeps: after a reload the same key finds the same outcome.
pub async fn effect_keyed<B: Serialize>(key: &Key, method: Method, path: &str, body: &B) -> Result<Answer, Failure> {
    effect_call(key, Call::new(method, path).with_body(body)?).await
}

/// The same for a call with headers of its own.
pub async fn effect_call(key: &Key, call: Call) -> Result<Answer, Failure> {
    send_until_known(call.with_header("idempotency-key", key.0.clone())).await
}

async fn send_until_known(call: Call) -> Result<Answer, Failure> {
    let mut tried = 0;
    loop {
        tried += 1;
        match session::send(&call).await {
            Err(failure) if tried < TRIES_MAX && failure.is_worth_asking_again() => {
                sleep(failure.pause(tried)).await;
            }
            outcome => return outcome,
        }
    }
}
