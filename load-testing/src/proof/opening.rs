//! An opening, live: thousands in the lobby, few seats; 30 % of those who are let in leave, half of them without a word,
//! and for a minute the provider takes five times as long. No seat may be idle for long while somebody waits.

mod chart;
mod crowd;
mod provider;
mod samples;

use super::faults::Faults;
use super::money::ANYWHERE;
use super::options::{Opening, Options};
use super::parts::{Parts, Roles};
use super::visitor::{self, Visitor};
use super::{check, tell};
use crate::setup::{Admin, Sale, sign_up};
use crowd::{Doing, PARTY, come};
use provider::Delay;
use samples::Samples;
use serde_json::json;
use sqlx::{Connection, PgConnection};
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::LocalSet;

/// In the order in which they are started; the edge comes last.
const LAYOUT: [Roles; 4] =
    [&["sandbox"], &["booking"], &["auth", "admin", "payment", "search", "notification"], &["gateway"]];
const EVENT: &str = "PROOF-OPENING";
/// The shortest hold there is, so that seats come back while somebody waits.
const HOLD_SECONDS: u32 = 60;
/// People who join at once.
const JOINING_MAX: usize = 256;
/// When the lobby ends after the last one joined.
const STARTS_AFTER_S: u32 = 5;
/// The provider is slow from so long after the opening, for so long, so many times.
const SLOW_AFTER: Duration = Duration::from_secs(5);
const SLOW_FOR: Duration = Duration::from_secs(60);
const SLOWER: u32 = 5;
/// An opening that takes longer is given up.
const LONGEST: Duration = Duration::from_secs(420);
/// No seat is idle for longer while somebody waits; 99 of 100 reserves are answered within less.
const IDLE_MAX: Duration = Duration::from_secs(10);
const RESERVE_MAX_MS: u64 = 1_000;

/// Runs it.
///
/// # Errors
/// When something cannot be started or asked.
pub async fn run(options: &Options, opening: &Opening, faults: &mut Faults) -> anyhow::Result<String> {
    LocalSet::new().run_until(Box::pin(open(options, opening, faults))).await
}

async fn open(options: &Options, opening: &Opening, faults: &mut Faults) -> anyhow::Result<String> {
    tell("starting the house in parts on fresh data");
    let listener = TcpListener::bind(ANYWHERE).await?;
    let usual = Duration::from_millis(opening.provider_ms);
    let delay = Delay::of(usual);
    let mut parts = Parts::fresh(options, ANYWHERE, &LAYOUT).await?;
    parts.lift_limits();
    parts.set("PAYMENT_SANDBOX_URL", &format!("http://{}", listener.local_addr()?));
    let passing = tokio::task::spawn_local(provider::pass(listener, parts.address_of("sandbox")?, delay.clone()));
    parts.start_all().await?;
    let admin = Admin::create(parts.address, &parts.database_url()?).await?;
    let hall = admin.create_hall(opening.seats).await?;
    admin.publish(EVENT, &Sale { hall: Some(&hall), hold_seconds: HOLD_SECONDS, standing: None }).await?;
    admin
        .set_line(
            EVENT,
            &json!({"mode": "LOBBY", "opensAt": "2020-01-01T00:00:00Z", "startsAt": "2034-01-01T00:00:00Z"}),
        )
        .await?;
    visitor::until_known(EVENT, &[parts.address]).await?;
    let visitors = joined(parts.address, opening.people).await?;
    let mut database = PgConnection::connect(&parts.database_url()?).await?;
    let starts_at = visitor::in_seconds(&mut database, STARTS_AFTER_S).await?;
    admin.set_line(EVENT, &json!({"mode": "LOBBY", "opensAt": "2020-01-01T00:00:00Z", "startsAt": starts_at})).await?;
    tokio::time::sleep(Duration::from_secs(u64::from(STARTS_AFTER_S))).await;
    tell("the lobby ends");
    let doing = Rc::new(Doing::new(EVENT)?);
    let people = visitors.into_iter().enumerate();
    let tasks: Vec<_> =
        people.map(|(n, visitor)| tokio::task::spawn_local(come(n, visitor, Rc::clone(&doing)))).collect();
    tokio::task::spawn_local(be_slow(delay, usual));
    let samples = Samples::take(&mut database, EVENT, doing.opened, &doing, LONGEST).await?;
    doing.ended.set(true);
    for task in tasks {
        task.await?;
    }
    check::rest(&mut database, faults).await?;
    check::tables(&mut database, faults).await?;
    passing.abort();
    let told = verdict(opening, hall.seats(), &doing, &samples, faults);
    chart::write(&opening.chart, &samples, &told)?;
    Ok(told)
}

async fn be_slow(delay: Delay, usual: Duration) {
    tokio::time::sleep(SLOW_AFTER).await;
    tell("the provider takes its time");
    delay.set(usual * SLOWER);
    tokio::time::sleep(SLOW_FOR).await;
    tell("the provider is as before");
    delay.set(usual);
}

/// People with an account, in the lobby.
async fn joined(gateway: SocketAddr, people: usize) -> anyhow::Result<Vec<Visitor>> {
    tell(&format!("{people} people register"));
    let accounts = sign_up(gateway, people, "proof-opening-").await?;
    let turns = Rc::new(Semaphore::new(JOINING_MAX));
    let began = Instant::now();
    let joining = accounts.into_iter().enumerate().map(|(n, account)| {
        let turns = Rc::clone(&turns);
        tokio::task::spawn_local(async move {
            let _turn = turns.acquire().await?;
            let mut visitor = Visitor::new(EVENT, n, account, [gateway, gateway]);
            visitor.join().await?;
            anyhow::Ok(visitor)
        })
    });
    let mut visitors = Vec::new();
    for joined in joining.collect::<Vec<_>>() {
        visitors.push(joined.await??);
    }
    tell(&format!("{people} people joined in {:.1} s", began.elapsed().as_secs_f64()));
    Ok(visitors)
}

fn verdict(opening: &Opening, seats: usize, doing: &Doing, samples: &Samples, faults: &mut Faults) -> String {
    faults.absorb(doing.faults.take());
    let idle = samples.idle_longest(i64::from(PARTY));
    faults.unless(idle <= IDLE_MAX, || format!("seats were idle for {:.1} s while people waited", idle.as_secs_f64()));
    let reserves = doing.reserves.borrow();
    let p99_ms = reserves.value_at_quantile(0.99) / 1_000;
    faults.unless(p99_ms < RESERVE_MAX_MS, || format!("99 of 100 reserves took up to {p99_ms} ms"));
    samples.compare(&doing.told_all_held.borrow(), &doing.told_sold_out.borrow(), faults);
    let last = samples.0.last().copied().unwrap_or_default();
    faults.unless(usize::try_from(last.sold) == Ok(seats), || format!("{} of {seats} seats are sold", last.sold));
    let sold_out = samples
        .sold_out_at()
        .map_or("not all sold".to_owned(), |at| format!("all sold after {:.0} s", at.as_secs_f64()));
    format!(
        "opening: {} people, {seats} seats, 30 % of those let in leave, provider {} ms and {SLOWER} times that for {} s: \
         {} let in, {} bought; seats idle for {:.1} s at most while people waited; reserve p50 {} ms, p99 {p99_ms} ms of \
         {} calls, {} failed; {sold_out}",
        opening.people,
        opening.provider_ms,
        SLOW_FOR.as_secs(),
        last.admitted,
        doing.bought.get(),
        idle.as_secs_f64(),
        reserves.value_at_quantile(0.5) / 1_000,
        reserves.len(),
        doing.failed.get(),
    )
}
