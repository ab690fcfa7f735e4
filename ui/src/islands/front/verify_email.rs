//! Proving an address by the mailed link.

use crate::api::{Failure, session};
use crate::browser;
use crate::components::{IntoFresh, failure_state};
use crate::language::Language;
use leptos::either::Either;
use leptos::prelude::*;
use leptos::task::spawn_local;
use onsale_core::api::accounts::VerifyEmail;

#[derive(Clone)]
enum State {
    Asking,
    Done,
    Spent,
    Failed(Failure),
}

/// Proves it at once; nothing has to be pressed.
#[island]
pub fn ProveEmail(
    /// The reader's language.
    language: Language,
) -> impl IntoView {
    let state = RwSignal::new(State::Asking);
    let token = StoredValue::new(String::new());
    let prove = Callback::new(move |()| {
        state.set(State::Asking);
        spawn_local(async move {
            let told = session::tell("/api/auth/email/verify", &VerifyEmail { token: token.get_value() }).await;
            state.set(match told {
                Ok(()) => State::Done,
                Err(failure) if failure.code() == Some("invalid") => State::Spent,
                Err(failure) => State::Failed(failure),
            });
        });
    });
    Effect::new(move |_| {
        token.set_value(browser::parameter("token").unwrap_or_default());
        browser::show_address("/verify-email");
        prove.run(());
    });
    let notice = |class: &'static str, text: &'static str| {
        view! { <div class=class role="status"><div><p>{text}</p></div></div> }
    };
    move || match state.get() {
        State::Asking => Either::Left(notice("notice", language.verifying())),
        State::Done => Either::Right(notice("notice good", language.verified()).fresh()),
        State::Spent => Either::Right(notice("notice bad", language.verify_failed()).fresh()),
        State::Failed(failure) => Either::Right(failure_state(language, None, &failure, prove)),
    }
}
