//! A straight line through measured points, by least squares.

use anyhow::ensure;

/// What each unit adds, and what is there without any.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    /// What one more adds.
    pub slope: f64,
    /// What is there anyway.
    pub base: f64,
    /// The share of the points' differences that the line explains (R²), 0–1.
    pub explained: f64,
}

/// The line through points of how many and how much.
///
/// # Errors
/// When there are fewer than two sizes.
pub fn line(points: &[(f64, f64)]) -> anyhow::Result<Line> {
    let count = points.iter().map(|_| 1.0).sum::<f64>();
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / f64::max(count, 1.0);
    let (middle_x, middle_y) = (mean(|point| point.0), mean(|point| point.1));
    let spread = points.iter().map(|(x, _)| (x - middle_x).powi(2)).sum::<f64>();
    ensure!(spread > 0.0, "a line needs two sizes: {points:?}");
    let slope = points.iter().map(|(x, y)| (x - middle_x) * (y - middle_y)).sum::<f64>() / spread;
    let base = middle_y - slope * middle_x;
    let all = points.iter().map(|(_, y)| (y - middle_y).powi(2)).sum::<f64>();
    let left = points.iter().map(|(x, y)| (y - base - slope * x).powi(2)).sum::<f64>();
    let explained = if all > 0.0 { 1.0 - left / all } else { 1.0 };
    Ok(Line { slope, base, explained })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_found_among_points_that_scatter() {
        let exact = line(&[(0.0, 3.0), (10.0, 23.0), (30.0, 63.0)]).expect("three sizes");
        assert!((exact.slope - 2.0).abs() < 1e-9 && (exact.base - 3.0).abs() < 1e-9);
        assert!((exact.explained - 1.0).abs() < 1e-9);
        let scattered = line(&[(0.0, 0.0), (1.0, 5.0), (2.0, 1.0), (3.0, 6.0)]).expect("four sizes");
        assert!(scattered.explained < 0.6, "{scattered:?}");
        assert!(line(&[(4.0, 1.0), (4.0, 2.0)]).is_err());
        assert!(line(&[]).is_err());
    }
}
