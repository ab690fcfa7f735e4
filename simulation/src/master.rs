//! One Redis master: keys with an owner and an end, and the three scripts that booking runs.

use crate::ids::Millis;
use onsale_booking::domain::redlock::Answer;
use onsale_core::ReservationId;
use std::collections::BTreeMap;

/// A master.
#[derive(Debug, Default)]
pub struct Master {
    /// Whether it is dead.
    pub down: bool,
    /// Grows each time it loses its memory.
    pub life: u32,
    keys: BTreeMap<i32, (ReservationId, Millis)>,
}

/// What a master is asked.
#[derive(Debug, Clone)]
pub enum Script {
    /// Set all keys, or none.
    Lock {
        /// The seats.
        seats: Vec<i32>,
        /// Whose they are to be.
        owner: ReservationId,
        /// For how long.
        ttl: Millis,
    },
    /// Set the keys that are free or the owner's, so that later comers are shed.
    Mark {
        /// The seats.
        seats: Vec<i32>,
        /// Whose they are.
        owner: ReservationId,
        /// For how long.
        ttl: Millis,
    },
    /// Delete the keys that are the owner's.
    Unlock {
        /// The seats.
        seats: Vec<i32>,
        /// Whose they are.
        owner: ReservationId,
    },
}

impl Master {
    /// Dies and forgets everything.
    pub fn lose(&mut self) {
        self.down = true;
        self.life += 1;
        self.keys.clear();
    }

    /// Runs a script; only a lock has an answer.
    pub fn run(&mut self, script: &Script, now: Millis) -> Option<Answer> {
        match script {
            Script::Lock { seats, owner, ttl } => {
                let taken = |seat: &i32| self.keys.get(seat).is_some_and(|(other, end)| other != owner && *end > now);
                let refused: Vec<usize> = (0..seats.len()).filter(|place| taken(&seats[*place])).collect();
                if !refused.is_empty() {
                    return Some(Answer::Taken(refused));
                }
                self.set(seats, *owner, now + ttl);
                Some(Answer::Granted)
            }
            Script::Mark { seats, owner, ttl } => {
                let mine = |seat: &&i32| self.keys.get(seat).is_none_or(|(other, end)| other == owner || *end <= now);
                let mine: Vec<i32> = seats.iter().filter(mine).copied().collect();
                self.set(&mine, *owner, now + ttl);
                None
            }
            Script::Unlock { seats, owner } => {
                for seat in seats {
                    if self.keys.get(seat).is_some_and(|(other, _)| other == owner) {
                        self.keys.remove(seat);
                    }
                }
                None
            }
        }
    }

    fn set(&mut self, seats: &[i32], owner: ReservationId, end: Millis) {
        for seat in seats {
            self.keys.insert(*seat, (owner, end));
        }
    }
}
