//! What a batch's members come to, without a database.

use chrono::{DateTime, TimeDelta, Utc};
use onsale_booking::domain::allocate::apply;
use onsale_booking::domain::command::{BeginPayment, Change, Command, Rejected, Reserve};
use onsale_booking::domain::rows::{Cost, Rows, SeatNo, SeatRow};
use onsale_core::{OrderId, PaymentId, ReservationId, TicketId, UserId};
use uuid::Uuid;

const EVENT: i32 = 1;
const ACCOUNT: UserId = UserId(Uuid::nil());

fn start() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH
}

/// Twenty free seats.
fn rows() -> Rows {
    let mut rows = Rows::default();
    rows.seats.extend((0..20).map(|seat| ((EVENT, seat), SeatRow::free(start()))));
    rows
}

fn free_of_charge() -> Cost {
    Cost { total: 0, promo_code: None }
}

/// A hold of ten minutes; nobody may have more than four tickets.
fn hold(id: u128, seats: &[SeatNo]) -> Command {
    Command::Reserve(Reserve {
        reservation: ReservationId(Uuid::from_u128(id)),
        event: EVENT,
        offer_version: 1,
        account: ACCOUNT,
        seats: seats.iter().map(|seat| (*seat, 0)).collect(),
        tickets: Vec::new(),
        draws: Vec::new(),
        cost: free_of_charge(),
        hold_seconds: 600,
        account_max: Some(4),
    })
}

fn change(id: u128, from_version: i32, seats: &[SeatNo]) -> Command {
    Command::Change(Change {
        reservation: ReservationId(Uuid::from_u128(id)),
        event: EVENT,
        account: ACCOUNT,
        from_version,
        seats: seats.iter().map(|seat| (*seat, 0)).collect(),
        tickets: Vec::new(),
        draws: Vec::new(),
        cost: free_of_charge(),
        account_max: Some(4),
    })
}

#[test]
fn an_overdue_hold_that_is_given_back_makes_no_room_beyond_the_limit() {
    let mut rows = rows();
    apply(&mut rows, &hold(1, &[0, 1, 2, 3]), start()).expect("four are allowed");
    let later = start() + TimeDelta::seconds(601);
    // What PostgreSQL counts at that time.
    rows.used.insert((EVENT, ACCOUNT), 0);
    let release = Command::Release { reservation: ReservationId(Uuid::from_u128(1)), account: ACCOUNT };
    apply(&mut rows, &release, later).expect("what is over may be given back");
    let eight = apply(&mut rows, &hold(2, &[0, 1, 2, 3, 4, 5, 6, 7]), later);
    assert_eq!(eight, Err(Rejected::LimitReached { limit: 4, used: 0 }));
    apply(&mut rows, &hold(3, &[0, 1, 2, 3]), later).expect("four are allowed");
}

#[test]
fn a_hold_in_time_that_is_given_back_makes_room() {
    let mut rows = rows();
    apply(&mut rows, &hold(1, &[0, 1, 2, 3]), start()).expect("four are allowed");
    let release = Command::Release { reservation: ReservationId(Uuid::from_u128(1)), account: ACCOUNT };
    apply(&mut rows, &release, start()).expect("given back");
    apply(&mut rows, &hold(2, &[4, 5, 6, 7]), start()).expect("four are allowed");
}

#[test]
fn a_hold_that_was_changed_meanwhile_is_not_sold_with_the_tickets_of_before() {
    let mut rows = rows();
    apply(&mut rows, &hold(1, &[0]), start()).expect("held");
    apply(&mut rows, &change(1, 1, &[0, 1]), start()).expect("changed");
    let begin = |from_version: i32, tickets: u128| {
        Command::BeginPayment(BeginPayment {
            reservation: ReservationId(Uuid::from_u128(1)),
            account: ACCOUNT,
            from_version,
            order: OrderId(Uuid::from_u128(10)),
            order_number: String::new(),
            attempt: PaymentId(Uuid::from_u128(11)),
            method: String::new(),
            payment_token: None,
            return_url: None,
            asked_under: None,
            expected_total: None,
            window_seconds: 900,
            ticket_ids: (0..tickets).map(|ticket| TicketId(Uuid::from_u128(20 + ticket))).collect(),
            ticket_prices: (0..tickets).map(|_| 0).collect(),
        })
    };
    assert_eq!(apply(&mut rows, &begin(1, 1), start()), Err(Rejected::VersionConflict));
    apply(&mut rows, &begin(2, 2), start()).expect("sold");
    assert_eq!(rows.reservations[&ReservationId(Uuid::from_u128(1))].issued.len(), 2, "a ticket a seat");
    let again = apply(&mut rows, &begin(2, 2), start()).expect("sent again it stands");
    assert!(!again.changed);
}

#[test]
fn a_change_that_stands_already_is_known_again_when_its_answer_was_lost() {
    let mut rows = rows();
    apply(&mut rows, &hold(1, &[0]), start()).expect("held");
    apply(&mut rows, &change(1, 1, &[0, 1]), start()).expect("changed");
    assert_eq!(apply(&mut rows, &change(1, 1, &[0, 1]), start()), Err(Rejected::VersionConflict));
    rows.again = true;
    let again = apply(&mut rows, &change(1, 1, &[0, 1]), start()).expect("it stands");
    assert!(!again.changed && again.facts.is_empty());
    assert_eq!(apply(&mut rows, &change(1, 1, &[0, 2]), start()), Err(Rejected::VersionConflict));
}
