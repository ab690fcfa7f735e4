//! A table that is read on a phone too: there each row is a card, and each cell says what it is.

/// A table: what it is, its columns, its rows. The first column names the row.
pub fn table(id: &str, label: &str, heads: &[&str], rows: &str) -> String {
    let heads: String = heads
        .iter()
        .map(|head| format!("<th role=\"columnheader\" scope=\"col\">{}</th>", if head.is_empty() { "" } else { head }))
        .collect();
    // What has nothing in it is no header.
    let heads = heads.replace("<th role=\"columnheader\" scope=\"col\"></th>", "<td role=\"cell\"></td>");
    format!(
        "<div class=\"scroll-x\" tabindex=\"0\" role=\"group\" aria-label=\"{label}\"><table class=\"list\" role=\"table\" \
         aria-label=\"{label}\"><thead role=\"rowgroup\"><tr role=\"row\">{heads}</tr></thead>\
         <tbody role=\"rowgroup\" id=\"{id}\">{rows}</tbody></table></div>"
    )
}

/// A row of it; the cells are HTML.
pub fn row(heads: &[&str], cells: &[String]) -> String {
    let cell = |(place, (head, inside)): (usize, (&&str, &String))| {
        if place == 0 {
            format!("<th role=\"rowheader\" scope=\"row\">{inside}</th>")
        } else {
            format!("<td role=\"cell\" data-head=\"{head}\">{inside}</td>")
        }
    };
    let cells: String = heads.iter().zip(cells).enumerate().map(cell).collect();
    format!("<tr role=\"row\">{cells}</tr>")
}

/// A word on a coloured ground.
pub fn badge(class: &str, word: &str) -> String {
    format!("<span class=\"badge {class}\">{word}</span>")
}

/// Where a table would be that has no rows.
pub fn nothing(text: &str) -> String {
    format!("<p class=\"soft\">{text}</p>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cell_says_what_it_is() {
        let heads = ["Name", "Since", ""];
        let row = row(&heads, &["Ada".to_owned(), "today".to_owned(), String::new()]);
        assert!(row.contains("<th role=\"rowheader\" scope=\"row\">Ada</th>"), "{row}");
        assert!(row.contains("data-head=\"Since\">today"), "{row}");
        let table = table("rows", "People", &heads, &row);
        assert_eq!(table.matches("columnheader").count(), 2, "a column of buttons has no heading: {table}");
    }
}
