//! The order beside the form: what is paid for, and every line of its price.

use super::facts::Facts;
use crate::components::{happening, price_lines};
use crate::language::Language;
use leptos::prelude::*;

/// The ticket-shaped card; `after_discount` stands beside a discount, `action` at the end.
pub(super) fn aside(
    language: Language,
    facts: &Facts,
    after_discount: &dyn Fn() -> AnyView,
    action: AnyView,
) -> AnyView {
    let hold = &facts.hold;
    view! {
        <aside class="stick stack" aria-label=language.your_order()>
            <div class="ticket">
                <div class="stack" style="--gap:var(--s3)">
                    <div class="row level">{happening(language, hold.event_id.as_str(), facts.event.as_ref())}</div>
                    {places(facts)}
                </div>
                <div class="tear"></div>
                <div class="stack">
                    {price_lines(language, facts.tickets(), &hold.lines, hold.total, after_discount, ().into_any())}
                    {action}
                </div>
            </div>
        </aside>
    }
    .into_any()
}

/// A plate for each seat, or for each kind of ticket.
pub(super) fn places(facts: &Facts) -> impl IntoView + use<> {
    let seats = facts.hold.seats.iter().map(|seat| {
        let place = format!("{} {}", seat.row, seat.column);
        view! { <li class="plate yours num"><small>{facts.part(seat)}</small><b>{place}</b></li> }.into_any()
    });
    let tickets = facts.hold.tickets.iter().map(|held| {
        let count = format!("{} ×", held.quantity);
        view! { <li class="plate yours num"><small>{facts.kind(&held.ticket_type, None)}</small><b>{count}</b></li> }
            .into_any()
    });
    let all: Vec<_> = seats.chain(tickets).collect();
    view! { <ul class="row" style="--gap:var(--s2)">{all}</ul> }
}
