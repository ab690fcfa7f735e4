//! All that a map shows, and what in it has to be painted again.

use super::alternatives::replacement;
use super::camera::{Camera, Level, Screen};
use super::choice::{Choice, Refused};
use super::filter::Filter;
use super::plan::{Plan, SeatNo};
use super::raster::Seen;
use super::states::{self, Applied, States};
use onsale_core::api::events::{SeatDelta, SeatStates};

/// How long the ring around a seat that was just taken grows, in milliseconds.
pub(crate) const PULSE_MS: f64 = 900.0;
/// More seats at once are no news about one seat.
const PULSES_MAX: usize = 48;
/// How long a glide takes, in milliseconds.
const GLIDE_MS: f64 = 420.0;
/// Beyond so many changes it is quicker to draw all dots anew.
const DOTS_MAX: usize = 1_500;

/// What a seat looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// A disc, or a square where there is no step.
    Free,
    /// A ring.
    Held,
    /// A speck: sold, or not for sale.
    Gone,
    /// A white plate with a tick: chosen, not held yet.
    Chosen,
    /// The plate in the signal's colour: held by the server's word.
    Mine,
}

/// Whose map it is: what is told apart, and what is drawn large.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Lens {
    /// A buyer's: what is free, in its price's colour.
    #[default]
    Buyer,
    /// An organiser's: what is sold, in ink; the prices are not told apart.
    Organiser,
    /// The counter's: as a buyer's, and what is kept back can be chosen too.
    Counter,
}

/// What something that was told meant for the reader.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// The seats that are not what they were.
    pub seats: Vec<SeatNo>,
    /// The chosen seats that somebody else has now. They are no longer chosen.
    pub lost: Vec<SeatNo>,
    /// What was chosen before, the lost seats included; empty when none was lost.
    pub wanted: Vec<SeatNo>,
    /// Something was missed: ask for all states.
    pub missed: bool,
    /// The plan is not the house's any more: load the page again.
    pub outdated: bool,
}

/// Dots that are not up to date in the bitmaps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stale {
    /// These.
    Seats(Vec<SeatNo>),
    /// All.
    All,
}

struct Glide {
    from: Camera,
    to: Camera,
    start_ms: f64,
}

/// The map's whole state.
pub struct Board {
    /// The house.
    pub plan: Plan,
    /// The state of its seats.
    pub states: States,
    /// What is the reader's.
    pub choice: Choice,
    /// What the reader wants to see.
    pub filter: Filter,
    /// Whose map it is.
    pub lens: Lens,
    camera: Camera,
    screen: Screen,
    /// No movement by itself: the reader asked for less of it.
    pub still: bool,
    /// While the server is asked to hold the chosen seats, their state tells nothing.
    pub asking: bool,
    hover: Option<SeatNo>,
    cursor: Option<SeatNo>,
    pulses: Vec<(SeatNo, f64)>,
    glide: Option<Glide>,
    whole: bool,
    stale: Stale,
    dirty: bool,
}

impl Board {
    /// A house of which nothing is known yet but its plan.
    #[must_use]
    pub fn new(plan: Plan, max: Option<u32>, screen: Screen) -> Self {
        let camera = Camera::fit(plan.bounds, screen);
        Self {
            states: States::unknown(&plan),
            choice: Choice::new(max),
            filter: Filter::default(),
            lens: Lens::default(),
            camera,
            screen,
            still: false,
            asking: false,
            hover: None,
            cursor: None,
            pulses: Vec::new(),
            glide: None,
            whole: true,
            stale: Stale::All,
            dirty: true,
            plan,
        }
    }

    /// What a seat looks like.
    #[must_use]
    pub fn look(&self, seat: SeatNo) -> Look {
        if self.choice.held().contains(&seat) {
            return Look::Mine;
        }
        if self.choice.chosen().contains(&seat) {
            return Look::Chosen;
        }
        match self.states.of(seat) {
            states::FREE => Look::Free,
            states::HELD => Look::Held,
            _ => Look::Gone,
        }
    }

    /// Whether a seat can be chosen now.
    #[must_use]
    pub fn can_be_had(&self, seat: SeatNo) -> bool {
        self.states.is_free(seat) && self.choice.all().all(|own| own != seat)
    }

    /// Whether a seat that is chosen stays so: it is free, or at the counter still kept back.
    fn can_be_kept(&self, seat: SeatNo) -> bool {
        self.states.is_free(seat) || (self.lens == Lens::Counter && self.states.is_blocked(seat))
    }

    pub(crate) fn seen(&self) -> Seen<'_> {
        Seen { plan: &self.plan, states: &self.states, choice: &self.choice, filter: &self.filter, lens: self.lens }
    }

    // What is told

    /// Takes all states.
    pub fn snapshot(&mut self, told: &SeatStates, now_ms: f64) -> Change {
        let first = !self.states.is_known();
        let applied = self.states.snapshot(&self.plan, told);
        let change = self.changed(applied, now_ms);
        if first {
            // What was so before the reader came is no news.
            self.pulses.clear();
        }
        change
    }

    /// Takes a change.
    pub fn delta(&mut self, told: &SeatDelta, now_ms: f64) -> Change {
        let applied = self.states.delta(&self.plan, told);
        self.changed(applied, now_ms)
    }

    fn changed(&mut self, applied: Applied, now_ms: f64) -> Change {
        let seats = match applied {
            Applied::Changed(seats) => seats,
            Applied::Known => return Change::default(),
            Applied::Gap => return Change { missed: true, ..Change::default() },
            Applied::OtherPlan => return Change { outdated: true, ..Change::default() },
        };
        let taken = seats.iter().copied().filter(|seat| !self.states.is_free(*seat));
        let news: Vec<_> = taken.filter(|seat| self.choice.all().all(|own| own != *seat)).collect();
        if !self.still && news.len() <= PULSES_MAX {
            self.pulses.extend(news.into_iter().map(|seat| (seat, now_ms)));
        }
        self.touch(&seats);
        let (lost, wanted) = self.lose();
        Change { seats, lost, wanted, ..Change::default() }
    }

    /// Takes the chosen seats that somebody else has now out of the choice; gives them, and what was chosen before.
    pub fn lose(&mut self) -> (Vec<SeatNo>, Vec<SeatNo>) {
        let wanted = self.choice.chosen().to_vec();
        if self.asking || !self.states.is_known() {
            return (Vec::new(), Vec::new());
        }
        let lost: Vec<SeatNo> = wanted.iter().copied().filter(|seat| !self.can_be_kept(*seat)).collect();
        for seat in &lost {
            self.choice.drop(*seat);
        }
        self.touch(&lost);
        if lost.is_empty() { (Vec::new(), Vec::new()) } else { (lost, wanted) }
    }

    /// The server said no to these: until it tells more, they are somebody else's.
    pub fn take_for_gone(&mut self, seats: &[SeatNo]) {
        for seat in seats {
            self.states.take(&self.plan, *seat);
        }
        self.touch(seats);
    }

    /// What can stand in for a choice of which some seats are gone.
    #[must_use]
    pub fn replacement(&self, wanted: &[SeatNo], gone: &[SeatNo]) -> Option<Vec<SeatNo>> {
        replacement(&self.plan, wanted, gone, |seat| self.states.is_free(seat) && !self.choice.held().contains(&seat))
    }

    // What the reader does

    /// Chooses a seat, or gives one back that is only chosen.
    pub fn toggle(&mut self, seat: SeatNo) -> Result<(), Refused> {
        let outcome = match self.look(seat) {
            Look::Chosen => {
                self.choice.drop(seat);
                Ok(())
            }
            Look::Mine => Ok(()),
            Look::Free => self.choice.choose(seat),
            Look::Held => Err(Refused::Held),
            Look::Gone if self.can_be_kept(seat) => self.choice.choose(seat),
            Look::Gone => Err(Refused::Gone),
        };
        self.touch(&[seat]);
        outcome
    }

    /// Chooses these instead of what was chosen.
    pub fn choose_instead(&mut self, seats: &[SeatNo]) {
        let before = self.choice.chosen().to_vec();
        self.choice.choose_instead(seats);
        self.touch(&before);
        self.touch(seats);
    }

    /// The server says what is held; nothing when the hold is over. Gives what was held before.
    pub fn hold(&mut self, held: Vec<SeatNo>) -> Vec<SeatNo> {
        let before = self.choice.release();
        self.touch(&before);
        self.touch(&held);
        self.choice.hold(held);
        before
    }

    /// Changes the filter.
    pub fn filter(&mut self, change: impl FnOnce(&mut Filter)) {
        change(&mut self.filter);
        self.repaint();
    }

    /// The pointer is on a seat; whether that is news.
    pub fn hover(&mut self, seat: Option<SeatNo>) -> bool {
        let news = self.hover != seat;
        self.hover = seat;
        self.dirty |= news;
        news
    }

    /// The keyboard is on a seat.
    pub fn set_cursor(&mut self, seat: Option<SeatNo>) {
        self.cursor = seat;
        self.dirty = true;
    }

    /// The seat that the pointer is on.
    #[must_use]
    pub fn hovered(&self) -> Option<SeatNo> {
        self.hover
    }

    /// The seat that the keyboard is on.
    #[must_use]
    pub fn cursor(&self) -> Option<SeatNo> {
        self.cursor
    }

    /// The seat under a pixel, if it is one that says anything: not farther than `reach` pixels.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "plans are drawn in single precision")]
    pub fn pick(&self, pixel: (f64, f64), reach: f64) -> Option<SeatNo> {
        let reach = reach.max(self.camera.disc(self.plan.pitch) / 2.0) / self.camera.scale;
        let point = self.camera.to_plan(pixel);
        let places = self.plan.places();
        self.plan.grid.nearest(places, point, reach as f32, |seat| self.tells_of(seat))
    }

    /// Whether there is something to say of a seat: to a buyer nothing of one that is gone.
    #[must_use]
    pub fn tells_of(&self, seat: SeatNo) -> bool {
        self.lens != Lens::Buyer || self.look(seat) != Look::Gone
    }

    /// The seat nearest to the middle of what is seen, of those that are wanted.
    #[must_use]
    pub fn nearest_to_middle(&self, wanted: impl Fn(SeatNo) -> bool) -> Option<SeatNo> {
        let middle = self.camera.to_plan(self.screen.middle());
        self.plan.grid.nearest(self.plan.places(), middle, f32::INFINITY, wanted)
    }

    // What is seen

    /// Where the map is looked at from.
    #[must_use]
    pub fn camera(&self) -> Camera {
        self.camera
    }

    /// The room that the map has.
    #[must_use]
    pub fn screen(&self) -> Screen {
        self.screen
    }

    /// What can be told of a seat.
    #[must_use]
    pub fn level(&self) -> Level {
        self.camera.level(self.plan.pitch)
    }

    /// The page gives the map other room. Who sees the whole house goes on seeing it; else the middle stays.
    pub fn resize(&mut self, screen: Screen) {
        if screen == self.screen {
            return;
        }
        let (before, after) = (self.screen.middle(), screen.middle());
        self.screen = screen;
        self.look_from(if self.whole {
            Camera::fit(self.plan.bounds, screen)
        } else {
            self.camera.moved(after.0 - before.0, after.1 - before.1)
        });
    }

    /// Shows the whole house.
    pub fn fit(&mut self, now_ms: f64) {
        let camera = Camera::fit(self.plan.bounds, self.screen);
        self.glide_to(camera, now_ms);
        self.whole = true;
    }

    /// Comes nearer by a factor, or goes away.
    pub fn zoom(&mut self, factor: f64, pixel: (f64, f64)) {
        let range = Camera::range(self.plan.bounds, self.plan.pitch, self.screen);
        self.leave_whole();
        self.look_from(self.camera.zoomed(factor, pixel, range));
    }

    /// The same by a button: around the middle, as a short glide.
    pub fn step(&mut self, factor: f64, now_ms: f64) {
        let range = Camera::range(self.plan.bounds, self.plan.pitch, self.screen);
        let from = self.glide.as_ref().map_or(self.camera, |glide| glide.to);
        let to = from.zoomed(factor, self.screen.middle(), range);
        self.glide_to(to, now_ms);
    }

    /// Moves along.
    pub fn pan(&mut self, dx: f64, dy: f64) {
        self.leave_whole();
        self.look_from(self.camera.moved(dx, dy));
    }

    /// Comes so near to a point that seats can be chosen by finger.
    pub fn come_closer(&mut self, pixel: (f64, f64), now_ms: f64) {
        let scale = self.camera.closer_for_touch(self.plan.pitch).unwrap_or(self.camera.scale * 2.0);
        let point = self.camera.to_plan(pixel);
        self.glide_to(Camera::over(point, scale, self.screen), now_ms);
    }

    /// Brings a seat into sight, and near enough to be read.
    pub fn show(&mut self, seat: SeatNo, now_ms: f64) {
        let at = self.plan.at(seat);
        let aim = self.glide.as_ref().map_or(self.camera, |glide| glide.to);
        let closer = aim.closer_for_reading(self.plan.pitch);
        let (x, y) = aim.to_screen(at);
        let screen = self.screen;
        let inside = x > 40.0 && x < screen.width - 40.0;
        let inside = inside && y > 40.0 + screen.top && y < screen.height - 40.0 - screen.bottom;
        if closer.is_some() || !inside {
            self.glide_to(Camera::over(at, closer.unwrap_or(aim.scale), screen), now_ms);
        }
    }

    /// Brings a seat into sight if it is not; near enough it may be already.
    pub fn show_if_hidden(&mut self, seat: SeatNo, now_ms: f64) {
        let (x, y) = self.camera.to_screen(self.plan.at(seat));
        if !(0.0..self.screen.width).contains(&x) || !(0.0..self.screen.height).contains(&y) {
            self.show(seat, now_ms);
        }
    }

    fn glide_to(&mut self, to: Camera, now_ms: f64) {
        self.leave_whole();
        let to = to.kept(self.plan.bounds, self.screen);
        if self.still {
            self.look_from(to);
        } else {
            self.glide = Some(Glide { from: self.camera, to, start_ms: now_ms });
            self.dirty = true;
        }
    }

    fn leave_whole(&mut self) {
        self.whole = false;
        self.glide = None;
    }

    fn look_from(&mut self, camera: Camera) {
        self.camera = camera.kept(self.plan.bounds, self.screen);
        self.dirty = true;
    }

    // What is painted

    /// Time goes on; whether there is something to paint.
    pub(crate) fn tick(&mut self, now_ms: f64) -> bool {
        if let Some(glide) = &self.glide {
            let part = (now_ms - glide.start_ms) / GLIDE_MS;
            self.camera = glide.from.towards(glide.to, part);
            self.dirty = true;
            if part >= 1.0 {
                self.glide = None;
            }
        }
        self.dirty |= !self.pulses.is_empty();
        self.pulses.retain(|(_, start)| now_ms - start < PULSE_MS);
        std::mem::take(&mut self.dirty)
    }

    /// Whether something moves by itself.
    pub(crate) fn is_moving(&self) -> bool {
        self.glide.is_some() || !self.pulses.is_empty()
    }

    /// The seats that were just taken, and how far their ring has grown, from 0 to 1.
    pub(crate) fn pulses(&self, now_ms: f64) -> impl Iterator<Item = (SeatNo, f64)> + '_ {
        self.pulses.iter().map(move |(seat, start)| (*seat, ((now_ms - start) / PULSE_MS).clamp(0.0, 1.0)))
    }

    /// The dots that are not up to date; whoever takes them brings them up to date.
    pub(crate) fn take_stale(&mut self) -> Stale {
        std::mem::replace(&mut self.stale, Stale::Seats(Vec::new()))
    }

    /// All has to be painted again: other colours, another filter.
    pub fn repaint(&mut self) {
        self.stale = Stale::All;
        self.dirty = true;
    }

    fn touch(&mut self, seats: &[SeatNo]) {
        self.dirty |= !seats.is_empty();
        if let Stale::Seats(known) = &mut self.stale {
            known.extend_from_slice(seats);
            if known.len() > DOTS_MAX {
                self.stale = Stale::All;
            }
        }
    }
}
