//! What one person does: looks at an event, reserves two tickets, pays. Who is refused comes again when they are told
//! to, as long as the crowd's budget for that lasts.

use super::crowd::Shared;
use super::tally::{Asked, Person};
use crate::client::{Answer, request, text_member};
use serde_json::json;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Retries of all, for so many first requests one (Google, Site Reliability Engineering, chapter 21).
const FIRSTS_PER_RETRY: usize = 10;
/// A person comes again so often for one step.
const RETRIES_MAX: usize = 2;
/// Whoever is told to wait longer goes away.
const PATIENCE: Duration = Duration::from_secs(10);

/// Buys, or not.
pub(super) async fn buy(shared: &Shared, number: usize, due: Instant) {
    let bought = try_to_buy(shared, number, due).await.is_some().then(|| shared.since_start());
    let due = due.saturating_duration_since(shared.began);
    shared.tally.borrow_mut().people.push(Person { due, bought });
}

async fn try_to_buy(shared: &Shared, number: usize, due: Instant) -> Option<()> {
    let event = &shared.events[number % shared.events.len()];
    let token = &shared.tokens[number % shared.tokens.len()];
    let look = request("GET", &format!("/api/events/{event}"), None, None);
    ask(shared, &look, due, 200).await?;
    let wanted = json!({"eventId": event, "tickets": [{"ticketType": "standing", "quantity": 2}]}).to_string();
    let reserve = request("POST", "/api/bookings/reserve", Some(token), Some(&wanted));
    let held = ask(shared, &reserve, Instant::now(), 201).await?;
    let hold = text_member(&held.body, "reservationId")?;
    let payment = json!({"reservationId": hold, "paymentMethod": "CREDIT_CARD"}).to_string();
    let confirm = request("POST", "/api/bookings/confirm", Some(token), Some(&payment));
    ask(shared, &confirm, Instant::now(), 200).await.map(drop)
}

/// The answer that was wanted; nothing when another one came, or none.
async fn ask(shared: &Shared, request: &[u8], mut due: Instant, wanted: u16) -> Option<Answer> {
    for tries in 0..=RETRIES_MAX {
        let answer = shared.call(request).await;
        let asked = Asked {
            at: shared.since_start(),
            took: due.elapsed(),
            status: answer.as_ref().map_or(0, |answer| answer.status),
            says_when: answer.as_ref().is_some_and(|answer| answer.retry_after.is_some()),
            again: tries > 0,
        };
        shared.tally.borrow_mut().asked.push(asked);
        let answer = answer?;
        if answer.status == wanted {
            return Some(answer);
        }
        let wait = Duration::from_secs(u64::from(answer.retry_after?));
        if tries == RETRIES_MAX || wait > PATIENCE || !shared.may_retry(FIRSTS_PER_RETRY) {
            return None;
        }
        sleep(wait).await;
        due = Instant::now();
    }
    None
}
