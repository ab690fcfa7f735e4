//! Whose money it is: the sandbox's ledger, our own and the tickets tell the same, to the cent, and nobody was charged
//! twice.

use super::faults::Faults;
use anyhow::Context;
use sqlx::{PgConnection, Row};
use std::fmt;

/// Queries at the sandbox's ledger that count what must not be there.
const NEVER: &[(&str, &str)] = &[
    (
        "payments that were charged twice",
        "SELECT count(*) FROM (SELECT FROM sandbox.intents WHERE amount_received > 0
         GROUP BY metadata ->> 'payment_id' HAVING count(*) > 1) AS twice",
    ),
    (
        "orders that paid twice",
        "SELECT count(*) FROM (SELECT FROM sandbox.intents WHERE amount_received > amount_refunded
         GROUP BY metadata ->> 'order_id' HAVING count(*) > 1) AS twice",
    ),
    (
        "refunds that were made twice",
        "SELECT count(*) FROM (SELECT FROM sandbox.refunds GROUP BY metadata ->> 'refund_id' HAVING count(*) > 1) AS twice",
    ),
    (
        "amounts that are reserved and that nobody takes or gives back",
        "SELECT count(*) FROM sandbox.intents WHERE status IN ('requires_capture', 'requires_action')",
    ),
    ("charges in another currency", "SELECT count(*) FROM sandbox.intents WHERE currency <> 'eur'"),
];

const SUMS: &str = "SELECT
    (SELECT coalesce(sum(amount_received), 0)::bigint FROM sandbox.intents) AS their_captured,
    (SELECT coalesce(sum(amount), 0)::bigint FROM sandbox.refunds) AS their_refunded,
    (SELECT coalesce(sum(amount_minor), 0)::bigint FROM payment.postings WHERE account = 'CAPTURED') AS our_captured,
    (SELECT -coalesce(sum(amount_minor), 0)::bigint FROM payment.postings WHERE account = 'REFUNDED') AS our_refunded,
    (SELECT coalesce(sum(price), 0)::bigint FROM booking.tickets WHERE status <> 'CANCELLED') AS tickets,
    (SELECT count(*) FROM booking.tickets WHERE status <> 'CANCELLED') AS live";

/// The sums, in cents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sums {
    /// What the provider took.
    pub captured: i64,
    /// What it gave back.
    pub refunded: i64,
    /// What live tickets are worth.
    pub tickets: i64,
    /// How many there are.
    pub live: i64,
}

impl fmt::Display for Sums {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "captured {} - refunded {} = {} = {} live tickets, at the sandbox, in our ledger and in booking",
            euros(self.captured),
            euros(self.refunded),
            euros(self.tickets),
            self.live
        )
    }
}

fn euros(cents: i64) -> String {
    format!("{}.{:02} EUR", cents / 100, cents.abs() % 100)
}

/// Compares the sums of both ledgers and of the tickets, and looks for second charges.
///
/// # Errors
/// When the database cannot be asked.
pub async fn sums(database: &mut PgConnection, faults: &mut Faults) -> anyhow::Result<Sums> {
    for (what, query) in NEVER {
        let count: i64 =
            sqlx::query_scalar(*query).fetch_one(&mut *database).await.with_context(|| (*what).to_owned())?;
        faults.unless(count == 0, || format!("{count} {what}"));
    }
    let row = sqlx::query(SUMS).fetch_one(database).await?;
    let sums = Sums {
        captured: row.try_get("their_captured")?,
        refunded: row.try_get("their_refunded")?,
        tickets: row.try_get("tickets")?,
        live: row.try_get("live")?,
    };
    let (ours, back): (i64, i64) = (row.try_get("our_captured")?, row.try_get("our_refunded")?);
    for (what, theirs, ours) in [("captured", sums.captured, ours), ("refunded", sums.refunded, back)] {
        faults.unless(theirs == ours, || {
            format!("the sandbox says {} were {what}, our ledger {}", euros(theirs), euros(ours))
        });
    }
    let kept = sums.captured - sums.refunded;
    faults.unless(kept == sums.tickets, || {
        format!("captured less refunded is {}, live tickets are worth {}", euros(kept), euros(sums.tickets))
    });
    Ok(sums)
}

/// Runs the house's own checks, given how one of its commands is run.
pub fn books(run: impl Fn(&[&str]) -> anyhow::Result<String>, faults: &mut Faults) {
    const CHECKS: [&[&str]; 3] =
        [&["ledger", "check"], &["events", "fold", "--all"], &["replay", "--projection", "sold-tickets", "--check"]];
    for check in CHECKS {
        if let Err(error) = run(check) {
            faults.add(format!("{error:#}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_told_to_the_cent() {
        let sums = Sums { captured: 1_234_505, refunded: 5, tickets: 1_234_500, live: 3 };
        assert!(sums.to_string().starts_with("captured 12345.05 EUR - refunded 0.05 EUR = 12345.00 EUR = 3 live"));
    }
}
