//! How well a text completes what was typed: both folded.

use super::typos;

/// A completion's score: it begins so, a word in it begins so, it is written alike, or it is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// Every word that was typed is near one of its words.
    Alike,
    /// What was typed begins at a word inside.
    Inside,
    /// It begins with what was typed.
    Begins,
}

/// How a text fits what was typed; nothing when it does not.
#[must_use]
pub fn fit(typed: &str, text: &str) -> Option<Fit> {
    if text.starts_with(typed) {
        return Some(Fit::Begins);
    }
    if format!(" {text}").contains(&format!(" {typed}")) {
        return Some(Fit::Inside);
    }
    let alike = |word: &str| text.split(' ').any(|other| other.starts_with(word) || typos::is_near(word, other));
    (typed.chars().count() >= 4 && typed.split(' ').all(alike)).then_some(Fit::Alike)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beginnings_come_before_insides_and_those_before_likes() {
        assert_eq!(fit("mad", "madrid"), Some(Fit::Begins));
        assert_eq!(fit("mad", "gran teatro de madrid"), Some(Fit::Inside));
        assert_eq!(fit("teatro madrid", "gran teatro de madrid"), Some(Fit::Alike));
        assert_eq!(fit("bethoven", "beethoven sinfonia no 9"), Some(Fit::Alike));
        assert_eq!(fit("adr", "madrid"), None);
        assert!(Fit::Begins > Fit::Inside && Fit::Inside > Fit::Alike);
    }
}
