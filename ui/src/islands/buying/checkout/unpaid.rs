//! A hold that came to its end unpaid: what happened, and the same again in one press.

use super::facts::Facts;
use crate::api::{self, Method};
use crate::browser;
use crate::buying::Ended;
use crate::components::{BusyButton, Fresh, IntoFresh};
use crate::language::Language;
use leptos::prelude::*;
use leptos::task::spawn_local;
use onsale_core::api::booking::{Reservation, ReserveRequest, SeatChoice, TicketChoice};

/// What can be done then.
pub(super) fn unpaid(language: Language, facts: &Facts, ended: Ended) -> Fresh {
    let (busy, wrong) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let seated = facts.seated();
    let (title, text) = match ended {
        Ended::TimeOver => (language.time_out_title(), language.expired(seated)),
        Ended::GivenBack => (language.gave_up_title(), language.gave_up()),
    };
    // The sentence says what the heading says; it is not said twice.
    let text = text.strip_prefix(&format!("{title}. ")).unwrap_or(text);
    let choosing = facts.choosing();
    let places = super::summary::places(facts, "plate num");
    let same = (facts.tickets() > 0).then(|| {
        let request = same_again(facts);
        let press = Callback::new(move |()| {
            let request = request.clone();
            busy.set(true);
            spawn_local(async move {
                match api::effect::<_, Reservation>(Method::Post, "/api/bookings/reserve", &request).await {
                    Ok(hold) => browser::replace(&format!("/checkout/{}", hold.reservation_id)),
                    Err(failure) => {
                        busy.set(false);
                        wrong.set(Some(match failure.code() {
                            Some("seats_unavailable" | "tickets_unavailable") => language.same_gone().to_owned(),
                            _ => failure.words(language),
                        }));
                    }
                }
            });
        });
        let label = if seated { language.same_seats() } else { language.same_tickets() };
        view! { <BusyButton class="btn go" busy=busy label=label busy_label=language.holding_again() press=press/> }
            .fresh()
    });
    let back = if seated { language.back_to_map() } else { language.back_to_event() };
    view! {
        <div class="wrap own alone">
            <section class="card empty" aria-labelledby=super::ENDED>
                {(ended == Ended::TimeOver).then(|| view! {
                    <span class="plate num t3" aria-hidden="true">"0:00"</span>
                }.fresh())}
                <h1 id=super::ENDED class="t3" tabindex="-1">{title}</h1>
                <p role="status">{text}</p>
                {places}
                <p class="err" role="alert">{move || wrong.get()}</p>
                <div class="row">{same}<a class="btn" href=choosing>{back}</a></div>
            </section>
        </div>
    }
    .fresh()
}

/// What asks for the same seats or tickets again.
fn same_again(facts: &Facts) -> ReserveRequest {
    let hold = &facts.hold;
    let seat = |held: &onsale_core::api::booking::HeldSeat| SeatChoice {
        seat_id: held.seat_id.clone(),
        ticket_type: Some(held.ticket_type.clone()),
    };
    let ticket = |held: &onsale_core::api::booking::HeldTickets| TicketChoice {
        ticket_type: held.ticket_type.clone(),
        quantity: held.quantity,
    };
    let seats: Vec<_> = hold.seats.iter().map(seat).collect();
    let tickets: Vec<_> = hold.tickets.iter().map(ticket).collect();
    ReserveRequest {
        event_id: hold.event_id.clone(),
        tickets: seats.is_empty().then_some(tickets),
        seats: (!seats.is_empty()).then_some(seats),
        best_available: None,
    }
}
