//! The same sale as k6 and as the swarm tell it.

use super::k6::Summary;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Calls whose number and latency are compared, by the names that both have for them.
const CALLS: [&str; 7] = ["page", "join", "map", "reserve", "hold", "confirm", "order"];

/// What is read of the swarm's figures.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Swarm {
    /// Seconds until 98 of 100 seats were ticketed.
    pub ticketed_s: Option<f64>,
    /// Answers that cannot be right.
    pub errors: u64,
    /// How far people came.
    pub counts: Counts,
    /// Latencies by call.
    pub latencies: BTreeMap<String, Latency>,
}

/// How far people came.
#[derive(Debug, Clone, Deserialize)]
pub struct Counts {
    /// Tickets that their owners saw.
    pub sold: f64,
}

/// Latencies of a call, in milliseconds.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Latency {
    /// Answers.
    pub count: f64,
    /// What half of them did not exceed.
    pub p50: f64,
    /// What 99 of 100 did not exceed.
    pub p99: f64,
}

/// By how much two figures may differ.
#[derive(Debug, Clone, Copy)]
pub struct Within {
    /// As a share of the larger one, 0–1.
    pub share: f64,
    /// Latencies also by so many milliseconds.
    pub ms: f64,
}

/// One figure of both.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figure {
    /// What.
    pub what: String,
    /// By k6; nothing where it did not tell.
    pub k6: Option<f64>,
    /// By the swarm.
    pub swarm: Option<f64>,
    /// Whether both tell the same, or too few were measured to say so.
    pub agrees: bool,
    /// Whether enough were measured.
    pub is_compared: bool,
}

/// Of fewer calls the 99th of 100 is chance.
const P99_CALLS: f64 = 500.0;

/// Both sides of every figure.
#[must_use]
pub fn figures(k6: &Summary, swarm: &Swarm, within: Within) -> Vec<Figure> {
    let figure = |what: String, k6: Option<f64>, swarm: Option<f64>, beyond: f64| {
        let agrees = k6.zip(swarm).is_some_and(|(k6, swarm)| {
            let apart = (k6 - swarm).abs();
            apart <= within.share * k6.abs().max(swarm.abs()) || apart <= beyond
        });
        Figure { what, k6, swarm, agrees, is_compared: true }
    };
    let mut all = vec![
        figure("tickets".to_owned(), k6.number("tickets_sold", "count"), Some(swarm.counts.sold), 0.0),
        figure("98 of 100 tickets, s".to_owned(), k6.number("ticketed_s", "p(98)"), swarm.ticketed_s, 0.0),
    ];
    for call in CALLS {
        let there = swarm.latencies.get(call);
        let of = |of: fn(&Latency) -> f64| there.map(of);
        let (here, count) = (k6.latency(call, "count"), of(|all| all.count));
        // Two numbers that chance draws from the same habits differ by twice the square root of both in 1 of 20 runs.
        let chance = 2.0 * here.zip(count).map_or(0.0, |(here, there)| (here + there).sqrt());
        all.push(figure(format!("{call}: calls"), here, count, chance));
        all.push(figure(format!("{call}: p50, ms"), k6.latency(call, "med"), of(|all| all.p50), within.ms));
        let p99 = figure(format!("{call}: p99, ms"), k6.latency(call, "p(99)"), of(|all| all.p99), within.ms);
        let is_compared = here.zip(count).is_none_or(|(here, there)| here.min(there) >= P99_CALLS);
        all.push(Figure { is_compared, agrees: p99.agrees || !is_compared, ..p99 });
    }
    all
}

/// The table.
#[must_use]
pub fn table(figures: &[Figure]) -> String {
    let mut text = format!("{:28}{:>12}{:>12}\n", "the sale", "k6", "swarm");
    let cell = |value: Option<f64>| value.map_or("-".to_owned(), |value| format!("{value:.1}"));
    for Figure { what, k6, swarm, agrees, is_compared } in figures {
        let word = match (is_compared, agrees) {
            (false, _) => "too few",
            (true, true) => "agrees",
            (true, false) => "APART",
        };
        // Writing to a String cannot fail.
        let _infallible = writeln!(text, "{what:28}{:>12}{:>12}  {word}", cell(*k6), cell(*swarm));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn k6(sold: f64, reserve_ms: f64, calls: f64) -> Summary {
        let latency = serde_json::json!({"count": calls, "med": reserve_ms, "p(99)": 150.0});
        let metrics = serde_json::json!({"metrics": {
            "tickets_sold": {"count": sold}, "ticketed_s": {"p(98)": 21.0},
            "http_req_duration{call:reserve}": latency,
        }});
        serde_json::from_value(metrics).expect("as k6 writes it")
    }

    fn swarm() -> Swarm {
        let json = serde_json::json!({"ticketedS": 20.0, "errors": 0, "counts": {"sold": 120, "held": 90},
            "latencies": {"reserve": {"count": 1040, "p50": 30.0, "p90": 60.0, "p99": 95.0}}});
        serde_json::from_value(json).expect("as the swarm writes it")
    }

    fn apart(k6: &Summary) -> Vec<String> {
        let figures = figures(k6, &swarm(), Within { share: 0.1, ms: 5.0 });
        let about = |figure: &&Figure| figure.k6.is_some() || figure.swarm.is_some();
        figures.iter().filter(about).filter(|figure| !figure.agrees).map(|figure| figure.what.clone()).collect()
    }

    #[test]
    fn figures_agree_within_a_tenth_and_small_latencies_within_milliseconds() {
        assert_eq!(apart(&k6(120.0, 34.0, 1_000.0)), ["reserve: p99, ms"]);
        assert_eq!(
            apart(&k6(100.0, 40.0, 800.0)),
            ["tickets", "reserve: calls", "reserve: p50, ms", "reserve: p99, ms"]
        );
        // Of too few calls nobody can say what 99 of 100 do.
        assert_eq!(apart(&k6(120.0, 34.0, 400.0)), ["reserve: calls"]);
    }

    #[test]
    fn what_one_side_does_not_tell_does_not_agree() {
        let figures = figures(&Summary::default(), &swarm(), Within { share: 0.1, ms: 5.0 });
        assert!(figures.iter().all(|figure| !figure.agrees), "{figures:?}");
        assert!(
            table(&figures).contains("tickets                                -       120.0  APART"),
            "{}",
            table(&figures)
        );
    }
}
