//! One page with what was found: by multiple, and second by second. No script, nothing from elsewhere.

use super::tally::{Asked, Second, count};
use super::verdict::{self, ms};
use super::{Findings, Phase};
use std::fmt::Write;

const WIDTH: f64 = 860.0;
const HEIGHT: f64 = 190.0;
const LEFT: f64 = 56.0;
const TOP: f64 = 26.0;
const BOTTOM: f64 = 24.0;
const STYLE: &str = "
:root{color-scheme:light dark;--ink:light-dark(#1a1d23,#e8eaee);--dim:light-dark(#667085,#98a2b3);
--line:light-dark(#e4e7ec,#344054);--good:light-dark(#087443,#47cd89);--late:light-dark(#b54708,#fdb022);
--no:light-dark(#b42318,#f97066)}
body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:light-dark(#fff,#101318);max-width:900px;margin:2rem auto;padding:0 1rem}
h1{font-size:1.4rem}h2{font-size:1rem;margin:1.6rem 0 .2rem}svg{width:100%;height:auto}
pre{overflow-x:auto;font-size:12px}text{fill:var(--dim);font:11px system-ui,sans-serif}.v{fill:var(--ink)}
.grid{stroke:var(--line)}.bound{stroke:var(--dim);stroke-dasharray:4 4}
.good{fill:var(--good);stroke:var(--good)}.late{fill:var(--late);stroke:var(--late)}.no{fill:var(--no);stroke:var(--no)}
polyline{fill:none!important;stroke-width:1.6}
.holds{color:var(--good)}.broken{color:var(--no)}";

/// The page.
#[must_use]
pub fn page(findings: &Findings) -> String {
    let broken = verdict::broken(findings);
    let (class, word) = match broken.as_slice() {
        [] => ("holds", "I7 holds.".to_owned()),
        some => ("broken", format!("I7 does not hold: {}.", some.join("; "))),
    };
    let all: Vec<&Phase> = findings.phases.iter().chain([&findings.recovery]).collect();
    let seconds: Vec<Vec<Second>> = all.iter().map(|phase| phase.tally.seconds(phase.lasted)).collect();
    let over_time = |title: &str, class: &str, bound: Option<f64>, of: fn(&Second) -> f64| {
        let values: Vec<Vec<f64>> = seconds.iter().map(|phase| phase.iter().map(of).collect()).collect();
        lines(title, class, bound, &all, &values)
    };
    let by_multiple = |title: &str, class: &str, bound: Option<f64>, of: &dyn Fn(&Phase) -> f64| {
        let values: Vec<f64> = findings.phases.iter().map(of).collect();
        bars(title, class, bound, &findings.phases, &values)
    };
    let peak = findings.peak();
    let charts = [
        "<h2>By multiple of the capacity</h2>".to_owned(),
        by_multiple("people who bought, a second (line: 80 % of the peak)", "good", Some(peak * 0.8), &Phase::goodput),
        by_multiple("p99 of the admitted, ms (line: 2 s)", "late", Some(2_000.0), &|phase| {
            ms(phase.tally.latency(0.99, Asked::is_admitted))
        }),
        by_multiple("p99 of refusals, ms (line: 50 ms)", "no", Some(50.0), &|phase| {
            ms(phase.tally.latency(0.99, Asked::is_refused))
        }),
        "<h2>Second by second</h2>".to_owned(),
        over_time("people who bought", "good", Some(peak * 0.8), |second| count(second.bought)),
        over_time("p99 of the admitted, ms", "late", Some(2_000.0), |second| ms(second.admitted_p99)),
        over_time("p99 of refusals, ms", "no", Some(50.0), |second| ms(second.refused_p99)),
    ];
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Overload</title><style>{STYLE}</style>\
         <h1>What a crowd of several times the capacity gets</h1><p class=\"{class}\">{word}</p>\
         <p>Capacity: {:.0} people a second who look, reserve and pay.</p>{}<h2>Figures</h2><pre>{}</pre></html>",
        findings.capacity,
        charts.concat(),
        verdict::table(findings),
    )
}

/// The upper end of an axis that shows all values and the bound, if that is not far above all of them.
fn top_of(values: impl Iterator<Item = f64>, bound: Option<f64>) -> f64 {
    let most = values.fold(0.0, f64::max);
    let bound = bound.filter(|bound| *bound < most * 4.0 || most == 0.0).unwrap_or(0.0);
    (most.max(bound) * 1.08).max(1.0)
}

fn y_of(value: f64, top: f64) -> f64 {
    TOP + (HEIGHT - TOP - BOTTOM) * (1.0 - value / top)
}

/// Title, axis and bound; the rest is put in.
fn frame(title: &str, top: f64, bound: Option<f64>, inside: &str) -> String {
    let mut text = format!("<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{title}\">");
    // Writing to a String cannot fail.
    let _infallible = write!(text, "<text x=\"{LEFT}\" y=\"14\" class=\"v\">{title}</text>");
    for part in [0.0, 0.5, 1.0] {
        let (value, y) = (top * part, y_of(top * part, top));
        let _infallible = write!(
            text,
            "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{WIDTH}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{value:.0}</text>",
            LEFT - 6.0,
            y + 4.0
        );
    }
    text.push_str(inside);
    if let Some(y) = bound.filter(|bound| *bound <= top).map(|bound| y_of(bound, top)) {
        let _infallible =
            write!(text, "<line class=\"bound\" x1=\"{LEFT}\" x2=\"{WIDTH}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>");
    }
    text.push_str("</svg>");
    text
}

fn bars(title: &str, class: &str, bound: Option<f64>, phases: &[Phase], values: &[f64]) -> String {
    let top = top_of(values.iter().copied(), bound);
    let step = (WIDTH - LEFT) / count(phases.len()).max(1.0);
    let mut inside = String::new();
    for (n, (phase, value)) in phases.iter().zip(values).enumerate() {
        let (x, y) = (LEFT + step * (count(n) + 0.25), y_of(*value, top));
        let middle = x + step / 4.0;
        let _infallible = write!(
            inside,
            "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{:.1}\"/>\
             <text class=\"v\" x=\"{middle:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{value:.0}</text>\
             <text x=\"{middle:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{} ×</text>",
            step / 2.0,
            y_of(0.0, top) - y,
            y - 4.0,
            HEIGHT - 8.0,
            phase.multiple
        );
    }
    frame(title, top, bound, &inside)
}

fn lines(title: &str, class: &str, bound: Option<f64>, phases: &[&Phase], values: &[Vec<f64>]) -> String {
    let top = top_of(values.iter().flatten().copied(), bound);
    let all = values.iter().map(Vec::len).sum::<usize>();
    let step = (WIDTH - LEFT) / count(all).max(1.0);
    let mut inside = String::new();
    let mut x = LEFT;
    for (phase, values) in phases.iter().zip(values) {
        let _infallible = write!(
            inside,
            "<line class=\"grid\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{TOP}\" y2=\"{:.1}\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\">{} ×</text><polyline class=\"{class}\" points=\"",
            y_of(0.0, top),
            x + 4.0,
            HEIGHT - 8.0,
            phase.multiple
        );
        for value in values {
            let _infallible = write!(inside, "{:.1},{:.1} ", x + step / 2.0, y_of(*value, top));
            x += step;
        }
        inside.push_str("\"/>");
    }
    frame(title, top, bound, &inside)
}

#[cfg(test)]
mod tests {
    use super::super::tally::{Person, Tally};
    use super::*;
    use std::time::Duration;

    #[test]
    fn every_phase_and_second_is_drawn_within_the_frame() {
        let phase = |multiple: f64| {
            let person = |n: u64| Person { due: Duration::from_secs(n), bought: Some(Duration::from_secs(n)) };
            let tally = Tally { asked: Vec::new(), people: (0..5).map(person).collect() };
            Phase { multiple, offered: 1.0, lasted: Duration::from_secs(5), tally }
        };
        let phases = vec![phase(1.0), phase(10.0)];
        let findings = Findings { capacity: 1.0, idle_bytes: 1.0, phases, recovery: phase(0.5) };
        let page = page(&findings);
        assert_eq!(page.matches("<rect").count(), 3 * 2);
        assert_eq!(page.matches("<polyline").count(), 3 * 3);
        for points in page.split("points=\"").skip(1) {
            let points = points.split_once('"').expect("closed").0;
            assert_eq!(points.split_whitespace().count(), 5);
            for point in points.split_whitespace() {
                let (x, y) = point.split_once(',').expect("a pair");
                let (x, y): (f64, f64) = (x.parse().expect("a number"), y.parse().expect("a number"));
                assert!((LEFT..=WIDTH).contains(&x) && (TOP..=HEIGHT).contains(&y), "{point}");
            }
        }
    }
}
