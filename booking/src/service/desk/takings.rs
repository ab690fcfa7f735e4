//! What was sold, counted after the commit. A commit whose answer was lost is found again without its facts, and counts
//! nothing: the ledger has the truth, this has the pace.

use super::Done;
use crate::domain::life::Fact;
use onsale_core::TicketStatus;

/// Counts the orders that these commands confirmed.
pub(super) fn count<'a>(done: impl Iterator<Item = &'a Done>) {
    for done in done.filter(|done| done.accepted.facts.contains(&Fact::TicketConfirmed)) {
        let tickets = done.row.issued.iter().filter(|ticket| ticket.status == TicketStatus::Valid).count();
        metrics::counter!("onsale_tickets_sold_total").increment(tickets as u64);
        let amount = done.row.life.order.as_ref().map_or(0, |order| order.amount);
        let currency = done.inventory.offer.sale.currency.to_string();
        // An amount is never negative: the table has a check.
        metrics::counter!("onsale_takings_minor_total", "currency" => currency)
            .increment(u64::try_from(amount).unwrap_or(0));
    }
}
