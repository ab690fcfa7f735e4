//! Whose turn it is: the map, choosing, losing a seat to somebody faster and choosing again, holding.

use super::buyer::{Buyer, Connected, NEVER};
use super::lines::ask;
use super::pay;
use crate::client::request;
use crate::swarm::figures::Call;
use crate::swarm::wall_ms;
use onsale_core::api::booking::Reservation;
use onsale_core::api::events::{SeatDelta, SeatStates};
use onsale_core::api::queue::QueueState;
use serde_json::json;
use std::time::Duration;
use tokio::time::Instant;

/// Who chooses says so often that they are there, as the page does.
const BEAT: Duration = Duration::from_secs(5);
/// While nothing is free, the map is looked at so often.
const LOOK_AGAIN: Duration = Duration::from_millis(500);
/// Whoever is beaten more often gives up.
const PICKS_MAX: usize = 200;

/// Chooses until something is held, all is sold, or the admission ends.
pub(super) async fn shop(buyer: &mut Buyer, mut admission: String) {
    let path = format!("/api/events/{}/live", buyer.crowd.script.event);
    let streams = buyer.crowd.script.streams;
    let mut stream = if streams { buyer.open(&path).await } else { Err(Instant::now() + NEVER) };
    look(buyer).await;
    let mut beat_at = Instant::now() + buyer.person.about(BEAT, 0.2);
    let mut pick_at = Instant::now() + buyer.person.chooses();
    let mut picks = 0;
    loop {
        if matches!(stream, Err(again) if again <= Instant::now()) {
            stream = buyer.open(&path).await;
        }
        tokio::select! {
            heard = hear_map(&mut stream, buyer) => if !heard {
                buyer.crowd.tally.borrow_mut().counts.lost += 1;
                stream = Err(Instant::now() + Duration::from_secs(1));
            },
            () = tokio::time::sleep_until(beat_at.min(pick_at)) => {}
        }
        let (full, sold_out, stale) = {
            let board = buyer.crowd.board.borrow();
            (board.is_full(), board.is_sold_out(), board.is_stale)
        };
        buyer.note_told(full, sold_out);
        if sold_out {
            return;
        }
        if beat_at <= Instant::now() {
            let Some(asked) = buyer.ask_status(Call::Status, beat_at).await else { return };
            match (asked.status.state, asked.admission) {
                (QueueState::Admitted, Some(again)) => admission = again,
                _ => {
                    buyer.is_settled = true;
                    buyer.crowd.tally.borrow_mut().counts.lapsed += 1;
                    return;
                }
            }
            beat_at = Instant::now() + BEAT;
        }
        if pick_at > Instant::now() {
            continue;
        }
        if stale || !streams {
            look(buyer).await;
        }
        let picked = Box::pin(pick(buyer, &admission, pick_at)).await;
        match picked {
            Picked::Held(reservation) => {
                drop(stream);
                return Box::pin(pay::pay(buyer, *reservation)).await;
            }
            Picked::Beaten if picks < PICKS_MAX => pick_at = Instant::now() + buyer.person.chooses_again(),
            Picked::NoneFree => pick_at = Instant::now() + LOOK_AGAIN,
            Picked::Beaten | Picked::Over => return,
        }
        picks += 1;
    }
}

enum Picked {
    Held(Box<Reservation>),
    Beaten,
    NoneFree,
    Over,
}

/// Asks for the states of all seats.
async fn look(buyer: &Buyer) {
    let crowd = &buyer.crowd;
    let ask = request("GET", &format!("/api/events/{}/seats", crowd.script.event), None, None);
    let Some(answer) = buyer.call(Call::Map, Instant::now(), &ask).await else { return };
    if answer.status != 200 {
        return crowd.unexpected(Call::Map, buyer.user, &answer);
    }
    let Some(states) = crowd.read::<SeatStates>(Call::Map, buyer.user, &answer) else { return };
    if !crowd.board.borrow_mut().snapshot(&states) {
        crowd.wrong("map of another plan", buyer.user, &format!("{} seats", states.states.len()));
    }
}

/// Waits for news of the map and takes them; whether the stream is still there.
async fn hear_map(stream: &mut Result<Connected, Instant>, buyer: &Buyer) -> bool {
    let connected = match stream {
        Ok(connected) => connected,
        Err(again) => {
            tokio::time::sleep_until(*again).await;
            return true;
        }
    };
    let crowd = &buyer.crowd;
    let heard = connected.stream.next(&crowd.scratch, |message| {
        let text = String::from_utf8_lossy(message);
        let Some(data) = text.lines().find_map(|line| line.strip_prefix("data:")).map(str::trim) else { return };
        let mut board = crowd.board.borrow_mut();
        let fits = if text.contains("event: snapshot") {
            serde_json::from_str::<SeatStates>(data).is_ok_and(|states| board.snapshot(&states))
        } else {
            serde_json::from_str::<SeatDelta>(data).is_ok_and(|delta| board.delta(&delta))
        };
        drop(board);
        if !fits {
            crowd.wrong("news of no such map", buyer.user, &data.chars().take(200).collect::<String>());
        }
    });
    heard.await.is_ok()
}

/// Chooses by the map and asks for a hold.
async fn pick(buyer: &Buyer, admission: &str, due: Instant) -> Picked {
    let crowd = &buyer.crowd;
    let seats = crowd.board.borrow().pick(&crowd.hall, &buyer.person, buyer.person.party());
    if seats.is_empty() {
        return Picked::NoneFree;
    }
    let wanted: Vec<_> = seats.iter().map(|seat| json!({"seatId": crowd.hall.id(*seat)})).collect();
    let body = json!({"eventId": crowd.script.event, "seats": wanted}).to_string();
    let (bearer, key) = (buyer.bearer(), buyer.person.key());
    let headers = [("authorization", bearer.as_str()), ("x-admission", admission), ("idempotency-key", &key)];
    let request = ask("POST", "/api/bookings/reserve", &headers, Some(&body));
    let Some(answer) = buyer.call(Call::Reserve, due, &request).await else { return Picked::Over };
    match answer.status {
        201 => {
            let reservation: Option<Reservation> = crowd.read(Call::Reserve, buyer.user, &answer);
            let Some(reservation) = reservation else { return Picked::Over };
            crowd.tally.borrow_mut().counts.held += 1;
            let mut held: Vec<_> =
                reservation.seats.iter().filter_map(|seat| crowd.hall.find(seat.seat_id.as_str())).collect();
            held.sort_unstable();
            if held != seats {
                crowd.wrong("other seats than asked for", buyer.user, &body);
            }
            let now = wall_ms();
            let rival = crowd.board.borrow_mut().claim(&held, buyer.user, now, now + reservation.expires_in_ms);
            if let Some((seat, other)) = rival {
                let seat = crowd.hall.id(seat);
                crowd.wrong("a seat of somebody else", buyer.user, &format!("{seat} is person {other}'s"));
            }
            Picked::Held(Box::new(reservation))
        }
        409 => beaten(buyer, &seats, &answer),
        _ => {
            crowd.unexpected(Call::Reserve, buyer.user, &answer);
            Picked::Over
        }
    }
}

/// Somebody was faster: the answer names the seats, all of them asked for.
fn beaten(buyer: &Buyer, seats: &[usize], answer: &crate::client::Answer) -> Picked {
    let crowd = &buyer.crowd;
    let Some(problem) = crowd.problem(Call::Reserve, buyer.user, answer) else { return Picked::Over };
    let named = problem.members.get("seats").and_then(|seats| seats.as_array()).cloned().unwrap_or_default();
    let gone: Option<Vec<_>> = named.iter().map(|id| crowd.hall.find(id.as_str()?)).collect();
    let gone = gone.unwrap_or_default();
    if problem.code != "seats_unavailable" || gone.is_empty() || !gone.iter().all(|seat| seats.contains(seat)) {
        crowd.unexpected(Call::Reserve, buyer.user, answer);
        return Picked::Over;
    }
    crowd.tally.borrow_mut().counts.beaten += 1;
    crowd.board.borrow_mut().taken(&gone);
    Picked::Beaten
}
