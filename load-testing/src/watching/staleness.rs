//! From when each change was acknowledged and when each watcher read it to how old it was then.

use super::changes::Change;
use super::stream::Heard;
use hdrhistogram::Histogram;
use std::collections::HashMap;

/// Ages are kept in ms, up to ten minutes, to three digits.
const AGE_MAX_MS: u64 = 600_000;

/// How old changes were when they were read.
pub struct Staleness {
    /// From acknowledged to read, in ms, for each watcher and change.
    pub ages_ms: Histogram<u64>,
    /// Changes that were told.
    pub told: usize,
}

/// Puts together what was changed and what was read. A seat is changed to a state once in a run.
pub(super) fn of(changes: &[Change], heard: &[Heard]) -> anyhow::Result<Staleness> {
    let mut ages_ms = Histogram::new_with_bounds(1, AGE_MAX_MS, 3)?;
    let mut known: HashMap<(u32, u8), (u64, bool)> =
        changes.iter().map(|change| ((change.seat, change.digit), (change.acknowledged_us / 1_000, false))).collect();
    for frame in heard.iter().flat_map(|heard| heard.frames.values()) {
        for change in &frame.changes {
            let Some((acknowledged, told)) = known.get_mut(change) else { continue };
            *told = true;
            for (read, count) in &frame.read_ms {
                // It may be read before its acknowledgement is.
                let age = read.saturating_sub(*acknowledged).max(1);
                ages_ms.saturating_record_n(age, u64::from(*count));
            }
        }
    }
    let told = known.values().filter(|(_, told)| *told).count();
    Ok(Staleness { ages_ms, told })
}

#[cfg(test)]
mod tests {
    use super::super::stream::Frame;
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn each_watchers_age_of_each_change_counts() {
        let change = |seat, acknowledged_ms: u64| Change { seat, digit: 1, acknowledged_us: acknowledged_ms * 1_000 };
        let frame = Frame { changes: vec![(1, 1), (2, 1), (9, 0)], read_ms: BTreeMap::from([(500, 2), (900, 1)]) };
        let heard = Heard { frames: BTreeMap::from([("x".to_owned(), frame)]), ..Heard::default() };
        let staleness = of(&[change(1, 100), change(2, 600), change(3, 1)], &[heard]).expect("counted");
        assert_eq!((staleness.ages_ms.len(), staleness.ages_ms.max(), staleness.told), (6, 800, 2));
        assert_eq!(staleness.ages_ms.min(), 1);
    }
}
