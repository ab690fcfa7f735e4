//! What is to be mended before a hall is published.

use super::{Hall, Laid, LaidSeat, Part, SEATS_MAX, Shape, Spot};
use crate::ids::SeatId;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap, HashSet};
use utoipa::ToSchema;

/// Seats nearer to one another than this share of their spacing lie on one another.
const OVERLAP: f64 = 0.6;

/// Something to mend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// What it is.
    pub kind: ProblemKind,
    /// The part that has it; nothing for the hall as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<u16>,
    /// The row where it is, or the first such row.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub row: String,
    /// What it is about: a number, a category, a name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub about: String,
    /// How many seats.
    pub count: usize,
}

/// What there is to mend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum ProblemKind {
    /// There is neither a seat nor a standing area.
    Empty,
    /// More seats than a hall may have.
    TooManySeats,
    /// Two categories have one name.
    CategoryTwice,
    /// A part without a name.
    Unnamed,
    /// Two seats of a row have one number.
    NumberTwice,
    /// Two seats have one id.
    IdTwice,
    /// A seat's id is none.
    BadId,
    /// A seat or row without a number.
    Unnumbered,
    /// Seats without a category.
    NoCategory,
    /// Seats of a category that the hall does not have.
    UnknownCategory,
    /// Seats that lie on one another.
    Overlap,
    /// A standing area for nobody.
    NoCapacity,
}

impl ProblemKind {
    /// Its stable word.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooManySeats => "too_many_seats",
            Self::CategoryTwice => "category_twice",
            Self::Unnamed => "unnamed",
            Self::NumberTwice => "number_twice",
            Self::IdTwice => "id_twice",
            Self::BadId => "bad_id",
            Self::Unnumbered => "unnumbered",
            Self::NoCategory => "no_category",
            Self::UnknownCategory => "unknown_category",
            Self::Overlap => "overlap",
            Self::NoCapacity => "no_capacity",
        }
    }
}

/// All that is to be mended, in the plan's order.
#[must_use]
pub fn problems(hall: &Hall) -> Vec<Problem> {
    let laid: Vec<(&Part, Laid)> = hall.parts.iter().map(|part| (part.as_ref(), Laid::of(part))).collect();
    let mut found = Vec::new();
    let seats: usize = laid.iter().map(|(_, laid)| laid.seats().count()).sum();
    let stands = hall.parts.iter().any(|part| matches!(part.shape, Shape::Standing(_)));
    if seats == 0 && !stands {
        found.push(whole(ProblemKind::Empty, ""));
    }
    if seats > SEATS_MAX {
        found.push(Problem { count: seats, ..whole(ProblemKind::TooManySeats, "") });
    }
    let mut names = HashSet::new();
    for category in hall.categories.iter().filter(|category| !names.insert(category.name.as_str())) {
        found.push(whole(ProblemKind::CategoryTwice, &category.name));
    }
    let mut ids = HashSet::with_capacity(seats);
    for (part, laid) in &laid {
        if let Shape::Standing(standing) = &part.shape
            && standing.capacity == 0
        {
            found.push(of_part(ProblemKind::NoCapacity, part));
        }
        if laid.rows.is_empty() {
            continue;
        }
        look(&mut found, hall, part, laid, &mut ids);
    }
    overlaps(&mut found, &laid);
    found
}

fn whole(kind: ProblemKind, about: &str) -> Problem {
    Problem { kind, part: None, row: String::new(), about: about.to_owned(), count: 1 }
}

fn of_part(kind: ProblemKind, part: &Part) -> Problem {
    Problem { kind, part: Some(part.number), row: String::new(), about: String::new(), count: 1 }
}

/// The seats of one part.
fn look<'a>(found: &mut Vec<Problem>, hall: &Hall, part: &Part, laid: &'a Laid, ids: &mut HashSet<&'a str>) {
    if matches!(part.shape, Shape::Block(_)) && part.name.as_deref().unwrap_or_default().trim().is_empty() {
        found.push(of_part(ProblemKind::Unnamed, part));
    }
    let mut tally: BTreeMap<(ProblemKind, String), (String, usize)> = BTreeMap::new();
    let mut places: HashSet<(&str, &str)> = HashSet::new();
    for row in &laid.rows {
        for seat in &row.seats {
            let mut note = |kind, about: &str| {
                let entry = tally.entry((kind, about.to_owned())).or_insert_with(|| (row.label.clone(), 0));
                entry.1 += 1;
            };
            if row.label.trim().is_empty() || seat.column.trim().is_empty() {
                note(ProblemKind::Unnumbered, "");
            } else if !places.insert((&row.label, &seat.column)) {
                note(ProblemKind::NumberTwice, &seat.column);
            }
            if SeatId::new(seat.id.as_str()).is_err() {
                note(ProblemKind::BadId, &seat.id);
            } else if !ids.insert(&seat.id) {
                note(ProblemKind::IdTwice, &seat.id);
            }
            if seat.category.is_empty() {
                note(ProblemKind::NoCategory, "");
            } else if !hall.categories.iter().any(|known| known.name == seat.category) {
                note(ProblemKind::UnknownCategory, &seat.category);
            }
        }
    }
    for ((kind, about), (row, count)) in tally {
        found.push(Problem { kind, part: Some(part.number), row, about, count });
    }
}

/// Seats that lie on one another, by the part that comes later.
fn overlaps(found: &mut Vec<Problem>, laid: &[(&Part, Laid)]) {
    let pitches: Vec<f64> = laid.iter().map(|(part, laid)| pitch(part, laid)).collect();
    let cell = pitches.iter().copied().filter(|pitch| pitch.is_finite()).fold(0.0, f64::max) * OVERLAP;
    if cell <= 0.0 {
        return;
    }
    #[expect(clippy::cast_possible_truncation, reason = "a hall is at most a million units wide")]
    let key = |at: Spot| ((at.x / cell).floor() as i64, (at.y / cell).floor() as i64);
    let mut grid: HashMap<(i64, i64), Vec<(f64, Spot)>> = HashMap::new();
    for ((part, laid), pitch) in laid.iter().zip(&pitches) {
        let (mut count, mut first) = (0, String::new());
        for row in &laid.rows {
            for seat in &row.seats {
                let (x, y) = key(seat.at);
                let near = (x - 1..=x + 1).flat_map(|x| (y - 1..=y + 1).map(move |y| (x, y)));
                let hit = near.filter_map(|key| grid.get(&key)).flatten().any(|(other, at)| {
                    let least = other.min(*pitch);
                    least.is_finite() && at.apart(seat.at) < OVERLAP * least
                });
                if hit {
                    count += 1;
                    if first.is_empty() {
                        first.clone_from(&row.label);
                    }
                }
                grid.entry((x, y)).or_default().push((*pitch, seat.at));
            }
        }
        if count > 0 {
            let about = String::new();
            found.push(Problem { kind: ProblemKind::Overlap, part: Some(part.number), row: first, about, count });
        }
    }
}

/// How far neighbours of a part are from one another: its rule's spacing, or what most of its seats keep.
fn pitch(part: &Part, laid: &Laid) -> f64 {
    if let Shape::Block(block) = &part.shape {
        return block.seat_spacing.min(block.row_spacing);
    }
    let apart = |pair: &[LaidSeat]| pair[0].at.apart(pair[1].at);
    let mut all: Vec<f64> = laid.rows.iter().flat_map(|row| row.seats.windows(2).map(apart)).collect();
    if all.is_empty() {
        return f64::INFINITY;
    }
    let middle = all.len() / 2;
    *all.select_nth_unstable_by(middle, f64::total_cmp).1
}
