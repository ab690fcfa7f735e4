//! Signing in.

use crate::api::session;
use crate::browser;
use crate::components::{
    ErrorSummary, Field, Form, IntoFresh, PasswordField, SendButton, Wrong, looks_like_email, typed,
};
use crate::language::Language;
use leptos::ev;
use leptos::html::Input;
use leptos::prelude::*;
use onsale_core::api::accounts::LoginRequest;

/// The form; afterwards it goes on to where the reader came from.
#[island]
pub fn SignInForm(
    /// The reader's language.
    language: Language,
) -> impl IntoView {
    let form = Form::new(language);
    let (email, password, code) = (NodeRef::<Input>::new(), NodeRef::<Input>::new(), NodeRef::<Input>::new());
    // Asked for once the password was right, where the account has a second factor.
    let asks = RwSignal::new(false);
    Effect::new(|_| browser::hand_on_way_back());
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let request = LoginRequest {
            email: typed(email).trim().to_owned(),
            password: typed(password),
            code: asks.get_untracked().then(|| typed(code)),
        };
        let wrong = [
            (!looks_like_email(&request.email)).then(|| Wrong::at("email", language.enter_email())),
            request.password.is_empty().then(|| Wrong::at("password", language.enter_password())),
        ];
        if form.accepts(wrong.into_iter().flatten().collect()) {
            form.send(async move {
                if let Err(failure) = session::sign_in(&request).await {
                    if failure.code() == Some("second_factor_required") {
                        asks.set(true);
                        return Err(vec![Wrong::at("code", language.enter_code())]);
                    }
                    return Err(form.told(&failure, &[("email", "email"), ("code", "code")]));
                }
                browser::replace(&browser::next());
                Ok(())
            });
        }
    };
    let asked = move || {
        let field = || {
            view! {
                <Field form=form id="code" label=language.code() node=code autocomplete="one-time-code"
                    hint=language.code_hint()/>
            }
            .fresh()
        };
        asks.get().then(field)
    };
    view! {
        <form class="stack" style="--gap:var(--s5)" novalidate=true method="post" on:submit=submit>
            <ErrorSummary form=form/>
            <Field form=form id="email" label=language.email() node=email kind="email" autocomplete="username"/>
            <PasswordField form=form id="password" label=language.password() node=password autocomplete="current-password"/>
            {asked}
            <SendButton form=form label=language.sign_in() busy=language.signing_in()/>
        </form>
    }
}
