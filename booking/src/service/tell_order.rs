//! What becomes of an order beside booking: its money, the mails about it, and what staff write beside it.

use crate::service::list_sold_orders;
use crate::state::State;
use crate::store;
use onsale_core::api::sales_desk::{OrderMail, OrderMails, OrderNote, PaymentStep, PaymentSteps};
use onsale_core::{EventId, OrderId};
use onsale_platform::audit::{self, Act};
use onsale_platform::identity::Caller;
use onsale_platform::problem::Problem;
use onsale_platform::upstream::CallError;
use onsale_platform::{ServiceRole, random};
use serde::de::DeserializeOwned;
use serde_json::json;
use std::time::Duration;

/// How many notes an order may have.
const NOTES_MAX: i64 = 100;
/// The longest note, in characters.
const NOTE_CHARS_MAX: usize = 1_000;
/// An order's page does not wait longer for one of the others.
const WITHIN: Duration = Duration::from_secs(2);
/// When to try again where notification is away.
const RETRY_AFTER: Duration = Duration::from_secs(2);

/// What others know of an order.
#[derive(Debug, Default)]
pub struct Told {
    /// Its money.
    pub payments: Vec<PaymentStep>,
    /// The mails about it.
    pub mails: Vec<OrderMail>,
    /// Who could not be asked.
    pub missing: Vec<String>,
}

/// Asks payment and notification at the same time; who does not answer is named.
pub async fn told(state: &State, order: OrderId) -> Told {
    let (payments, mails) = futures::join!(
        ask::<PaymentSteps>(state, ServiceRole::Payment, format!("/internal/orders/{order}/history")),
        ask::<OrderMails>(state, ServiceRole::Notification, format!("/internal/orders/{order}/mails")),
    );
    let mut missing = Vec::new();
    if payments.is_none() {
        missing.push("payments".to_owned());
    }
    if mails.is_none() {
        missing.push("mails".to_owned());
    }
    Told { payments: payments.unwrap_or_default().items, mails: mails.unwrap_or_default().items, missing }
}

async fn ask<T: DeserializeOwned>(state: &State, role: ServiceRole, path: String) -> Option<T> {
    match state.upstreams.to(role).within(WITHIN).get(&path).await {
        Ok(answer) => Some(answer),
        Err(error) => {
            tracing::warn!(%role, %error, "a part of an order's history cannot be shown");
            None
        }
    }
}

/// Keeps a note beside an order.
///
/// # Errors
/// 404 for another's order, 409 `state_conflict`, 422 for a text that is empty or too long.
pub async fn note(
    state: &State,
    caller: &Caller,
    (event, order): (&EventId, OrderId),
    text: &str,
) -> Result<OrderNote, Problem> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > NOTE_CHARS_MAX {
        let message = format!("write 1 to {NOTE_CHARS_MAX} characters");
        return Err(Problem::invalid("text", "out_of_range", message));
    }
    list_sold_orders::sold(state, caller, event, order).await?;
    let (id, at) = (random::new_id(&state.clock), state.clock.now());
    let mut conn = state.pool.acquire().await?;
    if store::order_notes::count(&mut conn, order).await? >= NOTES_MAX {
        return Err(Problem::conflict("state_conflict", format!("An order has at most {NOTES_MAX} notes.")));
    }
    store::order_notes::insert(&mut conn, (id, order), caller.user_id, at, text).await?;
    Ok(OrderNote { at, author_id: caller.user_id, author: None, text: text.to_owned() })
}

/// Has the buyer's tickets written to them once more.
///
/// # Errors
/// 404 for another's order, 409 `state_conflict` where it has no tickets, 503 while notification is away.
pub async fn send_again(state: &State, caller: &Caller, event: &EventId, order: OrderId) -> Result<(), Problem> {
    let found = list_sold_orders::sold(state, caller, event, order).await?;
    let sent: Result<serde_json::Value, CallError> = state
        .upstreams
        .to(ServiceRole::Notification)
        .post(&format!("/internal/orders/{order}/send-again"), &json!({}))
        .await;
    match sent {
        Ok(_) => {}
        Err(CallError::Refused(problem)) if problem.status == 409 => {
            return Err(Problem::conflict("state_conflict", "The order has no tickets that are good."));
        }
        Err(error) => {
            let detail = "The mail cannot be written just now: try again.";
            return Err(Problem::unavailable(detail, RETRY_AFTER).with_source(error));
        }
    }
    let act = Act {
        at: state.clock.now(),
        actor: Some(caller.user_id),
        organisation: Some(found.inventory.offer.organisation_id),
        action: "order.send_again",
        object_type: "order",
        object_id: &order.to_string(),
        detail: json!({"event": event}),
    };
    Ok(audit::note(&mut *state.pool.acquire().await?, ServiceRole::Booking, act).await?)
}
