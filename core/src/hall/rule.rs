//! Where the seats of a block stand, and how they are called.

use super::{Block, From, Labels, Spot, Step};

/// The width of an aisle beyond a seat's spacing, in seat spacings.
const AISLE: f64 = 1.2;

impl Block {
    /// How far each place of a row is from the row's left end, in plan units.
    pub(super) fn offsets(&self, places: u32) -> Vec<f64> {
        let mut offset = 0.0;
        let mut offsets = Vec::with_capacity(places as usize);
        for place in 0..places {
            if place > 0 {
                offset += self.seat_spacing * if self.is_aisle(place) { 1.0 + AISLE } else { 1.0 };
            }
            offsets.push(offset);
        }
        offsets
    }

    /// Whether an aisle lies before a place.
    pub(super) fn is_aisle(&self, place: u32) -> bool {
        place > 0 && self.aisles_after.contains(&place)
    }

    /// The radius of the first row around the middle of the curve; nothing for straight rows.
    pub(super) fn radius(&self) -> Option<f64> {
        let width = self.offsets(self.places(0)).last().copied().unwrap_or(0.0).max(self.seat_spacing);
        (self.curve > 0.0).then(|| width / self.curve.to_radians())
    }

    /// A place from the middle of the first row. Seats of a curved row keep their distance along the arc.
    pub(super) fn place(&self, row: u32, across: f64, radius: Option<f64>) -> Spot {
        let depth = f64::from(row) * self.row_spacing;
        match radius {
            None => Spot::new(across, depth),
            Some(radius) => {
                let (sin, cos) = (across / (radius + depth)).sin_cos();
                Spot::new((radius + depth) * sin, (radius + depth) * cos - radius)
            }
        }
    }

    /// The numbers of a row's places, from its left.
    pub(super) fn numbers(&self, places: u32) -> Vec<u32> {
        let first = self.first_number;
        match self.from {
            From::Left => (0..places).map(|nth| self.nth(nth)).collect(),
            From::Right => (0..places).rev().map(|nth| self.nth(nth)).collect(),
            From::Centre => {
                // What is to the left of the middle, the middle of an odd row included.
                let left = places.div_ceil(2);
                let odd_left = self.step != Step::Even;
                let side = |nth: u32, odd: bool| first + 2 * nth + u32::from(!odd);
                let to_left = (0..left).rev().map(|nth| side(nth, odd_left));
                let to_right = (0..places - left).map(|nth| side(nth, !odd_left));
                to_left.chain(to_right).collect()
            }
        }
    }

    fn nth(&self, nth: u32) -> u32 {
        let first = self.first_number;
        match self.step {
            Step::Every => first + nth,
            Step::Odd => (first | 1) + 2 * nth,
            Step::Even => first + first % 2 + 2 * nth,
        }
    }

    /// How a row is called.
    pub(super) fn label(&self, row: u32) -> String {
        let nth = if self.from_back { self.rows.saturating_sub(row + 1) } else { row };
        let nth = self.first_row + nth;
        match self.labels {
            Labels::Letters => row_label(nth),
            Labels::Numbers => (nth + 1).to_string(),
        }
    }
}

/// A to Z, then AA, AB, …
#[must_use]
pub fn row_label(index: u32) -> String {
    let letter = |digit: u32| char::from(b'A' + u8::try_from(digit % 26).unwrap_or(0));
    let mut label = String::new();
    let mut rest = index;
    loop {
        label.insert(0, letter(rest));
        if rest < 26 {
            return label;
        }
        rest = rest / 26 - 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(from: From, step: Step, places: u32) -> Vec<u32> {
        Block { from, step, ..Block::new(1, places, None) }.numbers(places)
    }

    #[test]
    fn numbers_run_from_left_right_and_centre() {
        assert_eq!(numbers(From::Left, Step::Every, 4), [1, 2, 3, 4]);
        assert_eq!(numbers(From::Right, Step::Every, 4), [4, 3, 2, 1]);
        assert_eq!(numbers(From::Centre, Step::Every, 5), [5, 3, 1, 2, 4]);
        assert_eq!(numbers(From::Centre, Step::Even, 4), [4, 2, 1, 3]);
        assert_eq!(numbers(From::Left, Step::Odd, 3), [1, 3, 5]);
        assert_eq!(numbers(From::Right, Step::Even, 3), [6, 4, 2]);
    }

    #[test]
    fn rows_are_lettered_like_columns_of_a_sheet() {
        let labels: Vec<_> = [0, 25, 26, 51, 52, 701, 702].into_iter().map(row_label).collect();
        assert_eq!(labels, ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]);
        let block = Block { from_back: true, labels: Labels::Numbers, first_row: 4, ..Block::new(3, 1, None) };
        assert_eq!((0..3).map(|row| block.label(row)).collect::<Vec<_>>(), ["7", "6", "5"]);
    }
}
