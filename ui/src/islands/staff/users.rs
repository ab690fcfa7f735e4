//! All accounts, for admins: found, given roles, disabled.

use super::desk::{Desk, act, encoded, moment};
use super::fields::{Choice, Field, button, form, question, send, tick, ticks, ways_out};
use super::sent::Sent;
use super::table::{badge, nothing, row, table};
use crate::api::{self, Failure, Method};
use crate::browser;
use crate::components::Wrong;
use crate::islands::dom;
use crate::language::Language;
use leptos::task::spawn_local;
use onsale_core::Role;
use onsale_core::api::accounts::{Account, AdministerUser};
use onsale_core::api::page::Page;
use onsale_core::text::escape_html;
use std::cell::RefCell;
use std::rc::Rc;
use web_sys::Element;

/// The page's address.
const HERE: &str = "/organiser/users";
/// Where the accounts stand.
const LIST: &str = "users";

/// What is shown.
#[derive(Default)]
struct Found {
    query: String,
    accounts: Vec<Account>,
    cursor: Option<String>,
    turn: u32,
}

type Shared = Rc<RefCell<Found>>;

/// Asks for the newest accounts and shows them.
pub(super) fn begin(desk: Desk) {
    let query = browser::parameter("query").unwrap_or_default();
    let shared: Shared = Rc::new(RefCell::new(Found { query, ..Found::default() }));
    let (for_acts, for_forms) = (shared.clone(), shared.clone());
    desk.listen(
        move |name, element| pressed(desk, &for_acts, name, element),
        move |name, form| match name {
            "find" => find(desk, for_forms.clone(), &form),
            "user" => change(desk, for_forms.clone(), form),
            _ => {}
        },
    );
    spawn_local(async move {
        let query = shared.borrow().query.clone();
        match accounts(&query, None).await {
            Ok(found) => {
                let html = {
                    let mut known = shared.borrow_mut();
                    (known.accounts, known.cursor) = (found.items, found.next_cursor);
                    page(desk.language(), &known)
                };
                desk.open(&html).await;
            }
            Err(failure) => desk.shut(&failure, desk.language().users()),
        }
    });
}

async fn accounts(query: &str, cursor: Option<&str>) -> Result<Page<Account>, Failure> {
    let mut path = "/api/admin/users?limit=50".to_owned();
    for (name, value) in [("query", query), ("cursor", cursor.unwrap_or_default())] {
        if !value.is_empty() {
            path.push_str(&format!("&{name}={}", encoded(value)));
        }
    }
    api::get_mine(&path).await
}

fn page(language: Language, known: &Found) -> String {
    let field = Field {
        id: "query",
        label: language.users_find(),
        hint: language.users_find_hint(),
        value: &known.query,
        more: "type=\"search\" autocomplete=\"off\" maxlength=\"200\" spellcheck=\"false\"",
    };
    let inside =
        format!("<div class=\"row ends\">{}{}</div>", field.html(), send("ink", language.search(), language.loading()));
    format!(
        "<header class=\"stack\"><h1>{}</h1><p class=\"soft lede\">{}</p></header>{}\
         <p class=\"vh\" id=\"found\" role=\"status\"></p>\
         <section class=\"card stack\" aria-labelledby=\"users-h\"><h2 id=\"users-h\">{}</h2><div id=\"{LIST}\">{}</div></section>",
        language.users(),
        language.users_lede(),
        form("find", "role=\"search\"", &inside),
        language.users_all(),
        list(language, known),
    )
}

fn list(language: Language, known: &Found) -> String {
    if known.accounts.is_empty() {
        return nothing(language.users_none());
    }
    let heads = [language.name(), language.role_heading(), language.org_word(), language.since(), language.state(), ""];
    let rows: String = known.accounts.iter().map(|account| user_row(language, &heads, account)).collect();
    let more = known.cursor.as_ref().map(|_| button("", "more", "", language.show_more())).unwrap_or_default();
    format!("{}{more}", table("user-rows", language.users_all(), &heads, &rows))
}

fn user_row(language: Language, heads: &[&str], account: &Account) -> String {
    let staff: Vec<Role> = account.roles.iter().copied().filter(|role| role.is_of_staff()).collect();
    let roles: String = staff.iter().map(|role| badge("", language.role(*role))).collect();
    let roles = if roles.is_empty() { language.role(Role::Customer).to_owned() } else { roles };
    let organisations: Vec<String> = account.memberships.iter().map(|one| escape_html(&one.name)).collect();
    let state =
        if account.disabled { badge("bad", language.user_disabled()) } else { badge("good", language.user_enabled()) };
    let about =
        format!("data-of=\"{}\" aria-label=\"{}: {}\"", account.id, language.change(), escape_html(&account.name));
    let cells = [
        format!("{}<small class=\"soft\">{}</small>", escape_html(&account.name), escape_html(&account.email)),
        format!("<span class=\"row\">{roles}</span>"),
        if organisations.is_empty() { "–".to_owned() } else { organisations.join(", ") },
        moment(language, account.created_at),
        state,
        button("sm", "user", &about, language.change()),
    ];
    row(heads, &cells)
}

fn pressed(desk: Desk, shared: &Shared, name: &str, element: &Element) {
    match name {
        "more" => ask(desk, shared.clone(), true),
        "user" => {
            let of = element.get_attribute("data-of").unwrap_or_default();
            spawn_local(async move {
                // The list does not tell who has a second factor.
                match api::get_mine::<Account>(&format!("/api/admin/users/{of}")).await {
                    Ok(account) => desk.ask(&change_form(desk.language(), &account)),
                    Err(failure) => desk.say(failure.words(desk.language())),
                }
            });
        }
        _ => {}
    }
}

fn find(desk: Desk, shared: Shared, form: &Sent) {
    let query = form.text("query");
    let address = if query.is_empty() { HERE.to_owned() } else { format!("{HERE}?query={}", encoded(&query)) };
    browser::show_address(&desk.link(&address));
    shared.borrow_mut().query = query;
    ask(desk, shared, false);
}

/// Asks for what is looked for anew, or for more of it.
fn ask(desk: Desk, shared: Shared, more: bool) {
    let (turn, query, cursor) = {
        let mut known = shared.borrow_mut();
        known.turn += 1;
        (known.turn, known.query.clone(), known.cursor.clone().filter(|_| more))
    };
    spawn_local(async move {
        let found = accounts(&query, cursor.as_deref()).await;
        let mut known = shared.borrow_mut();
        if known.turn != turn {
            return;
        }
        match found {
            Ok(page) => {
                if !more {
                    known.accounts.clear();
                }
                known.accounts.extend(page.items);
                known.cursor = page.next_cursor;
                dom::html(LIST, &list(desk.language(), &known));
                dom::text("found", &desk.language().users_found(known.accounts.len(), known.cursor.is_some()));
            }
            Err(failure) => desk.fail(LIST, &failure),
        }
    });
}

fn change_form(language: Language, account: &Account) -> String {
    let choices: Vec<Choice<'_>> = Role::ALL
        .iter()
        .map(|role| Choice {
            value: role.as_str(),
            label: language.role(*role),
            hint: language.role_more(*role),
            on: account.roles.contains(role),
        })
        .collect();
    let factor = if account.second_factor {
        tick("user-factor", language.user_factor(), language.user_factor_more(), false)
    } else {
        String::new()
    };
    let inside = format!(
        "{}{}{factor}{}",
        ticks("user-roles", language.role_heading(), language.user_roles_hint(), &choices),
        tick("user-disabled", language.user_disable(), language.user_disable_more(), account.disabled),
        ways_out(language, language.save(), language.saving()),
    );
    let about = format!("data-of=\"{}\"", account.id);
    question(&format!("{} · {}", account.name, account.email), "", &form("user", &about, &inside))
}

fn change(desk: Desk, shared: Shared, form: Sent) {
    let language = desk.language();
    let roles: Vec<Role> = form.ticked("user-roles").iter().filter_map(|role| role.parse().ok()).collect();
    let wrong = roles.is_empty().then(|| Wrong::at("user-roles", language.choose_a_role()));
    if !form.accepts(wrong.as_slice()) {
        return;
    }
    let path = format!("/api/admin/users/{}", form.about("data-of"));
    let wanted = AdministerUser {
        roles: Some(roles),
        disabled: Some(form.has("user-disabled")),
        reset_second_factor: form.has("user-factor"),
    };
    let work = async move { act(Method::Patch, &path, &wanted).await?.read::<Account>() };
    form.saying("state_conflict", language.last_admin()).send(work, &[("roles", "user-roles")], move |changed| {
        desk.answered();
        desk.say(language.user_is_changed());
        let mut known = shared.borrow_mut();
        if let Some(account) = known.accounts.iter_mut().find(|account| account.id == changed.id) {
            *account = changed;
        }
        dom::html(LIST, &list(language, &known));
    });
}
