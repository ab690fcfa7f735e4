//! Settings that the code reads and the table of docs/operations.md are the same.

use super::Finding;
use super::source::{Source, is_word, line_of};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The table's file.
pub(super) const TABLE: &str = "docs/operations.md";
/// The functions that read a setting by its name.
const READERS: [&str; 9] = ["text", "get", "get_or", "require", "secret", "list", "switch", "rate", "set"];
/// Crates that no operator runs.
const TOOLS: [&str; 4] = ["xtask", "testkit", "load-testing", "simulation"];

/// Where settings are read, by name.
#[derive(Default)]
pub(super) struct Settings {
    read: BTreeMap<String, (PathBuf, usize)>,
    /// Every literal that could be a setting's name, however it is used.
    named: BTreeSet<String>,
}

impl Settings {
    /// Takes in what a file reads.
    pub(super) fn take(&mut self, path: &Path, text: &str) {
        let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
        let tool = parts.first().is_none_or(|krate| TOOLS.contains(&krate.as_ref()));
        if tool || parts.get(1).is_none_or(|folder| folder != "src") {
            return;
        }
        let tests = Source::parse(text).test_modules();
        for (at, literal) in literals(text) {
            let line = line_of(text, at);
            let Some(name) = setting_name(literal) else { continue };
            if tests.iter().any(|lines| lines.contains(&line)) {
                continue;
            }
            if is_read(&text[..at]) {
                self.read.entry(name.clone()).or_insert_with(|| (path.to_owned(), line));
            }
            self.named.insert(name);
        }
    }

    /// What is read and not in the table, and what is in the table and nowhere in the code.
    pub(super) fn check(&self, table: &str) -> Vec<Finding> {
        let documented: BTreeMap<String, usize> = (1..).zip(table.lines()).filter_map(documented).collect();
        let mut findings = Vec::new();
        for (name, (path, line)) in &self.read {
            if !documented.contains_key(name) {
                let message = format!("the setting {name} is not in {TABLE}");
                findings.push(Finding { path: path.clone(), line: *line, message });
            }
        }
        for (name, line) in documented {
            if !self.named.contains(&name) {
                let message = format!("nothing reads the setting {name}");
                findings.push(Finding { path: PathBuf::from(TABLE), line, message });
            }
        }
        findings
    }
}

/// The setting of a line of the table: its first cell.
fn documented((number, line): (usize, &str)) -> Option<(String, usize)> {
    let cell = line.strip_prefix("| `")?.split('`').next()?;
    Some((cell.to_owned(), number))
}

/// The literals of one line each, with the place of their opening mark.
fn literals(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.match_indices('"').filter_map(|(at, _)| {
        let rest = &text[at + 1..];
        let end = rest.find(['"', '\n'])?;
        rest[end..].starts_with('"').then(|| (at, &rest[..end]))
    })
}

/// The name as the table writes it: `DATABASE_URL_{suffix}` is `DATABASE_URL_<ROLE>`.
fn setting_name(literal: &str) -> Option<String> {
    let (fixed, varies) = match literal.split_once('{') {
        Some((fixed, rest)) if rest.ends_with('}') && fixed.ends_with('_') => (fixed, true),
        Some(_) => return None,
        None => (literal, false),
    };
    let allowed = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    let good = fixed.len() > 3 && fixed.starts_with(|c: char| c.is_ascii_uppercase()) && fixed.chars().all(allowed);
    good.then(|| if varies { format!("{fixed}<ROLE>") } else { fixed.to_owned() })
}

/// Whether the code before a literal calls a reader with it: `env.get_or("`, `switch(env, "`, `env = "`.
fn is_read(before: &str) -> bool {
    let mut code = before.trim_end();
    if code.ends_with("env =") {
        return true;
    }
    for prefix in ["&format!(", "env,"] {
        code = code.strip_suffix(prefix).unwrap_or(code).trim_end();
    }
    let Some(code) = code.strip_suffix('(') else { return false };
    let code = match code.rfind("::<") {
        Some(generic) if code.ends_with('>') => &code[..generic],
        _ => code,
    };
    let start = code.rfind(|c: char| !is_word(c)).map_or(0, |at| at + 1);
    READERS.contains(&&code[start..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(code: &str, table: &str) -> Vec<String> {
        let mut settings = Settings::default();
        settings.take(Path::new("auth/src/config.rs"), code);
        settings.check(table).into_iter().map(|finding| finding.message).collect()
    }

    #[test]
    fn settings_that_are_read_must_be_in_the_table() {
        let code = "fn of() {\n    env.get_or(\"ARGON2_QUEUE\", 64)?;\n    env.get::<u8>(\n        \"PORT\",\n    )?;\n    \
                    env.text(&format!(\"LISTEN_{suffix}\"))?;\n    switch(env, \"SWEEPER\")?;\n}\n";
        let table = "| `ARGON2_QUEUE` | 64 | waits |\n| `PORT` | | |\n| `LISTEN_<ROLE>` | | |\n| `SWEEPER` | on | |\n";
        assert_eq!(findings(code, table), [] as [&str; 0]);
        assert_eq!(findings(code, "").len(), 4);
    }

    #[test]
    fn the_table_has_no_settings_that_nobody_reads() {
        assert_eq!(findings("", "| `GONE` | | |\n"), ["nothing reads the setting GONE"]);
    }

    #[test]
    fn other_words_in_capitals_and_tests_are_no_settings() {
        let code =
            "const A: &str = \"PENDING\";\n#[cfg(test)]\nmod tests {\n    fn a() { env.text(\"ONLY_HERE\"); }\n}\n";
        assert_eq!(findings(code, ""), [] as [&str; 0]);
    }
}
