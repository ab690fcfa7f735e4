//! What is drawn over the seats: the reader's own, the callouts, who was faster, pointer and keyboard.

use super::super::board::{Board, Look};
use super::super::camera::Level;
use super::super::labels::row_name;
use super::super::plan::SeatNo;
use super::Brush;
use std::f64::consts::TAU;
use wasm_bindgen::JsValue;

/// Half a plate, in pitches and at least in pixels.
const PLATE: (f64, f64) = (0.465, 4.6);
/// The ring of pointer and keyboard.
const RING: (f64, f64) = (0.61, 8.0);
/// The ring around a seat that was just taken: from, to.
const PULSE: (f64, f64) = (0.32, 0.9);

/// Draws all marks.
pub(super) fn draw(brush: &Brush<'_>, board: &Board, now_ms: f64) -> Result<(), JsValue> {
    pulses(brush, board, now_ms)?;
    let mut own: Vec<SeatNo> = board.choice.all().collect();
    own.sort_unstable();
    for seat in &own {
        plate(brush, board, *seat)?;
    }
    if board.level() == Level::Far {
        callouts(brush, board)?;
    }
    if let Some(seat) = board.hovered() {
        ring(brush, board, seat, &brush.palette.ink_colour, 2.0)?;
    }
    if let Some(seat) = board.cursor() {
        ring(brush, board, seat, &brush.palette.focus, 3.0)?;
    }
    Ok(())
}

fn pitch(brush: &Brush<'_>, board: &Board) -> f64 {
    f64::from(board.plan.pitch) * brush.camera.scale
}

fn pulses(brush: &Brush<'_>, board: &Board, now_ms: f64) -> Result<(), JsValue> {
    let (context, pitch) = (brush.context, pitch(brush, board));
    for (seat, part) in board.pulses(now_ms) {
        let (x, y) = brush.camera.to_screen(board.plan.at(seat));
        let radius = (PULSE.0 + (PULSE.1 - PULSE.0) * part) * pitch.max(10.0);
        context.set_global_alpha(1.0 - part);
        context.set_stroke_style_str(&brush.palette.held);
        context.set_line_width(1.5);
        context.begin_path();
        context.arc(x, y, radius, 0.0, TAU)?;
        context.stroke();
    }
    context.set_global_alpha(1.0);
    Ok(())
}

/// A plate with a tick: white while it is only chosen, in the signal's colour once the server said yes.
fn plate(brush: &Brush<'_>, board: &Board, seat: SeatNo) -> Result<(), JsValue> {
    let (context, palette) = (brush.context, brush.palette);
    let (x, y) = brush.camera.to_screen(board.plan.at(seat));
    let half = (PLATE.0 * pitch(brush, board)).max(PLATE.1);
    let (fill, edge) = match board.look(seat) {
        Look::Mine => (palette.yours.as_str(), palette.enamel),
        _ => (palette.card.as_str(), palette.ink_colour.as_str()),
    };
    context.begin_path();
    context.round_rect_with_f64(x - half, y - half, 2.0 * half, 2.0 * half, half * 0.36)?;
    context.set_fill_style_str(fill);
    context.fill();
    context.set_stroke_style_str(edge);
    context.set_line_width((half * 0.2).max(1.0));
    context.stroke();
    context.begin_path();
    context.move_to(x - half * 0.45, y + half * 0.05);
    context.line_to(x - half * 0.1, y + half * 0.42);
    context.line_to(x + half * 0.5, y - half * 0.42);
    context.set_line_width((half * 0.28).max(1.2));
    context.stroke();
    Ok(())
}

/// From far, the held seats are named: one callout a row.
fn callouts(brush: &Brush<'_>, board: &Board) -> Result<(), JsValue> {
    let mut held = board.choice.held().to_vec();
    held.sort_unstable();
    let (context, palette) = (brush.context, brush.palette);
    for seats in held.chunk_by(|a, b| board.plan.row_no(*a) == board.plan.row_no(*b)) {
        let row = board.plan.row_no(seats[0]);
        let numbers: Vec<&str> = seats.iter().map(|seat| board.plan.column(*seat)).collect();
        let label = &board.plan.rows[row as usize].label;
        let named = row_name(brush.language, label);
        let between = if named == *label { " " } else { " · " };
        let text = format!("{named}{between}{}", numbers.join(", "));
        let (first, last) = (seats[0], seats[seats.len() - 1]);
        let (a, z) = (board.plan.at(first), board.plan.at(last));
        let (x, y) = brush.camera.to_screen((f32::midpoint(a.0, z.0), a.1.min(z.1)));
        let y = y - (PLATE.0 * pitch(brush, board)).max(PLATE.1) - 3.0;
        brush.font(700, 15.0);
        brush.centred();
        let width = context.measure_text(&text)?.width() + 20.0;
        context.begin_path();
        context.round_rect_with_f64(x - width / 2.0, y - 33.0, width, 26.0, 5.0)?;
        context.move_to(x - 7.0, y - 7.0);
        context.line_to(x, y);
        context.line_to(x + 7.0, y - 7.0);
        context.set_line_join("round");
        context.set_line_width(3.0);
        context.set_stroke_style_str(palette.enamel);
        context.stroke();
        context.set_fill_style_str(&palette.yours);
        context.fill();
        context.set_fill_style_str(&palette.on_yours);
        context.fill_text(&text, x, y - 19.5)?;
    }
    Ok(())
}

fn ring(brush: &Brush<'_>, board: &Board, seat: SeatNo, colour: &str, pen: f64) -> Result<(), JsValue> {
    let (x, y) = brush.camera.to_screen(board.plan.at(seat));
    let radius = (RING.0 * pitch(brush, board)).max(RING.1);
    brush.context.begin_path();
    brush.context.arc(x, y, radius, 0.0, TAU)?;
    brush.context.set_stroke_style_str(colour);
    brush.context.set_line_width(pen);
    brush.context.stroke();
    Ok(())
}
