//! `docs/metrics.md` lists the metrics as the catalogue has them; `UPDATE_GOLDEN=1` writes it anew.

use onsale_observability::catalogue::{CATALOGUE, Kind, OF_THE_PROCESS};
use std::fs;
use std::path::Path;

const HEAD: &str = "# Metrics
Every process tells these on `METRICS_LISTEN`, at `/metrics` and `/actuator/prometheus`, in Prometheus' text format, each with
the label `process`. Times are in seconds, money in minor units; labels' values are few and never come from a client.
Histograms have `_bucket`, `_sum` and `_count`. Exemplars are not to be had in this format: an error answer names its trace.

| metric | kind | labels | what it tells |
| --- | --- | --- | --- |
";

fn page() -> String {
    let mut page = HEAD.to_owned();
    for metric in CATALOGUE {
        let kind = match metric.kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
        };
        page.push_str(&format!("| `{}` | {kind} | {} | {} |\n", metric.name, metric.labels.join(", "), metric.help));
    }
    let own: Vec<String> = OF_THE_PROCESS.iter().map(|name| format!("- `{name}`\n")).collect();
    format!("{page}\nWhere there is `/proc`, also of the process itself:\n{}", own.concat())
}

#[test]
fn the_page_is_the_catalogue() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/metrics.md");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, page()).expect("written");
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(written == page(), "docs/metrics.md is not what the catalogue says: run the test with UPDATE_GOLDEN=1");
}
