//! What the page knows and shows.

use super::kept::{self, About, KeptScan};
use super::store::Store;
use super::{ROOT, Reader, camera, decide, html, signal, sync, worker};
use crate::api::Failure;
use crate::browser::{self, local_storage};
use crate::format::Moment;
use crate::islands::dom::{self, listen};
use crate::language::Language;
use chrono::{DateTime, Utc};
use leptos::task::spawn_local;
use onsale_core::api::check_in::{CheckIns, OtherEvent};
use onsale_core::gate::{self, Known, VerifyingKey};
use onsale_core::{EventId, RefusedReason, ScanDirection, ScanOutcome};
use std::cell::RefCell;
use std::rc::Rc;
use uuid::Uuid;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

/// The same code in front of the camera is one scan until it was away for so long.
const SAME_CODE_MS: f64 = 4_000.0;
/// Where the browser remembers what its gate is called.
const NAME_KEPT: &str = "onsale.gate";

/// Whether the service is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Net {
    /// Not asked yet.
    Coming,
    /// It answers.
    Online,
    /// It does not.
    Offline,
    /// It does, and wants to know who asks.
    SignedOut,
}

/// An answer, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) outcome: ScanOutcome,
    pub(super) reason: Option<RefusedReason>,
    pub(super) entered: Option<(DateTime<Utc>, String)>,
    pub(super) place: Option<String>,
    pub(super) other: Option<OtherEvent>,
    pub(super) by_number: bool,
    /// Decided on this device.
    pub(super) here: bool,
}

/// All of it.
pub(super) struct Gate {
    pub(super) reader: Reader,
    pub(super) event: EventId,
    pub(super) key: VerifyingKey,
    pub(super) store: Store,
    pub(super) known: Known,
    /// What of the list is for people.
    pub(super) about: Option<About>,
    /// How many pages of the list are in the database.
    pub(super) pages: u32,
    /// Whether the list was read since this page was opened.
    pub(super) listed: bool,
    /// Scans that the service or the list may not have yet.
    pub(super) scans: Vec<KeptScan>,
    pub(super) direction: ScanDirection,
    pub(super) net: Net,
    pub(super) syncing: bool,
    pub(super) camera: bool,
    counts: Option<CheckIns>,
    last_code: (String, f64),
}

/// The page's one gate.
pub(super) type Shared = Rc<RefCell<Gate>>;

impl Gate {
    /// By how much the service's clock was ahead when this device met it last.
    pub(super) fn clock_offset_ms(&self) -> i64 {
        self.about.as_ref().map_or(0, |about| about.clock_offset_ms)
    }

    fn zone(&self) -> &str {
        self.about.as_ref().map_or("UTC", |about| about.time_zone.as_str())
    }
}

/// Reads what this device keeps, shows it, and asks the service.
pub(super) fn begin(reader: Reader, event: &str, key: &str) {
    let (Ok(event), Ok(key)) = (EventId::new(event), gate::key_of(key)) else { return };
    worker::start();
    spawn_local(async move {
        let store = Store::open().await;
        let kept = kept::list(&store, &event, &key).await;
        let scans = kept::scans(&store, &event).await;
        let mut gate = Gate {
            reader,
            event,
            key,
            store,
            known: kept.known,
            about: kept.about,
            pages: kept.pages,
            listed: false,
            scans,
            direction: ScanDirection::Entry,
            net: Net::Coming,
            syncing: false,
            camera: false,
            counts: None,
            last_code: (String::new(), 0.0),
        };
        decide::apply_again(&mut gate);
        let keeps = gate.store.keeps();
        let gate = Rc::new(RefCell::new(gate));
        if kept.changed {
            warn(reader.language.gate_changed());
        } else if !keeps {
            warn(reader.language.gate_not_kept());
        }
        name_gate();
        head(&gate);
        show_listed(&gate);
        show_unsent(&gate);
        hear(&gate);
        sync::begin(&gate);
    });
}

/// An id that nobody else makes.
pub(super) fn fresh_id() -> Uuid {
    let mut bytes = [0; 16];
    let crypto = web_sys::window().and_then(|window| window.crypto().ok());
    let drawn = crypto.and_then(|crypto| crypto.get_random_values_with_u8_array(&mut bytes).ok());
    debug_assert!(drawn.is_some(), "browsers have randomness");
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}

fn input(id: &str) -> Option<HtmlInputElement> {
    dom::by_id(id)?.dyn_into().ok()
}

/// What this gate is called; it always has a name.
pub(super) fn gate_name(reader: Reader) -> String {
    let typed = input("gate").map(|input| input.value().trim().to_owned()).unwrap_or_default();
    if typed.is_empty() { reader.language.gate_first().to_owned() } else { typed }
}

fn name_gate() {
    let named = local_storage().and_then(|storage| storage.get_item(NAME_KEPT).ok().flatten());
    if let (Some(name), Some(input)) = (named, input("gate")) {
        input.set_value(&name);
    }
}

fn hear(gate: &Shared) {
    let (Some(root), Some(window)) = (dom::by_id(ROOT), web_sys::window()) else { return };
    let pressed = gate.clone();
    listen(&root, "click", move |event| {
        signal::wake();
        let Some((_, act)) = dom::marked(event.target(), "data-act") else { return };
        match decide::way(&act) {
            Some(direction) => turn(&pressed, direction),
            None => camera::toggle(&pressed),
        }
    });
    let sent = gate.clone();
    listen(&root, "submit", move |event| {
        event.prevent_default();
        signal::wake();
        let Some(input) = input("code") else { return };
        let text = input.value();
        input.set_value("");
        browser::focus("code");
        let gate = sent.clone();
        spawn_local(async move { decide::code(&gate, &text).await });
    });
    listen(&root, "input", |event| {
        let Some(input) = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok()) else { return };
        if input.id() == "gate" {
            // Without a storage it is called so as long as the page is there.
            let _kept_or_not = local_storage().map(|storage| storage.set_item(NAME_KEPT, input.value().trim()));
        }
    });
    let back = gate.clone();
    listen(&window, "online", move |_| sync::soon(&back));
    let gone = gate.clone();
    listen(&window, "offline", move |_| show_net(&gone, Net::Offline));
}

fn turn(gate: &Shared, direction: ScanDirection) {
    gate.borrow_mut().direction = direction;
    for button in dom::all("[data-act=in],[data-act=out]") {
        let is_it = button.get_attribute("data-act").and_then(|act| decide::way(&act)) == Some(direction);
        dom::attribute(&button, "aria-pressed", Some(if is_it { "true" } else { "false" }));
    }
    browser::focus("code");
}

/// The camera read something.
pub(super) fn seen_by_camera(gate: &Shared, text: String) {
    let now = js_sys::Date::now();
    let is_same = {
        let mut gate = gate.borrow_mut();
        let is_same = gate.last_code.0 == text && now - gate.last_code.1 < SAME_CODE_MS;
        gate.last_code = (text.clone(), now);
        is_same
    };
    if !is_same {
        let gate = gate.clone();
        spawn_local(async move { decide::code(&gate, &text).await });
    }
}

/// The camera is on or off.
pub(super) fn show_camera(gate: &Shared, on: bool) {
    let language = gate.borrow().reader.language;
    dom::show("camera", on);
    dom::text("camera-button", if on { language.gate_camera_off() } else { language.gate_camera() });
    if let Some(button) = dom::by_id("camera-button") {
        dom::attribute(&button, "aria-pressed", Some(if on { "true" } else { "false" }));
    }
}

/// Shows an answer, and lets it be heard and felt.
pub(super) fn show(gate: &Shared, seen: &Seen) {
    let gate = gate.borrow();
    let Some(told) = dom::by_id("told") else { return };
    dom::attribute(&told, "class", Some(html::class(seen.outcome)));
    dom::attribute(&told, "data-outcome", Some(seen.reason.map_or(seen.outcome.as_str(), RefusedReason::as_str)));
    dom::html("told", &html::answer(gate.reader, gate.zone(), seen));
    if seen.outcome == ScanOutcome::Refused { signal::bad() } else { signal::good() }
}

/// There is nothing to decide by.
pub(super) fn no_list(gate: &Shared) {
    let language = gate.borrow().reader.language;
    if let Some(told) = dom::by_id("told") {
        dom::attribute(&told, "class", Some("told"));
        dom::attribute(&told, "data-outcome", Some("no_list"));
    }
    dom::html("told", &html::quiet(language.gate_no_list(), language.gate_no_list_more()));
    signal::bad();
}

/// Warns above the answer.
pub(super) fn warn(text: &str) {
    dom::html("warned", &html::warning(text));
}

/// A call gave nothing.
pub(super) fn lost(gate: &Shared, failure: &Failure) {
    match failure {
        Failure::SignedOut => show_net(gate, Net::SignedOut),
        Failure::Problem { body, .. } if body.status == 403 => shut(gate, Language::gate_needs_gates),
        Failure::Problem { body, .. } if body.status == 404 => shut(gate, Language::gate_no_such_event),
        _ => show_net(gate, Net::Offline),
    }
}

/// Whoever is signed in may not, or there is no such event: what is kept stays, and nothing is decided anew by the
/// service.
fn shut(gate: &Shared, words: impl Fn(Language) -> &'static str) {
    let language = gate.borrow().reader.language;
    warn(words(language));
    show_net(gate, Net::SignedOut);
}

/// Says whether the service is there.
pub(super) fn show_net(gate: &Shared, net: Net) {
    if gate.borrow().net == net {
        return;
    }
    gate.borrow_mut().net = net;
    let (class, text) = html::net(gate.borrow().reader, net);
    if let Some(place) = dom::by_id("net") {
        dom::attribute(&place, "class", Some(class));
    }
    dom::html("net", &text);
}

/// Says how many scans the service does not have.
pub(super) fn show_unsent(gate: &Shared) {
    let gate = gate.borrow();
    let unsent = gate.scans.iter().filter(|kept| !kept.sent).count();
    let language = gate.reader.language;
    let text = match i64::try_from(unsent).unwrap_or(i64::MAX) {
        0 => language.gate_all_sent().to_owned(),
        some => language.gate_unsent(some),
    };
    dom::text("unsent", &text);
    if let Some(place) = dom::by_id("unsent") {
        dom::attribute(&place, "data-unsent", Some(&unsent.to_string()));
    }
}

/// Says how many tickets this device can decide about.
pub(super) fn show_listed(gate: &Shared) {
    let gate = gate.borrow();
    let language = gate.reader.language;
    let text = match gate.known.made_at().filter(|_| gate.known.is_whole()) {
        Some(at) => {
            let tickets = i64::try_from(gate.known.good()).unwrap_or(i64::MAX);
            language.gate_listed(tickets, &Moment::at(language, at, gate.zone()).time())
        }
        None => language.gate_coming().to_owned(),
    };
    dom::text("listed", &text);
    if let Some(place) = dom::by_id("listed") {
        dom::attribute(&place, "data-whole", gate.known.is_whole().then_some(""));
    }
}

/// What the event is called.
pub(super) fn show_about(gate: &Shared, about: About) {
    let is_new = gate.borrow().about.as_ref().map(|known| &known.name) != Some(&about.name);
    gate.borrow_mut().about = Some(about);
    if is_new {
        head(gate);
    }
}

fn head(gate: &Shared) {
    let gate = gate.borrow();
    let Some(about) = &gate.about else { return };
    let language = gate.reader.language;
    let starts = Moment::at(language, about.starts_at, &about.time_zone);
    dom::text("gate-title", &format!("{} · {}", about.name, starts.date_and_time()));
}

/// Shows the counts where they are new.
pub(super) fn show_counts(gate: &Shared, counts: CheckIns) {
    let mut gate = gate.borrow_mut();
    let same = gate.counts.as_ref().is_some_and(|known| {
        (known.tickets, known.used, known.inside) == (counts.tickets, counts.used, counts.inside)
            && known.gates == counts.gates
            && known.conflicts == counts.conflicts
    });
    if !same {
        dom::html("counts", &html::counts(gate.reader, gate.zone(), &counts));
        gate.counts = Some(counts);
    }
}
