//! What changes while everything runs: a copy in each process's memory, followed from auth by long polling.
//!
//! A change is in force in all processes within 2 s. A process that has not reached auth yet runs on what it was
//! started with; one that loses auth keeps what it knows.

use crate::ServiceRole;
use crate::random::jittered;
use crate::shutdown::Shutdown;
use crate::upstream::{CallError, Upstream, Upstreams};
use onsale_core::api::settings::{LiveSettings, SettingsVersion};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// How long auth may keep a question open until something changes; with a failed try it stays below 2 s.
const WAIT: Duration = Duration::from_secs(1);
/// The rest after a question that failed, or that was answered by nothing at once.
const REST: Duration = Duration::from_millis(250);

/// The settings in force here. Cheap to clone; reading them costs no more than memory.
#[derive(Clone)]
pub struct Live(Arc<watch::Sender<Arc<SettingsVersion>>>);

impl Default for Live {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(Arc::default())))
    }
}

impl Live {
    /// Looks at the settings.
    pub fn look<T>(&self, at: impl FnOnce(&LiveSettings) -> T) -> T {
        at(&self.0.borrow().settings)
    }

    /// Tells of changes, those that come from now on.
    #[must_use]
    pub fn subscribe(&self) -> watch::Receiver<Arc<SettingsVersion>> {
        self.0.subscribe()
    }

    /// Takes a version, unless a newer one is known.
    pub fn put(&self, version: SettingsVersion) {
        let number = version.version;
        let is_newer = self.0.send_if_modified(|known| {
            let is_newer = number > known.version;
            if is_newer {
                *known = Arc::new(version);
            }
            is_newer
        });
        if is_newer {
            tracing::info!(version = number, "other settings are in force");
        }
        describe();
        metrics::gauge!("onsale_settings_version").set(count(number));
    }

    /// Follows auth until shutdown.
    pub async fn follow(self, upstreams: Upstreams, shutdown: Shutdown) {
        let auth = upstreams.to(ServiceRole::Auth);
        // Below every version, so that the first answer comes at once.
        let mut known = -1;
        let mut reachable = true;
        while !shutdown.is_requested() {
            let started = Instant::now();
            let outcome = tokio::select! {
                outcome = ask(&auth, known) => outcome,
                () = shutdown.requested() => return,
            };
            let news = outcome.as_ref().is_ok_and(|version| version.version > known);
            match outcome {
                Ok(version) => {
                    known = version.version;
                    self.put(version);
                    reachable = true;
                }
                Err(error) => {
                    if reachable {
                        tracing::warn!(%error, "the settings cannot be followed: known ones stay in force");
                    }
                    reachable = false;
                }
            }
            if (!reachable || !news && started.elapsed() < REST) && !shutdown.sleep(jittered(REST)).await {
                return;
            }
        }
    }
}

async fn ask(auth: &Upstream, known: i64) -> Result<SettingsVersion, CallError> {
    auth.get(&format!("/internal/settings?after={known}&waitMs={}", WAIT.as_millis())).await
}

fn describe() {
    let help = "The version of the settings that are in force in this process.";
    metrics::describe_gauge!("onsale_settings_version", help);
}

/// Versions stay far below what a float holds exactly.
fn count(version: i64) -> f64 {
    i32::try_from(version).map_or(f64::MAX, f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_older_version_changes_nothing() {
        let live = Live::default();
        assert!(live.look(|settings| settings.sales), "all works where nobody has changed anything");
        let closed = LiveSettings { sales: false, ..LiveSettings::default() };
        live.put(SettingsVersion { version: 2, settings: closed, ..SettingsVersion::default() });
        live.put(SettingsVersion { version: 1, ..SettingsVersion::default() });
        assert!(!live.look(|settings| settings.sales));
    }
}
