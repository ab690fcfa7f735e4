//! A sheet of ready-made seats at the size of the moment, so that a seat costs one call.

use super::super::plan::COLOURS;
use super::super::raster::{DISC, RING, RING_PEN, SPECK};
use super::{Palette, font, new_canvas, pixels};
use std::cell::RefCell;
use std::f64::consts::TAU;
use wasm_bindgen::JsValue;
use web_sys::{CanvasRenderingContext2d as Context, HtmlCanvasElement as Canvas};

/// A disc and a square for each colour, a ring, a speck.
const CELLS: u32 = 2 * COLOURS as u32 + 2;
/// The letters on seats are this large, in discs.
const LETTER: f64 = 0.54;

/// Which one of the sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stamp {
    Disc(u8),
    Square(u8),
    Ring,
    Speck,
}

/// The sheet.
pub(super) struct Stamps {
    canvas: Canvas,
    context: Context,
    /// What it was made for: the seats' distance in pixels, and whether with letters.
    made_for: RefCell<Option<(u64, bool)>>,
    cell: RefCell<u32>,
}

impl Stamps {
    pub(super) fn new() -> Option<Self> {
        let (canvas, context) = new_canvas(1, 1)?;
        Some(Self { canvas, context, made_for: RefCell::new(None), cell: RefCell::new(0) })
    }

    /// The colours are others.
    pub(super) fn forget(&self) {
        self.made_for.replace(None);
    }

    /// Makes the sheet for seats at this distance, in pixels of the screen.
    pub(super) fn make(&self, palette: &Palette, pitch: f64, lettered: bool) -> Result<(), JsValue> {
        let wanted = (pitch.to_bits(), lettered);
        if self.made_for.replace(Some(wanted)) == Some(wanted) {
            return Ok(());
        }
        let length = |(pitches, least): (f64, f64)| (pitches * pitch).max(least);
        let disc = length(DISC);
        let cell = pixels(2.0 * disc).saturating_add(4);
        self.cell.replace(cell);
        let (width, context) = (cell * CELLS, &self.context);
        if self.canvas.width() < width || self.canvas.height() < cell {
            self.canvas.set_width(width + width / 2);
            self.canvas.set_height(cell + cell / 2);
        } else {
            context.clear_rect(0.0, 0.0, self.canvas.width().into(), self.canvas.height().into());
        }
        let half = f64::from(cell) / 2.0;
        let middle = |place: u32| f64::from(place * cell) + half;
        for colour in 0..COLOURS {
            let place = u32::try_from(colour).unwrap_or(0);
            context.set_fill_style_str(&palette.categories[colour]);
            context.begin_path();
            context.arc(middle(place), half, disc, 0.0, TAU)?;
            context.fill();
            let left = middle(place + COLOURS as u32) - disc;
            context.begin_path();
            context.round_rect_with_f64(left, half - disc, 2.0 * disc, 2.0 * disc, disc * 0.3)?;
            context.fill();
            if lettered {
                context.set_font(&font(700, 2.0 * disc * LETTER, &palette.font));
                context.set_text_align("center");
                context.set_text_baseline("middle");
                context.set_fill_style_str(&palette.on_categories[colour]);
                let letter = ["A", "B", "C", "D", "E"][colour];
                for place in [place, place + COLOURS as u32] {
                    context.fill_text(letter, middle(place), half + disc * 0.07)?;
                }
            }
        }
        context.set_stroke_style_str(&palette.held);
        context.set_line_width(length(RING_PEN));
        context.begin_path();
        context.arc(middle(CELLS - 2), half, length(RING), 0.0, TAU)?;
        context.stroke();
        context.set_fill_style_str(&palette.sold);
        context.begin_path();
        context.arc(middle(CELLS - 1), half, length(SPECK), 0.0, TAU)?;
        context.fill();
        Ok(())
    }

    /// Puts one around a point, in pixels of the screen, on whole ones.
    pub(super) fn put(&self, onto: &Context, stamp: Stamp, (x, y): (f64, f64)) -> Result<(), JsValue> {
        let place = match stamp {
            Stamp::Disc(colour) => u32::from(colour),
            Stamp::Square(colour) => u32::from(colour) + COLOURS as u32,
            Stamp::Ring => CELLS - 2,
            Stamp::Speck => CELLS - 1,
        };
        let cell = f64::from(*self.cell.borrow());
        let (left, top) = ((x - cell / 2.0).round(), (y - cell / 2.0).round());
        onto.draw_image_with_html_canvas_element_and_sw_and_sh_and_dx_and_dy_and_dw_and_dh(
            &self.canvas,
            f64::from(place) * cell,
            0.0,
            cell,
            cell,
            left,
            top,
            cell,
            cell,
        )
    }
}
