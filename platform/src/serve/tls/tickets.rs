//! Tickets by which clients resume a session (RFC 8446, 4.6.1; RFC 5077): sealed under keys that all gateways of an
//! installation derive from its secret, a new one every six hours, so that it does not matter which of them a client
//! meets next. Resumption in TLS 1.3 agrees on new secrets each time, so whoever learns a key later reads nothing of
//! it; in TLS 1.2 they could, for sessions of that key's time.

use crate::clock::Clock;
use crate::tokens::DeploymentSecret;
use parking_lot::Mutex;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use rustls::server::ProducesTickets;
use std::fmt;
use std::sync::Arc;

/// How long a key seals; it opens for as long again.
const PERIOD_SECONDS: u32 = 6 * 3_600;
const NUMBER_LEN: usize = 8;

/// Seals and opens tickets.
pub(super) struct Tickets {
    secret: DeploymentSecret,
    clock: Clock,
    /// Those of now and of before.
    keys: Mutex<Vec<Arc<Key>>>,
}

struct Key {
    number: i64,
    key: LessSafeKey,
}

impl Tickets {
    pub(super) fn new(secret: &DeploymentSecret, clock: Clock) -> Self {
        Self { secret: secret.clone(), clock, keys: Mutex::new(Vec::with_capacity(2)) }
    }

    fn period(&self) -> i64 {
        self.clock.now().timestamp().div_euclid(i64::from(PERIOD_SECONDS))
    }

    /// The key of a period, which must be the present one or the one before.
    fn key(&self, number: i64) -> Option<Arc<Key>> {
        let now = self.period();
        if !(now - 1..=now).contains(&number) {
            return None;
        }
        let mut keys = self.keys.lock();
        if let Some(key) = keys.iter().find(|key| key.number == number) {
            return Some(key.clone());
        }
        keys.retain(|key| (now - 1..=now).contains(&key.number));
        let bytes = self.secret.derive(&format!("tls tickets {number}"));
        let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &bytes).ok()?);
        let key = Arc::new(Key { number, key });
        keys.push(key.clone());
        Some(key)
    }
}

impl ProducesTickets for Tickets {
    fn enabled(&self) -> bool {
        true
    }

    fn lifetime(&self) -> u32 {
        PERIOD_SECONDS
    }

    fn encrypt(&self, plain: &[u8]) -> Option<Vec<u8>> {
        let key = self.key(self.period())?;
        let number = key.number.to_be_bytes();
        let nonce = crate::random::secret_bytes::<NONCE_LEN>();
        let mut sealed = plain.to_vec();
        let unique = Nonce::assume_unique_for_key(nonce);
        key.key.seal_in_place_append_tag(unique, Aad::from(number), &mut sealed).ok()?;
        Some([&number[..], &nonce, &sealed].concat())
    }

    fn decrypt(&self, cipher: &[u8]) -> Option<Vec<u8>> {
        let (number, rest) = cipher.split_first_chunk::<NUMBER_LEN>()?;
        let (nonce, sealed) = rest.split_first_chunk::<NONCE_LEN>()?;
        let key = self.key(i64::from_be_bytes(*number))?;
        let mut opened = sealed.to_vec();
        let unique = Nonce::assume_unique_for_key(*nonce);
        let plain = key.key.open_in_place(unique, Aad::from(*number), &mut opened).ok()?.len();
        opened.truncate(plain);
        Some(opened)
    }
}

impl fmt::Debug for Tickets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tickets(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{DateTime, TimeDelta};

    fn tickets(secret: &str, clock: &Clock) -> Tickets {
        Tickets::new(&DeploymentSecret::new(secret.repeat(32)).expect("long enough"), clock.clone())
    }

    #[test]
    fn any_gateway_opens_a_ticket_for_six_hours_and_nobody_after_twelve() {
        let clock = Clock::manual(DateTime::from_timestamp(1_800_000_000, 0).expect("a time"));
        let (one, other) = (tickets("x", &clock), tickets("x", &clock));
        let ticket = one.encrypt(b"session").expect("sealed");
        assert_ne!(ticket, one.encrypt(b"session").expect("sealed"), "no two look alike");
        assert_eq!(other.decrypt(&ticket).as_deref(), Some(&b"session"[..]));
        clock.advance(TimeDelta::hours(6));
        assert_eq!(other.decrypt(&ticket).as_deref(), Some(&b"session"[..]));
        clock.advance(TimeDelta::hours(6));
        assert_eq!(other.decrypt(&ticket), None);
    }

    #[test]
    fn what_was_changed_or_sealed_elsewhere_is_refused() {
        let clock = Clock::manual(DateTime::from_timestamp(1_800_000_000, 0).expect("a time"));
        let tickets_here = tickets("x", &clock);
        let ticket = tickets_here.encrypt(b"session").expect("sealed");
        assert_eq!(tickets("y", &clock).decrypt(&ticket), None);
        for at in 0..ticket.len() {
            let mut changed = ticket.clone();
            changed[at] ^= 1;
            assert_eq!(tickets_here.decrypt(&changed), None, "byte {at}");
            assert_eq!(tickets_here.decrypt(&ticket[..at]), None, "cut at {at}");
        }
    }
}
