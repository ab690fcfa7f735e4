//! Joining, one's place, leaving.

use super::device::{Device, held};
use crate::error;
use crate::service::join::{Join, NotJoined};
use crate::service::tell_status::Asker;
use crate::service::{leave, tell_status};
use crate::state::State;
use axum::extract::State as Extract;
use axum::http::header::{CACHE_CONTROL, HeaderName};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;
use onsale_core::EventId;
use onsale_core::api::problem::ProblemBody;
use onsale_core::api::queue::{JoinQueue, JoinedQueue, QueueStatus, QueueView};
use onsale_core::lineup::bytes::sha256;
use onsale_core::lineup::challenge;
use onsale_core::lineup::proof::Receipt;
use onsale_platform::extract::{Json, Path};
use onsale_platform::identity::Caller;
use onsale_platform::problem::Problem;

/// A challenge may be solved for so long.
const CHALLENGE_SECONDS: i64 = 300;
const NO_STORE: [(HeaderName, &str); 1] = [(CACHE_CONTROL, "no-store")];

/// The line of an event, as everybody sees it.
#[utoipa::path(
    get, path = "/api/queue/{eventId}", tag = "queue", params(("eventId" = EventId, Path)),
    responses(
        (status = 200, body = QueueView),
        (status = 404, description = "`not_found`: the event has no waiting room", body = ProblemBody),
        (status = 503, description = "`unavailable`", body = ProblemBody),
    )
)]
pub(super) async fn show(Extract(state): Extract<State>, Path(event): Path<EventId>) -> Result<Response, Problem> {
    let line = tell_status::line(&state, &event)?;
    let caching = [(CACHE_CONTROL, "public, max-age=1")];
    Ok((caching, Json(line.view(state.clock.now()))).into_response())
}

/// Join the line.
///
/// It is durable when it is answered. A device, told by its cookie, has one place: joining again gives the same. Keep the
/// receipt: with it anybody can check that you were not passed over.
#[utoipa::path(
    post, path = "/api/queue/{eventId}/join", tag = "queue", request_body(content = Option<JoinQueue>),
    params(("eventId" = EventId, Path)), security((), ("bearer" = [])),
    responses(
        (status = 201, body = JoinedQueue),
        (status = 403, description = "`challenge_required` with `challenge` and `bits`", body = ProblemBody),
        (status = 404, description = "`not_found`: the event has no waiting room", body = ProblemBody),
        (status = 409, description = "`queue_not_open` with `opensAt`, `queue_closed`", body = ProblemBody),
        (status = 503, description = "`unavailable`", body = ProblemBody),
    )
)]
pub(super) async fn join(
    Extract(state): Extract<State>,
    Path(event): Path<EventId>,
    caller: Option<Caller>,
    jar: CookieJar,
    body: Option<Json<JoinQueue>>,
) -> Result<Response, Problem> {
    let device = Device::of(&state, &jar);
    let body = body.map(|Json(body)| body).unwrap_or_default();
    // The cookie goes with a refusal as well: a challenge is its device's.
    let joined = enter(&state, &event, &device, caller.as_ref(), &body).await;
    let cookie = device.cookie(&state);
    Ok(match joined {
        Ok(joined) => (StatusCode::CREATED, NO_STORE, cookie, Json(joined)).into_response(),
        Err(problem) => (cookie, problem).into_response(),
    })
}

pub(super) async fn enter(
    state: &State,
    event: &EventId,
    device: &Device,
    caller: Option<&Caller>,
    body: &JoinQueue,
) -> Result<JoinedQueue, Problem> {
    let line = tell_status::line(state, event)?;
    let (room, now) = (&line.room, state.clock.now());
    if room.closed_at.is_some() {
        return Err(error::closed(room.message.as_deref()));
    }
    if now < room.opens_at {
        return Err(error::not_open(room.opens_at));
    }
    let account = caller.map(|caller| caller.user_id);
    let device = match account {
        _ if room.challenge_bits == 0 => device.hash(),
        None => check_challenge(state, event, &device.hash(), room.challenge_bits, body).map(|()| device.hash())?,
        // Who signs in instead of solving it has one place, whatever the device: a new device is no new place.
        Some(account) => sha256(&[b"onsale account 1", account.0.as_bytes()]).0,
    };
    let join = Join { event: event.clone(), device, account };
    let row = state.joins.submit(join).await.map_err(|_| error::busy())?.map_err(|why| match why {
        NotJoined::NoRoom => error::no_room(),
        NotJoined::Closed => error::closed(None),
        NotJoined::Database(error) => error::busy().with_source(error),
    })?;
    metrics::counter!("onsale_queue_joins_total").increment(1);
    if let Some(account) = account {
        state.notes.account(event, row.position, account);
    }
    state.catch_up().await;
    // What memory says now: the lobby may have ended meanwhile.
    let line = tell_status::line(state, event)?;
    let place = line.place_of(row.position);
    let standing = tell_status::standing(&line, place, now);
    let held = crate::domain::token::Held { position: row.position, entry: row.id };
    let mut receipt = Receipt {
        entry: row.id,
        position: row.position,
        chain_head: row.head,
        joined_at: row.joined_at,
        signature: String::new(),
    };
    state.sign(event, &mut receipt);
    let queue_token = state.signer.token(event, &held);
    Ok(JoinedQueue { queue_token, receipt, number: place, state: standing.state })
}

fn check_challenge(
    state: &State,
    event: &EventId,
    device: &[u8; 32],
    bits: u8,
    body: &JoinQueue,
) -> Result<(), Problem> {
    let now = state.clock.now().timestamp();
    if let (Some(text), Some(nonce)) = (&body.challenge, &body.nonce)
        && state.signer.is_challenge(event, device, now, text)
        && challenge::is_solved(text, nonce, bits)
    {
        return Ok(());
    }
    Err(error::challenge_required(state.signer.challenge(event, device, now + CHALLENGE_SECONDS), bits))
}

/// Where you are in line.
///
/// Ask again after `askAgainSeconds`. When it is your turn and you are signed in, the answer holds your admission: the
/// same whenever you ask, and only that account's.
#[utoipa::path(
    get, path = "/api/queue/{eventId}/status", tag = "queue", security((), ("bearer" = [])),
    params(("eventId" = EventId, Path), ("X-Queue-Token" = String, Header, description = "Of joining")),
    responses(
        (status = 200, body = QueueStatus),
        (status = 400, description = "`malformed`: no queue token, or another event's", body = ProblemBody),
        (status = 404, description = "`not_found`: the event has no waiting room", body = ProblemBody),
        (status = 503, description = "`unavailable`", body = ProblemBody),
    )
)]
pub(super) async fn status(
    Extract(state): Extract<State>,
    Path(event): Path<EventId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let held = held(&state, &event, &headers)?.ok_or_else(error::no_token)?;
    let status = tell_status::status(&state, &event, held, Asker::of(&headers)).await?;
    Ok((NO_STORE, Json(status)).into_response())
}

/// Leave the line. Within five minutes you may join again and have your place back.
#[utoipa::path(
    post, path = "/api/queue/{eventId}/leave", tag = "queue",
    params(("eventId" = EventId, Path), ("X-Queue-Token" = String, Header, description = "Of joining")),
    responses(
        (status = 204, description = "You left"),
        (status = 400, description = "`malformed`: no queue token, or another event's", body = ProblemBody),
        (status = 404, description = "`not_found`: the event has no waiting room", body = ProblemBody),
        (status = 503, description = "`unavailable`", body = ProblemBody),
    )
)]
pub(super) async fn leave(
    Extract(state): Extract<State>,
    Path(event): Path<EventId>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let held = held(&state, &event, &headers)?.ok_or_else(error::no_token)?;
    leave::leave(&state, &event, held).await?;
    Ok(StatusCode::NO_CONTENT)
}
