//! A hall as it is drawn: blocks whose rows follow a rule, seats that were placed one by one, a stage, standing areas
//! and labels.
//!
//! A rule keeps its parameters, so that a block stays editable; [`Laid`] says where its seats come to stand.
//! [`Hall::plan`] makes the immutable [`SeatingPlan`](crate::plan::SeatingPlan) that is sold from, [`problems`] what
//! keeps a hall from becoming one. Everything here is pure and compiles to WebAssembly: the editor and the service
//! run the same code.

mod bounds;
mod edit;
mod history;
mod laid;
mod number;
mod plan;
mod problem;
mod rule;

pub use bounds::{Beyond, LABEL_MAX, PARTS_MAX, ROWS_MAX, SEATS_IN_ROW_MAX, SEATS_MAX};
pub use edit::{Marking, SeatRef, snapped};
pub use history::History;
pub use laid::{Laid, LaidRow, LaidSeat};
pub use number::Number;
pub use plan::drawn_from;
pub use problem::{Problem, ProblemKind, problems};
pub use rule::row_label;

use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// A place in the drawing, in plan units (about a decimetre), y downwards.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Spot {
    /// To the right.
    #[serde(with = "number")]
    pub x: f64,
    /// Downwards.
    #[serde(with = "number")]
    pub y: f64,
}

impl Spot {
    /// A place.
    #[must_use]
    pub const fn new(x: f64, y: f64) -> Self {
        Self { x, y }
    }

    /// The place that far from here.
    #[must_use]
    pub fn moved(self, by: Self) -> Self {
        Self::new(self.x + by.x, self.y + by.y)
    }

    /// Turned clockwise around the origin.
    #[must_use]
    pub fn turned(self, degrees: f64) -> Self {
        if degrees == 0.0 {
            return self;
        }
        let (sin, cos) = degrees.to_radians().sin_cos();
        Self::new(self.x * cos - self.y * sin, self.x * sin + self.y * cos)
    }

    /// How far another place is.
    #[must_use]
    pub fn apart(self, other: Self) -> f64 {
        (self.x - other.x).hypot(self.y - other.y)
    }
}

/// How large something is, in plan units.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Size {
    /// Across.
    #[serde(with = "number")]
    pub width: f64,
    /// From top to bottom.
    #[serde(with = "number")]
    pub height: f64,
}

/// A hall as it is drawn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Hall {
    /// What the organiser calls it.
    pub name: String,
    /// The drawing's size where it was told; else the plan is measured around its parts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<Size>,
    /// The price categories, the dearest first.
    pub categories: Vec<Category>,
    /// The number of the next part. Numbers are never used twice, so that seats keep their ids.
    pub next: u16,
    /// What the hall is made of, in the plan's order.
    #[schema(value_type = Vec<Part>)]
    pub parts: Vec<Arc<Part>>,
}

/// A price category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Category {
    /// Its name, unique in the hall.
    pub name: String,
    /// How the program draws it that the hall came from, as it said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<String>,
}

/// A part of the hall.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Part {
    /// Unique in the hall: the zone's number in the plan.
    pub number: u16,
    /// What stands over the door.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where it is: the middle of a block's first row, the middle of an area, the origin of placed seats.
    pub at: Spot,
    /// How far it is turned around that place, in degrees clockwise.
    #[serde(default, with = "number", skip_serializing_if = "is_zero")]
    pub turn: f64,
    /// What it is.
    pub shape: Shape,
    /// What the format that it came from says beside, as that format's JSON.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub beside: String,
}

/// What a part is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum Shape {
    /// Rows of seats by a rule.
    Block(Block),
    /// Seats that were placed one by one.
    Seats(Seats),
    /// Where the eyes go.
    Stage(Size),
    /// Places without seats.
    Standing(Standing),
    /// A word on the floor.
    Label(Label),
}

/// Rows of seats by a rule. Row 0 is the nearest to the stage; places in a row are counted from its left, from 0.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Block {
    /// How many rows.
    pub rows: u32,
    /// How many seats the first row has.
    pub seats: u32,
    /// How many more each row has than the one before it.
    #[serde(default)]
    pub more_per_row: i32,
    /// The angle that the first row spans around the stage, in degrees: 0 is straight.
    #[serde(default, with = "number")]
    pub curve: f64,
    /// Between the middles of neighbouring seats, in plan units.
    #[serde(with = "number")]
    pub seat_spacing: f64,
    /// Between rows, in plan units.
    #[serde(with = "number")]
    pub row_spacing: f64,
    /// Aisles lie after so many places from the left.
    #[serde(default)]
    pub aisles_after: Vec<u32>,
    /// Where numbers begin.
    pub from: From,
    /// Which numbers are used.
    pub step: Step,
    /// The first number.
    pub first_number: u32,
    /// How rows are called.
    pub labels: Labels,
    /// The first row's place in that alphabet, from 0.
    #[serde(default)]
    pub first_row: u32,
    /// Whether rows are counted from the back.
    #[serde(default)]
    pub from_back: bool,
    /// The price category of its seats.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Seats that are not like the others, by row and place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<Mark>,
}

/// Where the numbers of a row begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum From {
    /// At the left end.
    Left,
    /// At the right end.
    Right,
    /// In the middle, growing to both sides.
    Centre,
}

/// Which numbers a row uses. From the centre, odd numbers go to one side and even ones to the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum Step {
    /// 1 2 3; from the centre, odd to the left.
    Every,
    /// 1 3 5; from the centre, odd to the left.
    Odd,
    /// 2 4 6; from the centre, even to the left.
    Even,
}

/// How rows are called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum Labels {
    /// A to Z, then AA, AB, …
    Letters,
    /// 1, 2, 3, …
    Numbers,
}

/// A seat of a block that is not like the others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Mark {
    /// Its row, from 0.
    pub row: u32,
    /// Its place in the row, from 0.
    pub place: u32,
    /// A price category of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// What is to be known of it.
    #[serde(default)]
    pub kind: SeatKind,
    /// There is no seat here.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub gone: bool,
}

/// What is to be known of a seat.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SeatKind {
    /// Reachable without a step.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub accessible: bool,
    /// For whoever accompanies somebody in the seat beside it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub companion: bool,
    /// The view is restricted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub restricted_view: bool,
}

/// Seats that were placed one by one. Places are from the part's, and a seat's is from its row's.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Seats {
    /// The rows, from the front.
    pub rows: Vec<SeatRow>,
    /// What stands among them, where anything was said of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixtures: Option<Vec<Fixture>>,
}

/// A row of placed seats.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SeatRow {
    /// The letter or number on the row.
    pub label: String,
    /// Its origin, from the part's; the same place where it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Spot>,
    /// The seats, side by side.
    pub seats: Vec<PlacedSeat>,
    /// What the format that it came from says beside, as that format's JSON.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub beside: String,
}

/// A placed seat.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlacedSeat {
    /// Unique in the hall.
    pub id: String,
    /// The number on the seat.
    pub column: String,
    /// Where it stands, from the row's origin.
    pub at: Spot,
    /// Its price category.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub category: String,
    /// What is to be known of it.
    #[serde(default)]
    pub kind: SeatKind,
    /// An aisle lies between this seat and the one before it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub gap_before: bool,
    /// What the format that it came from says beside, as that format's JSON.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub beside: String,
}

/// Something that stands among placed seats and is drawn as a rectangle: a stage, a bar, a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Fixture {
    /// What is written on it.
    pub name: String,
    /// Its middle, from the part's place.
    pub at: Spot,
    /// Its size; nothing for what has none, such as a word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<Size>,
    /// All of it, as the JSON of the format that it came from.
    pub written: String,
}

/// Places without seats.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Standing {
    /// Across, in plan units.
    #[serde(with = "number")]
    pub width: f64,
    /// From front to back, in plan units.
    #[serde(with = "number")]
    pub height: f64,
    /// How many people may stand there.
    pub capacity: u32,
}

/// A word on the floor; the part's name is the word.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Label {
    /// How high its letters are, in plan units.
    #[serde(with = "number")]
    pub height: f64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_zero(value: &f64) -> bool {
    *value == 0.0
}

impl Hall {
    /// An empty hall with a stage and one category.
    #[must_use]
    pub fn new(name: &str, category: &str) -> Self {
        let stage = Part {
            number: 1,
            name: None,
            at: Spot::new(0.0, -40.0),
            turn: 0.0,
            shape: Shape::Stage(Size { width: 120.0, height: 40.0 }),
            beside: String::new(),
        };
        let category = Category { name: category.to_owned(), color: None };
        Self { name: name.to_owned(), size: None, categories: vec![category], next: 2, parts: vec![Arc::new(stage)] }
    }

    /// A part by its number.
    #[must_use]
    pub fn part(&self, number: u16) -> Option<&Part> {
        self.parts.iter().find(|part| part.number == number).map(AsRef::as_ref)
    }

    /// How many seats there are.
    #[must_use]
    pub fn seat_count(&self) -> usize {
        self.parts.iter().map(|part| part.seat_count()).sum()
    }
}

impl Block {
    /// A block as the editor begins one.
    #[must_use]
    pub fn new(rows: u32, seats: u32, category: Option<String>) -> Self {
        Self {
            rows,
            seats,
            more_per_row: 0,
            curve: 0.0,
            seat_spacing: 5.5,
            row_spacing: 9.0,
            aisles_after: Vec::new(),
            from: From::Left,
            step: Step::Every,
            first_number: 1,
            labels: Labels::Letters,
            first_row: 0,
            from_back: false,
            category,
            marks: Vec::new(),
        }
    }

    /// How many places a row has, from 0 to the most that a row may have.
    #[must_use]
    pub fn places(&self, row: u32) -> u32 {
        let count = i64::from(self.seats) + i64::from(self.more_per_row) * i64::from(row);
        u32::try_from(count.clamp(0, i64::from(SEATS_IN_ROW_MAX))).unwrap_or(0)
    }

    /// What differs at a place.
    #[must_use]
    pub fn mark(&self, row: u32, place: u32) -> Option<&Mark> {
        let found = self.marks.binary_search_by_key(&(row, place), |mark| (mark.row, mark.place));
        found.ok().and_then(|at| self.marks.get(at))
    }
}

impl Part {
    /// How many seats it has.
    #[must_use]
    pub fn seat_count(&self) -> usize {
        match &self.shape {
            Shape::Block(block) => {
                let places: usize = (0..block.rows.min(ROWS_MAX)).map(|row| block.places(row) as usize).sum();
                let gone = |mark: &&Mark| mark.gone && mark.row < block.rows && mark.place < block.places(mark.row);
                places - block.marks.iter().filter(gone).count()
            }
            Shape::Seats(seats) => seats.rows.iter().map(|row| row.seats.len()).sum(),
            Shape::Stage(_) | Shape::Standing(_) | Shape::Label(_) => 0,
        }
    }

    /// Its size where it is a rectangle.
    #[must_use]
    pub fn frame(&self) -> Option<Size> {
        match &self.shape {
            Shape::Stage(size) => Some(*size),
            Shape::Standing(standing) => Some(Size { width: standing.width, height: standing.height }),
            Shape::Label(label) => {
                #[expect(clippy::cast_precision_loss, reason = "a word")]
                let letters = self.name.as_deref().unwrap_or_default().chars().count().max(1) as f64;
                Some(Size { width: letters * label.height * 0.62, height: label.height })
            }
            Shape::Block(_) | Shape::Seats(_) => None,
        }
    }
}
