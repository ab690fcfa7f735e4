//! Tables for people at a terminal.

use crate::say;

/// Columns as wide as their widest text; the last one as it is.
pub(crate) fn table<const N: usize>(heads: [&str; N], rows: Vec<[String; N]>) {
    let widths: [usize; N] = std::array::from_fn(|place| {
        let texts = rows.iter().map(|row| row[place].chars().count());
        texts.chain([heads[place].len()]).max().unwrap_or(0)
    });
    for row in std::iter::once(heads.map(str::to_owned)).chain(rows) {
        let cells: Vec<String> = row.iter().zip(widths).map(|(text, width)| format!("{text:width$}")).collect();
        say(cells.join("  ").trim_end());
    }
}
