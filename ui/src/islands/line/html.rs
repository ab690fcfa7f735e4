//! The waiting room as HTML, in four blocks: the server writes them, the island writes those that changed.

use super::scene::{Refused, Scene, Seen};
use super::winding;
use crate::browser::with_language;
use crate::format::{Moment, clock, count};
use crate::language::Language;
use chrono::{DateTime, TimeDelta, Utc};
use onsale_core::api::queue::QueueMode;
use onsale_core::text::{escape_html, query_value};
use serde::{Deserialize, Serialize};

const PAUSE: &str = "<path d=\"M7 4v12M13 4v12\"/>";
const CLOCK: &str = "<circle cx=\"10\" cy=\"10\" r=\"7\"/><path d=\"M10 6v4l3 2\"/>";
const WORD: &str = "<path d=\"M3 4h14v9H9l-4 4v-4H3Z\"/>";

/// The event, and who reads.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Place {
    /// The reader's language.
    pub language: Language,
    /// Whether the address names the language, so that links keep it.
    pub chosen: bool,
    /// The event.
    pub event: String,
    /// The time zone of its venue.
    pub zone: String,
    /// Whether there are numbered seats.
    pub seats: bool,
}

impl Place {
    /// An address of ours in the reader's language.
    pub(crate) fn link(&self, path: &str) -> String {
        if self.chosen { with_language(path, self.language) } else { path.to_owned() }
    }

    /// Where whoever was let in chooses.
    pub(crate) fn inside(&self) -> String {
        let event = &self.event;
        match self.seats {
            true => self.link(&format!("/events/{event}/seats")),
            false => self.link(&format!("/events/{event}?admitted=1#tickets")),
        }
    }

    pub(crate) fn sign_in(&self) -> String {
        let back = self.link(&format!("/events/{}/queue", self.event));
        self.link(&format!("/sign-in?next={}", query_value(&back)))
    }

    fn clock_of(&self, at: DateTime<Utc>) -> String {
        Moment::at(self.language, at, &self.zone).time()
    }
}

/// What only the browser knows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Mood {
    /// Whether scripts run here.
    pub(crate) awake: bool,
    /// Whether somebody is signed in.
    pub(crate) signed_in: bool,
    /// What joining is at.
    pub(crate) joining: Joining,
    /// Whether leaving was pressed once.
    pub(crate) leaving: bool,
    /// Since when nothing was heard.
    pub(crate) silent_since: Option<DateTime<Utc>>,
}

/// What joining is at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Joining {
    #[default]
    Not,
    Asking,
    /// So far, in hundredths.
    Solving(u32),
    Failed(String),
}

/// The blocks with their ids, in order.
pub(crate) fn blocks(place: &Place, seen: &Seen, mood: &Mood, now: DateTime<Utc>) -> [(&'static str, String); 4] {
    let scene = Scene::of(seen, now);
    [
        ("line-head", head(place, seen, scene, now)),
        ("line-way", way(place.language, seen, scene)),
        ("line-notes", notes(place, seen, mood, scene)),
        ("line-acts", acts(place, seen, mood, scene)),
    ]
}

/// All of it, as the server writes it.
pub(crate) fn written(place: &Place, seen: &Seen, now: DateTime<Utc>) -> String {
    let blocks = blocks(place, seen, &Mood::default(), now);
    let blocks: String =
        blocks.iter().map(|(id, html)| format!("<div class=\"line-block\" id=\"{id}\">{html}</div>")).collect();
    format!("<div class=\"wrap door\">{blocks}</div><p class=\"vh\" role=\"status\" id=\"line-say\"></p>")
}

/// The heading of the page, which is also what is said when it changes.
pub(crate) fn heading(language: Language, seen: &Seen, scene: Scene) -> &'static str {
    let has_lobby = seen.view.mode == QueueMode::Lobby && !seen.view.started;
    match scene {
        Scene::Unopened => language.unopened_title(),
        Scene::Outside if has_lobby => language.lobby_title(),
        Scene::Outside => language.line_is_on(),
        Scene::Lobby if has_lobby || own_number(seen).is_none() => language.in_lobby(),
        Scene::Lobby | Scene::Waiting => language.in_line(),
        Scene::Turn => language.your_turn(),
        Scene::Lapsed => language.lapsed_title(),
        Scene::Left => language.left_title(),
        Scene::SoldOut => language.sold_out(),
        Scene::Closed => language.line_closed(),
    }
}

fn own_number(seen: &Seen) -> Option<u32> {
    seen.own.as_ref()?.status.number
}

fn paragraph(text: &str) -> String {
    format!("<p class=\"mid\">{text}</p>")
}

fn head(place: &Place, seen: &Seen, scene: Scene, now: DateTime<Utc>) -> String {
    let (language, view) = (place.language, &seen.view);
    let has_lobby = view.mode == QueueMode::Lobby;
    let title = format!("<h1>{}</h1>", heading(language, seen, scene));
    let number = own_number(seen).filter(|_| matches!(scene, Scene::Lobby | Scene::Waiting | Scene::Turn));
    let number = number.map(|number| {
        let (name, number) = (language.your_number(), count(language, i64::from(number)));
        format!("<p class=\"place\"><span>{name}</span><b class=\"plate yours screws num\">{number}</b></p>")
    });
    let number = number.unwrap_or_default();
    let rest = match scene {
        Scene::Unopened => {
            let more = if has_lobby { language.unopened_more() } else { language.unopened_line_more() };
            [until(place, language.opens_in_line(), view.opens_at, now), paragraph(more)].concat()
        }
        Scene::Outside if has_lobby && !view.started => {
            let more = paragraph(&format!("{} {}", language.lobby_more(), language.people_here(view.joined)));
            [until(place, language.line_starts_in(), view.starts_at, now), more].concat()
        }
        Scene::Outside if !view.started => {
            [until(place, language.line_starts_in(), view.starts_at, now), paragraph(language.line_more())].concat()
        }
        Scene::Outside => paragraph(language.line_more()),
        Scene::Lobby if now >= view.starts_at || view.started => {
            paragraph(if has_lobby { language.being_drawn() } else { language.about_to_move() })
        }
        Scene::Lobby => {
            let more = if has_lobby { language.in_lobby_more() } else { language.early_line_more() };
            let more = paragraph(&format!("{more} {}", language.people_here(view.joined)));
            [until(place, language.line_starts_in(), view.starts_at, now), more].concat()
        }
        Scene::Waiting => String::new(),
        Scene::Turn => turn(place, seen),
        Scene::Lapsed => paragraph(language.lapsed_more()),
        Scene::Left => paragraph(language.left_more()),
        Scene::SoldOut => paragraph(language.line_sold_out_more()),
        Scene::Closed => paragraph(language.line_closed_more()),
    };
    [title, number, rest].concat()
}

fn turn(place: &Place, seen: &Seen) -> String {
    let language = place.language;
    let admission = seen.own.as_ref().and_then(|own| own.status.admission.as_ref());
    match admission {
        Some(admission) => {
            let before = language.come_in_before(&place.clock_of(admission.expires_at));
            paragraph(&format!("<b>{before}</b> {}", language.turn_more()))
        }
        None => paragraph(language.turn_sign_in()),
    }
}

/// What is left until a moment, and when it is.
fn until(place: &Place, label: &str, at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let language = place.language;
    // A second that has begun is left.
    let left = at - now + TimeDelta::milliseconds(999);
    let left = if left.num_days() >= 1 { language.days(left.num_days()) } else { clock(left) };
    let moment = Moment::at(language, at, &place.zone);
    let at = language.at_moment(&moment.date_and_time());
    format!(
        "<p class=\"place\"><span>{label}</span><b class=\"plate num\" role=\"timer\" aria-live=\"off\">{left}</b></p>\
         <p class=\"mid soft small\"><time datetime=\"{}\">{at}</time></p>",
        moment.machine()
    )
}

/// The winding line and its three numbers, for whoever stands in it.
fn way(language: Language, seen: &Seen, scene: Scene) -> String {
    if scene != Scene::Waiting {
        return String::new();
    }
    let ahead = seen.ahead();
    let told = |number: u32| count(language, i64::from(number));
    let own = seen.own.as_ref();
    // What was told holds for where one was then; a line that stopped since is no wait.
    let wait = own.and_then(|own| own.status.wait).filter(|_| !seen.view.paused);
    let wait = match wait {
        Some(wait) => language.wait_range(wait.from_seconds, wait.to_seconds),
        None if seen.view.paused => language.wait_paused().to_owned(),
        None => language.wait_unknown().to_owned(),
    };
    format!(
        "{}<dl class=\"trio\" aria-live=\"off\"><div><dt>{}</dt><dd class=\"num\">{}</dd></div>\
         <div><dt>{}</dt><dd class=\"num\">{}</dd></div><div class=\"eta\"><dt>{}</dt><dd class=\"num\">{wait}</dd></div></dl>",
        winding::svg(language.queue_picture(), ahead, seen.view.joined),
        language.now_serving(),
        told(seen.view.now_serving),
        language.ahead_of_you(),
        told(ahead),
        language.your_turn_in(),
    )
}

fn notice(class: &str, icon: &str, text: &str) -> String {
    format!(
        "<div class=\"notice {class}\"><svg class=\"i\" viewBox=\"0 0 20 20\" aria-hidden=\"true\">{icon}</svg><div><p>{text}</p></div></div>"
    )
}

fn notes(place: &Place, seen: &Seen, mood: &Mood, scene: Scene) -> String {
    let (language, view) = (place.language, &seen.view);
    let mut notes = Vec::new();
    if view.paused && !matches!(scene, Scene::Closed | Scene::SoldOut | Scene::Turn) {
        notes.push(notice("warn", PAUSE, &format!("<b>{}</b> {}", language.paused_now(), language.paused_more())));
    }
    if let Some(held) = view.all_held.filter(|_| !matches!(scene, Scene::Closed | Scene::SoldOut)) {
        let until = held.until.map(|until| place.clock_of(until));
        notes.push(notice("warn", CLOCK, &language.held_until(held.seats, until.as_deref())));
    }
    if let Some(message) = &view.message {
        notes.push(notice("", WORD, &format!("<b>{}</b> {}", language.organiser_says(), escape_html(message))));
    }
    if let Some(since) = mood.silent_since {
        let time = Moment::at(language, since, &place.zone).time_with_seconds();
        notes.push(notice("warn", CLOCK, &language.numbers_from(&time)));
    } else if seen.unsure {
        notes.push(notice("warn", CLOCK, language.unsure_place()));
    }
    match seen.refused.filter(|_| scene == Scene::Outside && mood.joining == Joining::Not) {
        Some(Refused::Sum) if !mood.awake => notes.push(notice("warn", CLOCK, language.needs_sum())),
        Some(Refused::Busy) => notes.push(notice("warn", CLOCK, language.busy_joining())),
        Some(Refused::Sum) | None => {}
    }
    notes.concat()
}

/// The one next step, and what else can be done.
fn acts(place: &Place, seen: &Seen, mood: &Mood, scene: Scene) -> String {
    let language = place.language;
    let link =
        |class: &str, to: &str, word: &str| format!("<a class=\"{class}\" href=\"{}\">{word}</a>", escape_html(to));
    let event = place.link(&format!("/events/{}", place.event));
    let back = link("btn", &event, language.to_the_event());
    match scene {
        Scene::Unopened | Scene::SoldOut | Scene::Closed => format!("<p class=\"row mid\">{back}</p>"),
        // Whoever may have a place is not asked to join.
        Scene::Outside if seen.unsure => String::new(),
        Scene::Outside => {
            let has_lobby = seen.view.mode == QueueMode::Lobby && !seen.view.started;
            join(place, mood, if has_lobby { language.enter_lobby() } else { language.join_line() })
        }
        Scene::Lapsed | Scene::Left => join(place, mood, language.join_again()),
        Scene::Turn if seen.own.as_ref().is_some_and(|own| own.status.admission.is_some()) => {
            let word = if place.seats { language.choose_seats() } else { language.choose_tickets() };
            format!("<p class=\"mid\">{}</p>", link("btn go big", &place.inside(), word))
        }
        Scene::Turn => {
            let script = format!("<noscript><p class=\"soft small\">{}</p></noscript>", language.turn_sign_in_script());
            format!(
                "<p class=\"mid\">{}</p>{script}{}",
                link("btn go big", &place.sign_in(), language.sign_in()),
                stay(place, mood, scene, seen)
            )
        }
        Scene::Lobby | Scene::Waiting => stay(place, mood, scene, seen),
    }
}

fn form(place: &Place, act: &str, button: &str) -> String {
    let to = place.link(&format!("/events/{}/queue/{act}", place.event));
    format!("<form method=\"post\" action=\"{}\" data-form=\"{act}\">{button}</form>", escape_html(&to))
}

fn join(place: &Place, mood: &Mood, word: &str) -> String {
    let language = place.language;
    let is_at_it = matches!(mood.joining, Joining::Asking | Joining::Solving(_));
    let (word, busy) = if is_at_it { (language.joining(), " aria-disabled=\"true\"") } else { (word, "") };
    let form = form(place, "join", &format!("<button class=\"btn go big\" data-act=\"join\"{busy}>{word}</button>"));
    let more = match &mood.joining {
        Joining::Not | Joining::Asking => String::new(),
        Joining::Failed(text) => format!("<p class=\"err\" role=\"alert\">{}</p>", escape_html(text)),
        Joining::Solving(percent) => format!(
            "<div class=\"stack sum\"><p>{}</p><progress max=\"100\" value=\"{percent}\" aria-label=\"{}\"></progress>\
             <a class=\"link\" href=\"{}\">{}</a></div>",
            language.solving(),
            language.about_percent(*percent),
            escape_html(&place.sign_in()),
            language.solving_instead()
        ),
    };
    format!("<div class=\"mid\">{form}{more}</div>")
}

/// What whoever waits reads and can do.
fn stay(place: &Place, mood: &Mood, scene: Scene, seen: &Seen) -> String {
    let language = place.language;
    let more = if mood.signed_in { language.close_with_account() } else { language.close_without() };
    let leave = match (mood.leaving, scene, seen.view.mode) {
        (true, ..) => language.sure_to_leave(),
        (false, Scene::Lobby, QueueMode::Lobby) => language.leave_lobby(),
        (false, ..) => language.leave_line(),
    };
    let sign_in = if mood.signed_in || scene == Scene::Turn {
        String::new()
    } else {
        let to = escape_html(&place.sign_in());
        format!("<a class=\"btn\" data-act=\"sign-in\" href=\"{to}\">{}</a>", language.sign_in())
    };
    let proof = place.link(&format!("/events/{}/queue/proof", place.event));
    let proof = escape_html(&proof);
    let check = format!("<a class=\"btn\" data-act=\"check\" href=\"{proof}\">{}</a>", language.check_place());
    let leave = form(place, "leave", &format!("<button class=\"link\" data-act=\"leave\">{leave}</button>"));
    let heading =
        if scene.is_inside() { format!("<h2>{}</h2><p>{more}</p>", language.close_page()) } else { String::new() };
    format!(
        "<section class=\"card stack\">{heading}<div class=\"row\">{sign_in}{check}<div class=\"push\">{leave}</div></div></section>\
         <p class=\"soft small\">{} <noscript>{}</noscript></p>",
        language.line_foot(),
        language.line_by_itself()
    )
}

#[cfg(test)]
mod tests {
    use super::super::scene::tests::{inside, now, outside};
    use super::*;
    use onsale_core::api::queue::{AllHeld, QueueAdmission, QueueState, WaitRange};

    fn place(language: Language) -> Place {
        let (event, zone) = ("EVT001".to_owned(), "Europe/Lisbon".to_owned());
        Place { language, chosen: language == Language::Es, event, zone, seats: true }
    }

    fn read(seen: &Seen) -> String {
        written(&place(Language::En), seen, now())
    }

    #[test]
    fn before_joining_there_is_one_form_and_the_time_that_is_left() {
        let html = read(&outside());
        assert!(html.contains("action=\"/events/EVT001/queue/join\"") && html.contains("Enter the lobby"), "{html}");
        assert!(html.contains(">5:00</b>") && html.contains("96,540 people are here."), "{html}");
        assert_eq!(html.matches("class=\"btn go").count(), 1, "one next step");
        let spanish = written(&place(Language::Es), &outside(), now());
        assert!(spanish.contains("action=\"/events/EVT001/queue/join?lang=es\""), "{spanish}");
        let closed = written(&place(Language::En), &outside(), now() - TimeDelta::minutes(11));
        assert!(closed.contains("not open yet") && !closed.contains("<form"), "{closed}");
    }

    #[test]
    fn whoever_waits_sees_number_people_and_a_range() {
        let mut seen = inside(QueueState::Waiting);
        seen.own.as_mut().expect("a place").status.wait = Some(WaitRange { from_seconds: 680, to_seconds: 940 });
        let html = read(&seen);
        for part in ["48,213", "44,801", "3,411", "11 to 16 minutes", "/queue/leave", "/queue/proof", "You can close"] {
            assert!(html.contains(part), "{part} is not in {html}");
        }
        assert!(!html.contains("btn go"), "there is nothing to do");
        seen.view.paused = true;
        let paused = read(&seen);
        assert!(paused.contains("Nobody loses their place") && !paused.contains("16 minutes"), "{paused}");
    }

    #[test]
    fn all_held_is_not_sold_out() {
        let mut seen = inside(QueueState::Waiting);
        seen.view.all_held = Some(AllHeld { seats: 12, until: Some(now() + TimeDelta::minutes(7)) });
        let html = read(&seen);
        assert!(html.contains("It is not sold out") && html.contains("until 09:07"), "{html}");
        let html = read(&inside(QueueState::SoldOut));
        assert!(html.contains("Every ticket is sold") && !html.contains("not sold out"), "{html}");
    }

    #[test]
    fn a_turn_leads_to_the_seats_once_the_account_is_known() {
        let mut seen = inside(QueueState::Admitted);
        seen.own.as_mut().expect("a place").status.sign_in_needed = true;
        let html = read(&seen);
        assert!(html.contains("/sign-in?next=%2Fevents%2FEVT001%2Fqueue") && html.contains("5 minutes"), "{html}");
        let admission = QueueAdmission { token: "A".to_owned(), expires_at: now() + TimeDelta::minutes(8) };
        seen.own.as_mut().expect("a place").status.admission = Some(admission);
        let html = read(&seen);
        assert!(html.contains("Come in before 09:08.") && html.contains("href=\"/events/EVT001/seats\""), "{html}");
    }

    #[test]
    fn an_organisers_message_is_text() {
        let mut seen = inside(QueueState::Waiting);
        seen.view.message = Some("<b>Soon</b>".to_owned());
        assert!(read(&seen).contains("&lt;b&gt;Soon&lt;/b&gt;"));
    }

    #[test]
    fn who_may_have_a_place_is_not_asked_to_join() {
        let mut seen = outside();
        seen.unsure = true;
        let html = read(&seen);
        assert!(!html.contains("<form") && html.contains("It is kept"), "{html}");
    }

    #[test]
    fn a_sum_shows_how_far_it_is_and_the_way_round_it() {
        let mood = Mood { awake: true, joining: Joining::Solving(40), ..Mood::default() };
        let [.., (_, acts)] = blocks(&place(Language::En), &outside(), &mood, now());
        assert!(
            acts.contains("value=\"40\"") && acts.contains("Sign in instead") && acts.contains("aria-disabled"),
            "{acts}"
        );
    }
}
