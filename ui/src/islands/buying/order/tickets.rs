//! The tickets, side by side: swiped on a phone, one a page on paper.

use super::Facts;
use super::code::code;
use crate::components::{Fresh, IntoFresh, happening};
use crate::language::Language;
use leptos::prelude::*;
use onsale_core::TicketStatus;
use onsale_core::api::booking::Ticket;

/// All of them.
pub(super) fn list(language: Language, facts: &Facts) -> Fresh {
    let all = facts.order.tickets.len();
    let items: Vec<_> = facts
        .order
        .tickets
        .iter()
        .enumerate()
        .map(|(place, ticket)| view! { <li>{one(language, facts, ticket, place + 1, all)}</li> }.fresh())
        .collect();
    // It can be scrolled by keys too.
    view! { <ul class="tix" tabindex="0" aria-label=language.ticket_list()>{items}</ul> }.fresh()
}

fn one(language: Language, facts: &Facts, ticket: &Ticket, place: usize, all: usize) -> Fresh {
    let label = language.ticket_label(place, all, &facts.name());
    let good = ticket.status != TicketStatus::Cancelled;
    let class = if good { "plate yours" } else { "plate" };
    let bottom = match ticket.status {
        TicketStatus::Valid => code(language, facts.order.order_id, ticket.ticket_id),
        TicketStatus::Used => view! {
            {code(language, facts.order.order_id, ticket.ticket_id)}
            <p><span class="badge good">{language.used()}</span></p>
        }
        .fresh(),
        TicketStatus::Cancelled => view! {
            <p><span class="badge bad">{language.returned()}</span></p>
            <p class="soft small">{language.no_longer_good()}</p>
        }
        .fresh(),
    };
    let number = format!("{}-{place}", facts.order.order_number);
    view! {
        <article class="ticket tk" aria-label=label>
            <div class="stack" style="--gap:var(--s3)">
                <div class="row level">
                    {happening(language, facts.order.event_id.as_str(), facts.event.as_ref())}
                    <span class="push soft small num">{language.place_of(place, all)}</span>
                </div>
                {seat(language, facts, ticket, class)}
            </div>
            <div class="tear"></div>
            <div class="stack code" style="--gap:var(--s3)">
                {bottom}
                <p class="soft small num">{facts.kind(ticket)}" · "{number}</p>
            </div>
        </article>
    }
    .fresh()
}

/// Section, row and seat; or the kind of ticket, where there are no seats.
fn seat(language: Language, facts: &Facts, ticket: &Ticket, class: &'static str) -> Fresh {
    let plate =
        |name: &'static str, value: String| view! { <div class=class><dt>{name}</dt><dd>{value}</dd></div> }.fresh();
    match (&ticket.row, &ticket.column) {
        (Some(row), Some(column)) => view! {
            <dl class="seat3">
                {plate(language.ticket_section(), facts.part(ticket))}
                {plate(language.ticket_row(), row.clone())}
                {plate(language.ticket_seat(), column.clone())}
            </dl>
        }
        .fresh(),
        _ => view! { <dl class="seat3 one">{plate(language.kind_of_ticket(), facts.kind(ticket))}</dl> }.fresh(),
    }
}
