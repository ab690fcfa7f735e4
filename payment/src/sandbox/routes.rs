//! All addresses of the sandbox.

use super::book::{Act, Answer, Call};
use super::cards::Card;
use super::faults::Fault;
use super::form::Form;
use super::objects::{self, Refusal};
use super::{State, checkout, fault_page, page, store, transfers};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Path, Query, Request, State as Extract};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use onsale_platform::random;
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use uuid::Uuid;

/// Bytes.
const BODY_MAX: usize = 64 * 1024;
const KEY_MAX: usize = 255;
/// A slow call takes this part of the time after which its caller has long given up.
const SLOW_PART: u32 = 4;
const INTENTS_DEFAULT: i64 = 20;
const INTENTS_MAX: i64 = 100;

pub(super) fn router(state: State) -> Router {
    let api = Router::new()
        .route("/v1/customers", post(transfers::open_customer))
        .route("/v1/payment_intents", post(create_intent).get(list_with_charges))
        .route("/v1/payment_intents/{id}", get(show_intent))
        .route("/v1/payment_intents/{id}/capture", post(capture_intent))
        .route("/v1/payment_intents/{id}/cancel", post(cancel_intent))
        .route("/v1/checkout/sessions", post(checkout::open))
        .route("/v1/checkout/sessions/{id}", get(checkout::show))
        .route("/v1/checkout/sessions/{id}/expire", post(checkout::expire))
        .route("/v1/refunds", post(create_refund))
        .route("/v1/refunds/{id}", get(show_refund))
        .layer(axum::middleware::from_fn_with_state(state.clone(), with_faults))
        .layer(axum::middleware::from_fn_with_state(state.clone(), with_key));
    Router::new()
        .merge(api)
        .route("/sandbox/pay/{id}", get(page::show))
        .route("/sandbox/pay/{id}/approve", post(page::approve))
        .route("/sandbox/pay/{id}/decline", post(page::decline))
        .route("/sandbox/transfer/{id}", get(transfers::show))
        .route("/sandbox/transfer/{id}/send", post(transfers::send))
        .route("/sandbox/checkout/{id}", get(checkout::pay))
        .route("/sandbox/checkout/{id}/approve", post(checkout::approve))
        .route("/sandbox/checkout/{id}/decline", post(checkout::decline))
        .route("/sandbox/pay.css", get(page::style))
        .route("/sandbox/faults", get(fault_page::show).post(fault_page::change))
        .route("/sandbox/ledger", get(show_ledger))
        .route("/sandbox/intents", get(list_intents))
        .layer(DefaultBodyLimit::max(BODY_MAX))
        .with_state(state)
}

/// Lets callers with the secret key through.
async fn with_key(Extract(state): Extract<State>, request: Request, next: Next) -> Response {
    let sent = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let key = sent.strip_prefix("Bearer ").unwrap_or_default();
    let expected = state.0.config.secret_key.expose_secret();
    if bool::from(key.as_bytes().ct_eq(expected.as_bytes())) {
        next.run(request).await
    } else {
        respond(Refusal::unauthorized().answer())
    }
}

/// Lets calls go wrong, each before or after its effect.
async fn with_faults(Extract(state): Extract<State>, request: Request, next: Next) -> Response {
    let slow = state.0.config.slow;
    match state.0.faults.of_call() {
        Some(Fault::Fail) => respond(Refusal::broken().answer()),
        Some(Fault::Timeout) => {
            let response = next.run(request).await;
            state.0.shutdown.sleep(slow).await;
            response
        }
        Some(Fault::Slow) => {
            state.0.shutdown.sleep(slow / SLOW_PART).await;
            next.run(request).await
        }
        _ => next.run(request).await,
    }
}

async fn create_intent(Extract(state): Extract<State>, headers: HeaderMap, body: Bytes) -> Response {
    match Form::parse(&body).new_intent() {
        Ok((new, card)) => {
            let id = new_name(&state, "pi");
            let call = call(&headers, "create", &body, Act::Create { id, new });
            carry_out(&state, card, call).await
        }
        Err(refusal) => respond(refusal.answer()),
    }
}

async fn capture_intent(
    Extract(state): Extract<State>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    match Form::parse(&body).amount_to_capture() {
        Ok(amount) => {
            let address = format!("capture {id}");
            submit(&state, call(&headers, &address, &body, Act::Capture { id, amount })).await
        }
        Err(refusal) => respond(refusal.answer()),
    }
}

async fn cancel_intent(
    Extract(state): Extract<State>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let address = format!("cancel {id}");
    submit(&state, call(&headers, &address, &body, Act::Cancel { id })).await
}

async fn create_refund(Extract(state): Extract<State>, headers: HeaderMap, body: Bytes) -> Response {
    match Form::parse(&body).new_refund() {
        Ok(new) => {
            let id = new_name(&state, "re");
            submit(&state, call(&headers, "refund", &body, Act::Refund { id, new })).await
        }
        Err(refusal) => respond(refusal.answer()),
    }
}

async fn show_intent(Extract(state): Extract<State>, Path(id): Path<String>, uri: Uri) -> Response {
    let expands = uri.query().is_some_and(|query| query.contains("latest_charge"));
    let shown = if expands { objects::intent_with_charge } else { objects::intent };
    match find_intent(&state, &id).await {
        Ok(Some(intent)) => axum::Json(shown(&intent, &state.0.config.public_url)).into_response(),
        Ok(None) => respond(Refusal::no_such("payment_intent", &id).answer()),
        Err(error) => unavailable(&error),
    }
}

async fn show_refund(Extract(state): Extract<State>, Path(id): Path<String>) -> Response {
    let found = async { store::find_refund(&mut *state.0.pool.acquire().await?, &id).await };
    match found.await {
        Ok(Some((refund, currency))) => axum::Json(objects::refund(&refund, &currency)).into_response(),
        Ok(None) => respond(Refusal::no_such("refund", &id).answer()),
        Err(error) => unavailable(&error),
    }
}

/// The sums by currency, in minor units.
async fn show_ledger(Extract(state): Extract<State>) -> Response {
    let sums = async { store::sums(&mut *state.0.pool.acquire().await?).await };
    match sums.await {
        Ok(sums) => {
            let by_currency: serde_json::Map<String, Value> = sums
                .into_iter()
                .map(|sums| {
                    let values = json!({
                        "intents": sums.intents,
                        "authorised": sums.authorised,
                        "captured": sums.captured,
                        "refunded": sums.refunded,
                    });
                    (sums.currency.to_ascii_uppercase(), values)
                })
                .collect();
            axum::Json(by_currency).into_response()
        }
        Err(error) => unavailable(&error),
    }
}

#[derive(Debug, Deserialize)]
struct ListQuery {
    limit: Option<i64>,
}

/// The newest attempts, for people to look at.
async fn list_intents(Extract(state): Extract<State>, Query(query): Query<ListQuery>) -> Response {
    let limit = query.limit.unwrap_or(INTENTS_DEFAULT).clamp(1, INTENTS_MAX);
    let found = async { store::intents_after(&mut *state.0.pool.acquire().await?, None, limit).await };
    match found.await {
        Ok(intents) => {
            let public_url = &state.0.config.public_url;
            let data: Vec<_> = intents.iter().map(|intent| objects::intent(intent, public_url)).collect();
            axum::Json(json!({ "object": "list", "data": data })).into_response()
        }
        Err(error) => unavailable(&error),
    }
}

#[derive(Debug, Deserialize)]
struct BooksQuery {
    limit: Option<i64>,
    starting_after: Option<String>,
}

/// The attempts with their charges, newest first, a page at a time.
async fn list_with_charges(Extract(state): Extract<State>, Query(query): Query<BooksQuery>) -> Response {
    let limit = query.limit.unwrap_or(INTENTS_DEFAULT).clamp(1, INTENTS_MAX);
    let after = query.starting_after.as_deref();
    let found = async { store::intents_after(&mut *state.0.pool.acquire().await?, after, limit).await };
    match found.await {
        Ok(intents) => {
            let public_url = &state.0.config.public_url;
            let data: Vec<_> = intents.iter().map(|intent| objects::intent_with_charge(intent, public_url)).collect();
            let has_more = i64::try_from(data.len()) == Ok(limit);
            axum::Json(json!({ "object": "list", "data": data, "has_more": has_more })).into_response()
        }
        Err(error) => unavailable(&error),
    }
}

pub(super) async fn find_intent(state: &State, id: &str) -> Result<Option<super::book::Intent>, sqlx::Error> {
    store::find_intent(&mut *state.0.pool.acquire().await?, id).await
}

pub(super) fn call(headers: &HeaderMap, address: &str, body: &[u8], act: Act) -> Call {
    let key = headers.get("idempotency-key").and_then(|value| value.to_str().ok());
    let key = key.filter(|key| (1..=KEY_MAX).contains(&key.len())).map(str::to_owned);
    let fingerprint = Sha256::new().chain_update(address).chain_update([0]).chain_update(body).finalize().into();
    Call { key, fingerprint, act }
}

/// Carries out a new attempt as its card does. The slow ones go on when the caller has left.
async fn carry_out(state: &State, card: Card, call: Call) -> Response {
    let slow = state.0.config.slow;
    match card {
        // Only the first call is slow; its answer is given again at once.
        Card::Slow if is_kept(state, call.key.as_deref()).await => submit(state, call).await,
        Card::Slow => {
            let Some(running) = Running::enter(state, call.key.as_deref()) else {
                return respond(Refusal::key_in_use().answer());
            };
            let owner = state.clone();
            let task = tokio::spawn(async move {
                let _running = running;
                // Told to stop, it is as if the process had died before the effect.
                if !owner.0.shutdown.sleep(slow).await {
                    return respond(Refusal::unavailable().answer());
                }
                submit(&owner, call).await
            });
            task.await.unwrap_or_else(|_| respond(Refusal::unavailable().answer()))
        }
        Card::SlowAnswer => {
            let answer = state.0.ledger.submit(call).await;
            if answer.as_ref().is_ok_and(|answer| !answer.replayed) {
                state.0.shutdown.sleep(slow).await;
            }
            of_ledger(answer)
        }
        Card::Succeeds | Card::Declines(_) | Card::Redirects | Card::Transfers => submit(state, call).await,
    }
}

/// Whether there is an answer under the key.
async fn is_kept(state: &State, key: Option<&str>) -> bool {
    let Some(key) = key else { return false };
    let found = async { store::kept_answers(&mut *state.0.pool.acquire().await?, &[key.to_owned()]).await };
    let found: Result<Vec<_>, sqlx::Error> = found.await;
    found.is_ok_and(|answers| !answers.is_empty())
}

/// A key whose first call is running, until it is dropped.
struct Running(State, Option<String>);

impl Running {
    fn enter(state: &State, key: Option<&str>) -> Option<Self> {
        if let Some(key) = key
            && !state.0.running.lock().insert(key.to_owned())
        {
            return None;
        }
        Some(Self(state.clone(), key.map(str::to_owned)))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(key) = &self.1 {
            self.0.0.running.lock().remove(key);
        }
    }
}

pub(super) async fn submit(state: &State, call: Call) -> Response {
    of_ledger(state.0.ledger.submit(call).await)
}

fn of_ledger(answer: Result<Answer, super::ledger::LedgerError>) -> Response {
    match answer {
        Ok(answer) => respond(answer),
        Err(error) => {
            tracing::debug!(%error, "a call of the sandbox was not carried out");
            respond(Refusal::unavailable().answer())
        }
    }
}

pub(super) fn respond(answer: Answer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, Body::from(answer.body)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if answer.replayed {
        headers.insert("idempotent-replayed", HeaderValue::from_static("true"));
    }
    response
}

pub(super) fn unavailable(error: &sqlx::Error) -> Response {
    tracing::warn!(%error, "the sandbox's ledger could not be read");
    respond(Refusal::unavailable().answer())
}

pub(super) fn new_name(state: &State, prefix: &str) -> String {
    let id: Uuid = random::new_id(&state.0.clock);
    format!("{prefix}_{}", id.simple())
}
