//! Who comes, for what, and what they are like: the swarm's own people.

use crate::swarm::client::person::{Fate, Person};

/// People whose habits stand for all.
const SAMPLE: u32 = 2_000;
/// The times of so many-th of them are kept.
const TIMED_EVERY: u32 = 20;

/// A crowd and what is sold to it.
#[derive(Debug, Clone, PartialEq, serde::Serialize, clap::Args)]
#[serde(rename_all = "camelCase")]
pub struct Sale {
    /// People.
    #[arg(long, default_value_t = 1_000_000.0)]
    pub people: f64,
    /// Seats, of all events.
    #[arg(long, default_value_t = 60_000.0)]
    pub seats: f64,
    /// Events that open at the same moment, each with its own line; people and seats are the same for each.
    #[arg(long, default_value_t = 1)]
    pub events: u32,
    /// Within how many seconds people arrive.
    #[arg(long, default_value_t = 600.0)]
    pub ramp: f64,
    /// From the last arrival to the opening, in seconds.
    #[arg(long, default_value_t = 60.0)]
    pub calm: f64,
    /// Within how many seconds of the opening each person makes one call.
    #[arg(long, default_value_t = 10.0)]
    pub burst: f64,
    /// The median of the time between hold and paying, in seconds.
    #[arg(long, default_value_t = 9.0)]
    pub typing: f64,
    /// How long a hold lasts, in seconds.
    #[arg(long, default_value_t = 120.0)]
    pub hold: f64,
    /// Reserves for each that is answered with a hold; above 1 where people are beaten to seats.
    #[arg(long, default_value_t = 1.0)]
    pub tries: f64,
    /// Within how many seconds of the opening 98 of 100 seats have to be paid and ticketed.
    #[arg(long, default_value_t = 90.0)]
    pub ticketed: f64,
}

/// What people are like, by a sample of them.
#[derive(Debug, Clone)]
pub struct Habits {
    /// Seats that one takes, in the mean.
    pub party: f64,
    /// The share who pay for a hold.
    pub pays: f64,
    /// The share who give it back.
    pub releases: f64,
    /// Seconds until seats are chosen.
    pub choosing: Vec<f64>,
    /// Seconds between hold and paying.
    pub typing: Vec<f64>,
}

impl Habits {
    /// Those of the swarm's people, with this median between hold and paying.
    #[must_use]
    pub fn of(typing_s: f64) -> Self {
        let (mut party, mut pays, mut releases) = (0.0, 0.0, 0.0);
        let (mut choosing, mut typing) = (Vec::new(), Vec::new());
        for number in 0..SAMPLE {
            let person = Person::new(1, number);
            party += f64::from(u32::try_from(person.party()).unwrap_or(0));
            match person.fate() {
                Fate::Pays => pays += 1.0,
                Fate::Releases => releases += 1.0,
                Fate::Vanishes => {}
            }
            if number % TIMED_EVERY == 0 {
                choosing.push(person.chooses().as_secs_f64());
                typing.push(person.types(typing_s).as_secs_f64());
            }
        }
        let all = f64::from(SAMPLE);
        Self { party: party / all, pays: pays / all, releases: releases / all, choosing, typing }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_is_like_the_crowd() {
        let habits = Habits::of(9.0);
        assert!((habits.party - 2.25).abs() < 0.1, "{}", habits.party);
        assert!((habits.pays - 0.89).abs() < 0.03 && (habits.releases - 0.10).abs() < 0.03, "{habits:?}");
        let mut typing = habits.typing;
        typing.sort_unstable_by(f64::total_cmp);
        assert!((typing[50] - 9.0).abs() < 1.5, "{}", typing[50]);
    }
}
