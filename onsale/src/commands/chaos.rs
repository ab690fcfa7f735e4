//! `onsale chaos`: the fault matrix, which the program `proof` beside this one runs (decision 27).
//!
//! Whatever is broken belongs to a house of `proof`'s own, on fresh data below the home folder; nothing that runs already
//! is touched.

use crate::cli::{Chaos, HowChaos};
use crate::say;
use anyhow::{Context, ensure};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tokio::process::Command;

/// Where libfaketime is, by system.
const FAKETIME: [&str; 5] = [
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib/faketime/libfaketimeMT.so.1",
    "/usr/local/lib/faketime/libfaketimeMT.so.1",
    "/usr/lib64/faketime/libfaketimeMT.so.1",
];
/// What toxiproxy's server is called in packages, and where `scripts/chaos` builds it, seen from this program.
const TOXIPROXY: [&str; 2] = ["toxiproxy-server", "../tools/toxiproxy"];

/// Lists or runs; fails as `proof` does, when a bound or a promise broke.
pub(crate) async fn run(home: &Path, chaos: &Chaos) -> anyhow::Result<ExitCode> {
    let onsale = std::env::current_exe().context("finding this program")?;
    let proof = onsale.with_file_name("proof");
    ensure!(
        proof.is_file(),
        "{} is not there: `make chaos-list` builds it, or `cargo build --release -p onsale-load-testing --bin proof`; \
         images do not have it",
        proof.display()
    );
    let mut command = Command::new(&proof);
    command.arg("--onsale").arg(&onsale).args(arguments(home, chaos, &Tools::find(&onsale)));
    let status = command.status().await.with_context(|| format!("running {}", proof.display()))?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What things are broken with, as far as this machine has it; `proof` says which rows cannot be run without.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tools {
    toxiproxy: Option<PathBuf>,
    faketime: Option<PathBuf>,
    /// Whether Kafka and Elasticsearch can run.
    has_java: bool,
}

impl Tools {
    fn find(onsale: &Path) -> Self {
        let beside = onsale.parent().unwrap_or(Path::new("."));
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
        let on_path = folders.iter().map(|folder| folder.join(TOXIPROXY[0]));
        Self {
            toxiproxy: on_path.chain([beside.join(TOXIPROXY[1])]).find(|path| path.is_file()),
            faketime: FAKETIME.iter().map(PathBuf::from).find(|path| path.is_file()),
            has_java: onsale_engines::java().is_ok(),
        }
    }
}

fn arguments(home: &Path, chaos: &Chaos, tools: &Tools) -> Vec<OsString> {
    let home = home.join("chaos");
    let (names, how): (&[String], &HowChaos) = match chaos {
        Chaos::List => return ["chaos", "--list"].map(OsString::from).into(),
        Chaos::Run { names, how } => (names.as_slice(), how),
        Chaos::All(how) => (&[], how),
    };
    let report = how.report.clone().unwrap_or_else(|| home.join("report"));
    say(&format!("The report will be in {}", report.join("chaos.html").display()));
    let mut arguments: Vec<OsString> = vec!["--home".into(), home.join("house").into(), "chaos".into()];
    let mut add = |name: &str, value: OsString| arguments.extend([OsString::from(name), value]);
    names.iter().for_each(|name| add("--row", name.into()));
    add("--runs", how.runs.to_string().into());
    add("--clients", how.clients.to_string().into());
    add("--results", home.join("results.jsonl").into());
    add("--report", report.into());
    if let Some(toxiproxy) = &tools.toxiproxy {
        add("--toxiproxy", toxiproxy.into());
    }
    if let Some(faketime) = &tools.faketime {
        add("--faketime", faketime.into());
    }
    if tools.has_java {
        add("--jars", home.with_file_name("jars").into());
    }
    let flags = [(how.again, "--again"), (cfg!(feature = "failpoints"), "--failpoints")];
    arguments.extend(flags.iter().filter(|(is_set, _)| *is_set).map(|(_, flag)| OsString::from(flag)));
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_this_machine_has_is_handed_on_and_what_it_lacks_is_not_named() {
        let how = HowChaos { runs: 2, clients: 24, again: false, report: None };
        let tools = Tools { toxiproxy: Some("/opt/toxiproxy".into()), ..Tools::default() };
        let given = arguments(Path::new("/h"), &Chaos::Run { names: vec!["redis-one".to_owned()], how }, &tools);
        let given: Vec<_> = given.iter().map(|argument| argument.to_string_lossy()).collect();
        let has = |name: &str, value: &str| given.windows(2).any(|pair| pair[0] == name && pair[1] == value);
        assert!(has("--row", "redis-one") && has("--runs", "2") && has("--toxiproxy", "/opt/toxiproxy"), "{given:?}");
        assert!(has("--report", "/h/chaos/report") && has("--results", "/h/chaos/results.jsonl"), "{given:?}");
        assert!(!given.iter().any(|argument| argument == "--faketime" || argument == "--jars"), "{given:?}");
    }
}
