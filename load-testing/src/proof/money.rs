//! A provider at which much goes wrong, booking killed again and again meanwhile, buyers who cancel or are declined: once
//! the faults end all is decided, and the money is the tickets' to the cent.

use super::buyers::{self, Buyers, Habits, Load, Market};
use super::faults::Faults;
use super::ledger::Fate;
use super::options::{Money, Options};
use super::parts::{Parts, Roles};
use super::people::Crowd;
use super::random::Random;
use super::{audit, check, tell};
use sqlx::{Connection, PgConnection};
use std::net::{Ipv4Addr, SocketAddr};
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::task::LocalSet;

/// Where a part listens that may choose.
pub(super) const ANYWHERE: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
/// What goes wrong at the provider (RELIABILITY.md, I3).
pub(super) const FAULTS: &str = "timeout=10,fail=10,twice=20,late=10,never=5";
/// How long after the end of the faults all must be decided.
pub(super) const DECIDED_WITHIN: Duration = Duration::from_secs(300);
/// The sandbox is its ledger, so it outlives booking; so do all others.
const LAYOUT: [Roles; 3] =
    [&["sandbox"], &["booking"], &["auth", "admin", "payment", "search", "notification", "gateway"]];
const BOOKING: usize = 1;
const EVENTS: [&str; 4] = ["PROOF-MONEY-1", "PROOF-MONEY-2", "PROOF-MONEY-3", "PROOF-MONEY-4"];
pub(super) const HABITS: Habits = Habits {
    pays: 96,
    releases: 2,
    is_declined: 8,
    leaves: 4,
    cancels: 15,
    cancels_one: 10,
    rests_ms: 0,
    half_only_hold: false,
};
/// Short, so that whoever never comes back is given up while somebody looks.
const WINDOW_SECONDS: &str = "30";
/// Longer than it takes from a hold to its payment, and over soon after the end.
const HOLD_SECONDS: u32 = 60;

/// Runs it.
///
/// # Errors
/// When something cannot be started or asked.
pub async fn run(options: &Options, money: &Money, faults: &mut Faults) -> anyhow::Result<String> {
    tell(&format!("starting the house in parts on fresh data; seed {}", options.seed));
    let mut parts = Parts::fresh(options, ANYWHERE, &LAYOUT).await?;
    parts.lift_limits();
    parts.set("BOOKING_PAYMENT_WINDOW_SECONDS", WINDOW_SECONDS);
    parts.set("SANDBOX_FAULTS", FAULTS);
    parts.start_all().await?;
    let market = Market { address: parts.address, events: &EVENTS, hold_seconds: HOLD_SECONDS };
    let (load, _admin) = buyers::open(&market, &parts.database_url()?, HABITS).await?;
    let crowd = Crowd::gather(parts.address, "money", money.clients).await?;
    let began = Instant::now();
    let (median, longest) = LocalSet::new().run_until(kills(options, money, &mut parts, crowd, &load)).await?;
    let took = began.elapsed();
    parts.set_faults("").await?;
    tell(&format!("{}; the faults have ended", load.progress()));
    let told = settle(&parts, &load, faults).await?;
    Ok(format!(
        "money: {FAULTS}, {} kills of booking in {:.0} s under {} clients, ready again after {:.1} s (median; longest \
         {:.1} s); {told}",
        money.kills,
        took.as_secs_f64(),
        money.clients,
        median.as_secs_f64(),
        longest.as_secs_f64(),
    ))
}

/// Kills booking at moments that are spread over the orders; gives how long its starts took: the median and the longest.
async fn kills(
    options: &Options,
    money: &Money,
    parts: &mut Parts,
    crowd: Crowd,
    load: &Rc<Load>,
) -> anyhow::Result<(Duration, Duration)> {
    let buyers = Buyers::send(crowd, options.seed, load);
    let random = Random::new(options.seed, 0);
    let mut restarts = Vec::new();
    for kill in 1..=money.kills {
        buyers.until_orders_since(moment(kill, money.kills, money.orders, &random)).await?;
        parts.kill(BOOKING)?;
        let began = Instant::now();
        parts.start(BOOKING).await?;
        restarts.push(began.elapsed());
        tell(&format!("kill {kill} of {}: {}", money.kills, load.progress()));
    }
    buyers.until_orders(money.orders).await?;
    buyers.end().await?;
    Ok(buyers::median_and_longest(restarts))
}

/// After how many orders the `n`th of so many kills comes: anywhere in its share of them.
pub(super) fn moment(n: usize, kills: usize, orders: usize, random: &Random) -> usize {
    let share = orders / (kills + 1);
    (n - 1) * share + share / 2 + random.below(share.max(1))
}

/// Waits until all is decided, then looks at every record of it; gives the figures.
///
/// # Errors
/// When something cannot be asked.
pub(super) async fn settle(parts: &Parts, load: &Load, faults: &mut Faults) -> anyhow::Result<String> {
    let ledger = load.ledger.take();
    faults.absorb(load.faults.take());
    let mut database = PgConnection::connect(&parts.database_url()?).await?;
    let decided = check::all_decided(&mut database, DECIDED_WITHIN, faults).await?;
    ledger.compare(&mut database, faults).await?;
    check::tables(&mut database, faults).await?;
    let sums = audit::sums(&mut database, faults).await?;
    audit::books(|command| parts.run(command), faults);
    Ok(format!(
        "{} orders acknowledged as paid, of which {} were cancelled, {} in part; {} cards declined; {} times not known \
         yet, {} answers lost, {} told to come later, {} buyers never told; all decided {:.1} s after the end; {sums}; \
         `ledger check`, `events fold --all` and `replay --check` find nothing else",
        ledger.orders(),
        ledger.count(|fate| matches!(fate, Fate::Cancelled(_, 0))),
        ledger.count(|fate| matches!(fate, Fate::Cancelled(_, 1..))),
        load.declined.get(),
        load.unknown.get(),
        load.lost.get(),
        load.later.get(),
        ledger.count(|fate| matches!(fate, Fate::Paying | Fate::Cancelling(_) | Fate::Releasing)),
        decided.as_secs_f64(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kills_are_spread_over_the_orders() {
        let random = Random::new(1, 0);
        let moments: Vec<_> = (1..=9).map(|n| moment(n, 9, 1000, &random)).collect();
        assert!(moments.iter().zip(0..).all(|(at, n)| (n * 100 + 50..n * 100 + 150).contains(at)), "{moments:?}");
        assert_eq!(moment(1, 5, 0, &random), 0);
    }
}
