//! Seats side by side: the best ones near a point, and what can stand in for a seat that is gone.

use super::plan::{Plan, SeatNo, distance};

/// A lone seat left beside a block costs as much as so many pitches of distance.
const LONE_PITCHES: f32 = 8.0;

/// The block of seats side by side in one row that is best for a point: near to it, and with no lone seat left beside.
#[must_use]
pub fn block_near(
    plan: &Plan,
    count: usize,
    point: (f32, f32),
    wanted: impl Fn(SeatNo) -> bool,
) -> Option<Vec<SeatNo>> {
    let mut best: Option<(f32, SeatNo)> = None;
    for row in &plan.rows {
        // How many wanted seats stand side by side up to each one.
        let mut run = 0;
        for seat in row.seats.clone() {
            let joined = run > 0 && plan.is_beside_next(seat - 1);
            run = match wanted(seat) {
                false => 0,
                true if joined => run + 1,
                true => 1,
            };
            if count > 0 && run >= count {
                let first = seat + 1 - u32::try_from(count).unwrap_or(u32::MAX);
                let cost = cost(plan, first, seat, point, &wanted);
                if best.is_none_or(|(least, _)| cost < least) {
                    best = Some((cost, first));
                }
            }
        }
    }
    best.map(|(_, first)| (first..).take(count).collect())
}

fn cost(plan: &Plan, first: SeatNo, last: SeatNo, point: (f32, f32), wanted: &impl Fn(SeatNo) -> bool) -> f32 {
    let (a, z) = (plan.at(first), plan.at(last));
    let middle = (f32::midpoint(a.0, z.0), f32::midpoint(a.1, z.1));
    // A free seat that would be left alone between two that are not.
    let before = |seat: SeatNo| seat.checked_sub(1).filter(|before| plan.is_beside_next(*before) && wanted(*before));
    let after = |seat: SeatNo| Some(seat + 1).filter(|after| plan.is_beside_next(seat) && wanted(*after));
    let lone_before = before(first).is_some_and(|seat| before(seat).is_none());
    let lone_after = after(last).is_some_and(|seat| after(seat).is_none());
    let lone = f32::from(u8::from(lone_before)) + f32::from(u8::from(lone_after));
    distance(middle, point) + lone * LONE_PITCHES * plan.pitch
}

/// What can stand in for a choice of which some seats are gone: as many seats at the same prices, side by side and
/// near by. The seats that are left are kept where the gone ones can be replaced beside them, or one by one.
///
/// Gives the whole new choice; nothing when there are not enough equal seats.
#[must_use]
pub fn replacement(
    plan: &Plan,
    choice: &[SeatNo],
    gone: &[SeatNo],
    is_free: impl Fn(SeatNo) -> bool,
) -> Option<Vec<SeatNo>> {
    let first_gone = *gone.first()?;
    let left: Vec<SeatNo> = choice.iter().copied().filter(|seat| !gone.contains(seat)).collect();
    let same_kind = |one: SeatNo, other: SeatNo| {
        plan.category_no(one) == plan.category_no(other) && plan.is_accessible(one) == plan.is_accessible(other)
    };
    // All of one kind: they sat together, so they shall again.
    if choice.iter().all(|seat| same_kind(*seat, first_gone)) {
        let wanted = |seat: SeatNo| is_free(seat) && !gone.contains(&seat) && same_kind(seat, first_gone);
        let together = block_near(plan, choice.len(), centre(plan, choice), wanted);
        if let Some(block) = together {
            return Some(block);
        }
    }
    let mut all = left;
    for seat in gone {
        let at = plan.at(*seat);
        let near = plan.grid.nearest(plan.places(), at, f32::INFINITY, |other| {
            is_free(other) && !gone.contains(&other) && !all.contains(&other) && same_kind(other, *seat)
        });
        all.push(near?);
    }
    Some(all)
}

fn centre(plan: &Plan, seats: &[SeatNo]) -> (f32, f32) {
    let bounds = seats.iter().fold(super::plan::Rect::NOTHING, |all, seat| {
        let (x, y) = plan.at(*seat);
        all.with(x, y)
    });
    bounds.middle()
}
