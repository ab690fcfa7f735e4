//! Clocks of processes that can be stepped while they run, by libfaketime.

use anyhow::{Context, ensure};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What libfaketime leaves out.
const WAITS: &str = include_str!("clocks.c");

/// Steps the clocks of whoever was started with its settings.
pub struct Clocks {
    faketime: Option<PathBuf>,
    home: PathBuf,
}

impl Clocks {
    /// By libfaketime at `faketime`, with its files in the folder `home`.
    pub fn new(faketime: Option<PathBuf>, home: &Path) -> Self {
        Self { faketime, home: home.to_owned() }
    }

    /// What a process is started with, names and values of its environment, so that its clock can be stepped.
    ///
    /// # Errors
    /// When no libfaketime was named, or no C compiler makes what it leaves out.
    pub fn settings(&self) -> anyhow::Result<Vec<(String, String)>> {
        let library = self.faketime.as_ref().context("clocks are stepped by libfaketime only")?;
        let waits = self.waits()?;
        let settings = [
            ("LD_PRELOAD", format!("{} {}", waits.display(), library.display())),
            ("FAKETIME_TIMESTAMP_FILE", self.path().display().to_string()),
            ("FAKETIME_CACHE_DURATION", "1".to_owned()),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
            ("DONT_FAKE_MONOTONIC", "1".to_owned()),
        ];
        Ok(settings.map(|(name, value)| (name.to_owned(), value)).into())
    }

    /// Sets by how many seconds such clocks are wrong.
    ///
    /// # Errors
    /// When that cannot be written.
    pub fn step(&self, seconds: i64) -> anyhow::Result<()> {
        Ok(std::fs::write(self.path(), format!("{seconds:+}\n"))?)
    }

    fn waits(&self) -> anyhow::Result<PathBuf> {
        let source = self.home.join("clocks.c");
        let library = self.home.join("clocks.so");
        std::fs::write(&source, WAITS)?;
        let made = Command::new("cc").args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(&source).status();
        ensure!(made.context("cc, which clocks are stepped with, cannot be run")?.success(), "cc refused {WAITS}");
        Ok(library)
    }

    fn path(&self) -> PathBuf {
        self.home.join("clock")
    }
}
