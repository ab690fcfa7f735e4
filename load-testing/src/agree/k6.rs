//! A run of k6, and what its summary tells.

use crate::server::isolated;
use anyhow::{Context, ensure};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;

/// What is told of each distribution.
const STATS: &str = "med,p(98),p(99),max,count";
/// Virtual users call from many addresses of this machine, as a crowd does.
const SOURCES: &str = "127.19.0.1-127.19.0.200";
/// k6 ends so where a threshold was crossed.
const CROSSED: i32 = 99;

/// A script, as it is run.
pub struct Script<'a> {
    /// What runs it.
    pub k6: &'a Path,
    /// Its file in load-testing/k6.
    pub file: &'a str,
    /// Its settings.
    pub settings: Vec<(&'a str, String)>,
    /// Where the gateways listen.
    pub address: SocketAddr,
    /// Where its summary goes.
    pub folder: &'a Path,
}

/// What k6 told at the end.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Summary {
    /// By metric, those of one call as `name{call:reserve}`.
    pub metrics: BTreeMap<String, BTreeMap<String, serde_json::Value>>,
    /// Whether every threshold held.
    #[serde(skip)]
    pub is_green: bool,
}

impl Summary {
    /// A number of a metric; nothing where it was not told.
    #[must_use]
    pub fn number(&self, metric: &str, of: &str) -> Option<f64> {
        self.metrics.get(metric)?.get(of)?.as_f64()
    }

    /// A number of the latency of a call, in milliseconds.
    #[must_use]
    pub fn latency(&self, call: &str, of: &str) -> Option<f64> {
        self.number(&format!("http_req_duration{{call:{call}}}"), of)
    }
}

impl Script<'_> {
    /// Runs it to its end.
    ///
    /// # Errors
    /// When it does not run, or ends for another reason than a threshold.
    pub async fn run(&self) -> anyhow::Result<Summary> {
        let summary = self.summary();
        let mut command = isolated(self.k6);
        command.arg(self.file).args(["--summary-trend-stats", STATS, "--local-ips", SOURCES]);
        command.arg("--summary-export").arg(&summary);
        command.env("BASE_URL", format!("http://{}", self.address)).envs(self.settings.iter().cloned());
        command.stdin(Stdio::null());
        // The engines of the house are looked after meanwhile.
        let status = tokio::process::Command::from(command).status().await;
        let status = status.with_context(|| format!("run {}", self.k6.display()))?;
        let is_green = status.success();
        ensure!(is_green || status.code() == Some(CROSSED), "k6 ended {} with {status}", self.file);
        let text = std::fs::read(&summary).with_context(|| format!("read {}", summary.display()))?;
        let mut summary: Summary = serde_json::from_slice(&text).context("understand k6's summary")?;
        summary.is_green = is_green;
        Ok(summary)
    }

    fn summary(&self) -> PathBuf {
        self.folder.join(format!("{}.json", self.file.trim_end_matches(".js")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_of_a_call_are_found_and_others_are_not_made_up() {
        let text = r#"{"metrics": {"http_req_duration{call:reserve}": {"med": 4.5, "p(99)": 20, "count": 33,
            "thresholds": {"p(99)<500": false}}, "tickets_sold": {"count": 120, "rate": 3.1}}, "root_group": {}}"#;
        let summary: Summary = serde_json::from_str(text).expect("as k6 writes it");
        assert_eq!(summary.latency("reserve", "med"), Some(4.5));
        assert_eq!(summary.latency("reserve", "thresholds"), None);
        assert_eq!(summary.latency("page", "med"), None);
        assert_eq!(summary.number("tickets_sold", "count"), Some(120.0));
    }
}
