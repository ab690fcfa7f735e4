//! Paints a [`Board`] on a canvas: from far a bitmap that is kept, from near the seats in sight.

mod house;
mod layers;
mod marks;
mod palette;
mod seats;
mod stamps;

pub use palette::Palette;

use super::board::{Board, Stale};
use super::camera::{Camera, Level};
use crate::language::Language;
use house::House;
use layers::Layers;
use stamps::Stamps;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CanvasRenderingContext2d as Context, HtmlCanvasElement as Canvas};

/// With fewer seats the shapes are drawn each time, without a bitmap.
const BITMAP_FROM: u32 = 1_500;

/// A brush in two hands: what is being painted on, and in which colours.
#[derive(Clone, Copy)]
struct Brush<'a> {
    context: &'a Context,
    palette: &'a Palette,
    language: Language,
    camera: Camera,
    /// Pixels of the screen in one of the style.
    density: f64,
}

/// Paints one canvas.
pub struct Painter {
    canvas: Canvas,
    context: Context,
    palette: Palette,
    density: f64,
    house: House,
    layers: Option<Layers>,
    stamps: Stamps,
    language: Language,
}

impl Painter {
    /// A painter for a canvas; nothing where it cannot be painted on.
    pub fn new(canvas: Canvas, board: &Board, language: Language) -> Option<Self> {
        let context = context_of(&canvas)?;
        let palette = Palette::read(&canvas)?;
        Some(Self {
            density: 1.0,
            house: House::new(&board.plan),
            layers: None,
            stamps: Stamps::new()?,
            canvas,
            context,
            palette,
            language,
        })
    }

    /// The page is lit otherwise.
    pub fn relight(&mut self, board: &mut Board) {
        if let Some(palette) = Palette::read(&self.canvas) {
            self.palette = palette;
            self.stamps.forget();
            self.layers = None;
            board.repaint();
        }
    }

    /// Gives the canvas as many pixels as the screen has there.
    pub fn resize(&mut self, board: &mut Board) {
        let density = web_sys::window().map_or(1.0, |window| window.device_pixel_ratio()).clamp(1.0, 4.0);
        let screen = board.screen();
        let (width, height) = (pixels(screen.width * density), pixels(screen.height * density));
        if self.canvas.width() != width || self.canvas.height() != height {
            self.canvas.set_width(width);
            self.canvas.set_height(height);
            board.repaint();
        }
        // What was drawn for another room is kept while it fits.
        let fit = Camera::fit(board.plan.bounds, screen).scale * density;
        let fits = self.layers.as_ref().is_none_or(|layers| layers.is_for(fit));
        if density.to_bits() != self.density.to_bits() || !fits {
            self.layers = None;
            board.repaint();
        }
        self.density = density;
    }

    /// Paints what changed; whether something goes on moving or is not finished.
    pub fn paint(&mut self, board: &mut Board, now_ms: f64) -> bool {
        if !board.tick(now_ms) && self.layers.as_ref().is_none_or(Layers::is_finished) {
            return false;
        }
        let unfinished = self.keep_layers(board);
        // A failed call paints less, never wrongly; the next frame begins anew.
        let _painted = self.frame(board, now_ms);
        board.is_moving() || unfinished
    }

    /// Whether seats are so many and so small that the bitmap is shown.
    fn is_far(&self, board: &Board) -> bool {
        board.plan.len() > BITMAP_FROM
            && board.level() == Level::Far
            && self.layers.as_ref().is_some_and(|layers| layers.reach(board.camera().scale * self.density))
    }

    /// Brings the bitmaps up to date, within the frame's budget; whether there is more to do.
    fn keep_layers(&mut self, board: &mut Board) -> bool {
        if board.plan.len() <= BITMAP_FROM {
            let _drawn_each_time = board.take_stale();
            return false;
        }
        let stale = board.take_stale();
        let ink = self.palette.ink;
        if self.layers.is_none() {
            self.layers = Layers::new(board, self.density);
        }
        let Some(layers) = &mut self.layers else { return false };
        match stale {
            Stale::All => layers.begin(),
            Stale::Seats(seats) => layers.update(board.seen(), &ink, &seats),
        }
        layers.go_on(board, &self.house, &self.palette)
    }

    fn frame(&self, board: &Board, now_ms: f64) -> Result<(), JsValue> {
        let brush = Brush {
            context: &self.context,
            palette: &self.palette,
            language: self.language,
            camera: self.snapped(board.camera()),
            density: self.density,
        };
        brush.screen()?;
        let screen = board.screen();
        brush.context.clear_rect(0.0, 0.0, screen.width, screen.height);
        self.house.stage(&brush, board, self.language.stage())?;
        self.house.areas(&brush, board)?;
        match &self.layers {
            Some(layers) if self.is_far(board) => layers.show(&brush, board)?,
            _ => {
                self.house.plates(&brush, board)?;
                seats::draw(&brush, board, &self.stamps)?;
            }
        }
        self.house.names(&brush, board)?;
        marks::draw(&brush, board, now_ms)
    }

    /// On whole pixels of the screen, so that seats do not tremble while the map is moved.
    fn snapped(&self, camera: Camera) -> Camera {
        let whole = |value: f64| (value * self.density).round() / self.density;
        Camera { x: whole(camera.x), y: whole(camera.y), ..camera }
    }
}

impl Brush<'_> {
    /// Coordinates are the screen's, in pixels of the style.
    fn screen(&self) -> Result<(), JsValue> {
        self.context.set_transform(self.density, 0.0, 0.0, self.density, 0.0, 0.0)
    }

    /// Coordinates are the plan's.
    fn plan(&self) -> Result<(), JsValue> {
        let scale = self.camera.scale * self.density;
        let (x, y) = (self.camera.x * self.density, self.camera.y * self.density);
        self.context.set_transform(scale, 0.0, 0.0, scale, x, y)
    }

    fn font(&self, weight: u32, pixels: f64) {
        self.context.set_font(&font(weight, pixels, &self.palette.font));
    }

    fn centred(&self) {
        self.context.set_text_align("center");
        self.context.set_text_baseline("middle");
    }
}

/// `700 13.5px Archivo`. Tenths are written as whole numbers: printing fractions would cost the page kilobytes.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a font's size")]
fn font(weight: u32, pixels: f64, family: &str) -> String {
    let tenths = (pixels * 10.0).clamp(1.0, 10_000.0) as u32;
    format!("{weight} {}.{}px {family}", tenths / 10, tenths % 10)
}

fn new_canvas(width: u32, height: u32) -> Option<(Canvas, Context)> {
    let canvas = web_sys::window()?.document()?.create_element("canvas").ok()?;
    let canvas: Canvas = canvas.dyn_into().ok()?;
    canvas.set_width(width);
    canvas.set_height(height);
    let context = context_of(&canvas)?;
    Some((canvas, context))
}

fn context_of(canvas: &Canvas) -> Option<Context> {
    canvas.get_context("2d").ok().flatten()?.dyn_into().ok()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a screen's size")]
fn pixels(length: f64) -> u32 {
    length.round().clamp(1.0, 16_384.0) as u32
}
