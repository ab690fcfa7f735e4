//! PostgreSQL and the house killed again and again while people buy: every order that was acknowledged as paid is there
//! afterwards, once, with its tickets and its money.

use super::buyers::{self, Buyers, Habits, Load, Market};
use super::faults::Faults;
use super::money::{ANYWHERE, moment, settle};
use super::options::{Durability, Options};
use super::parts::{Parts, Roles};
use super::people::Crowd;
use super::random::Random;
use super::tell;
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::task::LocalSet;

/// The sandbox stands for a provider elsewhere, so that only its database is killed.
const LAYOUT: [Roles; 2] =
    [&["sandbox"], &["auth", "admin", "payment", "booking", "search", "notification", "gateway"]];
const HOUSE: usize = 1;
const EVENTS: [&str; 4] = ["PROOF-DURABLE-1", "PROOF-DURABLE-2", "PROOF-DURABLE-3", "PROOF-DURABLE-4"];
const HABITS: Habits = Habits {
    pays: 100,
    releases: 0,
    is_declined: 0,
    leaves: 0,
    cancels: 10,
    cancels_one: 5,
    rests_ms: 0,
    half_only_hold: false,
};
/// What was held and never paid ends soon after the end.
const HOLD_SECONDS: u32 = 60;
const WINDOW_SECONDS: &str = "60";

/// What was killed, and how long it took until it was ready again.
#[derive(Default)]
struct Killed {
    postgres: Vec<Duration>,
    house: Vec<Duration>,
}

/// Runs it.
///
/// # Errors
/// When something cannot be started or asked.
pub async fn run(options: &Options, durability: &Durability, faults: &mut Faults) -> anyhow::Result<String> {
    tell(&format!("starting the house on fresh data; seed {}", options.seed));
    let mut parts = Parts::fresh(options, ANYWHERE, &LAYOUT).await?;
    parts.lift_limits();
    parts.set("BOOKING_PAYMENT_WINDOW_SECONDS", WINDOW_SECONDS);
    parts.start_all().await?;
    let market = Market { address: parts.address, events: &EVENTS, hold_seconds: HOLD_SECONDS };
    let (load, _admin) = buyers::open(&market, &parts.database_url()?, HABITS).await?;
    let crowd = Crowd::gather(parts.address, "durability", durability.clients).await?;
    let began = Instant::now();
    let killed = LocalSet::new().run_until(kills(options, durability, &mut parts, crowd, &load)).await?;
    let took = began.elapsed();
    tell(&load.progress());
    let told = settle(&parts, &load, faults).await?;
    Ok(format!(
        "durability: {}, {} in {:.0} s under {} clients; {told}",
        line("PostgreSQL", killed.postgres),
        line("the house", killed.house),
        took.as_secs_f64(),
        durability.clients,
    ))
}

fn line(what: &str, times: Vec<Duration>) -> String {
    let kills = times.len();
    let (median, longest) = buyers::median_and_longest(times);
    let (median, longest) = (median.as_secs_f64(), longest.as_secs_f64());
    format!("{kills} kills of {what}, ready again after {median:.1} s (median; longest {longest:.1} s)")
}

/// Kills one or the other at moments that are spread over the orders.
async fn kills(
    options: &Options,
    durability: &Durability,
    parts: &mut Parts,
    crowd: Crowd,
    load: &Rc<Load>,
) -> anyhow::Result<Killed> {
    let buyers = Buyers::send(crowd, options.seed, load);
    let random = Random::new(options.seed, 0);
    let mut killed = Killed::default();
    for kill in 1..=durability.kills {
        buyers.until_orders_since(moment(kill, durability.kills, durability.orders, &random)).await?;
        let began = Instant::now();
        let what = if random.below(2) == 0 {
            parts.crash_postgres().await?;
            killed.postgres.push(began.elapsed());
            "PostgreSQL"
        } else {
            parts.kill(HOUSE)?;
            parts.start(HOUSE).await?;
            killed.house.push(began.elapsed());
            "the house"
        };
        tell(&format!("kill {kill} of {}, of {what}: {}", durability.kills, load.progress()));
    }
    buyers.until_orders(durability.orders).await?;
    buyers.end().await?;
    Ok(killed)
}
