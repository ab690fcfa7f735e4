//! The list of attendees as rows of text, and as CSV that no spreadsheet takes for formulas.

use chrono::SecondsFormat;
use onsale_core::api::sales_desk::Attendee;

/// What stands over the columns.
pub const COLUMNS: [&str; 13] = [
    "Ticket",
    "Order",
    "Name",
    "E-mail",
    "Zone",
    "Row",
    "Seat",
    "Category",
    "Ticket type",
    "Price",
    "Currency",
    "Status",
    "Bought",
];

/// An attendee under those columns; nothing is an empty cell.
#[must_use]
pub fn row(attendee: &Attendee) -> [String; 13] {
    let text = |cell: &Option<String>| cell.clone().unwrap_or_default();
    [
        attendee.ticket_id.to_string(),
        attendee.order_number.clone(),
        text(&attendee.name),
        text(&attendee.email),
        text(&attendee.zone),
        text(&attendee.row),
        text(&attendee.seat),
        text(&attendee.category),
        attendee.ticket_type.clone(),
        attendee.price.decimal(),
        attendee.price.currency.code().to_owned(),
        attendee.status.as_str().to_owned(),
        attendee.bought_at.to_rfc3339_opts(SecondsFormat::Secs, true),
    ]
}

/// Rows as CSV by RFC 4180. A cell that a spreadsheet would take for a formula begins with an apostrophe.
///
/// # Errors
/// When memory cannot be written to, which cannot be.
pub fn csv(rows: impl IntoIterator<Item = [String; 13]>) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for row in rows {
        writer.write_record(row.iter().map(|cell| harmless(cell)))?;
    }
    writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))
}

/// OWASP, CSV Injection: what begins like this is run where the file is opened.
fn harmless(cell: &str) -> String {
    let runs = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    if runs { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula_and_each_stays_in_its_column() {
        let mut row = COLUMNS.map(str::to_owned);
        "=HYPERLINK(\"http://x\",\"Ana, B\")".clone_into(&mut row[2]);
        "+1".clone_into(&mut row[3]);
        "@SUM(A1)".clone_into(&mut row[4]);
        "-2".clone_into(&mut row[5]);
        "\tx".clone_into(&mut row[6]);
        let text = csv([row]).expect("memory");
        let mut read = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_slice());
        let cells = read.records().next().expect("a row").expect("CSV");
        assert_eq!(cells.len(), COLUMNS.len());
        assert_eq!(&cells[2], "'=HYPERLINK(\"http://x\",\"Ana, B\")");
        assert!((3..7).all(|column| cells[column].starts_with('\'')), "{cells:?}");
        assert_eq!(&cells[0], "Ticket", "what is harmless stays as it is");
    }
}
