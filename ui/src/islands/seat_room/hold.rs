//! Holding: asking the server, what it said, and what to do when somebody was faster or time ran out.

use super::load::resync;
use super::notice::{Notice, Remedy};
use super::room::{Busy, Holding, Room, now_ms};
use super::{countdown, kept, list, notice, tray};
use crate::api::{self, Failure, Method, sleep};
use crate::browser;
use crate::language::Language;
use crate::seats::{SeatNo, seat_name, short_names};
use leptos::task::spawn_local;
use onsale_core::api::booking::{ChangeReservation, Reservation, ReserveRequest, SeatChoice, Selection, TicketChoice};
use onsale_core::{EventId, ReservationId, ReservationStatus, SeatId};
use std::time::Duration;

/// When the states are asked for again after somebody was faster: what we took for gone may be free again.
const LOOK_AGAIN: Duration = Duration::from_secs(3);

/// What is chosen, as the API takes it.
fn wish(room: Room) -> Selection {
    let ids = |seats: &[SeatNo], id: &dyn Fn(SeatNo) -> String| {
        let ids = seats.iter().filter_map(|seat| SeatId::new(id(*seat)).ok());
        ids.map(|seat_id| SeatChoice { seat_id, ticket_type: None }).collect::<Vec<_>>()
    };
    let seats = room.look(|board| ids(board.choice.chosen(), &|seat| board.plan.id(seat).to_owned()));
    let tickets = room.with(|state| {
        let wanted = state.standing.iter().filter(|kind| kind.wanted > 0);
        wanted.map(|kind| TicketChoice { ticket_type: kind.code.clone(), quantity: kind.wanted }).collect()
    });
    Selection { seats: seats.unwrap_or_default(), tickets }
}

/// Holds what is chosen: by a new hold, or beside what is held already.
pub(super) fn hold(room: Room) {
    let wish = wish(room);
    if (wish.seats.is_empty() && wish.tickets.is_empty()) || room.is_busy() {
        return;
    }
    let Ok(event_id) = EventId::new(room.event()) else { return };
    let held = room.hold_id();
    spawn_local(async move {
        match held {
            Some(id) => add(room, id, wish).await,
            None => {
                // A request names seats or tickets; what is left is added to the hold.
                let Selection { seats, tickets } = wish;
                let (first, then) = if seats.is_empty() { (None, Vec::new()) } else { (Some(seats), tickets.clone()) };
                let at_once = first.is_none().then_some(tickets);
                let request = ReserveRequest { event_id, seats: first, tickets: at_once, best_available: None };
                reserve(room, request, Busy::Holding).await;
                if let Some(id) = room.hold_id().filter(|_| !then.is_empty()) {
                    add(room, id, Selection { seats: Vec::new(), tickets: then }).await;
                }
            }
        }
    });
}

/// Asks for a new hold.
pub(super) async fn reserve(room: Room, request: ReserveRequest, busy: Busy) {
    let outcome = asking(room, busy, api::line::reserve(&request)).await;
    took(room, outcome, false);
}

async fn add(room: Room, id: ReservationId, add: Selection) {
    let change = ChangeReservation { add: Some(add), remove: None };
    let path = format!("/api/bookings/reservations/{id}");
    let outcome = asking(room, Busy::Holding, api::effect(Method::Patch, &path, &change)).await;
    took(room, outcome, true);
}

/// While the server is asked, what it says of our seats to all is no news about them.
async fn asking<T>(room: Room, busy: Busy, call: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    tray::show_busy(room, Some(busy));
    room.change(|board| board.asking = true);
    let outcome = call.await;
    room.change(|board| board.asking = false);
    tray::show_busy(room, None);
    outcome
}

fn took(room: Room, outcome: Result<Reservation, Failure>, beside: bool) {
    match outcome {
        Ok(reservation) => {
            notice::show(room, None);
            let minutes =
                reservation.expires_in_ms.div_euclid(60_000) + i64::from(reservation.expires_in_ms % 60_000 > 0);
            has(room, &reservation);
            let language = room.language();
            let names = room.look(|board| short_names(language, &board.plan, board.choice.held())).unwrap_or_default();
            let said = if names.is_empty() { language.held(minutes) } else { language.held_these(&names, minutes) };
            room.say(said);
            let first = room.look(|board| board.choice.held().first().copied()).flatten();
            if let Some(seat) = first {
                list::follow(room, seat);
                room.change(|board| board.show_if_hidden(seat, now_ms()));
            }
        }
        Err(failure) => has_failed(room, &failure, beside),
    }
}

/// The server's word on what is held.
fn has(room: Room, reservation: &Reservation) {
    let event = room.event();
    if reservation.status != ReservationStatus::Active || reservation.expires_in_ms <= 0 {
        over(room);
        return;
    }
    kept::keep(&event, reservation.reservation_id);
    #[expect(clippy::cast_precision_loss, reason = "an hour at most")]
    let ends_ms = now_ms() + reservation.expires_in_ms as f64;
    room.change(|board| {
        let seats = reservation.seats.iter().filter_map(|seat| board.plan.find(seat.seat_id.as_str()));
        let seats = seats.collect();
        board.hold(seats);
    });
    let tickets = reservation.tickets.iter().map(|held| (held.ticket_type.clone(), held.quantity)).collect();
    let holding = Holding { id: reservation.reservation_id, ends_ms, total: reservation.total, tickets };
    room.update(|state| {
        state.holding = Some(holding);
        state.standing.iter_mut().for_each(|kind| kind.wanted = 0);
    });
    super::dom::all(".standing output").iter().for_each(|count| count.set_text_content(Some("0")));
    countdown::start(room);
    room.settle();
}

/// Nothing is held any more.
fn over(room: Room) -> Vec<SeatNo> {
    kept::forget(&room.event());
    room.update(|state| state.holding = None);
    let before = room.change(|board| board.hold(Vec::new())).unwrap_or_default();
    room.settle();
    before
}

fn has_failed(room: Room, failure: &Failure, beside: bool) {
    match failure.code() {
        Some("seats_unavailable") => somebody_was_faster(room, failure, beside),
        Some("no_adjacent_seats") => tell(room, room.language().not_together().to_owned()),
        Some("hold_expired") => expired(room),
        Some("not_admitted") => browser::go(&room.link(&format!("/events/{}/queue", room.event()))),
        _ if matches!(failure, Failure::SignedOut) => {
            // The address names what is chosen, so it is there again after signing in.
            browser::go(&room.link(&browser::with_way_back("/sign-in")));
        }
        _ => {
            let text = failure.words(room.language());
            room.say(String::new());
            notice::show(room, Some(&Notice::bad(text, failure.trace().map(str::to_owned))));
        }
    }
}

/// Says something that passes.
pub(super) fn tell(room: Room, text: String) {
    notice::show(room, Some(&Notice::info(text)));
}

/// 409: which seats went, and one button that holds what is free instead.
fn somebody_was_faster(room: Room, failure: &Failure, beside: bool) {
    let named = match failure {
        Failure::Problem { body, .. } => body.members.get("seats").and_then(|seats| seats.as_array()).cloned(),
        Failure::Lost | Failure::Unreadable | Failure::SignedOut => None,
    };
    let language = room.language();
    let told = room.change(|board| {
        let named = named.unwrap_or_default();
        let gone: Vec<SeatNo> = named.iter().filter_map(|id| board.plan.find(id.as_str()?)).collect();
        let chosen = board.choice.chosen().to_vec();
        // What the server picked was nobody's choice here.
        let wanted = if chosen.is_empty() { gone.clone() } else { chosen };
        board.take_for_gone(&gone);
        board.lose();
        let instead = board.replacement(&wanted, &gone);
        (
            short_names(language, &board.plan, &gone),
            instead.clone().map(|seats| (news(language, board, &wanted, &seats), seats)),
        )
    });
    let Some((gone, instead)) = told else { return };
    let free = instead.as_ref().map(|(names, _)| names.clone()).unwrap_or_default();
    let text = if beside { language.taken_beside(&gone, &free) } else { language.taken(&gone, &free) };
    let notice = Notice::warn(text);
    let notice = match instead {
        Some((_, seats)) => {
            let names = room.look(|board| short_names(language, &board.plan, &seats)).unwrap_or_default();
            notice.with(language.hold_these(&names), Remedy::Hold(seats))
        }
        None => notice,
    };
    notice::show(room, Some(&notice));
    room.settle();
    spawn_local(async move {
        sleep(LOOK_AGAIN).await;
        resync(room);
    });
}

/// The seats that were not chosen before.
fn news(language: Language, board: &crate::seats::Board, wanted: &[SeatNo], seats: &[SeatNo]) -> Vec<String> {
    let new: Vec<SeatNo> = seats.iter().copied().filter(|seat| !wanted.contains(seat)).collect();
    short_names(language, &board.plan, &new)
}

/// A chosen seat went to somebody else while the reader was choosing.
pub(super) fn tell_lost(room: Room, wanted: &[SeatNo], lost: &[SeatNo]) {
    let language = room.language();
    let told = room.look(|board| {
        let gone = short_names(language, &board.plan, lost);
        let instead = board.replacement(wanted, lost);
        let names = instead.as_ref().map(|seats| news(language, board, wanted, seats)).unwrap_or_default();
        let all = instead.as_ref().map(|seats| short_names(language, &board.plan, seats)).unwrap_or_default();
        (language.taken_meanwhile(&gone, &names), instead, all)
    });
    let Some((text, instead, names)) = told else { return };
    let notice = Notice::warn(text);
    notice::show(
        room,
        Some(&match instead {
            Some(seats) => notice.with(language.choose_these(&names), Remedy::Choose(seats)),
            None => notice,
        }),
    );
}

/// Takes what is gone out of the choice, and says so.
pub(super) fn drop_lost(room: Room) {
    let lost = room.change(crate::seats::Board::lose);
    if let Some((lost, wanted)) = lost.filter(|(lost, _)| !lost.is_empty()) {
        tell_lost(room, &wanted, &lost);
        room.settle();
    }
}

/// Gives one held seat back.
pub(super) fn give_back(room: Room, seat: SeatNo) {
    let Some(holding) = room.with(|state| state.holding.clone()) else { return };
    if room.is_busy() {
        return;
    }
    let alone = room.look(|board| board.choice.held().len() == 1) == Some(true) && holding.tickets.is_empty();
    if alone {
        give_all_back(room);
        return;
    }
    let id = room.look(|board| SeatId::new(board.plan.id(seat).to_owned()).ok()).flatten();
    let Some(seat_id) = id else { return };
    let language = room.language();
    spawn_local(async move {
        let seats = vec![SeatChoice { seat_id, ticket_type: None }];
        let remove = Some(Selection { seats, tickets: Vec::new() });
        let change = ChangeReservation { add: None, remove };
        let path = format!("/api/bookings/reservations/{}", holding.id);
        let outcome: Result<Reservation, _> =
            asking(room, Busy::GivingBack, api::effect(Method::Patch, &path, &change)).await;
        match outcome {
            Ok(reservation) => {
                has(room, &reservation);
                let name = room.look(|board| seat_name(language, &board.plan, seat)).unwrap_or_default();
                room.say(language.given_back(&name));
            }
            Err(failure) => has_failed(room, &failure, true),
        }
    });
}

/// Gives the whole hold back.
pub(super) fn give_all_back(room: Room) {
    let Some(holding) = room.with(|state| state.holding.clone()) else { return };
    if room.is_busy() {
        return;
    }
    spawn_local(async move {
        let path = format!("/api/bookings/reservations/{}", holding.id);
        let outcome: Result<(), _> = asking(room, Busy::GivingBack, api::effect(Method::Delete, &path, &())).await;
        match outcome {
            Ok(()) => {
                over(room);
                notice::show(room, None);
                room.say(room.language().given_all_back().to_owned());
            }
            Err(failure) => has_failed(room, &failure, true),
        }
    });
}

/// After a reload: what this browser remembers, if the server still says so.
pub(super) async fn restore(room: Room, id: Option<ReservationId>) {
    let Some(id) = id else { return };
    match api::get_mine::<Reservation>(&format!("/api/bookings/reservations/{id}")).await {
        Ok(reservation) => has(room, &reservation),
        // Whoever signs in again finds it again.
        Err(Failure::SignedOut | Failure::Lost) => {}
        Err(_) => kept::forget(&room.event()),
    }
    drop_lost(room);
}

/// The clock says that time is over; the server knows.
pub(super) fn ask_whether_over(room: Room) {
    let Some(holding) = room.with(|state| state.holding.clone()) else { return };
    spawn_local(async move {
        match api::get_mine::<Reservation>(&format!("/api/bookings/reservations/{}", holding.id)).await {
            Ok(reservation) if reservation.status == ReservationStatus::Active && reservation.expires_in_ms > 0 => {
                has(room, &reservation);
            }
            // It is being paid for: the order's page tells how that went.
            Ok(reservation) if reservation.status == ReservationStatus::Confirmed => {
                over(room);
            }
            _ => expired(room),
        }
    });
}

/// The hold is over. What was held is offered again, as far as it is free.
fn expired(room: Room) {
    let language = room.language();
    let before = over(room);
    let notice = Notice::warn(language.expired(true).to_owned());
    let again = room.look(|board| {
        let gone: Vec<SeatNo> = before.iter().copied().filter(|seat| !may_come_back(board, *seat)).collect();
        let seats = if gone.is_empty() { Some(before.clone()) } else { board.replacement(&before, &gone) };
        seats.filter(|seats| !seats.is_empty()).map(|seats| (short_names(language, &board.plan, &seats), seats))
    });
    notice::show(
        room,
        Some(&match again.flatten() {
            Some((names, seats)) => notice.with(language.hold_these(&names), Remedy::Hold(seats)),
            None => notice,
        }),
    );
    resync(room);
}

/// What was the reader's own a moment ago is shown as held until the next change is told.
fn may_come_back(board: &crate::seats::Board, seat: SeatNo) -> bool {
    !matches!(board.look(seat), crate::seats::Look::Gone)
}
