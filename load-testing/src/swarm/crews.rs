//! The client processes: started here, heard every second, ended here.

use super::figures::{Beat, Call, Counts, Results, Sketch};
use super::script::Script;
use crate::server::isolated;
use anyhow::Context;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdin, Stdio};
use std::time::{Duration, Instant};
use tokio::sync::mpsc::{Receiver, Sender, channel};

/// Seconds that may wait to be heard.
const HEARD_MAX: usize = 1_024;
/// How long a process may take to write its results.
const END_MAX: Duration = Duration::from_secs(60);

/// The client processes.
pub struct Crews {
    children: Vec<Child>,
    /// Each ends when it is closed.
    ends: Vec<Option<ChildStdin>>,
    heard: Receiver<(usize, Beat)>,
    last: Vec<Option<Beat>>,
}

/// What a second brought, of all processes.
#[derive(Debug, Clone, Default)]
pub struct Second {
    /// How far people are.
    pub counts: Counts,
    /// Latencies, by call.
    pub calls: BTreeMap<Call, Sketch>,
    /// The first error that was told.
    pub error: Option<String>,
    /// People who are still at it.
    pub busy: u32,
}

impl Crews {
    /// Starts them.
    ///
    /// # Errors
    /// When one cannot be started.
    pub fn start(script: &Script, file: &Path) -> anyhow::Result<Self> {
        let program = std::env::current_exe().context("find this program")?;
        let (tell, heard) = channel(HEARD_MAX);
        let (mut children, mut ends) = (Vec::new(), Vec::new());
        for part in 0..script.parts {
            let mut command = isolated(&program);
            command.arg("client").arg("--script").arg(file).arg("--part").arg(part.to_string());
            let mut child =
                command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().context("start a client process")?;
            let output = child.stdout.take().context("its output is piped")?;
            let (tell, nth) = (tell.clone(), children.len());
            std::thread::spawn(move || listen(nth, BufReader::new(output), &tell));
            ends.push(child.stdin.take());
            children.push(child);
        }
        let last = vec![None; children.len()];
        Ok(Self { children, ends, heard, last })
    }

    /// Names and ids, for whoever measures them.
    #[must_use]
    pub fn ids(&self) -> Vec<(String, u32)> {
        self.children.iter().enumerate().map(|(nth, child)| (format!("client-{nth:02}"), child.id())).collect()
    }

    /// What was told since the last time.
    pub fn second(&mut self) -> Second {
        let mut second = Second::default();
        while let Ok((nth, beat)) = self.heard.try_recv() {
            for (call, sketch) in &beat.calls {
                second.calls.entry(*call).or_default().merge(sketch);
            }
            second.error = second.error.or_else(|| beat.error.clone());
            self.last[nth] = Some(beat);
        }
        for beat in self.last.iter().flatten() {
            second.counts.add(&beat.counts);
            second.busy += beat.busy;
        }
        second
    }

    /// Whether every process told that its people are done, or has ended.
    pub fn are_done(&mut self) -> bool {
        let told = self.last.iter().all(|beat| beat.as_ref().is_some_and(|beat| beat.busy == 0));
        told || self.children.iter_mut().all(|child| !matches!(child.try_wait(), Ok(None)))
    }

    /// Ends them and reads what they found.
    ///
    /// # Errors
    /// When one wrote no results.
    pub async fn end(mut self, script: &Script) -> anyhow::Result<Vec<Results>> {
        self.ends.clear();
        let began = Instant::now();
        for child in &mut self.children {
            while matches!(child.try_wait(), Ok(None)) && began.elapsed() < END_MAX {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
        let read = |part: u32| {
            let path = script.results_of(part);
            let text = std::fs::read(&path).with_context(|| format!("client process {part} left no results"))?;
            serde_json::from_slice(&text).with_context(|| format!("understand {}", path.display()))
        };
        (0..script.parts).map(read).collect()
    }
}

impl Drop for Crews {
    fn drop(&mut self) {
        self.ends.clear();
        for child in &mut self.children {
            if matches!(child.try_wait(), Ok(None)) {
                let _has_ended = child.kill();
            }
            let _reaped = child.wait();
        }
    }
}

fn listen(nth: usize, output: impl BufRead, tell: &Sender<(usize, Beat)>) {
    for line in output.lines().map_while(Result::ok) {
        let Ok(beat) = serde_json::from_str(&line) else { continue };
        if tell.blocking_send((nth, beat)).is_err() {
            return;
        }
    }
}
