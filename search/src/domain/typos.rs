//! How far one word is from another.

/// How many typos are forgiven in a word: none in up to three letters, one in up to five, two in longer ones.
#[must_use]
pub fn allowed(word: &str) -> usize {
    allowed_in(word.chars().count())
}

fn allowed_in(letters: usize) -> usize {
    match letters {
        0..=3 => 0,
        4..=5 => 1,
        _ => 2,
    }
}

/// Whether two folded words are the same but for a typo or two, as many as the longer one may have.
#[must_use]
pub fn is_near(a: &str, b: &str) -> bool {
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    let allowed = allowed_in(a.len().max(b.len()));
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
