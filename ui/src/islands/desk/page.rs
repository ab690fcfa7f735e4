//! A page of staff in the browser: what is written into it, what is asked in between, and what is done in it.

use super::sent::Sent;
use super::{Closed, Reader};
use crate::api::{Answer, Call, Failure, Method, session};
use crate::browser;
use crate::components::Toast;
use crate::islands::dom::{self, listen};
use crate::language::Language;
use js_sys::Date;
use leptos::prelude::*;
use leptos::task::spawn_local;
use onsale_core::text::escape_html;
use serde::Serialize;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, HtmlDialogElement, HtmlElement, HtmlFormElement};

/// The page with its dialog.
pub const PAGE: &str = "desk";
/// What the page shows.
pub const ROOT: &str = "staff";
/// What is asked before anything else.
pub const DIALOG: &str = "ask";

/// A page and who reads it.
#[derive(Debug, Clone, Copy)]
pub struct Desk {
    reader: Reader,
    said: RwSignal<Option<String>>,
    /// When the page began to wait for what it shows.
    since_ms: f64,
}

impl Desk {
    pub fn new(reader: Reader, said: RwSignal<Option<String>>) -> Self {
        Self { reader, said, since_ms: Date::now() }
    }

    pub fn language(self) -> Language {
        self.reader.language
    }

    /// An address of ours in the reader's language.
    pub fn link(self, path: &str) -> String {
        self.reader.link(path)
    }

    pub fn reader(self) -> Reader {
        self.reader
    }

    /// Shows the page in the place of the shape that was awaited.
    pub async fn open(self, html: &str) {
        super::calmly(Date::now() - self.since_ms).await;
        dom::html(ROOT, html);
    }

    /// Says in passing that something was done.
    pub fn say(self, text: impl Into<String>) {
        self.said.set(Some(text.into()));
    }

    /// Says why the page is not there, or goes to sign in.
    pub fn shut(self, failure: &Failure, heading: &'static str) {
        let language = self.language();
        let closed = Closed {
            heading,
            refused: (language.desk_refused(), language.desk_refused_more()),
            missing: language.desk_missing(),
            back: ("/account/security", language.security_title()),
        };
        super::shut(self.reader, ROOT, failure, &closed);
    }

    /// Says of a part of the page that it did not work; whoever is signed out goes to sign in.
    pub fn fail(self, place: &str, failure: &Failure) {
        if matches!(failure, Failure::SignedOut) {
            return self.shut(failure, "");
        }
        let again = self.language().try_again();
        let again = format!("<button type=\"button\" class=\"btn sm\" data-act=\"reload\">{again}</button>");
        dom::html(place, &format!("<div role=\"alert\">{}</div>", self.notice("bad", failure, &again)));
    }

    fn notice(self, class: &str, failure: &Failure, more: &str) -> String {
        super::notice(class, &failure.words(self.language()), more)
    }

    /// Asks something before anything else. The browser moves the focus in, and back once it is closed.
    pub fn ask(self, html: &str) {
        dom::html(DIALOG, html);
        if let Some(dialog) = dialog().filter(|dialog| !dialog.open()) {
            let _shown_or_not = dialog.show_modal();
        }
    }

    /// Ends the question.
    pub fn answered(self) {
        if let Some(dialog) = dialog() {
            dialog.close();
        }
    }

    /// What is pressed in the page, by its name in `data-act`, and what is sent, by its name in `data-form`.
    pub fn listen(self, pressed: impl Fn(&str, &Element) + 'static, sent: impl Fn(&str, Sent) + 'static) {
        let Some(page) = dom::by_id(PAGE) else { return };
        if let Some(dialog) = dialog() {
            // However it was closed: what it asked is not in the page any more.
            listen(&dialog, "close", |_| dom::html(DIALOG, ""));
        }
        listen(&page, "click", move |event| {
            let Some((element, act)) = dom::marked(event.target(), "data-act") else { return };
            match act.as_str() {
                "close" => self.answered(),
                "reload" => reload(),
                "print" => print(),
                "copy" => self.copy(&element),
                // It loads the page again by itself.
                "again" => {}
                act => pressed(act, &element),
            }
        });
        listen(&page, "submit", move |event| {
            event.prevent_default();
            let Some(form) = event.target().and_then(|target| target.dyn_into::<HtmlFormElement>().ok()) else {
                return;
            };
            let name = form.get_attribute("data-form").unwrap_or_default();
            sent(&name, Sent::new(self, form));
        });
    }

    /// Copies what the button names.
    fn copy(self, button: &Element) {
        let source = button.get_attribute("data-copy").and_then(|id| dom::by_id(&id));
        let Some(source) = source.and_then(|source| source.dyn_into::<HtmlElement>().ok()) else { return };
        let promise = window().navigator().clipboard().write_text(source.inner_text().trim());
        spawn_local(async move {
            let copied = JsFuture::from(promise).await.is_ok();
            let language = self.language();
            self.say(if copied { language.copied() } else { language.desk_copy_by_hand() });
        });
    }
}

/// A page before it is awake, and what begins when it is.
pub fn place(reader: Reader, heading: &'static str, begin: impl Fn(Desk) + 'static) -> impl IntoView {
    let said = RwSignal::new(None);
    let language = reader.language;
    Effect::new(move |_| begin(Desk::new(reader, said)));
    view! {
        <div id=PAGE>
            <div class="adm stack" id=ROOT inner_html=waiting(language, heading)></div>
            <dialog class="card ask" id=DIALOG aria-labelledby="dialog-title"></dialog>
            <Toast language=language message=said/>
        </div>
    }
}

/// The shape of what is awaited; it shows only when that takes a while.
fn waiting(language: Language, heading: &str) -> String {
    format!(
        "<h1>{}</h1><noscript><div class=\"notice warn\"><div><p>{}</p></div></div></noscript>\
         <div class=\"stack late\" role=\"status\"><span class=\"vh\">{}</span>{}</div>",
        escape_html(heading),
        language.desk_needs_script(),
        language.loading(),
        "<div class=\"card skel wait-card\"></div>".repeat(2),
    )
}

fn dialog() -> Option<HtmlDialogElement> {
    dom::by_id(DIALOG)?.dyn_into().ok()
}

/// Loads the page again.
pub fn reload() {
    if let Some(window) = web_sys::window() {
        let _stays_here = window.location().reload();
    }
}

fn print() {
    if let Some(window) = web_sys::window() {
        let _printed_or_not = window.print();
    }
}

/// Does something, once: whoever does not hear the answer looks whether it was done.
pub async fn act<B: Serialize>(method: Method, path: &str, body: &B) -> Result<Answer, Failure> {
    session::send(&Call::new(method, path).with_body(body)?).await
}

/// Takes something away.
pub async fn take_away(path: &str) -> Result<(), Failure> {
    session::send(&Call::new(Method::Delete, path)).await.map(drop)
}

/// A value in an address.
pub fn encoded(text: &str) -> String {
    js_sys::encode_uri_component(text).into()
}

/// A moment by this computer's clocks.
pub fn moment(language: Language, at: chrono::DateTime<chrono::Utc>) -> String {
    let moment = crate::format::Moment::at(language, at, &browser::time_zone());
    format!("{} {} {} {}", moment.day(), moment.month(), moment.year(), moment.time())
}
