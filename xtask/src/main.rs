//! The project's own tools: `cargo xtask tidy`, `cargo xtask site`.

mod site;
mod tidy;

use anyhow::{Context, Result, bail};
use clap::{Parser, Subcommand};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Parser)]
#[command(about = "The project's own tools")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Checks the house's rules that neither the compiler nor clippy knows.
    Tidy,
    /// Builds what browsers run: the islands as WebAssembly, packed, under names that change with them.
    Site {
        /// Refuses to change Cargo.lock.
        #[arg(long)]
        locked: bool,
        /// Where to put it, other than `site` in the target folder.
        #[arg(long)]
        output: Option<PathBuf>,
    },
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _nowhere_to_say = writeln!(std::io::stderr(), "error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let root = workspace()?;
    match Arguments::parse().task {
        Task::Tidy => tidy(&root),
        Task::Site { locked, output } => {
            let said = site::build(&root, site::Options { locked, output })?;
            writeln!(std::io::stdout(), "site: {said}")?;
            Ok(())
        }
    }
}

fn tidy(root: &Path) -> Result<()> {
    let report = tidy::check(root)?;
    let mut output = std::io::stdout().lock();
    for finding in &report.findings {
        writeln!(output, "{finding}")?;
    }
    if !report.findings.is_empty() {
        bail!("{} findings in {} files", report.findings.len(), report.files);
    }
    writeln!(output, "tidy: {} files, nothing found", report.files)?;
    Ok(())
}

fn workspace() -> Result<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    Ok(here.parent().context("xtask lies in the workspace")?.to_owned())
}
