//! What buttons and keys do to what is selected.

use super::editor::{Editor, Tool};
use onsale_core::hall::{Block, Hall, Label, Marking, Part, Shape, Size, Spot, Standing, snapped};

/// The floor's grid for what is put or carried, in plan units.
pub(super) const GRID: f64 = 2.5;
/// What is nearer than this to another part's middle is caught by it, in pixels.
pub(super) const CATCH_PIXELS: f64 = 6.0;
/// A block that is only put somewhere.
const ROWS: u32 = 10;
const SEATS: u32 = 20;
/// How far the first row of a curved block spans.
const CURVE: f64 = 60.0;

impl Editor {
    /// Makes what the tool makes: as large as the rectangle, or of its usual size at a place.
    pub(super) fn draw(&self, low: Spot, high: Spot) {
        let (tool, category, scale) = self.look(|state| {
            let category = state.hall.categories.first().map(|category| category.name.clone());
            (state.tool, category, state.camera.scale)
        });
        let usual = low.apart(high) * scale < 8.0;
        let size = Size { width: (high.x - low.x).max(10.0), height: (high.y - low.y).max(5.0) };
        let middle = Spot::new(f64::midpoint(low.x, high.x), f64::midpoint(low.y, high.y));
        let sized = |width, height| if usual { Size { width, height } } else { size };
        let (shape, at) = match tool {
            Tool::Block | Tool::Curved => {
                let curve = if tool == Tool::Curved { CURVE } else { 0.0 };
                let block = Block { curve, ..sized_block(usual.then_some((ROWS, SEATS)), size, category) };
                let top = if usual { middle } else { Spot::new(middle.x, low.y) };
                (Shape::Block(block), top)
            }
            Tool::Standing => {
                let Size { width, height } = sized(100.0, 60.0);
                (Shape::Standing(Standing { width, height, capacity: 0 }), middle)
            }
            Tool::Stage => (Shape::Stage(sized(120.0, 40.0)), middle),
            Tool::Label => (Shape::Label(Label { height: 8.0 }), middle),
            Tool::Select | Tool::Seats => return,
        };
        let (at, _) = self.look(|state| snapped(&state.hall, &[], at, GRID, CATCH_PIXELS / scale));
        let name = self.look(|state| {
            let language = state.reader.language;
            match tool {
                Tool::Standing => Some(numbered(&state.hall, language.hall_standing_word())),
                Tool::Label => Some(language.hall_label_word().to_owned()),
                Tool::Stage => None,
                _ => Some(numbered(&state.hall, language.hall_block_word())),
            }
        });
        let mut made = None;
        self.edit(None, |hall| {
            made = hall.add(Part { number: 0, name, at, turn: 0.0, shape, beside: String::new() });
        });
        self.take_tool(Tool::Select);
        self.choose(made.into_iter().collect());
    }

    /// Copies what is selected to beside it.
    pub(super) fn copy(&self) {
        let chosen = self.look(|state| state.chosen.clone());
        let reach = self.look(|state| {
            let items = chosen.iter().filter_map(|number| state.scene.item(*number));
            items.map(|item| (item.low.x, item.high.x)).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
        });
        let Some((left, right)) = reach else { return };
        let by = Spot::new((right - left + 15.0).round(), 0.0);
        let mut made = Vec::new();
        self.edit(None, |hall| made = hall.copy(&chosen, by));
        self.choose(made);
    }

    /// Mirrors what is selected in its place.
    pub(super) fn mirror(&self) {
        let chosen = self.look(|state| state.chosen.clone());
        self.edit(None, |hall| hall.mirror(&chosen));
        self.show_all();
    }

    /// Takes away what is selected: seats where some are chosen, else parts.
    pub(super) fn delete(&self) {
        let (chosen, seats) =
            self.look(|state| (state.chosen.clone(), state.seats.iter().copied().collect::<Vec<_>>()));
        if seats.is_empty() {
            self.edit(None, |hall| hall.remove(&chosen));
        } else {
            self.edit(None, |hall| hall.mark(&seats, &Marking { gone: true, ..Marking::default() }));
        }
        self.show_all();
    }

    /// Moves what is selected a little.
    pub(super) fn nudge(&self, by: Spot) {
        let chosen = self.look(|state| state.chosen.clone());
        self.edit(Some("nudge"), |hall| hall.shift(&chosen, by));
    }

    /// Marks the chosen seats.
    pub(super) fn mark(&self, marking: &Marking) {
        let seats: Vec<_> = self.look(|state| state.seats.iter().copied().collect());
        self.edit(None, |hall| hall.mark(&seats, marking));
        self.show_all();
    }

    /// Gives what is selected a category.
    pub(super) fn price(&self, category: &str) {
        let (chosen, any_seat) = self.look(|state| (state.chosen.clone(), !state.seats.is_empty()));
        if any_seat {
            self.mark(&Marking { category: Some(category.to_owned()), ..Marking::default() });
            return;
        }
        self.edit(None, |hall| hall.price(&chosen, category));
        self.show_all();
    }

    /// Selects the part after the selected one, or before it.
    pub(super) fn step(&self, back: bool) {
        let next = self.look(|state| {
            let numbers: Vec<u16> = state.hall.parts.iter().map(|part| part.number).collect();
            let here = state.chosen.first().and_then(|own| numbers.iter().position(|number| number == own));
            let count = numbers.len();
            let place = match (here, back) {
                (None, _) => 0,
                (Some(here), false) => (here + 1) % count.max(1),
                (Some(here), true) => (here + count.max(1) - 1) % count.max(1),
            };
            numbers.get(place).copied()
        });
        let Some(next) = next else { return };
        self.choose(vec![next]);
        let said = self.look(|state| state.reader.language.hall_selected(&state.called(next)));
        self.say(&said);
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most a thousand")]
fn sized_block(usual: Option<(u32, u32)>, size: Size, category: Option<String>) -> Block {
    let plain = Block::new(1, 1, category);
    let fitting = |length: f64, spacing: f64| ((length / spacing).floor() + 1.0).clamp(1.0, 1_000.0) as u32;
    let (rows, seats) =
        usual.unwrap_or_else(|| (fitting(size.height, plain.row_spacing), fitting(size.width, plain.seat_spacing)));
    Block { rows, seats, ..plain }
}

/// A name that no part has yet.
fn numbered(hall: &Hall, word: &str) -> String {
    let taken = |name: &str| hall.parts.iter().any(|part| part.name.as_deref() == Some(name));
    let mut names = (1..=u32::MAX).map(|nth| format!("{word} {nth}"));
    names.find(|name| !taken(name)).unwrap_or_else(|| word.to_owned())
}
