//! The run, from an empty folder to the table.

use super::changes::{self, Changes, Plan};
use super::crowd::{Crowd, Running};
use super::house::House;
use super::options::Options;
use super::staleness;
use super::stream::Heard;
use crate::cpu;
use crate::setup::{self, Admin};
use anyhow::ensure;
use std::fmt::Write;
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::time::{Duration, Instant};

const EVENT: &str = "WATCHED";
/// How long the last changes may take to reach everybody.
const LAST_MAX: Duration = Duration::from_secs(8);

/// Runs it, with crowds that are processes of `program`; gives the table.
///
/// # Errors
/// When something cannot be started, or a watcher was lost.
pub async fn run(options: &Options, program: &Path) -> anyhow::Result<String> {
    let house = House::start(options).await?;
    let admin = Admin::create(house.address, &house.database_url()?).await?;
    let hall = admin.create_hall(options.seats).await?;
    admin.publish_event(&hall, EVENT).await?;
    let tokens = setup::sign_up(house.address, changes::ACCOUNTS, "changer").await?;

    let empty_kib = house.gateways_kib()?;
    let began = Instant::now();
    let mut crowds = gather(options, program, &house).await?;
    let gathered = began.elapsed();
    tokio::time::sleep(Duration::from_secs(options.idle_seconds)).await;
    let grown_kib = house.gateways_kib()?.saturating_sub(empty_kib);

    let ids: Vec<u32> = crowds.iter().filter_map(Running::id).collect();
    let (before, began) = (house.cpu(&ids), Instant::now());
    let time = Duration::from_secs(options.seconds);
    let plan = Plan { address: house.address, event: EVENT, hall: &hall, rate: options.rate, time, left_out: 0 };
    let changes = changes::make(&plan, &tokens).await;
    let (cpu, took) = (cpu::used(&before, &house.cpu(&ids)), began.elapsed());
    tokio::time::sleep(LAST_MAX).await;
    let busy_kib = house.gateways_kib()?.saturating_sub(empty_kib);
    let mut heard = Vec::new();
    for crowd in crowds.drain(..) {
        heard.push(crowd.stop().await?);
    }
    let figures = Figures { options, gathered, grown_kib, busy_kib, cpu, took, changes, heard };
    figures.table()
}

async fn gather(options: &Options, program: &Path, house: &House) -> anyhow::Result<Vec<Running>> {
    let count = options.crowds.max(1);
    let mut crowds = Vec::new();
    for number in 0..count {
        let watchers = options.watchers * (number + 1) / count - options.watchers * number / count;
        let from = IpAddr::V4(Ipv4Addr::new(127, 0, 0, u8::try_from(2 + number)?));
        let crowd = Crowd { address: house.address, from, event: EVENT.to_owned(), watchers };
        crowds.push(Running::start(program, &crowd)?);
    }
    for crowd in &mut crowds {
        crowd.ready().await?;
    }
    Ok(crowds)
}

struct Figures<'a> {
    options: &'a Options,
    gathered: Duration,
    grown_kib: u64,
    busy_kib: u64,
    cpu: cpu::Times,
    took: Duration,
    changes: Changes,
    heard: Vec<Heard>,
}

impl Figures<'_> {
    fn table(&self) -> anyhow::Result<String> {
        let staleness = staleness::of(&self.changes.made, &self.heard)?;
        let sum = |of: fn(&Heard) -> u64| self.heard.iter().map(of).sum::<u64>();
        let (watchers, seconds) = (self.options.watchers, self.took.as_secs_f64());
        let each = |count: u64| ratio(count, watchers as u64);
        let ages = &staleness.ages_ms;
        let made = self.changes.made.len();
        let mut text = String::new();
        writeln!(
            text,
            "{watchers} watchers at {} gateways, there after {:.1} s",
            self.options.gateways,
            self.gathered.as_secs_f64()
        )?;
        writeln!(
            text,
            "{made} changes in {seconds:.1} s ({:.0} a second), {} refused",
            ratio(made as u64, 1) / seconds,
            self.changes.refused
        )?;
        let (p50, p99, max) = (ages.value_at_quantile(0.5), ages.value_at_quantile(0.99), ages.max());
        writeln!(text, "staleness p50 {p50} ms, p99 {p99} ms, max {max} ms, over {} readings", ages.len())?;
        writeln!(
            text,
            "told {} changes of {made}, {:.2} % of what all should read",
            staleness.told,
            100.0 * ratio(ages.len(), (made * watchers) as u64)
        )?;
        writeln!(
            text,
            "memory of the gateways a watcher: {:.1} KiB idle, {:.1} KiB at the end",
            each(self.grown_kib),
            each(self.busy_kib)
        )?;
        writeln!(
            text,
            "a watcher read {:.0} messages, {:.0} bytes a second",
            each(sum(|heard| heard.deltas)),
            each(sum(|heard| heard.bytes)) / seconds
        )?;
        writeln!(
            text,
            "snapshots {}, beats {}, streams that ended {}",
            sum(|heard| heard.snapshots),
            sum(|heard| heard.beats),
            sum(|heard| heard.ended)
        )?;
        for (name, micros) in &self.cpu {
            writeln!(text, "processor time of {name}: {:.2} cores", ratio(*micros, 1_000_000) / seconds)?;
        }
        ensure!(sum(|heard| heard.ended) == 0, "streams ended:\n{text}");
        Ok(text)
    }
}

/// Counts here are far below 2^52.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn ratio(part: u64, of: u64) -> f64 {
    part as f64 / (of.max(1)) as f64
}
