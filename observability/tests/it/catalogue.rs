//! One list of metrics: the code writes no other.

use onsale_observability::catalogue::{CATALOGUE, Kind};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}

fn files(under: &Path, extension: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(under) else { return Vec::new() };
    let mut found = Vec::new();
    for path in entries.map(|entry| entry.expect("an entry").path()) {
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|known| known == extension) {
            found.push(path);
        }
    }
    found
}

#[test]
fn the_catalogue_is_sorted_and_well_named() {
    let names: Vec<_> = CATALOGUE.iter().map(|metric| metric.name).collect();
    let mut sorted = names.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(names, sorted);
    for metric in CATALOGUE {
        assert_eq!(metric.kind == Kind::Counter, metric.name.ends_with("_total"), "{}", metric.name);
        let measured = metric.name.ends_with("_seconds") || metric.name.ends_with("_size");
        assert!(metric.kind != Kind::Histogram || measured, "{} has no buckets of its own", metric.name);
        assert!(metric.help.ends_with('.'), "{}", metric.name);
    }
}

#[test]
fn the_code_writes_the_metrics_of_the_catalogue_under_their_kind_and_no_other() {
    let mut unknown = Vec::new();
    let mut written = BTreeSet::new();
    for entry in fs::read_dir(root()).expect("the workspace") {
        for path in files(&entry.expect("an entry").path().join("src"), "rs") {
            let text = fs::read_to_string(&path).expect("readable");
            let code: Vec<_> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
            let text = code.join("\n");
            for (kind, call) in
                [(Kind::Counter, "counter!("), (Kind::Gauge, "gauge!("), (Kind::Histogram, "histogram!(")]
            {
                let parts: Vec<_> = text.split(call).collect();
                for pair in parts.windows(2) {
                    let Some(rest) = pair[1].trim_start().strip_prefix('"') else { continue };
                    let name = rest.split('"').next().unwrap_or_default();
                    if !pair[0].ends_with("describe_") {
                        written.insert(name.to_owned());
                    }
                    if !CATALOGUE.iter().any(|metric| metric.name == name && metric.kind == kind) {
                        unknown.push(format!("{}: {kind:?} {name}", path.display()));
                    }
                }
            }
        }
    }
    assert!(written.len() >= 6, "the scan found only {written:?}: has the form of the calls changed?");
    assert!(unknown.is_empty(), "add to observability/src/catalogue.rs:\n{}", unknown.join("\n"));
    let silent: Vec<_> = CATALOGUE.iter().map(|metric| metric.name).filter(|name| !written.contains(*name)).collect();
    assert!(silent.is_empty(), "in the catalogue, but nobody writes them: {silent:?}");
}
