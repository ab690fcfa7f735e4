//! Kafka and Elasticsearch themselves: fetched once by Maven, from where Maven gets everything.

use crate::account::Account;
use crate::error::Attempt;
use crate::process::{Lifetime, Process};
use crate::{EngineError, folder, locate};
use rustix::process::Signal;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Which versions.
const POM: &str = include_str!("jars/pom.xml");
/// About 110 MB come over the network the first time.
const FETCH_MAX: Duration = Duration::from_secs(900);

/// What was fetched.
#[derive(Debug, Clone)]
pub struct Jars {
    folder: PathBuf,
    /// The JRE that runs them.
    pub(crate) java: PathBuf,
}

impl Jars {
    /// Those in the folder `jars` of `home`, fetched by Maven when these versions are not there yet.
    pub async fn fetch(home: &Path) -> Result<Self, EngineError> {
        if let Some(found) = Self::find(home)? {
            return Ok(found);
        }
        let maven = locate::maven()?;
        let folder = place(home)?;
        let _lock = folder::Lock::wait(&home.join("jars")).await?;
        if let Some(found) = Self::find(home)? {
            return Ok(found);
        }
        let making = folder.with_extension("new");
        folder::remove(&making)?;
        folder::create(&making)?;
        let pom = making.join("pom.xml");
        std::fs::write(&pom, POM).attempt(|| format!("writing {}", pom.display()))?;
        let mut command = Account::Own.command(&maven, Lifetime::OfThisProcess.death_signal("TERM"));
        command.args(["--batch-mode", "--quiet", "--file"]).arg(&pom).arg("package");
        let log = folder.with_extension("log");
        let process = Process::start(command, "Maven", log.clone(), Signal::TERM, Lifetime::OfThisProcess, None)?;
        let Ok(ended) = tokio::time::timeout(FETCH_MAX, process.failed()).await else {
            let seconds = FETCH_MAX.as_secs();
            return Err(EngineError::NotReady { engine: "Maven".to_owned(), seconds, log });
        };
        if !Self::are_all_in(&making) {
            return Err(ended);
        }
        std::fs::rename(&making, &folder).attempt(|| format!("renaming {}", making.display()))?;
        Ok(Self { folder, java: locate::java()? })
    }

    /// Those in the folder `jars` of `home`, when these versions are there; an error without a JRE.
    pub fn find(home: &Path) -> Result<Option<Self>, EngineError> {
        let java = locate::java()?;
        let folder = place(home)?;
        Ok(Self::are_all_in(&folder).then_some(Self { folder, java }))
    }

    fn are_all_in(folder: &Path) -> bool {
        folder.join("kafka").is_dir() && elasticsearch_in(folder).is_some()
    }

    /// Kafka's class path.
    pub(crate) fn kafka(&self) -> String {
        format!("{}/*", self.folder.join("kafka").display())
    }

    /// Elasticsearch's home.
    pub(crate) fn elasticsearch(&self) -> PathBuf {
        elasticsearch_in(&self.folder).unwrap_or_else(|| self.folder.join("elasticsearch"))
    }
}

/// A folder a state of the versions, where Elasticsearch's account can read it.
fn place(home: &Path) -> Result<PathBuf, EngineError> {
    folder::create(home)?;
    let jars = home.join("jars");
    let jars = Account::for_data(&jars)?.reachable(&jars)?;
    Ok(jars.join(format!("{:016x}", folder::hash(POM.as_bytes()))))
}

fn elasticsearch_in(folder: &Path) -> Option<PathBuf> {
    let entries = std::fs::read_dir(folder).ok()?;
    let mut folders = entries.flatten().map(|entry| entry.path());
    folders.find(|path| path.join("lib/tools/server-cli").is_dir())
}
