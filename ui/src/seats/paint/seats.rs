//! The seats in sight, from near: shapes, letters, numbers.

use super::super::board::{Board, Lens, Look};
use super::super::camera::Level;
use super::super::plan::SeatNo;
use super::super::raster::FADED;
use super::Brush;
use super::stamps::{Stamp, Stamps};
use wasm_bindgen::JsValue;

/// Numbers on seats, and letters of rows, in discs.
const NUMBER: f64 = 0.46;
const ROW_LETTER: f64 = 0.62;

/// Draws the seats in sight.
pub(super) fn draw(brush: &Brush<'_>, board: &Board, stamps: &Stamps) -> Result<(), JsValue> {
    let (plan, camera, density) = (&board.plan, brush.camera, brush.density);
    let level = board.level();
    let lettered = level == Level::Letters && board.lens != Lens::Organiser;
    stamps.make(brush.palette, f64::from(plan.pitch) * camera.scale * density, lettered)?;
    let sight = camera.in_sight(board.screen()).grown(plan.pitch);
    let context = brush.context;
    context.set_transform(1.0, 0.0, 0.0, 1.0, 0.0, 0.0)?;
    let (mut faded, mut numbered) = (Vec::new(), Vec::new());
    for seat in plan.grid.within(sight) {
        let look = board.look(seat);
        let Some(stamp) = stamp(board, seat, look) else { continue };
        let (x, y) = camera.to_screen(plan.at(seat));
        let at = (x * density, y * density);
        if look == Look::Free && !board.filter.lets(plan, seat) {
            faded.push((stamp, at));
            continue;
        }
        stamps.put(context, stamp, at)?;
        if let (Stamp::Disc(colour) | Stamp::Square(colour), Level::Numbers) = (stamp, level) {
            numbered.push((seat, usize::from(colour), (x, y)));
        }
    }
    context.set_global_alpha(FADED);
    for (stamp, at) in faded {
        stamps.put(context, stamp, at)?;
    }
    context.set_global_alpha(1.0);
    brush.screen()?;
    numbers(brush, board, &numbered)?;
    if level == Level::Far { Ok(()) } else { row_letters(brush, board) }
}

fn stamp(board: &Board, seat: SeatNo, look: Look) -> Option<Stamp> {
    if board.lens == Lens::Organiser {
        return match look {
            Look::Free => Some(Stamp::Speck),
            Look::Held => Some(Stamp::Ring),
            _ => board.states.is_sold(seat).then_some(Stamp::Disc(0)),
        };
    }
    let colour = board.plan.category(seat).colour;
    Some(match look {
        Look::Free if board.plan.is_accessible(seat) => Stamp::Square(colour),
        Look::Free => Stamp::Disc(colour),
        Look::Held => Stamp::Ring,
        Look::Gone => Stamp::Speck,
        Look::Chosen | Look::Mine => return None,
    })
}

fn numbers(brush: &Brush<'_>, board: &Board, seats: &[(SeatNo, usize, (f64, f64))]) -> Result<(), JsValue> {
    let disc = brush.camera.disc(board.plan.pitch);
    brush.font(700, disc * NUMBER);
    brush.centred();
    let mut last = usize::MAX;
    for (seat, colour, (x, y)) in seats {
        if *colour != last {
            brush.context.set_fill_style_str(&brush.palette.on_categories[*colour]);
            last = *colour;
        }
        brush.context.fill_text(board.plan.column(*seat), *x, y + disc * 0.035)?;
    }
    Ok(())
}

/// Before the first seat of each row that is in sight.
fn row_letters(brush: &Brush<'_>, board: &Board) -> Result<(), JsValue> {
    let (plan, camera) = (&board.plan, brush.camera);
    let sight = camera.in_sight(board.screen()).grown(plan.pitch);
    brush.font(600, (camera.disc(plan.pitch) * ROW_LETTER).clamp(9.0, 15.0));
    brush.centred();
    brush.context.set_fill_style_str(&brush.palette.soft);
    for zone in plan.zones.iter().filter(|zone| zone.bounds.meets(sight)) {
        for row in &plan.rows[zone.rows.start as usize..zone.rows.end as usize] {
            if row.seats.is_empty() {
                continue;
            }
            let (first, second) = (row.seats.start, (row.seats.start + 1).min(row.seats.end - 1));
            let (at, next) = (plan.at(first), plan.at(second));
            let (dx, dy) = (at.0 - next.0, at.1 - next.1);
            let long = dx.hypot(dy).max(1e-3);
            let out = 0.95 * plan.pitch / long;
            let place =
                if first == second { (at.0 - 0.95 * plan.pitch, at.1) } else { (at.0 + dx * out, at.1 + dy * out) };
            let (x, y) = camera.to_screen(place);
            brush.context.fill_text(&row.label, x, y)?;
        }
    }
    Ok(())
}
