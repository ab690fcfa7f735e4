//! Whether people saw no more than they may, and whether every promise held.

use super::house::House;
use super::results::Result;
use super::rows::Row;
use crate::proof::buyers::Load;
use crate::proof::faults::Faults;
use crate::proof::{audit, check};
use sqlx::{Connection, PgConnection};
use std::time::Duration;

/// How long whoever is at something may take to come to its end.
const REST_MAX: Duration = Duration::from_secs(60);
/// How long the relays may take to tell all that happened.
const DRAINED_MAX: Duration = Duration::from_secs(30);
/// How long a mail may take whose sender was cut off in the middle: its lease, and the next try.
const WRITTEN_MAX: Duration = Duration::from_secs(90);
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// So many answers are needed for a quantile to say something.
const SAID_MIN_MS: f64 = 1.0;
/// What a median may grow by where people are to see nothing, in milliseconds.
const SLOWER_MAX_MS: f64 = 50.0;

/// Events that were not told yet, of all services; and tickets whose projection differs from them.
const UNTOLD: &str = "SELECT
    (SELECT count(*) FROM booking.events e, booking.relay r WHERE (e.xid, e.position) > (r.xid, r.position))
    + (SELECT count(*) FROM payment.events e, payment.relay r WHERE (e.xid, e.position) > (r.xid, r.position))
    + (SELECT count(*) FROM booking.tickets t FULL JOIN booking.sold_tickets s ON s.ticket_id = t.id
       WHERE (t.id IS NULL OR s.ticket_id IS NULL OR (t.status = 'CANCELLED') <> (s.cancelled_at IS NOT NULL)
           OR t.price <> s.price))";
/// Paid orders whose buyer was not written to.
const UNWRITTEN: &str = "SELECT count(*) FROM booking.orders WHERE status IN ('CONFIRMED', 'PROCESSING')";
/// Holds that should have ended, by the sweeper's pause and more.
const OVERDUE: &str = "SELECT count(*) FROM booking.reservations
    WHERE status = 'ACTIVE' AND hold_ends_at < clock_timestamp() - interval '10 seconds'";

/// Whether a rate is such a share of another one, less what chance takes (two standard deviations of a Poisson count).
#[must_use]
pub fn is_share(now: f64, before: f64, share: f64, time: Duration) -> bool {
    let expected = share * before * time.as_secs_f64();
    now * time.as_secs_f64() >= expected - 2.0 * expected.sqrt()
}

/// Whether people saw no more than the row allows.
pub fn on_what_was_seen(row: &Row, result: &mut Result) {
    let (seen, before, now) = (row.seen, result.before, result.meanwhile);
    let mut faults = Faults::default();
    let share = now.holds / before.holds.max(0.001);
    faults.unless(is_share(now.holds, before.holds, seen.holds_min, row.lasts), || {
        format!("{:.0} % of the holds of before went on", 100.0 * share)
    });
    faults.unless(now.looks >= seen.looks_min, || {
        format!("{:.0} % of the looks at events were answered", 100.0 * now.looks)
    });
    if !seen.refusals {
        faults.unless(now.later == 0.0 && now.lost == 0, || {
            format!("{:.1} % were told to come later, {} got no answer", 100.0 * now.later, now.lost)
        });
        faults.unless(now.p50_ms <= before.p50_ms + SLOWER_MAX_MS, || {
            format!("the median grew from {:.0} to {:.0} ms", before.p50_ms, now.p50_ms)
        });
    }
    if let Some(within) = seen.refused_within_ms.filter(|_| now.later_p99_ms > SAID_MIN_MS) {
        faults.unless(now.later_p99_ms <= within, || {
            format!("it took {:.0} ms to be told to come later", now.later_p99_ms)
        });
    }
    if let Some(within) = seen.finds_within_ms {
        faults.unless(now.finds >= 1.0, || format!("{:.0} % of the searches were answered", 100.0 * now.finds));
        faults.unless(now.degraded > 0.0, || "no search went without the search engine: was it away?".to_owned());
        faults
            .unless(now.finds_p99_ms <= within, || format!("99 of 100 searches took up to {:.0} ms", now.finds_p99_ms));
    }
    match result.recovered_ms {
        Some(ms) => faults.unless(u128::from(ms) <= row.recovered_in.as_millis(), || {
            format!("all went on after {ms} ms, not within {} s", row.recovered_in.as_secs())
        }),
        None => faults.add("it never went on as before"),
    }
    result.found(&faults);
}

/// Whether what happened while the bus was away was told in time.
pub fn on_backlog(row: &Row, result: &mut Result) {
    let mut faults = Faults::default();
    let in_time = result.drained_ms.is_some_and(|ms| u128::from(ms) <= row.recovered_in.as_millis());
    faults.unless(in_time, || {
        format!(
            "{} events were told after {:?} ms, not within {} s",
            result.behind,
            result.drained_ms,
            row.recovered_in.as_secs()
        )
    });
    result.found(&faults);
}

/// Lets all come to rest, and looks at I1 to I5 in the tables.
///
/// # Errors
/// When the database cannot be asked.
pub async fn on_promises(row: &Row, house: &House, load: &Load, result: &mut Result) -> anyhow::Result<()> {
    let mut faults = Faults::default();
    let inside = load.gate.close(REST_MAX).await;
    faults.unless(inside == 0, || format!("{inside} people were not told within {} s", REST_MAX.as_secs()));
    let mut database = PgConnection::connect(&house.database_url()?).await?;
    let decided = check::rest(&mut database, &mut faults).await?;
    faults.unless(decided <= row.recovered_in + REST_MAX, || format!("decided {:.0} s later", decided.as_secs_f64()));
    for (what, query, within) in [
        ("events or tickets were not told", UNTOLD, DRAINED_MAX),
        ("buyers were not written to", UNWRITTEN, WRITTEN_MAX),
    ] {
        let left = none_left(&mut database, query, within).await?;
        faults.unless(left == 0, || format!("{left} {what} {} s afterwards", within.as_secs()));
    }
    let overdue: i64 = sqlx::query_scalar(OVERDUE).fetch_one(&mut database).await?;
    faults.unless(overdue == 0, || format!("{overdue} holds should have ended"));
    let ledger = load.ledger.take();
    ledger.compare(&mut database, &mut faults).await?;
    load.ledger.replace(ledger);
    check::tables(&mut database, &mut faults).await?;
    audit::sums(&mut database, &mut faults).await?;
    faults.absorb(load.faults.take());
    result.decided_ms = u64::try_from(decided.as_millis()).unwrap_or(u64::MAX);
    result.found(&faults);
    Ok(())
}

/// Waits until a query counts nothing any more; gives what is left in the end.
async fn none_left(database: &mut PgConnection, query: &'static str, within: Duration) -> anyhow::Result<i64> {
    let began = std::time::Instant::now();
    loop {
        let left: i64 = sqlx::query_scalar(query).fetch_one(&mut *database).await?;
        if left == 0 || began.elapsed() > within {
            return Ok(left);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chance_is_allowed_for_and_no_more() {
        let time = Duration::from_secs(6);
        assert!(is_share(10.0, 20.0, 0.5, time) && is_share(8.0, 20.0, 0.5, time) && is_share(0.0, 20.0, 0.0, time));
        assert!(!is_share(6.0, 20.0, 0.5, time) && !is_share(0.0, 4.0, 0.5, time));
    }
}
