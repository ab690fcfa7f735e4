//! A part with its seats where they come to stand.

use super::{Part, ROWS_MAX, SeatKind, Seats, Shape, Spot};

/// A part's rows, laid out.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Laid {
    /// The rows, from the front.
    pub rows: Vec<LaidRow>,
}

/// A row, laid out.
#[derive(Debug, Clone, PartialEq)]
pub struct LaidRow {
    /// The letter or number on the row.
    pub label: String,
    /// Its seats, side by side.
    pub seats: Vec<LaidSeat>,
}

/// A seat where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct LaidSeat {
    /// Its place in the row, from 0, counting those that are gone.
    pub place: u32,
    /// Its id.
    pub id: String,
    /// The number on it.
    pub column: String,
    /// Where it stands in the hall.
    pub at: Spot,
    /// Its price category; empty where it has none.
    pub category: String,
    /// What is to be known of it.
    pub kind: SeatKind,
    /// An aisle lies before it, or a seat that is gone.
    pub gap_before: bool,
}

impl Laid {
    /// Lays a part out; nothing for what has no seats.
    #[must_use]
    pub fn of(part: &Part) -> Self {
        match &part.shape {
            Shape::Block(_) => Self { rows: block_rows(part) },
            Shape::Seats(seats) => Self { rows: seat_rows(part, seats) },
            Shape::Stage(_) | Shape::Standing(_) | Shape::Label(_) => Self::default(),
        }
    }

    /// Every seat, row by row.
    pub fn seats(&self) -> impl Iterator<Item = &LaidSeat> {
        self.rows.iter().flat_map(|row| &row.seats)
    }
}

fn block_rows(part: &Part) -> Vec<LaidRow> {
    let Shape::Block(block) = &part.shape else { return Vec::new() };
    let radius = block.radius();
    let usual = block.category.as_deref().unwrap_or_default();
    let rows = (0..block.rows.min(ROWS_MAX)).map(|row| {
        let places = block.places(row);
        let (offsets, numbers, label) = (block.offsets(places), block.numbers(places), block.label(row));
        let middle = offsets.last().copied().unwrap_or(0.0) / 2.0;
        let mut seats = Vec::with_capacity(places as usize);
        let mut gap = false;
        for ((place, offset), number) in (0..places).zip(&offsets).zip(&numbers) {
            let mark = block.mark(row, place);
            gap |= block.is_aisle(place);
            if mark.is_some_and(|mark| mark.gone) {
                gap = true;
                continue;
            }
            let category = mark.and_then(|mark| mark.category.as_deref()).unwrap_or(usual);
            seats.push(LaidSeat {
                place,
                id: format!("{}-{label}-{number}", part.number),
                column: number.to_string(),
                at: block.place(row, offset - middle, radius).turned(part.turn).moved(part.at),
                category: category.to_owned(),
                kind: mark.map(|mark| mark.kind).unwrap_or_default(),
                gap_before: gap && !seats.is_empty(),
            });
            gap = false;
        }
        LaidRow { label, seats }
    });
    rows.collect()
}

fn seat_rows(part: &Part, seats: &Seats) -> Vec<LaidRow> {
    let rows = seats.rows.iter().map(|row| {
        let origin = row.at.unwrap_or_default();
        let seats = (0..).zip(&row.seats).map(|(place, seat)| LaidSeat {
            place,
            id: seat.id.clone(),
            column: seat.column.clone(),
            at: origin.moved(seat.at).turned(part.turn).moved(part.at),
            category: seat.category.clone(),
            kind: seat.kind,
            gap_before: seat.gap_before,
        });
        LaidRow { label: row.label.clone(), seats: seats.collect() }
    });
    rows.collect()
}
