//! The account in the header: a link to sign in, or the account's menu.

use crate::api::session::{self, Remembered};
use crate::browser;
use crate::components::{BusyButton, Fresh, IntoFresh, PERSON};
use crate::language::Language;
use leptos::either::Either;
use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The menu's id.
const MENU: &str = "account-menu";

/// Who is signed in, as far as this browser remembers; a page is never late for it.
#[island]
pub fn AccountMenu(
    /// The reader's language.
    language: Language,
    /// Where signing in leads; the page adds the way back.
    sign_in: String,
) -> impl IntoView {
    let who = RwSignal::new(None::<Remembered>);
    Effect::new(move |_| {
        who.set(session::remembered());
        let told = window_event_listener(ev::storage, move |event| {
            if session::is_told_by(&event) {
                who.set(session::remembered());
            }
        });
        on_cleanup(move || told.remove());
    });
    let shown = move || match who.get() {
        None => Either::Left(view! {
            <a class="acct" href=sign_in.clone()>
                <svg class="i" viewBox="0 0 20 20" aria-hidden="true" inner_html=PERSON></svg>
                <span class="wide">{language.sign_in()}</span>
                <span class="vh nar">{language.sign_in()}</span>
            </a>
        }),
        Some(account) => Either::Right(menu(language, account, who)),
    };
    view! { <div class="acct-place">{shown}</div> }
}

fn menu(language: Language, account: Remembered, who: RwSignal<Option<Remembered>>) -> Fresh {
    let busy = RwSignal::new(false);
    let sign_out = Callback::new(move |()| {
        busy.set(true);
        spawn_local(async move {
            let done = session::sign_out().await;
            busy.set(false);
            if done.is_ok() {
                who.set(None);
                browser::go("/");
            }
        });
    });
    view! {
        <button type="button" class="acct" popovertarget=MENU>
            <svg class="i" viewBox="0 0 20 20" aria-hidden="true" inner_html=PERSON></svg>
            <span class="wide">{language.account()}</span>
            <span class="vh nar">{language.account()}</span>
        </button>
        <div id=MENU popover="auto" class="menu">
            <div class="stack">
                <p><span class="soft small">{language.signed_in_as()}</span><br/><b>{account.name}</b></p>
                <a class="btn full" href=browser::link("/orders")>{language.my_tickets()}</a>
                {(account.operator && !account.organiser).then(|| view! { <a class="btn full" href=browser::link("/organiser/settings")>{language.settings()}</a> })}
                {(account.organiser || account.seller).then(|| view! { <a class="btn full" href=browser::link("/organiser")>{language.your_events()}</a> })}
                <a class="btn full" href=browser::link("/account/security")>{language.security()}</a>
                <BusyButton class="btn full" busy=busy label=language.sign_out() busy_label=language.signing_out() press=sign_out/>
            </div>
        </div>
    }
    .fresh()
}
