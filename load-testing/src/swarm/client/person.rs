//! What a person is like, by chance from a seed.

use crate::proof::random::Random;
use std::time::Duration;

/// Of a hundred who hold, so many give back, close the page, and load it anew.
const RELEASES: usize = 10;
const VANISHES: usize = 1;
const RELOADS: usize = 3;
/// Spread of the logarithm of times at the keyboard.
const SPREAD: f64 = 0.45;
/// Medians in seconds: until seats are chosen, and chosen anew.
const CHOOSING_S: f64 = 2.5;
const CHOOSING_AGAIN_S: f64 = 1.2;

/// What becomes of a hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is paid.
    Pays,
    /// It is given back.
    Releases,
    /// The page is closed over it.
    Vanishes,
}

/// Somebody.
pub struct Person(Random);

impl Person {
    /// The person of this number.
    #[must_use]
    pub fn new(seed: u64, number: u32) -> Self {
        // Mixed once, so that neighbours have nothing in common.
        let mixed = Random::new(seed, u64::from(number)).next();
        Self(Random::new(mixed, 0))
    }

    /// A moment within so many milliseconds, any as likely.
    pub fn within(&self, milliseconds: u32) -> Duration {
        Duration::from_millis(u64::from(milliseconds)).mul_f64(self.0.share())
    }

    /// Any number below.
    pub fn below(&self, end: usize) -> usize {
        self.0.below(end)
    }

    /// The same time, up to so much (0–1) shorter or longer.
    pub fn about(&self, time: Duration, by: f64) -> Duration {
        time.mul_f64(1.0 - by + 2.0 * by * self.0.share())
    }

    /// How many seats are wanted.
    pub fn party(&self) -> usize {
        match self.0.below(100) {
            0..15 => 1,
            15..75 => 2,
            75..85 => 3,
            _ => 4,
        }
    }

    /// A place in the hall's order, the front preferred.
    pub fn taste(&self, seats: usize) -> usize {
        self.0.below(seats).min(self.0.below(seats))
    }

    /// Until seats are chosen on a map just seen.
    pub fn chooses(&self) -> Duration {
        Duration::from_secs_f64(self.0.log_normal(CHOOSING_S, SPREAD).min(20.0))
    }

    /// Until others are chosen.
    pub fn chooses_again(&self) -> Duration {
        Duration::from_secs_f64(self.0.log_normal(CHOOSING_AGAIN_S, SPREAD).min(10.0))
    }

    /// Between hold and paying.
    pub fn types(&self, median_s: f64) -> Duration {
        Duration::from_secs_f64(self.0.log_normal(median_s, SPREAD).min(median_s * 5.0))
    }

    /// What becomes of the hold.
    pub fn fate(&self) -> Fate {
        match self.0.below(100) {
            chance if chance < RELEASES => Fate::Releases,
            chance if chance < RELEASES + VANISHES => Fate::Vanishes,
            _ => Fate::Pays,
        }
    }

    /// Whether the page is loaded anew.
    pub fn reloads(&self) -> bool {
        self.0.below(100) < RELOADS
    }

    /// A key that no other request has.
    pub fn key(&self) -> String {
        format!("{:016x}{:016x}", self.0.next(), self.0.next())
    }

    /// The cookie of a device: 16 bytes in base64url, as the line's own.
    pub fn device(&self) -> String {
        const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let letter = |nth: usize| {
            // 128 bits are 21 letters and the upper two bits of one more.
            let all = self.0.below(64);
            char::from(LETTERS[if nth == 21 { all & 0b11_0000 } else { all }])
        };
        (0..22).map(letter).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_the_same_in_every_run_and_unlike_each_other() {
        let life = |number| {
            let person = Person::new(1, number);
            (person.within(1_000), person.party(), person.device(), person.key())
        };
        assert_eq!(life(5), life(5));
        assert_ne!(life(5), life(6));
        assert_eq!(life(5).2.len(), 22);
    }

    #[test]
    fn one_of_ten_gives_back_and_one_of_a_hundred_vanishes() {
        let fates: Vec<Fate> = (0..20_000).map(|number| Person::new(7, number).fate()).collect();
        let share = |fate| fates.iter().filter(|other| **other == fate).count();
        assert!((1_800..2_200).contains(&share(Fate::Releases)), "{}", share(Fate::Releases));
        assert!((140..260).contains(&share(Fate::Vanishes)), "{}", share(Fate::Vanishes));
    }
}
