//! What happened, and the one button that helps.

use super::html::escape_html;
use super::room::Room;
use super::{dom, hold};
use crate::components::ALERT;
use crate::language::Language;
use crate::seats::SeatNo;

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

    fn html(&self, language: Language) -> String {
        let button = self.remedy.as_ref().map(|(label, _)| {
            format!("<button type=\"button\" class=\"btn sm\" data-act=\"remedy\">{}</button>", escape_html(label))
        });
        let trace = self
            .trace
            .as_ref()
            .map(|trace| format!("<p class=\"small\">{} <code>{}</code></p>", language.trace(), escape_html(trace)));
        format!(
            "<div class=\"{}\"><svg class=\"i\" viewBox=\"0 0 20 20\" aria-hidden=\"true\">{ALERT}</svg><div><p>{}</p>{}\
             <p class=\"row\">{}<button type=\"button\" class=\"link\" data-act=\"dismiss\">{}</button></p></div></div>",
            self.class,
            escape_html(&self.text),
            trace.unwrap_or_default(),
            button.unwrap_or_default(),
            language.dismiss(),
        )
    }
}

/// Shows a notice, or none, over the tray.
pub(super) fn show(room: Room, notice: Option<&Notice>) {
    let html = notice.map(|notice| notice.html(room.language())).unwrap_or_default();
    if room.set_notice(notice) {
        dom::html("told", &html);
    }
}

/// Its button was pressed.
pub(super) fn act(room: Room) {
    let Some((_, remedy)) = room.notice().and_then(|notice| notice.remedy) else { return };
    if remedy == Remedy::Reload {
        if let Some(window) = web_sys::window() {
            let _stays = window.location().reload();
        }
        return;
    }
    show(room, None);
    let (Remedy::Hold(seats) | Remedy::Choose(seats)) = &remedy else { return };
    room.change(|board| board.choose_instead(seats));
    room.settle();
    if matches!(remedy, Remedy::Hold(_)) {
        hold::hold(room);
    }
}
