//! The figures: of each round, their medians, and the table that people read.

use crate::cpu::Times;
use crate::load::Outcome;
use anyhow::Context;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

/// The house's figures for one kind of call in one round.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Measured {
    /// Successes a second at the peak.
    pub rate: f64,
    /// Median latency at the peak, in milliseconds.
    pub p50_ms: f64,
    /// The latency that 99 of 100 do not exceed, at the peak.
    pub p99_ms: f64,
    /// Successes a second in the part at 70 % of the peak.
    pub steady_rate: f64,
    /// Median latency at 70 % of the peak.
    pub steady_p50_ms: f64,
    /// The latency that 99 of 100 do not exceed at 70 % of the peak, counted from when each request was due.
    pub steady_p99_ms: f64,
    /// Answers other than success, by status, of both parts; 0 is no answer.
    pub others: BTreeMap<u16, u64>,
    /// Processor time of an operation at the peak, in micros, by process.
    pub cpu_micros: BTreeMap<String, f64>,
}

impl Measured {
    /// The figures of a peak and a steady part.
    #[must_use]
    pub fn of(peak: &Outcome, steady: &Outcome, success: u16, cpu: &Times) -> Self {
        let mut others = peak.others(success);
        for (status, count) in steady.others(success) {
            *others.entry(status).or_default() += count;
        }
        let successes = count(peak.by_status.get(&success).copied().unwrap_or(0)).max(1.0);
        Self {
            rate: peak.rate(success),
            p50_ms: peak.latency_ms(0.5),
            p99_ms: peak.latency_ms(0.99),
            steady_rate: steady.rate(success),
            steady_p50_ms: steady.latency_ms(0.5),
            steady_p99_ms: steady.latency_ms(0.99),
            others,
            cpu_micros: cpu.iter().map(|(name, micros)| (name.clone(), count(*micros) / successes)).collect(),
        }
    }
}

/// One round.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Round {
    /// Redis' own lock script, a second.
    pub redis_locks: f64,
    /// PostgreSQL's own holds, a second.
    pub postgres_holds: f64,
    /// The latency that 99 of 100 of PostgreSQL's own holds do not exceed at 70 % of its own rate, in milliseconds.
    pub postgres_steady_p99_ms: f64,
    /// PostgreSQL's own orders, a second.
    pub postgres_orders: f64,
    /// Holds through the gateway.
    pub reserve: Measured,
    /// Paid orders through the gateway.
    pub confirm: Measured,
}

/// All rounds and what follows from their medians.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// The rounds as measured.
    pub rounds: Vec<Round>,
    /// Holds through the gateway ÷ PostgreSQL's own; wanted: 0.75 at least.
    pub reserve_ratio: f64,
    /// Paid orders through the gateway ÷ PostgreSQL's own; wanted: 0.20 at least.
    pub confirm_ratio: f64,
    /// Holds through the gateway ÷ Redis' own lock script.
    pub redis_ratio: f64,
    /// What was answered and is not in the database, or the other way round. Must be empty.
    pub faults: Vec<String>,
}

impl Summary {
    /// The ratios of the rounds' medians.
    #[must_use]
    pub fn of(rounds: Vec<Round>, faults: Vec<String>) -> Self {
        let ratio = |of: fn(&Round) -> f64, to: fn(&Round) -> f64| median(&rounds, of) / median(&rounds, to).max(1e-9);
        let reserve_ratio = ratio(|round| round.reserve.rate, |round| round.postgres_holds);
        let confirm_ratio = ratio(|round| round.confirm.rate, |round| round.postgres_orders);
        let redis_ratio = ratio(|round| round.reserve.rate, |round| round.redis_locks);
        Self { rounds, reserve_ratio, confirm_ratio, redis_ratio, faults }
    }
}

/// The median over the rounds; of an even number, the lower of the two in the middle.
pub fn median(rounds: &[Round], of: impl Fn(&Round) -> f64) -> f64 {
    let mut values: Vec<f64> = rounds.iter().map(of).collect();
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len().saturating_sub(1) / 2).copied().unwrap_or(0.0)
}

/// The table.
#[must_use]
pub fn table(summary: &Summary) -> String {
    let rounds = &summary.rounds;
    let mut text = String::new();
    line(&mut text, "", &["a second", "p50 ms", "p99 ms", "at 70 %", "p50 ms", "p99 ms"].map(str::to_owned));
    let own = |of: fn(&Round) -> f64| [format!("{:.0}", median(rounds, of))];
    line(&mut text, "Redis: lock script, two seats", &own(|round| round.redis_locks));
    let mut holds = vec![format!("{:.0}", median(rounds, |round| round.postgres_holds))];
    holds.extend(["", ""].map(str::to_owned));
    holds.push(format!("{:.0}", 0.7 * median(rounds, |round| round.postgres_holds)));
    holds.push(String::new());
    holds.push(format!("{:.1}", median(rounds, |round| round.postgres_steady_p99_ms)));
    line(&mut text, "PostgreSQL: hold, one statement", &holds);
    line(&mut text, "Onsale: reserve", &cells(rounds, |round| &round.reserve));
    line(&mut text, "PostgreSQL: order, one statement", &own(|round| round.postgres_orders));
    line(&mut text, "Onsale: paid confirm", &cells(rounds, |round| &round.confirm));
    let ratios = [
        ("reserve ÷ PostgreSQL", summary.reserve_ratio, "wanted ≥ 0.75"),
        ("confirm ÷ PostgreSQL", summary.confirm_ratio, "wanted ≥ 0.20"),
        ("reserve ÷ Redis' script", summary.redis_ratio, ""),
    ];
    // Writing to a String cannot fail.
    for (name, ratio, wanted) in ratios {
        let _infallible = writeln!(text, "{name:34}{ratio:>10.2}  {wanted}");
    }
    for (name, of) in
        [("reserve", (|round| &round.reserve) as fn(&Round) -> &Measured), ("confirm", |round| &round.confirm)]
    {
        let _infallible = writeln!(text, "processor time of a {name}: {}", cpu(rounds, of));
        let _infallible = writeln!(text, "other answers to {name}: {}", others(rounds, of));
    }
    let _infallible = write!(text, "medians of {} rounds; faults: {}", rounds.len(), summary.faults.len());
    text
}

fn cells(rounds: &[Round], of: fn(&Round) -> &Measured) -> [String; 6] {
    [
        format!("{:.0}", median(rounds, |round| of(round).rate)),
        format!("{:.1}", median(rounds, |round| of(round).p50_ms)),
        format!("{:.1}", median(rounds, |round| of(round).p99_ms)),
        format!("{:.0}", median(rounds, |round| of(round).steady_rate)),
        format!("{:.1}", median(rounds, |round| of(round).steady_p50_ms)),
        format!("{:.1}", median(rounds, |round| of(round).steady_p99_ms)),
    ]
}

fn cpu(rounds: &[Round], of: fn(&Round) -> &Measured) -> String {
    let names: std::collections::BTreeSet<&String> =
        rounds.iter().flat_map(|round| of(round).cpu_micros.keys()).collect();
    let micros = |name: &String| median(rounds, |round| of(round).cpu_micros.get(name).copied().unwrap_or(0.0));
    let parts: Vec<_> = names.into_iter().map(|name| format!("{name} {:.0} µs", micros(name))).collect();
    parts.join(", ")
}

fn others(rounds: &[Round], of: fn(&Round) -> &Measured) -> String {
    let mut sums: BTreeMap<u16, u64> = BTreeMap::new();
    for (status, count) in rounds.iter().flat_map(|round| &of(round).others) {
        *sums.entry(*status).or_default() += count;
    }
    let parts: Vec<_> = sums.into_iter().map(|(status, count)| format!("{status}: {count}")).collect();
    if parts.is_empty() { "none".to_owned() } else { parts.join(", ") }
}

fn line(text: &mut String, name: &str, cells: &[String]) {
    let _infallible = write!(text, "{name:34}");
    for cell in cells {
        let _infallible = write!(text, "{cell:>10}");
    }
    text.push('\n');
}

/// Writes a file and the folders above it.
///
/// # Errors
/// When it cannot be written.
pub fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, bytes).with_context(|| format!("write {}", path.display()))
}

fn count(n: u64) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(rate: f64) -> Round {
        let measured = Measured {
            rate,
            p50_ms: 7.0,
            p99_ms: 19.0,
            steady_rate: rate * 0.7,
            steady_p50_ms: 6.0,
            steady_p99_ms: 12.0,
            others: BTreeMap::from([(409, 2)]),
            cpu_micros: BTreeMap::from([("postgresql".to_owned(), 55.0)]),
        };
        Round {
            redis_locks: 100_000.0,
            postgres_steady_p99_ms: 9.0,
            postgres_holds: 10_000.0,
            postgres_orders: 5_000.0,
            reserve: measured.clone(),
            confirm: measured,
        }
    }

    #[test]
    fn ratios_are_of_medians() {
        let summary = Summary::of([9.0, 1.0, 8000.0, 8.0, 9000.0].map(round).to_vec(), Vec::new());
        assert!((summary.reserve_ratio - 0.0009).abs() < 1e-12, "{}", summary.reserve_ratio);
        let text = table(&summary);
        assert!(text.contains("409: 10") && text.contains("postgresql 55 µs") && text.contains("faults: 0"), "{text}");
    }
}
