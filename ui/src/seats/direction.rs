//! Which seat an arrow key leads to.

use super::plan::{Plan, Rect, SeatNo};

/// How much a step aside counts against a step ahead.
const ASIDE: f32 = 3.0;
/// How far ahead is looked at first, in pitches; then everywhere.
const AHEAD_PITCHES: f32 = 12.0;

/// An arrow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// To the left.
    Left,
    /// To the right.
    Right,
    /// Up.
    Up,
    /// Down.
    Down,
}

impl Direction {
    /// The arrow of a key, by its name in the browser.
    #[must_use]
    pub fn of_key(key: &str) -> Option<Self> {
        Some(match key {
            "ArrowLeft" => Self::Left,
            "ArrowRight" => Self::Right,
            "ArrowUp" => Self::Up,
            "ArrowDown" => Self::Down,
            _ => return None,
        })
    }

    fn step(self) -> (f32, f32) {
        match self {
            Self::Left => (-1.0, 0.0),
            Self::Right => (1.0, 0.0),
            Self::Up => (0.0, -1.0),
            Self::Down => (0.0, 1.0),
        }
    }
}

/// The nearest wanted seat in a direction: far aside counts more than far ahead.
#[must_use]
pub fn next_towards(plan: &Plan, from: SeatNo, to: Direction, wanted: impl Fn(SeatNo) -> bool) -> Option<SeatNo> {
    let reach = AHEAD_PITCHES * plan.pitch;
    let (x, y) = plan.at(from);
    let near = Rect { left: x, top: y, right: x, bottom: y }.grown(reach);
    best(plan, from, to, plan.grid.within(near), &wanted).or_else(|| best(plan, from, to, 0..plan.len(), &wanted))
}

fn best(
    plan: &Plan,
    from: SeatNo,
    to: Direction,
    seats: impl Iterator<Item = SeatNo>,
    wanted: &impl Fn(SeatNo) -> bool,
) -> Option<SeatNo> {
    let (dx, dy) = to.step();
    let (x, y) = plan.at(from);
    let mut found: Option<(f32, SeatNo)> = None;
    for seat in seats {
        let at = plan.at(seat);
        let (far_x, far_y) = (at.0 - x, at.1 - y);
        let ahead = far_x * dx + far_y * dy;
        // What lies straight aside is in no direction.
        if seat == from || ahead < 0.2 * plan.pitch {
            continue;
        }
        let cost = ahead + ASIDE * (far_x * dy - far_y * dx).abs();
        if found.is_none_or(|(least, _)| cost < least) && wanted(seat) {
            found = Some((cost, seat));
        }
    }
    found.map(|(_, seat)| seat)
}
