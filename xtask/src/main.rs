//! The project's own tools: `cargo xtask tidy`.

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
    let Arguments { task: Task::Tidy } = Arguments::parse();
    let report = tidy::check(&workspace()?)?;
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
