//! How far one word is from another.

/// Whether two folded words are the same but for a typo or two: none in up to three letters, one in
/// up to five, two in longer ones.
#[must_use]
pub fn is_near(a: &str, b: &str) -> bool {
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    let allowed = match a.len().max(b.len()) {
        0..=3 => 0,
        4..=5 => 1,
        _ => 2,
    };
    a.len().abs_diff(b.len()) <= allowed && distance(&a, &b) <= allowed
}

/// Insertions, deletions, replacements and swaps of neighbours (optimal string alignment).
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = Vec::with_capacity(b.len() + 1);
        row.push(i + 1);
        for (j, y) in b.iter().enumerate() {
            let replaced = last[j] + usize::from(x != y);
            let mut best = replaced.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typos_are_near_and_other_words_are_not() {
        assert!(is_near("concrt", "concert"));
        assert!(is_near("bethoven", "beethoven"));
        assert!(is_near("flamecno", "flamenco"));
        assert!(!is_near("jaz", "job"));
        assert!(!is_near("salsa", "sales"));
        assert!(!is_near("piano", "dance"));
        assert!(is_near("", ""));
    }
}
