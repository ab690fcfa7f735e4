//! How much a hall may be, looked at before anything is laid out.

use super::{Block, Fixture, Hall, Part, Seats, Shape, Size, Spot};
use std::collections::HashSet;

/// The most seats of a hall.
pub const SEATS_MAX: usize = 60_000;
/// The most parts of a hall.
pub const PARTS_MAX: usize = 500;
/// The most rows of a part.
pub const ROWS_MAX: u32 = 1_000;
/// The most seats of a row.
pub const SEATS_IN_ROW_MAX: u32 = 1_000;
/// The longest label of a row or seat, the longest category and seat id, in characters.
pub const LABEL_MAX: usize = 64;
/// The longest name of a hall or part, in characters.
const NAME_MAX: usize = 200;
/// The most categories.
const CATEGORIES_MAX: usize = 100;
/// The most aisles of a block.
const AISLES_MAX: usize = 100;
/// The farthest that anything may be from the origin, and the largest that it may be, in plan units.
const EXTENT_MAX: f64 = 1_000_000.0;
/// The longest text that a foreign format may keep beside a part, row, seat or fixture, in bytes.
const BESIDE_MAX: usize = 65_536;

/// What is beyond what a hall may be: the field's path and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beyond {
    /// E.g. `parts[3].shape.block.rows`.
    pub field: String,
    /// What to do.
    pub remedy: String,
}

impl Hall {
    /// Everything that is beyond its bounds. A hall that is within them can be laid out in a moment.
    #[must_use]
    pub fn beyond(&self) -> Vec<Beyond> {
        let mut found = Found::default();
        found.text("name", &self.name, NAME_MAX);
        if let Some(size) = self.size {
            found.size("size", size);
        }
        found.require(self.categories.len() <= CATEGORIES_MAX, "categories", "use at most 100 categories");
        for (index, category) in self.categories.iter().enumerate() {
            found.text(&format!("categories[{index}].name"), &category.name, LABEL_MAX);
            let color = category.color.as_deref().unwrap_or_default();
            found.short(&format!("categories[{index}].color"), color, LABEL_MAX);
        }
        found.require(self.parts.len() <= PARTS_MAX, "parts", "use at most 500 parts");
        if !found.0.is_empty() {
            return found.0;
        }
        let mut numbers = HashSet::new();
        for (index, part) in self.parts.iter().enumerate() {
            let at = format!("parts[{index}]");
            let fresh = numbers.insert(part.number) && part.number < self.next;
            found.require(fresh, &format!("{at}.number"), "give each part a number of its own, below next");
            found.part(&at, part);
        }
        if found.0.is_empty() {
            let fits = self.seat_count() <= SEATS_MAX;
            found.require(fits, "parts", "a hall has at most 60000 seats");
        }
        found.0
    }
}

#[derive(Default)]
struct Found(Vec<Beyond>);

impl Found {
    fn require(&mut self, good: bool, field: &str, remedy: &str) {
        if !good {
            self.0.push(Beyond { field: field.to_owned(), remedy: remedy.to_owned() });
        }
    }

    fn short(&mut self, field: &str, text: &str, length_max: usize) {
        let plain = text.chars().count() <= length_max && !text.chars().any(char::is_control);
        self.require(plain, field, &format!("use at most {length_max} characters, no control characters"));
    }

    fn text(&mut self, field: &str, text: &str, length_max: usize) {
        self.require(!text.trim().is_empty(), field, "write something here");
        self.short(field, text, length_max);
    }

    fn spot(&mut self, field: &str, at: Spot) {
        let near = at.x.abs() <= EXTENT_MAX && at.y.abs() <= EXTENT_MAX;
        self.require(near, field, "x and y lie within ± 1000000");
    }

    fn length(&mut self, field: &str, value: f64) {
        self.require(value > 0.0 && value <= EXTENT_MAX, field, "give a size above 0, at most 1000000");
    }

    fn size(&mut self, field: &str, size: Size) {
        self.length(&format!("{field}.width"), size.width);
        self.length(&format!("{field}.height"), size.height);
    }

    fn beside(&mut self, field: &str, text: &str) {
        self.require(text.len() <= BESIDE_MAX, field, "what a format says beside is shorter than 64 KiB");
    }

    fn part(&mut self, at: &str, part: &Part) {
        self.short(&format!("{at}.name"), part.name.as_deref().unwrap_or_default(), NAME_MAX);
        self.spot(&format!("{at}.at"), part.at);
        self.require(part.turn.abs() <= 3_600.0, &format!("{at}.turn"), "turn by at most 3600 degrees");
        self.beside(&format!("{at}.beside"), &part.beside);
        match &part.shape {
            Shape::Block(block) => self.block(&format!("{at}.shape.block"), block),
            Shape::Seats(seats) => self.seats(&format!("{at}.shape.seats"), seats),
            Shape::Stage(size) => self.size(&format!("{at}.shape.stage"), *size),
            Shape::Standing(standing) => {
                let size = Size { width: standing.width, height: standing.height };
                self.size(&format!("{at}.shape.standing"), size);
                let few = standing.capacity <= 1_000_000;
                self.require(few, &format!("{at}.shape.standing.capacity"), "use at most 1000000");
            }
            Shape::Label(label) => self.length(&format!("{at}.shape.label.height"), label.height),
        }
    }

    fn block(&mut self, at: &str, block: &Block) {
        self.require((1..=ROWS_MAX).contains(&block.rows), &format!("{at}.rows"), "use 1 to 1000 rows");
        let ends = [block.seats, block.places(block.rows.saturating_sub(1))];
        let good = block.more_per_row.abs() <= 100 && ends.iter().all(|seats| (1..=SEATS_IN_ROW_MAX).contains(seats));
        self.require(good, &format!("{at}.seats"), "each row has 1 to 1000 seats, and at most 100 more than the last");
        self.require((0.0..=300.0).contains(&block.curve), &format!("{at}.curve"), "use 0 (straight) to 300 degrees");
        for (field, value) in [("seatSpacing", block.seat_spacing), ("rowSpacing", block.row_spacing)] {
            self.require((0.1..=1_000.0).contains(&value), &format!("{at}.{field}"), "use 0.1 to 1000 units");
        }
        self.require(block.aisles_after.len() <= AISLES_MAX, &format!("{at}.aislesAfter"), "use at most 100 aisles");
        self.require(block.first_number <= 100_000, &format!("{at}.firstNumber"), "begin below 100000");
        self.require(block.first_row <= 10_000, &format!("{at}.firstRow"), "begin below 10000");
        self.short(&format!("{at}.category"), block.category.as_deref().unwrap_or_default(), LABEL_MAX);
        let sorted = block.marks.windows(2).all(|pair| (pair[0].row, pair[0].place) < (pair[1].row, pair[1].place));
        let good = sorted && block.marks.len() <= SEATS_MAX;
        self.require(good, &format!("{at}.marks"), "name each place once, by row and place");
        for mark in &block.marks {
            self.short(&format!("{at}.marks"), mark.category.as_deref().unwrap_or_default(), LABEL_MAX);
        }
    }

    fn seats(&mut self, at: &str, seats: &Seats) {
        let few = seats.rows.len() <= ROWS_MAX as usize;
        self.require(few, &format!("{at}.rows"), "use at most 1000 rows a part");
        for (row_index, row) in seats.rows.iter().enumerate() {
            let at = format!("{at}.rows[{row_index}]");
            self.short(&format!("{at}.label"), &row.label, LABEL_MAX);
            self.spot(&format!("{at}.at"), row.at.unwrap_or_default());
            self.beside(&format!("{at}.beside"), &row.beside);
            for (index, seat) in row.seats.iter().enumerate() {
                let texts = [&seat.id, &seat.column, &seat.category];
                let plain = texts.iter().all(|text| text.len() <= LABEL_MAX && !text.chars().any(char::is_control));
                let near = seat.at.x.abs() <= EXTENT_MAX && seat.at.y.abs() <= EXTENT_MAX;
                if !plain || !near || seat.beside.len() > BESIDE_MAX {
                    let remedy = "a seat's texts are at most 64 characters, its place within ± 1000000";
                    self.require(false, &format!("{at}.seats[{index}]"), remedy);
                }
            }
        }
        let fixtures = seats.fixtures.as_deref().unwrap_or_default();
        self.require(fixtures.len() <= PARTS_MAX, &format!("{at}.fixtures"), "use at most 500 fixtures a part");
        for (index, fixture) in fixtures.iter().enumerate() {
            self.fixture(&format!("{at}.fixtures[{index}]"), fixture);
        }
    }

    fn fixture(&mut self, at: &str, fixture: &Fixture) {
        self.short(&format!("{at}.name"), &fixture.name, NAME_MAX);
        self.spot(&format!("{at}.at"), fixture.at);
        if let Some(size) = fixture.size {
            self.size(at, size);
        }
        self.beside(&format!("{at}.written"), &fixture.written);
    }
}
