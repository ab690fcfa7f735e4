//! Halls: what is drawn comes to stand as the rule says, changes can be taken back, and problems are found.

use onsale_core::hall::{
    Block, Category, From, Hall, History, Labels, Laid, Marking, Part, ProblemKind, SeatRef, Shape, Spot, Standing,
    Step, drawn_from, problems, snapped,
};
use proptest::prelude::*;

fn part(shape: Shape, at: Spot) -> Part {
    Part { number: 0, name: Some("Stalls".to_owned()), at, turn: 0.0, shape, beside: String::new() }
}

fn hall_of(blocks: Vec<(Block, Spot)>) -> Hall {
    let mut hall = Hall::new("Teatro", "A");
    for (block, at) in blocks {
        hall.add(part(Shape::Block(block), at)).expect("room for a part");
    }
    hall
}

fn curved(rows: u32, seats: u32) -> Block {
    Block { curve: 80.0, aisles_after: vec![seats / 2], ..Block::new(rows, seats, Some("A".to_owned())) }
}

fn kinds(hall: &Hall) -> Vec<ProblemKind> {
    problems(hall).into_iter().map(|problem| problem.kind).collect()
}

prop_compose! {
    fn any_block()(
        rows in 1_u32..20, seats in 1_u32..30, more in 0_i32..3, curve in prop_oneof![Just(0.0), 1.0..120.0_f64],
        from in prop_oneof![Just(From::Left), Just(From::Right), Just(From::Centre)],
        step in prop_oneof![Just(Step::Every), Just(Step::Odd), Just(Step::Even)],
        numbers in any::<bool>(), from_back in any::<bool>(), aisle in 1_u32..30, first_number in 1_u32..50,
    ) -> Block {
        Block {
            more_per_row: more, curve, from, step, from_back, first_number, aisles_after: vec![aisle],
            labels: if numbers { Labels::Numbers } else { Labels::Letters },
            ..Block::new(rows, seats, Some("A".to_owned()))
        }
    }
}

proptest! {
    #[test]
    fn no_rule_gives_a_number_twice_or_lets_seats_overlap(block in any_block()) {
        let hall = hall_of(vec![(block, Spot::new(12.0, 30.0))]);
        prop_assert_eq!(problems(&hall), vec![]);
        let plan = hall.plan();
        prop_assert_eq!(plan.seats().count(), hall.seat_count());
        for placed in plan.seats() {
            let at = placed.seat.position;
            prop_assert!((0.0..=plan.width).contains(&at.x) && (0.0..=plan.height).contains(&at.y), "{:?}", at);
        }
    }

    #[test]
    fn neighbours_keep_their_distance_along_the_arc(block in any_block()) {
        let spacing = block.seat_spacing;
        let laid = Laid::of(&part(Shape::Block(block), Spot::default()));
        for row in &laid.rows {
            for pair in row.seats.windows(2).filter(|pair| !pair[1].gap_before) {
                let apart = pair[0].at.apart(pair[1].at);
                // A chord is never longer than its arc, and hardly shorter between neighbours.
                prop_assert!(apart <= spacing + 1e-9 && apart > 0.8 * spacing, "{} {}", row.label, apart);
            }
        }
    }

    #[test]
    fn a_mirrored_block_is_its_mirror_image_and_twice_mirrored_the_same(block in any_block(), turn in -90.0..90.0_f64) {
        let mut hall = Hall::new("Teatro", "A");
        let drawn = Part { turn, ..part(Shape::Block(Block { more_per_row: 0, ..block }), Spot::new(7.0, 9.0)) };
        let number = hall.add(drawn).expect("room");
        hall.mark(&[SeatRef { part: number, row: 0, place: 0 }], &Marking { accessible: Some(true), ..Marking::default() });
        let before = hall.clone();
        hall.mirror(&[number]);
        let (left, right) = (Laid::of(before.part(number).expect("there")), Laid::of(hall.part(number).expect("there")));
        for (a, b) in left.rows.iter().zip(&right.rows) {
            for (a, b) in a.seats.iter().zip(b.seats.iter().rev()) {
                prop_assert!((a.at.x - 7.0 + b.at.x - 7.0).abs() < 1e-6 && (a.at.y - b.at.y).abs() < 1e-6);
                prop_assert_eq!(a.kind, b.kind);
                if !matches!(before.part(number).map(|part| &part.shape), Some(Shape::Block(Block { from: From::Centre, .. }))) {
                    prop_assert_eq!(&a.column, &b.column);
                }
            }
        }
        hall.mirror(&[number]);
        prop_assert_eq!(Laid::of(hall.part(number).expect("there")).rows.len(), left.rows.len());
        let twice = Laid::of(hall.part(number).expect("there"));
        for (a, b) in left.seats().zip(twice.seats()) {
            prop_assert!(a.at.apart(b.at) < 1e-6 && a.id == b.id);
        }
    }

    #[test]
    fn a_hall_is_the_same_after_it_was_kept_as_json(block in any_block(), x in -1e5..1e5_f64, y in -1e5..1e5_f64) {
        let hall = hall_of(vec![(block, Spot::new(x, y))]);
        let text = serde_json::to_string(&hall).expect("JSON");
        prop_assert_eq!(serde_json::from_str::<Hall>(&text).expect("a hall"), hall);
    }
}

#[test]
fn any_changes_are_taken_back_and_done_again() {
    let mut hall = hall_of(vec![(curved(3, 8), Spot::default())]);
    let (mut history, mut seen) = (History::default(), vec![hall.clone()]);
    let mut act = |hall: &mut Hall, write: &dyn Fn(&mut Hall)| {
        history.push(hall.clone(), None);
        write(hall);
        seen.push(hall.clone());
    };
    act(&mut hall, &|hall| hall.shift(&[2], Spot::new(4.0, 5.0)));
    act(&mut hall, &|hall| drop(hall.copy(&[2], Spot::new(100.0, 0.0))));
    act(&mut hall, &|hall| hall.mirror(&[2, 3]));
    act(&mut hall, &|hall| {
        hall.mark(&[SeatRef { part: 3, row: 1, place: 2 }], &Marking { gone: true, ..Marking::default() });
    });
    act(&mut hall, &|hall| hall.remove(&[2]));
    for before in seen.iter().rev().skip(1) {
        hall = history.undo(&hall).expect("a step");
        assert_eq!(&hall, before);
    }
    assert!(!history.can_undo() && history.undo(&hall).is_none());
    for after in &seen[1..] {
        hall = history.redo(&hall).expect("a step");
        assert_eq!(&hall, after);
    }
    assert!(!history.can_redo());
}

#[test]
fn what_is_typed_into_one_field_is_one_step() {
    let (mut history, mut hall) = (History::default(), hall_of(vec![(curved(3, 8), Spot::default())]));
    let first = hall.clone();
    for rows in [1, 12, 120] {
        history.push(hall.clone(), Some("2 rows"));
        hall.change(2, |part| {
            if let Shape::Block(block) = &mut part.shape {
                block.rows = rows;
            }
        });
    }
    assert_eq!(history.undo(&hall), Some(first));
    assert!(!history.can_undo());
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    assert_eq!(kinds(&Hall::new("Teatro", "A")), [ProblemKind::Empty]);
    let hall = hall_of(vec![(curved(3, 8), Spot::default()), (curved(3, 8), Spot::new(1.0, 0.0))]);
    let found = problems(&hall);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].kind, found[0].part, found[0].count), (ProblemKind::Overlap, Some(3), 24));

    let mut hall = hall_of(vec![(Block { category: None, ..curved(2, 4) }, Spot::default())]);
    hall.categories.push(Category { name: "A".to_owned(), color: None });
    let standing = Shape::Standing(Standing { width: 50.0, height: 30.0, capacity: 0 });
    hall.add(part(standing, Spot::new(0.0, 200.0)));
    assert_eq!(kinds(&hall), [ProblemKind::CategoryTwice, ProblemKind::NoCategory, ProblemKind::NoCapacity]);

    let mut hall = hall_of(vec![(curved(2, 4), Spot::default())]);
    let placed = hall.part(2).expect("there").placed();
    hall.change(2, |part| *part = placed.clone());
    hall.change(2, |part| {
        if let Shape::Seats(seats) = &mut part.shape {
            seats.rows[1].seats[0].column = seats.rows[1].seats[1].column.clone();
            seats.rows[0].seats[0].id = "not an id".to_owned();
            seats.rows[0].seats[1].category = "Nowhere".to_owned();
        }
    });
    let found = problems(&hall);
    assert_eq!(kinds(&hall), [ProblemKind::NumberTwice, ProblemKind::BadId, ProblemKind::UnknownCategory]);
    assert_eq!((found[0].row.as_str(), found[0].about.as_str()), ("B", "2"));
}

#[test]
fn a_plan_is_drawn_on_with_the_same_seats() {
    let mut hall = hall_of(vec![(curved(12, 30), Spot::default()), (curved(4, 10), Spot::new(0.0, 200.0))]);
    hall.add(part(Shape::Standing(Standing { width: 80.0, height: 30.0, capacity: 250 }), Spot::new(0.0, 300.0)));
    hall.mark(&[SeatRef { part: 2, row: 3, place: 4 }], &Marking { companion: Some(true), ..Marking::default() });
    let plan = hall.plan();
    assert_eq!(plan.areas[0].capacity, Some(250));
    assert_eq!(plan.seats().filter(|placed| placed.seat.companion).count(), 1);
    let again = drawn_from(&plan).plan();
    assert_eq!(again.zones, plan.zones);
    assert_eq!((again.areas, again.focal_point), (plan.areas, plan.focal_point));
}

#[test]
fn twenty_thousand_seats_are_looked_at_in_a_moment() {
    let hall = hall_of(vec![(Block { curve: 120.0, ..curved(100, 200) }, Spot::default())]);
    assert_eq!(hall.seat_count(), 20_000);
    assert_eq!(problems(&hall), []);
    assert_eq!(hall.plan().seats().count(), 20_000);
    assert_eq!(hall.beyond(), []);
}

#[test]
fn a_hall_has_bounds() {
    let beyond = |block: Block| {
        hall_of(vec![(block, Spot::default())]).beyond().into_iter().map(|one| one.field).collect::<Vec<_>>()
    };
    assert_eq!(beyond(Block::new(1_001, 10, None)), ["parts[1].shape.block.rows"]);
    assert_eq!(beyond(Block::new(10, 1_001, None)), ["parts[1].shape.block.seats"]);
    assert_eq!(beyond(Block::new(100, 1_000, None)), ["parts"]);
    assert_eq!(beyond(Block { more_per_row: -2, ..Block::new(10, 10, None) }), ["parts[1].shape.block.seats"]);
    let mut hall = hall_of(vec![(curved(2, 2), Spot::default())]);
    hall.next = 2;
    assert_eq!(hall.beyond().len(), 1, "a number that is given again");
    let far = r#"{"name":"H","categories":[],"next":2,"parts":[{"number":1,"at":{"x":1e400,"y":0},"shape":{"label":{"height":3}}}]}"#;
    assert!(serde_json::from_str::<Hall>(far).is_err());
}

#[test]
fn parts_are_caught_by_others_and_by_the_grid() {
    let hall = hall_of(vec![(curved(2, 4), Spot::new(50.0, 80.0))]);
    assert_eq!(snapped(&hall, &[], Spot::new(48.5, 33.2), 2.5, 2.0), (Spot::new(50.0, 32.5), [true, false]));
    assert_eq!(snapped(&hall, &[2], Spot::new(48.5, 33.2), 2.5, 2.0), (Spot::new(47.5, 32.5), [false, false]));
}
