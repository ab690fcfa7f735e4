//! Whether this machine's processors are short: Linux's pressure stall information
//! (<https://docs.kernel.org/accounting/psi.html>).

use std::time::Duration;
use tokio::time::Instant;

/// Of the time since it was last asked, how much some task waited for a processor when they are short.
const SHORT: f64 = 0.5;
/// Two looks closer together say nothing.
const LOOKS_APART: Duration = Duration::from_millis(50);

/// Looks at the processors, and remembers the look before.
#[derive(Debug, Default)]
pub struct Cpu {
    before: Option<(Instant, Duration)>,
    was_short: bool,
}

impl Cpu {
    /// Whether tasks had to wait for a processor for most of the time since it was last asked; of the first look, since
    /// never. Where the system does not tell, they are taken to be short.
    pub fn is_short(&mut self) -> bool {
        let Some(waited) = waited() else { return true };
        let now = Instant::now();
        match self.before {
            Some((at, _)) if now.saturating_duration_since(at) < LOOKS_APART => return self.was_short,
            Some((at, before)) => {
                let lasted = now.saturating_duration_since(at).as_secs_f64();
                self.was_short = waited.saturating_sub(before).as_secs_f64() > SHORT * lasted;
            }
            None => {}
        }
        self.before = Some((now, waited));
        self.was_short
    }
}

/// How long some task has waited for a processor since the system started.
fn waited() -> Option<Duration> {
    total(&std::fs::read_to_string("/proc/pressure/cpu").ok()?)
}

/// `total=` of the line `some`, in microseconds.
fn total(text: &str) -> Option<Duration> {
    let some = text.lines().find_map(|line| line.strip_prefix("some "))?;
    let micros = some.split(' ').find_map(|field| field.strip_prefix("total="))?;
    micros.parse().ok().map(Duration::from_micros)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_that_some_task_waited_is_read() {
        let text = "some avg10=80.96 avg60=73.27 avg300=61.38 total=21412562487\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=7\n";
        assert_eq!(total(text), Some(Duration::from_micros(21_412_562_487)));
        assert_eq!(total(""), None);
    }
}
