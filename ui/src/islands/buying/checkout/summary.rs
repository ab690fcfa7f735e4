//! The order beside the form: what is paid for, and every line of its price.

use super::facts::Facts;
use crate::components::{Fresh, IntoFresh, happening, price_lines};
use crate::language::Language;
use leptos::prelude::*;

/// The ticket-shaped card; `after_discount` stands beside a discount, `action` at the end.
pub(super) fn aside(
    language: Language,
    facts: &Facts,
    after_discount: &dyn Fn() -> Option<Fresh>,
    action: Option<Fresh>,
) -> Fresh {
    let hold = &facts.hold;
    view! {
        <aside class="stick stack" aria-label=language.your_order()>
            <div class="ticket">
                <div class="stack" style="--gap:var(--s3)">
                    <div class="row level">{happening(language, hold.event_id.as_str(), facts.event.as_ref())}</div>
                    {places(facts, "plate yours num")}
                </div>
                <div class="tear"></div>
                <div class="stack">
                    {price_lines(language, facts.tickets(), &hold.lines, (language.you_pay(), hold.total), after_discount, None)}
                    {action}
                </div>
            </div>
        </aside>
    }
    .fresh()
}

/// A plate for each seat, or for each kind of ticket; they have the colour of what is one's own only while they are.
pub(super) fn places(facts: &Facts, class: &'static str) -> Fresh {
    let plate =
        |what: String, which: String| view! { <li class=class><small>{what}</small><b>{which}</b></li> }.fresh();
    let seats = facts.hold.seats.iter().map(|seat| plate(facts.part(seat), format!("{} {}", seat.row, seat.column)));
    let tickets = facts.hold.tickets.iter();
    let tickets = tickets.map(|held| plate(facts.kind(&held.ticket_type, None), format!("{} ×", held.quantity)));
    let all: Vec<_> = seats.chain(tickets).collect();
    view! { <ul class="row" style="--gap:var(--s2)">{all}</ul> }.fresh()
}
