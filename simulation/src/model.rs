//! Small worlds, exhaustively: every order in which a few buyers, a dying lock, the clock, the sweeper and the
//! provider can act on the same pure functions, by the model checker `stateright`.
//!
//! Answers are lost by not being looked at: a commit may be sent again, a call to the provider may be made
//! again at any later time, and what the provider says may arrive late, twice or never.

mod rules;
mod state;

use state::{Action, State};
use stateright::{Checker, Model, Property};
use std::fmt;

/// A small world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Small {
    /// Buyers; each wants all seats, once (written first, as in "2 × 1").
    pub users: u8,
    /// Seats.
    pub seats: u8,
    /// How often a master may forget.
    pub losses: u8,
    /// How often a buyer may try to pay.
    pub attempts: u8,
    /// How often the clock moves: each time all holds and payment windows end.
    pub ticks: u8,
    /// Whether buyers give tickets back.
    pub cancels: bool,
}

/// The worlds that are exhausted.
pub const SMALL: [Small; 3] = [
    Small { users: 2, seats: 1, losses: 1, attempts: 2, ticks: 2, cancels: true },
    Small { users: 2, seats: 2, losses: 1, attempts: 1, ticks: 2, cancels: true },
    Small { users: 3, seats: 1, losses: 0, attempts: 1, ticks: 2, cancels: false },
];

impl fmt::Display for Small {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} × {}", self.users, self.seats)
    }
}

impl Model for Small {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![State::new(*self)]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        state.actions(*self, actions);
    }

    fn next_state(&self, last: &State, action: Action) -> Option<State> {
        let mut next = last.clone();
        next.act(*self, action);
        (next != *last).then_some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("one live ticket a seat", |_, state: &State| state.one_ticket_a_seat()),
            Property::always("a live hold has its seats", |_, state: &State| state.holds_have_their_seats()),
            Property::always("nothing is freed while paying", |_, state: &State| !state.freed_while_paying),
            Property::always("no double charge", |_, state: &State| state.no_double_charge()),
            Property::always("money stands for tickets", |_, state: &State| state.money_stands_for_tickets()),
            Property::sometimes("a seat is sold", |_, state: &State| state.tickets() > 0),
            Property::sometimes("an expired seat is taken", |_, state: &State| state.taken_on_contact()),
            Property::sometimes("all settle", |_, state: &State| state.all_settled()),
        ]
    }
}

/// Visits every state of a small world; gives how many there are.
///
/// # Errors
/// Names the promise that is broken and the steps that break it, or what was never reached.
pub fn exhaust(small: Small, threads: usize) -> Result<usize, String> {
    let checker = small.checker().threads(threads).spawn_bfs().join();
    let discoveries = checker.discoveries();
    for property in small.properties() {
        let found = discoveries.get(property.name);
        match (&property.expectation, found) {
            (stateright::Expectation::Sometimes, None) => {
                return Err(format!("{small}: {:?} was never reached", property.name));
            }
            (stateright::Expectation::Always, Some(path)) => {
                let steps = path.clone().into_actions();
                return Err(format!("{small}: {:?} is broken by {steps:?}", property.name));
            }
            _ => {}
        }
    }
    Ok(checker.unique_state_count())
}
