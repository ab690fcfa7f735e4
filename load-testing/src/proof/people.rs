//! People with a token and a kept connection each.

use crate::client::{Answer, Connection, request};
use crate::setup::sign_up;
use serde_json::{Value, json};
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// Tokens are good for 15 minutes (API.md, "Accounts").
const FRESH_MAX: Duration = Duration::from_secs(600);

/// A signed-in person with a connection.
pub struct Person {
    token: String,
    connection: Connection,
}

impl Person {
    /// Somebody who is signed in.
    #[must_use]
    pub fn new(address: SocketAddr, token: &str) -> Self {
        Self { token: token.to_owned(), connection: Connection::new(address) }
    }

    /// Sends and waits for the answer; nothing is sent twice.
    ///
    /// # Errors
    /// When there is no whole answer: the outcome is unknown.
    pub async fn call(&mut self, method: &str, path: &str, body: Option<&Value>) -> io::Result<Answer> {
        let body = body.map(Value::to_string);
        self.connection.call(&request(method, path, Some(&self.token), body.as_deref())).await
    }

    /// Asks for seats.
    ///
    /// # Errors
    /// When there is no whole answer.
    pub async fn reserve(&mut self, event: &str, seats: &[String]) -> io::Result<Answer> {
        self.call("POST", "/api/bookings/reserve", Some(&seats_wanted(event, seats))).await
    }

    /// Pays for a hold.
    ///
    /// # Errors
    /// When there is no whole answer.
    pub async fn confirm(&mut self, reservation: &str) -> io::Result<Answer> {
        let body = json!({"reservationId": reservation, "paymentMethod": "CREDIT_CARD"});
        self.call("POST", "/api/bookings/confirm", Some(&body)).await
    }

    /// Gives a hold back.
    ///
    /// # Errors
    /// When there is no whole answer.
    pub async fn release(&mut self, reservation: &str) -> io::Result<Answer> {
        self.call("DELETE", &format!("/api/bookings/reservations/{reservation}"), None).await
    }
}

/// The body that asks for seats.
fn seats_wanted(event: &str, seats: &[String]) -> Value {
    let seats: Vec<_> = seats.iter().map(|seat| json!({"seatId": seat})).collect();
    json!({"eventId": event, "seats": seats})
}

/// People who are signed in, replaced before their tokens end.
pub struct Crowd {
    address: SocketAddr,
    name: &'static str,
    size: usize,
    since: Instant,
    generation: usize,
    /// All of them.
    pub people: Vec<Person>,
}

impl Crowd {
    /// Registers people; the name is in their addresses.
    ///
    /// # Errors
    /// When one cannot be registered.
    pub async fn gather(address: SocketAddr, name: &'static str, size: usize) -> anyhow::Result<Self> {
        let mut crowd = Self { address, name, size, since: Instant::now(), generation: 0, people: Vec::new() };
        crowd.replace().await?;
        Ok(crowd)
    }

    /// Sends others where their tokens will soon have ended.
    ///
    /// # Errors
    /// When one cannot be registered.
    pub async fn refresh(&mut self) -> anyhow::Result<()> {
        if self.since.elapsed() > FRESH_MAX { self.replace().await } else { Ok(()) }
    }

    async fn replace(&mut self) -> anyhow::Result<()> {
        self.generation += 1;
        let who = format!("proof-{}-{}-", self.name, self.generation);
        self.since = Instant::now();
        let tokens = sign_up(self.address, self.size, &who).await?;
        self.people = tokens.iter().map(|token| Person::new(self.address, token)).collect();
        Ok(())
    }
}

/// The seats that a refusal names, where it is the one for taken seats.
#[must_use]
pub fn seats_refused(answer: &Answer) -> Option<Vec<String>> {
    let body: Value = serde_json::from_slice(&answer.body).ok()?;
    if answer.status != 409 || body["code"] != "seats_unavailable" {
        return None;
    }
    let seats = body["seats"].as_array()?.iter();
    Some(seats.filter_map(|seat| seat.as_str().map(str::to_owned)).collect())
}

/// An answer in a few words.
#[must_use]
pub fn describe(answer: &io::Result<Answer>) -> String {
    match answer {
        Ok(answer) => {
            let text: String = String::from_utf8_lossy(&answer.body).chars().take(300).collect();
            format!("{} {text}", answer.status)
        }
        Err(error) => format!("no answer: {error}"),
    }
}
