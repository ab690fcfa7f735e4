//! The hall on its canvas.

use super::pointer::Doing;
use super::scene::{Item, Scene, corners};
use super::stamps::{CHOSEN_INK, Inks, Look, NO_INK, Stamps};
use crate::language::Language;
use crate::seats::paint::Palette;
use crate::seats::{Camera, Screen};
use onsale_core::hall::{Hall, LaidSeat, SeatRef, Shape, Size, Spot};
use std::collections::BTreeSet;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CanvasRenderingContext2d as Context, HtmlCanvasElement};

/// A seat's width, in spacings.
const WIDE: f64 = 0.84;
/// Seats as wide as this, in pixels, carry their number; rows as this theirs.
const NUMBERS_FROM: f64 = 17.0;
const LABELS_FROM: f64 = 6.0;
/// The floor's grid, in plan units, where its dots are this far from one another, in pixels.
const GRID: f64 = 10.0;
const GRID_FROM: f64 = 14.0;

/// What is painted.
pub(super) struct View<'a> {
    pub(super) hall: &'a Hall,
    pub(super) scene: &'a Scene,
    pub(super) chosen: &'a [u16],
    pub(super) seats: &'a BTreeSet<SeatRef>,
    pub(super) cursor: Option<SeatRef>,
    pub(super) doing: &'a Doing,
    pub(super) camera: Camera,
    pub(super) screen: Screen,
    pub(super) language: Language,
}

/// The canvas and its colours.
pub(super) struct Painter {
    canvas: HtmlCanvasElement,
    context: Context,
    palette: Palette,
    inks: Inks,
    stamps: Stamps,
    /// Pixels of the device in one of the style.
    ratio: f64,
}

fn inks(palette: &Palette) -> Inks {
    let [a, b, c, d, e] = palette.categories.clone();
    Inks {
        fills: [a, b, c, d, e, palette.soft.clone(), palette.yours.clone()],
        ground: palette.card.clone(),
        enamel: palette.enamel.to_owned(),
    }
}

impl Painter {
    pub(super) fn new(canvas: HtmlCanvasElement) -> Option<Self> {
        let context: Context = canvas.get_context("2d").ok().flatten()?.dyn_into().ok()?;
        let palette = Palette::read(&canvas)?;
        let inks = inks(&palette);
        Some(Self { canvas, context, palette, inks, stamps: Stamps::default(), ratio: 1.0 })
    }

    /// The page is lit otherwise.
    pub(super) fn relight(&mut self) {
        if let Some(palette) = Palette::read(&self.canvas) {
            self.inks = inks(&palette);
            self.palette = palette;
            self.stamps.forget();
        }
    }

    /// The canvas has another size.
    pub(super) fn resize(&mut self, screen: Screen) {
        self.ratio = web_sys::window().map_or(1.0, |window| window.device_pixel_ratio()).clamp(1.0, 3.0);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a screen's size")]
        let pixels = |length: f64| (length * self.ratio).round().max(1.0) as u32;
        self.canvas.set_width(pixels(screen.width));
        self.canvas.set_height(pixels(screen.height));
        self.stamps.forget();
    }

    /// Paints all of it.
    pub(super) fn paint(&mut self, view: &View<'_>) -> Result<(), JsValue> {
        let context = self.context.clone();
        context.set_transform(1.0, 0.0, 0.0, 1.0, 0.0, 0.0)?;
        context.clear_rect(0.0, 0.0, view.screen.width * self.ratio, view.screen.height * self.ratio);
        context.set_transform(self.ratio, 0.0, 0.0, self.ratio, 0.0, 0.0)?;
        self.floor(view);
        for item in &view.scene.items {
            let by = moved(view, item.part.number);
            self.thing(view, item, by)?;
        }
        context.set_transform(1.0, 0.0, 0.0, 1.0, 0.0, 0.0)?;
        for item in &view.scene.items {
            self.seats(view, item)?;
        }
        context.set_transform(self.ratio, 0.0, 0.0, self.ratio, 0.0, 0.0)?;
        for item in &view.scene.items {
            self.words(view, item)?;
        }
        self.frames(view)?;
        self.hand(view)
    }

    fn floor(&self, view: &View<'_>) {
        let step = GRID * view.camera.scale;
        let step = if step >= GRID_FROM { step } else { step * (GRID_FROM / step).log2().ceil().exp2() };
        self.context.set_fill_style_str(&self.palette.line);
        let mut y = view.camera.y.rem_euclid(step);
        while y < view.screen.height {
            let mut x = view.camera.x.rem_euclid(step);
            while x < view.screen.width {
                self.context.fill_rect(x - 0.75, y - 0.75, 1.5, 1.5);
                x += step;
            }
            y += step;
        }
    }

    /// Stage, standing areas, labels, and what stands among foreign seats.
    fn thing(&self, view: &View<'_>, item: &Item, by: Spot) -> Result<(), JsValue> {
        let part = &item.part;
        let name = part.name.as_deref().unwrap_or_default();
        match &part.shape {
            Shape::Stage(size) => {
                let word = if name.is_empty() { view.language.stage() } else { name };
                self.plate(view, (part.at.moved(by), *size, part.turn), &self.palette.house)?;
                self.written(view, (part.at.moved(by), *size, part.turn), word, &self.palette.on_house)
            }
            Shape::Standing(standing) => {
                let size = Size { width: standing.width, height: standing.height };
                self.plate(view, (part.at.moved(by), size, part.turn), &self.palette.line)?;
                let word = format!("{name} {}", standing.capacity);
                self.written(view, (part.at.moved(by), size, part.turn), word.trim(), &self.palette.ink_colour)
            }
            Shape::Label(label) => {
                let size = Size { width: f64::INFINITY, height: label.height / 0.4 };
                self.written(view, (part.at.moved(by), size, part.turn), name, &self.palette.ink_colour)
            }
            Shape::Seats(seats) => {
                for fixture in seats.fixtures.iter().flatten() {
                    let at = fixture.at.turned(part.turn).moved(part.at).moved(by);
                    if let Some(size) = fixture.size {
                        self.plate(view, (at, size, 0.0), &self.palette.line)?;
                        self.written(view, (at, size, 0.0), &fixture.name, &self.palette.ink_colour)?;
                    }
                }
                Ok(())
            }
            Shape::Block(_) => Ok(()),
        }
    }

    fn outline(&self, view: &View<'_>, corners: [Spot; 4]) {
        self.context.begin_path();
        for (place, corner) in corners.into_iter().enumerate() {
            let (x, y) = on_screen(view.camera, corner);
            if place == 0 { self.context.move_to(x, y) } else { self.context.line_to(x, y) }
        }
        self.context.close_path();
    }

    fn plate(&self, view: &View<'_>, (at, size, turn): (Spot, Size, f64), fill: &str) -> Result<(), JsValue> {
        self.outline(view, corners(at, size, turn));
        self.context.set_fill_style_str(fill);
        self.context.fill();
        Ok(())
    }

    fn written(
        &self,
        view: &View<'_>,
        (at, size, turn): (Spot, Size, f64),
        word: &str,
        fill: &str,
    ) -> Result<(), JsValue> {
        let (x, y) = on_screen(view.camera, at);
        let high = (size.height * view.camera.scale * 0.4).min(28.0);
        if high < 4.0 || word.is_empty() {
            return Ok(());
        }
        let context = &self.context;
        context.save();
        context.translate(x, y)?;
        context.rotate(turn.to_radians())?;
        context.set_font(&format!("700 {high}px {}", self.palette.font));
        context.set_text_align("center");
        context.set_text_baseline("middle");
        context.set_fill_style_str(fill);
        if size.width.is_finite() {
            context.fill_text_with_max_width(word, 0.0, 0.0, size.width * view.camera.scale * 0.9)?;
        } else {
            context.fill_text(word, 0.0, 0.0)?;
        }
        context.restore();
        Ok(())
    }

    fn seats(&mut self, view: &View<'_>, item: &Item) -> Result<(), JsValue> {
        let by = moved(view, item.part.number);
        let Self { context, inks, stamps, ratio, .. } = self;
        let wide = (WIDE * item.pitch * view.camera.scale).max(1.2) * *ratio;
        let (right, bottom) = (view.screen.width * *ratio + wide, view.screen.height * *ratio + wide);
        let mut known: Option<(&str, usize)> = None;
        for (seat, laid) in item.seats() {
            let (x, y) = on_screen(view.camera, laid.at.moved(by));
            let (x, y) = (x * *ratio, y * *ratio);
            if x < -wide || y < -wide || x > right || y > bottom {
                continue;
            }
            let ink = match known {
                Some((category, ink)) if category == laid.category => ink,
                _ => {
                    let ink = ink_of(view.hall, &laid.category);
                    known = Some((&laid.category, ink));
                    ink
                }
            };
            let is_chosen = !view.seats.is_empty() && view.seats.contains(&seat);
            let look = if is_chosen { (Look::Plate, CHOSEN_INK) } else { (look(laid), ink) };
            stamps.put(context, inks, look, (x, y), wide)?;
        }
        Ok(())
    }

    /// Rows' letters, and seats' numbers where there is room for them.
    fn words(&self, view: &View<'_>, item: &Item) -> Result<(), JsValue> {
        let wide = WIDE * item.pitch * view.camera.scale;
        if wide < LABELS_FROM {
            return Ok(());
        }
        let by = moved(view, item.part.number);
        let context = &self.context;
        context.set_text_align("center");
        context.set_text_baseline("middle");
        let inside =
            |x: f64, y: f64| x > -wide && y > -wide && x < view.screen.width + wide && y < view.screen.height + wide;
        context.set_font(&format!("700 {}px {}", wide.clamp(8.0, 13.0), self.palette.font));
        context.set_fill_style_str(&self.palette.soft);
        for row in &item.laid.rows {
            let Some(first) = row.seats.first() else { continue };
            let beyond = row.seats.get(1).map_or(Spot::new(first.at.x + item.pitch, first.at.y), |second| second.at);
            let at = Spot::new(2.0 * first.at.x - beyond.x, 2.0 * first.at.y - beyond.y).moved(by);
            let (x, y) = on_screen(view.camera, at);
            if inside(x, y) {
                context.fill_text(&row.label, x, y)?;
            }
        }
        if wide < NUMBERS_FROM {
            return Ok(());
        }
        context.set_font(&format!("600 {}px {}", (wide * 0.5).min(16.0), self.palette.font));
        for (seat, laid) in item.seats() {
            let (x, y) = on_screen(view.camera, laid.at.moved(by));
            if inside(x, y) {
                let ink = ink_of(view.hall, &laid.category);
                let fill = match ink {
                    _ if view.seats.contains(&seat) => &self.palette.on_yours,
                    NO_INK => &self.palette.ink_colour,
                    _ if look(laid) == Look::Frame => &self.palette.ink_colour,
                    ink => &self.palette.on_categories[ink],
                };
                context.set_fill_style_str(fill);
                context.fill_text(&laid.column, x, y)?;
            }
        }
        Ok(())
    }

    /// Around what is selected, and the keyboard's seat.
    fn frames(&self, view: &View<'_>) -> Result<(), JsValue> {
        let context = &self.context;
        context.set_line_width(1.5);
        context.set_stroke_style_str(&self.palette.ink_colour);
        context.set_line_dash(&js_sys::Array::of2(&4.into(), &4.into()))?;
        for item in view.chosen.iter().filter_map(|number| view.scene.item(*number)) {
            let by = moved(view, item.part.number);
            let air = 5.0 / view.camera.scale;
            let (low, high) = (item.low.moved(by), item.high.moved(by));
            let (low, high) = (Spot::new(low.x - air, low.y - air), Spot::new(high.x + air, high.y + air));
            self.outline(view, [low, Spot::new(high.x, low.y), high, Spot::new(low.x, high.y)]);
            context.stroke();
        }
        context.set_line_dash(&js_sys::Array::new())?;
        if let Some((_, laid)) = view.cursor.and_then(|seat| view.scene.seat(seat)) {
            let pitch = view.cursor.and_then(|seat| view.scene.item(seat.part)).map_or(5.5, |item| item.pitch);
            let (x, y) = on_screen(view.camera, laid.at);
            context.set_stroke_style_str(&self.palette.focus);
            context.set_line_width(3.0);
            context.begin_path();
            context.arc(x, y, (pitch * view.camera.scale * 0.6).max(6.0), 0.0, std::f64::consts::TAU)?;
            context.stroke();
        }
        Ok(())
    }

    /// What the hand is about to make, and the lines that caught it.
    fn hand(&self, view: &View<'_>) -> Result<(), JsValue> {
        let context = &self.context;
        context.set_line_width(1.0);
        context.set_stroke_style_str(&self.palette.focus);
        match view.doing {
            Doing::Band { from, to } | Doing::Draw { from, to } => {
                self.outline(view, [*from, Spot::new(to.x, from.y), *to, Spot::new(from.x, to.y)]);
                context.stroke();
            }
            Doing::Move { caught: (at, [x, y]), .. } => {
                let (left, top) = on_screen(view.camera, *at);
                context.begin_path();
                if *x {
                    context.move_to(left, 0.0);
                    context.line_to(left, view.screen.height);
                }
                if *y {
                    context.move_to(0.0, top);
                    context.line_to(view.screen.width, top);
                }
                context.stroke();
            }
            Doing::Nothing | Doing::Pan => {}
        }
        Ok(())
    }
}

/// How far a part is carried just now.
fn moved(view: &View<'_>, number: u16) -> Spot {
    match view.doing {
        Doing::Move { by, .. } if view.chosen.contains(&number) => *by,
        _ => Spot::default(),
    }
}

fn look(seat: &LaidSeat) -> Look {
    match seat.kind {
        kind if kind.accessible => Look::Square,
        kind if kind.companion => Look::Frame,
        kind if kind.restricted_view => Look::Cut,
        _ => Look::Plain,
    }
}

/// A category's colour: by its place, and again from the first after five.
pub(super) fn ink_of(hall: &Hall, category: &str) -> usize {
    hall.categories.iter().position(|known| known.name == category).map_or(NO_INK, |place| place % 5)
}

/// In pixels of the style. Plans are seen in single precision, halls drawn in double.
pub(super) fn on_screen(camera: Camera, at: Spot) -> (f64, f64) {
    (at.x * camera.scale + camera.x, at.y * camera.scale + camera.y)
}

/// The place under a pixel.
pub(super) fn in_hall(camera: Camera, (x, y): (f64, f64)) -> Spot {
    Spot::new((x - camera.x) / camera.scale, (y - camera.y) / camera.scale)
}
