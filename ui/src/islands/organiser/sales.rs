//! Where and how fast an event sells, as HTML: a table with bars in it, and columns by the minute with their table.

use crate::format::{Moment, count, money};
use crate::language::Language;
use chrono::TimeDelta;
use onsale_core::Money;
use onsale_core::api::sales_desk::{CategorySales, EventSalesDetail};
use onsale_core::text::escape_html;
use std::fmt::Write;

/// How many minutes are drawn.
const MINUTES: i64 = 60;
/// A minute's width in the drawing, and the drawing's height.
const STEP: i64 = 5;
const HEIGHT: i64 = 64;

/// The two cards, before anything is known.
pub(super) fn cards(language: Language) -> String {
    format!(
        "<div class=\"duo\"><section class=\"card stack\" aria-labelledby=\"cats-h\"><h2 id=\"cats-h\">{}</h2>\
         <div class=\"scroll-x\" id=\"cats\" tabindex=\"0\" role=\"group\" aria-labelledby=\"cats-h\"></div></section>\
         <section class=\"card stack\" aria-labelledby=\"mins-h\"><h2 id=\"mins-h\">{}</h2>\
         <div id=\"mins\"></div></section></div>",
        language.by_category(),
        language.tickets_a_minute(),
    )
}

/// The table of categories; those of all together where there are several.
pub(super) fn categories(language: Language, detail: &EventSalesDetail) -> String {
    let heads = [
        (language.category_word(), ""),
        (language.sold_head(), " class=\"n\""),
        (language.held_head(), " class=\"n\""),
        (language.kept_back(), " class=\"n\""),
        (language.free_word(), " class=\"n\""),
        (language.takings_head(), " class=\"n\""),
    ];
    let heads: String = heads.iter().map(|(word, class)| format!("<th scope=\"col\"{class}>{word}</th>")).collect();
    let rows: String = detail.categories.iter().map(|category| row(language, category, "td")).collect();
    let foot = if detail.categories.len() > 1 {
        sum(language, &detail.categories).map(|all| format!("<tfoot>{}</tfoot>", row(language, &all, "th")))
    } else {
        None
    };
    format!(
        "<table class=\"cats num\"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody>{}</table>",
        foot.unwrap_or_default()
    )
}

fn sum(language: Language, categories: &[CategorySales]) -> Option<CategorySales> {
    let first = categories.first()?;
    let add = |pick: fn(&CategorySales) -> i64| categories.iter().map(pick).sum();
    Some(CategorySales {
        category: String::new(),
        name: language.all_categories().to_owned(),
        seated: false,
        free: add(|one| one.free),
        held: add(|one| one.held),
        sold: add(|one| one.sold),
        blocked: add(|one| one.blocked),
        takings: Money::new(add(|one| one.takings.minor), first.takings.currency),
    })
}

fn row(language: Language, category: &CategorySales, cell: &str) -> String {
    let number = |number: i64| format!("<{cell} class=\"n\">{}</{cell}>", count(language, number));
    format!(
        "<tr><th scope=\"row\">{}{}</th>{}{}{}{}<{cell} class=\"n\">{}</{cell}></tr>",
        escape_html(&category.name),
        bar(category),
        number(category.sold),
        number(category.held),
        number(category.blocked),
        number(category.free),
        money(language, category.takings),
    )
}

/// Sold, held and kept back, side by side in the whole.
fn bar(category: &CategorySales) -> String {
    let whole = category.free + category.held + category.sold + category.blocked;
    if whole <= 0 {
        return String::new();
    }
    let mut parts = String::new();
    let mut before = 0;
    for (class, part) in [("sold", category.sold), ("held", category.held), ("kept", category.blocked)] {
        // In thousandths, so that one ticket of many is not nothing.
        let width = (part * 1_000 + whole - 1) / whole;
        let _infallible = write!(parts, "<rect class=\"{class}\" x=\"{before}\" width=\"{width}\" height=\"8\"/>");
        before += width;
    }
    format!(
        "<svg class=\"bar\" viewBox=\"0 0 1000 8\" preserveAspectRatio=\"none\" aria-hidden=\"true\">\
         <rect class=\"whole\" width=\"1000\" height=\"8\"/>{parts}</svg>"
    )
}

/// A column a minute, and the same as a table.
pub(super) fn minutes(language: Language, detail: &EventSalesDetail, zone: &str) -> String {
    let most = detail.minutes.iter().map(|minute| minute.tickets).max().unwrap_or(0);
    if most == 0 {
        return format!("<p class=\"soft\">{}</p>", language.nothing_this_hour());
    }
    let first = detail.at - TimeDelta::minutes(MINUTES - 1);
    let mut columns = String::new();
    let mut rows = String::new();
    for minute in &detail.minutes {
        let place = MINUTES - 1 - (detail.at - minute.at).num_minutes();
        let high = (minute.tickets * HEIGHT + most - 1) / most;
        let _infallible = write!(
            columns,
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{high}\"/>",
            place * STEP,
            HEIGHT - high,
            STEP - 1
        );
        let time = Moment::at(language, minute.at, zone).time();
        let _infallible = write!(
            rows,
            "<tr><th scope=\"row\">{time}</th><td class=\"n\">{}</td></tr>",
            count(language, minute.tickets)
        );
    }
    format!(
        "<figure class=\"mins\"><figcaption class=\"soft small num\">{}</figcaption>\
         <svg viewBox=\"0 0 {} {HEIGHT}\" preserveAspectRatio=\"none\" aria-hidden=\"true\">{columns}</svg></figure>\
         <p class=\"row soft small num\"><span>{}</span><span class=\"push\">{}</span></p>\
         <details><summary>{}</summary><table class=\"num\"><thead><tr><th scope=\"col\">{}</th>\
         <th scope=\"col\" class=\"n\">{}</th></tr></thead><tbody>{rows}</tbody></table></details>",
        language.most_a_minute(most),
        MINUTES * STEP,
        Moment::at(language, first, zone).time(),
        Moment::at(language, detail.at, zone).time(),
        language.as_table(),
        language.minute_word(),
        language.tickets_word(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{DateTime, Utc};
    use onsale_core::api::sales_desk::MinuteSales;
    use onsale_core::{Currency, EventId};

    fn detail() -> EventSalesDetail {
        let at: DateTime<Utc> = "2027-02-04T10:00:30Z".parse().expect("a time");
        let minute: DateTime<Utc> = "2027-02-04T09:58:00Z".parse().expect("a time");
        let category = |name: &str, sold, minor| CategorySales {
            category: name.to_owned(),
            name: name.to_owned(),
            seated: true,
            free: 10 - sold,
            held: 0,
            sold,
            blocked: 2,
            takings: Money::new(minor, Currency::EUR),
        };
        EventSalesDetail {
            event_id: EventId::new("E").expect("an id"),
            categories: vec![category("A<b>", 3, 9_000), category("B", 1, 1_050)],
            minutes: vec![MinuteSales { at: minute, tickets: 4 }],
            at,
        }
    }

    #[test]
    fn categories_are_added_up_and_escaped() {
        let html = categories(Language::En, &detail());
        assert!(html.contains("A&lt;b&gt;") && html.contains("€100.50"), "{html}");
        assert!(html.contains("<tfoot>") && html.contains("<th class=\"n\">4</th>"), "{html}");
        assert!(html.contains("class=\"sold\" x=\"0\" width=\"250\""), "three of twelve: {html}");
        let one = EventSalesDetail { categories: detail().categories.into_iter().take(1).collect(), ..detail() };
        assert!(!categories(Language::En, &one).contains("tfoot"));
    }

    #[test]
    fn a_minute_has_a_column_and_a_row() {
        let html = minutes(Language::Es, &detail(), "Europe/Madrid");
        assert!(html.contains("<rect x=\"285\" y=\"0\" width=\"4\" height=\"64\"/>"), "{html}");
        assert!(html.contains("<th scope=\"row\">10:58</th><td class=\"n\">4</td>"), "{html}");
        let quiet = EventSalesDetail { minutes: Vec::new(), ..detail() };
        assert!(minutes(Language::En, &quiet, "UTC").contains("No ticket"));
    }
}
