//! What stands around the seats: stage, standing areas, the plates of zones and their names.

use super::super::board::Board;
use super::super::camera::{Camera, Level};
use super::super::outline::{NamePlace, PLATE_PITCHES, name_place, zone_outline};
use super::super::plan::{Plan, Rect};
use super::{Brush, Palette};
use wasm_bindgen::JsValue;
use web_sys::{CanvasRenderingContext2d as Context, Path2d};

/// A zone's name is this large, in pixels: between, as the map comes nearer.
const NAME_PIXELS: (f64, f64) = (10.0, 17.0);
/// In pitches, before it is cut to the range.
const NAME_PITCHES: f64 = 1.5;
/// A zone that is narrower than its name shows none.
const NAME_FILL: f64 = 1.05;

/// Shapes that never change.
pub(super) struct House {
    plates: Vec<(Rect, Path2d)>,
    names: Vec<NamePlace>,
    pen: f64,
}

impl House {
    pub(super) fn new(plan: &Plan) -> Self {
        let plates = plan.zones.iter().filter_map(|zone| {
            let path = Path2d::new().ok()?;
            for (place, (x, y)) in zone_outline(plan, zone).into_iter().enumerate() {
                if place == 0 {
                    path.move_to(x.into(), y.into());
                } else {
                    path.line_to(x.into(), y.into());
                }
            }
            path.close_path();
            Some((zone.bounds, path))
        });
        Self {
            plates: plates.collect(),
            names: plan.zones.iter().map(|zone| name_place(plan, zone)).collect(),
            pen: f64::from(2.0 * PLATE_PITCHES * plan.pitch),
        }
    }

    /// The plates in sight. Two strokes of a broad pen make an edge of one pixel.
    pub(super) fn plates(&self, brush: &Brush<'_>, board: &Board) -> Result<(), JsValue> {
        let sight = brush.camera.in_sight(board.screen()).grown(2.0 * board.plan.pitch);
        brush.plan()?;
        self.plates_on(brush.context, brush.palette, brush.camera.scale, sight);
        brush.screen()
    }

    /// The same on a context that is set to the plan's coordinates.
    pub(super) fn plates_on(&self, context: &Context, palette: &Palette, scale: f64, sight: Rect) {
        context.set_line_join("round");
        for (bounds, path) in self.plates.iter().filter(|(bounds, _)| bounds.meets(sight)) {
            debug_assert!(bounds.left <= bounds.right, "a zone with an outline has seats");
            context.set_line_width(self.pen + 2.0 / scale);
            context.set_stroke_style_str(&palette.line);
            context.stroke_with_path(path);
            context.set_line_width(self.pen);
            context.set_stroke_style_str(&palette.card);
            context.stroke_with_path(path);
            context.set_fill_style_str(&palette.card);
            context.fill_with_path_2d(path);
        }
    }

    pub(super) fn stage(&self, brush: &Brush<'_>, board: &Board, word: &str) -> Result<(), JsValue> {
        let Some(stage) = board.plan.stage else { return Ok(()) };
        let (left, top, width, height) = on_screen(brush.camera, stage);
        let context = brush.context;
        context.begin_path();
        context.round_rect_with_f64(left, top, width, height, (width.min(height) * 0.12).min(14.0))?;
        context.set_fill_style_str(&brush.palette.house);
        context.fill();
        context.set_stroke_style_str(&brush.palette.line);
        context.set_line_width(1.0);
        context.stroke();
        // Along the longer side, and never wider than it.
        let upright = height > width;
        let (along, across) = if upright { (height, width) } else { (width, height) };
        #[expect(clippy::cast_precision_loss, reason = "a word")]
        let letters = word.chars().count() as f64;
        let size = (across * 0.4).min(along * 0.8 / (letters * 0.9)).min(30.0);
        if size < 7.0 {
            return Ok(());
        }
        context.save();
        context.translate(left + width / 2.0, top + height / 2.0)?;
        if upright {
            context.rotate(-std::f64::consts::FRAC_PI_2)?;
        }
        brush.font(700, size);
        brush.centred();
        context.set_fill_style_str(&brush.palette.on_house);
        spaced(context, word, size * 0.22)?;
        context.restore();
        Ok(())
    }

    pub(super) fn areas(&self, brush: &Brush<'_>, board: &Board) -> Result<(), JsValue> {
        let context = brush.context;
        for area in &board.plan.areas {
            let (x, y, wide, high) = (area.position.x, area.position.y, area.width / 2.0, area.height / 2.0);
            let rect = Rect { left: x - wide, top: y - high, right: x + wide, bottom: y + high };
            let (left, top, width, height) = on_screen(brush.camera, rect);
            context.begin_path();
            context.round_rect_with_f64(left, top, width, height, 6.0)?;
            context.set_fill_style_str(&brush.palette.card);
            context.fill();
            context.set_stroke_style_str(&brush.palette.line);
            context.set_line_width(1.0);
            context.stroke();
            let size = (height * 0.2).min(width / 6.0).clamp(8.0, 18.0);
            brush.font(700, size);
            brush.centred();
            context.set_fill_style_str(&brush.palette.soft);
            context.fill_text_with_max_width(&area.name, left + width / 2.0, top + height / 2.0, width * 0.9)?;
        }
        Ok(())
    }

    /// Each zone's name behind its last row, where there is room for it.
    pub(super) fn names(&self, brush: &Brush<'_>, board: &Board) -> Result<(), JsValue> {
        if board.level() == Level::Numbers {
            return Ok(());
        }
        let (context, plan) = (brush.context, &board.plan);
        let sight = brush.camera.in_sight(board.screen()).grown(4.0 * plan.pitch);
        let size = (NAME_PITCHES * f64::from(plan.pitch) * brush.camera.scale).clamp(NAME_PIXELS.0, NAME_PIXELS.1);
        brush.font(700, size);
        brush.centred();
        context.set_line_join("round");
        context.set_line_width(4.0);
        for (zone, place) in plan.zones.iter().zip(&self.names) {
            #[expect(clippy::cast_precision_loss, reason = "a name")]
            let wide = zone.name.chars().count() as f64 * size * 0.55 * NAME_FILL;
            let (x, y) = place.at;
            if !sight.meets(Rect::NOTHING.with(x, y)) || wide > f64::from(place.room) * brush.camera.scale {
                continue;
            }
            let (x, y) = brush.camera.to_screen(place.at);
            let out = size * 0.7;
            context.save();
            context.translate(x + f64::from(place.away.0) * out, y + f64::from(place.away.1) * out)?;
            context.rotate(f64::from(place.turn))?;
            context.set_stroke_style_str(&brush.palette.page);
            context.stroke_text(&zone.name, 0.0, 0.0)?;
            context.set_fill_style_str(&brush.palette.soft);
            context.fill_text(&zone.name, 0.0, 0.0)?;
            context.restore();
        }
        Ok(())
    }
}

/// A word with air between its letters, around the origin.
fn spaced(context: &Context, word: &str, air: f64) -> Result<(), JsValue> {
    let letters: Vec<String> = word.chars().map(String::from).collect();
    let mut widths = Vec::with_capacity(letters.len());
    for letter in &letters {
        widths.push(context.measure_text(letter)?.width() + air);
    }
    let mut x = -(widths.iter().sum::<f64>() - air) / 2.0;
    for (letter, width) in letters.iter().zip(widths) {
        context.fill_text(letter, x + (width - air) / 2.0, 0.0)?;
        x += width;
    }
    Ok(())
}

fn on_screen(camera: Camera, rect: Rect) -> (f64, f64, f64, f64) {
    let (left, top) = camera.to_screen((rect.left, rect.top));
    let (right, bottom) = camera.to_screen((rect.right, rect.bottom));
    (left, top, right - left, bottom - top)
}
