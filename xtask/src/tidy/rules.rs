//! What files may hold and how long they may be.

use super::Finding;
use super::source::{Source, is_word, line_of};
use std::path::Path;

/// Lines of a production file, its inline tests not counted.
const FILE_LINES_MAX: usize = 500;
/// Lines of a function.
const FUNCTION_LINES_MAX: usize = 70;
/// Lines of tests inside a production file; longer ones go to `tests/`.
const INLINE_TEST_LINES_MAX: usize = 150;

/// Places of one machine, in two halves so that this file does not hold them itself.
const MACHINE_PATHS: [(&str, &str); 4] = [("/wo", "rk/"), ("/tmp/", "dev"), ("/ro", "ot/"), ("/ho", "me/")];

/// Rules of every text file.
pub(super) fn of_every_file(path: &Path, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (start, end) in MACHINE_PATHS {
        let pattern = format!("{start}{end}");
        for (at, _) in text.match_indices(&pattern) {
            let before = text[..at].chars().next_back();
            if !before.is_some_and(|c| is_word(c) || ".-}:)".contains(c)) {
                findings.push(finding(path, line_of(text, at), format!("a path of one machine: {pattern}")));
            }
        }
    }
    findings
}

/// Rules of Rust files.
pub(super) fn of_rust(path: &Path, text: &str) -> Vec<Finding> {
    let source = Source::parse(text);
    let mut findings = forbidden(path, &source);
    findings.extend(without_docs(path, text));
    if is_production(path) {
        findings.extend(too_long(path, text, &source));
    }
    findings
}

fn is_production(path: &Path) -> bool {
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    parts.iter().any(|part| part == "src") && !parts.iter().any(|part| part == "tests")
}

fn forbidden(path: &Path, source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    let in_code = [
        ("#[allow(", "use #[expect(…, reason = \"…\")]"),
        ("#![allow(", "use #![expect(…, reason = \"…\")]"),
        ("unimplemented!", "finish it or take it out"),
        ("todo!", "finish it or take it out"),
    ];
    for (pattern, remedy) in in_code {
        for (at, _) in source.code.match_indices(pattern) {
            findings.push(finding(path, line_of(&source.code, at), format!("{pattern}: {remedy}")));
        }
    }
    for pattern in ["TODO", "FIXME", "XXX", "HACK"] {
        for (at, _) in source.comments.match_indices(pattern) {
            let around =
                (source.comments[..at].chars().next_back(), source.comments[at + pattern.len()..].chars().next());
            if !around.0.is_some_and(is_word) && !around.1.is_some_and(is_word) {
                findings.push(finding(
                    path,
                    line_of(&source.comments, at),
                    format!("{pattern}: do it, or file it as an issue"),
                ));
            }
        }
    }
    findings
}

fn without_docs(path: &Path, text: &str) -> Option<Finding> {
    let first = text.lines().find(|line| !line.trim().is_empty() && !line.starts_with("#!["));
    let documented = first.is_some_and(|line| line.starts_with("//!"));
    (!documented).then(|| finding(path, 1, "begin with //! and what the module is for".to_owned()))
}

fn too_long(path: &Path, text: &str, source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    let tests = source.test_modules();
    let test_lines: usize = tests.iter().map(|lines| lines.end() - lines.start() + 1).sum();
    let lines = text.lines().count() - test_lines;
    if lines > FILE_LINES_MAX {
        findings.push(finding(path, 1, format!("{lines} lines, {FILE_LINES_MAX} at most: split it by concern")));
    }
    if test_lines > INLINE_TEST_LINES_MAX {
        let message =
            format!("{test_lines} lines of inline tests, {INLINE_TEST_LINES_MAX} at most: move them to tests/");
        findings.push(finding(path, *tests[0].start(), message));
    }
    for function in source.functions() {
        let length = function.last_line - function.first_line + 1;
        let in_tests = tests.iter().any(|lines| lines.contains(&function.first_line));
        if length > FUNCTION_LINES_MAX && !in_tests {
            let message = format!("fn {} has {length} lines, {FUNCTION_LINES_MAX} at most", function.name);
            findings.push(finding(path, function.first_line, message));
        }
    }
    findings
}

fn finding(path: &Path, line: usize, message: String) -> Finding {
    Finding { path: path.to_owned(), line, message }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(path: &str, text: &str) -> Vec<(usize, String)> {
        let path = Path::new(path);
        let all = of_every_file(path, text).into_iter().chain(of_rust(path, text));
        all.map(|finding| (finding.line, finding.message)).collect()
    }

    fn only(path: &str, text: &str) -> (usize, String) {
        let found = messages(path, text);
        assert_eq!(found.len(), 1, "{found:?}");
        found.into_iter().next().expect("one")
    }

    #[test]
    fn a_tidy_file_passes() {
        let text = "//! A module.\n\n/// Adds.\npub fn add(a: u8, b: u8) -> u8 {\n    a.wrapping_add(b)\n}\n";
        assert_eq!(messages("core/src/add.rs", text), []);
    }

    #[test]
    fn long_files_are_found_and_inline_tests_not_counted() {
        let long = format!("//! Long.\n{}", "const _A: () = ();\n".repeat(500));
        assert!(only("core/src/long.rs", &long).1.starts_with("501 lines"));
        assert_eq!(messages("core/tests/it/long.rs", &long), []);
        let tests = format!(
            "//! Long.\n{}#[cfg(test)]\nmod tests {{\n{}}}\n",
            "const _A: () = ();\n".repeat(499),
            "\n".repeat(140)
        );
        assert_eq!(messages("core/src/long.rs", &tests), []);
        let swollen = tests.replace("mod tests {\n", &format!("mod tests {{\n{}", "\n".repeat(10)));
        assert!(only("core/src/long.rs", &swollen).1.contains("move them to tests/"));
    }

    #[test]
    fn long_functions_are_found() {
        let of = |lines: usize| format!("//! F.\nfn long() {{\n{}}}\n", "    work();\n".repeat(lines - 2));
        assert_eq!(messages("core/src/f.rs", &of(70)), []);
        assert_eq!(only("core/src/f.rs", &of(71)), (2, "fn long has 71 lines, 70 at most".to_owned()));
    }

    #[test]
    fn forbidden_words_are_found_in_code_and_comments_only() {
        let hash = "#";
        assert_eq!(only("a/src/a.rs", &format!("//! A.\n{hash}[allow(dead_code)]\nfn a() {{}}\n")).0, 2);
        assert_eq!(only("a/src/a.rs", "//! A.\nfn a() {\n    unimplemented!()\n}\n").0, 3);
        for word in ["TODO", "FIXME"] {
            assert_eq!(only("a/src/a.rs", &format!("//! A.\n// {word}: later\nfn a() {{}}\n")).0, 2);
            assert_eq!(messages("a/src/a.rs", &format!("//! A.\nconst A: &str = \"{word}\";\n")), []);
        }
        assert_eq!(messages("a/src/a.rs", "//! A.\n// METODOS\nfn a() {}\n"), []);
    }

    #[test]
    fn paths_of_one_machine_are_found_in_any_file() {
        for (start, end) in MACHINE_PATHS {
            let text = format!("[paths]\ndata = \"{start}{end}x\"\n");
            assert_eq!(of_every_file(Path::new("a.toml"), &text).len(), 1, "{text}");
        }
        let (start, end) = MACHINE_PATHS[0];
        assert_eq!(of_every_file(Path::new("a.md"), &format!("net{start}{end}x")), []);
    }

    #[test]
    fn modules_say_what_they_are_for() {
        assert_eq!(only("a/src/a.rs", "use std::fmt;\n").1, "begin with //! and what the module is for");
        assert_eq!(messages("a/src/a.rs", "#![forbid(unsafe_code)]\n\n//! A.\n"), []);
    }
}
