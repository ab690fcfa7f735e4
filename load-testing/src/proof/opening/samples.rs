//! How the sale and the line stand, twice a second, by the tables and by what the crowd is doing.

use super::crowd::Doing;
use crate::proof::faults::Faults;
use sqlx::PgConnection;
use std::time::{Duration, Instant};

/// Between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Something is told late by so much at most: the leader looks each second, gateways twice a second, people every 10 s.
const TOLD_WITHIN: Duration = Duration::from_secs(15);

/// One look.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Sample {
    /// Since the sale opened.
    pub at: Duration,
    /// People in line.
    pub waiting: i64,
    /// People let in so far.
    pub admitted: i64,
    /// Seats that nobody has.
    pub free: i64,
    /// Seats held.
    pub held: i64,
    /// Seats sold.
    pub sold: i64,
    /// People who are choosing seats.
    pub choosing: i64,
}

impl Sample {
    /// Whether a seat is free for which nobody is there, while somebody waits; a party takes so many.
    fn is_idle(&self, party: i64) -> bool {
        self.waiting > 0 && self.free > self.choosing * party
    }

    fn is_all_held(&self) -> bool {
        self.free == 0 && self.held > 0
    }

    fn is_sold_out(&self) -> bool {
        self.free == 0 && self.held == 0 && self.sold > 0
    }
}

/// All looks, oldest first.
#[derive(Debug, Clone, Default)]
pub(super) struct Samples(pub Vec<Sample>);

impl Samples {
    /// Looks until all is sold and nobody is told otherwise, or for so long.
    ///
    /// # Errors
    /// When the tables cannot be read.
    pub(super) async fn take(
        database: &mut PgConnection,
        event: &str,
        opened: Instant,
        doing: &Doing,
        longest: Duration,
    ) -> anyhow::Result<Self> {
        let mut samples = Vec::new();
        let mut sold_at = None;
        while opened.elapsed() < longest {
            let sample = look(database, event, opened, doing).await?;
            samples.push(sample);
            sold_at = if sample.is_sold_out() { sold_at.or(Some(sample.at)) } else { None };
            if sold_at.is_some_and(|at| sample.at - at > TOLD_WITHIN) {
                break;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        Ok(Self(samples))
    }

    /// The longest time in which a seat was idle while somebody waited.
    #[must_use]
    pub(super) fn idle_longest(&self, party: i64) -> Duration {
        let (mut longest, mut since) = (Duration::ZERO, None);
        for sample in &self.0 {
            since = sample.is_idle(party).then(|| since.unwrap_or(sample.at));
            longest = longest.max(since.map_or(Duration::ZERO, |since| sample.at - since + LOOK_EVERY));
        }
        longest
    }

    /// When the last seat was sold.
    #[must_use]
    pub(super) fn sold_out_at(&self) -> Option<Duration> {
        let last = self.0.iter().rposition(|sample| !sample.is_sold_out()).map_or(0, |last| last + 1);
        self.0.get(last).map(|sample| sample.at)
    }

    /// Whether what people were told was so shortly before; and whether they were told it.
    pub(super) fn compare(&self, all_held: &[Duration], sold_out: &[Duration], faults: &mut Faults) {
        self.was_so(all_held, "all seats are held", Sample::is_all_held, faults);
        self.was_so(sold_out, "all is sold", Sample::is_sold_out, faults);
        let for_long = self.0.windows(1 + index(TOLD_WITHIN)).find(|all| all.iter().all(Sample::is_all_held));
        if let Some(from) = for_long.and_then(|all| all.first()).map(|first| first.at) {
            let told = all_held.iter().any(|at| (from..from + TOLD_WITHIN).contains(at));
            faults.unless(told, || format!("all was held from {from:?} on, and nobody was told"));
        }
        faults.unless(self.sold_out_at().is_none() || !sold_out.is_empty(), || {
            "nobody was told that all is sold".to_owned()
        });
    }

    fn was_so(&self, told: &[Duration], what: &str, is_so: fn(&Sample) -> bool, faults: &mut Faults) {
        for at in told {
            let mut before =
                self.0.iter().filter(|sample| sample.at <= *at + LOOK_EVERY && sample.at + TOLD_WITHIN >= *at);
            faults.unless(before.any(is_so), || format!("somebody was told at {at:?} that {what}, and it was not so"));
        }
    }
}

fn index(time: Duration) -> usize {
    usize::try_from(time.as_millis() / LOOK_EVERY.as_millis()).unwrap_or(1)
}

async fn look(database: &mut PgConnection, event: &str, opened: Instant, doing: &Doing) -> anyhow::Result<Sample> {
    // Whoever leaves was let in before, so all others wait.
    let sql = "SELECT chain.count - room.served, (SELECT count(*) FROM gateway.admissions a WHERE a.event_id = $1),
               seats.free, seats.held, seats.sold
        FROM gateway.rooms room JOIN gateway.chains chain USING (event_id)
        CROSS JOIN (SELECT free, held, sold FROM booking.counters ORDER BY event_no DESC LIMIT 1) seats
        WHERE room.event_id = $1";
    let at = opened.elapsed();
    let (waiting, admitted, free, held, sold): (i32, i64, i64, i64, i64) =
        sqlx::query_as(sql).bind(event).fetch_one(database).await?;
    let choosing = i64::try_from(doing.choosing.get())?;
    Ok(Sample { at, waiting: i64::from(waiting), admitted, free, held, sold, choosing })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(half_seconds: u64, waiting: i64, free: i64, held: i64, choosing: i64) -> Sample {
        let at = Duration::from_millis(500 * half_seconds);
        Sample { at, waiting, free, held, choosing, ..Sample::default() }
    }

    #[test]
    fn a_seat_is_idle_where_fewer_choose_than_it_takes_and_somebody_waits() {
        let samples = Samples(vec![
            sample(0, 9, 4, 0, 1),
            sample(1, 9, 4, 0, 1),
            sample(2, 9, 4, 0, 2),
            sample(3, 0, 4, 0, 0),
            sample(4, 1, 1, 0, 0),
        ]);
        assert_eq!(samples.idle_longest(2), Duration::from_secs(1));
        assert_eq!(Samples(samples.0[2..4].to_vec()).idle_longest(2), Duration::ZERO);
    }

    #[test]
    fn what_was_not_so_is_a_fault() {
        let samples = Samples((0..100).map(|n| sample(n, 9, i64::from(n < 50), 5, 1)).collect());
        let count = |all_held: &[u64], sold_out: &[u64]| {
            let mut faults = Faults::default();
            let at = |seconds: &[u64]| seconds.iter().copied().map(Duration::from_secs).collect::<Vec<_>>();
            samples.compare(&at(all_held), &at(sold_out), &mut faults);
            faults.count()
        };
        assert_eq!((count(&[30], &[]), count(&[30, 10], &[]), count(&[], &[]), count(&[30], &[30])), (0, 1, 1, 1));
    }
}
