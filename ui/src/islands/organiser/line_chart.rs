//! What was measured of a line, drawn: four small charts over the same half hour, each with its name, its last value and
//! its highest.

use crate::format::{Moment, count};
use crate::language::Language;
use chrono::{DateTime, TimeDelta, Utc};
use onsale_core::api::queue::QueuePulse;
use std::fmt::Write;

/// How far back it shows.
pub(super) const SHOWN: TimeDelta = TimeDelta::minutes(30);
/// After so long without a measurement the line is broken.
const GAP: TimeDelta = TimeDelta::seconds(30);
const WIDTH: f64 = 300.0;
const HEIGHT: f64 = 64.0;

/// All four.
pub(super) fn charts(language: Language, pulses: &[QueuePulse], zone: &str, now: DateTime<Utc>) -> String {
    #[expect(clippy::cast_precision_loss, reason = "seats are fewer than 2^52")]
    let places = |places: Option<i64>| places.map(|places| places as f64);
    let whole = |value: f64| count(language, rounded(value));
    let charts = [
        chart(language.chart_rate(), pulses, now, |pulse| Some(pulse.rate), &|value| format!("{value:.1}")),
        chart(language.chart_held(), pulses, now, |pulse| places(pulse.held), &whole),
        chart(language.chart_sold(), pulses, now, |pulse| places(pulse.sold), &whole),
        chart(language.chart_latency(), pulses, now, |pulse| pulse.latency_ms.map(f64::from), &whole),
    ];
    let charts = charts.map(|chart| chart.unwrap_or_else(|name| nothing(language, name)));
    let time = |at: DateTime<Utc>| Moment::at(language, at, zone).time();
    format!(
        "<h3>{}</h3><div class=\"charts\">{}</div><p class=\"row soft small num\"><span>{}</span><span class=\"push\">{}</span></p>",
        language.last_half_hour(),
        charts.concat(),
        time(now - SHOWN),
        time(now)
    )
}

#[expect(clippy::cast_possible_truncation, reason = "it saturates")]
fn rounded(value: f64) -> i64 {
    value.round() as i64
}

fn nothing(language: Language, name: &str) -> String {
    format!(
        "<figure><figcaption><span>{name}</span><span class=\"soft\">{}</span></figcaption></figure>",
        language.not_measured()
    )
}

/// One of them; its name where nothing was measured.
fn chart(
    name: &'static str,
    pulses: &[QueuePulse],
    now: DateTime<Utc>,
    pick: impl Fn(&QueuePulse) -> Option<f64>,
    told: &dyn Fn(f64) -> String,
) -> Result<String, &'static str> {
    let points: Vec<(DateTime<Utc>, f64)> = pulses
        .iter()
        .filter(|pulse| pulse.at > now - SHOWN)
        .filter_map(|pulse| Some((pulse.at, pick(pulse)?)))
        .collect();
    let (_, last) = points.last().ok_or(name)?;
    let most = points.iter().map(|(_, value)| *value).fold(0.0, f64::max);
    Ok(format!(
        "<figure><figcaption><span>{name}</span> <b class=\"num\">{}</b> <small class=\"soft num\">≤ {}</small></figcaption>\
         <svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" preserveAspectRatio=\"none\" aria-hidden=\"true\">\
         <path class=\"ground\" d=\"M0 {HEIGHT}H{WIDTH}\"/><path class=\"curve\" d=\"{}\"/></svg></figure>",
        told(*last),
        told(most),
        path(&points, most, now)
    ))
}

/// The curve, from the left that was half an hour ago; a hole where nothing was measured.
fn path(points: &[(DateTime<Utc>, f64)], most: f64, now: DateTime<Utc>) -> String {
    let mut path = String::new();
    let mut before: Option<DateTime<Utc>> = None;
    for (at, value) in points {
        #[expect(clippy::cast_precision_loss, reason = "half an hour in milliseconds")]
        let share = (*at - (now - SHOWN)).num_milliseconds() as f64 / SHOWN.num_milliseconds() as f64;
        let high = if most > 0.0 { value / most } else { 0.0 };
        let joins = before.is_some_and(|before| *at - before <= GAP);
        let (x, y) = (share * WIDTH, 2.0 + (1.0 - high) * (HEIGHT - 4.0));
        let _infallible = write!(path, "{}{x:.1} {y:.1}", if joins { "L" } else { "M" });
        before = Some(*at);
    }
    path
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) fn now() -> DateTime<Utc> {
        "2027-02-04T10:00:00Z".parse().expect("a time")
    }

    pub(crate) fn pulse(seconds_ago: i64, rate: f64, held: Option<i64>) -> QueuePulse {
        QueuePulse {
            at: now() - TimeDelta::seconds(seconds_ago),
            joined: 100,
            served: 10,
            waiting: 90,
            shoppers: 3,
            rate,
            free: held,
            held,
            sold: held,
            holds_end_at: None,
            latency_ms: None,
            failed: None,
        }
    }

    #[test]
    fn curves_reach_from_then_to_now_and_break_where_nothing_was_measured() {
        let pulses = [pulse(1_799, 1.0, None), pulse(1_795, 2.0, None), pulse(5, 4.0, None), pulse(0, 0.0, None)];
        let points: Vec<_> = pulses.iter().map(|pulse| (pulse.at, pulse.rate)).collect();
        let path = path(&points, 4.0, now());
        assert_eq!(path, "M0.2 47.0L0.8 32.0M299.2 2.0L300.0 62.0");
    }

    #[test]
    fn each_says_its_last_value_and_what_was_not_measured_says_so() {
        let html = charts(Language::En, &[pulse(9, 3.5, Some(1_200)), pulse(4, 1.25, Some(900))], "UTC", now());
        assert!(html.contains("<b class=\"num\">1.2</b>") || html.contains("<b class=\"num\">1.3</b>"), "{html}");
        assert!(html.contains("≤ 3.5") && html.contains(">900</b>") && html.contains("≤ 1,200"), "{html}");
        assert_eq!(html.matches("not measured").count(), 1, "latency: {html}");
        assert!(html.contains("09:30") && html.contains("10:00"), "{html}");
        let empty = charts(Language::En, &[pulse(1_900, 3.5, None)], "UTC", now());
        assert_eq!(empty.matches("not measured").count(), 4, "what is older is not shown: {empty}");
    }
}
