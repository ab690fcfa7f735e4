//! What a run found: as JSON for machines, as a page with charts, and as a few lines for the terminal.

use super::bars::{self, Bar};
use super::charts::{Series, lines};
use super::figures::{Call, Counts, Wrong};
use super::ledger::Ledger;
use super::watch::{Moment, Watch, float, is_house};
use hdrhistogram::Histogram;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// Latencies of a call, in milliseconds.
#[derive(Debug, Clone, Serialize)]
pub struct Latency {
    /// How many answers.
    pub count: u64,
    /// What half of them did not exceed.
    pub p50: f64,
    /// What 90 of 100 did not exceed.
    pub p90: f64,
    /// What 99 of 100 did not exceed.
    pub p99: f64,
    /// What 999 of 1,000 did not exceed.
    pub p999: f64,
    /// The longest.
    pub max: f64,
}

/// What a process used.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Used {
    /// Processor time, in seconds.
    pub cpu_seconds: f64,
    /// The most memory, in bytes.
    pub memory_bytes: u64,
}

/// All of a run.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// When it ended, in milliseconds since 1970.
    pub at_ms: i64,
    /// The command line.
    pub command: String,
    /// Processor cores of the machine.
    pub cores: usize,
    /// People.
    pub users: u32,
    /// Seats.
    pub seats: u32,
    /// Gateways.
    pub gateways: u16,
    /// Live tickets beyond one a seat.
    pub oversold: usize,
    /// Answers that cannot be right.
    pub errors: u64,
    /// Tickets a second from the first to the 98th of 100.
    pub seats_a_second: f64,
    /// Seconds from the opening until 98 of 100 seats were paid and ticketed.
    pub ticketed_s: Option<f64>,
    /// Whether every bar was reached.
    pub holds: bool,
    /// The bars.
    pub bars: Vec<Bar>,
    /// How far people came.
    pub counts: Counts,
    /// Latencies by call, from when each was due.
    pub latencies: BTreeMap<&'static str, Latency>,
    /// Answers by call and status; 0 counts those that never came.
    pub statuses: BTreeMap<&'static str, BTreeMap<u16, u64>>,
    /// What cannot be right, by kind.
    pub wrong: BTreeMap<String, Wrong>,
    /// The comparison of what was told with what is stored.
    pub ledger: Ledger,
    /// What every process used.
    pub processes: BTreeMap<String, Used>,
    /// Bytes that a waiting person's state takes in the swarm, without buffers and the kernel's.
    pub person_bytes: usize,
    /// What was broken, and when.
    pub faults: Vec<String>,
    /// Each second.
    pub moments: Vec<Moment>,
}

/// Latencies by call.
#[must_use]
pub fn latencies(all: &BTreeMap<Call, Histogram<u64>>) -> BTreeMap<&'static str, Latency> {
    let told = |call: &Call| {
        let histogram = all.get(call)?;
        let at = |share| bars::latency_ms(all, *call, share);
        let max = float(histogram.max()) / 1_000.0;
        Some((
            call.name(),
            Latency { count: histogram.len(), p50: at(0.5), p90: at(0.9), p99: at(0.99), p999: at(0.999), max },
        ))
    };
    Call::ALL.iter().filter_map(told).collect()
}

/// What every process used.
#[must_use]
pub fn used(watch: &Watch) -> BTreeMap<String, Used> {
    let used = |(name, (cpu_seconds, memory_bytes))| (name, Used { cpu_seconds, memory_bytes });
    watch.used().into_iter().map(used).collect()
}

/// A few lines for the terminal.
#[must_use]
pub fn told(summary: &Summary) -> String {
    let mut text = String::new();
    for (call, latency) in &summary.latencies {
        let Latency { count, p50, p99, max, .. } = latency;
        let _never_fails =
            writeln!(text, "{call:>8} {count:>9} answers   p50 {p50:>8.1} ms   p99 {p99:>8.1} ms   max {max:>8.1} ms");
    }
    for bar in &summary.bars {
        let word = if bar.holds { "holds " } else { "MISSED" };
        let _never_fails = writeln!(text, "{word}  {}: {} (must be {})", bar.what, bar.is, bar.must);
    }
    for (kind, wrong) in &summary.wrong {
        let first = wrong.examples.first().map(String::as_str).unwrap_or_default();
        let _never_fails = writeln!(text, "ERROR   {} × {kind}: {first}", wrong.count);
    }
    for example in &summary.ledger.examples {
        let _never_fails = writeln!(text, "LEDGER  {example}");
    }
    text
}

/// The page.
#[must_use]
pub fn page(summary: &Summary) -> String {
    let mut body = String::new();
    let _never_fails = write!(
        body,
        "<h1>{} people, {} seats</h1><p>{}</p><p><code>{}</code>, {} cores</p><h2>Bars</h2>{}<h2>Over time</h2>{}\
         <h2>Latencies</h2>{}<h2>Processes</h2>{}<h2>Answers</h2>{}",
        summary.users,
        summary.seats,
        if summary.holds { "Every bar was reached." } else { "Not every bar was reached." },
        escaped(&summary.command),
        summary.cores,
        bars_table(summary),
        charts(&summary.moments),
        latency_table(summary),
        process_table(summary),
        answers_table(summary),
    );
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Swarm</title><style>{STYLE}</style><main>{body}</main></html>\n"
    )
}

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;margin:0;color:#1b2430;background:#f6f7f9}\
main{max-width:820px;margin:0 auto;padding:24px 16px}h1{font-size:26px}h2{font-size:18px;margin-top:32px}\
table{border-collapse:collapse;width:100%;background:#fff}td,th{padding:4px 8px;border-bottom:1px solid #e3e7ec;text-align:right}\
td:first-child,th:first-child{text-align:left}.missed td{background:#fde8e2}figure{margin:16px 0;background:#fff;padding:12px}\
figcaption{font-weight:600}small{color:#5f6b7a;font-weight:400}svg{width:100%;height:auto}text{font:11px system-ui;fill:#5f6b7a;text-anchor:end}\
text.x{text-anchor:middle}.grid{stroke:#e3e7ec}.open{stroke:#1b2430;stroke-dasharray:3 3}.line{fill:none;stroke-width:1.6}\
.key{margin:4px 0 0}.key span{margin-right:14px;font-size:13px}.key i{display:inline-block;width:10px;height:10px;margin-right:5px}";

fn escaped(text: &str) -> String {
    onsale_core::text::escape_html(text)
}

fn table(head: &[&str], rows: impl Iterator<Item = (bool, Vec<String>)>) -> String {
    let head: String = head.iter().map(|name| format!("<th>{name}</th>")).collect();
    let mut html = format!("<table><tr>{head}</tr>");
    for (good, cells) in rows {
        let class = if good { "" } else { " class=\"missed\"" };
        let cells: String = cells.iter().map(|cell| format!("<td>{}</td>", escaped(cell))).collect();
        let _never_fails = write!(html, "<tr{class}>{cells}</tr>");
    }
    html.push_str("</table>");
    html
}

fn bars_table(summary: &Summary) -> String {
    let rows = summary.bars.iter().map(|bar| (bar.holds, vec![bar.what.clone(), bar.is.clone(), bar.must.clone()]));
    table(&["what", "is", "must be"], rows)
}

fn latency_table(summary: &Summary) -> String {
    let rows = summary.latencies.iter().map(|(call, latency)| {
        let Latency { count, p50, p90, p99, p999, max } = latency;
        let times = [p50, p90, p99, p999, max].map(|ms| format!("{ms:.1}"));
        (true, [vec![(*call).to_owned(), count.to_string()], times.to_vec()].concat())
    });
    table(&["call", "answers", "p50 ms", "p90", "p99", "p99.9", "max"], rows)
}

fn process_table(summary: &Summary) -> String {
    let rows = summary.processes.iter().map(|(name, used)| {
        (true, vec![name.clone(), format!("{:.1}", used.cpu_seconds), (used.memory_bytes >> 20).to_string()])
    });
    table(&["process", "processor seconds", "most memory, MB"], rows)
}

fn answers_table(summary: &Summary) -> String {
    let rows = summary.statuses.iter().map(|(call, statuses)| {
        let told: Vec<_> = statuses.iter().map(|(status, count)| format!("{status}: {count}")).collect();
        (true, vec![(*call).to_owned(), told.join(", ")])
    });
    let wrong = summary.wrong.iter().map(|(kind, wrong)| {
        (false, vec![format!("{kind} ({})", wrong.count), wrong.examples.first().cloned().unwrap_or_default()])
    });
    table(&["call", "answers by status"], rows.chain(wrong))
}

fn charts(moments: &[Moment]) -> String {
    let series = |name: &str, value: &dyn Fn(&Moment) -> f64| Series {
        name: name.to_owned(),
        points: moments.iter().map(|moment| (second(moment), value(moment))).collect(),
    };
    let whole = |value: i64| float(value.unsigned_abs());
    let mut html = lines(
        "Seats",
        "by the house's own counters, and as people saw their tickets",
        &[
            series("sold", &|moment| whole(moment.seats.sold)),
            series("held", &|moment| whole(moment.seats.held)),
            series("tickets seen", &|moment| float(moment.counts.sold)),
        ],
    );
    html.push_str(&lines(
        "People",
        "",
        &[
            series("connected", &|moment| float(moment.counts.connected)),
            series("joined", &|moment| float(moment.counts.joined)),
            series("called", &|moment| whole(moment.called)),
            series("let in", &|moment| float(moment.counts.admitted)),
        ],
    ));
    html.push_str(&lines("Inflow", "people let in a second", &[rate(moments)]));
    let calls: BTreeSet<&'static str> = moments.iter().flat_map(|moment| moment.calls.keys().copied()).collect();
    for (title, pick) in [("p50", 1), ("p99", 2)] {
        let series: Vec<Series> = calls.iter().map(|call| latency(moments, call, pick)).collect();
        html.push_str(&lines(&format!("Latency, {title}"), "ms, from when a call was due", &series));
    }
    let per_second: Vec<Series> = calls.iter().map(|call| latency(moments, call, 0)).collect();
    html.push_str(&lines("Answers", "a second", &per_second));
    html.push_str(&lines("Processor", "cores", &by_group(moments, |moment, name| moment.cores.get(name).copied())));
    let memory = |moment: &Moment, name: &str| moment.bytes.get(name).map(|bytes| float(*bytes) / 1e6);
    html.push_str(&lines("Memory", "MB", &by_group(moments, memory)));
    html
}

fn second(moment: &Moment) -> f64 {
    let sign = if moment.second < 0 { -1.0 } else { 1.0 };
    sign * float(moment.second.unsigned_abs())
}

fn rate(moments: &[Moment]) -> Series {
    let pairs = moments.iter().zip(moments.iter().skip(1));
    let points =
        pairs.map(|(before, now)| (second(now), float(now.counts.admitted.saturating_sub(before.counts.admitted))));
    Series { name: "let in".to_owned(), points: points.collect() }
}

/// How many answers (0), or the latency of half (1) or 99 of 100 (2) of them.
fn latency(moments: &[Moment], call: &'static str, pick: u8) -> Series {
    let value = |moment: &Moment| {
        let (count, p50, _, p99) = moment.calls.get(call)?;
        Some((second(moment), [f64::from(*count), *p50, *p99][usize::from(pick)]))
    };
    Series { name: call.to_owned(), points: moments.iter().filter_map(value).collect() }
}

/// Gateways and clients are many: each group is one line.
fn by_group(moments: &[Moment], value: impl Fn(&Moment, &str) -> Option<f64>) -> Vec<Series> {
    let names: BTreeSet<&String> = moments.iter().flat_map(|moment| moment.cores.keys()).collect();
    let group = |name: &str| match name {
        name if name.starts_with("gateway-") => "gateways".to_owned(),
        name if !is_house(name) => "the swarm".to_owned(),
        name => name.to_owned(),
    };
    let groups: BTreeSet<String> = names.iter().map(|name| group(name)).collect();
    let line = |wanted: String| {
        let sum = |moment: &Moment| {
            let own = names.iter().filter(|name| group(name) == wanted);
            (second(moment), own.filter_map(|name| value(moment, name)).sum())
        };
        Series { points: moments.iter().map(sum).collect(), name: wanted }
    };
    groups.into_iter().map(line).collect()
}
