//! Folding of text: what people type and what organisers write meet without accents and case.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Lower case without accents: `Ñandú Straße` becomes `nandu strasse`.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        fold_letter(c, &mut folded);
    }
    folded
}

/// Letters that no decomposition takes apart.
fn fold_letter(c: char, folded: &mut String) {
    match c {
        'ß' => folded.push_str("ss"),
        'æ' => folded.push_str("ae"),
        'œ' => folded.push_str("oe"),
        'ø' => folded.push('o'),
        'ł' => folded.push('l'),
        'đ' | 'ð' => folded.push('d'),
        'þ' => folded.push_str("th"),
        'ı' => folded.push('i'),
        '’' | 'ʼ' | '‘' => folded.push('\''),
        c if is_combining_mark(c) => {}
        c => folded.push(c),
    }
}

/// For addresses people can read: `Beethoven: Sinfonía n.º 9` becomes `beethoven-sinfonia-n-o-9`.
/// Nothing when the text has no letter or digit that folds to ASCII.
#[must_use]
pub fn slug(text: &str) -> Option<String> {
    const LENGTH_MAX: usize = 80;
    let mut slug = String::new();
    for c in fold(text).chars() {
        if slug.len() >= LENGTH_MAX {
            break;
        }
        if c.is_ascii_alphanumeric() {
            slug.push(c);
        } else if c != '\'' && !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug = slug.trim_end_matches('-');
    (!slug.is_empty()).then(|| slug.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_and_case_are_folded() {
        assert_eq!(fold("Ñandú Straße Łódź Bogotá"), "nandu strasse lodz bogota");
        assert_eq!(fold("İstanbul ﬁn"), "istanbul fin");
        assert_eq!(fold("東京"), "東京");
    }

    #[test]
    fn slugs_are_plain() {
        assert_eq!(slug("Beethoven: Sinfonía n.º 9").as_deref(), Some("beethoven-sinfonia-n-o-9"));
        assert_eq!(slug("L'Orfeo").as_deref(), Some("lorfeo"));
        assert_eq!(slug("東京"), None);
        assert!(slug(&"long ".repeat(50)).is_some_and(|text| text.len() <= 80 && !text.ends_with('-')));
    }
}
