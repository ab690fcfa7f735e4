//! Shows what takes its time.

use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::time::{Duration, Instant};

/// What takes longer is told also when nobody watches a terminal.
const TOLD_AFTER: Duration = Duration::from_secs(2);

/// Does something with a spinner beside it; on no terminal it is told when it takes over two seconds.
pub(crate) async fn step<T, E>(what: &str, work: impl Future<Output = Result<T, E>>) -> Result<T, E> {
    let started = Instant::now();
    let terminal = std::io::stderr().is_terminal();
    let spinner = if terminal { ProgressBar::new_spinner() } else { ProgressBar::hidden() };
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed}") {
        spinner.set_style(style);
    }
    spinner.set_message(what.to_owned());
    spinner.enable_steady_tick(Duration::from_millis(120));
    tokio::pin!(work);
    let outcome = tokio::select! {
        outcome = &mut work => outcome,
        () = tokio::time::sleep(TOLD_AFTER) => {
            if !terminal {
                crate::say(&format!("{what} …"));
            }
            work.await
        }
    };
    spinner.finish_and_clear();
    if outcome.is_ok() && started.elapsed() >= TOLD_AFTER {
        crate::say(&format!("{what}: {:.1} s", started.elapsed().as_secs_f64()));
    }
    outcome
}

/// How far something has come that has a known length.
pub(crate) struct Bar {
    bar: ProgressBar,
    what: String,
    started: Instant,
}

impl Bar {
    /// Nothing is done yet. On no terminal only the beginning and the end are told.
    pub(crate) fn new(what: &str) -> Self {
        let terminal = std::io::stderr().is_terminal();
        let bar = if terminal { ProgressBar::new(0) } else { ProgressBar::hidden() };
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg} {elapsed}") {
            bar.set_style(style);
        }
        if !terminal {
            crate::say(&format!("{what} …"));
        }
        Self { bar, what: what.to_owned(), started: Instant::now() }
    }

    /// So much of so much is done.
    pub(crate) fn at(&self, what: &str, done: u64, total: u64) {
        self.bar.set_length(total);
        self.bar.set_message(what.to_owned());
        self.bar.set_position(done);
    }

    /// It is over.
    pub(crate) fn finish(self) {
        self.bar.finish_and_clear();
        crate::say(&format!("{}: {:.1} s", self.what, self.started.elapsed().as_secs_f64()));
    }
}
