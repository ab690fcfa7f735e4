//! As much of PromQL as is needed to say which metrics a query asks for, by which labels.

use std::collections::BTreeSet;

const WORDS: [&str; 12] =
    ["and", "or", "unless", "by", "without", "on", "ignoring", "group_left", "group_right", "offset", "bool", "inf"];
/// Words that labels follow, in brackets.
const BEFORE_LABELS: [&str; 6] = ["by", "without", "on", "ignoring", "group_left", "group_right"];

/// What a query names.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Asked {
    /// Metrics, each with the labels that its matchers name.
    pub(crate) metrics: Vec<(String, BTreeSet<String>)>,
    /// Labels that series are grouped or matched by.
    pub(crate) grouped_by: BTreeSet<String>,
}

/// Reads a query.
pub(crate) fn asked(query: &str) -> Asked {
    let mut asked = Asked::default();
    let mut rest = query.trim_start();
    let mut labels_follow = false;
    while let Some(first) = rest.chars().next() {
        if first.is_ascii_alphabetic() || first == '_' || first == ':' {
            let (word, after) = split_word(rest);
            rest = after.trim_start();
            if WORDS.contains(&word) {
                labels_follow = BEFORE_LABELS.contains(&word);
                continue;
            }
            let is_function = rest.starts_with('(') || ["by", "without"].contains(&split_word(rest).0);
            if !is_function {
                asked.metrics.push((word.to_owned(), BTreeSet::new()));
            }
            labels_follow = false;
        } else if first.is_ascii_digit() {
            // A number or a duration, such as 14.4 or 5m.
            rest = rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '.').trim_start();
        } else if first == '{' {
            let (inside, after) = split_braces(rest);
            if let Some((_, labels)) = asked.metrics.last_mut() {
                labels.extend(matchers(inside));
            }
            rest = after.trim_start();
        } else if first == '(' && labels_follow {
            let (inside, after) = rest[1..].split_once(')').expect("a bracket that is closed");
            asked.grouped_by.extend(inside.split(',').map(str::trim).filter(|l| !l.is_empty()).map(str::to_owned));
            labels_follow = false;
            rest = after.trim_start();
        } else {
            rest = rest[first.len_utf8()..].trim_start();
        }
    }
    asked
}

fn split_word(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == ':')).unwrap_or(text.len());
    text.split_at(end)
}

/// What is between braces, and what follows them; a brace in a string does not count.
fn split_braces(text: &str) -> (&str, &str) {
    let mut in_string = false;
    for (at, c) in text.char_indices() {
        match c {
            '"' => in_string = !in_string,
            '}' if !in_string => return (&text[1..at], &text[at + 1..]),
            _ => {}
        }
    }
    panic!("braces that are not closed: {text}")
}

/// The labels of `role="a", route=~"b,c"`.
fn matchers(inside: &str) -> Vec<String> {
    let outside_strings: String = inside.split('"').step_by(2).collect();
    let parts = outside_strings.split(',').map(|part| part.trim().trim_end_matches(['=', '~', '!']).to_owned());
    parts.filter(|label| !label.is_empty()).collect()
}

#[test]
fn metrics_and_labels_are_told_from_words_functions_and_numbers() {
    let found = asked(
        "1 - sum by (le, role) (rate(a_bucket{role=~\"x,y|{z}\", le!=\"0.5\"}[5m] offset 1h))
           / on () group_left (job) (job:b:rate5m unless c > 14.4 * 1e3) and on (d) vector(0)",
    );
    let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    let metric = |name: &str, labels: &[&str]| (name.to_owned(), set(labels));
    let wanted = vec![metric("a_bucket", &["role", "le"]), metric("job:b:rate5m", &[]), metric("c", &[])];
    assert_eq!(found, Asked { metrics: wanted, grouped_by: set(&["le", "role", "job", "d"]) });
}
