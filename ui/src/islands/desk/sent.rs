//! A form that was sent: what was typed, what is wrong with it, and what becomes of it. Nothing that was typed is lost
//! by an error.

use super::page::Desk;
use crate::api::Failure;
use crate::browser;
use crate::components::{Wrong, told};
use crate::islands::dom;
use crate::language::Language;
use leptos::task::spawn_local;
use onsale_core::text::escape_html;
use wasm_bindgen::JsValue;
use web_sys::{Element, FormData, HtmlFormElement};

/// A form in the page.
#[derive(Clone)]
pub struct Sent {
    desk: Desk,
    form: HtmlFormElement,
    /// What to say for a code of the API that says more here than elsewhere.
    said: Option<(&'static str, &'static str)>,
}

impl Sent {
    pub fn new(desk: Desk, form: HtmlFormElement) -> Self {
        Self { desk, form, said: None }
    }

    /// The same form, which says this for one of the API's codes.
    pub fn saying(self, code: &'static str, words: &'static str) -> Self {
        Self { said: Some((code, words)), ..self }
    }

    fn language(&self) -> Language {
        self.desk.language()
    }

    /// What the form is about, by an attribute that was written into it.
    pub fn about(&self, attribute: &str) -> String {
        self.form.get_attribute(attribute).unwrap_or_default()
    }

    /// What was typed or chosen, without spaces around it.
    pub fn text(&self, name: &str) -> String {
        let values = FormData::new_with_form(&self.form).ok();
        let value = values.and_then(|values| values.get(name).as_string());
        value.unwrap_or_default().trim().to_owned()
    }

    /// All that was ticked under a name.
    pub fn ticked(&self, name: &str) -> Vec<String> {
        let Ok(values) = FormData::new_with_form(&self.form) else { return Vec::new() };
        values.get_all(name).iter().filter_map(|value: JsValue| value.as_string()).collect()
    }

    /// Whether something was ticked under a name.
    pub fn has(&self, name: &str) -> bool {
        !self.ticked(name).is_empty()
    }

    /// Says what is wrong, all at once; whether nothing is.
    pub fn accepts(&self, wrong: &[Wrong]) -> bool {
        for field in self.all("[aria-invalid]") {
            dom::attribute(&field, "aria-invalid", None);
        }
        for message in self.all(".err") {
            message.set_text_content(None);
        }
        for Wrong { field, message } in wrong {
            let Some(field) = field else { continue };
            if let Some(input) = dom::by_id(field) {
                dom::attribute(&input, "aria-invalid", Some("true"));
            }
            dom::text(&format!("{field}-err"), message);
        }
        browser::mark_title(self.language(), !wrong.is_empty());
        if let Some(summary) = self.all("[data-summary]").into_iter().next() {
            self.sum_up(&summary, wrong);
        }
        wrong.is_empty()
    }

    fn sum_up(&self, summary: &Element, wrong: &[Wrong]) {
        let item = |wrong: &Wrong| {
            let message = escape_html(&wrong.message);
            match &wrong.field {
                Some(field) => format!("<li><a href=\"#{field}\">{message}</a></li>"),
                None => format!("<li>{message}</li>"),
            }
        };
        let items: String = wrong.iter().map(item).collect();
        let title = self.language().errors_title(wrong.len());
        summary.set_inner_html(&format!("<div><h2>{title}</h2><ul>{items}</ul></div>"));
        dom::attribute(summary, "hidden", wrong.is_empty().then_some(""));
        if !wrong.is_empty()
            && let Some(id) = summary.get_attribute("id")
        {
            browser::focus(&id);
        }
    }

    /// What a failure is about; whoever is signed out goes to sign in.
    pub fn told(&self, failure: &Failure, fields: &[(&str, &'static str)]) -> Vec<Wrong> {
        if matches!(failure, Failure::SignedOut) {
            self.desk.shut(failure, "");
        }
        match self.said.filter(|(code, _)| failure.code() == Some(code)) {
            Some((_, words)) => vec![Wrong::whole(words)],
            None => told(self.language(), failure, fields),
        }
    }

    /// Sends it, unless it is being sent; then goes on with what came back.
    pub fn send<T: 'static>(
        self,
        work: impl Future<Output = Result<T, Failure>> + 'static,
        fields: &'static [(&'static str, &'static str)],
        done: impl FnOnce(T) + 'static,
    ) {
        if self.form.has_attribute("aria-busy") {
            return;
        }
        self.busy(true);
        spawn_local(async move {
            let outcome = work.await;
            self.busy(false);
            match outcome {
                Ok(value) => done(value),
                Err(failure) => {
                    let wrong = self.told(&failure, fields);
                    self.accepts(&wrong);
                }
            }
        });
    }

    fn busy(&self, busy: bool) {
        dom::attribute(&self.form, "aria-busy", busy.then_some("true"));
        for button in self.all("[data-send]") {
            dom::attribute(&button, "aria-disabled", busy.then_some("true"));
        }
        for label in self.all("[data-send] > :first-child") {
            dom::attribute(&label, "data-off", busy.then_some(""));
        }
        for label in self.all("[data-send] > :last-child") {
            dom::attribute(&label, "data-off", (!busy).then_some(""));
        }
    }

    /// Empties it for the next one.
    pub fn clear(&self) {
        self.form.reset();
    }

    pub fn all(&self, selector: &str) -> Vec<Element> {
        dom::all_in(&self.form, selector)
    }
}
