//! Best available: seats side by side, nearest to the focal point, that leave nobody's neighbour seat alone.
//!
//! A free seat between taken seats, edges and aisles sells badly, because most people come in twos: a block
//! that would make one is offered only where no other block fits. Among blocks about equally near one is
//! picked at random, so that a crowd that asks at the same moment does not fight for the same two seats.

use onsale_core::plan::{Point, SeatingPlan};

pub use onsale_core::api::booking::BestAvailable as Wish;

/// At most so many blocks are picked from.
const BLOCKS_MAX: usize = 24;
/// Blocks are about equally near when their mean distances differ by no more than so many seat widths.
const NEARLY_EQUAL_SEATS: f32 = 4.0;
/// A seat with a restricted view counts as if it were so many times as far away.
const RESTRICTED_VIEW: f32 = 2.0;

/// A seating plan, prepared once for many wishes.
#[derive(Debug, Clone)]
pub struct Hall {
    seats: Vec<HallSeat>,
    /// Nearest first.
    runs: Vec<Run>,
    categories: Vec<String>,
    /// How much farther a block may be than the best one and still be picked.
    tolerance: f32,
}

#[derive(Debug, Clone, Copy)]
struct HallSeat {
    distance: f32,
    category: u16,
    accessible: bool,
}

/// Seats side by side without an aisle: `first..end` in the plan's order.
#[derive(Debug, Clone, Copy)]
struct Run {
    first: usize,
    end: usize,
    /// The distance of its nearest seat: no block in it is nearer.
    nearest: f32,
}

#[derive(Debug, Clone, Copy)]
struct Block {
    first: usize,
    distance: f32,
}

/// The blocks worth picking from: those within `tolerance` of the nearest.
struct Shortlist {
    blocks: Vec<Block>,
    best: f32,
    tolerance: f32,
}

impl Hall {
    /// Prepares a plan.
    #[must_use]
    pub fn of(plan: &SeatingPlan) -> Self {
        let mut hall = Self { seats: Vec::new(), runs: Vec::new(), categories: Vec::new(), tolerance: 0.0 };
        let mut pitches = Vec::new();
        for row in plan.zones.iter().flat_map(|zone| &zone.rows) {
            for (column, seat) in row.seats.iter().enumerate() {
                let number = hall.seats.len();
                let factor = if seat.restricted_view { RESTRICTED_VIEW } else { 1.0 };
                let distance = between(seat.position, plan.focal_point) * factor;
                let category = hall.category_of(&seat.category);
                hall.seats.push(HallSeat { distance, category, accessible: seat.accessible });
                match hall.runs.last_mut() {
                    Some(run) if column > 0 && !seat.gap_before => {
                        run.end = number + 1;
                        run.nearest = run.nearest.min(distance);
                        pitches.push(between(seat.position, row.seats[column - 1].position));
                    }
                    _ => hall.runs.push(Run { first: number, end: number + 1, nearest: distance }),
                }
            }
        }
        hall.runs.sort_by(|a, b| a.nearest.total_cmp(&b.nearest).then(a.first.cmp(&b.first)));
        pitches.sort_by(f32::total_cmp);
        hall.tolerance = pitches.get(pitches.len() / 2).map_or(0.0, |pitch| pitch * NEARLY_EQUAL_SEATS);
        hall
    }

    /// How many seats the hall has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.seats.len()
    }

    /// Whether the hall has no seats at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.seats.is_empty()
    }

    fn category_of(&mut self, name: &str) -> u16 {
        let known = self.categories.iter().position(|category| category == name);
        let index = known.unwrap_or_else(|| {
            self.categories.push(name.to_owned());
            self.categories.len() - 1
        });
        u16::try_from(index).unwrap_or(u16::MAX)
    }
}

/// The numbers of `wish.quantity` adjacent free seats in the plan's order, or nothing where no block fits.
///
/// `is_free` is asked by a seat's number. `pick` is a random number: it chooses among blocks about equally near.
pub fn best_available(hall: &Hall, is_free: impl Fn(u32) -> bool, wish: &Wish, pick: u64) -> Option<Vec<u32>> {
    let quantity = usize::try_from(wish.quantity).ok().filter(|quantity| *quantity > 0)?;
    let category = match &wish.category {
        Some(name) => Some(hall.categories.iter().position(|category| category == name)?),
        None => None,
    };
    let suits = |seat: &HallSeat| {
        category.is_none_or(|wanted| usize::from(seat.category) == wanted) && (seat.accessible || !wish.accessible)
    };
    let mut whole = Shortlist::new(hall.tolerance);
    let mut orphaning = Shortlist::new(hall.tolerance);
    for run in &hall.runs {
        if run.nearest > whole.reach() {
            break;
        }
        if run.end - run.first >= quantity {
            search_run(hall, run, quantity, &is_free, &suits, &mut whole, &mut orphaning);
        }
    }
    let first = whole.pick(quantity, pick).or_else(|| orphaning.pick(quantity, pick))?;
    (first..first + quantity).map(|number| u32::try_from(number).ok()).collect()
}

/// Offers each block of the run to one of the lists: those that leave no seat alone, and those that do.
fn search_run(
    hall: &Hall,
    run: &Run,
    quantity: usize,
    is_free: &impl Fn(u32) -> bool,
    suits: &impl Fn(&HallSeat) -> bool,
    whole: &mut Shortlist,
    orphaning: &mut Shortlist,
) {
    let free = |number: usize| u32::try_from(number).is_ok_and(is_free);
    let mut first = run.first;
    while first < run.end {
        let end = (first..run.end).find(|number| !free(*number)).unwrap_or(run.end);
        // The blocks inside the free stretch `first..end`; `from` is behind the last seat that does not suit.
        let (mut from, mut distance) = (first, 0.0);
        for next in first..end {
            let seat = &hall.seats[next];
            if !suits(seat) {
                (from, distance) = (next + 1, 0.0);
                continue;
            }
            distance += seat.distance;
            if next + 1 - from > quantity {
                distance -= hall.seats[from].distance;
                from += 1;
            }
            if next + 1 - from == quantity {
                let orphans = from - first == 1 || end - (next + 1) == 1;
                let list = if orphans { &mut *orphaning } else { &mut *whole };
                list.offer(Block { first: from, distance: mean(distance, quantity) });
            }
        }
        first = end + 1;
    }
}

impl Shortlist {
    fn new(tolerance: f32) -> Self {
        Self { blocks: Vec::new(), best: f32::INFINITY, tolerance }
    }

    /// No block farther than this is of interest.
    fn reach(&self) -> f32 {
        self.best + self.tolerance
    }

    fn offer(&mut self, block: Block) {
        if block.distance <= self.reach() {
            self.best = self.best.min(block.distance);
            self.blocks.push(block);
        }
    }

    /// One of the nearest blocks that do not overlap.
    fn pick(mut self, quantity: usize, pick: u64) -> Option<usize> {
        let reach = self.reach();
        self.blocks.retain(|block| block.distance <= reach);
        self.blocks.sort_by(|a, b| a.distance.total_cmp(&b.distance).then(a.first.cmp(&b.first)));
        let mut chosen: Vec<usize> = Vec::with_capacity(BLOCKS_MAX);
        for block in &self.blocks {
            if chosen.len() == BLOCKS_MAX {
                break;
            }
            if chosen.iter().all(|first| first.abs_diff(block.first) >= quantity) {
                chosen.push(block.first);
            }
        }
        let count = u64::try_from(chosen.len()).ok().filter(|count| *count > 0)?;
        chosen.get(usize::try_from(pick % count).ok()?).copied()
    }
}

fn between(a: Point, b: Point) -> f32 {
    (a.x - b.x).hypot(a.y - b.y)
}

#[expect(clippy::cast_precision_loss, reason = "a block has far fewer than 2^23 seats")]
fn mean(sum: f32, count: usize) -> f32 {
    sum / count as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use onsale_core::SeatId;
    use onsale_core::plan::{Row, Seat, Zone};
    use rand::rngs::StdRng;
    use rand::{Rng, SeedableRng};

    const LAYOUTS: u64 = 100_000;

    fn seat(number: usize, x: f32, y: f32, category: &str) -> Seat {
        Seat {
            seat_id: SeatId::new(format!("S{number}")).expect("a good name"),
            column: number.to_string(),
            position: Point { x, y },
            category: category.to_owned(),
            accessible: false,
            companion: false,
            restricted_view: false,
            gap_before: false,
        }
    }

    fn plan(rows: Vec<Row>) -> SeatingPlan {
        SeatingPlan {
            name: String::new(),
            width: 100.0,
            height: 100.0,
            focal_point: Point { x: 30.0, y: 0.0 },
            zones: vec![Zone { zone_id: 1, name: String::new(), rows }],
            areas: Vec::new(),
        }
    }

    fn random_plan(random: &mut StdRng) -> SeatingPlan {
        let mut number = 0;
        let rows = (0..random.random_range(1..=3_u8))
            .map(|row| {
                let seats = (0..random.random_range(1..=9_u8)).map(|column| {
                    number += 1;
                    let category = if random.random_bool(0.7) { "A" } else { "B" };
                    let mut seat = seat(number, f32::from(column) * 5.0, f32::from(row) * 9.0 + 5.0, category);
                    seat.gap_before = random.random_bool(0.15);
                    seat.accessible = random.random_bool(0.6);
                    seat.restricted_view = random.random_bool(0.05);
                    seat
                });
                Row { label: row.to_string(), seats: seats.collect() }
            })
            .collect();
        plan(rows)
    }

    /// Every block that fits, found without the runs: `(first, orphans)`, by looking at each seat's neighbours.
    fn oracle(plan: &SeatingPlan, free: &[bool], wish: &Wish) -> Vec<(u32, bool)> {
        let mut found = Vec::new();
        let mut base = 0;
        for row in plan.zones.iter().flat_map(|zone| &zone.rows) {
            let joined = |a: usize| a + 1 < row.seats.len() && !row.seats[a + 1].gap_before;
            let fits = |at: usize, from: usize| {
                let seat = &row.seats[at];
                free[base + at]
                    && (at == from || joined(at - 1))
                    && wish.category.as_ref().is_none_or(|category| *category == seat.category)
                    && (!wish.accessible || seat.accessible)
            };
            let alone = |at: usize, open: &dyn Fn(usize) -> bool| {
                open(at) && !(at > 0 && joined(at - 1) && open(at - 1)) && !(joined(at) && open(at + 1))
            };
            for from in 0..row.seats.len() {
                let block = from..from + wish.quantity as usize;
                if block.end > row.seats.len() || !block.clone().all(|at| fits(at, from)) {
                    continue;
                }
                let before = |at: usize| free[base + at];
                let after = |at: usize| free[base + at] && !block.contains(&at);
                let orphans = (0..row.seats.len()).any(|at| alone(at, &after) && !alone(at, &before));
                found.push((u32::try_from(base + from).expect("small"), orphans));
            }
            base += row.seats.len();
        }
        found
    }

    #[test]
    fn over_random_layouts_it_never_orphans_where_another_choice_exists() {
        let (mut orphaned, mut refused) = (0, 0);
        for seed in 0..LAYOUTS {
            let random = &mut StdRng::seed_from_u64(seed);
            let plan = random_plan(random);
            let hall = Hall::of(&plan);
            let filled = random.random_range(0.0..0.9);
            let free: Vec<bool> = (0..hall.len()).map(|_| !random.random_bool(filled)).collect();
            let wish = Wish {
                quantity: random.random_range(1..=5),
                category: random.random_bool(0.4).then(|| "A".to_owned()),
                accessible: random.random_bool(0.2),
            };
            let found = best_available(&hall, |number| free[number as usize], &wish, random.random());
            let possible = oracle(&plan, &free, &wish);
            let Some(found) = found else {
                assert!(possible.is_empty(), "seed {seed}: {possible:?} would have fitted");
                refused += 1;
                continue;
            };
            assert_eq!(found.len(), wish.quantity as usize, "seed {seed}");
            assert!(found.windows(2).all(|pair| pair[1] == pair[0] + 1), "seed {seed}: {found:?}");
            let this = possible.iter().find(|(first, _)| *first == found[0]);
            let (_, orphans) = *this.unwrap_or_else(|| panic!("seed {seed}: {found:?} is no block of {possible:?}"));
            if orphans {
                assert!(possible.iter().all(|(_, orphans)| *orphans), "seed {seed}: {found:?} of {possible:?}");
                orphaned += 1;
            }
        }
        assert!(orphaned > 1000 && refused > 1000, "the layouts must try both: {orphaned} orphaned, {refused} refused");
    }

    #[test]
    fn the_nearest_come_first_and_a_crowd_spreads() {
        let rows = (0..20_u8).map(|row| Row {
            label: row.to_string(),
            seats: (0..12_u8)
                .map(|column| {
                    let number = usize::from(row) * 12 + usize::from(column);
                    seat(number, f32::from(column) * 5.0, f32::from(row) * 9.0 + 20.0, "A")
                })
                .collect(),
        });
        let hall = Hall::of(&plan(rows.collect()));
        let wish = Wish { quantity: 2, category: None, accessible: false };
        let picked: std::collections::BTreeSet<_> =
            (0..100).filter_map(|pick| best_available(&hall, |_| true, &wish, pick)).map(|seats| seats[0]).collect();
        assert!(picked.len() >= 8, "a crowd is spread over several blocks: {picked:?}");
        assert!(picked.iter().all(|first| *first < 60), "all of them in the first five of twenty rows: {picked:?}");
        let all_but_last_row = |number: u32| number >= 228;
        let last = best_available(&hall, all_but_last_row, &wish, 7).expect("the last row is free");
        assert!(last[0] >= 228);
        assert_eq!(best_available(&hall, |_| true, &Wish { quantity: 13, ..wish.clone() }, 0), None);
        assert_eq!(best_available(&hall, |_| true, &Wish { quantity: 0, ..wish }, 0), None);
    }
}
