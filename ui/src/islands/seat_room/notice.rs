//! What happened, and the one button that helps.

use super::hold;
use super::room::Room;
use crate::components::ALERT;
use crate::language::Language;
use crate::seats::SeatNo;
use leptos::prelude::*;

/// What the button of a notice does.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Remedy {
    /// Holds these instead of what was chosen.
    Hold(Vec<SeatNo>),
    /// Chooses these instead.
    Choose(Vec<SeatNo>),
    /// Loads the page again.
    Reload,
}

/// Something that the reader must know, until it is dismissed or no longer so.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Notice {
    class: &'static str,
    text: String,
    /// The number to name when asking for help.
    trace: Option<String>,
    remedy: Option<(String, Remedy)>,
    passing: bool,
}

impl Notice {
    /// Something to know that passes with the next choice.
    pub(super) fn info(text: String) -> Self {
        Self { class: "notice", text, trace: None, remedy: None, passing: true }
    }

    /// Something that went wrong.
    pub(super) fn bad(text: String, trace: Option<String>) -> Self {
        Self { class: "notice bad", text, trace, remedy: None, passing: false }
    }

    /// Something that the reader lost.
    pub(super) fn warn(text: String) -> Self {
        Self { class: "notice warn", text, trace: None, remedy: None, passing: false }
    }

    /// With a button.
    pub(super) fn with(self, label: String, remedy: Remedy) -> Self {
        Self { remedy: Some((label, remedy)), ..self }
    }

    pub(super) fn plan_changed(language: Language) -> Self {
        Self::warn(language.plan_changed().to_owned()).with(language.again().to_owned(), Remedy::Reload)
    }

    pub(super) fn is_passing(&self) -> bool {
        self.passing
    }
}

fn act(room: Room, remedy: Remedy) {
    match remedy {
        Remedy::Hold(seats) => {
            room.notice.set(None);
            room.change(|board| board.choose_instead(&seats));
            room.settle();
            hold::hold(room);
        }
        Remedy::Choose(seats) => {
            room.notice.set(None);
            room.change(|board| board.choose_instead(&seats));
            room.settle();
        }
        Remedy::Reload => {
            if let Some(window) = web_sys::window() {
                let _stays = window.location().reload();
            }
        }
    }
}

/// Where notices stand: over the tray, in sight.
#[component]
pub fn NoticeBox(room: Room) -> impl IntoView {
    let language = room.language();
    let shown = move || {
        room.notice.get().map(|Notice { class, text, trace, remedy, .. }| {
            let button = remedy.map(|(label, remedy)| {
                view! {
                    <button type="button" class="btn sm" on:click=move |_| act(room, remedy.clone())>{label}</button>
                }
            });
            let trace = trace.map(|trace| view! { <p class="small">{language.trace()}" "<code>{trace}</code></p> });
            view! {
                <div class=class>
                    <svg class="i" viewBox="0 0 20 20" aria-hidden="true" inner_html=ALERT></svg>
                    <div>
                        <p>{text}</p>
                        {trace}
                        <p class="row">
                            {button}
                            <button type="button" class="link" on:click=move |_| room.notice.set(None)>
                                {language.dismiss()}
                            </button>
                        </p>
                    </div>
                </div>
            }
        })
    };
    view! { <div class="told" role="alert">{shown}</div> }
}
