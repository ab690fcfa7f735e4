//! One list of metrics: the code writes no other, dashboards and alerts ask for no other.

use onsale_observability::catalogue::{CATALOGUE, Kind, OF_THE_PROCESS};
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

/// Words of a text that could be names of metrics.
fn names(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    words.filter(|word| word.starts_with("onsale_") || word.starts_with("process_")).map(str::to_owned).collect()
}

/// The series that Prometheus makes of our metrics.
fn exposed() -> BTreeSet<String> {
    let ours = CATALOGUE.iter().flat_map(|metric| match metric.kind {
        Kind::Histogram => {
            vec!["_bucket", "_sum", "_count"].into_iter().map(|end| format!("{}{end}", metric.name)).collect()
        }
        Kind::Counter | Kind::Gauge => vec![metric.name.to_owned()],
    });
    ours.chain(OF_THE_PROCESS.iter().map(|name| (*name).to_owned())).collect()
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
fn dashboards_and_alerts_ask_only_for_metrics_that_exist() {
    let exposed = exposed();
    let here = root().join("observability");
    let mut asked = files(&here.join("grafana/dashboards"), "json");
    asked.push(here.join("prometheus/alerts.yml"));
    assert!(asked.len() >= 4, "dashboards are missing: {asked:?}");
    // Words in their texts that are not metrics.
    let others = ["onsale_processes"];
    for path in asked {
        let text = fs::read_to_string(&path).expect("readable");
        let found = names(&text);
        assert!(!found.is_empty(), "{} asks for nothing", path.display());
        for name in found {
            assert!(
                exposed.contains(&name) || others.contains(&name.as_str()),
                "{} asks for {name}, which nobody writes",
                path.display()
            );
        }
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
