//! What is pressed and typed beside the hall.

use super::editor::{Editor, Tool};
use super::{inspector, save};
use crate::api;
use crate::islands::dom;
use leptos::task::spawn_local;
use onsale_core::hall::{Block, Category, From, Labels, Part, SeatRef, Shape, Step};
use std::collections::BTreeSet;
use wasm_bindgen::JsCast;
use web_sys::{Event, FormData, HtmlFormElement, HtmlInputElement};

/// How much a button zooms.
const STEP: f64 = 1.4;

/// Something was pressed.
pub(super) fn pressed(editor: &Editor, event: &Event) {
    let target = || event.target();
    if let Some((button, _)) = dom::marked(target(), "aria-disabled")
        && button.get_attribute("aria-disabled").as_deref() == Some("true")
    {
        return;
    }
    if let Some((_, name)) = dom::marked(target(), "data-tool") {
        if let Some(tool) = Tool::of_name(&name) {
            editor.take_tool(tool);
        }
    } else if let Some((_, set)) = dom::marked(target(), "data-set") {
        set_choice(editor, &set);
    } else if let Some((_, place)) = dom::marked(target(), "data-price") {
        let place: usize = place.parse().unwrap_or(usize::MAX);
        let category = editor.look(|state| state.hall.categories.get(place).map(|category| category.name.clone()));
        if let Some(category) = category {
            editor.price(&category);
        }
    } else if let Some((_, number)) = dom::marked(target(), "data-pick") {
        if let Ok(number) = number.parse() {
            editor.take_tool(Tool::Select);
            editor.choose(vec![number]);
        }
    } else if let Some((_, act)) = dom::marked(target(), "data-act") {
        act_on(editor, &act);
    }
}

fn act_on(editor: &Editor, act: &str) {
    match act {
        "undo" => editor.undo(false),
        "redo" => editor.undo(true),
        "copy" => editor.copy(),
        "mirror" => editor.mirror(),
        "delete" | "gone" => editor.delete(),
        "unchoose" => editor.choose_seats(BTreeSet::new()),
        "in" => editor.zoom(STEP, None),
        "out" => editor.zoom(1.0 / STEP, None),
        "fit" => editor.fit(),
        "publish" => save::publish(editor),
        "category" => {
            editor.edit(None, |hall| {
                let taken = |name: &str| hall.categories.iter().any(|category| category.name == name);
                let name = ('A'..='Z').map(String::from).find(|name| !taken(name));
                hall.categories.extend(name.map(|name| Category { name, color: None }));
            });
            editor.show_all();
        }
        "as-pretix" | "as-csv" => take_away(editor, act == "as-csv"),
        "again" => {
            if let Some(window) = web_sys::window() {
                let _stays_here = window.location().reload();
            }
        }
        _ => {}
    }
}

/// Hands the hall to the reader as a file.
fn take_away(editor: &Editor, as_csv: bool) {
    let (id, name, language) = editor.look(|state| (state.id.clone(), state.hall.name.clone(), state.reader.language));
    let (form, ending) = if as_csv { ("csv", "csv") } else { ("pretix", "json") };
    let editor = editor.clone();
    spawn_local(async move {
        if save::keep(&editor).await.is_err() {
            return;
        }
        if let Err(failure) = api::download(&format!("/api/admin/halls/{id}/{form}"), &format!("{name}.{ending}")).await
        {
            editor.tell(&super::html::notice("bad", &failure.words(language), ""));
        }
    });
}

fn set_choice(editor: &Editor, set: &str) {
    let Some((what, value)) = set.split_once(':') else { return };
    change_block(editor, None, |block| match (what, value) {
        ("from", "left") => block.from = From::Left,
        ("from", "right") => block.from = From::Right,
        ("from", _) => block.from = From::Centre,
        ("step", "every") => block.step = Step::Every,
        ("step", "odd") => block.step = Step::Odd,
        ("step", _) => block.step = Step::Even,
        (_, "numbers") => block.labels = Labels::Numbers,
        _ => block.labels = Labels::Letters,
    });
    editor.show_all();
}

fn change_block(editor: &Editor, mark: Option<&str>, write: impl Fn(&mut Block)) {
    change(editor, mark, |part| {
        if let Shape::Block(block) = &mut part.shape {
            write(block);
        }
    });
}

fn change(editor: &Editor, mark: Option<&str>, write: impl Fn(&mut Part)) {
    let chosen = editor.look(|state| state.chosen.clone());
    editor.edit(mark, |hall| chosen.iter().for_each(|number| hall.change(*number, &write)));
}

/// Something was typed, or drawn along a range. What cannot be read is not taken, and stays where it was typed.
pub(super) fn typed(editor: &Editor, event: &Event) {
    let Some((element, name)) = dom::marked(event.target(), "data-field") else { return };
    let Ok(input) = element.dyn_into::<HtmlInputElement>() else { return };
    let (value, set) = (input.value(), input.checked());
    if let Some(marking) = inspector::marking(&name, set) {
        editor.mark(&marking);
        return;
    }
    let mark = format!("{name} {:?}", editor.look(|state| state.chosen.clone()));
    match name.split_once(':') {
        Some((_, place)) => {
            let place: usize = place.parse().unwrap_or(usize::MAX);
            editor.edit(Some(&mark), |hall| hall.rename_category(place, &value));
        }
        None if name == "hall" => editor.edit(Some(&mark), |hall| hall.name.clone_from(&value)),
        None if name == "back" => change_block(editor, None, |block| block.from_back = set),
        None => type_into(editor, &mark, &name, value.trim()),
    }
}

fn type_into(editor: &Editor, mark: &str, name: &str, value: &str) {
    let wide: Option<f64> = value.replace(',', ".").parse().ok().filter(|value: &f64| value.is_finite());
    let whole: Option<u32> = value.parse().ok();
    change(editor, Some(mark), |part| match (name, &mut part.shape) {
        ("name", _) => part.name = Some(value.to_owned()).filter(|name| !name.is_empty()),
        ("turn", _) => part.turn = wide.filter(|turn| turn.abs() <= 360.0).unwrap_or(part.turn),
        (_, Shape::Block(block)) => type_block(block, name, value, (wide, whole)),
        ("width", Shape::Stage(size)) => size.width = length(wide, size.width),
        ("height", Shape::Stage(size)) => size.height = length(wide, size.height),
        ("width", Shape::Standing(area)) => area.width = length(wide, area.width),
        ("height", Shape::Standing(area)) => area.height = length(wide, area.height),
        ("capacity", Shape::Standing(area)) => {
            area.capacity = whole.filter(|people| *people <= 1_000_000).unwrap_or(area.capacity);
        }
        ("letters", Shape::Label(label)) => label.height = length(wide, label.height),
        _ => {}
    });
}

fn length(typed: Option<f64>, before: f64) -> f64 {
    typed.filter(|length| (0.5..=100_000.0).contains(length)).unwrap_or(before)
}

fn type_block(block: &mut Block, name: &str, value: &str, (wide, whole): (Option<f64>, Option<u32>)) {
    let within =
        |low: u32, high: u32, before: u32| whole.filter(|typed| (low..=high).contains(typed)).unwrap_or(before);
    match name {
        "rows" => block.rows = within(1, 1_000, block.rows),
        "seats" => block.seats = within(1, 1_000, block.seats),
        "first" => block.first_number = within(0, 100_000, block.first_number),
        "more" => {
            let typed = value.parse().ok().filter(|more: &i32| more.abs() <= 100);
            block.more_per_row = typed.unwrap_or(block.more_per_row);
        }
        "curve" => block.curve = wide.filter(|curve| (0.0..=300.0).contains(curve)).unwrap_or(block.curve),
        "spacing" => block.seat_spacing = length(wide, block.seat_spacing),
        "depth" => block.row_spacing = length(wide, block.row_spacing),
        "firstrow" => block.first_row = first_row(block.labels, value).unwrap_or(block.first_row),
        "aisles" => {
            let mut aisles: Vec<u32> =
                value.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse().ok()).collect();
            aisles.sort_unstable();
            aisles.dedup();
            aisles.truncate(100);
            block.aisles_after = aisles;
        }
        _ => {}
    }
}

/// `C` and `AA`, or `3`, as a place in its alphabet.
fn first_row(labels: Labels, value: &str) -> Option<u32> {
    let place = match labels {
        Labels::Numbers => value.parse::<u32>().ok()?.checked_sub(1)?,
        Labels::Letters => {
            let letters = value.len() <= 2 && value.chars().all(|c| c.is_ascii_alphabetic());
            let add = |sum: u32, c: char| sum * 26 + u32::from(c.to_ascii_uppercase()) - u32::from('A') + 1;
            letters.then(|| value.chars().fold(0, add))?.checked_sub(1)?
        }
    };
    (place <= 10_000).then_some(place)
}

/// Seats were named by their numbers.
pub(super) fn sent(editor: &Editor, event: &Event) {
    let form = event.target().and_then(|target| target.dyn_into::<HtmlFormElement>().ok());
    let Some(values) = form.and_then(|form| FormData::new_with_form(&form).ok()) else { return };
    let value = |name: &str| values.get(name).as_string().unwrap_or_default().trim().to_owned();
    let (row, from, to) = (value("row"), value("from"), value("to"));
    let seats: BTreeSet<SeatRef> = editor.look(|state| {
        let items = state.chosen.iter().filter_map(|number| state.scene.item(*number));
        let named = items.flat_map(|item| {
            let own = item.seats().filter(|(seat, _)| {
                item.laid.rows.get(seat.row as usize).is_some_and(|laid| laid.label.eq_ignore_ascii_case(&row))
            });
            own.filter(|(_, laid)| is_between(&laid.column, &from, &to)).map(|(seat, _)| seat).collect::<Vec<_>>()
        });
        named.collect()
    });
    let said = editor.look(|state| state.reader.language.hall_chosen(seats.len()));
    if !seats.is_empty() {
        editor.choose_seats(seats);
    }
    editor.say(&said);
}

/// Whether a seat's number lies between two; a name alone is only itself.
fn is_between(column: &str, from: &str, to: &str) -> bool {
    let to = if to.is_empty() { from } else { to };
    match (column.parse::<u32>(), from.parse::<u32>(), to.parse::<u32>()) {
        (Ok(column), Ok(from), Ok(to)) => (from.min(to)..=from.max(to)).contains(&column),
        _ => column.eq_ignore_ascii_case(from) || column.eq_ignore_ascii_case(to),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_as_they_are_called() {
        assert_eq!(first_row(Labels::Letters, "a"), Some(0));
        assert_eq!(first_row(Labels::Letters, "AB"), Some(27));
        assert_eq!(first_row(Labels::Letters, "7"), None);
        assert_eq!(first_row(Labels::Numbers, "12"), Some(11));
        assert_eq!((first_row(Labels::Numbers, "0"), first_row(Labels::Letters, "")), (None, None));
    }

    #[test]
    fn seats_are_named_by_number_or_name() {
        assert!(is_between("7", "5", "9") && is_between("7", "9", "5") && is_between("7", "7", ""));
        assert!(!is_between("10", "5", "9") && is_between("7b", "7B", "") && !is_between("7b", "7", "8"));
    }
}
