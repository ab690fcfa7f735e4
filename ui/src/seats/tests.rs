//! The map's core: houses, cameras, choices and what is told.

use super::alternatives::{block_near, replacement};
use super::board::{Board, Look};
use super::camera::{Camera, Level, Screen};
use super::direction::{Direction, next_towards};
use super::labels::{row_name, seat_label, short_names};
use super::plan::Plan;
use super::states::{Applied, States};
use super::testing::{fan, house, states};
use super::{Refused, link};
use crate::language::Language;
use onsale_core::api::events::SeatDelta;
use proptest::prelude::*;

const SCREEN: Screen = Screen { width: 800.0, height: 600.0, top: 60.0, bottom: 40.0 };

fn board(rows: u16, columns: u16) -> Board {
    let mut board = Board::new(house(rows, columns), Some(4), SCREEN);
    let free = states(&board.plan, 1, &"0".repeat(usize::from(rows * columns)));
    board.snapshot(&free, 0.0);
    board
}

fn delta(from: i64, version: i64, changes: &[(u32, u8)]) -> SeatDelta {
    SeatDelta { from, version, changes: changes.to_vec() }
}

#[test]
fn a_plan_is_read_with_its_neighbours_and_prices() {
    let plan = house(4, 6);
    assert_eq!((plan.len(), plan.rows.len(), plan.zones.len()), (24, 4, 1));
    assert!((plan.pitch - 10.0).abs() < 1e-3, "{}", plan.pitch);
    assert!(plan.is_beside_next(0) && !plan.is_beside_next(5), "a row ends where it ends");
    assert_eq!(plan.find("2-3"), Some(8));
    assert_eq!((plan.column(8), plan.row(8).label.as_str()), ("3", "2"));
    assert_eq!(seat_label(Language::En, &plan, 18), "Seat 1, €45.00, step-free");
    assert_eq!(seat_label(Language::Es, &plan, 1), "Asiento 2, 92,00\u{a0}€, visibilidad reducida");
    assert_eq!(short_names(Language::Es, &plan, &[8, 9]), ["Fila 2 · 3", "Fila 2 · 4"]);
    assert_eq!(row_name(Language::En, "H"), "H");
    let stage = plan.stage.expect("room for a stage");
    assert!(stage.bottom <= -29.0 && plan.bounds.top < stage.top, "{stage:?}");
}

#[test]
fn seats_of_a_bent_house_neither_touch_in_front_nor_part_at_the_back() {
    let plan = fan(20, 8);
    assert!(plan.pitch <= 10.5, "the first row's seats are {} apart on the map", plan.pitch);
    let beside = |row: u32| (0..7).map(|column| plan.is_beside_next(row * 8 + column)).collect::<Vec<_>>();
    for row in [0, 19] {
        assert_eq!(beside(row), [true, true, true, false, true, true, true], "the aisle of row {row}");
    }
}

#[test]
fn the_wire_is_read_as_it_is_sent() {
    let json = r#"{"eventId":"E","version":2,"name":"H","currency":"EUR","width":10,"height":10,
        "focalPoint":{"x":5,"y":0},"areas":[],"zones":[{"zoneId":7,"name":"Z","rowCount":1,"colCount":2,"rows":[
        {"label":"A","seats":[{"seatId":"A-1","column":"1","position":{"x":1,"y":5},"category":"X",
        "price":{"total":{"amount":"10.00","currency":"EUR"},"lines":[]},"accessible":true,"restrictedView":false},
        {"seatId":"A-\u0032","column":"2","position":{"x":2,"y":5},"category":"Y",
        "price":{"total":{"amount":"20.00","currency":"EUR"},"lines":[]},"accessible":false,"restrictedView":true}]}]}],
        "prices":[{"category":"X","ticketType":"adult","name":"Side","price":{"total":{"amount":"10.00","currency":"EUR"},"lines":[]}},
        {"category":"X","ticketType":"child","name":"Child","price":{"total":{"amount":"5.00","currency":"EUR"},"lines":[]}},
        {"category":"Y","ticketType":"adult","name":"Front","price":{"total":{"amount":"20.00","currency":"EUR"},"lines":[]}}]}"#;
    let plan = Plan::read(json.as_bytes()).expect("a plan");
    assert_eq!((plan.version, plan.zones[0].id, plan.len()), (2, 7, 2));
    assert_eq!((plan.category(0).letter(), plan.category(1).letter()), ("B", "A"), "the dearest is A");
    assert_eq!(plan.price(0).decimal(), "10.00", "the first type of a category is its default");
    assert!(plan.is_accessible(0) && plan.is_restricted(1) && plan.find("A-2") == Some(1));
    assert!(Plan::read(b"{}").is_err());
}

#[test]
fn states_follow_versions() {
    let plan = house(2, 3);
    let mut known = States::unknown(&plan);
    assert!(!known.is_free(0) && known.delta(&plan, &delta(0, 1, &[(0, 0)])) == Applied::Gap);
    assert_eq!(known.snapshot(&plan, &states(&plan, 5, "000120")), Applied::Changed(vec![0, 1, 2, 3, 4, 5]));
    assert_eq!((known.free(), known.free_of(0), known.free_of(1)), (4, 3, 1));
    assert_eq!(known.delta(&plan, &delta(5, 6, &[(0, 1), (5, 0)])), Applied::Changed(vec![0]));
    assert_eq!(known.free(), 3);
    assert_eq!(known.delta(&plan, &delta(3, 5, &[(0, 0)])), Applied::Known, "what is older tells nothing");
    assert_eq!(known.delta(&plan, &delta(8, 9, &[(0, 0)])), Applied::Gap);
    assert_eq!(known.delta(&plan, &delta(6, 8, &[(0, 2), (99, 1), (1, 9)])), Applied::Changed(vec![0, 1]));
    assert_eq!(known.snapshot(&plan, &states(&plan, 7, "000000")), Applied::Known);
    let mut other = states(&plan, 9, "000000");
    other.plan_version += 1;
    assert_eq!(known.snapshot(&plan, &other), Applied::OtherPlan);
}

#[test]
fn the_camera_sees_the_whole_house_and_keeps_what_is_under_the_pointer() {
    let plan = house(10, 20);
    let camera = Camera::fit(plan.bounds, SCREEN);
    let (left, top) = camera.to_screen((plan.bounds.left, plan.bounds.top));
    let (right, bottom) = camera.to_screen((plan.bounds.right, plan.bounds.bottom));
    assert!(left >= -0.5 && right <= 800.5 && top >= 59.5 && bottom <= 560.5, "{left} {top} {right} {bottom}");
    let pointer = (300.0, 200.0);
    let before = camera.to_plan(pointer);
    let after = camera.zoomed(3.0, pointer, (0.1, 100.0)).to_plan(pointer);
    assert!((before.0 - after.0).abs() < 1e-2 && (before.1 - after.1).abs() < 1e-2);
    let far = camera.moved(1e6, -1e6).kept(plan.bounds, SCREEN);
    let middle = far.to_plan(SCREEN.middle());
    assert!(middle.0 >= plan.bounds.left - 0.1 && middle.1 <= plan.bounds.bottom + 0.1, "the house stays in sight");
    let at = |disc: f64| Camera { scale: disc / (0.84 * 10.0), ..camera };
    assert_eq!(at(12.9).level(10.0), Level::Far);
    assert_eq!(at(13.1).level(10.0), Level::Letters);
    assert_eq!(at(24.1).level(10.0), Level::Numbers);
    assert!(Camera { scale: 2.1, ..camera }.closer_for_touch(10.0).is_some(), "21 px apart is too near for a finger");
    assert!(Camera { scale: 2.3, ..camera }.closer_for_touch(10.0).is_none());
}

#[test]
fn arrows_go_along_rows_and_between_them() {
    let plan = house(5, 5);
    let go = |from, to| next_towards(&plan, from, to, |_| true);
    assert_eq!(go(12, Direction::Left), Some(11));
    assert_eq!(go(12, Direction::Right), Some(13));
    assert_eq!(go(12, Direction::Up), Some(7));
    assert_eq!(go(12, Direction::Down), Some(17));
    assert_eq!(go(4, Direction::Right), None);
    assert_eq!(next_towards(&plan, 10, Direction::Right, |seat| seat > 12), Some(13), "gone seats are passed over");
}

#[test]
fn seats_are_chosen_up_to_the_most_and_counted() {
    let mut board = board(4, 6);
    for seat in 0..4 {
        assert_eq!(board.toggle(seat), Ok(()));
    }
    assert_eq!(board.toggle(4), Err(Refused::Full(4)));
    assert_eq!(board.choice.total(&board.plan).decimal(), "368.00");
    assert_eq!(board.toggle(3), Ok(()));
    board.delta(&delta(1, 2, &[(10, 1), (11, 2)]), 0.0);
    assert_eq!((board.toggle(10), board.toggle(11)), (Err(Refused::Held), Err(Refused::Gone)));
    board.hold(vec![0, 1]);
    assert_eq!((board.look(0), board.look(2), board.look(10)), (Look::Mine, Look::Chosen, Look::Held));
    assert_eq!(board.choice.chosen(), [2]);
    assert_eq!(board.hold(Vec::new()), vec![0, 1]);
}

#[test]
fn a_chosen_seat_that_is_lost_is_told_with_equal_ones() {
    let mut board = board(4, 6);
    board.choose_instead(&[1, 2]);
    let change = board.delta(&delta(1, 2, &[(2, 1)]), 0.0);
    assert_eq!((change.lost.as_slice(), change.wanted.as_slice()), ([2].as_slice(), [1, 2].as_slice()));
    assert_eq!(board.choice.chosen(), [1]);
    let instead = board.replacement(&change.wanted, &change.lost).expect("there are others");
    assert_eq!(instead, [0, 1], "side by side, and with a seat that was wanted");
    board.asking = true;
    assert!(board.delta(&delta(2, 3, &[(1, 1)]), 0.0).lost.is_empty(), "while the server is asked it may be us");
    board.asking = false;
    assert_eq!(board.lose().0, [1]);
}

#[test]
fn a_replacement_has_the_same_price_and_is_whole() {
    let plan = house(4, 4);
    assert_eq!(replacement(&plan, &[0, 1], &[1], |seat| seat >= 8), None, "cheaper seats are not equal");
    assert_eq!(replacement(&plan, &[0, 1], &[1], |seat| seat == 0 || seat == 6), Some(vec![0, 6]));
    assert_eq!(replacement(&plan, &[0, 8], &[0], |seat| seat == 5 || seat == 8), Some(vec![8, 5]));
}

#[test]
fn blocks_are_whole_near_and_leave_no_lone_seat() {
    let plan = house(4, 6);
    let block = block_near(&plan, 2, (0.0, 0.0), |seat| !(6..12).contains(&seat));
    assert_eq!(block, Some(vec![0, 1]));
    let beside = block_near(&plan, 2, (10.0, 0.0), |seat| seat < 3 || (12..18).contains(&seat));
    assert_eq!(beside, Some(vec![12, 13]), "two of three would leave one alone");
    assert_eq!(block_near(&plan, 7, (0.0, 0.0), |_| true), None);
}

#[test]
fn a_link_names_seats_and_is_read_with_care() {
    let plan = house(3, 3);
    assert_eq!(link::encoded(&plan, [0, 4].into_iter()), "1-1,2-2");
    assert_eq!(link::decoded(&plan, "2-2, 1-1,2-2,9-9,"), (vec![4, 0], 1));
}

#[test]
fn taps_come_closer_and_picks_are_what_is_meant() {
    let mut board = board(40, 60);
    let seat = 1_230;
    let at = board.camera().to_screen(board.plan.at(seat));
    assert_eq!(board.pick(at, 9.0), Some(seat));
    assert!(board.camera().closer_for_touch(board.plan.pitch).is_some());
    board.still = true;
    board.come_closer(at, 0.0);
    let near = board.camera().to_screen(board.plan.at(seat));
    assert!(board.camera().closer_for_touch(board.plan.pitch).is_none());
    assert!((near.0 - 400.0).abs() < 2.0, "what was tapped is in the middle: {near:?}");
    assert_eq!(board.pick((near.0 + 500.0, near.1 - 900.0), 9.0), None);
    board.fit(0.0);
    board.show(seat, 0.0);
    assert!(board.level() > Level::Far, "what the keyboard is on can be read");
}

proptest! {
    #[test]
    fn the_grid_finds_what_a_look_at_all_finds(
        at in prop::collection::vec((0.0_f32..500.0, 0.0_f32..300.0), 1..200),
        point in (-200.0_f32..700.0, -200.0_f32..500.0),
        reach in 1.0_f32..400.0,
    ) {
        let grid = super::Grid::of(&at);
        let far = |seat: u32| super::plan::distance(point, at[seat as usize]);
        let found = grid.nearest(&at, point, reach, |seat| seat % 3 != 0);
        let all = (0..u32::try_from(at.len()).unwrap_or(0)).filter(|seat| seat % 3 != 0 && far(*seat) <= reach);
        let best = all.min_by(|a, b| far(*a).total_cmp(&far(*b)));
        prop_assert_eq!(found.map(far), best.map(far));
        let part = super::Rect { left: point.0, top: point.1, right: point.0 + 90.0, bottom: point.1 + 70.0 };
        let within: Vec<u32> = grid.within(part).collect();
        for (seat, (x, y)) in (0_u32..).zip(&at) {
            if (part.left..=part.right).contains(x) && (part.top..=part.bottom).contains(y) {
                prop_assert!(within.contains(&seat));
            }
        }
    }

    #[test]
    fn deltas_in_any_pieces_lead_to_the_same_states(
        changes in prop::collection::vec((0_u32..24, 0_u8..4), 1..60),
        cuts in prop::collection::vec(1_usize..5, 1..60),
    ) {
        let plan = house(4, 6);
        let mut live = States::unknown(&plan);
        live.snapshot(&plan, &states(&plan, 0, &"0".repeat(24)));
        let mut digits = vec![b'0'; 24];
        for (seat, digit) in &changes {
            digits[*seat as usize] = b'0' + digit;
        }
        let (mut rest, mut version) = (changes.as_slice(), 0);
        for cut in cuts.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (piece, after) = rest.split_at((*cut).min(rest.len()));
            live.delta(&plan, &delta(version, version + 1, piece));
            (rest, version) = (after, version + 1);
        }
        let mut told = States::unknown(&plan);
        told.snapshot(&plan, &states(&plan, version, std::str::from_utf8(&digits).unwrap_or_default()));
        prop_assert_eq!(live, told);
    }

    #[test]
    fn replacements_are_free_equal_and_distinct(
        free in prop::collection::btree_set(0_u32..60, 0..50),
        first in 0_u32..50,
        count in 1_u32..5,
        gone_at in 0_u32..5,
    ) {
        let plan = house(6, 10);
        let choice: Vec<u32> = (first..(first + count).min(60)).collect();
        let gone = vec![choice[(gone_at as usize) % choice.len()]];
        let is_free = |seat: u32| free.contains(&seat);
        if let Some(instead) = replacement(&plan, &choice, &gone, is_free) {
            prop_assert_eq!(instead.len(), choice.len());
            let mut distinct = instead.clone();
            distinct.sort_unstable();
            distinct.dedup();
            prop_assert_eq!(distinct.len(), instead.len());
            prop_assert!(instead.iter().all(|seat| !gone.contains(seat) && (is_free(*seat) || choice.contains(seat))));
            let price = |seats: &[u32]| seats.iter().map(|seat| plan.price(*seat).minor).sum::<i64>();
            prop_assert_eq!(price(&instead), price(&choice));
        }
    }

    #[test]
    fn dots_of_one_seat_are_those_of_the_whole(taken in prop::collection::btree_set(0_u32..24, 0..24), pitch in 3.0_f64..14.0) {
        let mut board = board(4, 6);
        let changes: Vec<(u32, u8)> = taken.iter().map(|seat| (*seat, 1 + u8::from(seat % 2 == 0))).collect();
        board.delta(&delta(1, 2, &changes), 0.0);
        let ink = super::Ink { categories: [[200, 10, 10]; 5], held: [9, 9, 9], sold: [120, 120, 120], plate: [255; 3] };
        let mut dots = super::Dots::new(&board.plan, pitch / 10.0);
        let (width, height) = board.plan.bounds.size();
        let size = ((f64::from(width) * pitch / 10.0) as i32 + 1, (f64::from(height) * pitch / 10.0) as i32 + 1);
        let whole = dots.tile(board.seen(), &ink, (0, 0, size.0, size.1));
        for seat in 0..24 {
            let one = dots.seat(board.seen(), &ink, seat);
            for row in 0..one.height {
                for column in 0..one.width {
                    let place = |pixel: i32| usize::try_from(pixel * 4).unwrap_or(usize::MAX);
                    let at = place(row * one.width + column);
                    let there = place((one.top + row) * whole.width + one.left + column);
                    let (drawn, below) = (&one.pixels[at..at + 3], &whole.pixels[there..there + 4]);
                    for channel in 0..3 {
                        let alpha = u32::from(below[3]);
                        let over = (u32::from(below[channel]) * alpha + 255 * (255 - alpha)) / 255;
                        prop_assert!(over.abs_diff(u32::from(drawn[channel])) <= 3, "seat {seat}: {over} {drawn:?}");
                    }
                }
            }
        }
    }
}
