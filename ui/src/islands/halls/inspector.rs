//! What stands beside the hall: the properties of what is selected, the chosen seats, and all parts.

use super::editor::State;
use super::html::called;
use super::paint::ink_of;
use crate::format::count;
use crate::language::Language;
use onsale_core::hall::{Block, From, Labels, Marking, Part, Shape, Size, Standing, Step, row_label};
use onsale_core::text::escape_html;
use std::fmt::Write;

/// The letters of categories, as the map shows them.
const LETTERS: [&str; 5] = ["A", "B", "C", "D", "E"];

/// A field: what it is called in the code, its word, its value, and attributes.
struct Field<'a> {
    name: &'a str,
    word: &'a str,
    value: String,
    more: &'a str,
    hint: &'a str,
}

fn field(field: &Field<'_>) -> String {
    let Field { name, word, value, more, hint } = field;
    let (described, hint) = if hint.is_empty() {
        (String::new(), String::new())
    } else {
        (format!(" aria-describedby=\"h-{name}\""), format!("<span class=\"hint\" id=\"h-{name}\">{hint}</span>"))
    };
    format!(
        "<div class=\"field\"><label for=\"f-{name}\">{word}</label>{hint}<input class=\"in\" id=\"f-{name}\" \
         data-field=\"{name}\" value=\"{}\" autocomplete=\"off\"{more}{described}></div>",
        escape_html(value)
    )
}

fn number(name: &str, word: &str, value: f64) -> String {
    field(&Field { name, word, value: value.to_string(), more: " inputmode=\"numeric\"", hint: "" })
}

fn text(name: &str, word: &str, value: &str) -> String {
    field(&Field { name, word, value: value.to_owned(), more: "", hint: "" })
}

fn range(name: &str, word: &str, value: f64, (low, high, step): (f64, f64, f64)) -> String {
    format!(
        "<div class=\"field\"><label for=\"f-{name}\">{word}</label><input type=\"range\" id=\"f-{name}\" \
         data-field=\"{name}\" min=\"{low}\" max=\"{high}\" step=\"{step}\" value=\"{value}\"></div>"
    )
}

fn check(name: &str, word: &str, set: bool) -> String {
    let set = if set { " checked" } else { "" };
    format!(
        "<label class=\"check small\"><input type=\"checkbox\" data-field=\"{name}\" data-act=\"check:{name}\"{set}><span>{word}</span></label>"
    )
}

fn pair(one: &str, other: &str) -> String {
    format!("<div class=\"two\">{one}{other}</div>")
}

/// Buttons of which one is pressed.
fn choice(id: &str, word: &str, values: &[(&str, &str, bool)]) -> String {
    let buttons: String = values
        .iter()
        .map(|(value, word, pressed)| {
            format!("<button type=\"button\" data-set=\"{id}:{value}\" data-act=\"{id}:{value}\" aria-pressed=\"{pressed}\">{word}</button>")
        })
        .collect();
    format!(
        "<div class=\"field\"><b id=\"c-{id}\">{word}</b><div class=\"seg\" role=\"group\" aria-labelledby=\"c-{id}\">\
         {buttons}</div></div>"
    )
}

/// The properties of what is selected, or of the hall.
pub(super) fn own(state: &State) -> String {
    let language = state.reader.language;
    match state.chosen.as_slice() {
        [] => hall(state),
        [one] => state.hall.part(*one).map(|part| self::part(state, part)).unwrap_or_default(),
        more => {
            let seats: usize = more.iter().filter_map(|number| state.hall.part(*number)).map(Part::seat_count).sum();
            let head = format!(
                "<h2>{} <span class=\"soft\">· {}</span></h2>",
                language.hall_parts(more.len()),
                language.hall_seats(seats)
            );
            head + &prices(state, None)
        }
    }
}

fn hall(state: &State) -> String {
    let language = state.reader.language;
    let categories: String = (0_usize..)
        .zip(&state.hall.categories)
        .map(|(place, category)| {
            let letter = LETTERS[place % 5];
            format!(
                "<div class=\"row cat-row\"><span class=\"cat {letter}\" aria-hidden=\"true\">{letter}</span>\
                 <input class=\"in\" data-field=\"category:{place}\" aria-label=\"{} {}\" value=\"{}\" \
                 autocomplete=\"off\"></div>",
                language.hall_price(),
                place + 1,
                escape_html(&category.name)
            )
        })
        .collect();
    let take = format!(
        "<h2>{}</h2><div class=\"row\"><button type=\"button\" class=\"btn sm\" data-act=\"as-pretix\">{}</button>\
         <button type=\"button\" class=\"btn sm\" data-act=\"as-csv\">{}</button></div>",
        language.hall_take_away(),
        language.hall_as_pretix(),
        language.hall_as_csv(),
    );
    format!(
        "<h2>{}</h2>{}<p class=\"soft small\">{}</p><h2>{}</h2>{categories}\
         <button type=\"button\" class=\"btn sm\" data-act=\"category\">{}</button>{take}",
        escape_html(&state.hall.name),
        text("hall", language.hall_name(), &state.hall.name),
        language.hall_nothing(),
        language.hall_categories(),
        language.hall_category_new(),
    )
}

fn part(state: &State, part: &Part) -> String {
    let language = state.reader.language;
    let head = format!(
        "<h2>{} <span class=\"soft\">· {}</span></h2>",
        escape_html(&called(language, part)),
        kind(language, part)
    );
    let name = part.name.as_deref().unwrap_or_default();
    let word = if matches!(part.shape, Shape::Label(_)) { language.hall_text() } else { language.hall_part_name() };
    let mut html = head + &text("name", word, name);
    let sized = |size: Size| {
        pair(
            &number("width", language.hall_width(), size.width),
            &number("height", language.hall_height(), size.height),
        )
    };
    match &part.shape {
        Shape::Block(block) => {
            html += &self::block(language, block);
            html += &prices(state, block.category.as_deref());
            html += &by_number(language);
        }
        Shape::Seats(_) => {
            html += &prices(state, None);
            html += &by_number(language);
        }
        Shape::Stage(size) => html += &sized(*size),
        Shape::Standing(Standing { width, height, capacity }) => {
            html += &number("capacity", language.hall_capacity(), (*capacity).into());
            html += &sized(Size { width: *width, height: *height });
        }
        Shape::Label(label) => html += &number("letters", language.hall_letter_height(), label.height),
    }
    html + &number("turn", language.hall_turn(), part.turn)
}

fn kind(language: Language, part: &Part) -> String {
    match part.shape {
        Shape::Stage(_) => language.hall_stage_word().to_owned(),
        Shape::Standing(_) => language.hall_standing_word().to_owned(),
        Shape::Label(_) => language.hall_label_word().to_owned(),
        Shape::Block(_) | Shape::Seats(_) => language.hall_seats(part.seat_count()),
    }
}

fn block(language: Language, block: &Block) -> String {
    let aisles: Vec<String> = block.aisles_after.iter().map(ToString::to_string).collect();
    let first_row = match block.labels {
        Labels::Letters => row_label(block.first_row),
        Labels::Numbers => (block.first_row + 1).to_string(),
    };
    let from = block.from;
    let froms = [
        ("left", language.hall_from_left(), from == From::Left),
        ("centre", language.hall_from_centre(), from == From::Centre),
        ("right", language.hall_from_right(), from == From::Right),
    ];
    let step = block.step;
    let steps = [
        ("every", "1 2 3", step == Step::Every),
        ("odd", "1 3 5", step == Step::Odd),
        ("even", "2 4 6", step == Step::Even),
    ];
    let letters = block.labels == Labels::Letters;
    [
        pair(
            &number("rows", language.hall_rows(), block.rows.into()),
            &number("seats", language.hall_seats_in_row(), block.seats.into()),
        ),
        range("curve", language.hall_curve(), block.curve, (0.0, 180.0, 1.0)),
        range("spacing", language.hall_spacing(), block.seat_spacing, (3.0, 15.0, 0.5)),
        range("depth", language.hall_depth(), block.row_spacing, (5.0, 20.0, 0.5)),
        choice("from", language.hall_numbers(), &froms),
        choice("step", language.hall_step(), &steps),
        pair(
            &number("first", language.hall_first_number(), block.first_number.into()),
            &number("more", language.hall_more_per_row(), block.more_per_row.into()),
        ),
        choice("labels", language.hall_row_labels(), &[("letters", "A B C", letters), ("numbers", "1 2 3", !letters)]),
        text("firstrow", language.hall_first_row(), &first_row),
        check("back", language.hall_from_back(), block.from_back),
        field(&Field {
            name: "aisles",
            word: language.hall_aisles(),
            value: aisles.join(", "),
            more: "",
            hint: language.hall_aisles_hint(),
        }),
    ]
    .concat()
}

/// The categories, of which one may be that of what is selected.
fn prices(state: &State, own: Option<&str>) -> String {
    let chips: String = (0_usize..)
        .zip(&state.hall.categories)
        .map(|(place, category)| {
            let letter = LETTERS[place % 5];
            format!(
                "<button type=\"button\" class=\"chip\" data-price=\"{place}\" data-act=\"price:{place}\" \
                 aria-pressed=\"{}\"><span class=\"cat {letter}\" aria-hidden=\"true\">{letter}</span>{}</button>",
                own == Some(category.name.as_str()),
                escape_html(&category.name)
            )
        })
        .collect();
    let word = state.reader.language.hall_price();
    format!(
        "<div class=\"field\"><b id=\"c-price\">{word}</b><div class=\"row chips\" role=\"group\" \
         aria-labelledby=\"c-price\">{chips}</div></div>"
    )
}

/// Seats of one part by their numbers, for whoever does not use the map.
fn by_number(language: Language) -> String {
    let small = |name: &str, word: &str| {
        format!(
            "<div class=\"field\"><label for=\"n-{name}\">{word}</label><input class=\"in\" id=\"n-{name}\" \
             name=\"{name}\" data-field=\"\" autocomplete=\"off\"></div>"
        )
    };
    format!(
        "<details><summary>{}</summary><form class=\"stack\" data-form=\"seats\"><div class=\"three\">{}{}{}</div>\
         <button class=\"btn sm\">{}</button></form></details>",
        language.hall_choose_seats(),
        small("row", language.hall_choose_row()),
        small("from", language.hall_choose_from()),
        small("to", language.hall_choose_to()),
        language.hall_choose(),
    )
}

/// What can be said of the chosen seats; nothing where there are none.
pub(super) fn seats(state: &State) -> String {
    if state.seats.is_empty() {
        return String::new();
    }
    let language = state.reader.language;
    let kinds: Vec<_> =
        state.seats.iter().filter_map(|seat| state.scene.seat(*seat)).map(|(_, laid)| laid.kind).collect();
    let all = |is: fn(&onsale_core::hall::SeatKind) -> bool| kinds.iter().all(is);
    format!(
        "<h2>{}</h2>{}{}{}{}<div class=\"row\"><button type=\"button\" class=\"btn sm\" data-act=\"gone\">{}</button>\
         <button type=\"button\" class=\"btn sm\" data-act=\"unchoose\">{}</button></div>",
        language.hall_chosen(state.seats.len()),
        check("accessible", language.hall_step_free(), all(|kind| kind.accessible)),
        check("companion", language.hall_companion(), all(|kind| kind.companion)),
        check("restricted", language.hall_restricted(), all(|kind| kind.restricted_view)),
        prices(state, None).replace("c-price", "c-seats"),
        language.hall_remove_seats(),
        language.hall_unchoose(),
    )
}

/// What a check of the chosen seats means.
pub(super) fn marking(name: &str, set: bool) -> Option<Marking> {
    let marking = Marking::default();
    Some(match name {
        "accessible" => Marking { accessible: Some(set), ..marking },
        "companion" => Marking { companion: Some(set), ..marking },
        "restricted" => Marking { restricted_view: Some(set), ..marking },
        _ => return None,
    })
}

/// All parts with their seats, and what is wrong with them.
pub(super) fn outline(state: &State) -> String {
    let language = state.reader.language;
    let mut items = String::new();
    for part in &state.hall.parts {
        let wrong = state.problems.iter().filter(|problem| problem.part == Some(part.number)).count();
        let badge = if wrong > 0 {
            format!("<span class=\"badge warn\">{}</span>", language.hall_to_fix(wrong))
        } else {
            String::new()
        };
        let category = match &part.shape {
            Shape::Block(Block { category: Some(category), .. }) => LETTERS.get(ink_of(&state.hall, category)),
            _ => None,
        };
        let letter = category
            .map(|letter| format!("<span class=\"cat {letter}\" aria-hidden=\"true\">{letter}</span>"))
            .unwrap_or_default();
        let figure = match &part.shape {
            Shape::Standing(standing) => i64::from(standing.capacity),
            _ => i64::try_from(part.seat_count()).unwrap_or(0),
        };
        let figure = if figure > 0 { count(language, figure) } else { String::new() };
        let _infallible = write!(
            items,
            "<li><button type=\"button\" class=\"part\" data-pick=\"{0}\" data-act=\"pick:{0}\" aria-pressed=\"{1}\">\
             {letter}<span class=\"grow\">{2}</span>{badge}<span class=\"num\">{figure}</span></button></li>",
            part.number,
            state.chosen.contains(&part.number),
            escape_html(&called(language, part)),
        );
    }
    format!("<h2>{}</h2><ul class=\"parts\">{items}</ul>", language.hall_outline())
}
