//! Forms after the design's rules: checked when they are sent, all errors at once, a summary at the top that takes
//! the focus, the same words at each field, nothing cleared, nothing asked twice.

use crate::api::Failure;
use crate::browser;
use crate::components::{ALERT, IntoFresh};
use crate::language::Language;
use leptos::html::Input;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::borrow::Cow;

/// The summary's id.
const SUMMARY: &str = "errors";

/// One thing that is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// The id of the input; nothing when it is about the whole form.
    pub field: Option<Cow<'static, str>>,
    /// What to do.
    pub message: String,
}

impl Wrong {
    /// Something wrong with one field.
    #[must_use]
    pub fn at(field: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self { field: Some(field.into()), message: message.into() }
    }

    /// Something wrong with no field in particular.
    #[must_use]
    pub fn whole(message: impl Into<String>) -> Self {
        Self { field: None, message: message.into() }
    }
}

/// A form's state, shared by its fields, its summary and its button.
#[derive(Clone, Copy)]
pub struct Form {
    language: Language,
    wrong: RwSignal<Vec<Wrong>>,
    busy: RwSignal<bool>,
}

impl Form {
    /// A form that nobody has sent yet.
    #[must_use]
    pub fn new(language: Language) -> Self {
        Self { language, wrong: RwSignal::new(Vec::new()), busy: RwSignal::new(false) }
    }

    /// Shows these errors; whether there are none.
    pub fn accepts(self, wrong: Vec<Wrong>) -> bool {
        let good = wrong.is_empty();
        self.show(wrong);
        good
    }

    /// Sends it, unless it is being sent. After a success the button stays busy: the page goes on, or shows
    /// something else.
    pub fn send(self, work: impl Future<Output = Result<(), Vec<Wrong>>> + 'static) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        spawn_local(async move {
            if let Err(wrong) = work.await {
                self.busy.set(false);
                self.show(wrong);
            }
        });
    }

    /// What a failure is about: the fields that the API names, by its name and ours, or the whole form.
    #[must_use]
    pub fn told(self, failure: &Failure, fields: &[(&str, &'static str)]) -> Vec<Wrong> {
        told(self.language, failure, fields)
    }

    fn show(self, wrong: Vec<Wrong>) {
        let any = !wrong.is_empty();
        self.wrong.set(wrong);
        browser::mark_title(self.language, any);
        if any {
            request_animation_frame(|| browser::focus(SUMMARY));
        }
    }

    fn message_of(self, field: &'static str) -> Option<String> {
        self.wrong.with(|all| {
            all.iter().find(|wrong| wrong.field.as_deref() == Some(field)).map(|wrong| wrong.message.clone())
        })
    }
}

/// What a failure is about: the fields that the API names, by its name and ours, or all of what was sent.
#[must_use]
pub fn told(language: Language, failure: &Failure, fields: &[(&str, &'static str)]) -> Vec<Wrong> {
    let known = |name: &str| fields.iter().find(|(theirs, _)| *theirs == name).map(|(_, ours)| *ours);
    if let Failure::Problem { body, .. } = failure {
        let of_code = |code: &str| match code {
            "password_too_short" | "password_too_common" => known("password"),
            "email_taken" => known("email"),
            "invalid_code" => known("code"),
            _ => None,
        };
        if let Some(field) = of_code(&body.code) {
            return vec![Wrong::at(field, failure.words(language))];
        }
        let named: Vec<Wrong> =
            body.errors.iter().filter_map(|e| Some(Wrong::at(known(&e.field)?, e.message.clone()))).collect();
        if !named.is_empty() {
            return named;
        }
    }
    vec![Wrong::whole(failure.words(language))]
}

/// All errors, linked to their fields; it takes the focus when it appears.
#[component]
pub fn ErrorSummary(
    /// The form.
    form: Form,
) -> impl IntoView {
    let items = move || {
        let item = |wrong: Wrong| match wrong.field {
            Some(field) => view! { <li><a href=format!("#{field}")>{wrong.message}</a></li> }.fresh(),
            None => view! { <li>{wrong.message}</li> }.fresh(),
        };
        form.wrong.get().into_iter().map(item).collect::<Vec<_>>()
    };
    let title = move || form.language.errors_title(form.wrong.with(Vec::len));
    let any = Memo::new(move |_| form.wrong.with(|all| !all.is_empty()));
    let summary = move || {
        view! {
            <div class="notice bad" id=SUMMARY role="alert" tabindex="-1">
                <svg class="i" viewBox="0 0 20 20" aria-hidden="true" inner_html=ALERT></svg>
                <div>
                    <h2>{title}</h2>
                    <ul>{items}</ul>
                </div>
            </div>
        }
        .fresh()
    };
    move || any.get().then(summary)
}

/// A field: label, hint, message, input.
#[component]
pub fn Field(
    /// The form it belongs to.
    form: Form,
    /// The input's id, by which errors find it.
    id: &'static str,
    /// What it asks for.
    label: &'static str,
    /// The input, to read what was typed.
    node: NodeRef<Input>,
    /// What browsers and password managers may fill in (HTML, 4.10.18.7).
    autocomplete: &'static str,
    /// The input's type.
    #[prop(default = "text")]
    kind: &'static str,
    /// More about what is asked for.
    #[prop(optional)]
    hint: Option<&'static str>,
) -> impl IntoView {
    view! {
        <div class="field">
            <label for=id>{label}</label>
            {about(form, id, hint)}
            <input class="in" id=id name=id type=kind autocomplete=autocomplete node_ref=node required=true
                aria-invalid=move || form.message_of(id).map(|_| "true")
                aria-describedby=move || described_by(form, id, hint)/>
        </div>
    }
}

/// A field for a password, which can be shown.
#[component]
pub fn PasswordField(
    /// The form it belongs to.
    form: Form,
    /// The input's id, by which errors find it.
    id: &'static str,
    /// What it asks for.
    label: &'static str,
    /// The input, to read what was typed.
    node: NodeRef<Input>,
    /// `current-password` or `new-password`.
    autocomplete: &'static str,
    /// More about what is asked for.
    #[prop(optional)]
    hint: Option<&'static str>,
) -> impl IntoView {
    let language = form.language;
    let shown = RwSignal::new(false);
    view! {
        <div class="field">
            <label for=id>{label}</label>
            {about(form, id, hint)}
            <div class="with">
                <input class="in" id=id name=id type=move || if shown.get() { "text" } else { "password" }
                    autocomplete=autocomplete autocapitalize="off" spellcheck="false" node_ref=node required=true
                    aria-invalid=move || form.message_of(id).map(|_| "true")
                    aria-describedby=move || described_by(form, id, hint)/>
                <button type="button" class="link small" aria-pressed=move || shown.get().to_string()
                    aria-label=language.show_password() on:click=move |_| shown.update(|shown| *shown = !*shown)>
                    {move || if shown.get() { language.hide() } else { language.show() }}
                </button>
            </div>
        </div>
    }
}

fn about(form: Form, id: &'static str, hint: Option<&'static str>) -> impl IntoView {
    let hint = hint.map(|hint| view! { <p class="hint" id=format!("{id}-hint")>{hint}</p> });
    let message =
        move || form.message_of(id).map(|text| view! { <p class="err" id=format!("{id}-err")>{text}</p> }.fresh());
    (hint, message)
}

fn described_by(form: Form, id: &'static str, hint: Option<&'static str>) -> Option<String> {
    let hint = hint.map(|_| format!("{id}-hint"));
    let message = form.message_of(id).map(|_| format!("{id}-err"));
    let ids: Vec<String> = [hint, message].into_iter().flatten().collect();
    (!ids.is_empty()).then(|| ids.join(" "))
}

/// The form's one button. While it is sent it says so and keeps its width.
#[component]
pub fn SendButton(
    /// The form it sends.
    form: Form,
    /// What it does.
    label: &'static str,
    /// What is happening while it does.
    busy: &'static str,
) -> impl IntoView {
    view! {
        <button class="btn go big full" aria-disabled=move || form.busy.get().then_some("true")>
            {move || if form.busy.get() { busy } else { label }}
        </button>
    }
}

/// What was typed into an input.
#[must_use]
pub fn typed(node: NodeRef<Input>) -> String {
    node.get_untracked().map(|input| input.value()).unwrap_or_default()
}

/// Whether a text looks like an address; the API decides.
#[must_use]
pub fn looks_like_email(text: &str) -> bool {
    text.trim().split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
}
