//! Words cut into pieces of three letters: what is left of a word that was written quite differently.

use std::collections::BTreeSet;

/// Stands for the beginning or the end of a word.
const EDGE: char = '_';
/// Longer words are cut no further.
const LETTERS_MAX: usize = 64;

/// The pieces of a folded word, each once: `_ja jaz azz zz_`.
#[must_use]
pub fn of_word(word: &str) -> BTreeSet<String> {
    let letters: Vec<char> = [EDGE].into_iter().chain(word.chars().take(LETTERS_MAX)).chain([EDGE]).collect();
    letters.windows(3).map(|piece| piece.iter().collect()).collect()
}

/// The pieces of all words of folded texts, each once, with spaces between them.
#[must_use]
pub fn of_text<'a>(texts: impl IntoIterator<Item = &'a String>) -> String {
    let pieces: BTreeSet<String> = texts.into_iter().flat_map(|text| text.split(' ')).flat_map(of_word).collect();
    pieces.into_iter().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_cut_with_their_edges() {
        assert_eq!(of_word("jazz").into_iter().collect::<Vec<_>>(), ["_ja", "azz", "jaz", "zz_"]);
        assert_eq!(of_word("a").into_iter().collect::<Vec<_>>(), ["_a_"]);
        assert_eq!(of_text([&"la la".to_owned(), &"al".to_owned()]), "_al _la al_ la_");
    }
}
