//! An organisation's API keys: made, shown once, revoked.

use super::desk::{Desk, act, moment, take_away};
use super::fields::{Choice, Field, button, form, question, send, ticks, ways_out};
use super::once::once;
use super::sent::Sent;
use super::table::{badge, nothing, row, table};
use crate::api::{self, Failure, Method};
use crate::browser;
use crate::components::Wrong;
use crate::islands::dom;
use crate::language::Language;
use leptos::task::spawn_local;
use onsale_core::Scope;
use onsale_core::api::accounts::{ApiKey, CreateApiKey};
use onsale_core::api::page::Page;
use onsale_core::text::escape_html;
use std::cell::RefCell;
use std::rc::Rc;
use web_sys::Element;

/// Where the keys stand.
const LIST: &str = "keys";

/// The keys that are shown, and where more of them begin.
type Shared = Rc<RefCell<(Vec<ApiKey>, Option<String>)>>;

/// Asks for them and shows them.
pub(super) fn begin(desk: Desk) {
    let shared: Shared = Rc::default();
    let (for_acts, for_forms) = (shared.clone(), shared.clone());
    desk.listen(
        move |name, element| pressed(desk, &for_acts, name, element),
        move |name, form| match name {
            "key" => make(desk, for_forms.clone(), form),
            "revoke" => revoke(desk, for_forms.clone(), form),
            _ => {}
        },
    );
    spawn_local(async move {
        match load(&shared, None).await {
            Ok(()) => desk.open(&page(desk.language(), &shared)).await,
            Err(failure) => desk.shut(&failure, desk.language().keys()),
        }
    });
}

async fn load(shared: &Shared, cursor: Option<&str>) -> Result<(), Failure> {
    let after = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
    let page: Page<ApiKey> = api::get_mine(&format!("/api/admin/api-keys?limit=50{after}")).await?;
    let mut known = shared.borrow_mut();
    if cursor.is_none() {
        known.0.clear();
    }
    known.0.extend(page.items);
    known.1 = page.next_cursor;
    Ok(())
}

fn page(language: Language, shared: &Shared) -> String {
    let name = Field {
        id: "key-name",
        label: language.key_name(),
        hint: language.key_name_hint(),
        more: "maxlength=\"100\" autocomplete=\"off\"",
        ..Field::default()
    };
    let choices: Vec<Choice<'_>> = Scope::ALL
        .iter()
        .map(|scope| Choice { value: scope.as_str(), label: scope.as_str(), hint: language.scope(*scope), on: false })
        .collect();
    let inside = format!(
        "{}{}<div>{}</div>",
        name.html(),
        ticks("key-scopes", language.key_scopes(), "", &choices),
        send("go", language.key_make(), language.key_making()),
    );
    format!(
        "<header class=\"stack\"><h1>{}</h1><p class=\"soft lede\">{}</p></header>\
         <section class=\"card stack\" aria-labelledby=\"key-h\"><h2 id=\"key-h\">{}</h2>{}\
         <div id=\"made\" tabindex=\"-1\"></div></section>\
         <section class=\"card stack\" aria-labelledby=\"keys-h\"><h2 id=\"keys-h\">{}</h2><div id=\"{LIST}\">{}</div></section>",
        language.keys(),
        language.keys_lede(),
        language.key_new(),
        form("key", "", &inside),
        language.keys_all(),
        list(language, shared),
    )
}

fn list(language: Language, shared: &Shared) -> String {
    let (keys, more) = &*shared.borrow();
    if keys.is_empty() {
        return nothing(language.no_keys());
    }
    let heads = [language.name(), language.key_prefix(), language.key_scopes(), language.since(), language.state(), ""];
    let rows: String = keys
        .iter()
        .map(|key| {
            let scopes: String = key.scopes.iter().map(|scope| badge("", scope.as_str())).collect();
            let about =
                format!("data-of=\"{}\" aria-label=\"{}: {}\"", key.id, language.key_revoke(), escape_html(&key.name));
            let (state, acts) = match key.revoked_at {
                Some(at) => {
                    (format!("{} {}", badge("bad", language.key_revoked()), moment(language, at)), String::new())
                }
                None => (badge("good", language.key_good()), button("sm", "revoke", &about, language.key_revoke())),
            };
            let cells = [
                escape_html(&key.name),
                format!("<code>{}…</code>", escape_html(&key.prefix)),
                format!("<span class=\"row\">{scopes}</span>"),
                moment(language, key.created_at),
                state,
                acts,
            ];
            row(&heads, &cells)
        })
        .collect();
    let more = more.as_ref().map(|_| button("", "more", "", language.show_more())).unwrap_or_default();
    format!("{}{more}", table("key-rows", language.keys_all(), &heads, &rows))
}

fn pressed(desk: Desk, shared: &Shared, name: &str, element: &Element) {
    match name {
        "more" => {
            let cursor = shared.borrow().1.clone();
            show(desk, shared.clone(), cursor);
        }
        "revoke" => {
            let of = element.get_attribute("data-of").unwrap_or_default();
            let known = shared.borrow();
            let Some(key) = known.0.iter().find(|key| key.id.to_string() == of) else { return };
            let language = desk.language();
            let about = format!("data-of=\"{}\"", key.id);
            let form = form("revoke", &about, &ways_out(language, language.key_revoke(), language.removing()));
            desk.ask(&question(&key.name, language.key_revoke_more(), &form));
        }
        _ => {}
    }
}

/// Shows the keys anew, or more of them.
fn show(desk: Desk, shared: Shared, cursor: Option<String>) {
    spawn_local(async move {
        match load(&shared, cursor.as_deref()).await {
            Ok(()) => dom::html(LIST, &list(desk.language(), &shared)),
            Err(failure) => desk.fail(LIST, &failure),
        }
    });
}

fn make(desk: Desk, shared: Shared, form: Sent) {
    let language = desk.language();
    let name = form.text("key-name");
    let scopes: Vec<Scope> = form.ticked("key-scopes").iter().filter_map(|scope| scope.parse().ok()).collect();
    let wrong = [
        name.is_empty().then(|| Wrong::at("key-name", language.enter_key_name())),
        scopes.is_empty().then(|| Wrong::at("key-scopes", language.choose_a_scope())),
    ];
    if !form.accepts(&wrong.into_iter().flatten().collect::<Vec<_>>()) {
        return;
    }
    let wanted = CreateApiKey { name, scopes };
    let work = async move { act(Method::Post, "/api/admin/api-keys", &wanted).await?.read::<ApiKey>() };
    let sent = form.clone();
    form.send(work, &[("name", "key-name"), ("scopes", "key-scopes")], move |key| {
        sent.clear();
        let secret = key.secret.as_deref().unwrap_or_default();
        dom::html("made", &once(language, "secret", language.key_made(), language.key_made_more(), secret));
        browser::focus("made");
        show(desk, shared, None);
    });
}

fn revoke(desk: Desk, shared: Shared, form: Sent) {
    let path = format!("/api/admin/api-keys/{}", form.about("data-of"));
    form.send(async move { take_away(&path).await }, &[], move |()| {
        desk.answered();
        desk.say(desk.language().key_is_revoked());
        show(desk, shared, None);
    });
}
