//! An event's page before it is published: what buyers would read of the draft.

use super::{Actor, read};
use crate::error::AdminError;
use crate::state::State;
use crate::store::plans;
use onsale_core::EventId;
use onsale_core::Money;
use onsale_core::api::events::{
    Availability, EventDetail, EventStatus, EventSummary, Location, PriceRange, TicketTypeSummary, VenueSummary,
};

/// The draft as search would describe it; all of it is free.
pub async fn preview_event(state: &State, actor: Actor, id: &EventId) -> Result<EventDetail, AdminError> {
    let record = read::event(state, actor, id).await?;
    let draft = record.draft;
    let venue = read::venue(state, actor, &draft.venue_id).await?;
    let seats = match draft.plan_id {
        Some(plan) => plans::find(&state.pool, plan).await?.map_or(0, |plan| plan.summary.seat_count),
        None => 0,
    };
    let standing: i64 = draft.ticket_types.iter().filter_map(|kind| kind.capacity).map(i64::from).sum();
    let capacity = i64::try_from(seats).unwrap_or(i64::MAX).saturating_add(standing);
    let totals = draft.ticket_types.iter().map(|kind| kind.price.total);
    let nothing = Money::zero(draft.sale.currency);
    let price_range = PriceRange { min: totals.clone().min().unwrap_or(nothing), max: totals.max().unwrap_or(nothing) };
    let ticket_types = draft.ticket_types.into_iter().map(|kind| TicketTypeSummary {
        ticket_type: kind.ticket_type,
        name: kind.name,
        category: kind.category,
        price: kind.price,
    });
    Ok(EventDetail {
        summary: EventSummary {
            id: record.id,
            slug: record.slug,
            name: draft.name,
            description: draft.description,
            kind: draft.kind,
            venue: VenueSummary::from(&venue),
            starts_at: draft.starts_at,
            on_sale_at: draft.sale.on_sale_at,
            status: EventStatus::Published,
            price_range,
            availability: Availability { capacity, available: capacity, sold_out: false },
            highlight: None,
        },
        version: record.version,
        reserved_seating: draft.plan_id.is_some(),
        location: Location { country: venue.country, latitude: venue.latitude, longitude: venue.longitude },
        sale: draft.sale,
        ticket_types: ticket_types.collect(),
    })
}
