//! Bitmaps of the whole house, for when its seats are many and small: one at the size of the screen, one for coming
//! nearer. They are drawn in pieces within a frame's budget; afterwards a change costs the pixels of its seat.

use super::super::board::Board;
use super::super::camera::{Camera, DISC_PITCHES};
use super::super::plan::{Rect, SeatNo};
use super::super::raster::{Dots, Ink, Seen, Tile};
use super::house::House;
use super::{Brush, Palette, new_canvas, pixels};
use js_sys::Date;
use wasm_bindgen::{Clamped, JsValue};
use web_sys::{CanvasRenderingContext2d as Context, HtmlCanvasElement as Canvas, ImageData};

/// A layer is shown up to this much larger than it is.
const STRETCH_MAX: f64 = 1.3;
/// All pixels of the larger bitmap. Some browsers take 16 million at most, and phones have little memory.
const PIXELS_MAX: f64 = 9_000_000.0;
/// Pixels drawn at once.
const STRIP: i32 = 192;
/// A frame's share for drawing strips, in milliseconds; the first layer is drawn at once.
const BUDGET_MS: f64 = 4.0;
/// Discs as wide as this, in pixels of the style, are drawn as shapes.
const SHAPES_FROM: f64 = 13.0;

/// The bitmaps.
pub(super) struct Layers {
    fit: f64,
    layers: Vec<Layer>,
}

struct Layer {
    scale: f64,
    canvas: Canvas,
    context: Context,
    width: i32,
    height: i32,
    dots: Dots,
    scratch: (Canvas, Context),
    /// The first row of pixels that is not drawn yet.
    next: i32,
}

impl Layers {
    /// Empty bitmaps for a house, at the scale at which it fits the screen and at one for coming nearer.
    pub(super) fn new(board: &Board, density: f64) -> Option<Self> {
        let bounds = board.plan.bounds;
        let fit = Camera::fit(bounds, board.screen()).scale * density;
        let (width, height) = bounds.size();
        let area = f64::from(width) * f64::from(height);
        let within = |scale: f64| scale.min((PIXELS_MAX / area).sqrt());
        // From here on shapes are drawn.
        let shapes = SHAPES_FROM / (2.0 * DISC_PITCHES * f64::from(board.plan.pitch)) * density;
        let mut scales = vec![within(fit)];
        let nearer = within((shapes / STRETCH_MAX).min(3.5 * fit));
        if nearer > 1.4 * scales[0] {
            scales.push(nearer);
        }
        let layers: Option<Vec<Layer>> = scales.into_iter().map(|scale| Layer::new(board, scale)).collect();
        Some(Self { fit, layers: layers? })
    }

    /// Whether they are good for a screen on which the house fits at this scale.
    pub(super) fn is_for(&self, fit: f64) -> bool {
        (0.8..1.25).contains(&(fit / self.fit))
    }

    /// Whether a bitmap is there for such a scale, in pixels of the screen.
    pub(super) fn reach(&self, scale: f64) -> bool {
        self.layers.last().is_some_and(|last| scale <= last.scale * STRETCH_MAX)
    }

    pub(super) fn is_finished(&self) -> bool {
        self.layers.iter().all(Layer::is_finished)
    }

    /// All is to be drawn anew; until then what was drawn stays.
    pub(super) fn begin(&mut self) {
        for layer in &mut self.layers {
            layer.next = 0;
        }
    }

    /// Brings some seats up to date.
    pub(super) fn update(&mut self, seen: Seen<'_>, ink: &Ink, seats: &[SeatNo]) {
        for layer in &mut self.layers {
            for seat in seats {
                let tile = layer.dots.seat(seen, ink, *seat);
                let _missing_until_the_next_change = put(&layer.context, &tile, (tile.left, tile.top));
            }
        }
    }

    /// Draws strips that are not drawn yet; whether there are more.
    pub(super) fn go_on(&mut self, board: &Board, house: &House, palette: &Palette) -> bool {
        let start = Date::now();
        for (place, layer) in self.layers.iter_mut().enumerate() {
            while !layer.is_finished() {
                // The first one is what is seen now, so it is not put off.
                if place > 0 && Date::now() - start > BUDGET_MS {
                    return true;
                }
                if layer.strip(board, house, palette).is_err() {
                    return false;
                }
            }
        }
        false
    }

    /// Shows the part in sight of the smallest bitmap that is large enough.
    pub(super) fn show(&self, brush: &Brush<'_>, board: &Board) -> Result<(), JsValue> {
        let scale = brush.camera.scale * brush.density;
        let finished = || self.layers.iter().filter(|layer| layer.is_finished());
        let fine = finished().find(|layer| scale <= layer.scale * STRETCH_MAX);
        let Some(layer) = fine.or_else(|| finished().next_back()) else { return Ok(()) };
        let bounds = board.plan.bounds;
        let sight = brush.camera.in_sight(board.screen());
        let part = Rect {
            left: sight.left.max(bounds.left),
            top: sight.top.max(bounds.top),
            right: sight.right.min(bounds.right),
            bottom: sight.bottom.min(bounds.bottom),
        };
        let (width, height) = part.size();
        if width <= 0.0 || height <= 0.0 {
            return Ok(());
        }
        let along = |value: f32, origin: f32| (f64::from(value) - f64::from(origin)) * layer.scale;
        let (left, top) = brush.camera.to_screen((part.left, part.top));
        brush.context.draw_image_with_html_canvas_element_and_sw_and_sh_and_dx_and_dy_and_dw_and_dh(
            &layer.canvas,
            along(part.left, bounds.left),
            along(part.top, bounds.top),
            f64::from(width) * layer.scale,
            f64::from(height) * layer.scale,
            left,
            top,
            f64::from(width) * brush.camera.scale,
            f64::from(height) * brush.camera.scale,
        )
    }
}

impl Layer {
    fn new(board: &Board, scale: f64) -> Option<Self> {
        let (width, height) = board.plan.bounds.size();
        let (width, height) = (pixels(f64::from(width) * scale), pixels(f64::from(height) * scale));
        let (canvas, context) = new_canvas(width, height)?;
        let scratch = new_canvas(width, u32::try_from(STRIP).unwrap_or(1))?;
        Some(Self {
            scale,
            canvas,
            context,
            width: i32::try_from(width).unwrap_or(i32::MAX),
            height: i32::try_from(height).unwrap_or(i32::MAX),
            dots: Dots::new(&board.plan, scale),
            scratch,
            next: 0,
        })
    }

    fn is_finished(&self) -> bool {
        self.next >= self.height
    }

    /// The plates of a strip, and the dots on them.
    fn strip(&mut self, board: &Board, house: &House, palette: &Palette) -> Result<(), JsValue> {
        let (top, high) = (self.next, STRIP.min(self.height - self.next));
        self.next += STRIP;
        let (context, bounds) = (&self.context, board.plan.bounds);
        context.save();
        context.begin_path();
        context.rect(0.0, top.into(), self.width.into(), high.into());
        context.clip();
        context.clear_rect(0.0, top.into(), self.width.into(), high.into());
        let (left, up) = (-f64::from(bounds.left) * self.scale, -f64::from(bounds.top) * self.scale);
        context.set_transform(self.scale, 0.0, 0.0, self.scale, left, up)?;
        #[expect(clippy::cast_possible_truncation, reason = "plans are drawn in single precision")]
        let at = |pixel: i32| (f64::from(pixel) / self.scale) as f32 + bounds.top;
        let sight = Rect { top: at(top), bottom: at(top + high), ..bounds }.grown(2.0 * board.plan.pitch);
        house.plates_on(context, palette, self.scale, sight);
        context.restore();
        let tile = self.dots.tile(board.seen(), &palette.ink, (0, top, self.width, high));
        put(&self.scratch.1, &tile, (0, 0))?;
        let (width, high) = (f64::from(self.width), f64::from(high));
        self.context.draw_image_with_html_canvas_element_and_sw_and_sh_and_dx_and_dy_and_dw_and_dh(
            &self.scratch.0,
            0.0,
            0.0,
            width,
            high,
            0.0,
            top.into(),
            width,
            high,
        )
    }
}

fn put(context: &Context, tile: &Tile, (x, y): (i32, i32)) -> Result<(), JsValue> {
    let (width, height) = (u32::try_from(tile.width).unwrap_or(0), u32::try_from(tile.height).unwrap_or(0));
    if width == 0 || height == 0 {
        return Ok(());
    }
    let data = ImageData::new_with_u8_clamped_array_and_sh(Clamped(&tile.pixels), width, height)?;
    context.put_image_data(&data, x.into(), y.into())
}
