//! Confirm: pays a hold and waits a few seconds for the outcome.

use crate::domain::command::{BeginPayment, Command, Rejected};
use crate::domain::inventory::Inventory;
use crate::domain::life::{Refusal, Saga, Time};
use crate::domain::order_number::OrderNumber;
use crate::domain::rows::{AskedUnder, ReservationRow};
use crate::error::{self, Reply};
use crate::service::desk::{Declined, Idempotent, Member};
use crate::service::drive_order::{drive_until, issue};
use crate::service::find::{self, Found};
use crate::service::hold_seats::Asking;
use crate::service::idempotency::stored_answer;
use crate::service::{payments, view};
use crate::state::State;
use axum::http::StatusCode;
use chrono::TimeDelta;
use ed25519_dalek::SigningKey;
use onsale_core::api::booking::{ConfirmRequest, Order, PaymentMethod};
use onsale_core::{OrderStatus, ReservationId, ReservationStatus};
use onsale_platform::idempotency::ScopedKey;
use onsale_platform::problem::Problem;
use onsale_platform::{failpoint, random};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// What its keys are scoped to, beside the account.
pub const ROUTE: &str = "POST /api/bookings/confirm";
/// How often somebody who waits for another's confirm looks.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// What confirm came to.
#[derive(Debug)]
pub enum Outcome {
    /// Sold, ticketed and captured.
    Confirmed(Order),
    /// The payer has to go on, or the outcome is not known yet.
    Underway(Order),
}

/// Pays a hold. One order a hold, whatever is sent and however often.
pub async fn confirm(state: &State, asking: Asking, request: &ConfirmRequest) -> Result<Reply<Outcome>, Problem> {
    let deadline = Instant::now() + state.config.confirm_wait;
    let _running = state.in_flight.begin(asking.key.as_ref())?;
    let before = find::hold(state, request.reservation_id, Some(asking.account)).await?;
    if before.row.life.status == ReservationStatus::Active && !before.row.life.is_deciding() {
        state.inventories.must_take_place(&before.inventory.offer.event_id).await?;
    }
    let idempotency = asking.key.clone().map(|key| keep_answer(key, Arc::clone(&state.ticket_key)));
    let window = window(state, request, &before.inventory)?;
    let command = begin(state, &asking, request, &before, window)?;
    let member =
        Member { idempotency: idempotency.clone(), ..Member::of(Command::BeginPayment(command), asking.why.clone()) };
    failpoint::reach("saga.begin.before");
    let answer = state.desk.submit(member).await;
    failpoint::reach("saga.begin.after");
    let begun = match answer {
        Ok(done) => Found { row: done.row, inventory: done.inventory },
        Err(Declined::Rejected(Rejected::Refused(Refusal::AlreadyConfirmed | Refusal::PaymentInProgress), _)) => {
            let found = wait_for_other(state, request.reservation_id, deadline).await?;
            if let Some(stored) = stored_answer(state, asking.key.as_ref()).await? {
                return Ok(Reply::Replayed(stored));
            }
            must_be_same(asking.key.as_ref(), &found.row)?;
            return outcome(state, &found).map(Reply::Fresh);
        }
        Err(declined) => return error::declined(declined, &before.inventory),
    };
    let found = drive_until(state, begun, asking.why, idempotency, deadline).await?;
    outcome(state, &found).map(Reply::Fresh)
}

/// A key of this call's own: the counter's are scoped to its sale, which keeps its answers itself.
fn buyers_key(key: Option<&ScopedKey>) -> Option<&ScopedKey> {
    key.filter(|key| key.route == ROUTE)
}

/// 422 where the order is being paid under this key, asked for with another body.
fn must_be_same(key: Option<&ScopedKey>, row: &ReservationRow) -> Result<(), Problem> {
    let known = row.order.as_ref().and_then(|order| order.asked_under.as_ref());
    match (buyers_key(key), known) {
        (Some(key), Some(known)) if known.key == key.key => key.must_be_of(&known.body_hash),
        _ => Ok(()),
    }
}

/// How whoever goes on with an order that is being paid keeps the answer to who asked for it; nothing where that was
/// answered already by the way to the provider's page.
pub fn kept_answer(state: &State, row: &ReservationRow) -> Option<Idempotent> {
    let (life, details) = row.life.order.as_ref().zip(row.order.as_ref())?;
    let is_answered = life.status != OrderStatus::Pending || details.redirect_url.is_some();
    let asked = details.asked_under.as_ref().filter(|_| !is_answered)?;
    let (key, body_hash) = (asked.key.clone(), asked.body_hash);
    let key = ScopedKey { account: row.account, route: ROUTE, key, body_hash };
    Some(keep_answer(key, Arc::clone(&state.ticket_key)))
}

/// How long the payer has, in seconds, by the method of paying; 422 where the event does not take it.
fn window(state: &State, request: &ConfirmRequest, inventory: &Inventory) -> Result<u32, Problem> {
    if request.payment_method != PaymentMethod::BankTransfer {
        return Ok(state.config.payment_window_seconds);
    }
    let refused = |code, message| Err(Problem::invalid("paymentMethod", code, message));
    if !inventory.offer.sale.bank_transfers {
        return refused("not_offered", "this event does not take transfers: choose CREDIT_CARD or WALLET");
    }
    if request.payment_token.is_some() {
        let message = "a bank transfer takes no token: leave it out";
        return Err(Problem::invalid("paymentToken", "invalid", message));
    }
    let window = TimeDelta::seconds(i64::from(state.config.transfer_window_seconds));
    if inventory.offer.starts_at - state.clock.now() < window {
        return refused("too_late", "a transfer might come after the event has begun: choose CREDIT_CARD or WALLET");
    }
    Ok(state.config.transfer_window_seconds)
}

fn begin(
    state: &State,
    asking: &Asking,
    request: &ConfirmRequest,
    before: &Found,
    window_seconds: u32,
) -> Result<BeginPayment, Problem> {
    let (ticket_ids, ticket_prices) = issue(state, &before.row, &before.inventory);
    let expected_total = request.expected_total.map(|expected| {
        // Another currency is another price, whatever the number.
        let same = expected.currency == before.inventory.offer.sale.currency;
        if same { expected.minor } else { i64::MIN }
    });
    Ok(BeginPayment {
        reservation: request.reservation_id,
        account: asking.account,
        from_version: before.row.counts.version,
        order: random::new_id(&state.clock),
        order_number: OrderNumber::from_random(random::secret_bytes()).to_string(),
        attempt: random::new_id(&state.clock),
        method: payments::method_name(request.payment_method),
        payment_token: checked_token(request.payment_token.as_deref())?,
        return_url: checked_return_url(state, request.return_url.as_deref())?,
        asked_under: buyers_key(asking.key.as_ref())
            .map(|key| AskedUnder { key: key.key.clone(), body_hash: key.body_hash }),
        expected_total,
        window_seconds,
        ticket_ids,
        ticket_prices,
    })
}

/// A provider's token, never a card number: what looks like one goes no further.
fn checked_token(token: Option<&str>) -> Result<Option<String>, Problem> {
    let Some(token) = token else { return Ok(None) };
    let plain = token.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    let digits = token.bytes().filter(u8::is_ascii_digit).count();
    let like_a_card = digits >= 12 && !token.bytes().any(|b| b.is_ascii_alphabetic());
    if plain && !like_a_card && (1..=255).contains(&token.len()) {
        return Ok(Some(token.to_owned()));
    }
    Err(Problem::invalid("paymentToken", "invalid", "send a token of the payment provider, never a card number"))
}

/// A way back on our own origin only.
fn checked_return_url(state: &State, url: Option<&str>) -> Result<Option<String>, Problem> {
    let Some(url) = url else { return Ok(None) };
    let origin = state.config.public_url.trim_end_matches('/');
    let path = if url.starts_with('/') && !url.starts_with("//") && !url.starts_with("/\\") {
        Some(url)
    } else {
        url.strip_prefix(origin).filter(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']))
    };
    match path {
        Some(path) if url.len() <= 2_000 && !url.contains(char::is_control) => Ok(Some(format!("{origin}{path}"))),
        _ => Err(Problem::invalid("returnUrl", "foreign_origin", format!("send an address under {origin}"))),
    }
}

/// Somebody else, or an earlier request, pays already: waits for what comes of it.
async fn wait_for_other(state: &State, hold: ReservationId, deadline: Instant) -> Result<Found, Problem> {
    loop {
        let found = find::hold(state, hold, None).await?;
        let busy = found.row.life.order.as_ref().is_some_and(|order| order.pending().is_some());
        if !busy || Instant::now() >= deadline {
            return Ok(found);
        }
        sleep(LOOK_EVERY).await;
    }
}

/// What the client is told of where the order stands.
fn outcome(state: &State, found: &Found) -> Result<Outcome, Problem> {
    let told = tell(&found.row, &found.inventory, &state.ticket_key);
    told.unwrap_or_else(|| Err(Problem::internal("a paid hold has no order")))
}

fn tell(row: &ReservationRow, inventory: &Inventory, key: &SigningKey) -> Option<Result<Outcome, Problem>> {
    let life = row.life.order.as_ref()?;
    let order = view::order(row, inventory, key)?;
    Some(match (life.status, &life.saga) {
        (OrderStatus::Pending, Saga::Open) => Err(declined_problem(&order)),
        (OrderStatus::Pending, _) => Ok(Outcome::Underway(order)),
        (OrderStatus::Failed, _) => Err(error::hold_expired()),
        (OrderStatus::Cancelled, _) if life.given_up => Err(error::given_up()),
        _ => Ok(Outcome::Confirmed(order)),
    })
}

fn declined_problem(order: &Order) -> Problem {
    let reason = order.failure.clone().unwrap_or_else(|| "card_declined".to_owned());
    Problem::new(
        StatusCode::PAYMENT_REQUIRED,
        "payment_declined",
        "The payment was declined. Nothing was charged; the hold stays until it ends.",
    )
    .with_member("declineCode", reason)
    .with_member("orderId", order.order_id)
}

/// Keeps the final answers: 200, 402, and the 202 that leads to the provider's page.
fn keep_answer(key: ScopedKey, ticket_key: Arc<SigningKey>) -> Idempotent {
    let respond =
        move |row: &ReservationRow, inventory: &Inventory, _now: Time| match tell(row, inventory, &ticket_key)? {
            Ok(Outcome::Confirmed(order)) => Some((StatusCode::OK, serde_json::to_string(&order).ok()?)),
            Ok(Outcome::Underway(order)) => {
                order.next_action.as_ref()?;
                Some((StatusCode::ACCEPTED, serde_json::to_string(&order).ok()?))
            }
            Err(problem) if problem.status() == StatusCode::PAYMENT_REQUIRED => {
                let body = problem.body("/api/bookings/confirm", "");
                Some((StatusCode::PAYMENT_REQUIRED, serde_json::to_string(&body).ok()?))
            }
            Err(_) => None,
        };
    Idempotent { key, respond: Arc::new(respond) }
}
