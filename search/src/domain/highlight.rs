//! Where the search words were found: escaped text with `<mark>` around them.

use super::typos;
use onsale_core::text::{escape_html, fold};

/// The longest part of a description that is shown, in characters.
const SNIPPET_MAX: usize = 160;
/// How much of it stands before the first word found.
const LEAD: usize = 40;

/// The first of the texts in which a word is found, marked; nothing when none is in any.
#[must_use]
pub fn highlight<'a>(texts: impl IntoIterator<Item = &'a str>, terms: &[String]) -> Option<String> {
    texts.into_iter().find_map(|text| mark(text, terms))
}

/// The text with the words of the query marked; nothing when none is in it.
#[must_use]
pub fn mark(text: &str, terms: &[String]) -> Option<String> {
    let words = words(text);
    let hits: Vec<&Word<'_>> = words.iter().filter(|word| terms.iter().any(|term| is_hit(word.text, term))).collect();
    let first = hits.first()?;
    let (from, to) = window(text, first.start);
    let mut marked = String::with_capacity(to - from + 64);
    if from > 0 {
        marked.push('…');
    }
    let mut at = from;
    for hit in hits.iter().filter(|hit| hit.start >= from && hit.start + hit.text.len() <= to) {
        marked.push_str(&escape_html(&text[at..hit.start]));
        marked.push_str("<mark>");
        marked.push_str(&escape_html(hit.text));
        marked.push_str("</mark>");
        at = hit.start + hit.text.len();
    }
    marked.push_str(&escape_html(&text[at..to]));
    if to < text.len() {
        marked.push('…');
    }
    Some(marked)
}

struct Word<'a> {
    start: usize,
    text: &'a str,
}

fn words(text: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain(std::iter::once((text.len(), ' '))) {
        match (start, c.is_alphanumeric()) {
            (None, true) => start = Some(at),
            (Some(from), false) => {
                words.push(Word { start: from, text: &text[from..at] });
                start = None;
            }
            _ => {}
        }
    }
    words
}

fn is_hit(word: &str, term: &str) -> bool {
    let word = fold(word);
    word.starts_with(term) || typos::is_near(&word, term)
}

/// The bytes of the text that are shown: whole words around the first hit.
fn window(text: &str, first: usize) -> (usize, usize) {
    if text.chars().count() <= SNIPPET_MAX {
        return (0, text.len());
    }
    let lead = text[..first].char_indices().rev().nth(LEAD - 1).map_or(0, |(at, _)| at);
    let from = if lead == 0 { 0 } else { text[lead..first].find(' ').map_or(first, |space| lead + space + 1) };
    let end = text[from..].char_indices().nth(SNIPPET_MAX).map_or(text.len(), |(at, _)| from + at);
    let to = if end == text.len() { end } else { text[from..end].rfind(' ').map_or(end, |space| from + space) };
    // A first word longer than the window is shown whole.
    let word_end = text[first..].find(|c: char| !c.is_alphanumeric()).map_or(text.len(), |at| first + at);
    (from, to.max(word_end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(text: &str, terms: &[&str]) -> Option<String> {
        mark(text, &terms.iter().map(|term| (*term).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn words_prefixes_typos_and_accents_are_marked() {
        let one = |text: &str, term: &str| marked(text, &[term]).unwrap_or_default();
        assert_eq!(one("A concert by night", "concert"), "A <mark>concert</mark> by night");
        assert_eq!(one("A concert by night", "conc"), "A <mark>concert</mark> by night");
        assert_eq!(one("A concert by night", "concrt"), "A <mark>concert</mark> by night");
        assert_eq!(one("Sinfonía", "sinfonia"), "<mark>Sinfonía</mark>");
        assert_eq!(marked("A concert", &["opera"]), None);
    }

    #[test]
    fn what_organisers_write_cannot_become_markup() {
        let evil = "<script>alert('concert')</script> & concert";
        let safe = marked(evil, &["concert"]).unwrap_or_default();
        assert!(!safe.replace("<mark>", "").replace("</mark>", "").contains('<'), "{safe}");
        assert!(safe.ends_with("&amp; <mark>concert</mark>"), "{safe}");
    }

    #[test]
    fn long_texts_are_cut_at_words_around_the_first_hit() {
        let text = format!("{}needle{}", "word ".repeat(100), " hay".repeat(100));
        let snippet = marked(&text, &["needle"]).unwrap_or_default();
        assert!(snippet.starts_with("…word") && snippet.ends_with("hay…"), "{snippet}");
        assert!(snippet.contains("<mark>needle</mark>"), "{snippet}");
        assert!(snippet.chars().count() <= SNIPPET_MAX + 20, "{snippet}");
    }
}
