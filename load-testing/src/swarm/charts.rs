//! Charts as SVG, without a script.

use std::fmt::Write;

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 220.0;
/// Room for the figures at the left and below.
const LEFT: f64 = 64.0;
const BELOW: f64 = 24.0;
const COLOURS: [&str; 8] = ["#2458c6", "#c4471f", "#1d8a5b", "#8a3fb0", "#b8860b", "#3a8fb7", "#b0305c", "#5f6b7a"];

/// A line of a chart.
pub struct Series {
    /// What it shows.
    pub name: String,
    /// Seconds since the opening, and the value.
    pub points: Vec<(f64, f64)>,
}

/// A chart of lines over the seconds of a run; nothing where there is nothing to show.
#[must_use]
pub fn lines(title: &str, unit: &str, series: &[Series]) -> String {
    let points = || series.iter().flat_map(|series| &series.points);
    let (from, to) = points().fold((f64::MAX, f64::MIN), |(from, to), (x, _)| (from.min(*x), to.max(*x)));
    if from >= to {
        return String::new();
    }
    let top = nice(points().fold(0.0, |top: f64, (_, y)| top.max(*y)));
    let x_of = |x: f64| LEFT + (x - from) / (to - from) * (WIDTH - LEFT - 8.0);
    let y_of = |y: f64| HEIGHT - BELOW - y / top * (HEIGHT - BELOW - 12.0);
    let mut svg = format!(
        "<figure><figcaption>{title} <small>{unit}</small></figcaption>\
         <svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{title}\">"
    );
    for step in 0..=4 {
        let value = top * f64::from(step) / 4.0;
        let y = y_of(value);
        let _never_fails = write!(
            svg,
            "<path class=\"grid\" d=\"M{LEFT} {y:.1}H{WIDTH}\"/><text x=\"{:.0}\" y=\"{:.1}\">{}</text>",
            LEFT - 6.0,
            y + 4.0,
            figure(value)
        );
    }
    for step in 0..=6 {
        let second = from + (to - from) * f64::from(step) / 6.0;
        let _never_fails = write!(
            svg,
            "<text class=\"x\" x=\"{:.1}\" y=\"{:.0}\">{second:.0} s</text>",
            x_of(second).min(WIDTH - 20.0),
            HEIGHT - 6.0
        );
    }
    if from < 0.0 && to > 0.0 {
        let _never_fails = write!(svg, "<path class=\"open\" d=\"M{:.1} 12V{:.1}\"/>", x_of(0.0), HEIGHT - BELOW);
    }
    let mut key = String::new();
    for (nth, series) in series.iter().enumerate() {
        let colour = COLOURS[nth % COLOURS.len()];
        let mut path = String::new();
        for (nth, (x, y)) in series.points.iter().enumerate() {
            let letter = if nth == 0 { 'M' } else { 'L' };
            let _never_fails = write!(path, "{letter}{:.1} {:.1}", x_of(*x), y_of(*y));
        }
        let _never_fails = write!(svg, "<path class=\"line\" stroke=\"{colour}\" d=\"{path}\"/>");
        let _never_fails = write!(key, "<span><i style=\"background:{colour}\"></i>{}</span>", series.name);
    }
    svg.push_str("</svg><p class=\"key\">");
    svg.push_str(&key);
    svg.push_str("</p></figure>");
    svg
}

/// The next of 1, 2, 5 and 10 times a power of ten.
fn nice(value: f64) -> f64 {
    let power = 10.0_f64.powf(value.max(1e-3).log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|step| step * power).find(|step| *step >= value).unwrap_or(10.0 * power)
}

/// A value in few letters.
fn figure(value: f64) -> String {
    match value {
        value if value >= 10_000.0 => format!("{:.0}k", value / 1_000.0),
        value if value >= 10.0 || value.fract().abs() < f64::EPSILON => format!("{value:.0}"),
        value => format!("{value:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_ends_above_what_it_shows() {
        for (value, top) in [(0.3, 0.5), (7.0, 10.0), (12.0, 20.0), (20_000.0, 20_000.0), (20_001.0, 50_000.0)] {
            assert!((nice(value) - top).abs() < 1e-9, "{value}: {}", nice(value));
        }
    }

    #[test]
    fn a_chart_has_a_line_for_each_series_and_none_without_time() {
        let series = |name: &str| Series { name: name.to_owned(), points: vec![(-1.0, 0.0), (5.0, 3.0)] };
        let svg = lines("Sold", "seats", &[series("a"), series("b")]);
        assert_eq!(svg.matches("class=\"line\"").count(), 2);
        assert!(svg.contains("class=\"open\""));
        assert_eq!(lines("Sold", "seats", &[Series { name: "a".to_owned(), points: vec![(1.0, 1.0)] }]), "");
    }
}
