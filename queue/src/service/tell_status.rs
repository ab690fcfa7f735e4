//! Where somebody is in line. Until it is their turn no table is read.

use crate::domain::estimate;
use crate::domain::token::Held;
use crate::error;
use crate::memory::Line;
use crate::service::admit;
use crate::state::State;
use axum::http::HeaderMap;
use chrono::{DateTime, TimeDelta, Utc};
use onsale_core::api::queue::{QueueState, QueueStatus, WaitRange};
use onsale_core::{EventId, UserId};
use onsale_platform::identity::{Identity, bearer};
use onsale_platform::problem::Problem;
use onsale_platform::tokens::claimed_account;
use std::sync::Arc;

/// The pace of a line is what it moved in this time.
const PACE_WINDOW: TimeDelta = TimeDelta::seconds(5);
/// In the lobby nothing changes but how many joined.
const LOBBY_ASKS_EVERY_S: u32 = 30;
/// Who hears the line's events learns from them whose turn it is; asking renews the estimate only.
const HEARING_ASKS_EVERY_S: u32 = 300;
/// So it is seen who is still there.
const ADMITTED_ASKS_EVERY_S: u32 = 4;
/// After the start everybody asks for their number within it.
const START_SPREAD_S: u32 = 10;

/// The line of an event, for whoever asks for it; 404 where there is none.
pub(crate) fn line(state: &State, event: &EventId) -> Result<Arc<Line>, Problem> {
    if !state.memory.is_known() {
        return Err(error::rooms_unknown());
    }
    state.memory.line(event).filter(|line| line.room.is_on()).ok_or_else(error::no_room)
}

/// Who asks where they are: whoever has the queue token, and the account that an access token stands for.
///
/// Checking a signature takes more time than all else of a status, and a hundred thousand ask within seconds. So while
/// nobody is called, a token that claims nothing but the account which is known of the place already is not checked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asker<'a>(Option<&'a str>);

impl<'a> Asker<'a> {
    /// No account.
    pub(crate) fn nobody() -> Self {
        Self(None)
    }

    /// Whoever a request's `Authorization` stands for.
    pub(crate) fn of(headers: &'a HeaderMap) -> Self {
        Self(bearer(headers))
    }

    /// Whether it claims just what is known of an entry.
    pub(crate) fn is_known_as(self, line: &Line, position: u32) -> bool {
        let claimed = self.0.and_then(claimed_account);
        claimed.is_some() && claimed == line.account_of(position)
    }

    /// The account, checked; nothing where the token is not good, or cannot be checked just now.
    async fn account(self, state: &State) -> Option<UserId> {
        match state.verifier().verify(self.0?).await {
            Ok(Identity::User { user_id, .. }) => Some(user_id),
            Ok(Identity::ApiKey { .. } | Identity::Service(_)) | Err(_) => None,
        }
    }
}

/// The status of an entry.
pub(crate) async fn status(
    state: &State,
    event: &EventId,
    held: Held,
    asker: Asker<'_>,
) -> Result<QueueStatus, Problem> {
    state.catch_up().await;
    let line = line(state, event)?;
    let now = state.clock.now();
    let place = line.place_of(held.position);
    let mut status = QueueStatus { position: Some(held.position), ..standing(&line, place, now) };
    let is_checked = status.state == QueueState::Admitted || !asker.is_known_as(&line, held.position);
    let caller = if is_checked { asker.account(state).await } else { None };
    if let Some(account) = caller {
        state.notes.account(event, held.position, account);
    }
    if let Some(place) = place.filter(|_| status.state == QueueState::Admitted) {
        let turn = admit::turn(state, &line, (held.position, place), caller).await?;
        status.state = turn.state;
        status.sign_in_needed = turn.sign_in_needed;
        status.admission = turn.admission;
    }
    status.ask_again_seconds = ask_again(&line, &status, held.position, now);
    status.ask_again_hearing_seconds = Some(ask_again_hearing(&status, held.position, now));
    Ok(status)
}

/// What memory alone tells of whoever has this place.
pub(crate) fn standing(line: &Line, place: Option<u32>, now: DateTime<Utc>) -> QueueStatus {
    let (room, served) = (&line.room, line.served());
    let started = room.has_started(now);
    let state = match place {
        Some(place) if started && place <= served => QueueState::Admitted,
        Some(place) if line.gone.contains(place) => QueueState::Left,
        _ if room.closed_at.is_some() => QueueState::Closed,
        _ if room.sold_out_at.is_some() => QueueState::SoldOut,
        _ if !started => QueueState::Lobby,
        // Not in the list as this process has it yet.
        None => QueueState::Lobby,
        Some(_) => QueueState::Waiting,
    };
    let ahead = match place {
        Some(place) => (place - 1).saturating_sub(served).saturating_sub(line.gone.between(served, place - 1)),
        None => room.joined.saturating_sub(1),
    };
    QueueStatus {
        state,
        number: place,
        position: None,
        now_serving: served,
        ahead: if state == QueueState::Admitted { 0 } else { ahead },
        wait: wait(line, state, ahead, now),
        starts_at: room.starts_at,
        paused: room.paused,
        message: room.message.clone(),
        all_held: line.all_held(now),
        sign_in_needed: false,
        admission: None,
        ask_again_seconds: 0,
        ask_again_hearing_seconds: None,
    }
}

/// How long it will probably take; nothing while the line does not move.
fn wait(line: &Line, state: QueueState, ahead: u32, now: DateTime<Utc>) -> Option<WaitRange> {
    if state != QueueState::Waiting || line.room.paused || line.all_held(now).is_some() {
        return None;
    }
    let running = now - line.moves.called_at(1)?;
    let called_in = |seconds: f64| line.called_in(time(seconds), now);
    #[expect(clippy::cast_precision_loss, reason = "a line that moves for 2^52 ms is not one of ours")]
    let running_s = running.num_milliseconds() as f64 / 1_000.0;
    estimate::wait(ahead, running_s, line.room.inflow.fed, called_in)
}

#[expect(clippy::cast_possible_truncation, reason = "it saturates")]
fn time(seconds: f64) -> TimeDelta {
    TimeDelta::milliseconds((seconds * 1_000.0) as i64)
}

/// The nearer the turn, the sooner: so a hundred thousand cost no more than ten thousand calls a second.
fn ask_again(line: &Line, status: &QueueStatus, position: u32, now: DateTime<Utc>) -> u32 {
    match status.state {
        QueueState::Lobby => in_lobby((status.starts_at - now).num_seconds(), position, LOBBY_ASKS_EVERY_S),
        QueueState::Waiting => {
            let by_number = match status.ahead {
                5_001.. => 10,
                501..=5_000 => 5,
                0..=500 => 2,
            };
            by_half_the_wait(status.ahead, line.called_in(PACE_WINDOW, now))
                .map_or(by_number, |half| half.min(by_number))
        }
        QueueState::Admitted => ADMITTED_ASKS_EVERY_S,
        QueueState::Lapsed | QueueState::Left | QueueState::SoldOut | QueueState::Closed => 30,
    }
}

/// The same beside the line's events. A hundred thousand cost a few hundred calls a second.
fn ask_again_hearing(status: &QueueStatus, position: u32, now: DateTime<Utc>) -> u32 {
    match status.state {
        QueueState::Lobby => in_lobby((status.starts_at - now).num_seconds(), position, HEARING_ASKS_EVERY_S),
        QueueState::Waiting if status.ahead > 5_000 || status.all_held.is_some() => HEARING_ASKS_EVERY_S,
        QueueState::Waiting if status.ahead > 500 => 30,
        QueueState::Waiting => 10,
        _ => status.ask_again_seconds,
    }
}

/// The last question before the start is the first one after it, and not everybody's in the same second.
fn in_lobby(left_s: i64, position: u32, every_s: u32) -> u32 {
    let left = u32::try_from(left_s).unwrap_or(0);
    if left > every_s { every_s } else { left + 1 + position % START_SPREAD_S }
}

/// Half of the time that is left at the pace of now, so that nobody comes late when a line moves fast.
fn by_half_the_wait(ahead: u32, called: u32) -> Option<u32> {
    let window_s = PACE_WINDOW.num_seconds().unsigned_abs();
    let left_s = (u64::from(ahead) * window_s).checked_div(u64::from(called))?;
    Some(u32::try_from(left_s / 2).unwrap_or(u32::MAX).max(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_hears_the_lines_events_asks_seldom_but_right_after_the_start() {
        let starts_at = DateTime::from_timestamp(1_000_000, 0).expect("a time");
        let mut status = QueueStatus {
            state: QueueState::Lobby,
            number: None,
            position: None,
            now_serving: 0,
            ahead: 20_000,
            wait: None,
            starts_at,
            paused: false,
            message: None,
            all_held: None,
            sign_in_needed: false,
            admission: None,
            ask_again_seconds: 4,
            ask_again_hearing_seconds: None,
        };
        let left = |seconds| starts_at - TimeDelta::seconds(seconds);
        assert_eq!(ask_again_hearing(&status, 7, left(3_000)), HEARING_ASKS_EVERY_S);
        assert_eq!(ask_again_hearing(&status, 7, left(80)), 80 + 1 + 7);
        status.state = QueueState::Waiting;
        assert_eq!(ask_again_hearing(&status, 7, starts_at), HEARING_ASKS_EVERY_S);
        status.ahead = 20;
        assert_eq!(ask_again_hearing(&status, 7, starts_at), 10);
        status.state = QueueState::Admitted;
        assert_eq!(ask_again_hearing(&status, 7, starts_at), 4, "so it is seen that they are there");
    }

    #[test]
    fn who_is_called_soon_asks_soon() {
        assert_eq!(by_half_the_wait(8_000, 5_000), Some(4));
        assert_eq!(by_half_the_wait(8_000, 100), Some(200));
        assert_eq!((by_half_the_wait(3, 500), by_half_the_wait(3, 0)), (Some(2), None));
    }

    #[test]
    fn the_lobby_asks_once_within_ten_seconds_of_the_start() {
        assert_eq!(in_lobby(3_000, 7, LOBBY_ASKS_EVERY_S), LOBBY_ASKS_EVERY_S);
        let after: Vec<u32> = (0..1_000).map(|position| in_lobby(20, position, LOBBY_ASKS_EVERY_S) - 20).collect();
        assert!(after.iter().all(|seconds| (1..=START_SPREAD_S).contains(seconds)));
        assert!((1..=START_SPREAD_S).all(|second| after.iter().filter(|other| **other == second).count() == 100));
        assert!(
            (1..=START_SPREAD_S).contains(&in_lobby(-5, 3, LOBBY_ASKS_EVERY_S)),
            "the start is past, and the places are not given yet"
        );
    }
}
