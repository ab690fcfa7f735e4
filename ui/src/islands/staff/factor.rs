//! The account's security: the second factor, set up, renewed and taken away; and for whom the account acts.

use super::desk::{Desk, act, reload};
use super::sent::Sent;
use super::{acting, factor_html};
use crate::api::{self, Method};
use crate::components::Wrong;
use crate::islands::dom;
use leptos::task::spawn_local;
use onsale_core::api::accounts::{Account, RecoveryCodes, SecondFactorCode, SecondFactorSecret};

/// Where the second factor stands.
const PLACE: &str = "factor";
/// The one field of all forms here.
const CODE: &str = "code";
const FIELDS: &[(&str, &str)] = &[("code", CODE)];

/// Asks for the account and shows it.
pub(super) fn begin(desk: Desk) {
    desk.listen(
        move |name, _| pressed(desk, name),
        move |name, form| match name {
            "confirm" => confirm(desk, form),
            "renew" => renew(desk, form),
            "remove" => remove(desk, form),
            name => acting::sent(desk, name, form),
        },
    );
    spawn_local(async move {
        match api::get_mine::<Account>("/api/auth/me").await {
            Ok(account) => desk.open(&factor_html::page(desk, &account)).await,
            Err(failure) => desk.shut(&failure, desk.language().security_title()),
        }
    });
}

fn pressed(desk: Desk, name: &str) {
    match name {
        "set-up" => set_up(desk),
        "renew" => desk.ask(&factor_html::renew(desk.language())),
        "remove" => desk.ask(&factor_html::remove(desk.language())),
        "leave-setting-up" | "codes-kept" => reload(),
        _ => {}
    }
}

fn set_up(desk: Desk) {
    spawn_local(async move {
        let begun = act(Method::Post, "/api/auth/second-factor", &()).await;
        match begun.and_then(|answer| answer.read::<SecondFactorSecret>()) {
            Ok(secret) => {
                dom::html(PLACE, &factor_html::setting_up(desk.language(), &secret));
                crate::browser::focus("factor-h");
            }
            Err(failure) => desk.fail(PLACE, &failure),
        }
    });
}

/// The code that was typed, unless none was.
fn code(desk: Desk, form: &Sent) -> Option<SecondFactorCode> {
    let code = form.text(CODE);
    let wrong = code.is_empty().then(|| Wrong::at(CODE, desk.language().enter_code()));
    form.accepts(wrong.as_slice()).then_some(SecondFactorCode { code })
}

fn confirm(desk: Desk, form: Sent) {
    let Some(code) = code(desk, &form) else { return };
    let work =
        async move { act(Method::Post, "/api/auth/second-factor/confirm", &code).await?.read::<RecoveryCodes>() };
    form.send(work, FIELDS, move |codes| show_codes(desk, &codes));
}

fn renew(desk: Desk, form: Sent) {
    let Some(code) = code(desk, &form) else { return };
    let work = async move {
        act(Method::Post, "/api/auth/second-factor/recovery-codes", &code).await?.read::<RecoveryCodes>()
    };
    form.send(work, FIELDS, move |codes| {
        desk.answered();
        show_codes(desk, &codes);
    });
}

fn remove(desk: Desk, form: Sent) {
    let Some(code) = code(desk, &form) else { return };
    let work = async move { act(Method::Post, "/api/auth/second-factor/remove", &code).await };
    form.send(work, FIELDS, |_| reload());
}

/// The recovery codes, this once.
fn show_codes(desk: Desk, codes: &RecoveryCodes) {
    dom::html(PLACE, &factor_html::codes(desk.language(), codes));
    crate::browser::focus("factor-h");
    // From now on nothing is kept back.
    spawn_local(async move {
        let _known_with_the_next_page = api::session::renew().await;
    });
}
