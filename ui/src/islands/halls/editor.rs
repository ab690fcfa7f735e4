//! The editor: one hall, what is selected of it, and how it is seen.

use super::inspector;
use super::paint::{Painter, View, in_hall};
use super::pointer::{self, Doing, Hand};
use super::save::Saving;
use super::scene::Scene;
use super::{Reader, door, html, keys, save};
use crate::api;
use crate::browser;
use crate::islands::dom::{self, listen};
use crate::seats::{Camera, Rect, Screen};
use leptos::leptos_dom::helpers::{TimeoutHandle, set_timeout_with_handle};
use leptos::prelude::request_animation_frame;
use leptos::task::spawn_local;
use onsale_core::api::halls::HallRecord;
use onsale_core::hall::{Hall, History, Problem, SeatRef, Spot, problems};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{HtmlCanvasElement, ResizeObserver};

/// Problems are looked for once the hand rests for so long.
const LOOK_AFTER: Duration = Duration::from_millis(250);
/// The nearest and the farthest that one may see, in pixels a plan unit.
const SCALES: (f64, f64) = (0.02, 16.0);
/// Around the hall when all of it is shown, in plan units.
const MARGIN: f32 = 24.0;
/// What the buttons above and the figures below cover, in pixels.
const COVERED: (f64, f64) = (64.0, 40.0);

/// What a press on the floor does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tool {
    Select,
    Seats,
    Block,
    Curved,
    Standing,
    Stage,
    Label,
}

impl Tool {
    pub(super) const ALL: [Self; 7] =
        [Self::Select, Self::Seats, Self::Block, Self::Curved, Self::Standing, Self::Stage, Self::Label];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Select => "select",
            Self::Seats => "seats",
            Self::Block => "block",
            Self::Curved => "curved",
            Self::Standing => "standing",
            Self::Stage => "stage",
            Self::Label => "label",
        }
    }

    pub(super) fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tool| tool.name() == name)
    }

    /// Whether it makes something.
    pub(super) fn draws(self) -> bool {
        !matches!(self, Self::Select | Self::Seats)
    }
}

pub(super) struct State {
    pub(super) reader: Reader,
    pub(super) id: String,
    pub(super) hall: Hall,
    pub(super) history: History,
    pub(super) scene: Scene,
    /// The parts that are selected.
    pub(super) chosen: Vec<u16>,
    /// The seats that are chosen, beside or instead of parts.
    pub(super) seats: BTreeSet<SeatRef>,
    pub(super) cursor: Option<SeatRef>,
    pub(super) tool: Tool,
    pub(super) hand: Hand,
    pub(super) doing: Doing,
    pub(super) camera: Camera,
    pub(super) screen: Screen,
    pub(super) problems: Vec<Problem>,
    pub(super) version: i32,
    pub(super) saving: Saving,
    pub(super) looking: Option<TimeoutHandle>,
    painter: Option<Painter>,
    scheduled: bool,
}

/// The editor. Cheap to clone. Nothing is written into the page while its state is borrowed: what is written may lose
/// the focus, and be told so at once.
#[derive(Clone)]
pub(super) struct Editor(Rc<RefCell<State>>);

/// Asks for the hall and shows it.
pub(super) fn begin(reader: Reader, id: &str) {
    let id = id.to_owned();
    spawn_local(async move {
        match api::get_mine::<HallRecord>(&format!("/api/admin/halls/{id}")).await {
            Ok(record) => open(reader, id, record),
            Err(failure) => door::shut(reader, &failure),
        }
    });
}

fn open(reader: Reader, id: String, record: HallRecord) {
    let canvas = dom::by_id("plan").and_then(|canvas| canvas.dyn_into::<HtmlCanvasElement>().ok());
    let Some(canvas) = canvas else { return };
    let mut scene = Scene::default();
    scene.refresh(&record.hall);
    let version = record.versions.last().map_or(0, |version| version.version);
    let screen = screen_of(&canvas);
    let mut painter = Painter::new(canvas.clone());
    if let Some(painter) = &mut painter {
        painter.resize(screen);
    }
    let state = State {
        reader,
        id,
        saving: Saving::of(record.revision, &record.hall, record.updated_at),
        hall: record.hall,
        history: History::default(),
        scene,
        chosen: Vec::new(),
        seats: BTreeSet::new(),
        cursor: None,
        tool: Tool::Select,
        hand: Hand::default(),
        doing: Doing::Nothing,
        camera: Camera { scale: 1.0, x: 0.0, y: 0.0 },
        screen,
        problems: record.problems,
        version,
        looking: None,
        painter,
        scheduled: false,
    };
    let editor = Editor(Rc::new(RefCell::new(state)));
    editor.fit();
    editor.show_all();
    editor.wake(&canvas);
    dom::show("coming", false);
    dom::attribute(&canvas, "data-drawn", Some(""));
}

fn screen_of(canvas: &HtmlCanvasElement) -> Screen {
    Screen {
        width: f64::from(canvas.client_width().max(1)),
        height: f64::from(canvas.client_height().max(1)),
        top: COVERED.0,
        bottom: COVERED.1,
    }
}

impl Editor {
    pub(super) fn look<T>(&self, read: impl FnOnce(&State) -> T) -> T {
        read(&self.0.borrow())
    }

    pub(super) fn act<T>(&self, write: impl FnOnce(&mut State) -> T) -> T {
        write(&mut self.0.borrow_mut())
    }

    /// Changes the hall as one step that can be taken back; steps with the same mark are one.
    pub(super) fn edit(&self, mark: Option<&str>, write: impl FnOnce(&mut Hall)) {
        let changed = self.act(|state| {
            let before = state.hall.clone();
            write(&mut state.hall);
            if state.hall == before {
                return false;
            }
            state.history.push(before, mark);
            state.relay();
            true
        });
        if changed {
            self.changed();
        }
    }

    /// The hall is another one: it is painted, looked at, saved.
    pub(super) fn changed(&self) {
        self.frame();
        self.show_state();
        self.look_later();
        save::later(self);
    }

    /// Problems are looked for when the hand rests.
    fn look_later(&self) {
        let editor = self.clone();
        let timer = set_timeout_with_handle(move || editor.find_problems(), LOOK_AFTER).ok();
        let before = self.act(|state| std::mem::replace(&mut state.looking, timer));
        if let Some(before) = before {
            before.clear();
        }
    }

    pub(super) fn find_problems(&self) {
        let found = self.look(|state| problems(&state.hall));
        self.act(|state| state.problems = found);
        self.show_state();
    }

    /// Paints with the browser's next frame.
    pub(super) fn frame(&self) {
        if !self.act(|state| std::mem::replace(&mut state.scheduled, true)) {
            let editor = self.clone();
            request_animation_frame(move || editor.paint());
        }
    }

    fn paint(&self) {
        self.act(|state| {
            state.scheduled = false;
            let Some(mut painter) = state.painter.take() else { return };
            let view = View {
                hall: &state.hall,
                scene: &state.scene,
                chosen: &state.chosen,
                seats: &state.seats,
                cursor: state.cursor,
                doing: &state.doing,
                camera: state.camera,
                screen: state.screen,
                language: state.reader.language,
            };
            // What cannot be painted now is with the next frame.
            let _painted = painter.paint(&view);
            state.painter = Some(painter);
        });
    }

    /// Comes nearer by a factor, or goes away; what is at this place stays there.
    pub(super) fn zoom(&self, factor: f64, at: Option<(f64, f64)>) {
        self.act(|state| {
            let at = at.unwrap_or_else(|| state.screen.middle());
            state.camera = state.camera.zoomed(factor, at, SCALES);
        });
        self.frame();
        self.show_scale();
    }

    /// Shows all of the hall.
    pub(super) fn fit(&self) {
        self.act(|state| {
            let reach = state.scene.reach();
            let (low, high) = reach.unwrap_or((Spot::new(-100.0, -100.0), Spot::new(100.0, 100.0)));
            #[expect(clippy::cast_possible_truncation, reason = "plans are seen in single precision")]
            let bounds = Rect { left: low.x as f32, top: low.y as f32, right: high.x as f32, bottom: high.y as f32 };
            let fitted = Camera::fit(bounds.grown(MARGIN), state.screen);
            let scale = fitted.scale.clamp(SCALES.0, 3.0);
            state.camera = Camera::over(bounds.middle(), scale, state.screen);
        });
        self.frame();
        self.show_scale();
    }

    /// The place in the middle of what is seen.
    pub(super) fn middle(&self) -> Spot {
        self.look(|state| in_hall(state.camera, state.screen.middle()))
    }

    /// Selects parts, and no seats.
    pub(super) fn choose(&self, parts: Vec<u16>) {
        self.act(|state| {
            state.chosen = parts;
            state.seats.clear();
        });
        self.show_all();
    }

    /// Chooses seats, and no parts.
    pub(super) fn choose_seats(&self, seats: BTreeSet<SeatRef>) {
        self.act(|state| {
            state.chosen = if seats.is_empty() { std::mem::take(&mut state.chosen) } else { Vec::new() };
            state.seats = seats;
        });
        self.show_all();
    }

    pub(super) fn take_tool(&self, tool: Tool) {
        self.act(|state| {
            state.tool = tool;
            if tool != Tool::Seats {
                state.cursor = None;
            }
        });
        self.frame();
        self.show_tools();
    }

    pub(super) fn undo(&self, again: bool) {
        let done = self.act(|state| {
            let State { history, hall, .. } = state;
            let other = if again { history.redo(hall) } else { history.undo(hall) };
            let Some(other) = other else { return false };
            state.hall = other;
            state.relay();
            true
        });
        if done {
            self.changed();
            self.show_all();
        }
    }

    /// Writes everything that the page says.
    pub(super) fn show_all(&self) {
        let (own, seats) = self.look(|state| (inspector::own(state), inspector::seats(state)));
        dom::html("own", &own);
        dom::html("seats", &seats);
        self.show_tools();
        self.show_state();
        self.frame();
    }

    /// Writes what changes with each step, and leaves what is being typed alone.
    pub(super) fn show_state(&self) {
        let (outline, figures, check, publish, brief, name) = self.look(|state| {
            let mend = html::problems(state);
            (
                inspector::outline(state),
                html::figures(state),
                mend,
                html::publish(state),
                html::brief(state),
                state.hall.name.clone(),
            )
        });
        dom::html("outline", &outline);
        dom::text("figures", &figures);
        dom::html("chk", &check.0);
        dom::text("mend", &check.1);
        dom::html("publish", &publish);
        dom::text("brief", &brief);
        dom::text("name", &name);
        let (undo, redo) = self.look(|state| (state.history.can_undo(), state.history.can_redo()));
        for (act, can) in [("undo", undo), ("redo", redo)] {
            for button in dom::all(&format!("[data-act={act}]")) {
                dom::attribute(&button, "aria-disabled", (!can).then_some("true"));
            }
        }
    }

    fn show_tools(&self) {
        let (tool, has_chosen) = self.look(|state| (state.tool, !state.chosen.is_empty()));
        for button in dom::all("[data-tool]") {
            let own = button.get_attribute("data-tool").as_deref() == Some(tool.name());
            dom::attribute(&button, "aria-pressed", Some(if own { "true" } else { "false" }));
        }
        for button in dom::all("[data-act=copy],[data-act=mirror],[data-act=delete]") {
            dom::attribute(&button, "aria-disabled", (!has_chosen).then_some("true"));
        }
        if let Some(canvas) = dom::by_id("plan") {
            dom::attribute(&canvas, "data-draws", tool.draws().then_some(""));
        }
    }

    fn show_scale(&self) {
        let percent = self.look(|state| (state.camera.scale / 2.0 * 100.0).round());
        dom::text("scale", &format!("{percent} %"));
    }

    fn wake(&self, canvas: &HtmlCanvasElement) {
        keys::wake(self, canvas);
        pointer::wake(self, canvas);
        save::wake(self);
        let sized = (self.clone(), canvas.clone());
        let resized = Closure::<dyn Fn()>::new(move || {
            let (editor, canvas) = &sized;
            let screen = screen_of(canvas);
            editor.act(|state| {
                if state.screen == screen {
                    return;
                }
                let (before, after) = (state.screen.middle(), screen.middle());
                state.camera = state.camera.moved(after.0 - before.0, after.1 - before.1);
                state.screen = screen;
                if let Some(painter) = &mut state.painter {
                    painter.resize(screen);
                }
            });
            editor.paint();
        });
        if let Ok(observer) = ResizeObserver::new(resized.as_ref().unchecked_ref()) {
            observer.observe(canvas);
        }
        resized.forget();
        let relit = self.clone();
        let lit = Closure::<dyn Fn()>::new(move || {
            relit.act(|state| state.painter.as_mut().map(Painter::relight));
            relit.frame();
        });
        let query =
            web_sys::window().and_then(|window| window.match_media("(prefers-color-scheme: dark)").ok().flatten());
        if let Some(query) = query {
            query.set_onchange(Some(lit.as_ref().unchecked_ref()));
        }
        lit.forget();
        if let Some(root) = dom::by_id(super::ROOT) {
            let pressed = self.clone();
            listen(&root, "click", move |event| super::fields::pressed(&pressed, &event));
            let typed = self.clone();
            listen(&root, "input", move |event| super::fields::typed(&typed, &event));
            let sent = self.clone();
            listen(&root, "submit", move |event| {
                event.prevent_default();
                super::fields::sent(&sent, &event);
            });
        }
    }

    /// Says something politely.
    pub(super) fn say(&self, text: &str) {
        dom::text("say", text);
    }

    /// Says something that stays in sight until something else is said.
    pub(super) fn tell(&self, html: &str) {
        dom::html("told", html);
    }

    /// Puts the focus on the hall.
    pub(super) fn focus(&self) {
        browser::focus("plan");
    }
}

impl State {
    /// Lays out what changed and forgets what is gone.
    pub(super) fn relay(&mut self) {
        self.scene.refresh(&self.hall);
        let (scene, hall) = (&self.scene, &self.hall);
        self.chosen.retain(|number| hall.part(*number).is_some());
        self.seats.retain(|seat| scene.seat(*seat).is_some());
        self.cursor = self.cursor.filter(|seat| scene.seat(*seat).is_some());
    }

    /// What a part is called.
    pub(super) fn called(&self, number: u16) -> String {
        self.hall.part(number).map(|part| html::called(self.reader.language, part)).unwrap_or_default()
    }
}
