//! Style as a test: sizes, edges between crates, and what no file may hold.

mod edges;
mod migrations;
mod rules;
mod settings;
mod source;

use anyhow::{Context, Result};
use settings::Settings;
use std::fmt;
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// What breaks a rule, where, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) path: PathBuf,
    /// From 1; 0 is the file as a whole.
    pub(crate) line: usize,
    pub(crate) message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path.display(), self.line.max(1), self.message)
    }
}

/// What was looked at and found.
pub(crate) struct Report {
    pub(crate) findings: Vec<Finding>,
    pub(crate) files: usize,
}

/// Checks every file of the workspace that is made by hand.
pub(crate) fn check(root: &Path) -> Result<Report> {
    let mut findings = Vec::new();
    let mut files = 0;
    let mut settings = Settings::default();
    let mut table = String::new();
    let entries = WalkDir::new(root).sort_by_file_name().into_iter().filter_entry(|entry| !is_made(entry));
    for entry in entries {
        let entry = entry?;
        if !entry.file_type().is_file() {
            continue;
        }
        let bytes = std::fs::read(entry.path()).with_context(|| format!("read {}", entry.path().display()))?;
        // What is not text, a font or a picture, has no style.
        let Ok(text) = String::from_utf8(bytes) else { continue };
        let path = entry.path().strip_prefix(root)?;
        files += 1;
        findings.extend(check_file(path, &text));
        if path.extension().is_some_and(|extension| extension == "rs") {
            settings.take(path, &text);
        } else if path == Path::new(settings::TABLE) {
            table = text;
        }
    }
    findings.extend(settings.check(&table));
    Ok(Report { findings, files })
}

fn check_file(path: &Path, text: &str) -> Vec<Finding> {
    let mut findings = rules::of_every_file(path, text);
    findings.extend(migrations::check(path, text));
    if path.extension().is_some_and(|extension| extension == "rs") {
        findings.extend(rules::of_rust(path, text));
    }
    if path.file_name().is_some_and(|name| name == "Cargo.toml") {
        findings.extend(edges::check(path, text));
    }
    findings
}

/// Folders and files that tools make: build results, data, lock files, prepared queries.
fn is_made(entry: &walkdir::DirEntry) -> bool {
    if entry.depth() == 0 {
        return false;
    }
    let name = entry.file_name().to_string_lossy();
    let hidden = name.starts_with('.') && ![".ci", ".cargo", ".github"].contains(&name.as_ref());
    let made = ["node_modules", "Cargo.lock", "snapshots"].contains(&name.as_ref());
    hidden || made || (entry.depth() == 1 && name.starts_with("target")) || name.ends_with(".log")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn build_results_and_data_are_left_alone() {
        let root = std::env::temp_dir().join(format!("onsale-tidy-{}", std::process::id()));
        let bad = "fn main() {}\n";
        for folder in ["target/debug", ".onsale", "auth/src", "auth/src/snapshots"] {
            fs::create_dir_all(root.join(folder)).expect("a folder");
            fs::write(root.join(folder).join("bad.rs"), bad).expect("a file");
        }
        fs::write(root.join("auth/src/font.ttf"), [0xff, 0xfe, 0x00]).expect("a file");
        let report = check(&root).expect("readable");
        fs::remove_dir_all(&root).expect("removed");
        assert_eq!(report.files, 1);
        let paths: Vec<_> = report.findings.iter().map(|finding| finding.path.display().to_string()).collect();
        assert_eq!(paths, ["auth/src/bad.rs"]);
    }

    #[test]
    fn the_workspace_is_tidy_about_its_edges() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
        for entry in fs::read_dir(root).expect("readable") {
            let path = entry.expect("an entry").path().join("Cargo.toml");
            if let Ok(text) = fs::read_to_string(&path) {
                assert_eq!(edges::check(&path, &text), []);
            }
        }
    }
}
