//! Joining by a call: with the sum where the line asks for it, done in slices so that the page stays alive.

use super::html::Joining;
use super::room::Room;
use crate::api::{Call, Failure, Method, line, sleep};
use js_sys::Date;
use onsale_core::api::queue::{JoinQueue, JoinedQueue};
use onsale_core::lineup::challenge;
use std::time::Duration;

/// How often it is tried before the reader is told.
const TRIES_MAX: u32 = 6;
/// A slice of the sum lasts so long, and the page has as long again.
const SLICE_MS: f64 = 12.0;
const PAUSE: Duration = Duration::from_millis(4);
/// Nonces between two looks at the clock.
const STRIDE: u64 = 200;

/// Joins; the reader sees how far it is.
pub(super) async fn join(room: Room) {
    room.joining(Joining::Asking);
    let (path, mut body, mut tried) = (format!("/api/queue/{}/join", room.event()), JoinQueue::default(), 0);
    loop {
        tried += 1;
        let failure = match send(&path, &body).await {
            Ok(joined) => {
                room.joined(joined);
                return;
            }
            Err(failure) => failure,
        };
        match (failure.code(), asked(&failure)) {
            _ if tried >= TRIES_MAX => {}
            (_, Some((text, bits))) => {
                let nonce = solve(&room, &text, bits).await;
                body = JoinQueue { challenge: Some(text), nonce: Some(nonce) };
                continue;
            }
            // The line as it is now says it better.
            (Some("queue_closed" | "queue_not_open"), _) => {
                room.joining(Joining::Not);
                room.ask_now();
                return;
            }
            _ if failure.is_worth_asking_again() => {
                sleep(failure.pause(tried)).await;
                continue;
            }
            _ => {}
        }
        room.joining(Joining::Failed(failure.words(room.language())));
        return;
    }
}

async fn send(path: &str, body: &JoinQueue) -> Result<JoinedQueue, Failure> {
    line::send(&Call::new(Method::Post, path).with_body(body)?).await?.read()
}

/// The challenge of a refusal, and its bits.
fn asked(failure: &Failure) -> Option<(String, u8)> {
    let Failure::Problem { body, .. } = failure else { return None };
    let text = body.members.get("challenge")?.as_str()?.to_owned();
    let bits = body.members.get("bits")?.as_u64()?;
    let bits = u8::try_from(bits).ok().filter(|bits| *bits <= challenge::BITS_MAX)?;
    (body.code == "challenge_required").then_some((text, bits))
}

async fn solve(room: &Room, text: &str, bits: u8) -> String {
    let mut start = 0;
    loop {
        let until = Date::now() + SLICE_MS;
        while Date::now() < until {
            if let Some(nonce) = challenge::solve(text, bits, start, STRIDE) {
                return nonce;
            }
            start += STRIDE;
        }
        room.joining(Joining::Solving(share_done(start, bits)));
        sleep(PAUSE).await;
    }
}

/// How likely it was to be found so far, in hundredths and in steps of five: an honest progress of a game of luck.
fn share_done(tries: u64, bits: u8) -> u32 {
    #[expect(clippy::cast_precision_loss, reason = "a guess of how far it is")]
    let expected = tries as f64 / f64::from(1_u32 << bits.min(31));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 20")]
    let steps = ((1.0 - (-expected).exp()) * 20.0) as u32;
    (steps * 5).min(95)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_grows_and_never_says_that_it_is_over() {
        assert_eq!(share_done(0, 18), 0);
        assert_eq!(share_done(1 << 18, 18), 60);
        assert_eq!(share_done(1 << 30, 18), 95);
    }
}
