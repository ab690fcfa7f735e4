//! What was measured of a line, drawn: four small charts over the same minutes, each with its name, its last value and
//! its highest.

use crate::format::{Moment, count};
use crate::language::Language;
use chrono::{DateTime, TimeDelta, Utc};
use onsale_core::api::queue::QueuePulse;
use std::fmt::Write;

/// How far back it shows at most.
pub(super) const SHOWN: TimeDelta = TimeDelta::minutes(30);
/// A young line is drawn over the first of these that it fits in, in minutes.
const SPANS: [i64; 4] = [2, 5, 10, 20];
/// After so long without a measurement the line is broken.
const GAP: TimeDelta = TimeDelta::seconds(30);
const WIDTH: f64 = 300.0;
const HEIGHT: f64 = 64.0;

/// All four.
pub(super) fn charts(language: Language, pulses: &[QueuePulse], zone: &str, now: DateTime<Utc>) -> String {
    let span = span(pulses, now);
    #[expect(clippy::cast_precision_loss, reason = "seats are fewer than 2^52")]
    let places = |places: Option<i64>| places.map(|places| places as f64);
    let whole = |value: f64| count(language, rounded(value));
    let tenths = |value: f64| decimal(language, value);
    let frame = Frame { language, pulses, span, now };
    let charts = [
        frame.chart(language.chart_rate(), |pulse| Some(pulse.rate), &tenths),
        frame.chart(language.chart_held(), |pulse| places(pulse.held), &whole),
        frame.chart(language.chart_sold(), |pulse| places(pulse.sold), &whole),
        frame.chart(language.chart_latency(), |pulse| pulse.latency_ms.map(f64::from), &whole),
    ];
    let time = |at: DateTime<Utc>| Moment::at(language, at, zone).time();
    format!(
        "<h3>{}</h3><div class=\"charts\">{}</div><p class=\"row soft small num\"><span>{}</span><span class=\"push\">{}</span></p>",
        language.last_minutes(span.num_minutes()),
        charts.concat(),
        time(now - span),
        time(now)
    )
}

/// How far back it shows: as far as was measured, in steps, so that curves are not stretched anew with each look.
fn span(pulses: &[QueuePulse], now: DateTime<Utc>) -> TimeDelta {
    let first = pulses.iter().map(|pulse| pulse.at).find(|at| *at > now - SHOWN);
    let measured = first.map_or(SHOWN, |first| now - first);
    SPANS.map(TimeDelta::minutes).into_iter().find(|span| measured <= *span).unwrap_or(SHOWN)
}

/// With one digit behind the point, or the comma.
fn decimal(language: Language, value: f64) -> String {
    let text = format!("{value:.1}");
    match language {
        Language::En => text,
        Language::Es => text.replace('.', ","),
    }
}

#[expect(clippy::cast_possible_truncation, reason = "it saturates")]
fn rounded(value: f64) -> i64 {
    value.round() as i64
}

/// Its place is that of a curve, so that one that comes moves nothing.
fn nothing(language: Language, name: &str) -> String {
    format!(
        "<figure><figcaption><span>{name}</span><span class=\"soft\">{}</span></figcaption>{}</figure>",
        language.not_measured(),
        drawn("")
    )
}

/// A curve over its ground.
fn drawn(path: &str) -> String {
    format!(
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" preserveAspectRatio=\"none\" aria-hidden=\"true\">\
         <path class=\"ground\" d=\"M0 {HEIGHT}H{WIDTH}\"/><path class=\"curve\" d=\"{path}\"/></svg>"
    )
}

/// What all of them share.
struct Frame<'a> {
    language: Language,
    pulses: &'a [QueuePulse],
    span: TimeDelta,
    now: DateTime<Utc>,
}

impl Frame<'_> {
    /// One of them; that it was not measured, where it was not.
    fn chart(&self, name: &str, pick: impl Fn(&QueuePulse) -> Option<f64>, told: &dyn Fn(f64) -> String) -> String {
        let since = self.now - self.span;
        let seen = self.pulses.iter().filter(|pulse| pulse.at >= since);
        let points: Vec<(DateTime<Utc>, f64)> = seen.filter_map(|pulse| Some((pulse.at, pick(pulse)?))).collect();
        let Some((_, last)) = points.last() else { return nothing(self.language, name) };
        let most = points.iter().map(|(_, value)| *value).fold(0.0, f64::max);
        let highest = if most > 0.0 { self.language.at_most(&told(most)) } else { String::new() };
        format!(
            "<figure><figcaption><span>{name}</span> <b class=\"num\">{}</b> \
             <small class=\"soft num\">{highest}</small></figcaption>{}</figure>",
            told(*last),
            drawn(&self.path(&points, most))
        )
    }

    /// The curve, from the left that was then; a hole where nothing was measured.
    fn path(&self, points: &[(DateTime<Utc>, f64)], most: f64) -> String {
        let mut path = String::new();
        let mut before: Option<DateTime<Utc>> = None;
        for (at, value) in points {
            #[expect(clippy::cast_precision_loss, reason = "half an hour in milliseconds")]
            let share = (*at - (self.now - self.span)).num_milliseconds() as f64 / self.span.num_milliseconds() as f64;
            let high = if most > 0.0 { value / most } else { 0.0 };
            let joins = before.is_some_and(|before| *at - before <= GAP);
            let (x, y) = (share * WIDTH, 2.0 + (1.0 - high) * (HEIGHT - 4.0));
            let _infallible = write!(path, "{}{x:.1} {y:.1}", if joins { "L" } else { "M" });
            before = Some(*at);
        }
        path
    }
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
        let frame = Frame { language: Language::En, pulses: &pulses, span: SHOWN, now: now() };
        let path = frame.path(&points, 4.0);
        assert_eq!(path, "M0.2 47.0L0.8 32.0M299.2 2.0L300.0 62.0");
    }

    #[test]
    fn a_young_line_fills_its_charts_and_an_old_one_shows_half_an_hour() {
        let after = |seconds| span(&[pulse(seconds, 1.0, None), pulse(0, 1.0, None)], now()).num_minutes();
        assert_eq!([3, 119, 121, 500, 1_100, 1_500].map(after), [2, 2, 5, 10, 20, 30]);
        assert_eq!(span(&[], now()), SHOWN);
    }

    #[test]
    fn each_says_its_last_value_and_what_was_not_measured_says_so() {
        let html = charts(Language::En, &[pulse(9, 3.5, Some(1_200)), pulse(4, 1.25, Some(900))], "UTC", now());
        assert!(html.contains("<b class=\"num\">1.2</b>") || html.contains("<b class=\"num\">1.3</b>"), "{html}");
        assert!(html.contains("most 3.5") && html.contains(">900</b>") && html.contains("most 1,200"), "{html}");
        assert_eq!(html.matches("not measured").count(), 1, "latency: {html}");
        assert!(html.contains("The last 2 minutes") && html.contains("09:58") && html.contains("10:00"), "{html}");
        let spanish = charts(Language::Es, &[pulse(0, 3.5, None)], "UTC", now());
        assert!(spanish.contains(">3,5</b>"), "{spanish}");
        let empty = charts(Language::En, &[pulse(1_900, 3.5, None)], "UTC", now());
        assert_eq!(empty.matches("not measured").count(), 4, "what is older is not shown: {empty}");
    }
}
