//! Shapes around the seats: the plate of each zone, its name's place, the stage.

use super::plan::{Plan, Rect, Zone};

/// A zone's plate reaches so far beyond the middle of its outermost seats, in pitches.
pub(crate) const PLATE_PITCHES: f32 = 0.78;
/// How much of the house the stage takes at most, across and in depth.
const STAGE: (f32, f32) = (0.36, 0.13);
/// How often the stage is made smaller until it fits.
const SMALLER_MAX: u32 = 16;

/// The line along the outermost seats of a zone: front row, one side, last row, other side. With a broad pen it is
/// the zone's plate.
#[must_use]
pub fn zone_outline(plan: &Plan, zone: &Zone) -> Vec<(f32, f32)> {
    let rows: Vec<_> = (zone.rows.start..zone.rows.end)
        .map(|row| plan.rows[row as usize].seats.clone())
        .filter(|seats| !seats.is_empty())
        .collect();
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return Vec::new() };
    let mut line: Vec<(f32, f32)> = Vec::new();
    line.extend(first.clone().map(|seat| plan.at(seat)));
    line.extend(rows.iter().map(|row| plan.at(row.end - 1)));
    if rows.len() > 1 {
        line.extend(last.clone().rev().map(|seat| plan.at(seat)));
        line.extend(rows.iter().rev().map(|row| plan.at(row.start)));
    }
    line
}

/// Where a zone's name stands: behind its last row, seen from the stage.
pub(crate) struct NamePlace {
    /// On the plate's edge.
    pub(crate) at: (f32, f32),
    /// Away from the stage; one unit long.
    pub(crate) away: (f32, f32),
    /// How the text is turned, in radians: along the row, and never upside down.
    pub(crate) turn: f32,
    /// How long the row is.
    pub(crate) room: f32,
}

/// Finds the place of a zone's name: outside of its last row, along it.
pub(crate) fn name_place(plan: &Plan, zone: &Zone) -> NamePlace {
    let (x, y) = zone.bounds.middle();
    let last = zone.rows.clone().rev().map(|row| plan.rows[row as usize].seats.clone()).find(|row| row.len() > 1);
    let (first, end) = last.map_or(((x - 1.0, y), (x + 1.0, y)), |row| (plan.at(row.start), plan.at(row.end - 1)));
    let room = (end.0 - first.0).hypot(end.1 - first.1);
    let (along_x, along_y) = ((end.0 - first.0) / room.max(1e-3), (end.1 - first.1) / room.max(1e-3));
    // Of the two sides of the row, the one that is farther from the stage.
    let outside = -along_y * (x - plan.focal.0) + along_x * (y - plan.focal.1);
    let away = if outside < 0.0 { (along_y, -along_x) } else { (-along_y, along_x) };
    let seats = (zone.rows.start..zone.rows.end).flat_map(|row| plan.rows[row as usize].seats.clone());
    // Only what is behind the middle counts: the ends of a curved row reach elsewhere.
    let offsets = seats.map(|seat| (plan.at(seat).0 - x, plan.at(seat).1 - y));
    let behind = offsets.filter(|(sx, sy)| (sx * along_x + sy * along_y).abs() < 4.0 * plan.pitch);
    let reach = behind.map(|(sx, sy)| sx * away.0 + sy * away.1).fold(0.0, f32::max) + PLATE_PITCHES * plan.pitch;
    let mut turn = along_y.atan2(along_x);
    if turn < -std::f32::consts::FRAC_PI_2 {
        turn += std::f32::consts::PI;
    } else if turn > std::f32::consts::FRAC_PI_2 {
        turn -= std::f32::consts::PI;
    }
    NamePlace { at: (x + away.0 * reach, y + away.1 * reach), away, turn, room }
}

/// The stage: from the focal point away from the seats, as large as there is room. It is drawn along the axes.
pub(crate) fn stage(plan: &Plan) -> Option<Rect> {
    if plan.is_empty() && plan.areas.is_empty() {
        return None;
    }
    let seats = plan.places().iter().fold(Rect::NOTHING, |all, at| all.with(at.0, at.1));
    let all = plan.areas.iter().fold(seats, |all, area| all.with(area.position.x, area.position.y));
    let (width, height) = all.size();
    let (x, y) = plan.focal;
    let (middle_x, middle_y) = all.middle();
    let lies_across = (middle_x - x).abs() > (middle_y - y).abs();
    let away = |from: f32, middle: f32| if middle < from { 1.0 } else { -1.0 };
    let mut size = 1.0_f32;
    for _ in 0..SMALLER_MAX {
        let rect = if lies_across {
            let (half, deep) = (height * STAGE.0 / 2.0 * size, width * STAGE.1 * size);
            Rect::NOTHING.with(x, y - half).with(x + away(x, middle_x) * deep, y + half)
        } else {
            let (half, deep) = (width * STAGE.0 / 2.0 * size, height * STAGE.1 * size);
            Rect::NOTHING.with(x - half, y).with(x + half, y + away(y, middle_y) * deep)
        };
        let near = rect.grown(plan.pitch);
        let taken = plan.grid.within(near).any(|seat| {
            let (x, y) = plan.at(seat);
            near.meets(Rect::NOTHING.with(x, y))
        });
        if !taken {
            return Some(rect);
        }
        size *= 0.8;
    }
    None
}
