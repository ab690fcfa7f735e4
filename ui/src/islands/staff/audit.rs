//! The audit log: searched by who, what, on what and when; an entry's detail; the chain's head; the whole as CSV.

use super::audit_html as html;
use super::desk::{Desk, encoded};
use super::sent::Sent;
use crate::api::{self, Failure};
use crate::browser;
use crate::components::{Wrong, looks_like_email};
use crate::islands::dom;
use js_sys::{Array, Date};
use leptos::task::spawn_local;
use onsale_core::api::audit::{AuditEntry, AuditHead};
use onsale_core::api::page::Page;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use web_sys::{Blob, BlobPropertyBag, Element};

/// The page's address.
const HERE: &str = "/organiser/audit";
/// Where the entries stand.
const ENTRIES: &str = "entries";
const PAGE: u32 = 50;
/// As many pages of 100 go into a file.
const FILE_PAGES_MAX: usize = 100;

/// What is looked for, as it was typed; the days are this computer's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) actor: String,
    pub(super) action: String,
    pub(super) object: String,
    pub(super) from: String,
    pub(super) until: String,
}

/// The fields by their names in the form and in the page's address.
const NAMES: [&str; 5] = ["actor", "action", "object", "from", "until"];

impl Wanted {
    fn read(value: impl Fn(&str) -> String) -> Self {
        let [actor, action, object, from, until] = NAMES.map(value);
        Self { actor, action, object, from, until }
    }

    fn values(&self) -> [&str; 5] {
        [&self.actor, &self.action, &self.object, &self.from, &self.until]
    }

    /// What is asked of the API.
    fn query(&self) -> String {
        let from = day_begins(&self.from, 0);
        let until = day_begins(&self.until, 1);
        let asked = [
            ("actor", self.actor.as_str()),
            ("action", &self.action),
            ("objectId", &self.object),
            ("from", &from),
            ("until", &until),
        ];
        joined(asked.into_iter())
    }

    /// The page's address with it, so that a reload or a link finds the same.
    fn address(&self) -> String {
        let query = joined(NAMES.into_iter().zip(self.values()));
        if query.is_empty() { HERE.to_owned() } else { format!("{HERE}?{}", &query[1..]) }
    }
}

/// What is not empty, each after an ampersand.
fn joined<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    pairs.filter(|(_, value)| !value.is_empty()).map(|(name, value)| format!("&{name}={}", encoded(value))).collect()
}

/// When a day begins here, or the one so many days later; nothing where it is none.
fn day_begins(day: &str, later: u32) -> String {
    if day.is_empty() {
        return String::new();
    }
    let date = Date::new(&JsValue::from_str(&format!("{day}T00:00:00")));
    if date.get_time().is_nan() {
        return String::new();
    }
    date.set_date(date.get_date() + later);
    date.to_iso_string().into()
}

/// What is shown.
#[derive(Default)]
struct Log {
    wanted: Wanted,
    entries: Vec<AuditEntry>,
    cursor: Option<String>,
    /// Counts what was asked for; an answer to something earlier is none any more.
    turn: u32,
}

type Shared = Rc<RefCell<Log>>;

/// Asks for the newest entries and the head, and shows them.
pub(super) fn begin(desk: Desk) {
    let wanted = Wanted::read(|name| browser::parameter(name).unwrap_or_default());
    let shared: Shared = Rc::new(RefCell::new(Log { wanted, ..Log::default() }));
    let (for_acts, for_forms) = (shared.clone(), shared.clone());
    desk.listen(
        move |name, element| pressed(desk, &for_acts, name, element),
        move |_, form| search(desk, &for_forms, &form),
    );
    spawn_local(async move {
        let query = shared.borrow().wanted.query();
        let (head, found) =
            futures::join!(api::get_mine::<AuditHead>("/api/admin/audit/head"), entries(&query, PAGE, None));
        match head.and_then(|head| found.map(|found| (head, found))) {
            Ok((head, found)) => {
                let html = {
                    let mut log = shared.borrow_mut();
                    (log.entries, log.cursor) = (found.items, found.next_cursor);
                    html::page(desk.language(), &log.wanted, &head, &list(desk, &log))
                };
                desk.open(&html).await;
            }
            Err(failure) => desk.shut(&failure, desk.language().audit()),
        }
    });
}

async fn entries(query: &str, limit: u32, cursor: Option<&str>) -> Result<Page<AuditEntry>, Failure> {
    let cursor = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
    api::get_mine(&format!("/api/admin/audit?limit={limit}{query}{cursor}")).await
}

fn list(desk: Desk, log: &Log) -> String {
    let is_search = log.wanted != Wanted::default();
    html::entries(desk.language(), &log.entries, log.cursor.is_some(), is_search)
}

fn pressed(desk: Desk, shared: &Shared, name: &str, element: &Element) {
    match name {
        "entry" => {
            let number = element.get_attribute("data-of").and_then(|of| of.parse::<i64>().ok());
            let log = shared.borrow();
            let Some(entry) = log.entries.iter().find(|entry| Some(entry.number) == number) else { return };
            desk.ask(&html::entry(desk.language(), entry));
        }
        "older" => ask(desk, shared.clone(), true),
        "all" => {
            shared.borrow_mut().wanted = Wanted::default();
            browser::go(&desk.link(HERE));
        }
        "file" => {
            let query = shared.borrow().wanted.query();
            desk.say(desk.language().audit_making_file());
            spawn_local(async move { hand_over(desk, &query).await });
        }
        _ => {}
    }
}

fn search(desk: Desk, shared: &Shared, form: &Sent) {
    let wanted = Wanted::read(|name| form.text(name));
    let language = desk.language();
    let (address, days) = (&wanted.actor, [&wanted.from, &wanted.until]);
    let wrong = [
        (!address.is_empty() && !looks_like_email(address)).then(|| Wrong::at("actor", language.enter_their_email())),
        // Days are written as 2026-11-23, so their order is that of the letters.
        (days.iter().all(|day| !day.is_empty()) && days[0] > days[1])
            .then(|| Wrong::at("until", language.audit_enter_later())),
    ];
    if !form.accepts(&wrong.into_iter().flatten().collect::<Vec<_>>()) {
        return;
    }
    browser::show_address(&desk.link(&wanted.address()));
    shared.borrow_mut().wanted = wanted;
    ask(desk, shared.clone(), false);
}

/// Asks for what is looked for anew, or for what comes before it.
fn ask(desk: Desk, shared: Shared, older: bool) {
    let (turn, query, cursor) = {
        let mut log = shared.borrow_mut();
        log.turn += 1;
        (log.turn, log.wanted.query(), log.cursor.clone().filter(|_| older))
    };
    spawn_local(async move {
        let found = entries(&query, PAGE, cursor.as_deref()).await;
        let mut log = shared.borrow_mut();
        if log.turn != turn {
            return;
        }
        match found {
            Ok(page) => {
                if !older {
                    log.entries.clear();
                }
                log.entries.extend(page.items);
                log.cursor = page.next_cursor;
                dom::html(ENTRIES, &list(desk, &log));
                dom::text("found", &desk.language().audit_found(log.entries.len(), log.cursor.is_some()));
            }
            Err(failure) => desk.fail(ENTRIES, &failure),
        }
    });
}

/// Collects what is looked for, page by page, and hands it over as a file.
async fn hand_over(desk: Desk, query: &str) {
    let mut text = csv_head();
    let mut cursor = None;
    let mut is_whole = false;
    for _ in 0..FILE_PAGES_MAX {
        let page = match entries(query, 100, cursor.as_deref()).await {
            Ok(page) => page,
            Err(failure) => return desk.say(failure.words(desk.language())),
        };
        for entry in &page.items {
            text.push_str(&csv_line(entry));
        }
        cursor = page.next_cursor;
        if cursor.is_none() {
            is_whole = true;
            break;
        }
    }
    let options = BlobPropertyBag::new();
    options.set_type("text/csv;charset=utf-8");
    let file = Blob::new_with_str_sequence_and_options(&Array::of1(&JsValue::from_str(&text)), &options);
    let saved = file.is_ok_and(|file| browser::save(&file, "audit.csv").is_ok());
    let language = desk.language();
    desk.say(match (saved, is_whole) {
        (true, true) => language.audit_file_made(),
        (true, false) => language.audit_file_cut(),
        (false, _) => language.audit_file_failed(),
    });
}

fn csv_head() -> String {
    "number,at,actor,actorId,organisationId,service,action,objectType,objectId,detail,hash\r\n".to_owned()
}

fn csv_line(entry: &AuditEntry) -> String {
    let values = [
        entry.number.to_string(),
        entry.at.to_rfc3339(),
        entry.actor.clone().unwrap_or_default(),
        entry.actor_id.map(|id| id.to_string()).unwrap_or_default(),
        entry.organisation_id.map(|id| id.to_string()).unwrap_or_default(),
        entry.service.clone(),
        entry.action.clone(),
        entry.object_type.clone(),
        entry.object_id.clone(),
        entry.detail.to_string(),
        entry.hash.clone(),
    ];
    format!("{}\r\n", values.map(|value| csv_value(&value)).join(","))
}

/// A value after RFC 4180. What a spreadsheet would take for a formula begins with an apostrophe.
fn csv_value(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    #[test]
    fn a_file_holds_each_value_as_text() {
        let entry = AuditEntry {
            number: 7,
            at: DateTime::UNIX_EPOCH,
            actor_id: None,
            actor: Some("=cmd|x@example.org".to_owned()),
            organisation_id: None,
            service: "admin".to_owned(),
            action: "event.publish".to_owned(),
            object_type: "event".to_owned(),
            object_id: "EVT1".to_owned(),
            detail: serde_json::json!({"name": "a \"b\", c"}),
            hash: "00ff".to_owned(),
        };
        let line = csv_line(&entry);
        assert!(
            line.starts_with("\"7\",\"1970-01-01T00:00:00+00:00\",\"'=cmd|x@example.org\",\"\",\"\",\"admin\""),
            "{line}"
        );
        assert!(line.ends_with(",\"{\"\"name\"\":\"\"a \\\"\"b\\\"\", c\"\"}\",\"00ff\"\r\n"), "{line}");
        assert_eq!(csv_head().matches(',').count(), 10);
    }
}
