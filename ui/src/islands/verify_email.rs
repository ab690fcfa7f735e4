//! Proving an address by the mailed link.

use crate::api::{Failure, session};
use crate::browser;
use crate::components::FailureState;
use crate::language::Language;
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
        view! { <div class=class role="status"><div><p>{text}</p></div></div> }.into_any()
    };
    move || match state.get() {
        State::Asking => notice("notice", language.verifying()),
        State::Done => notice("notice good", language.verified()),
        State::Spent => notice("notice bad", language.verify_failed()),
        State::Failed(failure) => view! { <FailureState language=language failure=failure again=prove/> }.into_any(),
    }
}
