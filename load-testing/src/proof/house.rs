//! The house on fresh data, to be killed and started again.

use super::options::Options;
use crate::server::{Process, emptied, free_address};
use anyhow::{Context, ensure};
use onsale_engines::Engines;
use sqlx::{Connection, PgConnection};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Tokens of the run are signed with keys under it; it guards nothing else.
pub(crate) const SECRET: &str = "proof-throws-its-data-away-afterwards";

/// `onsale up --profile load`, with engines of its own.
pub struct House {
    /// Where the gateway listens, also after a new start.
    pub address: SocketAddr,
    onsale: PathBuf,
    home: PathBuf,
    settings: Vec<(String, String)>,
    starts: usize,
    running: Option<Process>,
}

impl House {
    /// Empties the folder; nothing runs yet.
    ///
    /// # Errors
    /// When the executable is not there, or the folder cannot be emptied.
    pub fn fresh(options: &Options) -> anyhow::Result<Self> {
        ensure!(
            options.onsale.exists(),
            "{} is not there: build it by `cargo build --release`",
            options.onsale.display()
        );
        let (home, address) = (emptied(&options.home)?, free_address()?);
        let settings = [
            ("ONSALE_HOME", home.display().to_string()),
            ("ONSALE_SECRET", SECRET.to_owned()),
            ("METRICS_LISTEN", "off".to_owned()),
            ("RUST_LOG", "warn".to_owned()),
        ];
        let settings = settings.map(|(name, value)| (name.to_owned(), value)).into();
        Ok(Self { address, onsale: options.onsale.clone(), home, settings, starts: 0, running: None })
    }

    /// Where its data is.
    #[must_use]
    pub fn home(&self) -> &std::path::Path {
        &self.home
    }

    /// A setting from the next start on.
    pub fn set(&mut self, name: &str, value: String) {
        self.settings.push((name.to_owned(), value));
    }

    /// Starts it and waits until it is ready.
    ///
    /// # Errors
    /// When it does not become ready.
    pub async fn start(&mut self) -> anyhow::Result<()> {
        self.starts += 1;
        let (name, listen) = (format!("onsale-{}", self.starts), self.address.to_string());
        let arguments = ["up", "--profile", "load", "--listen", &listen];
        let mut process = Process::start(&name, &self.onsale, &arguments, &self.home, &self.settings)?;
        process.ready(self.address).await?;
        self.running = Some(process);
        Ok(())
    }

    /// `kill -9`.
    ///
    /// # Errors
    /// When the process cannot be killed.
    pub fn kill(&mut self) -> anyhow::Result<()> {
        self.running.take().map_or(Ok(()), Process::kill)
    }

    /// Whether it has died by itself; waits for that so long.
    pub async fn has_died(&mut self, within: Duration) -> bool {
        let began = Instant::now();
        while began.elapsed() < within {
            if self.running.as_mut().is_none_or(Process::has_ended) {
                self.running = None;
                return true;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        false
    }

    /// Where its database is, as superuser.
    ///
    /// # Errors
    /// When it does not run.
    pub fn database_url(&self) -> anyhow::Result<String> {
        Engines::of_running(&self.home)?.database_url.context("the house runs no PostgreSQL of its own")
    }

    /// A session with its database, as superuser.
    ///
    /// # Errors
    /// When it does not run.
    pub async fn database(&self) -> anyhow::Result<PgConnection> {
        Ok(PgConnection::connect(&self.database_url()?).await?)
    }
}
