//! Gives an order back, or some of its tickets, on behalf of whoever runs the event.

use crate::error::Reply;
use crate::service::cancel_order;
use crate::service::find::Looker;
use crate::service::give_up_order::Outcome;
use crate::service::hold_seats::Asking;
use crate::service::list_sold_orders;
use crate::state::State;
use onsale_core::api::booking::{CancelQuote, CancelRequest};
use onsale_core::api::sales_desk::{RefundRequest, RefundTerms};
use onsale_core::{EventId, OrderId, Role};
use onsale_platform::ServiceRole;
use onsale_platform::audit::{self, Act};
use onsale_platform::identity::Caller;
use onsale_platform::problem::Problem;
use serde_json::json;

/// What giving the order's good tickets back would pay out and keep.
pub async fn quote(
    state: &State,
    caller: &Caller,
    event: &EventId,
    order: OrderId,
    terms: RefundTerms,
) -> Result<CancelQuote, Problem> {
    must_be_allowed(caller, terms)?;
    list_sold_orders::sold(state, caller, event, order).await?;
    cancel_order::quote(state, order, Looker::Ourselves, terms).await
}

/// Gives the named tickets back, or all.
pub async fn refund(
    state: &State,
    caller: &Caller,
    (event, order): (&EventId, OrderId),
    asking: Asking,
    request: &RefundRequest,
) -> Result<Reply<Outcome>, Problem> {
    must_be_allowed(caller, request.terms)?;
    let found = list_sold_orders::sold(state, caller, event, order).await?;
    // Noted before it is tried, as all that staff do to orders of others.
    let act = Act {
        at: state.clock.now(),
        actor: Some(caller.user_id),
        organisation: Some(found.inventory.offer.organisation_id),
        action: "order.refund",
        object_type: "order",
        object_id: &order.to_string(),
        detail: json!({"event": event, "tickets": request.tickets, "terms": request.terms}),
    };
    audit::note(&mut *state.pool.acquire().await?, ServiceRole::Booking, act).await?;
    let cancel = CancelRequest { tickets: request.tickets.clone() };
    cancel_order::cancel(state, asking, Looker::Ourselves, order, &cancel, request.terms).await
}

/// 403 where somebody at the counter would give back what the policy keeps.
fn must_be_allowed(caller: &Caller, terms: RefundTerms) -> Result<(), Problem> {
    let runs_events = caller.has_role(Role::Organiser) || caller.has_role(Role::Admin);
    if terms == RefundTerms::Whole && !runs_events {
        return Err(Problem::forbidden("Whoever runs the event gives back more than its policy says."));
    }
    Ok(())
}
