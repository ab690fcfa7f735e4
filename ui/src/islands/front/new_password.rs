//! A forgotten password: asking for the link, and choosing a new one by it.

use super::sign_up::PASSWORD_CHARS_MIN;
use crate::api::session;
use crate::browser;
use crate::components::{
    ErrorSummary, Field, Form, IntoFresh, PasswordField, SendButton, Wrong, looks_like_email, typed,
};
use crate::language::Language;
use leptos::either::Either;
use leptos::ev;
use leptos::html::Input;
use leptos::prelude::*;
use onsale_core::api::accounts::{ForgotPassword, ResetPassword};

/// Asks for the link. What it says then is the same whether or not there is an account.
#[island]
pub fn AskForLink(
    /// The reader's language.
    language: Language,
) -> impl IntoView {
    let form = Form::new(language);
    let email = NodeRef::<Input>::new();
    let sent = RwSignal::new(false);
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let request = ForgotPassword { email: typed(email).trim().to_owned() };
        let wrong = (!looks_like_email(&request.email)).then(|| Wrong::at("email", language.enter_email()));
        if form.accepts(wrong.into_iter().collect()) {
            form.send(async move {
                let told = session::tell("/api/auth/password/forgot", &request).await;
                told.map_err(|failure| form.told(&failure, &[("email", "email")]))?;
                sent.set(true);
                Ok(())
            });
        }
    };
    let done = Memo::new(move |_| sent.get());
    let asked = move || {
        view! {
            <form class="stack" style="--gap:var(--s5)" novalidate=true method="post" on:submit=submit>
                <ErrorSummary form=form/>
                <Field form=form id="email" label=language.email() node=email kind="email" autocomplete="username"/>
                <SendButton form=form label=language.send_link() busy=language.sending()/>
            </form>
        }
    };
    let told = move || {
        view! {
            <div class="notice good" role="status">
                <div><h2>{language.link_sent_title()}</h2><p>{language.link_sent()}</p></div>
            </div>
        }
        .fresh()
    };
    move || if done.get() { Either::Right(told()) } else { Either::Left(asked()) }
}

/// Chooses a new password by the token of the page's address.
#[island]
pub fn ChoosePassword(
    /// The reader's language.
    language: Language,
) -> impl IntoView {
    let form = Form::new(language);
    let password = NodeRef::<Input>::new();
    let saved = RwSignal::new(false);
    // The token leaves the address at once, so that no history or shared link has it.
    let token = StoredValue::new(String::new());
    Effect::new(move |_| {
        if let Some(found) = browser::parameter("token") {
            token.set_value(found);
            browser::show_address("/reset-password");
        }
    });
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let request = ResetPassword { token: token.get_value(), password: typed(password) };
        let short = request.password.chars().count() < PASSWORD_CHARS_MIN;
        let wrong = short.then(|| Wrong::at("password", language.enter_new_password()));
        if form.accepts(wrong.into_iter().collect()) {
            form.send(async move {
                if let Err(failure) = session::tell("/api/auth/password/reset", &request).await {
                    let spent = failure.code() == Some("invalid");
                    let told = || form.told(&failure, &[("password", "password")]);
                    return Err(if spent { vec![Wrong::whole(language.link_spent())] } else { told() });
                }
                saved.set(true);
                Ok(())
            });
        }
    };
    let done = Memo::new(move |_| saved.get());
    let asked = move || {
        view! {
            <form class="stack" style="--gap:var(--s5)" novalidate=true method="post" on:submit=submit>
                <ErrorSummary form=form/>
                <PasswordField form=form id="password" label=language.new_password() node=password
                    autocomplete="new-password" hint=language.password_hint()/>
                <SendButton form=form label=language.save_password() busy=language.saving()/>
                <p><a href="/forgot-password">{language.ask_again()}</a></p>
            </form>
        }
    };
    let told = move || {
        view! {
            <div class="stack">
                <div class="notice good" role="status">
                    <div><h2>{language.password_saved_title()}</h2><p>{language.password_saved()}</p></div>
                </div>
                <a class="btn go big full" href="/sign-in">{language.sign_in()}</a>
            </div>
        }
        .fresh()
    };
    move || if done.get() { Either::Right(told()) } else { Either::Left(asked()) }
}
