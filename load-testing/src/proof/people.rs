//! People with a token and a kept connection each.

use crate::client::{Answer, Connection, keyed_request, text_member};
use crate::setup::{email, sign_in, sign_up};
use serde_json::{Value, json};
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// Tokens are good for 15 minutes (API.md, "Accounts").
const FRESH_MAX: Duration = Duration::from_secs(600);
/// How long whoever turned to another gateway stays there.
const AWAY_FOR: Duration = Duration::from_secs(2);

/// Test cards of the sandbox.
pub mod card {
    /// The bank says no.
    pub const DECLINED: &str = "pm_card_visa_chargeDeclined";
    /// The bank wants the payer on its own page.
    pub const ASKS: &str = "pm_card_authenticationRequired";
}

/// A person with a connection, who signs in again before the token ends.
pub struct Person {
    address: SocketAddr,
    /// Where the same house is reached as well.
    other: Option<SocketAddr>,
    /// Since when that is where they are.
    away_since: Option<Instant>,
    email: String,
    token: String,
    since: Instant,
    connection: Connection,
}

impl Person {
    /// The same person, who turns to another gateway of the house where there is no whole answer, and back after a while.
    #[must_use]
    pub fn or_at(self, other: SocketAddr) -> Self {
        Self { other: Some(other), ..self }
    }

    /// The same person with one more connection.
    #[must_use]
    pub fn beside(&self) -> Self {
        let connection = Connection::new(self.address);
        Self { email: self.email.clone(), token: self.token.clone(), connection, ..*self }
    }

    /// Sends and waits for the answer; nothing is sent twice.
    ///
    /// # Errors
    /// When there is no whole answer: the outcome is unknown.
    pub async fn call(&mut self, method: &str, path: &str, body: Option<&Value>) -> io::Result<Answer> {
        self.call_by_key(method, path, None, body).await
    }

    /// The same with an `Idempotency-Key`.
    ///
    /// # Errors
    /// When there is no whole answer: the outcome is unknown.
    pub async fn call_by_key(
        &mut self,
        method: &str,
        path: &str,
        key: Option<&str>,
        body: Option<&Value>,
    ) -> io::Result<Answer> {
        self.stay_signed_in().await?;
        let body = body.map(Value::to_string);
        let request = keyed_request(method, path, Some(&self.token), key, body.as_deref());
        if self.away_since.is_some_and(|since| since.elapsed() > AWAY_FOR) {
            self.turn();
        }
        let answer = self.connection.call(&request).await;
        if answer.is_err() {
            self.turn();
        }
        answer
    }

    /// To the other gateway, where there is one.
    fn turn(&mut self) {
        if let Some(other) = &mut self.other {
            std::mem::swap(&mut self.address, other);
            self.connection = Connection::new(self.address);
            self.away_since = if self.away_since.is_some() { None } else { Some(Instant::now()) };
        }
    }

    /// Signs in again where the token will soon have ended.
    ///
    /// # Errors
    /// When that cannot be done now; nothing else was sent.
    pub async fn stay_signed_in(&mut self) -> io::Result<()> {
        if self.since.elapsed() > FRESH_MAX {
            self.token = sign_in(self.address, &self.email).await.map_err(io::Error::other)?;
            self.since = Instant::now();
        }
        Ok(())
    }

    /// Asks for seats.
    ///
    /// # Errors
    /// When there is no whole answer.
    pub async fn reserve(&mut self, event: &str, seats: &[String]) -> io::Result<Answer> {
        self.call("POST", "/api/bookings/reserve", Some(&seats_wanted(event, seats))).await
    }

    /// Pays for a hold by a test card of the sandbox, or by one that is good.
    ///
    /// # Errors
    /// When there is no whole answer.
    pub async fn confirm(&mut self, reservation: &str, card: Option<&str>) -> io::Result<Answer> {
        self.call("POST", "/api/bookings/confirm", Some(&payment(reservation, card))).await
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
#[must_use]
pub fn seats_wanted(event: &str, seats: &[String]) -> Value {
    let seats: Vec<_> = seats.iter().map(|seat| json!({"seatId": seat})).collect();
    json!({"eventId": event, "seats": seats})
}

/// The body that pays for a hold.
#[must_use]
pub fn payment(reservation: &str, card: Option<&str>) -> Value {
    json!({"reservationId": reservation, "paymentMethod": "CREDIT_CARD", "paymentToken": card})
}

/// People who are signed in.
pub struct Crowd {
    /// All of them.
    pub people: Vec<Person>,
}

impl Crowd {
    /// Registers people; the name is in their addresses.
    ///
    /// # Errors
    /// When one cannot be registered.
    pub async fn gather(address: SocketAddr, name: &str, size: usize) -> anyhow::Result<Self> {
        let who = format!("proof-{name}-");
        let since = Instant::now();
        let tokens = sign_up(address, size, &who).await?.into_iter().enumerate();
        let person = |(n, token)| {
            let connection = Connection::new(address);
            Person { address, other: None, away_since: None, email: email(&who, n), token, since, connection }
        };
        Ok(Self { people: tokens.map(person).collect() })
    }

    /// Signs in again where tokens will soon have ended.
    ///
    /// # Errors
    /// When one cannot be signed in.
    pub async fn refresh(&mut self) -> anyhow::Result<()> {
        for person in &mut self.people {
            person.stay_signed_in().await?;
        }
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

/// Whether an answer says that the outcome is not known: what was asked for may have been done.
#[must_use]
pub fn is_unknown(answer: &Answer) -> bool {
    answer.status == 504 && text_member(&answer.body, "code").as_deref() == Some("timeout")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_timeout_that_says_so_is_not_known() {
        let answer =
            |status, body: &str| Answer { status, retry_after: None, cookie: None, body: body.as_bytes().to_vec() };
        assert!(is_unknown(&answer(504, r#"{"code":"timeout"}"#)));
        assert!(!is_unknown(&answer(504, "")) && !is_unknown(&answer(503, r#"{"code":"timeout"}"#)));
    }
}
