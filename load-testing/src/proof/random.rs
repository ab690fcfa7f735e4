//! Chance from a seed: SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014).

use std::cell::Cell;

/// A source of chance.
#[derive(Debug)]
pub struct Random(Cell<u64>);

impl Random {
    /// A source that begins from `seed`; another `stream` gives other numbers.
    #[must_use]
    pub fn new(seed: u64, stream: u64) -> Self {
        Self(Cell::new(seed ^ stream.wrapping_mul(0xd134_2543_de82_ef95)))
    }

    /// A number from 0 to below `end`; 0 for an empty range.
    pub fn below(&self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.next() % end).unwrap_or(0)
    }

    /// A number from 0 to below 1.
    pub fn share(&self) -> f64 {
        // The upper 53 bits are what a float holds.
        #[expect(clippy::cast_precision_loss, reason = "2^53 is held exactly")]
        let (bits, all) = ((self.next() >> 11) as f64, (1_u64 << 53) as f64);
        bits / all
    }

    /// A number of a log-normal distribution with this median; `spread` is the standard deviation of its logarithm.
    pub fn log_normal(&self, median: f64, spread: f64) -> f64 {
        // Box and Muller: "A note on the generation of random normal deviates", 1958.
        let (radius, angle) = ((-2.0 * (1.0 - self.share()).ln()).sqrt(), std::f64::consts::TAU * self.share());
        median * (spread * radius * angle.cos()).exp()
    }

    /// The next 64 bits.
    pub fn next(&self) -> u64 {
        let state = self.0.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.0.set(state);
        let mut mixed = state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_and_another_stream_other_numbers() {
        let numbers = |stream| {
            let random = Random::new(7, stream);
            (0..8).map(|_| random.below(1000)).collect::<Vec<_>>()
        };
        assert_eq!(numbers(0), numbers(0));
        assert_ne!(numbers(0), numbers(1));
        assert!(numbers(0).iter().all(|number| *number < 1000));
        assert_eq!(Random::new(1, 1).below(0), 0);
    }

    #[test]
    fn half_of_a_log_normal_lies_below_its_median() {
        let random = Random::new(3, 9);
        let drawn: Vec<f64> = (0..4000).map(|_| random.log_normal(8.0, 0.5)).collect();
        let below = drawn.iter().filter(|number| **number < 8.0).count();
        assert!((1850..2150).contains(&below), "{below} of 4000");
        assert!(drawn.iter().all(|number| *number > 0.0));
    }
}
