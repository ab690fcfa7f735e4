//! What the fault matrix came to: `chaos.html` for people and `chaos.json` for machines. Both say of each row what people may
//! see, what they saw, when all went on as before, what was wrong, and what could not be run.

use super::results::{Results, faults};
use super::rows::Row;
use anyhow::Context;
use onsale_core::text::escape_html;
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::Path;

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:80rem;padding:0 1rem;\
    color-scheme:light dark}table{border-collapse:collapse;width:100%}th,td{padding:.35rem .6rem;text-align:left;\
    border-bottom:1px solid #8885;vertical-align:top}td.n{text-align:right;font-variant-numeric:tabular-nums}\
    .wrong{color:light-dark(#a30d0d,#ff8a80)}.not{opacity:.7}";

/// What is reported.
pub struct Report<'a> {
    /// The rows that were to be run.
    pub rows: &'a [Row],
    /// Those that could not be, and what each needs.
    pub not_run: &'a [(Row, &'static str)],
    /// What came of the runs.
    pub results: &'a Results,
    /// How many were asked for, of each row.
    pub runs: usize,
}

/// Whether the promises held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// All that was asked for was run, within its bounds.
    Held,
    /// Within its bounds as far as it was run.
    Incomplete,
    /// A bound or a promise broke.
    Broken,
}

impl Verdict {
    fn as_str(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Incomplete => "incomplete",
            Self::Broken => "broken",
        }
    }
}

/// Writes both files into a folder, which is made.
///
/// # Errors
/// When they cannot be written.
pub fn write(folder: &Path, report: &Report<'_>) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder).with_context(|| format!("make {}", folder.display()))?;
    let found = report.json();
    for (name, text) in [("chaos.json", format!("{found:#}\n")), ("chaos.html", page(&found))] {
        let path = folder.join(name);
        std::fs::write(&path, text).with_context(|| format!("write {}", path.display()))?;
    }
    Ok(())
}

impl Report<'_> {
    /// All of it, as `chaos.json` has it.
    #[must_use]
    pub fn json(&self) -> Value {
        let rows: Vec<Value> = self.rows.iter().map(|row| self.row(row)).collect();
        let left_out = |(row, needs): &(Row, &str)| json!({"name": row.name, "needs": needs});
        json!({
            "verdict": verdict(&rows, self.not_run.is_empty()).as_str(),
            "rows": rows,
            "notRun": self.not_run.iter().map(left_out).collect::<Vec<_>>(),
        })
    }

    fn row(&self, row: &Row) -> Value {
        let runs: Vec<&Value> = self.results.of(row).map(|(_, run)| run).collect();
        let mut times: Vec<u64> = runs.iter().filter_map(|run| run["recoveredMs"].as_u64()).collect();
        times.sort_unstable();
        let wrong: Vec<String> = runs.iter().flat_map(|run| faults(run)).collect();
        json!({
            "name": row.name,
            "lastsSeconds": row.lasts.as_secs(),
            "peopleMaySee": row.seen.words,
            "goesOnWithinSeconds": row.recovered_in.as_secs(),
            "runsAskedFor": row.runs(self.runs),
            "recoveryP50Ms": times.get(times.len() / 2),
            "recoveryMaxMs": times.last(),
            "wrong": wrong,
            "runs": runs,
        })
    }
}

fn verdict(rows: &[Value], is_all_run: bool) -> Verdict {
    let made = |row: &Value| row["runs"].as_array().map_or(0, Vec::len) as u64;
    let is_whole = |row: &Value| row["runsAskedFor"].as_u64().is_some_and(|wanted| made(row) >= wanted);
    if rows.iter().any(|row| row["wrong"].as_array().is_some_and(|wrong| !wrong.is_empty())) {
        Verdict::Broken
    } else if is_all_run && rows.iter().all(is_whole) {
        Verdict::Held
    } else {
        Verdict::Incomplete
    }
}

/// The page; all figures are those of the JSON.
fn page(found: &Value) -> String {
    let mut body = format!(
        "<h1>Fault matrix: {}</h1><p>Each row breaks something under people who buy, mends it, and looks when all goes on \
         as before and whether every promise held.</p><table><thead><tr><th>what breaks</th><th>for</th>\
         <th>people may see</th><th>holds a second, before and meanwhile</th><th>told to come later</th>\
         <th>goes on after: p50, max</th><th>bound</th><th>runs</th><th>wrong</th></tr></thead><tbody>",
        text(&found["verdict"])
    );
    for row in found["rows"].as_array().into_iter().flatten() {
        body.push_str(&line(row));
    }
    body.push_str("</tbody></table>");
    let not_run = found["notRun"].as_array().filter(|rows| !rows.is_empty());
    if let Some(rows) = not_run {
        body.push_str("<h2>Not run</h2><ul class=\"not\">");
        for row in rows {
            let _never_fails = write!(body, "<li>{}: needs {}</li>", text(&row["name"]), text(&row["needs"]));
        }
        body.push_str("</ul>");
    }
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>Fault matrix</title><style>{STYLE}</style><body>{body}</body></html>\n"
    )
}

fn line(row: &Value) -> String {
    let runs: Vec<&Value> = row["runs"].as_array().into_iter().flatten().collect();
    let mean = |of: &dyn Fn(&Value) -> Option<f64>| {
        let values: Vec<f64> = runs.iter().filter_map(|run| of(run)).collect();
        values.iter().sum::<f64>() / values.len().max(1) as f64
    };
    let most = runs.iter().filter_map(|run| run["later"].as_f64()).fold(0.0, f64::max);
    let wrong: Vec<String> = row["wrong"].as_array().into_iter().flatten().map(text).collect();
    let ms = |value: &Value| value.as_u64().map_or("–".to_owned(), |ms| format!("{ms} ms"));
    format!(
        "<tr><th scope=\"row\">{}</th><td class=\"n\">{} s</td><td>{}</td><td class=\"n\">{:.0}, {:.0}</td>\
         <td class=\"n\">{:.0} %</td><td class=\"n\">{}, {}</td><td class=\"n\">{} s</td><td class=\"n\">{} of {}</td>\
         <td class=\"wrong\">{}</td></tr>",
        text(&row["name"]),
        row["lastsSeconds"],
        text(&row["peopleMaySee"]),
        mean(&|run| run["holds"][0].as_f64()),
        mean(&|run| run["holds"][1].as_f64()),
        100.0 * most,
        ms(&row["recoveryP50Ms"]),
        ms(&row["recoveryMaxMs"]),
        row["goesOnWithinSeconds"],
        runs.len(),
        row["runsAskedFor"],
        wrong.join("<br>"),
    )
}

fn text(value: &Value) -> String {
    escape_html(value.as_str().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::super::rows;
    use super::*;

    fn report_of(lines: &str, runs: usize) -> (Value, String) {
        let path = std::env::temp_dir().join(format!("onsale-chaos-{}-{}", std::process::id(), lines.len()));
        std::fs::write(&path, lines).expect("written");
        let results = Results::open(&path, false).expect("read");
        std::fs::remove_file(&path).expect("removed");
        let rows: Vec<Row> = rows::all().into_iter().filter(|row| row.name == "redis-one").collect();
        let found = Report { rows: &rows, not_run: &[], results: &results, runs }.json();
        let page = page(&found);
        (found, page)
    }

    fn run(number: usize, recovered_ms: u64, wrong: &str) -> String {
        let faults: Vec<&str> = Some(wrong).filter(|wrong| !wrong.is_empty()).into_iter().collect();
        format!(
            "{}\n",
            json!({"row": "redis-one", "run": number, "recoveredMs": recovered_ms, "holds": [40.0, 36.0], "later": 0.25,
                   "faults": faults})
        )
    }

    #[test]
    fn all_runs_within_their_bounds_hold_and_too_few_are_incomplete() {
        let lines = run(1, 250, "") + &run(2, 500, "");
        let (found, page) = report_of(&lines, 2);
        assert_eq!(found["verdict"], "held");
        assert_eq!(
            (&found["rows"][0]["recoveryP50Ms"], &found["rows"][0]["recoveryMaxMs"]),
            (&json!(500), &json!(500))
        );
        assert!(page.contains("40, 36") && page.contains("25 %") && page.contains("2 of 2"), "{page}");
        assert_eq!(report_of(&lines, 5).0["verdict"], "incomplete");
    }

    #[test]
    fn one_wrong_run_breaks_it_and_is_shown_as_text() {
        let (found, page) = report_of(&run(1, 0, "a seat <sold> twice"), 1);
        assert_eq!(found["verdict"], "broken");
        assert!(page.contains("a seat &lt;sold&gt; twice"), "{page}");
    }
}
