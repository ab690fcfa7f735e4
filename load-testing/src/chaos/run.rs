//! One run of a row: how it was before, what people see while it lasts, and when all goes on as before.

use super::backlog::Backlog;
use super::house::House;
use super::results::Result;
use super::rows::Row;
use super::verdict;
use crate::client::{Connection, request};
use crate::proof::buyers::Load;
use crate::proof::watch::{View, What};
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;

/// How long is looked at what was before, at least and at most: until there was enough to compare with.
const BEFORE_MIN: Duration = Duration::from_secs(4);
const BEFORE_MAX: Duration = Duration::from_secs(30);
/// Enough to compare with.
const ORDERS_MIN: f64 = 12.0;
/// In a time of this length all must go on, or in a longer one in which so many orders were made before.
const WINDOW_MIN: Duration = Duration::from_millis(1500);
const WINDOW_MAX: Duration = Duration::from_secs(10);
const WINDOW_ORDERS: f64 = 24.0;
/// At the beginning of that time somebody is served already.
const FIRST: Duration = Duration::from_secs(1);
/// A house that sold so much a second before sells something in each second.
const BUSY: f64 = 6.0;
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// As before: this share of the holds and orders, and no more than this share told to come later.
const SHARE_MIN: f64 = 0.5;
const LATER_MAX: f64 = 0.05;
/// And no more than this share of searches more than before without the search engine.
const DEGRADED_MORE_MAX: f64 = 0.05;
/// How long past its bound is looked whether all goes on at last.
const PATIENCE: Duration = Duration::from_secs(30);
/// Between two looks at events.
const VISIT_EVERY: Duration = Duration::from_millis(100);

/// A run to be made.
pub struct Run<'a> {
    /// The row.
    pub row: &'a Row,
    /// What it breaks.
    pub house: &'a mut House,
    /// What people do and see meanwhile.
    pub load: &'a Load,
}

impl Run<'_> {
    /// Makes it.
    ///
    /// # Errors
    /// When something cannot be broken, mended or asked.
    pub async fn go(self) -> anyhow::Result<Result> {
        let watch = &self.load.watch;
        self.row.fault.prepare(self.house).await?;
        self.load.gate.open();
        let before = self.before().await;
        let broken = Instant::now();
        self.row.fault.inject(self.house).await?;
        let missing = self.row.fault.last(self.house, self.row.lasts).await?;
        let meanwhile = watch.view(broken, Instant::now());
        self.row.fault.mend(self.house).await?;
        // An engine is back when it answers; a process of ours still has to start.
        let mended = Instant::now();
        let backlog = self.backlog().await?;
        let (recovered, drained) = tokio::join!(self.recovered(before, mended), drained(backlog.as_ref(), mended));
        let mut result = Result::new(before, meanwhile, recovered);
        result.found(&missing);
        if let Some(backlog) = backlog {
            result.behind = backlog.events;
            result.drained_ms = drained?;
            verdict::on_backlog(self.row, &mut result);
        }
        verdict::on_what_was_seen(self.row, &mut result);
        verdict::on_promises(self.row, self.house, self.load, &mut result).await?;
        self.row.fault.clear(self.house).await?;
        Ok(result)
    }

    /// What was not told while the bus was away.
    async fn backlog(&self) -> anyhow::Result<Option<Backlog>> {
        if !self.row.fault.needs_kafka() {
            return Ok(None);
        }
        Ok(Some(Backlog::now(&self.house.database_url()?).await?))
    }

    /// How it is while nothing is broken.
    async fn before(&self) -> View {
        let began = Instant::now();
        tokio::time::sleep(BEFORE_MIN).await;
        loop {
            let now = Instant::now();
            let view = self.load.watch.view(began, now);
            let is_enough = view.orders * (now - began).as_secs_f64() >= ORDERS_MIN;
            // What the run before broke in searches is over.
            let is_found = self.load.watch.view(now - WINDOW_MIN, now).degraded <= DEGRADED_MORE_MAX;
            if (is_enough && is_found) || now - began > BEFORE_MAX {
                return view;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// When all went on as before: the beginning of the first time in which it did; nothing within the bound and more.
    async fn recovered(&self, before: View, mended: Instant) -> Option<Duration> {
        let mut from = mended;
        let window = Duration::from_secs_f64(WINDOW_ORDERS / before.orders.max(0.1)).clamp(WINDOW_MIN, WINDOW_MAX);
        while mended.elapsed() < self.row.recovered_in + PATIENCE {
            while from + window <= Instant::now() {
                let now = self.load.watch.view(from, from + window);
                let goes_on = verdict::is_share(now.holds, before.holds, SHARE_MIN, window)
                    && verdict::is_share(now.orders, before.orders, SHARE_MIN, window);
                let first = self.load.watch.view(from, from + FIRST);
                let from_the_first = before.holds < BUSY || first.holds > 0.0;
                let is_found = now.degraded <= before.degraded + DEGRADED_MORE_MAX;
                if goes_on && from_the_first && is_found && now.later <= LATER_MAX && now.lost == 0 {
                    return Some(from - mended);
                }
                from += LOOK_EVERY;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        None
    }
}

/// After how many milliseconds a backlog is told; nothing where there is none, or it takes too long.
async fn drained(backlog: Option<&Backlog>, mended: Instant) -> anyhow::Result<Option<u64>> {
    let Some(backlog) = backlog else { return Ok(None) };
    let at = backlog.drained().await?;
    Ok(at.map(|at| u64::try_from((at - mended).as_millis()).unwrap_or(u64::MAX)))
}

/// People who only look: at an event's page, and for events. To be aborted.
pub fn visitors(house: &House, load: &Rc<Load>, event: &str) -> JoinHandle<()> {
    let ask = request("GET", &format!("/events/{event}"), None, None);
    let find = request("GET", "/api/search/events?query=concert", None, None);
    let (gateways, load) = (house.gateways(), Rc::clone(load));
    tokio::task::spawn_local(async move {
        let mut gateway = 0;
        loop {
            for (what, bytes) in [(What::Look, &ask), (What::Find, &find)] {
                let began = Instant::now();
                // As browsers do: the other address, where one does not answer.
                let mut answer = Connection::new(gateways[gateway]).call(bytes).await;
                if answer.is_err() {
                    gateway = 1 - gateway;
                    answer = Connection::new(gateways[gateway]).call(bytes).await;
                }
                load.watch.see(what, began, &answer);
            }
            tokio::time::sleep(VISIT_EVERY).await;
        }
    })
}
