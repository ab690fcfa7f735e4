//! `kill -9` of the house under load, again and again: what was acknowledged is there.

use super::buyers::{self, Buyers, Habits, Load, Market};
use super::faults::Faults;
use super::house::House;
use super::options::{Crash, Options};
use super::people::Crowd;
use super::random::Random;
use super::{check, expiry, tell};
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::task::LocalSet;

const EVENTS: [&str; 4] = ["PROOF-CRASH-1", "PROOF-CRASH-2", "PROOF-CRASH-3", "PROOF-CRASH-4"];
const HABITS: Habits = Habits {
    pays: 40,
    releases: 30,
    is_declined: 0,
    leaves: 0,
    cancels: 0,
    cancels_one: 0,
    rests_ms: 0,
    half_only_hold: false,
};
/// The shortest time of load between two kills.
const LOAD_MIN_MS: usize = 500;
/// How long it may take after a start until the clients are at full speed.
const BUSY_MAX: Duration = Duration::from_secs(30);

/// Runs it.
///
/// # Errors
/// When something cannot be started or asked.
pub async fn run(options: &Options, crash: &Crash, faults: &mut Faults) -> anyhow::Result<String> {
    tell("starting the house on fresh data");
    let mut house = House::fresh(options)?;
    house.start().await?;
    let market = Market { address: house.address, events: &EVENTS, hold_seconds: 3600 };
    let (load, admin) = buyers::open(&market, &house.database_url()?, HABITS).await?;
    expiry::publish(&admin, &load.hall, crash.ending).await?;
    let crowd = Crowd::gather(house.address, "crash", crash.clients).await?;
    let began = Instant::now();
    let (median, longest) = LocalSet::new().run_until(kills(options, crash, &mut house, crowd, &load)).await?;
    let ledger = load.ledger.take();
    faults.absorb(load.faults.take());
    let mut database = house.database().await?;
    let rest = check::rest(&mut database, faults).await?;
    ledger.compare(&mut database, faults).await?;
    let events = check::tables(&mut database, faults).await?;
    drop(database);
    let line = format!(
        "crash: {} kills in {:.0} s under {} clients, ready again after {:.1} s (median; longest {:.1} s); {} holds and \
         {} orders acknowledged, all there; {} answers lost, {} told to come later; decided {:.1} s after the end; \
         free + held + sold = capacity in {events} events",
        crash.kills,
        began.elapsed().as_secs_f64(),
        crash.clients,
        median.as_secs_f64(),
        longest.as_secs_f64(),
        ledger.holds(),
        ledger.orders(),
        load.lost.get(),
        load.later.get(),
        rest.as_secs_f64(),
    );
    if crash.ending == 0 {
        return Ok(line);
    }
    tell(&line);
    Ok(format!("{line}; {}", expiry::run(&mut house, &load.hall, crash.ending, faults).await?))
}

/// Kills and starts while the clients act; gives how long the starts took: the median and the longest.
async fn kills(
    options: &Options,
    crash: &Crash,
    house: &mut House,
    crowd: Crowd,
    load: &Rc<Load>,
) -> anyhow::Result<(Duration, Duration)> {
    let buyers = Buyers::send(crowd, options.seed, load);
    let random = Random::new(options.seed, 0);
    let longest = usize::try_from(crash.load_ms)?.max(LOAD_MIN_MS + 1);
    let mut restarts = Vec::new();
    for kill in 1..=crash.kills {
        let before = load.ledger.borrow().holds();
        buyers.until_holds(before + crash.clients, BUSY_MAX).await;
        let wait = LOAD_MIN_MS + random.below(longest - LOAD_MIN_MS);
        tokio::time::sleep(Duration::from_millis(u64::try_from(wait)?)).await;
        let (holds, orders) = (load.ledger.borrow().holds(), load.ledger.borrow().orders());
        house.kill()?;
        load.faults.borrow_mut().unless(holds > before, || format!("kill {kill} came without load: it proves nothing"));
        let began = Instant::now();
        house.start().await?;
        restarts.push(began.elapsed());
        tell(&format!("kill {kill} of {} after {holds} holds and {orders} orders", crash.kills));
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    buyers.end().await?;
    Ok(buyers::median_and_longest(restarts))
}
