//! The plan of a house as compact arrays: one entry a seat, in the plan's order.

use super::grid::Grid;
use super::texts::Texts;
use onsale_core::plan::Area;
use onsale_core::{Currency, Money};
use std::ops::Range;

/// A seat's place in the plan's order, from 0: the index into the states.
pub type SeatNo = u32;

/// How many price categories have a colour and a letter of their own; more share the last.
pub(crate) const COLOURS: usize = 5;
/// Seats whose distance to the next one is looked at.
const SAMPLE: usize = 600;
const ACCESSIBLE: u8 = 1;
const RESTRICTED: u8 = 2;
/// Side by side is within so many times the row's usual distance; what is wider apart has an aisle between.
const ADJACENT_MAX: f32 = 1.6;
/// Of a hundred seats so many may stand closer than the pitch.
const CLOSER_PERCENT: usize = 5;

/// A part of the plan, in plan units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rect {
    /// Left.
    pub left: f32,
    /// Top.
    pub top: f32,
    /// Right.
    pub right: f32,
    /// Bottom.
    pub bottom: f32,
}

impl Rect {
    /// What holds nothing yet.
    pub(crate) const NOTHING: Self =
        Self { left: f32::INFINITY, top: f32::INFINITY, right: f32::NEG_INFINITY, bottom: f32::NEG_INFINITY };

    /// The same with a point in it.
    #[must_use]
    pub fn with(self, x: f32, y: f32) -> Self {
        Self { left: self.left.min(x), top: self.top.min(y), right: self.right.max(x), bottom: self.bottom.max(y) }
    }

    /// The same with room around it.
    #[must_use]
    pub fn grown(self, by: f32) -> Self {
        Self { left: self.left - by, top: self.top - by, right: self.right + by, bottom: self.bottom + by }
    }

    /// Width and height.
    #[must_use]
    pub fn size(self) -> (f32, f32) {
        (self.right - self.left, self.bottom - self.top)
    }

    /// Its middle.
    #[must_use]
    pub fn middle(self) -> (f32, f32) {
        (f32::midpoint(self.left, self.right), f32::midpoint(self.top, self.bottom))
    }

    /// Whether both have a point in common.
    #[must_use]
    pub fn meets(self, other: Self) -> bool {
        self.left <= other.right && other.left <= self.right && self.top <= other.bottom && other.top <= self.bottom
    }
}

/// A price category.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// Its name in the API.
    pub code: String,
    /// What buyers read.
    pub name: String,
    /// The all-in price of its default ticket type.
    pub price: Money,
    /// Its colour, from 0 for the dearest.
    pub colour: u8,
}

impl Category {
    /// The categories, the dearest first, of codes, names and prices; the first price of each is its default.
    #[must_use]
    pub fn of_prices<'a>(prices: impl Iterator<Item = (&'a str, &'a str, Money)>) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        for (code, name, price) in prices {
            if all.iter().all(|known| known.code != code) {
                all.push(Self { code: code.to_owned(), name: name.to_owned(), price, colour: 0 });
            }
        }
        all.sort_by_key(|category| std::cmp::Reverse(category.price.minor));
        for (place, category) in all.iter_mut().enumerate() {
            category.colour = u8::try_from(place.min(COLOURS - 1)).unwrap_or(0);
        }
        all
    }

    /// The letter that stands for it: `A` is the dearest.
    #[must_use]
    pub fn letter(&self) -> &'static str {
        ["A", "B", "C", "D", "E"][usize::from(self.colour).min(COLOURS - 1)]
    }
}

/// A zone.
#[derive(Debug, Clone, PartialEq)]
pub struct Zone {
    /// Its number in the API.
    pub id: u16,
    /// What stands over the door.
    pub name: String,
    /// Its rows, as places in [`Plan::rows`].
    pub rows: Range<u32>,
    /// Where it is.
    pub bounds: Rect,
}

/// A row.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Its zone, as a place in [`Plan::zones`].
    pub zone: u32,
    /// The letter or number on the row.
    pub label: String,
    /// Its seats, side by side.
    pub seats: Range<SeatNo>,
    /// The usual distance between neighbours: the median.
    apart: f32,
}

/// A house.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The version; states of another one do not fit.
    pub version: i32,
    /// All prices are in it.
    pub currency: Currency,
    /// Where the eyes go: the middle of the stage's edge.
    pub focal: (f32, f32),
    /// The stage, where there is room to draw it.
    pub stage: Option<Rect>,
    /// All seats and areas, and the stage.
    pub bounds: Rect,
    /// The distance that nearly all seats keep from the nearest other. What is drawn of a seat has its size by it, so
    /// that the seats of a bent house's first rows do not lie on each other.
    pub pitch: f32,
    /// The price categories, the dearest first.
    pub categories: Vec<Category>,
    /// The zones, in the plan's order.
    pub zones: Vec<Zone>,
    /// The rows of all zones.
    pub rows: Vec<Row>,
    /// Standing areas.
    pub areas: Vec<Area>,
    /// Finds seats by where they are.
    pub grid: Grid,
    at: Vec<(f32, f32)>,
    category: Vec<u8>,
    marks: Vec<u8>,
    row: Vec<u32>,
    ids: Texts,
    columns: Texts,
}

impl Plan {
    /// How many seats there are.
    #[must_use]
    pub fn len(&self) -> u32 {
        u32::try_from(self.at.len()).unwrap_or(u32::MAX)
    }

    /// Whether there is no seat.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.at.is_empty()
    }

    /// Where a seat stands.
    #[must_use]
    pub fn at(&self, seat: SeatNo) -> (f32, f32) {
        self.at[seat as usize]
    }

    /// Where all seats stand.
    #[must_use]
    pub fn places(&self) -> &[(f32, f32)] {
        &self.at
    }

    /// A seat's category, as a place in [`Plan::categories`].
    #[must_use]
    pub fn category_no(&self, seat: SeatNo) -> u8 {
        self.category[seat as usize]
    }

    /// A seat's category.
    #[must_use]
    pub fn category(&self, seat: SeatNo) -> &Category {
        &self.categories[usize::from(self.category_no(seat))]
    }

    /// What a seat costs, all in.
    #[must_use]
    pub fn price(&self, seat: SeatNo) -> Money {
        self.category(seat).price
    }

    /// Whether a seat can be reached without a step.
    #[must_use]
    pub fn is_accessible(&self, seat: SeatNo) -> bool {
        self.marks[seat as usize] & ACCESSIBLE != 0
    }

    /// Whether the view from a seat is restricted.
    #[must_use]
    pub fn is_restricted(&self, seat: SeatNo) -> bool {
        self.marks[seat as usize] & RESTRICTED != 0
    }

    /// Whether any seat of the house can be reached without a step.
    #[must_use]
    pub fn has_accessible(&self) -> bool {
        self.marks.iter().any(|marks| marks & ACCESSIBLE != 0)
    }

    /// A seat's row, as a place in [`Plan::rows`].
    #[must_use]
    pub fn row_no(&self, seat: SeatNo) -> u32 {
        self.row[seat as usize]
    }

    /// A seat's row.
    #[must_use]
    pub fn row(&self, seat: SeatNo) -> &Row {
        &self.rows[self.row_no(seat) as usize]
    }

    /// A seat's zone.
    #[must_use]
    pub fn zone(&self, seat: SeatNo) -> &Zone {
        &self.zones[self.row(seat).zone as usize]
    }

    /// A seat's id in the API.
    #[must_use]
    pub fn id(&self, seat: SeatNo) -> &str {
        self.ids.get(seat)
    }

    /// The number on a seat.
    #[must_use]
    pub fn column(&self, seat: SeatNo) -> &str {
        self.columns.get(seat)
    }

    /// The seat of an id.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<SeatNo> {
        self.ids.find(id)
    }

    /// Whether a seat and the next one of its row are side by side, with no aisle between.
    #[must_use]
    pub fn is_beside_next(&self, seat: SeatNo) -> bool {
        let next = seat + 1;
        if next >= self.len() || self.row_no(seat) != self.row_no(next) {
            return false;
        }
        distance(self.at(seat), self.at(next)) <= ADJACENT_MAX * self.row(seat).apart
    }
}

/// How far two points are apart.
pub(crate) fn distance(a: (f32, f32), b: (f32, f32)) -> f32 {
    (a.0 - b.0).hypot(a.1 - b.1)
}

/// Makes a plan, seat by seat in its order.
pub(crate) struct PlanBuilder {
    plan: Plan,
    size: (f32, f32),
}

impl PlanBuilder {
    pub(crate) fn new(
        version: i32,
        currency: Currency,
        size: (f32, f32),
        focal: (f32, f32),
        categories: Vec<Category>,
    ) -> Self {
        let plan = Plan {
            version,
            currency,
            focal,
            stage: None,
            bounds: Rect::NOTHING,
            pitch: 1.0,
            categories,
            zones: Vec::new(),
            rows: Vec::new(),
            areas: Vec::new(),
            grid: Grid::default(),
            at: Vec::new(),
            category: Vec::new(),
            marks: Vec::new(),
            row: Vec::new(),
            ids: Texts::default(),
            columns: Texts::default(),
        };
        Self { plan, size }
    }

    pub(crate) fn zone(&mut self, id: u16, name: String) {
        let rows = u32::try_from(self.plan.rows.len()).unwrap_or(u32::MAX);
        self.plan.zones.push(Zone { id, name, rows: rows..rows, bounds: Rect::NOTHING });
    }

    pub(crate) fn row(&mut self, label: String) {
        let zone = u32::try_from(self.plan.zones.len().saturating_sub(1)).unwrap_or(u32::MAX);
        let next = self.plan.len();
        self.plan.rows.push(Row { zone, label, seats: next..next, apart: 0.0 });
        if let Some(zone) = self.plan.zones.last_mut() {
            zone.rows.end += 1;
        }
    }

    /// A seat whose category has no price cannot be bought; it takes the last one's place and is never free.
    pub(crate) fn seat(&mut self, id: &str, column: &str, at: (f32, f32), category: &str, marks: (bool, bool)) {
        let plan = &mut self.plan;
        let known = plan.categories.iter().position(|known| known.code == category);
        let last = plan.categories.len().saturating_sub(1);
        plan.category.push(u8::try_from(known.unwrap_or(last)).unwrap_or(u8::MAX));
        plan.marks.push(if marks.0 { ACCESSIBLE } else { 0 } | if marks.1 { RESTRICTED } else { 0 });
        plan.row.push(u32::try_from(plan.rows.len().saturating_sub(1)).unwrap_or(u32::MAX));
        plan.at.push(at);
        plan.ids.push(id);
        plan.columns.push(column);
        if let Some(row) = plan.rows.last_mut() {
            row.seats.end += 1;
        }
        if let Some(zone) = plan.zones.last_mut() {
            zone.bounds = zone.bounds.with(at.0, at.1);
        }
    }

    pub(crate) fn finish(self, areas: Vec<Area>) -> Plan {
        let Self { mut plan, size } = self;
        let mut bounds = plan.at.iter().fold(Rect::NOTHING, |all, at| all.with(at.0, at.1));
        for area in &areas {
            let (wide, high) = (area.width / 2.0, area.height / 2.0);
            bounds = bounds.with(area.position.x - wide, area.position.y - high);
            bounds = bounds.with(area.position.x + wide, area.position.y + high);
        }
        bounds = bounds.with(plan.focal.0, plan.focal.1);
        if plan.at.is_empty() && areas.is_empty() {
            bounds = bounds.with(0.0, 0.0).with(size.0.max(1.0), size.1.max(1.0));
        }
        plan.grid = Grid::of(&plan.at);
        plan.pitch = pitch(&plan.grid, &plan.at);
        for row in &mut plan.rows {
            row.apart = apart(&plan.at[row.seats.start as usize..row.seats.end as usize]);
        }
        plan.areas = areas;
        plan.stage = super::outline::stage(&plan);
        if let Some(stage) = plan.stage {
            bounds = bounds.with(stage.left, stage.top).with(stage.right, stage.bottom);
        }
        plan.bounds = bounds.grown(3.0 * plan.pitch);
        plan
    }
}

/// The distance that all but a few seats keep from the nearest other, of a sample.
fn pitch(grid: &Grid, at: &[(f32, f32)]) -> f32 {
    let step = at.len().div_ceil(SAMPLE).max(1);
    let nearest = (0..at.len()).step_by(step).filter_map(|seat| {
        let own = u32::try_from(seat).ok()?;
        let nearest = grid.nearest(at, at[seat], f32::INFINITY, |other| other != own)?;
        Some(distance(at[seat], at[nearest as usize]))
    });
    percentile(nearest.filter(|apart| *apart > 0.0).collect(), CLOSER_PERCENT).unwrap_or(10.0)
}

/// The median distance between the neighbours of a row.
fn apart(at: &[(f32, f32)]) -> f32 {
    percentile(at.windows(2).map(|pair| distance(pair[0], pair[1])).collect(), 50).unwrap_or(0.0)
}

/// The value that so many of a hundred do not reach; the lower one of two.
fn percentile(mut values: Vec<f32>, percent: usize) -> Option<f32> {
    let place = values.len().checked_sub(1)? * percent / 100;
    Some(*values.select_nth_unstable_by(place, f32::total_cmp).1)
}
