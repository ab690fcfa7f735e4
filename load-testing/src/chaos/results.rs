//! What came of each run, kept in a file as it comes, so that a run that broke off goes on where it was.

use super::rows::Row;
use crate::proof::faults::Faults;
use crate::proof::watch::View;
use anyhow::Context;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What came of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Result {
    /// What people saw before.
    pub before: View,
    /// What they saw while it lasted.
    pub meanwhile: View,
    /// After how many milliseconds all went on as before.
    pub recovered_ms: Option<u64>,
    /// How many milliseconds after the last request every payment was decided.
    pub decided_ms: u64,
    /// How many events were not told when the bus came back.
    pub behind: i64,
    /// How many milliseconds after the end of the fault they were.
    pub drained_ms: Option<u64>,
    /// What was not as it should be.
    pub faults: Vec<String>,
}

impl Result {
    /// What was measured, before anybody judged it.
    #[must_use]
    pub fn new(before: View, meanwhile: View, recovered: Option<Duration>) -> Self {
        let recovered_ms = recovered.map(|time| u64::try_from(time.as_millis()).unwrap_or(u64::MAX));
        Self { before, meanwhile, recovered_ms, decided_ms: 0, behind: 0, drained_ms: None, faults: Vec::new() }
    }

    /// More that was not as it should be.
    pub fn found(&mut self, faults: &Faults) {
        self.faults.extend(faults.told().iter().cloned());
    }

    /// In one line.
    #[must_use]
    pub fn line(&self) -> String {
        let (before, now) = (&self.before, &self.meanwhile);
        let recovered = self.recovered_ms.map_or("never".to_owned(), |ms| format!("after {ms} ms"));
        let drained = self.drained_ms.map_or("never".to_owned(), |ms| format!("after {ms} ms"));
        let behind = if self.behind > 0 { format!("; {} events told {drained}", self.behind) } else { String::new() };
        let found = if self.faults.is_empty() { String::new() } else { format!("; WRONG: {}", self.faults.join("; ")) };
        format!(
            "  {:.0} -> {:.0} holds, {:.0} -> {:.0} orders a second; {:.0} % later (p99 {:.0} ms), {} lost; p99 {:.0} -> \
             {:.0} ms; looks {:.0} %, searches {:.0} % (p99 {:.0} ms, {:.0} % degraded); goes on {recovered}{behind}{found}",
            before.holds,
            now.holds,
            before.orders,
            now.orders,
            100.0 * now.later,
            now.later_p99_ms,
            now.lost,
            before.p99_ms,
            now.p99_ms,
            100.0 * now.looks,
            100.0 * now.finds,
            now.finds_p99_ms,
            100.0 * now.degraded,
        )
    }
}

/// The results of all runs, with their file.
pub struct Results {
    path: PathBuf,
    runs: BTreeMap<(String, usize), Value>,
}

impl Results {
    /// Reads what the file has, unless all is to be run again.
    ///
    /// # Errors
    /// When the file cannot be read or is no such file.
    pub fn open(path: &Path, again: bool) -> anyhow::Result<Self> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        if again && path.exists() {
            std::fs::remove_file(path)?;
        }
        let text = if path.exists() { std::fs::read_to_string(path)? } else { String::new() };
        let mut runs = BTreeMap::new();
        for line in text.lines() {
            let run: Value = serde_json::from_str(line).with_context(|| format!("{} is damaged", path.display()))?;
            let row = run["row"].as_str().context("a run has a row")?.to_owned();
            let number = run["run"].as_u64().and_then(|number| usize::try_from(number).ok());
            runs.insert((row, number.context("a run has a number")?), run);
        }
        Ok(Self { path: path.to_owned(), runs })
    }

    /// Whether that run was made, and nothing was wrong with it.
    #[must_use]
    pub fn has(&self, row: &str, run: usize) -> bool {
        self.runs.get(&(row.to_owned(), run)).is_some_and(|run| faults(run).next().is_none())
    }

    /// Keeps one more.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn add(&mut self, row: &str, number: usize, result: &Result) -> anyhow::Result<()> {
        let run = json!({"row": row, "run": number, "recoveredMs": result.recovered_ms, "decidedMs": result.decided_ms,
            "holds": [result.before.holds, result.meanwhile.holds],
            "orders": [result.before.orders, result.meanwhile.orders],
            "p99Ms": [result.before.p99_ms, result.meanwhile.p99_ms], "later": result.meanwhile.later, "looks": result.meanwhile.looks,
            "findsP99Ms": [result.before.finds_p99_ms, result.meanwhile.finds_p99_ms],
            "degraded": [result.before.degraded, result.meanwhile.degraded],
            "laterP99Ms": result.meanwhile.later_p99_ms, "lost": result.meanwhile.lost, "behind": result.behind, "drainedMs": result.drained_ms, "faults": result.faults});
        let mut file = OpenOptions::new().create(true).append(true).open(&self.path)?;
        writeln!(file, "{run}").with_context(|| format!("write {}", self.path.display()))?;
        self.runs.insert((row.to_owned(), number), run);
        Ok(())
    }

    /// The runs of a row, by their number, as they are kept.
    pub(super) fn of<'a>(&'a self, row: &'a Row) -> impl Iterator<Item = (usize, &'a Value)> + 'a {
        self.runs.iter().filter(|((name, _), _)| *name == row.name).map(|((_, number), run)| (*number, run))
    }

    /// How many runs of these rows were made.
    #[must_use]
    pub fn count(&self, rows: &[Row]) -> usize {
        rows.iter().map(|row| self.of(row).count()).sum()
    }

    /// All that was wrong in these rows.
    #[must_use]
    pub fn violations(&self, rows: &[Row]) -> Vec<String> {
        let in_row = |row| self.of(row).flat_map(|(number, run)| faults(run).map(move |fault| (number, fault)));
        let told = rows
            .iter()
            .flat_map(|row| in_row(row).map(|(number, fault)| format!("{}, run {number}: {fault}", row.name)));
        told.collect()
    }

    /// A line a row.
    #[must_use]
    pub fn table(&self, rows: &[Row], runs: usize) -> String {
        let head = ("row", "runs", "goes on p50", "max", "bound", "holds meanwhile", "wrong");
        let mut table = format!(
            "{:<42} {:>7} {:>12} {:>9} {:>7} {:>16} {:>6}\n",
            head.0, head.1, head.2, head.3, head.4, head.5, head.6
        );
        for row in rows {
            let made: Vec<&Value> = self.of(row).map(|(_, run)| run).collect();
            let mut times: Vec<u64> = made.iter().filter_map(|run| run["recoveredMs"].as_u64()).collect();
            times.sort_unstable();
            let time = |at: usize| times.get(at).map_or("-".to_owned(), |ms| format!("{ms} ms"));
            let share = |run: &&Value| Some(run["holds"][1].as_f64()? / run["holds"][0].as_f64()?.max(0.001));
            let least = made.iter().filter_map(share).fold(f64::INFINITY, f64::min);
            let wrong: usize = made.iter().map(|run| faults(run).count()).sum();
            table.push_str(&format!(
                "{:<42} {:>3} / {} {:>12} {:>9} {:>5} s {:>14.0} % {:>6}\n",
                row.name,
                made.len(),
                row.runs(runs),
                time(times.len() / 2),
                time(times.len().saturating_sub(1)),
                row.recovered_in.as_secs(),
                if least.is_finite() { 100.0 * least } else { 0.0 },
                wrong
            ));
        }
        table
    }
}

/// What was wrong in a run.
pub(super) fn faults(run: &Value) -> impl Iterator<Item = String> + '_ {
    run["faults"].as_array().into_iter().flatten().filter_map(|fault| fault.as_str().map(str::to_owned))
}
