//! The organiser's control of a line, as HTML: how it stands, what can be done, and the question before it is done.

use crate::format::{Moment, count};
use crate::language::Language;
use onsale_core::api::queue::{QueueMode, QueueRoom, SharedDevice};
use onsale_core::text::escape_html;

/// Something that is asked before it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ask {
    /// Set up or change.
    Set,
    Pause,
    Resume,
    Admit,
    Close,
}

impl Ask {
    const ALL: [Self; 5] = [Self::Set, Self::Pause, Self::Resume, Self::Admit, Self::Close];

    /// The name on its button, which is also the call's.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Set => "set",
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Admit => "admit",
            Self::Close => "close",
        }
    }

    /// What is filled in first.
    pub(super) fn field(self) -> &'static str {
        match self {
            Self::Set => "lf-mode",
            Self::Admit => "lf-count",
            Self::Pause | Self::Resume | Self::Close => "lf-message",
        }
    }

    pub(super) fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ask| ask.name() == name)
    }
}

/// The section before anything is known.
pub(super) fn section(language: Language) -> String {
    format!(
        "<section class=\"card stack org-line\" id=\"line\" aria-labelledby=\"line-h\"><h2 id=\"line-h\" tabindex=\"-1\">{}</h2>\
         <div class=\"stack\" id=\"line-state\"></div><div class=\"stack\" id=\"line-ask\"></div>\
         <div class=\"stack\" id=\"line-chart\"></div><div id=\"line-signals\"></div>\
         <p class=\"soft small\" role=\"status\" id=\"line-said\"></p></section>",
        language.the_line()
    )
}

/// Whether there is a line.
pub(super) fn is_on(room: Option<&QueueRoom>) -> bool {
    room.is_some_and(|room| room.view.mode != QueueMode::Off)
}

/// How it stands.
pub(super) fn state(language: Language, room: Option<&QueueRoom>, zone: &str) -> String {
    let Some(room) = room.filter(|room| is_on(Some(room))) else {
        return format!(
            "<p>{}</p><p class=\"row\">{}</p>",
            language.no_line(),
            button(Ask::Set, language.set_up_line())
        );
    };
    let view = &room.view;
    let (word, class) = word(language, room);
    let time = |at| {
        let at = Moment::at(language, at, zone);
        format!("{} {} {}", at.day(), at.month(), at.time())
    };
    let figure = |name: &str, value: u32| {
        format!("<div><dt>{name}</dt><dd class=\"num\">{}</dd></div>", count(language, i64::from(value)))
    };
    let message =
        view.message.as_ref().map(|message| format!("<p><b>{}</b> {}</p>", language.they_read(), escape_html(message)));
    let by_hand = (room.admit_more > 0).then(|| format!("<p>{}</p>", language.let_in_by_hand(room.admit_more)));
    format!(
        "<p class=\"row\"><span class=\"badge {class}\">{word}</span><span>{}</span>\
         <span class=\"soft small\">{} {} · {} {}</span></p>\
         <dl class=\"line-figs\">{}{}{}{}</dl>{}{}<p class=\"row does\">{}</p>",
        language.line_kind(view.mode),
        language.room_opens(),
        time(view.opens_at),
        language.line_starts(),
        time(view.starts_at),
        figure(language.joined_word(), view.joined),
        figure(language.waiting_word(), room.waiting),
        figure(language.called_word(), view.now_serving),
        figure(language.per_minute_word(), view.per_minute),
        message.unwrap_or_default(),
        by_hand.unwrap_or_default(),
        buttons(language, room)
    )
}

fn word(language: Language, room: &QueueRoom) -> (&'static str, &'static str) {
    let view = &room.view;
    match () {
        () if view.closed => (language.line_ended(), ""),
        () if view.paused => (language.line_paused(), "warn"),
        () if view.sold_out => (language.sold_out(), ""),
        () if view.started => (language.line_moving(), "good"),
        () if view.joined > 0 && view.mode == QueueMode::Lobby => (language.lobby_on(), "info"),
        () => (language.line_to_open(), "info"),
    }
}

fn button(ask: Ask, word: &str) -> String {
    format!("<button type=\"button\" class=\"btn sm\" data-act=\"line-{0}\">{word}</button>", ask.name())
}

fn buttons(language: Language, room: &QueueRoom) -> String {
    if room.view.closed {
        return String::new();
    }
    let first = match room.view.paused {
        true => button(Ask::Resume, language.resume_line()),
        false => button(Ask::Pause, language.pause_line()),
    };
    [
        first,
        button(Ask::Admit, language.admit_line()),
        button(Ask::Close, language.close_line()),
        button(Ask::Set, language.change_line()),
    ]
    .concat()
}

/// The settings as they are filled in, times by this computer's clock.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Filled {
    pub(super) opens: String,
    pub(super) starts: String,
}

/// The question, with what it needs to know; nothing while none is asked.
pub(super) fn ask(language: Language, ask: Option<Ask>, room: Option<&QueueRoom>, filled: &Filled) -> String {
    let Some(ask) = ask else { return String::new() };
    let (title, more, word) = match ask {
        Ask::Set if is_on(room) => (language.change_line(), "", language.save_line()),
        Ask::Set => (language.set_up_line(), "", language.save_line()),
        Ask::Pause => (language.sure_pause(), language.sure_pause_more(), language.pause_line()),
        Ask::Resume => (language.sure_resume(), language.sure_resume_more(), language.resume_line()),
        Ask::Admit => (language.sure_admit(), language.sure_admit_more(), language.admit_line()),
        Ask::Close => (language.sure_close(), language.sure_close_more(), language.close_line()),
    };
    let fields = match ask {
        Ask::Set => settings(language, room, filled),
        Ask::Admit => field(
            language.people_to_admit(),
            "",
            "lf-count",
            "<input class=\"in\" id=\"lf-count\" name=\"count\" inputmode=\"numeric\" autocomplete=\"off\">",
        ),
        Ask::Pause | Ask::Resume | Ask::Close => message(language, room),
    };
    let more = if more.is_empty() { String::new() } else { format!("<p>{more}</p>") };
    format!(
        "<form class=\"stack ask-line\" data-line=\"{}\" novalidate><h3>{title}</h3>{more}{fields}\
         <p class=\"err\" role=\"alert\" id=\"line-wrong\"></p><p class=\"row\"><button class=\"btn ink\" data-act=\"line-do\">{word}</button>\
         <button type=\"button\" class=\"btn\" data-act=\"line-back\">{}</button></p></form>",
        ask.name(),
        language.stop_asking()
    )
}

fn field(label: &str, hint: &str, id: &str, input: &str) -> String {
    let hint =
        if hint.is_empty() { String::new() } else { format!("<span class=\"hint\" id=\"{id}-h\">{hint}</span>") };
    format!("<div class=\"field\"><label for=\"{id}\">{label}</label>{hint}{input}</div>")
}

fn message(language: Language, room: Option<&QueueRoom>) -> String {
    let now = room.and_then(|room| room.view.message.as_deref()).unwrap_or_default();
    let area = format!(
        "<textarea class=\"in\" id=\"lf-message\" name=\"message\" rows=\"3\" maxlength=\"500\" aria-describedby=\"lf-message-h\">{}</textarea>",
        escape_html(now)
    );
    field(language.message_to_line(), language.message_hint(), "lf-message", &area)
}

fn settings(language: Language, room: Option<&QueueRoom>, filled: &Filled) -> String {
    let chosen = |is: bool| if is { " selected" } else { "" };
    let mode = room.map_or(QueueMode::Lobby, |room| room.view.mode);
    let modes = [QueueMode::Lobby, QueueMode::Line, QueueMode::Off].map(|kind| {
        format!("<option value=\"{}\"{}>{}</option>", kind.as_str(), chosen(kind == mode), language.line_kind(kind))
    });
    let bits = room.map_or(0, |room| room.challenge_bits);
    let known =
        [(0, language.sum_none()), (16, language.sum_light()), (18, language.sum_usual()), (20, language.sum_heavy())];
    // What was set by the API stays as it is.
    let other = (known.iter().all(|(known, _)| *known != bits)).then(|| format!("<option selected>{bits}</option>"));
    let sums = known.map(|(each, word)| format!("<option value=\"{each}\"{}>{word}</option>", chosen(each == bits)));
    let minutes = room.map_or(10, |room| room.admission_seconds / 60);
    let rate = room.and_then(|room| room.fixed_rate).map(|rate| rate.to_string()).unwrap_or_default();
    let time = |id: &str, name: &str, value: &str| {
        format!(
            "<input class=\"in\" type=\"datetime-local\" id=\"{id}\" name=\"{name}\" value=\"{value}\" aria-describedby=\"{id}-h\">"
        )
    };
    let number = |id: &str, name: &str, value: &str| {
        format!(
            "<input class=\"in\" id=\"{id}\" name=\"{name}\" inputmode=\"decimal\" autocomplete=\"off\" value=\"{value}\">"
        )
    };
    [
        field(
            language.which_line(),
            "",
            "lf-mode",
            &format!("<select class=\"in\" id=\"lf-mode\" name=\"mode\">{}</select>", modes.concat()),
        ),
        field(language.room_opens(), language.own_clock(), "lf-opens", &time("lf-opens", "opens", &filled.opens)),
        field(language.line_starts(), language.own_clock(), "lf-starts", &time("lf-starts", "starts", &filled.starts)),
        field(language.minutes_to_choose(), "", "lf-minutes", &number("lf-minutes", "minutes", &minutes.to_string())),
        field(
            language.sum_asked(),
            "",
            "lf-bits",
            &format!(
                "<select class=\"in\" id=\"lf-bits\" name=\"bits\">{}{}</select>",
                sums.concat(),
                other.unwrap_or_default()
            ),
        ),
        field(language.rate_word(), language.rate_hint(), "lf-rate", &number("lf-rate", "rate", &rate)),
        message(language, room),
    ]
    .concat()
}

/// Devices with several accounts.
pub(super) fn signals(language: Language, devices: &[SharedDevice]) -> String {
    let rows: String = devices
        .iter()
        .map(|device| {
            let accounts: Vec<String> = device.accounts.iter().map(ToString::to_string).collect();
            format!(
                "<li><b>{}</b> <small class=\"soft\">{}</small></li>",
                language.accounts_on_device(device.account_count),
                accounts.join(", ")
            )
        })
        .collect();
    let inside = if rows.is_empty() {
        format!("<p>{}</p>", language.no_signals())
    } else {
        format!("<ul class=\"signals\">{rows}</ul>")
    };
    format!(
        "<details><summary>{}</summary><p class=\"soft small\">{}</p>{inside}</details>",
        language.signals_title(),
        language.signals_more()
    )
}

#[cfg(test)]
mod tests {
    use super::super::line_chart::tests::now;
    use super::*;
    use onsale_core::EventId;
    use onsale_core::api::queue::QueueView;
    use onsale_core::lineup::Hash;

    fn room() -> QueueRoom {
        let view = QueueView {
            mode: QueueMode::Lobby,
            opens_at: now(),
            starts_at: now(),
            started: true,
            joined: 96_540,
            now_serving: 44_801,
            per_minute: 213,
            paused: false,
            closed: false,
            sold_out: false,
            message: Some("<i>Soon".to_owned()),
            all_held: None,
        };
        QueueRoom {
            event_id: EventId::new("EVT001").expect("an id"),
            view,
            admission_seconds: 600,
            challenge_bits: 17,
            fixed_rate: Some(2.5),
            admit_more: 40,
            waiting: 3_412,
            commitment: Hash([0; 32]),
        }
    }

    #[test]
    fn it_says_how_the_line_stands_and_offers_what_can_be_done_now() {
        let mut room = room();
        let html = state(Language::En, Some(&room), "UTC");
        for part in ["Moving", "96,540", "3,412", "213", "40 more", "&lt;i&gt;Soon", "line-pause", "line-admit"] {
            assert!(html.contains(part), "{part} is not in {html}");
        }
        assert!(!html.contains("line-resume"), "{html}");
        room.view.paused = true;
        let paused = state(Language::En, Some(&room), "UTC");
        assert!(
            paused.contains("line-resume") && !paused.contains("line-pause") && paused.contains("Paused"),
            "{paused}"
        );
        room.view.closed = true;
        assert!(!state(Language::En, Some(&room), "UTC").contains("<button"), "a closed line stays closed");
        room.view.mode = QueueMode::Off;
        for none in [None, Some(&room)] {
            assert!(state(Language::En, none, "UTC").contains("has no line"));
        }
    }

    #[test]
    fn nothing_is_done_without_a_question() {
        assert_eq!(ask(Language::En, None, None, &Filled::default()), "");
        for each in Ask::ALL {
            let html = ask(Language::En, Some(each), Some(&room()), &Filled::default());
            assert!(html.contains(&format!("data-line=\"{}\"", each.name())) && html.contains("line-back"), "{html}");
            assert_eq!(Ask::of_name(each.name()), Some(each));
        }
        assert!(ask(Language::En, Some(Ask::Close), None, &Filled::default()).contains("cannot be opened again"));
    }

    #[test]
    fn settings_are_filled_in_with_what_is() {
        let filled = Filled { opens: "2027-02-04T09:00".to_owned(), starts: "2027-02-04T10:00".to_owned() };
        let html = ask(Language::En, Some(Ask::Set), Some(&room()), &filled);
        for part in ["value=\"2027-02-04T09:00\"", "<option selected>17</option>", "value=\"10\"", "value=\"2.5\""] {
            assert!(html.contains(part), "{part} is not in {html}");
        }
        assert!(html.contains("<option value=\"LOBBY\" selected>") && html.contains("<h3>Settings</h3>"), "{html}");
    }
}
