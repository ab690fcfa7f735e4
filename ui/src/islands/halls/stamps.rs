//! Seats are stamped: each colour and shape is drawn once a size, and then put where seats are. Twenty thousand of them
//! are a frame.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CanvasRenderingContext2d as Context, HtmlCanvasElement};

/// How a seat looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Look {
    /// As any.
    Plain,
    /// Step-free.
    Square,
    /// For a companion.
    Frame,
    /// Of restricted view.
    Cut,
    /// Chosen.
    Plate,
}

/// Colours of seats.
pub(super) struct Inks {
    /// Of the categories, then of what has none, then of what is chosen.
    pub(super) fills: [String; 7],
    pub(super) ground: String,
    pub(super) enamel: String,
}

/// Without a category.
pub(super) const NO_INK: usize = 5;
/// Chosen.
pub(super) const CHOSEN_INK: usize = 6;
/// More sizes are not kept at once.
const STAMPS_MAX: usize = 400;

#[derive(Default)]
pub(super) struct Stamps(HashMap<(Look, usize, u32), (HtmlCanvasElement, f64)>);

impl Stamps {
    /// Colours or sizes are others now.
    pub(super) fn forget(&mut self) {
        self.0.clear();
    }

    /// Puts a seat on the canvas; places and sizes are pixels of the device.
    pub(super) fn put(
        &mut self,
        context: &Context,
        inks: &Inks,
        (look, ink): (Look, usize),
        (x, y): (f64, f64),
        wide: f64,
    ) -> Result<(), JsValue> {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few pixels")]
        let size = (wide * 2.0).round().clamp(2.0, 400.0) as u32;
        if self.0.len() > STAMPS_MAX {
            self.0.clear();
        }
        let (stamp, half) = match self.0.entry((look, ink, size)) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(fresh) => fresh.insert(stamp(inks, look, ink, f64::from(size) / 2.0)?),
        };
        context.draw_image_with_html_canvas_element(stamp, (x - *half).round(), (y - *half).round())
    }
}

fn stamp(inks: &Inks, look: Look, ink: usize, wide: f64) -> Result<(HtmlCanvasElement, f64), JsValue> {
    let document = web_sys::window().and_then(|window| window.document()).ok_or(JsValue::NULL)?;
    let canvas: HtmlCanvasElement = document.create_element("canvas")?.dyn_into()?;
    let side = (wide + 4.0).ceil();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few pixels")]
    let pixels = side as u32;
    canvas.set_width(pixels);
    canvas.set_height(pixels);
    let context: Context = canvas.get_context("2d")?.ok_or(JsValue::NULL)?.dyn_into()?;
    let (middle, radius) = (side / 2.0, wide / 2.0);
    context.set_fill_style_str(&inks.fills[ink]);
    context.set_stroke_style_str(&inks.fills[ink]);
    context.begin_path();
    match look {
        Look::Plain | Look::Cut => context.arc(middle, middle, radius, 0.0, std::f64::consts::TAU)?,
        Look::Square | Look::Frame | Look::Plate => {
            context.round_rect_with_f64(middle - radius, middle - radius, wide, wide, wide * 0.2)?;
        }
    }
    match look {
        Look::Frame => {
            context.set_line_width((wide * 0.22).max(1.0));
            context.clip();
            context.stroke();
        }
        Look::Plate => {
            context.fill();
            context.set_stroke_style_str(&inks.enamel);
            context.set_line_width(1.0);
            context.stroke();
        }
        Look::Plain | Look::Square | Look::Cut => context.fill(),
    }
    if ink == NO_INK {
        context.set_fill_style_str(&inks.ground);
        context.begin_path();
        context.arc(middle, middle, radius * 0.6, 0.0, std::f64::consts::TAU)?;
        context.fill();
    }
    if look == Look::Cut {
        context.set_fill_style_str(&inks.ground);
        context.fill_rect(middle - radius, middle - wide * 0.11, wide, (wide * 0.22).max(1.0));
    }
    Ok((canvas, middle))
}
