//! What I7 promises, and whether it was so.

use super::tally::Asked;
use super::{Findings, Phase};
use std::fmt::Write;
use std::time::Duration;

/// Of the best goodput of all phases, what each must reach.
const GOODPUT_SHARE_MIN: f64 = 0.8;
const ADMITTED_P99_MAX: Duration = Duration::from_secs(2);
const REFUSED_P99_MAX: Duration = Duration::from_millis(50);
const AMPLIFIED_MAX: f64 = 1.1;
const NORMAL_AFTER_MAX: Duration = Duration::from_secs(30);
/// Answers that never came or were our fault, for so many requests one.
const FAILED_PER: usize = 1_000;
/// Of process memory for an idle connection, in bytes.
const IDLE_BYTES_MAX: f64 = 16_000.0;

impl Findings {
    /// The most people who bought in a second, of all phases.
    #[must_use]
    pub fn peak(&self) -> f64 {
        self.phases.iter().map(Phase::goodput).fold(self.capacity, f64::max)
    }
}

impl Phase {
    /// People who bought, a second.
    #[must_use]
    pub fn goodput(&self) -> f64 {
        self.tally.bought_a_second(self.lasted)
    }
}

/// The line of a phase.
#[must_use]
pub fn line(phase: &Phase) -> String {
    let tally = &phase.tally;
    format!(
        "{:>5.1} × {:>8.0} {:>10.0} {:>12.0} {:>12.0} {:>11} {:>12.1} {:>12.1} {:>8} {:>10.2}",
        phase.multiple,
        phase.offered,
        phase.goodput(),
        ms(tally.latency(0.5, Asked::is_admitted)),
        ms(tally.latency(0.99, Asked::is_admitted)),
        tally.refused(),
        ms(tally.latency(0.5, Asked::is_refused)),
        ms(tally.latency(0.99, Asked::is_refused)),
        tally.failed(),
        tally.amplified(),
    )
}

/// All phases, a line each, and the memory and the recovery.
#[must_use]
pub fn table(findings: &Findings) -> String {
    let mut text = format!(
        "capacity {:>8} {:>10} {:>12} {:>12} {:>11} {:>12} {:>12} {:>8} {:>10}\n",
        "come/s",
        "bought/s",
        "answer p50",
        "answer p99",
        "refused",
        "refusal p50",
        "refusal p99",
        "failed",
        "amplified"
    );
    // Writing to a String cannot fail.
    for phase in findings.phases.iter().chain([&findings.recovery]) {
        let _infallible = writeln!(text, "{}", line(phase));
    }
    let normal = findings.recovery.tally.normal_after(findings.recovery.lasted);
    let normal = normal.map_or("never".to_owned(), |after| format!("{} s", after.as_secs()));
    let _infallible = writeln!(
        text,
        "capacity {:.0} people a second; normal again after {normal}; an idle connection takes {:.1} kB\nanswers: {}",
        findings.capacity,
        findings.idle_bytes / 1_000.0,
        findings.phases.iter().map(|phase| phase.tally.statuses()).collect::<Vec<_>>().join(" | "),
    );
    text
}

/// What of I7 does not hold.
#[must_use]
pub fn broken(findings: &Findings) -> Vec<String> {
    let mut broken = Vec::new();
    let peak = findings.peak();
    for phase in &findings.phases {
        let mut unless = |holds: bool, what: String| {
            if !holds {
                broken.push(format!("at {} × {what}", phase.multiple));
            }
        };
        let tally = &phase.tally;
        let share = phase.goodput() / peak;
        unless(share >= GOODPUT_SHARE_MIN, format!("goodput is {:.0} % of the peak", share * 100.0));
        let admitted = tally.latency(0.99, Asked::is_admitted);
        unless(admitted < ADMITTED_P99_MAX, format!("p99 of the admitted is {:.0} ms", ms(admitted)));
        let refused = tally.latency(0.99, Asked::is_refused);
        unless(refused < REFUSED_P99_MAX, format!("p99 of refusals is {:.1} ms", ms(refused)));
        unless(tally.silent_refusals() == 0, format!("{} refusals do not say when", tally.silent_refusals()));
        unless(tally.amplified() <= AMPLIFIED_MAX, format!("retries amplify {:.2} times", tally.amplified()));
        let (failed, all) = (tally.failed(), tally.asked.len());
        unless(failed * FAILED_PER <= all, format!("{failed} of {all} requests failed"));
    }
    let normal = findings.recovery.tally.normal_after(findings.recovery.lasted);
    if normal.is_none_or(|after| after > NORMAL_AFTER_MAX) {
        broken.push(format!("not normal {} s after", NORMAL_AFTER_MAX.as_secs()));
    }
    if findings.idle_bytes > IDLE_BYTES_MAX {
        broken.push(format!("an idle connection takes {:.0} bytes", findings.idle_bytes));
    }
    broken
}

/// Milliseconds.
pub(super) fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

#[cfg(test)]
mod tests {
    use super::super::tally::{Person, Tally, count};
    use super::*;

    fn phase(multiple: f64, bought: usize, took_ms: u64, refused_ms: u64) -> Phase {
        let lasted = Duration::from_secs(10);
        let asked = |status, took| Asked {
            at: Duration::from_secs(1),
            took: Duration::from_millis(took),
            status,
            says_when: true,
            again: false,
        };
        let asked = vec![asked(200, took_ms), asked(503, refused_ms)];
        let person = |n: usize| {
            let due = Duration::from_secs_f64(count(n) * 10.0 / count(bought));
            Person { due, bought: Some(due) }
        };
        Phase { multiple, offered: 100.0, lasted, tally: Tally { asked, people: (0..bought).map(person).collect() } }
    }

    fn findings(second: Phase) -> Findings {
        let recovery = phase(0.5, 100, 5, 1);
        Findings { capacity: 100.0, idle_bytes: 9_000.0, phases: vec![phase(1.0, 1_000, 5, 1), second], recovery }
    }

    #[test]
    fn it_holds_or_says_what_does_not() {
        assert_eq!(broken(&findings(phase(10.0, 900, 1_500, 20))), Vec::<String>::new());
        for (second, word) in [
            (phase(10.0, 700, 5, 1), "goodput is 70 %"),
            (phase(10.0, 1_000, 2_500, 1), "p99 of the admitted is 2500 ms"),
            (phase(10.0, 1_000, 5, 80), "p99 of refusals is 80.0 ms"),
        ] {
            let told = broken(&findings(second)).join("; ");
            assert!(told.contains(word), "{told}");
        }
        let heavy = Findings { idle_bytes: 17_000.0, ..findings(phase(2.0, 1_000, 5, 1)) };
        assert_eq!(broken(&heavy), ["an idle connection takes 17000 bytes"]);
        let text = table(&findings(phase(10.0, 900, 1_500, 20)));
        assert!(text.contains("10.0 ×") && text.contains("normal again after 0 s"), "{text}");
    }
}
