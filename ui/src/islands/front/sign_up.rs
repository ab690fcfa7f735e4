//! Making an account.

use crate::api::session;
use crate::browser;
use crate::components::{ErrorSummary, Field, Form, PasswordField, SendButton, Wrong, looks_like_email, typed};
use crate::language::Language;
use leptos::ev;
use leptos::html::Input;
use leptos::prelude::*;
use onsale_core::api::accounts::RegisterRequest;

/// The least characters of a password; the API has the last word.
pub(super) const PASSWORD_CHARS_MIN: usize = 8;

/// The form: name, email, password, nothing else.
#[island]
pub fn SignUpForm(
    /// The reader's language.
    language: Language,
) -> impl IntoView {
    let form = Form::new(language);
    let (name, email, password) = (NodeRef::<Input>::new(), NodeRef::<Input>::new(), NodeRef::<Input>::new());
    Effect::new(|_| browser::hand_on_way_back());
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let request = RegisterRequest {
            email: typed(email).trim().to_owned(),
            password: typed(password),
            name: typed(name).trim().to_owned(),
            phone: None,
            language: Some(language.tag().to_owned()),
        };
        let short = request.password.chars().count() < PASSWORD_CHARS_MIN;
        let wrong = [
            request.name.is_empty().then(|| Wrong::at("name", language.enter_name())),
            (!looks_like_email(&request.email)).then(|| Wrong::at("email", language.enter_email())),
            short.then(|| Wrong::at("password", language.enter_new_password())),
        ];
        if form.accepts(wrong.into_iter().flatten().collect()) {
            form.send(async move {
                let fields = [("name", "name"), ("email", "email"), ("password", "password")];
                session::sign_up(&request).await.map_err(|failure| form.told(&failure, &fields))?;
                browser::replace(&browser::next());
                Ok(())
            });
        }
    };
    view! {
        <form class="stack" style="--gap:var(--s5)" novalidate=true method="post" on:submit=submit>
            <ErrorSummary form=form/>
            <Field form=form id="name" label=language.name() node=name autocomplete="name" hint=language.name_hint()/>
            <Field form=form id="email" label=language.email() node=email kind="email" autocomplete="username"/>
            <PasswordField form=form id="password" label=language.password() node=password autocomplete="new-password"
                hint=language.password_hint()/>
            <SendButton form=form label=language.make_account() busy=language.making_account()/>
        </form>
    }
}
