//! The hall as it lies there: each part laid out once, found again by a place.

use onsale_core::hall::{Hall, Laid, LaidSeat, Part, SeatRef, Shape, Size, Spot};
use std::sync::Arc;

/// A part, laid out.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) part: Arc<Part>,
    pub(super) laid: Laid,
    /// How far neighbours are from one another.
    pub(super) pitch: f64,
    /// The corners of all that belongs to it.
    pub(super) low: Spot,
    pub(super) high: Spot,
}

/// All parts, laid out.
#[derive(Debug, Clone, Default)]
pub(super) struct Scene {
    pub(super) items: Vec<Item>,
}

/// What lies at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hit {
    pub(super) part: u16,
    pub(super) seat: Option<SeatRef>,
}

/// Seats of foreign plans have no spacing of their own until there are two.
const PITCH: f64 = 5.5;

impl Item {
    fn of(part: &Arc<Part>) -> Self {
        let laid = Laid::of(part);
        let pitch = match &part.shape {
            Shape::Block(block) => block.seat_spacing,
            _ => pitch(&laid),
        };
        let mut reach = Reach::default();
        laid.seats().for_each(|seat| reach.take(seat.at, pitch / 2.0));
        if let Some(size) = part.frame() {
            corners(part.at, size, part.turn).into_iter().for_each(|at| reach.take(at, 0.0));
        }
        if let Shape::Seats(seats) = &part.shape {
            for fixture in seats.fixtures.iter().flatten() {
                let at = fixture.at.turned(part.turn).moved(part.at);
                let size = fixture.size.unwrap_or(Size { width: pitch, height: pitch });
                corners(at, size, 0.0).into_iter().for_each(|at| reach.take(at, 0.0));
            }
        }
        let (low, high) = reach.0.unwrap_or((part.at, part.at));
        Self { part: Arc::clone(part), laid, pitch, low, high }
    }

    fn holds(&self, at: Spot, reach: f64) -> bool {
        (self.low.x - reach..=self.high.x + reach).contains(&at.x)
            && (self.low.y - reach..=self.high.y + reach).contains(&at.y)
    }

    /// Its seats with what they are called.
    pub(super) fn seats(&self) -> impl Iterator<Item = (SeatRef, &LaidSeat)> {
        let part = self.part.number;
        (0..).zip(&self.laid.rows).flat_map(move |(row, laid)| {
            laid.seats.iter().map(move |seat| (SeatRef { part, row, place: seat.place }, seat))
        })
    }
}

#[derive(Default)]
struct Reach(Option<(Spot, Spot)>);

impl Reach {
    fn take(&mut self, at: Spot, by: f64) {
        let (low, high) = self.0.unwrap_or((at, at));
        self.0 = Some((
            Spot::new(low.x.min(at.x - by), low.y.min(at.y - by)),
            Spot::new(high.x.max(at.x + by), high.y.max(at.y + by)),
        ));
    }
}

/// The corners of a rectangle around its middle.
pub(super) fn corners(at: Spot, size: Size, turn: f64) -> [Spot; 4] {
    let (wide, high) = (size.width / 2.0, size.height / 2.0);
    [(-wide, -high), (wide, -high), (wide, high), (-wide, high)].map(|(x, y)| Spot::new(x, y).turned(turn).moved(at))
}

fn pitch(laid: &Laid) -> f64 {
    let mut all: Vec<f64> =
        laid.rows.iter().flat_map(|row| row.seats.windows(2).map(|pair| pair[0].at.apart(pair[1].at))).collect();
    if all.is_empty() {
        return PITCH;
    }
    let middle = all.len() / 2;
    all.select_nth_unstable_by(middle, f64::total_cmp).1.max(0.1)
}

impl Scene {
    /// Lays out what changed.
    pub(super) fn refresh(&mut self, hall: &Hall) {
        let mut before = std::mem::take(&mut self.items);
        self.items = hall
            .parts
            .iter()
            .map(|part| match before.iter().position(|item| Arc::ptr_eq(&item.part, part)) {
                Some(place) => before.swap_remove(place),
                None => Item::of(part),
            })
            .collect();
    }

    pub(super) fn item(&self, number: u16) -> Option<&Item> {
        self.items.iter().find(|item| item.part.number == number)
    }

    /// How far all of it reaches.
    pub(super) fn reach(&self) -> Option<(Spot, Spot)> {
        let mut reach = Reach::default();
        for item in &self.items {
            reach.take(item.low, 0.0);
            reach.take(item.high, 0.0);
        }
        reach.0
    }

    /// What is seen at a place: the seat that is nearest within reach, or the last part that covers it.
    pub(super) fn pick(&self, at: Spot, reach: f64) -> Option<Hit> {
        let mut best: Option<(f64, Hit)> = None;
        for item in self.items.iter().filter(|item| item.holds(at, reach)) {
            for (seat, laid) in item.seats() {
                let apart = laid.at.apart(at);
                if apart <= reach.max(item.pitch / 2.0) && best.as_ref().is_none_or(|(least, _)| apart < *least) {
                    best = Some((apart, Hit { part: item.part.number, seat: Some(seat) }));
                }
            }
        }
        best.map(|(_, hit)| hit).or_else(|| {
            let covers = |item: &&Item| item.part.frame().is_some() && item.holds(at, reach);
            self.items.iter().rev().find(covers).map(|item| Hit { part: item.part.number, seat: None })
        })
    }

    /// The parts that a rectangle touches with a seat or an edge.
    pub(super) fn parts_within(&self, low: Spot, high: Spot) -> Vec<u16> {
        let inside = |at: Spot| (low.x..=high.x).contains(&at.x) && (low.y..=high.y).contains(&at.y);
        let touched = |item: &&Item| {
            let apart = item.high.x < low.x || item.low.x > high.x || item.high.y < low.y || item.low.y > high.y;
            !apart && (item.laid.rows.is_empty() || item.laid.seats().any(|seat| inside(seat.at)))
        };
        self.items.iter().filter(touched).map(|item| item.part.number).collect()
    }

    /// The seats in a rectangle.
    pub(super) fn seats_within(&self, low: Spot, high: Spot) -> Vec<SeatRef> {
        let inside = |at: Spot| (low.x..=high.x).contains(&at.x) && (low.y..=high.y).contains(&at.y);
        self.items.iter().flat_map(Item::seats).filter(|(_, laid)| inside(laid.at)).map(|(seat, _)| seat).collect()
    }

    pub(super) fn seat(&self, seat: SeatRef) -> Option<(&str, &LaidSeat)> {
        let row = self.item(seat.part)?.laid.rows.get(seat.row as usize)?;
        row.seats.iter().find(|laid| laid.place == seat.place).map(|laid| (row.label.as_str(), laid))
    }

    /// The seat next to one in a direction: the nearest within an eighth of a turn to both sides of it.
    pub(super) fn next(&self, from: SeatRef, (dx, dy): (f64, f64)) -> Option<SeatRef> {
        let origin = self.seat(from)?.1.at;
        let all = self.items.iter().flat_map(Item::seats).filter(|(seat, _)| *seat != from);
        let ahead = all.filter_map(|(seat, laid)| {
            let (x, y) = (laid.at.x - origin.x, laid.at.y - origin.y);
            let (along, across) = (x * dx + y * dy, (x * dy - y * dx).abs());
            (along > 0.0 && across <= along).then_some((along + 2.0 * across, seat))
        });
        ahead.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, seat)| seat)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use onsale_core::hall::Block;

    fn scene() -> Scene {
        let mut hall = Hall::new("H", "A");
        for at in [Spot::default(), Spot::new(200.0, 0.0)] {
            let shape = Shape::Block(Block::new(3, 5, Some("A".to_owned())));
            hall.add(Part { number: 0, name: None, at, turn: 0.0, shape, beside: String::new() });
        }
        let mut scene = Scene::default();
        scene.refresh(&hall);
        scene
    }

    #[test]
    fn what_lies_at_a_place_is_found() {
        let scene = scene();
        let seat = scene.pick(Spot::new(0.4, 9.3), 2.0).and_then(|hit| hit.seat);
        assert_eq!(seat, Some(SeatRef { part: 2, row: 1, place: 2 }));
        assert_eq!(scene.pick(Spot::new(0.0, -40.0), 2.0), Some(Hit { part: 1, seat: None }));
        assert_eq!(scene.pick(Spot::new(100.0, 100.0), 2.0), None);
        assert_eq!(scene.parts_within(Spot::new(150.0, -5.0), Spot::new(260.0, 30.0)), [3]);
        assert_eq!(scene.seats_within(Spot::new(-3.0, -1.0), Spot::new(3.0, 1.0)).len(), 1);
    }

    #[test]
    fn arrows_go_from_seat_to_seat_and_to_the_next_block() {
        let scene = scene();
        let last = SeatRef { part: 2, row: 1, place: 4 };
        assert_eq!(scene.next(last, (1.0, 0.0)), Some(SeatRef { part: 3, row: 1, place: 0 }));
        assert_eq!(scene.next(last, (0.0, 1.0)), Some(SeatRef { part: 2, row: 2, place: 4 }));
        assert_eq!(scene.next(SeatRef { row: 2, ..last }, (0.0, 1.0)), None);
    }
}
