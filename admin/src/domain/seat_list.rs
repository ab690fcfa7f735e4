//! The seats of a hall as CSV (RFC 4180, with a header, lines ended by LF), in both directions. Written again it is the
//! same where it came in this form: every column there, in this order, the seats of a zone and of a row together.
//!
//! Stage, standing areas and labels have no seats and are not in it.

use super::Violations;
use onsale_core::hall::{Category, Hall, Laid, Part, PlacedSeat, SEATS_MAX, SeatKind, SeatRow, Seats, Shape, Spot};
use std::collections::HashMap;
use std::sync::Arc;

/// The columns as they are written. The first six are needed, the others may be left out; their order does not matter.
pub const COLUMNS: [&str; 11] = [
    "zone",
    "row",
    "seat",
    "x",
    "y",
    "category",
    "step_free",
    "companion",
    "restricted_view",
    "aisle_before",
    "seat_id",
];
const NEEDED: usize = 6;

/// The hall of a list of seats, or every line that is wrong.
pub fn import(name: &str, text: &str) -> Result<Hall, Violations> {
    let mut wrong = Violations::new();
    let mut reader = csv::ReaderBuilder::new().from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let places = match reader.headers() {
        Ok(header) => COLUMNS.map(|column| header.iter().position(|name| name.trim() == column)),
        Err(error) => {
            wrong.add("line 1", "malformed", error.to_string());
            return Err(wrong);
        }
    };
    for (column, _) in COLUMNS[..NEEDED].iter().zip(&places).filter(|(_, place)| place.is_none()) {
        let remedy = format!("name the columns in the first line: {}", COLUMNS.join(", "));
        wrong.add(format!("line 1, column {column}"), "missing", remedy);
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let mut list = List::default();
    for (number, record) in (2..).zip(reader.records()) {
        if list.count == SEATS_MAX {
            wrong.add(format!("line {number}"), "too_many_seats", format!("a hall has at most {SEATS_MAX} seats"));
            break;
        }
        match record {
            Ok(record) => {
                let value = |column: usize| places[column].and_then(|place| record.get(place)).unwrap_or_default();
                list.take(&mut wrong, number, value);
            }
            Err(error) => wrong.add(format!("line {number}"), "malformed", error.to_string()),
        }
    }
    if wrong.is_empty() { Ok(list.hall(name)) } else { Err(wrong) }
}

/// What was read so far: zones, and in them rows, in the order in which they first came.
#[derive(Default)]
struct List {
    count: usize,
    zones: Vec<(String, Vec<SeatRow>)>,
    known_zones: HashMap<String, usize>,
    known_rows: HashMap<(usize, String), usize>,
    categories: Vec<String>,
}

impl List {
    fn take<'a>(&mut self, wrong: &mut Violations, line: usize, value: impl Fn(usize) -> &'a str) {
        let mut number = |column: usize| match value(column).trim().parse::<f64>() {
            Ok(number) if number.is_finite() => number,
            _ => {
                let field = format!("line {line}, column {}", COLUMNS[column]);
                wrong.add(field, "malformed", "write a number, with a point before its fraction");
                0.0
            }
        };
        let at = Spot::new(number(3), number(4));
        let mut flag = |column: usize| match value(column).trim() {
            "" | "0" | "no" | "false" => false,
            "1" | "yes" | "true" => true,
            _ => {
                let field = format!("line {line}, column {}", COLUMNS[column]);
                wrong.add(field, "malformed", "write 1, or leave it empty");
                false
            }
        };
        let kind = SeatKind { accessible: flag(6), companion: flag(7), restricted_view: flag(8) };
        let gap_before = flag(9);
        let zones = self.zones.len();
        let zone = *self.known_zones.entry(value(0).to_owned()).or_insert(zones);
        if zone == zones {
            self.zones.push((value(0).to_owned(), Vec::new()));
        }
        let rows = &mut self.zones[zone].1;
        let row = *self.known_rows.entry((zone, value(1).to_owned())).or_insert(rows.len());
        if row == rows.len() {
            rows.push(SeatRow { label: value(1).to_owned(), at: None, seats: Vec::new(), beside: String::new() });
        }
        let category = value(5);
        if !category.is_empty() && !self.categories.iter().any(|known| known == category) {
            self.categories.push(category.to_owned());
        }
        let seats = &mut rows[row].seats;
        let id = match value(10) {
            "" => format!("{}-{}-{}", zone + 1, row + 1, seats.len() + 1),
            told => told.to_owned(),
        };
        let (column, category) = (value(2).to_owned(), category.to_owned());
        seats.push(PlacedSeat { id, column, at, category, kind, gap_before, beside: String::new() });
        self.count += 1;
    }

    fn hall(self, name: &str) -> Hall {
        let parts = (1..=u16::MAX).zip(self.zones).map(|(number, (name, rows))| {
            let shape = Shape::Seats(Seats { rows, fixtures: None });
            let beside = String::new();
            Arc::new(Part { number, name: Some(name), at: Spot::default(), turn: 0.0, shape, beside })
        });
        let parts: Vec<Arc<Part>> = parts.collect();
        Hall {
            name: name.to_owned(),
            size: None,
            categories: self.categories.into_iter().map(|name| Category { name, color: None }).collect(),
            next: u16::try_from(parts.len() + 1).unwrap_or(u16::MAX),
            parts,
        }
    }
}

/// The list of a hall's seats.
///
/// # Errors
/// When the writer fails, which it does not in memory.
pub fn export(hall: &Hall) -> Result<String, csv::Error> {
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    writer.write_record(COLUMNS)?;
    let flag = |set: bool| if set { "1" } else { "" };
    for part in &hall.parts {
        let zone = part.name.clone().unwrap_or_else(|| format!("Zone {}", part.number));
        // What a rule gives is as fine as a millimetre; what was placed is told as it was.
        let is_ruled = matches!(part.shape, Shape::Block(_)) || part.turn != 0.0;
        let number =
            |value: f64| if is_ruled { ((value * 100.0).round() / 100.0).to_string() } else { value.to_string() };
        for row in Laid::of(part).rows {
            for seat in &row.seats {
                writer.write_record([
                    &zone,
                    &row.label,
                    &seat.column,
                    &number(seat.at.x),
                    &number(seat.at.y),
                    &seat.category,
                    flag(seat.kind.accessible),
                    flag(seat.kind.companion),
                    flag(seat.kind.restricted_view),
                    flag(seat.gap_before),
                    &seat.id,
                ])?;
            }
        }
    }
    let bytes = writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
