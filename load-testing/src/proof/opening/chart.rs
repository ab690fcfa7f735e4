//! The opening as a picture: one page that needs nothing else.

use super::samples::{Sample, Samples};
use std::fmt::Write;
use std::path::Path;

const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 360.0;
/// What is drawn: its name, its colour, its value.
type Line = (&'static str, &'static str, fn(&Sample) -> i64);
const LINES: [Line; 6] = [
    ("waiting", "#555555", |sample| sample.waiting),
    ("let in", "#0072b2", |sample| sample.admitted),
    ("choosing", "#e69f00", |sample| sample.choosing),
    ("seats free", "#009e73", |sample| sample.free),
    ("seats held", "#cc79a7", |sample| sample.held),
    ("seats sold", "#d55e00", |sample| sample.sold),
];

/// Writes the page.
///
/// # Errors
/// When it cannot be written.
pub(super) fn write(path: &Path, samples: &Samples, told: &str) -> anyhow::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    Ok(std::fs::write(path, page(samples, told))?)
}

fn page(samples: &Samples, told: &str) -> String {
    let end = samples.0.last().map_or(1.0, |last| last.at.as_secs_f64()).max(1.0);
    let values = samples.0.iter().flat_map(|sample| LINES.iter().map(move |(.., value)| value(sample)));
    let top = number(values.max().unwrap_or(1).max(1));
    let mut drawn = String::new();
    for (n, (name, colour, value)) in LINES.iter().enumerate() {
        let point = |sample: &Sample| {
            let (x, y) = (sample.at.as_secs_f64() / end * WIDTH, HEIGHT - number(value(sample)) / top * HEIGHT);
            format!("{x:.1},{y:.1}")
        };
        let points: Vec<_> = samples.0.iter().map(point).collect();
        let (x, last) = (8 + 150 * n, samples.0.last().map_or(0, value));
        let _infallible = writeln!(
            drawn,
            "<polyline fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" points=\"{}\"/>\n\
             <text x=\"{x}\" y=\"{}\" fill=\"{colour}\">{name}: {last}</text>",
            points.join(" "),
            HEIGHT + 40.0,
        );
    }
    format!(
        "<!doctype html><meta charset=\"utf-8\"><title>The opening</title>\n<p>{told}</p>\n\
         <svg viewBox=\"-10 -10 {} {}\" font-family=\"sans-serif\" font-size=\"14\">\n\
         <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"none\" stroke=\"#999999\"/>\n{drawn}\
         <text x=\"0\" y=\"{}\">0 s</text><text x=\"{WIDTH}\" y=\"{}\" text-anchor=\"end\">{end:.0} s</text>\n\
         <text x=\"4\" y=\"14\">{top:.0}</text>\n</svg>\n",
        WIDTH + 20.0,
        HEIGHT + 60.0,
        HEIGHT + 18.0,
        HEIGHT + 18.0,
    )
}

#[expect(clippy::cast_precision_loss, reason = "people and seats are far below 2^52")]
fn number(count: i64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn each_line_is_drawn_from_the_left_to_the_right() {
        let at = |seconds, waiting| Sample { at: Duration::from_secs(seconds), waiting, ..Sample::default() };
        let page = page(&Samples(vec![at(0, 10), at(5, 5), at(10, 0)]), "ten people");
        assert!(page.contains("points=\"0.0,0.0 480.0,180.0 960.0,360.0\""), "{page}");
        assert!(page.contains("ten people") && page.matches("<polyline").count() == LINES.len());
    }
}
