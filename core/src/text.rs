//! Text: folded, so that what people type and what organisers write meet without accents and case; and written safely
//! into HTML and addresses.

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

/// The words of a text, folded, with one space between them: letters and digits only.
#[must_use]
pub fn words(text: &str) -> String {
    let folded = fold(text);
    folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
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

/// The text as it is written inside an HTML element or a quoted attribute (WHATWG HTML, 13.1.4: all that could begin
/// markup or end the quotes is a character reference).
#[must_use]
pub fn escape_html(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

/// The text as a value inside a query (RFC 3986, 2.3: what is unreserved stays).
#[must_use]
pub fn query_value(text: &str) -> String {
    let digit = |half: u8| char::from(b"0123456789ABCDEF"[usize::from(half)]);
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            encoded.extend(['%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_and_case_are_folded() {
        assert_eq!(fold("Ñandú Straße Łódź Bogotá"), "nandu strasse lodz bogota");
        assert_eq!(fold("İstanbul ﬁn"), "istanbul fin");
        assert_eq!(fold("東京"), "東京");
        assert_eq!(words(" Beethoven: Sinfonía (n.º 9) "), "beethoven sinfonia n o 9");
    }

    #[test]
    fn slugs_are_plain() {
        assert_eq!(slug("Beethoven: Sinfonía n.º 9").as_deref(), Some("beethoven-sinfonia-n-o-9"));
        assert_eq!(slug("L'Orfeo").as_deref(), Some("lorfeo"));
        assert_eq!(slug("東京"), None);
        assert!(slug(&"long ".repeat(50)).is_some_and(|text| text.len() <= 80 && !text.ends_with('-')));
    }

    #[test]
    fn markup_and_addresses_are_written_safely() {
        assert_eq!(escape_html(r#"<a href='x'>&"</a>"#), "&lt;a href=&#39;x&#39;&gt;&amp;&quot;&lt;/a&gt;");
        assert_eq!(query_value("a b+c/é~"), "a%20b%2Bc%2F%C3%A9~");
        assert_eq!(query_value("/events/a?b=ñ"), "%2Fevents%2Fa%3Fb%3D%C3%B1");
    }
}
