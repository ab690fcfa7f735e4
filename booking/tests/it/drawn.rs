//! Commands drawn by chance, the likely next one of a hold's life more often than one that makes no sense.

use onsale_booking::domain::command::{BeginPayment, Cancel, Change, Command, Reserve};
use onsale_booking::domain::life::{Event, Places, Saga};
use onsale_booking::domain::rows::{Cost, Draw, HeldTickets, ReservationRow};
use onsale_core::{OrderId, PaymentId, ReservationId, TicketId, TicketStatus, UserId};
use proptest::prelude::*;
use uuid::Uuid;

/// The event's number in a fresh database.
pub(crate) const EVENT: i32 = 1;
/// The seats that are wanted.
pub(crate) const SEATS: i32 = 5;
/// How many may stand.
pub(crate) const STANDING: i64 = 4;
/// What a ticket costs, in minor units.
const PRICE: i64 = 5_100;
/// The ticket types of the test's offer.
const ADULT: i16 = 0;
const STANDING_KIND: i16 = 3;
/// The kinds of commands about a hold.
const KINDS: u8 = 17;

/// An id of its own for each use of a drawn number.
fn id(drawn: u64, place: u128) -> Uuid {
    Uuid::from_u128((u128::from(drawn) << 64) | place)
}

fn account(number: u8) -> UserId {
    UserId(Uuid::from_u128(0xacc0_0000 + u128::from(number)))
}

fn seats() -> impl Strategy<Value = Vec<i32>> {
    prop::sample::subsequence((0..SEATS).collect::<Vec<_>>(), 0..=3)
}

/// A command: a new hold, or something about one of these.
pub(crate) fn command(holds: Vec<ReservationRow>) -> BoxedStrategy<Command> {
    let reserve = (any::<u64>().no_shrink(), 0_u8..4, seats(), 0_i32..3, any::<bool>(), prop::option::of(3_i64..6))
        .prop_map(|(drawn, who, seats, standing, is_free, account_max)| {
            reserve(drawn, who, &seats, standing, is_free, account_max)
        });
    if holds.is_empty() {
        return reserve.boxed();
    }
    let about = (prop::sample::select(holds), 0..KINDS, any::<u64>().no_shrink(), seats(), prop::bool::weighted(0.6))
        .prop_map(|(row, kind, drawn, seats, is_likely)| {
            let kind = if is_likely { likely(&row, kind) } else { kind };
            about(&row, kind, drawn, seats)
        });
    prop_oneof![3 => reserve, 8 => about].boxed()
}

fn reserve(drawn: u64, who: u8, seats: &[i32], standing: i32, is_free: bool, account_max: Option<i64>) -> Command {
    let standing = if seats.is_empty() { standing.max(1) } else { standing };
    let count = i64::from(standing) + i64::try_from(seats.len()).unwrap_or(0);
    Command::Reserve(Reserve {
        reservation: ReservationId(id(drawn, 0)),
        event: EVENT,
        offer_version: 1,
        account: account(who),
        seats: seats.iter().map(|seat| (*seat, ADULT)).collect(),
        tickets: standing_tickets(standing),
        draws: standing_draws(standing),
        cost: Cost { total: if is_free { 0 } else { PRICE * count }, promo_code: None },
        hold_seconds: 600,
        account_max,
    })
}

fn standing_tickets(quantity: i32) -> Vec<HeldTickets> {
    if quantity > 0 { vec![HeldTickets { kind: STANDING_KIND, quantity }] } else { Vec::new() }
}

fn standing_draws(quantity: i32) -> Vec<Draw> {
    if quantity > 0 { vec![Draw { kind: Some(STANDING_KIND), stock: 0, quantity }] } else { Vec::new() }
}

/// What may well happen next to a hold: `any` chooses among it.
fn likely(row: &ReservationRow, any: u8) -> u8 {
    let next: &[u8] = match row.life.order.as_ref().map(|order| &order.saga) {
        None => &[0, 1, 1, 1, 2, 3],
        Some(Saga::Authorising) => &[4, 4, 4, 5, 5, 6, 6, 17],
        Some(Saga::AwaitingPayer) => &[4, 6, 7, 9, 17],
        Some(Saga::Open) => &[0, 1, 1, 2, 9, 17],
        Some(Saga::Capturing) => &[9, 9, 9, 10, 17],
        Some(Saga::Voiding) => &[8, 8, 9, 17],
        Some(Saga::Refunding { .. }) => &[12, 13],
        Some(Saga::Settled) => &[9, 11, 14, 15, 16],
    };
    next[usize::from(any) % next.len()]
}

fn about(row: &ReservationRow, kind: u8, drawn: u64, seats: Vec<i32>) -> Command {
    let reservation = row.id;
    let attempt = row.life.order.as_ref().map_or(PaymentId(id(drawn, 1)), |order| order.attempt);
    let refund = match row.life.order.as_ref().map(|order| &order.saga) {
        Some(Saga::Refunding { refund, .. }) => *refund,
        _ => id(drawn, 2),
    };
    let happened = |event| happened(row, drawn, event);
    match kind {
        0 => change(row, seats),
        1 => begin(row, drawn),
        2 => Command::Release { reservation, account: row.account },
        3 => happened(Event::Expire),
        4 => happened(Event::Authorised { attempt, rows_ours: true }),
        5 => happened(Event::ActionRequired { attempt }),
        6 => happened(Event::Declined { attempt }),
        7 => happened(Event::WindowEnded { attempt }),
        8 => happened(Event::Voided { attempt }),
        9 => happened(Event::Captured { attempt, refund: id(drawn, 3), places: Places::Gone }),
        10 => happened(Event::CaptureFailed { attempt }),
        11 => cancel(row, drawn, seats.len()),
        12 => happened(Event::Refunded { refund }),
        13 => happened(Event::RefundFailed { refund, next: id(drawn, 4) }),
        14 => happened(Event::Processing),
        15 => happened(Event::Delivered),
        17 => happened(Event::GiveUp),
        // Something about another attempt, or by somebody else.
        _ if drawn.is_multiple_of(2) => {
            happened(Event::Authorised { attempt: PaymentId(id(drawn, 1)), rows_ours: true })
        }
        _ => Command::Release { reservation, account: account(9) },
    }
}

/// As many ids and prices as the hold makes tickets.
fn tickets(row: &ReservationRow, drawn: u64) -> (Vec<TicketId>, Vec<i64>) {
    let count = usize::try_from(row.quantity()).unwrap_or(0);
    let price = if row.cost.total == 0 { 0 } else { PRICE };
    ((0..).take(count).map(|n: u128| TicketId(id(drawn, 100 + n))).collect(), vec![price; count])
}

fn happened(row: &ReservationRow, drawn: u64, event: Event) -> Command {
    let (ticket_ids, ticket_prices) = tickets(row, drawn);
    let note = (drawn.is_multiple_of(3)).then(|| "https://bank.example".to_owned().into());
    Command::Happened { reservation: row.id, event, ticket_ids, ticket_prices, note }
}

fn change(row: &ReservationRow, seats: Vec<i32>) -> Command {
    let seats = if seats.is_empty() { vec![0] } else { seats };
    let standing = row.tickets.iter().map(|held| held.quantity).sum::<i32>();
    let count = i64::from(standing) + i64::try_from(seats.len()).unwrap_or(0);
    Command::Change(Change {
        reservation: row.id,
        event: EVENT,
        account: row.account,
        from_version: row.counts.version,
        seats: seats.into_iter().map(|seat| (seat, ADULT)).collect(),
        tickets: standing_tickets(standing),
        draws: standing_draws(standing),
        cost: Cost { total: if row.cost.total == 0 { 0 } else { PRICE * count }, promo_code: None },
        account_max: Some(5),
    })
}

fn begin(row: &ReservationRow, drawn: u64) -> Command {
    let (ticket_ids, ticket_prices) = tickets(row, drawn);
    Command::BeginPayment(BeginPayment {
        reservation: row.id,
        account: row.account,
        from_version: row.counts.version,
        order: OrderId(id(drawn, 5)),
        order_number: format!("{drawn:016x}"),
        attempt: PaymentId(id(drawn, 6)),
        method: "CREDIT_CARD".to_owned(),
        payment_token: (drawn.is_multiple_of(2)).then(|| "pm_card".to_owned()),
        return_url: None,
        asked_under: None,
        expected_total: (drawn.is_multiple_of(5)).then_some(PRICE),
        window_seconds: 900,
        ticket_ids,
        ticket_prices,
    })
}

/// Gives so many of the good tickets back, all of them where none are named, at the price or for nothing.
fn cancel(row: &ReservationRow, drawn: u64, count: usize) -> Command {
    let good = row.issued.iter().filter(|ticket| ticket.status == TicketStatus::Valid);
    let count = if count == 0 { usize::MAX } else { count };
    let given_back = |price: i64| if drawn.is_multiple_of(4) { 0 } else { price };
    let tickets = good.take(count).map(|ticket| (ticket.id, given_back(ticket.price))).collect();
    Command::Cancel(Cancel { reservation: row.id, refund: id(drawn, 7), tickets })
}

/// The hold that a command is about.
pub(crate) fn hold_of(command: &Command) -> ReservationId {
    match command {
        Command::Reserve(reserve) => reserve.reservation,
        Command::Change(change) => change.reservation,
        Command::BeginPayment(begin) => begin.reservation,
        Command::Release { reservation, .. } | Command::Happened { reservation, .. } => *reservation,
        Command::Cancel(cancel) => cancel.reservation,
    }
}

/// What the database calls a saga's state.
pub(crate) fn saga_name(saga: &Saga) -> &'static str {
    match saga {
        Saga::Authorising => "AUTHORISING",
        Saga::AwaitingPayer => "AWAITING_PAYER",
        Saga::Open => "OPEN",
        Saga::Capturing => "CAPTURING",
        Saga::Voiding => "VOIDING",
        Saga::Refunding { .. } => "REFUNDING",
        Saga::Settled => "SETTLED",
    }
}
