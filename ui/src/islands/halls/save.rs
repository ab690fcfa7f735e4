//! The hall is saved by itself, and published when somebody says so.

use super::editor::Editor;
use super::html;
use crate::api::{self, Call, Failure, Method, session, sleep};
use crate::browser;
use crate::islands::dom;
use chrono::{DateTime, Utc};
use js_sys::Date;
use leptos::leptos_dom::helpers::{TimeoutHandle, set_timeout_with_handle};
use leptos::prelude::document;
use leptos::task::spawn_local;
use onsale_core::api::halls::{HallVersion, PublishHall, SaveHall, SavedHall};
use onsale_core::hall::Hall;
use std::time::Duration;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::HtmlElement;

/// So long after the last change the hall is saved.
const SAVE_AFTER: Duration = Duration::from_millis(1_200);
/// What could not be saved is tried again after so long.
const AGAIN_AFTER: Duration = Duration::from_secs(5);

/// How long, and how often at most, one waits for what is being saved.
const WAIT: Duration = Duration::from_millis(100);
const WAITS_MAX: u32 = 150;

/// How the hall on the page and the kept one stand to each other.
pub(super) struct Saving {
    pub(super) revision: i32,
    kept: Hall,
    at: String,
    timer: Option<TimeoutHandle>,
    busy: bool,
    lost: bool,
    /// It was changed elsewhere, or refused: nothing is saved any more.
    pub(super) stopped: bool,
}

impl Saving {
    pub(super) fn of(revision: i32, hall: &Hall, at: DateTime<Utc>) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 are far below 2^53")]
        let at = clock(at.timestamp_millis() as f64);
        Self { revision, kept: hall.clone(), at, timer: None, busy: false, lost: false, stopped: false }
    }

    /// `saved 13:01`, or why not.
    pub(super) fn words(&self, language: crate::language::Language, hall: &Hall) -> String {
        if self.lost {
            language.hall_unsaved().to_owned()
        } else if self.busy || self.kept != *hall {
            language.hall_saving().to_owned()
        } else {
            language.hall_saved(&self.at)
        }
    }
}

/// `13:01` by this computer's clock.
fn clock(at_ms: f64) -> String {
    let at = Date::new(&JsValue::from_f64(at_ms));
    format!("{:02}:{:02}", at.get_hours(), at.get_minutes())
}

/// Saves at once when nobody looks at the page any more.
pub(super) fn wake(editor: &Editor) {
    let own = editor.clone();
    let hidden = Closure::<dyn Fn()>::new(move || {
        if browser::is_hidden() {
            now(&own);
        }
    });
    let _never_fails = document().add_event_listener_with_callback("visibilitychange", hidden.as_ref().unchecked_ref());
    hidden.forget();
}

/// Saves once nothing changed for a while.
pub(super) fn later(editor: &Editor) {
    wait(editor, SAVE_AFTER);
}

fn wait(editor: &Editor, time: Duration) {
    let own = editor.clone();
    let timer = set_timeout_with_handle(move || now(&own), time).ok();
    let before = editor.act(|state| std::mem::replace(&mut state.saving.timer, timer));
    if let Some(before) = before {
        before.clear();
    }
}

/// Saves what is not saved.
pub(super) fn now(editor: &Editor) {
    let editor = editor.clone();
    spawn_local(async move {
        let _told = save(&editor).await;
    });
}

/// Waits for what is being saved, and saves what is not.
pub(super) async fn keep(editor: &Editor) -> Result<(), ()> {
    for _ in 0..WAITS_MAX {
        if !editor.look(|state| state.saving.busy) {
            return save(editor).await;
        }
        sleep(WAIT).await;
    }
    Err(())
}

/// Saves until the kept hall is the one on the page; one request at a time.
async fn save(editor: &Editor) -> Result<(), ()> {
    loop {
        let due = editor.act(|state| {
            let saving = &mut state.saving;
            if saving.stopped || saving.busy {
                return Err(());
            }
            if saving.kept == state.hall {
                return Ok(None);
            }
            saving.busy = true;
            Ok(Some((state.id.clone(), SaveHall { revision: saving.revision, hall: state.hall.clone() })))
        })?;
        let Some((id, body)) = due else { return Ok(()) };
        editor.show_state();
        let sent = send(&id, &body).await;
        editor.act(|state| state.saving.busy = false);
        match sent {
            Ok(saved) => {
                #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 are far below 2^53")]
                let at = clock(saved.updated_at.timestamp_millis() as f64);
                let was_lost = editor.act(|state| {
                    state.saving.revision = saved.revision;
                    state.saving.kept = body.hall;
                    state.saving.at = at;
                    std::mem::replace(&mut state.saving.lost, false)
                });
                if was_lost {
                    editor.tell("");
                }
            }
            Err(failure) => {
                failed(editor, &failure);
                return Err(());
            }
        }
        editor.show_state();
    }
}

async fn send(id: &str, body: &SaveHall) -> Result<SavedHall, Failure> {
    let call = Call::new(Method::Put, &format!("/api/admin/halls/{id}")).with_body(body)?;
    session::send(&call).await?.read()
}

fn failed(editor: &Editor, failure: &Failure) {
    let reader = editor.look(|state| state.reader);
    match failure {
        Failure::SignedOut => browser::replace(&browser::with_way_back("/sign-in")),
        Failure::Problem { body, .. } if body.status == 409 => {
            editor.act(|state| state.saving.stopped = true);
            editor.tell(&html::stale(reader.language));
        }
        Failure::Problem { body, .. } if body.status < 500 => {
            // What is drawn next may be within bounds again.
            editor.act(|state| state.saving.lost = true);
            editor.tell(&html::refused(reader.language, body));
        }
        _ => {
            editor.act(|state| state.saving.lost = true);
            wait(editor, AGAIN_AFTER);
        }
    }
    editor.show_state();
}

/// Saves, then publishes what was saved.
pub(super) fn publish(editor: &Editor) {
    editor.find_problems();
    if editor.look(|state| !state.problems.is_empty()) {
        for button in dom::all("header [popovertarget=chk]") {
            button.unchecked_into::<HtmlElement>().click();
        }
        return;
    }
    let editor = editor.clone();
    spawn_local(async move {
        if keep(&editor).await.is_err() {
            return;
        }
        let (id, revision, language) =
            editor.look(|state| (state.id.clone(), state.saving.revision, state.reader.language));
        let path = format!("/api/admin/halls/{id}/publish");
        match api::effect::<_, HallVersion>(Method::Post, &path, &PublishHall { revision }).await {
            Ok(made) => {
                editor.act(|state| state.version = made.version);
                editor.tell(&html::published(language, made.version));
                editor.show_state();
            }
            Err(failure @ Failure::Problem { .. }) => failed(&editor, &failure),
            Err(failure) => editor.tell(&html::notice("bad", &failure.words(language), "")),
        }
    });
}
