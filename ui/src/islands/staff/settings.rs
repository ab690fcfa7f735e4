//! The settings that change while everything runs: each is a form of its own; what somebody else changed meanwhile is
//! told, and what was typed stays.

use super::desk::{Desk, act};
use super::sent::Sent;
use super::settings_html as html;
use crate::api::{self, Failure, Method, session};
use crate::components::Wrong;
use crate::islands::dom;
use crate::language::Language;
use leptos::task::spawn_local;
use onsale_core::UserId;
use onsale_core::api::accounts::Account;
use onsale_core::api::page::Page;
use onsale_core::api::settings::{Banner, CallRate, ChangeSettings, LiveLimits, LiveSettings, SettingsVersion};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Bounds, as the API has them.
pub(super) const HOLD_SECONDS: (u32, u32) = (60, 3_600);
pub(super) const INFLOW: (f64, f64) = (0.0, 100_000.0);
pub(super) const CALLS: (u32, u32) = (1, 1_000_000);
pub(super) const PER_SECONDS: (u32, u32) = (1, 3_600);
pub(super) const BANNER_CHARS: usize = 300;
/// Versions that are shown at once.
const VERSIONS: u32 = 20;

/// The settings, each with a form of its name.
pub(super) const ALL: [&str; 10] = [
    "sales",
    "registrations",
    "organisations",
    "banner",
    "hold",
    "inflow",
    "limit-account",
    "limit-key",
    "limit-address",
    "limit-sign-in",
];

/// The limit that a form is about.
pub(super) fn limit_of<'a>(limits: &'a mut LiveLimits, name: &str) -> Option<&'a mut Option<CallRate>> {
    match name {
        "limit-account" => Some(&mut limits.account),
        "limit-key" => Some(&mut limits.api_key),
        "limit-address" => Some(&mut limits.address),
        "limit-sign-in" => Some(&mut limits.sign_in),
        _ => None,
    }
}

/// What is known.
#[derive(Default)]
pub(super) struct Known {
    pub(super) current: SettingsVersion,
    /// Whether the reader may change them, or only look.
    pub(super) may_change: bool,
    pub(super) history: Vec<SettingsVersion>,
    pub(super) older: Option<String>,
    /// Who changed them, by name.
    pub(super) people: BTreeMap<UserId, String>,
}

type Shared = Rc<RefCell<Known>>;

/// Asks for them and shows them.
pub(super) fn begin(desk: Desk) {
    let shared: Shared = Rc::default();
    let (for_acts, for_forms) = (shared.clone(), shared.clone());
    desk.listen(
        move |name, _| {
            if name == "older" {
                let shared = for_acts.clone();
                spawn_local(async move { show_older(desk, &shared).await });
            }
        },
        move |name, form| change(desk, for_forms.clone(), name, form),
    );
    html::preview_as_typed(desk.language());
    spawn_local(async move {
        match load(&shared).await {
            Ok(()) => {
                let html = html::page(desk.language(), &shared.borrow());
                desk.open(&html).await;
            }
            Err(failure) => desk.shut(&failure, desk.language().settings_title()),
        }
    });
}

async fn load(shared: &Shared) -> Result<(), Failure> {
    let (current, history) = futures::join!(api::get_mine("/api/admin/settings"), versions(None));
    let (current, history): (SettingsVersion, Page<SettingsVersion>) = (current?, history?);
    {
        let mut known = shared.borrow_mut();
        known.current = current;
        known.may_change = session::remembered().is_some_and(|account| account.admin);
        (known.history, known.older) = (history.items, history.next_cursor);
    }
    name_people(shared).await;
    Ok(())
}

async fn versions(cursor: Option<&str>) -> Result<Page<SettingsVersion>, Failure> {
    let cursor = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
    api::get_mine(&format!("/api/admin/settings/history?limit={VERSIONS}{cursor}")).await
}

/// Looks up who changed them, each once; only admins may.
async fn name_people(shared: &Shared) {
    let unknown: Vec<UserId> = {
        let known = shared.borrow();
        if !known.may_change {
            return;
        }
        let all = known.history.iter().filter_map(|version| version.changed_by);
        let unknown: std::collections::BTreeSet<UserId> = all.filter(|id| !known.people.contains_key(id)).collect();
        unknown.into_iter().collect()
    };
    for id in unknown {
        if let Ok(account) = api::get_mine::<Account>(&format!("/api/admin/users/{id}")).await {
            shared.borrow_mut().people.insert(id, account.name);
        }
    }
}

async fn show_older(desk: Desk, shared: &Shared) {
    let cursor = shared.borrow().older.clone();
    match versions(cursor.as_deref()).await {
        Ok(page) => {
            {
                let mut known = shared.borrow_mut();
                known.history.extend(page.items);
                known.older = page.next_cursor;
            }
            name_people(shared).await;
            dom::html("history", &html::history(desk.language(), &shared.borrow()));
        }
        Err(failure) => desk.fail("history", &failure),
    }
}

/// A form was sent: all settings are sent, of which this one is what was typed.
fn change(desk: Desk, shared: Shared, name: &str, form: Sent) {
    let Some(name) = ALL.into_iter().find(|known| *known == name) else { return };
    let base = shared.borrow().current.clone();
    let settings = match typed(desk.language(), name, &form, base.settings) {
        Ok(settings) => settings,
        Err(wrong) => {
            form.accepts(&wrong);
            return;
        }
    };
    form.accepts(&[]);
    let wanted = ChangeSettings { version: base.version, settings };
    let work = async move { act(Method::Put, "/api/admin/settings", &wanted).await?.read::<SettingsVersion>() };
    let (sent, for_conflict) = (form.clone(), shared.clone());
    let work = async move {
        let outcome = work.await;
        if outcome.as_ref().is_err_and(|failure| failure.code() == Some("state_conflict")) {
            take_over(desk, &for_conflict, name, &sent).await;
            // It is told already, with what is in force now.
            return Ok(None);
        }
        outcome.map(Some)
    };
    form.send(work, &[], move |changed| {
        let Some(changed) = changed else { return };
        desk.say(desk.language().settings_in_force());
        spawn_local(async move {
            {
                let mut known = shared.borrow_mut();
                known.current = changed.clone();
                known.history.insert(0, changed);
            }
            name_people(&shared).await;
            write_around(desk, &shared, None);
        });
    });
}

/// Somebody else was faster: what is in force now is shown everywhere but where something was typed.
async fn take_over(desk: Desk, shared: &Shared, name: &'static str, form: &Sent) {
    let language = desk.language();
    if let Err(failure) = load(shared).await {
        form.accepts(&[Wrong::whole(failure.words(language))]);
        return;
    }
    write_around(desk, shared, Some(name));
    let words = {
        let known = shared.borrow();
        language.settings_conflict(known.current.version, &html::who(language, &known, &known.current))
    };
    form.accepts(&[Wrong::whole(words)]);
}

/// Writes what is in force; all forms but one anew, where somebody else changed them.
fn write_around(desk: Desk, shared: &Shared, but: Option<&str>) {
    let (language, known) = (desk.language(), shared.borrow());
    dom::html("in-force", &html::in_force(language, &known));
    dom::html("history", &html::history(language, &known));
    if let Some(but) = but {
        for name in ALL.into_iter().filter(|name| *name != but) {
            dom::html(&format!("s-{name}"), &html::setting(language, &known, name));
        }
    }
}

/// The settings with what a form says of one of them, or what is wrong with it.
fn typed(
    language: Language,
    name: &'static str,
    form: &Sent,
    mut settings: LiveSettings,
) -> Result<LiveSettings, Vec<Wrong>> {
    match name {
        "sales" => settings.sales = form.has("on-sales"),
        "registrations" => settings.registrations = form.has("on-registrations"),
        "organisations" => settings.organisations = form.has("on-organisations"),
        "banner" => settings.banner = banner(language, form)?,
        "hold" => {
            let words = language.settings_hold_wrong();
            settings.hold_seconds = number("hold-seconds", &form.text("hold-seconds"), HOLD_SECONDS, words)?;
        }
        "inflow" => {
            let words = language.settings_inflow_wrong();
            settings.inflow_max = number("inflow-max", &form.text("inflow-max"), INFLOW, words)?;
        }
        name => {
            if let Some(limit) = limit_of(&mut settings.limits, name) {
                *limit = rate(language, name, form)?;
            }
        }
    }
    Ok(settings)
}

/// A number within its bounds; nothing where nothing was typed.
fn number<T>(
    field: &'static str,
    text: &str,
    (least, most): (T, T),
    words: &'static str,
) -> Result<Option<T>, Vec<Wrong>>
where
    T: std::str::FromStr + PartialOrd,
{
    if text.is_empty() {
        return Ok(None);
    }
    let read = text.replace(',', ".").parse::<T>().ok().filter(|number| *number >= least && *number <= most);
    read.map(Some).ok_or_else(|| vec![Wrong::at(field, words)])
}

/// The fields of a limit's form.
pub(super) fn limit_fields(name: &str) -> (&'static str, &'static str) {
    match name {
        "limit-account" => ("calls-account", "seconds-account"),
        "limit-key" => ("calls-key", "seconds-key"),
        "limit-address" => ("calls-address", "seconds-address"),
        _ => ("calls-sign-in", "seconds-sign-in"),
    }
}

fn rate(language: Language, name: &str, form: &Sent) -> Result<Option<CallRate>, Vec<Wrong>> {
    let (calls_field, seconds_field) = limit_fields(name);
    let (calls_text, seconds_text) = (form.text(calls_field), form.text(seconds_field));
    let calls = number(calls_field, &calls_text, CALLS, language.settings_calls_wrong());
    let seconds = number(seconds_field, &seconds_text, PER_SECONDS, language.settings_seconds_wrong());
    match (calls, seconds) {
        (Ok(None), Ok(None)) => Ok(None),
        (Ok(Some(calls)), Ok(Some(seconds))) => Ok(Some(CallRate { calls, seconds })),
        (Ok(None), Ok(Some(_))) => Err(vec![Wrong::at(calls_field, language.settings_calls_wrong())]),
        (Ok(Some(_)), Ok(None)) => Err(vec![Wrong::at(seconds_field, language.settings_seconds_wrong())]),
        (calls, seconds) => Err(calls.err().into_iter().chain(seconds.err()).flatten().collect()),
    }
}

/// The banner in both languages; nothing where both are empty.
fn banner(language: Language, form: &Sent) -> Result<Option<Banner>, Vec<Wrong>> {
    let (en, es) = (form.text("banner-en"), form.text("banner-es"));
    if en.is_empty() && es.is_empty() {
        return Ok(None);
    }
    let wrong = |field, text: &str, words| {
        let is_good = !text.is_empty() && text.chars().count() <= BANNER_CHARS;
        (!is_good).then(|| Wrong::at(field, words))
    };
    let wrong: Vec<Wrong> = [
        wrong("banner-en", &en, language.settings_banner_wrong_en()),
        wrong("banner-es", &es, language.settings_banner_wrong_es()),
    ]
    .into_iter()
    .flatten()
    .collect();
    if wrong.is_empty() { Ok(Some(Banner { en, es })) } else { Err(wrong) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_within_its_bounds_or_left_out() {
        assert_eq!(number("f", "", HOLD_SECONDS, "w"), Ok(None));
        assert_eq!(number("f", "600", HOLD_SECONDS, "w"), Ok(Some(600)));
        assert_eq!(number("f", "2,5", INFLOW, "w"), Ok(Some(2.5)), "as Spanish writes it");
        for text in ["59", "3601", "-1", "6e9", "ten", "1.5"] {
            assert_eq!(number("f", text, HOLD_SECONDS, "w"), Err(vec![Wrong::at("f", "w")]), "{text}");
        }
        assert!(number("f", "NaN", INFLOW, "w").is_err());
    }

    #[test]
    fn each_limit_has_a_form() {
        let mut limits = LiveLimits::default();
        let forms = ALL.into_iter().filter(|name| limit_of(&mut limits, name).is_some());
        assert_eq!(forms.count(), 4);
        assert_eq!(ALL.map(|name| limit_fields(name).0).iter().collect::<std::collections::BTreeSet<_>>().len(), 4);
    }
}
