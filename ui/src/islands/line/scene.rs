//! What is known of a line and of one's own place, and what the page is about then.

use chrono::{DateTime, Utc};
use onsale_core::api::queue::{JoinedQueue, QueueState, QueueStatus, QueueView};
use serde::{Deserialize, Serialize};

/// What was last told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    /// What everybody sees.
    pub view: QueueView,
    /// One's own place, for who has one.
    pub own: Option<Own>,
    /// Whether nobody could say if there is a place.
    pub unsure: bool,
    /// Why the form before this page did nothing.
    pub refused: Option<Refused>,
}

/// One's own place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Own {
    /// For `X-Queue-Token`.
    pub token: String,
    /// Where it is.
    pub status: QueueStatus,
}

/// Why joining by a form did nothing; what else there is can be seen from the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refused {
    /// The line asks for a sum, which no form does.
    Sum,
    /// Too many at once.
    Busy,
}

impl Refused {
    /// The name in the address.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sum => "sum",
            Self::Busy => "busy",
        }
    }

    /// The reason of that name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        [Self::Sum, Self::Busy].into_iter().find(|why| why.name() == name)
    }
}

/// What the page is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scene {
    /// Nobody can join yet.
    Unopened,
    /// One can join.
    Outside,
    /// One was called and did not come in time.
    Lapsed,
    /// One left, or has what one came for.
    Left,
    /// In, before the start.
    Lobby,
    /// In line.
    Waiting,
    /// Called.
    Turn,
    /// Nothing is left.
    SoldOut,
    /// The organiser ended it.
    Closed,
}

impl Scene {
    pub(crate) fn of(seen: &Seen, now: DateTime<Utc>) -> Self {
        let state = seen.own.as_ref().map(|own| own.status.state);
        match state {
            Some(QueueState::Lobby) => Self::Lobby,
            Some(QueueState::Waiting) => Self::Waiting,
            Some(QueueState::Admitted) => Self::Turn,
            Some(QueueState::SoldOut) => Self::SoldOut,
            Some(QueueState::Closed) => Self::Closed,
            // Who is not in can only come in while anybody can.
            _ if seen.view.closed => Self::Closed,
            _ if seen.view.sold_out => Self::SoldOut,
            Some(QueueState::Lapsed) => Self::Lapsed,
            Some(QueueState::Left) => Self::Left,
            None if now < seen.view.opens_at => Self::Unopened,
            None => Self::Outside,
        }
    }

    /// Whether one has a place that moves or will.
    pub(crate) fn is_inside(self) -> bool {
        matches!(self, Self::Lobby | Self::Waiting)
    }
}

impl Seen {
    /// People ahead now: the line moved since one's own place was told.
    pub(crate) fn ahead(&self) -> u32 {
        let Some(own) = &self.own else { return 0 };
        let moved = self.view.now_serving.saturating_sub(own.status.now_serving);
        own.status.ahead.saturating_sub(moved)
    }

    /// Takes news of the line; whether one's own place has to be asked for because of it.
    pub(crate) fn take(&mut self, view: QueueView) -> bool {
        let turned = |pick: fn(&QueueView) -> bool| pick(&self.view) != pick(&view);
        let is_news = turned(|view| view.started)
            || turned(|view| view.paused)
            || turned(|view| view.closed)
            || turned(|view| view.sold_out);
        self.view = view;
        let number = self.own.as_ref().filter(|own| own.status.state == QueueState::Waiting);
        let is_called = number.and_then(|own| own.status.number).is_some_and(|number| number <= self.view.now_serving);
        self.own.is_some() && (is_news || is_called)
    }

    /// Has a place from now on, as far as joining tells of it.
    pub(crate) fn has_joined(&mut self, joined: JoinedQueue) {
        let view = &mut self.view;
        view.joined = view.joined.max(joined.receipt.position);
        let ahead = joined.number.map_or(view.joined, |number| number.saturating_sub(1 + view.now_serving));
        let status = QueueStatus {
            state: joined.state,
            number: joined.number,
            position: Some(joined.receipt.position),
            now_serving: view.now_serving,
            ahead,
            wait: None,
            starts_at: view.starts_at,
            paused: view.paused,
            message: view.message.clone(),
            all_held: view.all_held,
            // Who is called at once is asked to sign in only when that is known.
            sign_in_needed: false,
            admission: None,
            ask_again_seconds: 2,
            ask_again_hearing_seconds: None,
        };
        (self.refused, self.unsure) = (None, false);
        self.own = Some(Own { token: joined.queue_token, status });
    }

    /// Takes what was told of one's own place, which is as new as the line.
    pub(crate) fn told(&mut self, token: String, status: QueueStatus) {
        self.unsure = false;
        self.view.now_serving = self.view.now_serving.max(status.now_serving);
        self.view.paused = status.paused;
        self.view.message.clone_from(&status.message);
        self.view.all_held = status.all_held;
        self.own = Some(Own { token, status });
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use chrono::TimeDelta;
    use onsale_core::api::queue::QueueMode;
    use onsale_core::lineup::proof::Receipt;
    use onsale_core::lineup::{EntryId, Hash};

    pub(crate) fn now() -> DateTime<Utc> {
        "2027-02-04T09:00:00Z".parse().expect("a time")
    }

    pub(crate) fn outside() -> Seen {
        let view = QueueView {
            mode: QueueMode::Lobby,
            opens_at: now() - TimeDelta::minutes(10),
            starts_at: now() + TimeDelta::minutes(5),
            started: false,
            joined: 96_540,
            now_serving: 0,
            per_minute: 0,
            paused: false,
            closed: false,
            sold_out: false,
            message: None,
            all_held: None,
        };
        Seen { view, own: None, unsure: false, refused: None }
    }

    pub(crate) fn inside(state: QueueState) -> Seen {
        let mut seen = outside();
        seen.view.started = state != QueueState::Lobby;
        seen.view.now_serving = 44_801;
        let status = QueueStatus {
            state,
            number: (state != QueueState::Lobby).then_some(48_213),
            position: Some(52),
            now_serving: 44_801,
            ahead: 3_411,
            wait: None,
            starts_at: seen.view.starts_at,
            paused: false,
            message: None,
            all_held: None,
            sign_in_needed: false,
            admission: None,
            ask_again_seconds: 5,
            ask_again_hearing_seconds: None,
        };
        seen.own = Some(Own { token: "T".to_owned(), status });
        seen
    }

    #[test]
    fn the_page_is_about_ones_own_place_and_else_about_whether_one_can_join() {
        let mut seen = outside();
        assert_eq!(Scene::of(&seen, now()), Scene::Outside);
        assert_eq!(Scene::of(&seen, now() - TimeDelta::minutes(11)), Scene::Unopened);
        seen.view.sold_out = true;
        assert_eq!(Scene::of(&seen, now()), Scene::SoldOut);
        seen.view.closed = true;
        assert_eq!(Scene::of(&seen, now()), Scene::Closed);
        assert_eq!(Scene::of(&inside(QueueState::Lobby), now()), Scene::Lobby);
        let mut lapsed = inside(QueueState::Lapsed);
        assert_eq!(Scene::of(&lapsed, now()), Scene::Lapsed);
        lapsed.view.closed = true;
        assert_eq!(Scene::of(&lapsed, now()), Scene::Closed, "nobody can join again");
    }

    #[test]
    fn whose_number_is_called_asks_at_once_and_others_count_on() {
        let mut seen = inside(QueueState::Waiting);
        let mut view = seen.view.clone();
        view.now_serving = 48_000;
        assert!(!seen.take(view.clone()));
        assert_eq!(seen.ahead(), 212);
        view.now_serving = 48_213;
        assert!(seen.take(view.clone()));
        assert_eq!(seen.ahead(), 0);
        view.paused = true;
        assert!(seen.take(view.clone()), "a pause is news");
        assert!(!outside().take(view), "who has no place has nothing to ask");
    }

    #[test]
    fn who_joined_is_in_at_once() {
        let mut seen = outside();
        (seen.view.now_serving, seen.view.joined, seen.refused) = (40, 51, Some(Refused::Busy));
        let receipt = Receipt {
            entry: EntryId([1; 16]),
            position: 52,
            chain_head: Hash([2; 32]),
            joined_at: now(),
            signature: String::new(),
        };
        let state = QueueState::Waiting;
        seen.has_joined(JoinedQueue { queue_token: "T".to_owned(), receipt, number: Some(52), state });
        assert_eq!((Scene::of(&seen, now()), seen.ahead(), seen.refused), (Scene::Waiting, 11, None));
        assert_eq!(seen.view.joined, 52, "they are one of those who are here");
    }

    #[test]
    fn reasons_are_found_by_their_names() {
        for why in [Refused::Sum, Refused::Busy] {
            assert_eq!(Refused::of_name(why.name()), Some(why));
        }
        assert_eq!(Refused::of_name("else"), None);
    }
}
