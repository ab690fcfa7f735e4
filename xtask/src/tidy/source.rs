//! A Rust file taken apart just far enough: what is code, what is comment, what is a test, where functions end.

/// A file of which code and comments can be looked at apart. Both have the text's own lines.
pub(crate) struct Source {
    /// The code; comments and the insides of literals are blank.
    pub(crate) code: String,
    /// The comments; all else is blank.
    pub(crate) comments: String,
}

/// A function's extent, in lines from 1.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Function {
    pub(crate) name: String,
    pub(crate) first_line: usize,
    pub(crate) last_line: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Code,
    Comment,
    Literal,
}

impl Source {
    pub(crate) fn parse(text: &str) -> Self {
        let chars: Vec<char> = text.chars().collect();
        let mut parts = vec![Part::Code; chars.len()];
        let mut at = 0;
        while at < chars.len() {
            let (end, part) = token(&chars, at);
            parts[at..end].fill(part);
            at = end;
        }
        let only = |wanted: Part| {
            let pairs = chars.iter().zip(&parts);
            pairs.map(|(c, part)| if *part == wanted || *c == '\n' { *c } else { ' ' }).collect()
        };
        Self { code: only(Part::Code), comments: only(Part::Comment) }
    }

    /// The functions that have a body.
    pub(crate) fn functions(&self) -> Vec<Function> {
        let mut found = Vec::new();
        for (start, _) in self.code.match_indices("fn ") {
            let before = self.code[..start].chars().next_back();
            let name: String = self.code[start + 3..].trim_start().chars().take_while(|c| is_word(*c)).collect();
            if before.is_some_and(is_word) || name.is_empty() {
                continue;
            }
            if let Some(end) = body_end(&self.code[start..]) {
                let first_line = line_of(&self.code, start);
                found.push(Function { name, first_line, last_line: line_of(&self.code, start + end) });
            }
        }
        found
    }

    /// The lines of modules that are compiled for tests only.
    pub(crate) fn test_modules(&self) -> Vec<std::ops::RangeInclusive<usize>> {
        let marks = self.code.match_indices("#[cfg(test)]");
        let modules = marks.filter_map(|(start, mark)| {
            let after = &self.code[start + mark.len()..];
            let item = after.trim_start();
            let end = if item.starts_with("mod ") { body_end(item) } else { None }?;
            let end = start + mark.len() + (after.len() - item.len()) + end;
            Some(line_of(&self.code, start)..=line_of(&self.code, end))
        });
        modules.collect()
    }
}

/// The line, from 1, of a byte of the text.
pub(crate) fn line_of(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

pub(crate) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Where the first block ends; nothing where a `;` comes before any block (a declaration).
fn body_end(code: &str) -> Option<usize> {
    let mut brackets = 0_usize;
    let mut braces = 0_usize;
    for (at, c) in code.char_indices() {
        match c {
            '(' | '[' => brackets += 1,
            ')' | ']' => brackets = brackets.saturating_sub(1),
            ';' if brackets == 0 && braces == 0 => return None,
            '{' => braces += 1,
            '}' => {
                braces = braces.checked_sub(1)?;
                if braces == 0 && brackets == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

/// Where the piece that begins at `at` ends, and what it is.
fn token(chars: &[char], at: usize) -> (usize, Part) {
    let next = chars.get(at + 1).copied();
    match chars[at] {
        '/' if next == Some('/') => (find(chars, at, |rest| rest[0] == '\n'), Part::Comment),
        '/' if next == Some('*') => (block_comment_end(chars, at), Part::Comment),
        '"' => (string_end(chars, at + 1), Part::Literal),
        '\'' => (char_end(chars, at), Part::Literal),
        c if is_word(c) => word(chars, at),
        _ => (at + 1, Part::Code),
    }
}

/// A word, or the raw string that it begins: `r"…"`, `br#"…"#`.
fn word(chars: &[char], at: usize) -> (usize, Part) {
    let end = find(chars, at, |rest| !is_word(rest[0]));
    let prefix: String = chars[at..end].iter().collect();
    if ["r", "br", "cr"].contains(&prefix.as_str()) {
        let quote = find(chars, end, |rest| rest[0] != '#');
        if chars.get(quote) == Some(&'"') {
            let hashes = quote - end;
            let closes =
                |rest: &[char]| rest[0] == '"' && rest.len() > hashes && rest[1..=hashes].iter().all(|c| *c == '#');
            return ((find(chars, quote + 1, closes) + 1 + hashes).min(chars.len()), Part::Literal);
        }
    }
    (end, Part::Code)
}

fn find(chars: &[char], from: usize, wanted: impl Fn(&[char]) -> bool) -> usize {
    (from..chars.len()).find(|at| wanted(&chars[*at..])).unwrap_or(chars.len())
}

fn string_end(chars: &[char], mut at: usize) -> usize {
    while at < chars.len() && chars[at] != '"' {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    (at + 1).min(chars.len())
}

/// A character's literal, or only the mark of a lifetime.
fn char_end(chars: &[char], at: usize) -> usize {
    match (chars.get(at + 1), chars.get(at + 2)) {
        (Some('\\'), _) => (find(chars, at + 3, |rest| rest[0] == '\'') + 1).min(chars.len()),
        (Some(_), Some('\'')) => at + 3,
        _ => at + 1,
    }
}

fn block_comment_end(chars: &[char], mut at: usize) -> usize {
    let mut depth = 0_usize;
    while at + 1 < chars.len() {
        match (chars[at], chars[at + 1]) {
            ('/', '*') => (depth, at) = (depth + 1, at + 2),
            ('*', '/') if depth == 1 => return at + 2,
            ('*', '/') => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
    }
    chars.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_comments_and_literals_are_told_apart() {
        let text = "let a = \"no // comment \\\" { \"; // yes {\nlet c = '\\''; let l: &'static str = r#\"}\"#; /* x /* y */ z */ end";
        let source = Source::parse(text);
        assert!(source.code.contains("let a =") && source.code.contains("end"));
        assert!(!source.code.contains('{') && !source.code.contains('}') && !source.code.contains("no"));
        assert!(source.code.contains("static str"));
        assert!(source.comments.contains("// yes {") && source.comments.contains("/* x /* y */ z */"));
        assert_eq!(source.code.lines().count(), text.lines().count());
    }

    #[test]
    fn functions_end_where_their_body_ends() {
        let text = "trait T {\n    fn declared(&self) -> [u8; 4];\n}\nfn short() {}\n\npub async fn long<F: Fn(u8) -> u8>(f: F)\nwhere\n    F: Send,\n{\n    let s = \"}\";\n    if f(1) == b'}' { loop {} }\n}\nfn last() {}\n";
        let found = Source::parse(text).functions();
        let extents: Vec<_> = found.iter().map(|f| (f.name.as_str(), f.first_line, f.last_line)).collect();
        assert_eq!(extents, [("short", 4, 4), ("long", 6, 12), ("last", 13, 13)]);
    }

    #[test]
    fn test_modules_are_found() {
        let text =
            "fn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\n#[cfg(test)]\nuse x::y;\n#[cfg(test)]\nmod far;\n";
        assert_eq!(Source::parse(text).test_modules(), [2..=5]);
    }
}
