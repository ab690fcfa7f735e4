//! The run: from an empty folder to the report.

use super::bars::{self, Found};
use super::crews::{Crews, Second};
use super::figures::{Results, Wrong};
use super::house::House;
use super::ledger::{self, Ledger};
use super::options::Run;
use super::report::{self, Summary};
use super::script::Script;
use super::watch::{Seats, Watch, float};
use super::{stage, wall_ms};
use crate::client::{Connection, request};
use crate::cpu;
use crate::report::write;
use crate::setup::Admin;
use anyhow::{Context, ensure};
use onsale_core::api::events::PlanView;
use sqlx::{Connection as _, PgConnection};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::time::{Duration, Instant};

const SECOND: Duration = Duration::from_secs(1);
/// Access tokens are good for 15 minutes (API.md, "Accounts"); a sale that begins later than this has them refreshed.
const TOKENS_FRESH_S: u32 = 8 * 60;
/// Client processes read their people and the plan before anybody arrives.
const GATHER_MS: i64 = 5_000;
/// Before the opening people only wait; a fault in the middle is mended after so long.
const MENDED_AFTER_S: u32 = 5;
/// So many times one seat may be held by somebody who goes away without a word; the sale ends sooner when all is sold.
const HOLDS_MAX: u32 = 3;
/// What is left open then is waited for so long.
const PATIENCE_S: u32 = 60;
/// Seconds between two looks at the memory of all processes.
const WEIGHED_EVERY: usize = 10;
/// Saga and books come to rest within it.
const REST_MAX: Duration = Duration::from_secs(30);

/// Runs it, writes the report, and fails where a bar was missed.
///
/// # Errors
/// When something does not start, or a bar was missed.
pub async fn run(options: &Run) -> anyhow::Result<()> {
    say("starting PostgreSQL, Redis, the services and the gateways")?;
    let mut house = House::start(&options.house()).await?;
    let seats = stage::seats(options.seats);
    let admin = Admin::create(house.address, &house.database_url()?).await?;
    say(&format!("making an event of {seats} seats"))?;
    stage::make(&admin, seats, options.hold).await?;
    say(&format!("signing {} people in", options.users))?;
    let people = house.home().join("people");
    let file = people.to_str().context("the folder's name is text")?;
    house.onsale(&["seed", "swarm", "--users", &options.users.to_string(), "--out", file])?;
    let script = script(options, &house, people)?;
    stage::open_line(&admin, wall_ms(), script.opens_ms).await?;
    let script_file = house.home().join("script.json");
    std::fs::write(&script_file, serde_json::to_vec(&script)?)?;
    let mut database = PgConnection::connect(&house.database_url()?).await?;
    let crews = Crews::start(&script, &script_file)?;
    let mut show = Show::new(options, script);
    let parts = show.play(&mut house, crews, &mut database).await?;
    let summary = show.found(seats, &house, &parts, &mut database).await?;
    write(&options.json, &serde_json::to_vec_pretty(&summary)?)?;
    write(&options.html, report::page(&summary).as_bytes())?;
    say(&report::told(&summary))?;
    say(&format!("written to {} and {}", options.json.display(), options.html.display()))?;
    ensure!(summary.holds, "not every bar was reached");
    Ok(())
}

fn say(text: &str) -> anyhow::Result<()> {
    let mut output = std::io::stdout().lock();
    writeln!(output, "{text}")?;
    Ok(output.flush()?)
}

fn script(options: &Run, house: &House, people: PathBuf) -> anyhow::Result<Script> {
    let results = house.home().join("results");
    std::fs::create_dir_all(&results)?;
    let begins_ms = wall_ms() + GATHER_MS;
    Ok(Script {
        address: house.address,
        event: stage::EVENT.to_owned(),
        people,
        users: options.users,
        parts: options.parts(),
        seed: options.seed,
        begins_ms,
        ramp_ms: options.ramp * 1_000,
        opens_ms: begins_ms + i64::from(options.ramp + options.calm) * 1_000,
        burst_ms: options.burst * 1_000,
        typing_s: options.typing,
        streams: !options.no_streams,
        refresh: options.ramp + options.calm > TOKENS_FRESH_S,
        results,
    })
}

/// The sale, as it is seen from outside.
struct Show<'a> {
    options: &'a Run,
    script: Script,
    watch: Watch,
    ended: Vec<String>,
    faults: Vec<String>,
    sold_out_ms: Option<i64>,
    gateway: Fault,
    redis: Fault,
}

/// Something that is killed and started again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    Never,
    At(u32),
    MendAt(u32),
    Over,
}

impl Fault {
    fn at(second: Option<u32>) -> Self {
        second.map_or(Self::Never, Self::At)
    }

    /// Whether something is due now, and what comes next.
    fn due(self, second: i64) -> Option<Self> {
        match self {
            Self::At(at) if second >= i64::from(at) => Some(Self::MendAt(at + MENDED_AFTER_S)),
            Self::MendAt(at) if second >= i64::from(at) => Some(Self::Over),
            _ => None,
        }
    }
}

impl<'a> Show<'a> {
    fn new(options: &'a Run, script: Script) -> Self {
        Self {
            script,
            watch: Watch::default(),
            ended: Vec::new(),
            faults: Vec::new(),
            sold_out_ms: None,
            gateway: Fault::at(options.kill_gateway_at),
            redis: Fault::at(options.kill_redis_at),
            options,
        }
    }

    /// Watches until all people are done or the time is over; gives what they found.
    async fn play(
        &mut self,
        house: &mut House,
        mut crews: Crews,
        database: &mut PgConnection,
    ) -> anyhow::Result<Vec<Results>> {
        let last_ms = i64::from(60 + HOLDS_MAX * self.options.hold + PATIENCE_S) * 1_000;
        let (mut interval, mut before) = (tokio::time::interval(SECOND), Instant::now());
        interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        interval.tick().await;
        while self.since_opening_ms() < last_ms && !crews.are_done() {
            interval.tick().await;
            self.break_and_mend(house).await?;
            let second = crews.second();
            let seats = super::watch::seats(database, stage::EVENT).await.unwrap_or_default();
            let took = before.elapsed().as_secs_f64();
            before = Instant::now();
            let now = self.since_opening_ms();
            if self.sold_out_ms.is_none() && seats.0.sold > 0 && seats.0.free == 0 && seats.0.held == 0 {
                self.sold_out_ms = Some(now);
            }
            say(&progress(now, &second, seats.0))?;
            let processes = [house.processes(), crews.ids()].concat();
            let roots: Vec<(&str, u32)> = processes.iter().map(|(name, id)| (name.as_str(), *id)).collect();
            if self.watch.moments.len().is_multiple_of(WEIGHED_EVERY) {
                self.watch.weigh(cpu::memory(&roots));
            }
            self.watch.note((now, took), &second, seats, cpu::times(&roots));
            for name in house.ended() {
                if !self.ended.contains(&name) {
                    self.ended.push(name);
                }
            }
        }
        crews.end(&self.script).await
    }

    fn since_opening_ms(&self) -> i64 {
        wall_ms() - self.script.opens_ms
    }

    async fn break_and_mend(&mut self, house: &mut House) -> anyhow::Result<()> {
        let second = self.since_opening_ms().div_euclid(1_000);
        if let Some(next) = self.gateway.due(second) {
            match next {
                Fault::Over => house.launch_gateway(1)?,
                _ => house.kill_gateway(1)?,
            }
            self.gateway = next;
            self.faults
                .push(format!("{second} s: a gateway {}", if next == Fault::Over { "started" } else { "killed" }));
        }
        if let Some(next) = self.redis.due(second) {
            match next {
                Fault::Over => house.start_redis(0).await?,
                _ => house.kill_redis(0).await,
            }
            self.redis = next;
            self.faults.push(format!("{second} s: a Redis {}", if next == Fault::Over { "started" } else { "killed" }));
        }
        Ok(())
    }

    /// Compares, and puts everything together.
    async fn found(
        self,
        seats: u32,
        house: &House,
        parts: &[Results],
        database: &mut PgConnection,
    ) -> anyhow::Result<Summary> {
        at_rest(database).await?;
        let answer = Connection::new(house.address)
            .call(&request("GET", &format!("/api/events/{}/plan", stage::EVENT), None, None))
            .await?;
        let plan: PlanView = serde_json::from_slice(&answer.body).context("understand the plan")?;
        let stored = ledger::stored(database, &plan, &self.script.people).await?;
        let ledger = ledger::compare(parts, &stored);
        let money = ledger::money(database).await?;
        let mut counts = super::figures::Counts::default();
        parts.iter().for_each(|part| counts.add(&part.counts));
        let latencies = bars::merged(parts);
        let mut tickets: Vec<(i64, usize)> =
            parts.iter().flat_map(|part| &part.served).map(|served| (served.at_ms, served.tickets.len())).collect();
        tickets.sort_unstable();
        let mut told_sold_ms: Vec<i64> = parts.iter().flat_map(|part| &part.told_sold_ms).copied().collect();
        told_sold_ms.sort_unstable();
        let found = Found {
            options: self.options,
            seats,
            counts,
            latencies: &latencies,
            watch: &self.watch,
            ledger: &ledger,
            tickets: &tickets,
            told_sold_ms: &told_sold_ms,
            last_vanished_ms: parts.iter().map(|part| part.last_vanished_ms).max().unwrap_or(0),
            sold_out_ms: self.sold_out_ms,
            money: &money,
            ended: &self.ended,
        };
        let bars = bars::bars(&found);
        let holds = bars.iter().all(|bar| bar.holds || (self.options.only_right && !bar.is_right));
        let (ticketed_s, seats_a_second) = pace(&tickets, seats);
        Ok(Summary {
            at_ms: wall_ms(),
            command: std::env::args().collect::<Vec<_>>().join(" "),
            cores: std::thread::available_parallelism().map_or(0, std::num::NonZero::get),
            users: self.options.users,
            seats,
            gateways: self.options.gateways,
            oversold: ledger.oversold,
            errors: counts.errors,
            seats_a_second,
            ticketed_s,
            holds,
            bars,
            counts,
            latencies: report::latencies(&latencies),
            statuses: statuses(parts),
            wrong: wrong(parts),
            ledger: with_money(ledger, &money),
            processes: report::used(&self.watch),
            person_bytes: parts.iter().map(|part| part.person_bytes).max().unwrap_or(0),
            faults: self.faults,
            moments: self.watch.moments,
        })
    }
}

fn with_money(mut ledger: Ledger, money: &[String]) -> Ledger {
    ledger.examples.extend(money.iter().cloned());
    ledger
}

/// One line of progress.
fn progress(since_opening_ms: i64, second: &Second, seats: Seats) -> String {
    let counts = &second.counts;
    let phase = match since_opening_ms {
        ms if ms < 0 => "lobby",
        _ if seats.free > 0 => "sale",
        _ if seats.held > 0 => "all held",
        _ => "sold out",
    };
    let mut line = format!(
        "{:>5} s  {phase:<8}  connected {:>6}  joined {:>6}  let in {:>6}  held {:>6}  sold {:>6}  free {:>6}  told {:>6}  errors {}  lost {}  sent away {}",
        since_opening_ms.div_euclid(1_000),
        counts.connected,
        counts.joined,
        counts.admitted,
        seats.held,
        seats.sold,
        seats.free,
        counts.told_sold.max(counts.told_held),
        counts.errors,
        counts.lost,
        counts.refused,
    );
    if let Some(error) = &second.error {
        line.push_str("\n         ");
        line.push_str(error);
    }
    line
}

/// Seconds until 98 of 100 seats had tickets, and tickets a second from the first to then.
fn pace(tickets: &[(i64, usize)], seats: u32) -> (Option<f64>, f64) {
    let wanted = u64::from(seats) * 98 / 100;
    let (mut so_far, mut reached) = (0, None);
    for (at, count) in tickets {
        so_far += u64::try_from(*count).unwrap_or(0);
        if so_far >= wanted {
            reached = Some(*at);
            break;
        }
    }
    let (first, last) = (tickets.first().map_or(0, |(at, _)| *at), tickets.last().map_or(0, |(at, _)| *at));
    let seconds = |from: i64, to: i64| float((to - from).max(1).unsigned_abs()) / 1_000.0;
    (reached.map(|at| seconds(0, at)), float(so_far) / seconds(first, reached.unwrap_or(last)))
}

fn statuses(parts: &[Results]) -> BTreeMap<&'static str, BTreeMap<u16, u64>> {
    let mut all: BTreeMap<&'static str, BTreeMap<u16, u64>> = BTreeMap::new();
    for (call, statuses) in parts.iter().flat_map(|part| &part.statuses) {
        for (status, count) in statuses {
            *all.entry(call.name()).or_default().entry(*status).or_default() += count;
        }
    }
    all
}

fn wrong(parts: &[Results]) -> BTreeMap<String, Wrong> {
    let mut all: BTreeMap<String, Wrong> = BTreeMap::new();
    for (kind, wrong) in parts.iter().flat_map(|part| &part.wrong) {
        let known = all.entry(kind.clone()).or_default();
        known.count += wrong.count;
        known.examples.extend(wrong.examples.iter().take(3usize.saturating_sub(known.examples.len())).cloned());
    }
    all
}

/// Waits until no order is being decided any more.
async fn at_rest(database: &mut PgConnection) -> anyhow::Result<()> {
    let began = Instant::now();
    while began.elapsed() < REST_MAX {
        let open: i64 = sqlx::query_scalar("SELECT count(*) FROM booking.orders WHERE saga NOT IN ('OPEN', 'SETTLED')")
            .fetch_one(&mut *database)
            .await?;
        if open == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    Ok(())
}
