//! Nobody is charged twice: many requests by one key, and payment dying between the provider's answer and its record of
//! it, again and again, at a provider at which much goes wrong.

use super::buyers::{self, Buyers, Load, Market};
use super::faults::Faults;
use super::keys::{self, Keys};
use super::money::{ANYWHERE, FAULTS, HABITS, settle};
use super::options::{Charges, Options};
use super::parts::{Parts, Roles};
use super::people::Crowd;
use super::random::Random;
use super::tell;
use anyhow::ensure;
use sqlx::{Connection, PgConnection};
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::task::LocalSet;

const LAYOUT: [Roles; 3] =
    [&["sandbox"], &["payment"], &["auth", "admin", "booking", "search", "notification", "gateway"]];
const PAYMENT: usize = 1;
const HOUSE: usize = 2;
/// The keys' orders are in the first, the other buyers' in the others.
const KEYS_EVENT: &str = "PROOF-KEYS";
const EVENTS: [&str; 2] = ["PROOF-CHARGES-1", "PROOF-CHARGES-2"];
/// Keys that are tried at the same time: each mostly waits for a provider that does not answer.
const KEYS_AT_ONCE: usize = 40;
/// After the provider's answer and before what we note of it.
const PLACES: [&str; 4] =
    ["payment.authorise.after", "payment.capture.after", "payment.refund.after", "payment.void.after"];
/// The most times that a place is passed before it is died at.
const PASSED_MAX: usize = 3;
/// Short, so that payers who never come back are given up, which is what voids.
const WINDOW_SECONDS: &str = "3";
const HOLD_SECONDS: u32 = 60;
/// How long the provider may take to answer: one call in ten waits for that.
const PROVIDER_TIMEOUT_MS: &str = "1000";
/// How long payment may live on after what should have killed it.
const DIES_WITHIN: Duration = Duration::from_secs(90);
/// How often it is told that its death is waited for.
const TELL_EVERY: Duration = Duration::from_secs(5);
/// Orders after the last crash, before the end.
const ORDERS_AFTERWARDS: usize = 20;

/// Runs it.
///
/// # Errors
/// When something cannot be started or asked, or the executable has no such places.
pub async fn run(options: &Options, charges: &Charges, faults: &mut Faults) -> anyhow::Result<String> {
    tell(&format!("starting the house in parts on fresh data; seed {}", options.seed));
    let mut parts = Parts::fresh(options, ANYWHERE, &LAYOUT).await?;
    parts.lift_limits();
    parts.set("SANDBOX_FAULTS", FAULTS);
    parts.set("PAYMENT_PROVIDER_TIMEOUT_MS", PROVIDER_TIMEOUT_MS);
    parts.start_all().await?;
    let market = Market { address: parts.address, events: &EVENTS, hold_seconds: HOLD_SECONDS };
    let (load, admin) = buyers::open(&market, &parts.database_url()?, HABITS).await?;
    admin.publish_event(&load.hall, KEYS_EVENT).await?;
    let people = Crowd::gather(parts.address, "keys", KEYS_AT_ONCE).await?.people;
    let keys = Keys { event: KEYS_EVENT, hall: &load.hall, keys: charges.keys, parallel: charges.parallel };
    ensure!(2 * keys.keys <= load.hall.seats(), "there are seats for {} keys: use fewer", load.hall.seats() / 2);
    let mut database = PgConnection::connect(&parts.database_url()?).await?;
    let first = keys::run(&people, &keys, &mut database, faults).await?;
    drop(database);
    tell(&first);
    // Those of the keys have as long as anybody has.
    parts.set("BOOKING_PAYMENT_WINDOW_SECONDS", WINDOW_SECONDS);
    parts.kill(HOUSE)?;
    parts.start(HOUSE).await?;
    let crowd = Crowd::gather(parts.address, "charges", charges.clients).await?;
    let took = LocalSet::new().run_until(crashes(options, charges, &mut parts, crowd, &load)).await?;
    parts.set_faults("").await?;
    tell(&format!("{}; the faults have ended", load.progress()));
    let told = settle(&parts, &load, faults).await?;
    Ok(format!(
        "charges: {FAULTS}; {first}; {} crashes of payment between the provider's answer and its record ({}) in {:.0} s \
         under {} clients: no second charge; {told}",
        charges.crashes,
        PLACES.join(", "),
        took.as_secs_f64(),
        charges.clients,
    ))
}

/// Lets payment die at each place in turn while people buy; gives how long that took.
async fn crashes(
    options: &Options,
    charges: &Charges,
    parts: &mut Parts,
    crowd: Crowd,
    load: &Rc<Load>,
) -> anyhow::Result<Duration> {
    let began = Instant::now();
    parts.kill(PAYMENT)?;
    let buyers = Buyers::send(crowd, options.seed, load);
    let random = Random::new(options.seed, 0);
    for crash in 1..=charges.crashes {
        let place = PLACES[crash % PLACES.len()];
        parts.set_of(PAYMENT, "FAILPOINT", &format!("{place}:{}", 1 + random.below(PASSED_MAX)));
        parts.launch(PAYMENT)?;
        let launched = Instant::now();
        while !parts.has_died(PAYMENT, TELL_EVERY).await {
            ensure!(
                launched.elapsed() < DIES_WITHIN,
                "payment did not die at {place}: build it by `cargo build --features failpoints`"
            );
            tell(&format!("waiting for the end at {place}: {}", load.progress()));
        }
        tell(&format!("crash {crash} of {} at {place}: {}", charges.crashes, load.progress()));
    }
    parts.set_of(PAYMENT, "FAILPOINT", "");
    parts.start(PAYMENT).await?;
    let before = load.ledger.borrow().orders();
    buyers.until_orders(before + ORDERS_AFTERWARDS).await?;
    buyers.end().await?;
    Ok(began.elapsed())
}
