//! Migrations that the running version does not bear: while an installation is upgraded, processes of the version before
//! work on the new schema, and nobody is to wait for a lock meanwhile.
//!
//! A statement that must be made all the same says why on the line before it: `-- Borne: …`.

use super::Finding;
use std::collections::BTreeSet;
use std::path::Path;

/// Where the scripts are.
const FOLDER: &str = "migration/sql";
/// A comment that begins so, right before a statement, says why it is borne.
const WAIVER: &str = "-- Borne: ";
/// Applied before there was this rule; a script that was applied is never changed.
const BEFORE_THE_RULE: &[&str] = &[
    "admin/V0004__organisations.sql",
    "auth/V0004__organisations.sql",
    "booking/V0004__forgetting.sql",
    "booking/V0005__organisers.sql",
    "booking/V0009__replay.sql",
    "booking/V0011__organisations.sql",
    "booking/V0012__check_in.sql",
    "gateway/V0002__audit.sql",
    "notification/V0002__orders_told.sql",
    "payment/V0003__ledger.sql",
    "payment/V0005__entry_in_one_row.sql",
];

/// What may be dropped: it only loosens, or only costs time.
const DROPPABLE: [&str; 3] = ["CONSTRAINT", "NOT", "INDEX"];

/// Checks one script; other files have nothing to be found in.
pub(super) fn check(path: &Path, text: &str) -> Vec<Finding> {
    let is_script = path.starts_with(FOLDER) && path.extension().is_some_and(|extension| extension == "sql");
    if !is_script || BEFORE_THE_RULE.iter().any(|known| path == Path::new(FOLDER).join(known)) {
        return Vec::new();
    }
    let statements = statements(text);
    let made: BTreeSet<&str> = statements.iter().filter_map(|statement| table_made(&statement.words)).collect();
    let refused = statements.iter().filter(|statement| !statement.is_waived);
    refused
        .flat_map(|statement| {
            problems(&statement.words, &made).into_iter().map(move |message| (statement.line, message))
        })
        .map(|(line, message)| Finding { path: path.to_owned(), line, message })
        .collect()
}

/// A statement: where it begins, and its words in capitals; brackets and commas are words of their own.
struct Statement {
    line: usize,
    words: Vec<String>,
    is_waived: bool,
}

fn statements(text: &str) -> Vec<Statement> {
    let mut found = Vec::new();
    let mut words: Vec<String> = Vec::new();
    let (mut first, mut is_waived, mut body) = (0, false, None::<String>);
    for (number, line) in text.lines().enumerate() {
        let line_of_code = line.trim_start();
        if body.is_none() && line_of_code.starts_with("--") {
            is_waived |= words.is_empty() && line_of_code.starts_with(WAIVER);
            continue;
        }
        for word in words_of(line) {
            match &body {
                // A function's text is not run by the migration.
                Some(quote) if word == *quote => body = None,
                Some(_) => {}
                None if word.starts_with('$') && word.ends_with('$') && word.len() > 1 => body = Some(word),
                None if word == ";" => {
                    if !words.is_empty() {
                        found.push(Statement { line: first, words: std::mem::take(&mut words), is_waived });
                    }
                    is_waived = false;
                }
                None => {
                    if words.is_empty() {
                        first = number + 1;
                    }
                    words.push(word);
                }
            }
        }
    }
    if !words.is_empty() {
        found.push(Statement { line: first, words, is_waived });
    }
    found
}

/// The words of a line up to its comment, in capitals; texts in quotes are left out.
fn words_of(line: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut word = String::new();
    let mut is_quoted = false;
    let mut characters = line.chars().peekable();
    while let Some(c) = characters.next() {
        if c == '\'' {
            is_quoted = !is_quoted;
            continue;
        }
        if is_quoted {
            continue;
        }
        if c == '-' && characters.peek() == Some(&'-') {
            break;
        }
        if c.is_whitespace() || "(),;".contains(c) {
            found.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
            found.extend((!c.is_whitespace()).then(|| c.to_string()));
        } else {
            word.extend(c.to_uppercase());
        }
    }
    found.extend((!word.is_empty()).then_some(word));
    found
}

/// The table that a statement makes.
fn table_made(words: &[String]) -> Option<&str> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["CREATE", "TABLE", "IF", "NOT", "EXISTS", name, ..]
        | ["CREATE", "UNLOGGED", "TABLE", name, ..]
        | ["CREATE", "TABLE", name, ..] => Some(*name),
        _ => None,
    }
}

fn problems(words: &[String], made: &BTreeSet<&str>) -> Vec<String> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut found = Vec::new();
    let mut refuse =
        |what: &str, remedy: &str| found.push(format!("{what}: {remedy}, or say why it is borne (`{WAIVER}…`)"));
    match words.as_slice() {
        ["CREATE", "INDEX", ..] | ["CREATE", "UNIQUE", "INDEX", ..] => {
            if let Some(table) = after(&words, "ON").filter(|table| !made.contains(table)) {
                let what = format!("an index on {table}, which nobody can write to until it is built");
                refuse(&what, "give the index to a table that is made here");
            }
        }
        ["ALTER", "TABLE", rest @ ..] => {
            let table = rest.iter().find(|word| !["IF", "EXISTS", "ONLY"].contains(word)).copied().unwrap_or_default();
            for clause in clauses(rest) {
                of_clause(&clause, made.contains(table), &mut refuse);
            }
        }
        ["DROP", what, ..] if !DROPPABLE.contains(what) => {
            refuse(&format!("DROP {what}"), "the version before uses it: let one release pass without, then drop it");
        }
        ["ALTER", .., "RENAME", _, _] | ["ALTER", .., "RENAME", _, _, _] => {
            refuse("RENAME", "the version before asks for the old name: add the new one beside");
        }
        ["TRUNCATE" | "LOCK" | "CLUSTER", ..] | ["VACUUM", "FULL", ..] => {
            refuse(words[0], "everybody waits for it");
        }
        _ => {}
    }
    found
}

fn of_clause(clause: &[&str], is_new: bool, refuse: &mut impl FnMut(&str, &str)) {
    let has = |wanted: &[&str]| clause.windows(wanted.len()).any(|part| part == wanted);
    match clause {
        ["DROP", what, ..] if !DROPPABLE.contains(what) => {
            refuse("DROP of a column", "the version before uses it: let one release pass without, then drop it");
        }
        _ if clause.contains(&"RENAME") => {
            refuse("RENAME", "the version before asks for the old name: add the new one beside");
        }
        ["ALTER", ..] if has(&["SET", "NOT", "NULL"]) => {
            refuse("SET NOT NULL", "the version before may write none: add a check that is NOT VALID");
        }
        ["ALTER", ..] if has(&["DROP", "DEFAULT"]) => {
            refuse("DROP DEFAULT", "the version before does not name the column");
        }
        ["ALTER", ..] if clause.contains(&"TYPE") => {
            refuse("another type", "the version before reads the old one, and the table is written anew: add a column");
        }
        ["ADD", "CONSTRAINT" | "CHECK" | "FOREIGN" | "UNIQUE" | "PRIMARY", ..]
            if !is_new && !has(&["NOT", "VALID"]) && !has(&["USING", "INDEX"]) =>
        {
            refuse("a constraint that looks at every row while nobody can write", "make it NOT VALID");
        }
        ["ADD", ..] if has(&["NOT", "NULL"]) && !clause.contains(&"DEFAULT") && !clause.contains(&"GENERATED") => {
            refuse("a column that is NOT NULL without a DEFAULT", "the version before does not write it: give it one");
        }
        _ => {}
    }
}

/// The parts of what is altered, between commas that are in no brackets; without the table's name.
fn clauses<'a>(words: &[&'a str]) -> Vec<Vec<&'a str>> {
    let begin = words.iter().position(|word| ["ADD", "ALTER", "DROP", "RENAME", "SET", "VALIDATE"].contains(word));
    let mut found = vec![Vec::new()];
    let mut depth = 0;
    for word in &words[begin.unwrap_or(words.len())..] {
        match *word {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ => {}
        }
        if *word == "," && depth == 0 {
            found.push(Vec::new());
        } else if let Some(clause) = found.last_mut() {
            clause.push(*word);
        }
    }
    found
}

fn after<'a>(words: &[&'a str], wanted: &str) -> Option<&'a str> {
    let at = words.iter().position(|word| *word == wanted)?;
    words[at + 1..].iter().find(|word| **word != "ONLY").copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(sql: &str) -> Vec<String> {
        let found = check(Path::new("migration/sql/booking/V9999__test.sql"), sql);
        found.into_iter().map(|finding| format!("{}: {}", finding.line, finding.message)).collect()
    }

    #[test]
    fn what_the_version_before_or_its_locks_do_not_bear_is_refused() {
        for (sql, what) in [
            ("DROP TABLE booking.old;", "DROP TABLE"),
            ("ALTER TABLE booking.orders DROP COLUMN number;", "DROP of a column"),
            ("ALTER TABLE booking.orders DROP number;", "DROP of a column"),
            ("ALTER TABLE booking.orders RENAME COLUMN number TO code;", "RENAME"),
            ("ALTER INDEX booking.orders_due RENAME TO orders_late;", "RENAME"),
            ("ALTER TABLE booking.orders ALTER COLUMN amount TYPE numeric;", "another type"),
            ("ALTER TABLE booking.orders ALTER amount SET NOT NULL;", "SET NOT NULL"),
            ("ALTER TABLE booking.orders ADD note text, ADD COLUMN a int NOT NULL;", "NOT NULL without"),
            ("CREATE INDEX orders_note ON booking.orders (note);", "an index on BOOKING.ORDERS"),
            ("ALTER TABLE booking.orders ADD CONSTRAINT sound CHECK (amount > 0);", "every row"),
            ("TRUNCATE booking.inbox;", "TRUNCATE"),
        ] {
            let found = messages(sql);
            assert!(found.len() == 1 && found[0].contains(what), "{sql} gave {found:?}");
        }
    }

    #[test]
    fn what_is_borne_passes() {
        let sql = "CREATE TABLE booking.notes (id uuid PRIMARY KEY, text text NOT NULL);
            CREATE INDEX notes_text ON booking.notes (text); -- DROP TABLE is only said here
            ALTER TABLE booking.orders
                ADD COLUMN note text,
                ADD COLUMN rank int NOT NULL DEFAULT 0, -- NOT NULL
                ADD CONSTRAINT sound CHECK (rank IN (0, 1)) NOT VALID,
                ALTER COLUMN note DROP NOT NULL,
                DROP CONSTRAINT other;
            COMMENT ON TABLE booking.notes IS 'nobody can DROP TABLE; by this';
            CREATE FUNCTION booking.f() RETURNS void LANGUAGE sql AS $$ DROP TABLE booking.notes; $$;
            -- Borne: it has a row an event, some hundreds.
            CREATE INDEX inventories_status ON booking.inventories (status);";
        assert_eq!(messages(sql), Vec::<String>::new());
        let waived_once = "-- Borne: it is empty.\nDROP TABLE booking.a;\nDROP TABLE booking.b;";
        assert_eq!(messages(waived_once).len(), 1, "it is said for one statement");
    }
}
