//! The winding line as a drawing: dots from its end to the door, and where one stands.

use std::f64::consts::PI;
use std::fmt::Write;

/// Straight, a half circle, straight back, a half circle, straight to the door.
const PATH: &str = "M700 30H80a37.5 37.5 0 0 0 0 75H640a37.5 37.5 0 0 1 0 75H40";
const RADIUS: f64 = 37.5;
const STRAIGHT: [f64; 3] = [620.0, 560.0, 600.0];
/// From dot to dot.
const STEP: f64 = 17.0;

fn length() -> f64 {
    STRAIGHT.iter().sum::<f64>() + 2.0 * PI * RADIUS
}

/// The point after so much of the way.
fn point(mut way: f64) -> (f64, f64) {
    let half = PI * RADIUS;
    if way <= STRAIGHT[0] {
        return (700.0 - way, 30.0);
    }
    way -= STRAIGHT[0];
    if way <= half {
        let turn = way / RADIUS;
        return (80.0 - RADIUS * turn.sin(), 67.5 - RADIUS * turn.cos());
    }
    way -= half;
    if way <= STRAIGHT[1] {
        return (80.0 + way, 105.0);
    }
    way -= STRAIGHT[1];
    if way <= half {
        let turn = way / RADIUS;
        return (640.0 + RADIUS * turn.sin(), 142.5 - RADIUS * turn.cos());
    }
    (640.0 - (way - half).min(STRAIGHT[2]), 180.0)
}

/// How much of the way lies behind whoever has so many ahead, in a line of so many.
fn behind(ahead: u32, joined: u32) -> f64 {
    let share = f64::from(ahead) / f64::from(joined.max(ahead).max(1));
    // Nobody stands in the door before it is their turn.
    (1.0 - share).clamp(0.0, 1.0) * 0.97 * length()
}

/// The drawing.
pub(super) fn svg(title: &str, ahead: u32, joined: u32) -> String {
    let behind = behind(ahead, joined);
    let (x, y) = point(behind);
    // Those ahead are dark: the first dash is an empty one that lasts until here.
    let first = (behind / STEP).ceil();
    let mut dashes = format!("0 {:.0}", first * STEP);
    let mut drawn = first * STEP;
    while drawn < length() {
        let _infallible = write!(dashes, " 0 17");
        drawn += STEP;
    }
    format!(
        "<svg class=\"queue\" viewBox=\"0 0 720 210\" role=\"img\" aria-label=\"{title}\">\
         <path d=\"{PATH}\" class=\"gone\" stroke-dasharray=\"0 17\"/><path d=\"{PATH}\" class=\"ahead\" stroke-dasharray=\"{dashes} 0 9999\"/>\
         <circle cx=\"700\" cy=\"30\" r=\"5\" class=\"end\"/><path d=\"M18 152v56M18 152h-10M18 208h-10\" class=\"gate\"/>\
         <rect x=\"-11\" y=\"-11\" width=\"22\" height=\"22\" rx=\"5\" class=\"me\" transform=\"translate({x:.1} {y:.1})\"/></svg>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_has_no_gaps_and_ends_at_the_door() {
        assert_eq!(point(0.0), (700.0, 30.0));
        let steps = (0..=2_000).map(|step| point(length() * f64::from(step) / 2_000.0));
        let points: Vec<_> = steps.collect();
        for pair in points.windows(2) {
            let far = (pair[1].0 - pair[0].0).hypot(pair[1].1 - pair[0].1);
            assert!(far < 1.1, "{pair:?}");
        }
        let (x, y) = points[2_000];
        assert!((x - 40.0).abs() < 0.01 && (y - 180.0).abs() < 0.01, "{x} {y}");
    }

    #[test]
    fn fewer_ahead_is_nearer_to_the_door() {
        assert!(behind(96_540, 96_540) < 0.01);
        assert!(behind(3_412, 96_540) > behind(3_413, 96_540));
        assert!(behind(0, 0) < length() && behind(7, 0) < 0.01);
        assert!(svg("The line", 0, 10).matches("0 17").count() < svg("The line", 9, 10).matches("0 17").count());
    }
}
