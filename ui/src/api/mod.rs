//! Calls of the API from the browser: typed by `core::api`, signed in by a token that only this page's memory has,
//! and repeated safely. All of it runs in the browser; the server compiles it and never calls it.
//!
//! ```text
//! let event: EventDetail = api::get(&format!("/api/events/{id}")).await?;          // anybody may ask
//! let orders: Page<Order> = api::get_mine("/api/bookings").await?;                 // whoever is signed in
//! let hold: Reservation = api::effect(Method::Post, "/api/bookings/reserve", &request).await?;
//! ```
//!
//! An effect has one `Idempotency-Key` for all its tries: a lost answer is asked for again by the same key, so that
//! nothing is done twice.

mod call;
mod effect;
mod failure;
pub mod line;
pub mod session;
mod wait;

pub use call::{Answer, Call, Method};
pub use effect::{Key, effect, effect_call, effect_keyed};
pub use failure::Failure;
pub use wait::sleep;

use crate::browser;
use serde::de::DeserializeOwned;

/// How often a question is asked before its failure is told; an answer that did not come is worth a second try.
const QUESTIONS_MAX: u32 = 2;

/// Asks what anybody may ask.
pub async fn get<T: DeserializeOwned>(path: &str) -> Result<T, Failure> {
    ask(path).await?.read()
}

/// Asks as whoever is signed in.
pub async fn get_mine<T: DeserializeOwned>(path: &str) -> Result<T, Failure> {
    ask_mine(path).await?.read()
}

/// Fetches a file as whoever is signed in, and hands it to the reader under this name.
pub async fn download(path: &str, name: &str) -> Result<(), Failure> {
    let file = session::send_for_file(&Call::new(Method::Get, path)).await?;
    browser::save(&file, name).map_err(|_| Failure::Unreadable)
}

/// The answer to whoever is signed in; one code for all that is asked for.
async fn ask_mine(path: &str) -> Result<Answer, Failure> {
    let mut tried = 0;
    loop {
        tried += 1;
        match session::send(&Call::new(Method::Get, path)).await {
            Err(failure) if tried < QUESTIONS_MAX && failure.is_worth_asking_again() => {
                sleep(failure.pause(tried)).await;
            }
            outcome => return outcome,
        }
    }
}

/// The answer to what anybody may ask, of any kind.
pub async fn ask(path: &str) -> Result<Answer, Failure> {
    let mut tried = 0;
    loop {
        tried += 1;
        match Call::new(Method::Get, path).send().await {
            Err(failure) if tried < QUESTIONS_MAX && failure.is_worth_asking_again() => {
                sleep(failure.pause(tried)).await;
            }
            outcome => return outcome,
        }
    }
}
