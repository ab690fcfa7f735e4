//! What booking asks of payment, and what its answers mean to a saga.

use crate::domain::command::Note;
use crate::domain::life::{Effect, Event, Places};
use crate::domain::rows::ReservationRow;
use crate::service::view;
use crate::state::State;
use onsale_core::api::booking::PaymentMethod;
use onsale_core::api::internal::{
    AmountLine, AuthorisePayment, PaymentState, PaymentStatus, RefundPayment, VoidPayment,
};
use onsale_core::api::problem::ProblemBody;
use onsale_core::{Currency, Money, PaymentId};
use onsale_platform::ServiceRole;
use onsale_platform::problem::Problem;
use onsale_platform::random;
use onsale_platform::upstream::{CallError, Upstream};
use std::time::Duration;

/// How long payment may take to answer before its outcome counts as unknown.
const ANSWER_MAX: Duration = Duration::from_secs(8);

/// What an answer of payment means to the saga.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// What happened.
    pub event: Event,
    /// Where the payer goes on, or why it was declined.
    pub note: Option<Note>,
}

impl News {
    fn of(event: Event) -> Self {
        Self { event, note: None }
    }
}

fn payment(state: &State) -> Upstream {
    state.upstreams.to(ServiceRole::Payment).within(ANSWER_MAX)
}

/// Does an outside effect; nothing when its outcome is not known, to be asked again by the same key.
pub async fn perform(state: &State, row: &ReservationRow, currency: Currency, effect: &Effect) -> Option<News> {
    let answer = match effect {
        Effect::Authorise(attempt) => authorise(state, row, currency, *attempt).await,
        Effect::Capture(attempt) => act(state, *attempt, "capture").await,
        Effect::Void(attempt) => void(state, row, currency, *attempt).await,
        Effect::Refund { attempt, refund, amount } => {
            let body = RefundPayment { refund_id: *refund, amount: Money::new(*amount, currency) };
            payment(state).post(&format!("/internal/payments/{attempt}/refunds"), &body).await
        }
        _ => return None,
    };
    match answer {
        Ok(answer) => news(state, row, effect, &answer),
        Err(CallError::Refused(problem)) => {
            tracing::warn!(code = problem.code, detail = problem.detail, ?effect, "payment refused");
            refused(state, row, effect, &problem).await
        }
        Err(error) => {
            tracing::info!(%error, ?effect, "payment's outcome is not known; it is asked again");
            None
        }
    }
}

/// Gives all of an attempt's money back, under the attempt's own id as the key. The same a second time does nothing.
///
/// # Errors
/// Why it is not on its way back, to be tried again.
pub async fn give_back(state: &State, attempt: PaymentId, amount: Money) -> Result<(), String> {
    let body = RefundPayment { refund_id: attempt.0, amount };
    let answer: Result<PaymentState, CallError> =
        payment(state).post(&format!("/internal/payments/{attempt}/refunds"), &body).await;
    answer.map(drop).map_err(|error| error.to_string())
}

/// Notes that an invoice was paid; nothing where payment says that nothing is owed. The same a second time does nothing.
///
/// # Errors
/// 503 where the outcome is not known: asking again is safe.
pub async fn settle(state: &State, attempt: PaymentId) -> Result<Option<PaymentState>, Problem> {
    match act(state, attempt, "settle").await {
        Ok(paid) => Ok(Some(paid)),
        Err(CallError::Refused(problem)) => {
            tracing::warn!(code = problem.code, detail = problem.detail, %attempt, "payment did not settle an invoice");
            Ok(None)
        }
        Err(error) => {
            tracing::info!(%error, %attempt, "whether an invoice is settled is not known");
            Err(Problem::unavailable("The outcome is not known yet: ask again.", Duration::from_secs(1)))
        }
    }
}

/// How an attempt stands, for a payer who is on the provider's page.
pub async fn look(state: &State, row: &ReservationRow, attempt: PaymentId) -> Option<News> {
    let answer: PaymentState = payment(state).get(&format!("/internal/payments/{attempt}")).await.ok()?;
    match answer.status {
        PaymentStatus::RequiresAction => None,
        _ => news(state, row, &Effect::Authorise(attempt), &answer),
    }
}

async fn authorise(
    state: &State,
    row: &ReservationRow,
    currency: Currency,
    attempt: PaymentId,
) -> Result<PaymentState, CallError> {
    let body = attempt_of(state, row, currency, attempt).await?;
    payment(state).post("/internal/payments", &body).await
}

/// Gives an attempt up, also where payment never heard of it: what was asked for goes along, and is kept as voided.
async fn void(
    state: &State,
    row: &ReservationRow,
    currency: Currency,
    attempt: PaymentId,
) -> Result<PaymentState, CallError> {
    let body = VoidPayment { attempt: Some(attempt_of(state, row, currency, attempt).await?) };
    payment(state).post(&format!("/internal/payments/{attempt}/void"), &body).await
}

/// What is asked of payment for an attempt: the same each time, since the hold does not change while it is paid.
async fn attempt_of(
    state: &State,
    row: &ReservationRow,
    currency: Currency,
    attempt: PaymentId,
) -> Result<AuthorisePayment, CallError> {
    let Some((life, details)) = row.life.order.as_ref().zip(row.order.as_ref()) else {
        return Err(CallError::NotTaken("the hold has no order".to_owned()));
    };
    Ok(AuthorisePayment {
        payment_id: attempt,
        order_id: life.id,
        user_id: row.account,
        amount: Money::new(life.amount, currency),
        method: method(&details.method),
        token: details.payment_token.clone(),
        return_url: details.return_url.clone(),
        description: format!("Order {}", details.number),
        lines: lines(state, row, life.amount).await,
    })
}

/// What an amount is made of, for the books; nothing where that cannot be told, which must not stop a sale.
async fn lines(state: &State, row: &ReservationRow, amount: i64) -> Vec<AmountLine> {
    let Ok(inventory) = state.inventories.version(row.event, row.offer_version).await else { return Vec::new() };
    let price = view::price(row, &inventory).total;
    let sum: i64 = price.lines.iter().map(|line| line.amount.minor).sum();
    if sum != amount {
        return Vec::new();
    }
    price.lines.iter().map(|line| AmountLine { kind: line.kind, amount: line.amount }).collect()
}

async fn act(state: &State, attempt: PaymentId, what: &str) -> Result<PaymentState, CallError> {
    payment(state).post(&format!("/internal/payments/{attempt}/{what}"), &serde_json::json!({})).await
}

/// The method of a wire name, as it was stored.
pub fn method(name: &str) -> PaymentMethod {
    serde_json::from_value(serde_json::Value::String(name.to_owned())).unwrap_or(PaymentMethod::CreditCard)
}

/// A method's wire name.
pub fn method_name(method: PaymentMethod) -> String {
    serde_json::to_value(method).ok().and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
}

fn news(state: &State, row: &ReservationRow, effect: &Effect, answer: &PaymentState) -> Option<News> {
    let attempt = answer.payment_id;
    if let Effect::Refund { refund, amount, .. } = effect {
        // payment answers with the sum of what the provider has given back: this one's share is not in it before.
        let before = row.life.order.as_ref().map_or(0, |order| order.refunded);
        return (answer.refunded.minor >= before + amount).then(|| News::of(Event::Refunded { refund: *refund }));
    }
    let voiding = matches!(effect, Effect::Void(_));
    match answer.status {
        PaymentStatus::Pending => None,
        PaymentStatus::RequiresAction if voiding => None,
        PaymentStatus::Authorised if voiding || matches!(effect, Effect::Capture(_)) => None,
        PaymentStatus::RequiresAction => {
            let transfer = answer.transfer.clone();
            let note = answer.redirect_url.clone().map(|text| Note { text, transfer });
            Some(News { event: Event::ActionRequired { attempt }, note })
        }
        PaymentStatus::Authorised => Some(News::of(Event::Authorised { attempt, rows_ours: false })),
        PaymentStatus::Captured => {
            let refund = random::new_id(&state.clock);
            // How the places stand is looked up in the batch.
            Some(News::of(Event::Captured { attempt, refund, places: Places::Gone }))
        }
        PaymentStatus::Declined | PaymentStatus::Voided if matches!(effect, Effect::Capture(_)) => {
            Some(News { event: Event::CaptureFailed { attempt }, note: answer.decline_code.clone().map(Note::from) })
        }
        PaymentStatus::Declined => {
            Some(News { event: Event::Declined { attempt }, note: answer.decline_code.clone().map(Note::from) })
        }
        PaymentStatus::Voided => {
            Some(News { event: Event::Voided { attempt }, note: answer.decline_code.clone().map(Note::from) })
        }
    }
}

/// payment said no: to an authorisation that it would never make (422) that is as good as a decline; of a capture or a void it means that
/// the attempt stands elsewhere than was thought, so where it stands is asked. A refund that failed has failed
/// for good under its key.
async fn refused(state: &State, row: &ReservationRow, effect: &Effect, problem: &ProblemBody) -> Option<News> {
    match effect {
        // Anything else, such as services that do not know each other while they are exchanged, says nothing of the money.
        Effect::Authorise(attempt) if problem.status == 422 => {
            Some(News { event: Event::Declined { attempt: *attempt }, note: Some(problem.detail.clone().into()) })
        }
        Effect::Refund { refund, amount, .. }
            if problem.members.get("refundStatus").is_some_and(|status| status == "FAILED") =>
        {
            metrics::counter!("onsale_refunds_failed_total").increment(1);
            tracing::error!(order = ?row.order.as_ref().map(|order| order.id), %refund, amount,
                reason = ?problem.members.get("reason"), "a refund failed; it is made again under another key");
            Some(News::of(Event::RefundFailed { refund: *refund, next: random::new_id(&state.clock) }))
        }
        Effect::Capture(attempt) | Effect::Void(attempt) => {
            let stands = payment(state).get(&format!("/internal/payments/{attempt}")).await.ok()?;
            news(state, row, effect, &stands)
        }
        _ => None,
    }
}
