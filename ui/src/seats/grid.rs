//! Seats by where they stand: what is under the pointer, what is in sight.

use super::plan::{Rect, SeatNo, distance};

/// How many seats a cell has, about.
const SEATS_A_CELL: f32 = 4.0;
/// More cells than this on a side help nobody.
const SIDE_MAX: usize = 512;

/// Seats sorted into the cells of a chessboard.
#[derive(Debug, Clone, Default)]
pub struct Grid {
    left: f32,
    top: f32,
    cell: f32,
    columns: usize,
    rows: usize,
    /// Where each cell's seats begin in `seats`; one more at the end.
    starts: Vec<u32>,
    seats: Vec<SeatNo>,
}

impl Grid {
    /// Sorts seats by where they stand.
    #[must_use]
    pub fn of(at: &[(f32, f32)]) -> Self {
        if at.is_empty() {
            return Self::default();
        }
        let bounds = at.iter().fold(Rect::NOTHING, |all, at| all.with(at.0, at.1));
        let (width, height) = bounds.size();
        #[expect(clippy::cast_precision_loss, reason = "an estimate")]
        let cells = (at.len() as f32 / SEATS_A_CELL).max(1.0);
        let cell = (width.max(1.0) * height.max(1.0) / cells).sqrt().max(width.max(height) / 500.0).max(1e-3);
        let side = |length: f32| (whole(length / cell) + 1).min(SIDE_MAX);
        let mut grid = Self {
            left: bounds.left,
            top: bounds.top,
            cell,
            columns: side(width),
            rows: side(height),
            starts: Vec::new(),
            seats: vec![0; at.len()],
        };
        let mut starts = vec![0_u32; grid.columns * grid.rows + 1];
        for point in at {
            starts[grid.cell_of(*point) + 1] += 1;
        }
        for place in 1..starts.len() {
            starts[place] += starts[place - 1];
        }
        let mut next = starts.clone();
        for (seat, point) in (0..).zip(at) {
            let slot = &mut next[grid.cell_of(*point)];
            grid.seats[*slot as usize] = seat;
            *slot += 1;
        }
        grid.starts = starts;
        grid
    }

    fn column_of(&self, x: f32) -> usize {
        whole((x - self.left) / self.cell).min(self.columns - 1)
    }

    fn row_of(&self, y: f32) -> usize {
        whole((y - self.top) / self.cell).min(self.rows - 1)
    }

    fn cell_of(&self, (x, y): (f32, f32)) -> usize {
        self.row_of(y) * self.columns + self.column_of(x)
    }

    fn of_cell(&self, column: usize, row: usize) -> &[SeatNo] {
        let cell = row * self.columns + column;
        &self.seats[self.starts[cell] as usize..self.starts[cell + 1] as usize]
    }

    /// The seats in a part of the plan, and a few around it.
    pub fn within(&self, part: Rect) -> impl Iterator<Item = SeatNo> + '_ {
        let outside = self.seats.is_empty() || part.right < self.left || part.bottom < self.top;
        let (columns, rows) = if outside {
            (0..0, 0..0)
        } else {
            let (left, right) = (self.column_of(part.left), self.column_of(part.right));
            let (top, bottom) = (self.row_of(part.top), self.row_of(part.bottom));
            (left..right + 1, top..bottom + 1)
        };
        rows.flat_map(move |row| {
            let (first, last) = (columns.start, columns.end);
            let cells = row * self.columns;
            let start = if first < last { self.starts[cells + first] } else { 0 };
            let end = if first < last { self.starts[cells + last] } else { 0 };
            self.seats[start as usize..end as usize].iter().copied()
        })
    }

    /// The nearest seat to a point, not farther than `reach`, among those that are wanted.
    pub fn nearest(
        &self,
        at: &[(f32, f32)],
        point: (f32, f32),
        reach: f32,
        wanted: impl Fn(SeatNo) -> bool,
    ) -> Option<SeatNo> {
        if self.seats.is_empty() {
            return None;
        }
        let (column, row) = (self.column_of(point.0), self.row_of(point.1));
        let mut best: Option<(f32, SeatNo)> = None;
        for ring in 0..self.columns.max(self.rows) {
            // From inside its own cell, a point is at least so far from all that is `ring` steps away. From outside
            // of the house it is farther.
            #[expect(clippy::cast_precision_loss, reason = "512 at most")]
            let at_least = ring.saturating_sub(1) as f32 * self.cell;
            if at_least > best.map_or(reach, |(found, _)| found.min(reach)) {
                break;
            }
            self.ring(column, row, ring, |seat| {
                let apart = distance(point, at[seat as usize]);
                if apart <= reach && best.is_none_or(|(found, _)| apart < found) && wanted(seat) {
                    best = Some((apart, seat));
                }
            });
        }
        best.map(|(_, seat)| seat)
    }

    /// The seats of the cells that are `ring` steps away.
    fn ring(&self, column: usize, row: usize, ring: usize, mut visit: impl FnMut(SeatNo)) {
        let rows = row.saturating_sub(ring)..=(row + ring).min(self.rows - 1);
        let (left, right) = (column.checked_sub(ring), column + ring);
        for at_row in rows {
            if at_row.abs_diff(row) == ring {
                for at_column in left.unwrap_or(0)..=right.min(self.columns - 1) {
                    self.of_cell(at_column, at_row).iter().copied().for_each(&mut visit);
                }
                continue;
            }
            if let Some(left) = left {
                self.of_cell(left, at_row).iter().copied().for_each(&mut visit);
            }
            if ring > 0 && right < self.columns {
                self.of_cell(right, at_row).iter().copied().for_each(&mut visit);
            }
        }
    }
}

/// The whole part of what is not negative; 0 of all else.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "cut to a place on the board")]
fn whole(value: f32) -> usize {
    value.clamp(0.0, 1e6) as usize
}
