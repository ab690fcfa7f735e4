//! What one does to a hall: each a pure change of it, which [`History`](super::History) takes back.

use super::{Block, From, Hall, Laid, Mark, PARTS_MAX, Part, SeatKind, Seats, Shape, Spot};
use std::sync::Arc;

/// A seat of a hall.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SeatRef {
    /// The part's number.
    pub part: u16,
    /// The row, from 0.
    pub row: u32,
    /// The place in the row, from 0.
    pub place: u32,
}

/// What is to be otherwise about seats; what is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marking {
    /// Another price category.
    pub category: Option<String>,
    /// Reachable without a step, or not.
    pub accessible: Option<bool>,
    /// For whoever accompanies somebody, or not.
    pub companion: Option<bool>,
    /// The view is restricted, or not.
    pub restricted_view: Option<bool>,
    /// No seat at all.
    pub gone: bool,
}

impl Marking {
    fn apply(&self, kind: SeatKind) -> SeatKind {
        SeatKind {
            accessible: self.accessible.unwrap_or(kind.accessible),
            companion: self.companion.unwrap_or(kind.companion),
            restricted_view: self.restricted_view.unwrap_or(kind.restricted_view),
        }
    }
}

impl Hall {
    /// Puts a part behind the others and gives it a number; nothing where there are as many as there may be.
    pub fn add(&mut self, part: Part) -> Option<u16> {
        let number = self.next;
        if self.parts.len() >= PARTS_MAX || number == u16::MAX {
            return None;
        }
        self.next += 1;
        self.parts.push(Arc::new(Part { number, ..part }));
        Some(number)
    }

    /// Changes a part; its number stays.
    pub fn change(&mut self, number: u16, write: impl FnOnce(&mut Part)) {
        if let Some(part) = self.parts.iter_mut().find(|part| part.number == number) {
            let part = Arc::make_mut(part);
            write(part);
            part.number = number;
        }
    }

    /// Takes parts away.
    pub fn remove(&mut self, numbers: &[u16]) {
        self.parts.retain(|part| !numbers.contains(&part.number));
    }

    /// Moves parts.
    pub fn shift(&mut self, numbers: &[u16], by: Spot) {
        for number in numbers {
            self.change(*number, |part| part.at = part.at.moved(by));
        }
    }

    /// Copies parts to a place that far away; the copies' numbers.
    pub fn copy(&mut self, numbers: &[u16], by: Spot) -> Vec<u16> {
        let copied: Vec<Part> = numbers.iter().filter_map(|number| self.part(*number)).cloned().collect();
        let mut made = Vec::with_capacity(copied.len());
        for mut part in copied {
            part.at = part.at.moved(by);
            let next = self.next;
            if let Shape::Seats(seats) = &mut part.shape {
                give_ids(seats, next);
            }
            part.beside = String::new();
            made.extend(self.add(part));
        }
        made
    }

    /// Mirrors parts along the vertical line through their middle, in their places.
    pub fn mirror(&mut self, numbers: &[u16]) {
        let places = numbers.iter().filter_map(|number| self.part(*number)).map(|part| part.at.x);
        let (low, high) = places.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)));
        for number in numbers {
            self.change(*number, |part| {
                part.at.x = low + high - part.at.x;
                part.turn = -part.turn;
                match &mut part.shape {
                    Shape::Block(block) => mirror_block(block),
                    Shape::Seats(seats) => mirror_seats(seats),
                    Shape::Stage(_) | Shape::Standing(_) | Shape::Label(_) => {}
                }
            });
        }
    }

    /// Marks seats.
    pub fn mark(&mut self, seats: &[SeatRef], marking: &Marking) {
        let mut parts: Vec<u16> = seats.iter().map(|seat| seat.part).collect();
        parts.sort_unstable();
        parts.dedup();
        for number in parts {
            let mut own: Vec<(u32, u32)> =
                seats.iter().filter(|seat| seat.part == number).map(|seat| (seat.row, seat.place)).collect();
            own.sort_unstable();
            self.change(number, |part| match &mut part.shape {
                Shape::Block(block) => mark_block(block, &own, marking),
                Shape::Seats(placed) => mark_seats(placed, &own, marking),
                Shape::Stage(_) | Shape::Standing(_) | Shape::Label(_) => {}
            });
        }
    }

    /// Gives all seats of parts a category.
    pub fn price(&mut self, numbers: &[u16], category: &str) {
        for number in numbers {
            self.change(*number, |part| match &mut part.shape {
                Shape::Block(block) => {
                    block.category = Some(category.to_owned());
                    block.marks.iter_mut().for_each(|mark| mark.category = None);
                    block.marks.retain(says_something);
                }
                Shape::Seats(seats) => {
                    for seat in seats.rows.iter_mut().flat_map(|row| &mut row.seats) {
                        category.clone_into(&mut seat.category);
                    }
                }
                Shape::Stage(_) | Shape::Standing(_) | Shape::Label(_) => {}
            });
        }
    }

    /// Gives a category another name, wherever it is used.
    pub fn rename_category(&mut self, index: usize, name: &str) {
        let Some(category) = self.categories.get_mut(index) else { return };
        let before = std::mem::replace(&mut category.name, name.to_owned());
        let numbers: Vec<u16> = self.parts.iter().map(|part| part.number).collect();
        for number in numbers {
            if !self.part(number).is_some_and(|part| uses(part, &before)) {
                continue;
            }
            self.change(number, |part| {
                let renamed = |category: &mut String| {
                    if *category == before {
                        name.clone_into(category);
                    }
                };
                match &mut part.shape {
                    Shape::Block(block) => {
                        block.category.iter_mut().for_each(renamed);
                        block.marks.iter_mut().filter_map(|mark| mark.category.as_mut()).for_each(renamed);
                    }
                    Shape::Seats(seats) => {
                        let seats = seats.rows.iter_mut().flat_map(|row| &mut row.seats);
                        seats.map(|seat| &mut seat.category).for_each(renamed);
                    }
                    Shape::Stage(_) | Shape::Standing(_) | Shape::Label(_) => {}
                }
            });
        }
    }
}

fn uses(part: &Part, category: &str) -> bool {
    match &part.shape {
        Shape::Block(block) => {
            block.category.as_deref() == Some(category)
                || block.marks.iter().any(|mark| mark.category.as_deref() == Some(category))
        }
        Shape::Seats(seats) => seats.rows.iter().flat_map(|row| &row.seats).any(|seat| seat.category == category),
        Shape::Stage(_) | Shape::Standing(_) | Shape::Label(_) => false,
    }
}

fn give_ids(seats: &mut Seats, number: u16) {
    for (row, placed) in seats.rows.iter_mut().enumerate() {
        placed.beside = String::new();
        for (place, seat) in placed.seats.iter_mut().enumerate() {
            seat.id = format!("{number}-{}-{}", row + 1, place + 1);
            seat.beside = String::new();
        }
    }
}

fn mirror_block(block: &mut Block) {
    block.from = match block.from {
        From::Left => From::Right,
        From::Right => From::Left,
        From::Centre => From::Centre,
    };
    // Aisles are counted in the first row; those of longer rows stay where they are from the left.
    let (seats, rows) = (block.seats, block.clone());
    block.aisles_after = block.aisles_after.iter().filter_map(|after| seats.checked_sub(*after)).collect();
    block.aisles_after.sort_unstable();
    for mark in &mut block.marks {
        mark.place = rows.places(mark.row).saturating_sub(mark.place + 1);
    }
    block.marks.sort_by_key(|mark| (mark.row, mark.place));
    block.marks.dedup_by_key(|mark| (mark.row, mark.place));
}

fn mirror_seats(seats: &mut Seats) {
    for row in &mut seats.rows {
        if let Some(at) = &mut row.at {
            at.x = -at.x;
        }
        for seat in &mut row.seats {
            seat.at.x = -seat.at.x;
        }
    }
    for fixture in seats.fixtures.iter_mut().flatten() {
        fixture.at.x = -fixture.at.x;
    }
}

fn says_something(mark: &Mark) -> bool {
    mark.gone || mark.category.is_some() || mark.kind != SeatKind::default()
}

fn mark_block(block: &mut Block, places: &[(u32, u32)], marking: &Marking) {
    for (row, place) in places {
        let found = block.marks.binary_search_by_key(&(*row, *place), |mark| (mark.row, mark.place));
        let at = found.unwrap_or_else(|at| {
            let fresh = Mark { row: *row, place: *place, category: None, kind: SeatKind::default(), gone: false };
            block.marks.insert(at, fresh);
            at
        });
        let mark = &mut block.marks[at];
        mark.kind = marking.apply(mark.kind);
        mark.gone |= marking.gone;
        if let Some(category) = &marking.category {
            mark.category = (block.category.as_ref() != Some(category)).then(|| category.clone());
        }
    }
    block.marks.retain(says_something);
}

fn mark_seats(seats: &mut Seats, places: &[(u32, u32)], marking: &Marking) {
    for (number, row) in (0..).zip(&mut seats.rows) {
        let is_meant = |place: u32| places.binary_search(&(number, place)).is_ok();
        for (place, seat) in (0..).zip(&mut row.seats) {
            if is_meant(place) {
                seat.kind = marking.apply(seat.kind);
                if let Some(category) = &marking.category {
                    category.clone_into(&mut seat.category);
                }
            }
        }
        if marking.gone {
            let mut place = 0;
            row.seats.retain(|_| {
                place += 1;
                !is_meant(place - 1)
            });
        }
    }
}

/// Where a part that is moved comes to lie: beside the middle of another part or of a seat's row where that is near,
/// else on the grid. The two flags say along which lines it was caught.
#[must_use]
pub fn snapped(hall: &Hall, moving: &[u16], at: Spot, grid: f64, reach: f64) -> (Spot, [bool; 2]) {
    let still = || hall.parts.iter().filter(|part| !moving.contains(&part.number)).map(|part| part.at);
    let nearest = |value: f64, others: &mut dyn Iterator<Item = f64>| {
        others
            .filter(|other| (other - value).abs() <= reach)
            .min_by(|a, b| (a - value).abs().total_cmp(&(b - value).abs()))
    };
    let (x, y) = (nearest(at.x, &mut still().map(|at| at.x)), nearest(at.y, &mut still().map(|at| at.y)));
    let on_grid = |value: f64| (value / grid).round() * grid;
    (Spot::new(x.unwrap_or_else(|| on_grid(at.x)), y.unwrap_or_else(|| on_grid(at.y))), [x.is_some(), y.is_some()])
}

impl Part {
    /// The same part with its seats placed one by one, so that each can be moved; anything else stays as it is.
    #[must_use]
    pub fn placed(&self) -> Self {
        if !matches!(self.shape, Shape::Block(_)) {
            return self.clone();
        }
        let flat = Self { at: Spot::default(), turn: 0.0, ..self.clone() };
        Self { shape: Shape::Seats(super::plan::seats_of(Laid::of(&flat))), ..self.clone() }
    }
}
