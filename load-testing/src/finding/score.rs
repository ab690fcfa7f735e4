//! nDCG@10: how much of what could be gained on the first page is gained, by places (Järvelin, Kekäläinen 2002).

/// How many places count.
pub const PLACES: usize = 10;

/// From 0 to 1; nothing when no event is wanted. `found` are the grades of what was found, in order; `all` those of
/// every event that is wanted, in any order.
#[must_use]
pub fn ndcg(found: &[u8], all: &[u8]) -> Option<f64> {
    let mut ideal = all.to_vec();
    ideal.sort_unstable_by(|a, b| b.cmp(a));
    let best = gained(&ideal);
    (best > 0.0).then(|| gained(found) / best)
}

fn gained(grades: &[u8]) -> f64 {
    let places = grades.iter().take(PLACES).zip(1_u32..);
    places.map(|(grade, place)| (f64::from(*grade).exp2() - 1.0) / f64::from(place + 1).log2()).sum()
}

/// The mean; 0 of nothing.
#[must_use]
pub fn mean(values: &[f64]) -> f64 {
    let count = f64::from(u32::try_from(values.len()).unwrap_or(u32::MAX));
    if values.is_empty() { 0.0 } else { values.iter().sum::<f64>() / count }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_order_scores_one_and_a_worse_one_less() {
        assert_eq!(ndcg(&[3, 1], &[1, 3]), Some(1.0));
        assert_eq!(ndcg(&[], &[3]), Some(0.0));
        assert_eq!(ndcg(&[0], &[0]), None);
        let swapped = ndcg(&[1, 3], &[1, 3]).unwrap_or_default();
        // (1 + 7 / log2 3) / (7 + 1 / log2 3)
        assert!((swapped - 0.709_8).abs() < 1e-3, "{swapped}");
        assert_eq!(ndcg(&[3; 10], &[3; 40]), Some(1.0), "only the first page counts");
    }
}
