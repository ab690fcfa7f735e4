//! Dashboards, rules, their tests and runbooks: each query asks for what is there, each alert is tested and explained.

use crate::promql::asked;
use onsale_observability::catalogue::{CATALOGUE, Kind, OF_THE_PROCESS};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Labels that every series of ours has, besides its own: Prometheus' own, and the recorder's.
const OF_EVERY_SERIES: [&str; 3] = ["instance", "job", "process"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A rule: its kind (`alert` or `record`), name, query and the rest of its lines.
struct Rule {
    kind: &'static str,
    name: String,
    query: String,
    text: String,
}

/// The rules of a file, which is written the way ours are: `expr` on one line, or indented behind `|`.
fn rules(path: &str) -> Vec<Rule> {
    let text = read(path);
    let mut found: Vec<Rule> = Vec::new();
    let mut in_query = false;
    for line in text.lines() {
        let trimmed = line.trim_start();
        let begun = ["alert", "record"].into_iter().find_map(|kind| {
            let name = trimmed.strip_prefix("- ")?.strip_prefix(kind)?.strip_prefix(": ")?;
            Some((kind, name.to_owned()))
        });
        if let Some((kind, name)) = begun {
            found.push(Rule { kind, name, query: String::new(), text: String::new() });
            continue;
        }
        let Some(rule) = found.last_mut() else { continue };
        if let Some(query) = trimmed.strip_prefix("expr: ") {
            in_query = query == "|";
            if !in_query {
                query.clone_into(&mut rule.query);
            }
        } else if in_query && line.starts_with("          ") {
            rule.query.push_str(trimmed);
            rule.query.push('\n');
        } else {
            in_query = false;
            rule.text.push_str(trimmed);
            rule.text.push('\n');
        }
    }
    found
}

fn alerts() -> Vec<Rule> {
    let all = rules("observability/prometheus/alerts.yml");
    assert!(all.len() >= 30 && all.iter().all(|rule| rule.kind == "alert"), "has the form of the file changed?");
    all
}

/// A dashboard's file, and what is in it.
fn dashboards() -> Vec<(String, Value)> {
    let folder = root().join("observability/grafana/dashboards");
    let files = fs::read_dir(folder).expect("dashboards").map(|entry| entry.expect("an entry").path());
    let mut found: Vec<_> = files
        .map(|path| {
            let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            let text = fs::read_to_string(&path).expect("readable");
            (name, serde_json::from_str(&text).expect("JSON"))
        })
        .collect();
    found.sort_by(|(one, _), (other, _)| one.cmp(other));
    found
}

fn panels(dashboard: &Value) -> impl Iterator<Item = &Value> {
    dashboard["panels"].as_array().expect("panels").iter().filter(|panel| panel["type"] != "row")
}

fn text_of<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_default().trim()
}

/// The series of ours and their labels.
fn ours() -> BTreeMap<String, BTreeSet<String>> {
    let mut found = BTreeMap::new();
    for metric in CATALOGUE {
        let labels: BTreeSet<_> =
            metric.labels.iter().chain(&OF_EVERY_SERIES).map(|label| (*label).to_owned()).collect();
        if metric.kind == Kind::Histogram {
            let mut of_buckets = labels.clone();
            of_buckets.insert("le".to_owned());
            found.insert(format!("{}_bucket", metric.name), of_buckets);
            found.insert(format!("{}_sum", metric.name), labels.clone());
            found.insert(format!("{}_count", metric.name), labels);
        } else {
            found.insert(metric.name.to_owned(), labels);
        }
    }
    for name in OF_THE_PROCESS {
        let labels = OF_EVERY_SERIES.iter().chain(&["version"]).map(|label| (*label).to_owned());
        found.insert((*name).to_owned(), labels.collect());
    }
    found
}

/// The metrics of others that may be asked for, and their jobs.
fn of_others() -> BTreeMap<String, String> {
    let text = read("observability/prometheus/exporters.txt");
    let lines = text.lines().filter(|line| !line.starts_with('#')).map(|line| line.split_once(": ").expect("a job"));
    lines.flat_map(|(job, metrics)| metrics.split(' ').map(|metric| (metric.to_owned(), job.to_owned()))).collect()
}

/// Every query with the place where it is.
fn queries() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for path in ["observability/prometheus/rules.yml", "observability/prometheus/alerts.yml"] {
        found.extend(rules(path).into_iter().map(|rule| (rule.name, rule.query)));
    }
    for (name, dashboard) in dashboards() {
        for panel in panels(&dashboard) {
            for target in panel["targets"].as_array().expect("targets") {
                let place = format!("{name}, {}", text_of(panel, "title"));
                found.push((place, text_of(target, "expr").to_owned()));
            }
        }
    }
    found
}

#[test]
fn every_query_asks_for_metrics_and_labels_that_exist() {
    let (ours, others) = (ours(), of_others());
    let recorded: BTreeSet<_> = rules("observability/prometheus/rules.yml").into_iter().map(|rule| rule.name).collect();
    let queries = queries();
    assert!(queries.len() >= 150, "only {} queries were found", queries.len());
    let mut unused: BTreeSet<_> = others.keys().filter(|name| *name != "ALERTS").collect();
    for (place, query) in &queries {
        let asked = asked(query);
        assert!(!asked.metrics.is_empty(), "{place} asks for nothing: {query}");
        let mut labels_known = BTreeSet::new();
        let mut only_ours = true;
        for (metric, labels) in &asked.metrics {
            unused.remove(metric);
            if let Some(known) = ours.get(metric) {
                let unknown: Vec<_> = labels.difference(known).collect();
                assert!(unknown.is_empty(), "{place}: {metric} has no labels {unknown:?}");
                labels_known.extend(known);
            } else {
                only_ours = false;
                let known = others.contains_key(metric) || recorded.contains(metric);
                assert!(known, "{place} asks for {metric}, which is neither in catalogue.rs nor in exporters.txt");
            }
        }
        if only_ours {
            let unknown: Vec<_> = asked.grouped_by.iter().filter(|label| !labels_known.contains(label)).collect();
            assert!(unknown.is_empty(), "{place} groups by {unknown:?}, which none of its metrics has");
        }
    }
    assert!(unused.is_empty(), "in exporters.txt, but nobody asks for {unused:?}");
}

#[test]
fn each_panel_says_what_it_shows_and_no_two_show_the_same() {
    let mut shown = BTreeMap::new();
    for (name, dashboard) in dashboards() {
        assert_eq!(text_of(&dashboard, "uid"), name, "the file is named by the dashboard's uid");
        assert!(!text_of(&dashboard, "description").is_empty(), "{name} has no description");
        for panel in panels(&dashboard) {
            let title = text_of(panel, "title");
            assert!(!title.is_empty(), "{name}: a panel without a title");
            assert!(text_of(panel, "description").ends_with('.'), "{name}, {title}: no description");
            assert!(!text_of(&panel["fieldConfig"]["defaults"], "unit").is_empty(), "{name}, {title}: no unit");
            for target in panel["targets"].as_array().expect("targets") {
                assert!(!text_of(target, "legendFormat").is_empty(), "{name}, {title}: no legend");
                let before = shown.insert(text_of(target, "expr").to_owned(), format!("{name}, {title}"));
                assert_eq!(before, None, "{name}, {title} shows what another panel shows");
            }
        }
    }
    let home = "/var/lib/grafana/dashboards/onsale-overview.json";
    assert!(read("docker-compose.yml").contains(home), "Grafana's first page is not a dashboard of ours");
}

#[test]
fn each_alert_is_seen_to_fire_and_not_to() {
    let tests =
        read("observability/prometheus/alerts_test.yml") + &read("observability/prometheus/service_levels_test.yml");
    for alert in alerts() {
        let asked = format!("alertname: {}\n", alert.name);
        let expected: Vec<_> = tests.split(&asked).skip(1).map(str::trim_start).collect();
        let quiet = expected.iter().any(|after| after.starts_with("exp_alerts: []"));
        let fires = expected.iter().any(|after| after.starts_with("exp_alerts:\n"));
        assert!(quiet && fires, "{}: a unit test where it fires ({fires}) and one where not ({quiet})", alert.name);
    }
}

#[test]
fn each_alert_has_a_runbook_and_each_runbook_its_alert() {
    let alerts = alerts();
    for alert in &alerts {
        let page = format!("docs/runbooks/{}.md", alert.name);
        assert!(alert.text.contains(&format!("runbook: {page}\n")), "{} does not name {page}", alert.name);
        let text = read(&page);
        for heading in ["## What people see\n", "## Where to look\n", "## What to do\n"] {
            assert!(text.contains(heading), "{page} lacks {heading}");
        }
        let severity = alert.text.contains("severity: page") || alert.text.contains("severity: warn");
        assert!(severity, "{} is neither page nor warn", alert.name);
    }
    let index = read("docs/runbooks/README.md");
    for entry in fs::read_dir(root().join("docs/runbooks")).expect("runbooks") {
        let name = entry.expect("an entry").file_name().to_string_lossy().into_owned();
        let known = alerts.iter().any(|alert| format!("{}.md", alert.name) == name);
        assert!(known || name == "README.md", "no alert leads to {name}");
        assert!(index.contains(&format!("]({name})")) || name == "README.md", "README.md does not name {name}");
    }
}

#[test]
fn runbooks_name_only_commands_that_exist() {
    let (cli, makefile) = (read("onsale/src/cli.rs"), read("Makefile"));
    let mut looked_at = 0;
    for alert in alerts() {
        let page = format!("docs/runbooks/{}.md", alert.name);
        let text = read(&page).replace("\n  ", " ");
        let code: Vec<_> = text.split('`').skip(1).step_by(2).collect();
        for command in code.iter().filter_map(|code| code.strip_prefix("onsale ")) {
            let mut words = command.split_whitespace();
            let first = words.next().expect("a command");
            let sub = words.next().filter(|word| word.chars().all(|c| c.is_ascii_lowercase()));
            for word in [Some(first), sub].into_iter().flatten() {
                let variant = word[..1].to_uppercase() + &word[1..];
                let known = ["(", ",", " {"].iter().any(|end| cli.contains(&format!("    {variant}{end}")));
                assert!(known || first == "serve", "{page}: there is no `onsale {command}`");
            }
            looked_at += 1;
        }
        for target in code.iter().filter_map(|code| code.strip_prefix("make ")) {
            assert!(makefile.contains(&format!("\n{target}:")), "{page}: there is no `make {target}`");
        }
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            assert!(root().join("docs/runbooks").join(link).exists(), "{page} leads to {link}, which is not there");
        }
    }
    assert!(looked_at >= 30, "only {looked_at} commands were found");
}

#[test]
fn compose_runs_and_prometheus_reads_every_exporter() {
    let (compose, prometheus) = (read("docker-compose.yml"), read("observability/prometheus/prometheus.yml"));
    let jobs: BTreeSet<_> = of_others().into_values().collect();
    for job in jobs {
        assert!(prometheus.contains(&format!("job_name: {job}\n")), "prometheus.yml does not read {job}");
        let service = if job == "prometheus" { job } else { format!("{job}-exporter") };
        assert!(compose.contains(&format!("\n  {service}:\n")), "docker-compose.yml does not run {service}");
    }
    for file in ["rules.yml", "alerts.yml"] {
        assert!(prometheus.contains(&format!("- {file}\n")), "prometheus.yml does not read {file}");
    }
}
