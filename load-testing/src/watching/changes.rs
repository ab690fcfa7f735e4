//! People who change seats: each holds one after the other and lets go of each some seconds later.

use super::now_us;
use crate::client::{Connection, request, text_member};
use crate::setup::Hall;
use serde_json::json;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::time::Instant;

/// Who change seats.
const PEOPLE: usize = 20;
/// A hold is let go when so many were made after it: not within the same message.
const HELD: usize = 25;

/// A seat that was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) seat: u32,
    /// Its new state.
    pub(crate) digit: u8,
    /// When that was acknowledged, in micros since 1970.
    pub(crate) acknowledged_us: u64,
}

/// What was changed, and what was refused.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    pub(crate) made: Vec<Change>,
    pub(crate) refused: usize,
}

/// What is changed where.
pub(crate) struct Plan<'a> {
    pub(crate) address: SocketAddr,
    pub(crate) event: &'a str,
    pub(crate) hall: &'a Hall,
    pub(crate) rate: usize,
    pub(crate) time: Duration,
    /// How many seats each person leaves out: those that an earlier plan may have left held.
    pub(crate) left_out: usize,
}

/// How many accounts are needed.
pub(crate) const ACCOUNTS: usize = PEOPLE;

/// Changes seats at the plan's rate, as many holds as releases.
pub(crate) async fn make(plan: &Plan<'_>, tokens: &[String]) -> Changes {
    let began = Instant::now();
    let people = tokens.iter().enumerate().map(|(number, token)| person(plan, number, token, began));
    let mut all = Changes::default();
    for one in futures::future::join_all(people).await {
        all.made.extend(one.made);
        all.refused += one.refused;
    }
    all
}

async fn person(plan: &Plan<'_>, number: usize, token: &str, began: Instant) -> Changes {
    let mut connection = Connection::new(plan.address);
    let mut changes = Changes::default();
    let mut held: VecDeque<(u32, String)> = VecDeque::new();
    let seats = plan.hall.seats() / PEOPLE;
    // A hold and a release each.
    let every = Duration::from_secs(2).mul_f64(number_of(PEOPLE) / number_of(plan.rate.max(1)));
    let offset = every.mul_f64(number_of(number) / number_of(PEOPLE));
    for turn in 0.. {
        let due = began + offset + every.saturating_mul(turn);
        if due > began + plan.time {
            break;
        }
        tokio::time::sleep_until(due).await;
        let seat = number * seats + (plan.left_out + turn as usize) % seats;
        let wanted = json!({"eventId": plan.event, "seats": [{"seatId": plan.hall.seat_id(seat)}]}).to_string();
        let answer = connection.call(&request("POST", "/api/bookings/reserve", Some(token), Some(&wanted))).await;
        let reservation = answer.ok().filter(|answer| answer.status == 201);
        match reservation.and_then(|answer| text_member(&answer.body, "reservationId")) {
            Some(reservation) => {
                let seat = u32::try_from(seat).unwrap_or(u32::MAX);
                changes.made.push(Change { seat, digit: 1, acknowledged_us: now_us() });
                held.push_back((seat, reservation));
            }
            None => changes.refused += 1,
        }
        tokio::time::sleep_until(due + every / 2).await;
        if held.len() > HELD
            && let Some((seat, reservation)) = held.pop_front()
        {
            let path = format!("/api/bookings/reservations/{reservation}");
            let answer = connection.call(&request("DELETE", &path, Some(token), None)).await;
            if answer.is_ok_and(|answer| answer.status == 204) {
                changes.made.push(Change { seat, digit: 0, acknowledged_us: now_us() });
            } else {
                changes.refused += 1;
            }
        }
    }
    changes
}

/// Counts of people and changes are small.
fn number_of(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}
