//! What an event took: the payment ledger's sums over its orders, beside what the orders themselves say.

use crate::service::report_sales;
use crate::state::State;
use crate::store;
use onsale_core::api::sales_desk::{LedgerAsked, LedgerSums, Settlement};
use onsale_core::{EventId, Money, OrderId};
use onsale_platform::ServiceRole;
use onsale_platform::identity::Caller;
use onsale_platform::problem::Problem;
use std::sync::Arc;
use std::time::Duration;

/// How many orders payment is asked about at once.
const ORDERS: i64 = 1_000;
/// When to try again where payment is away, or others settle.
const RETRY_AFTER: Duration = Duration::from_secs(2);

/// Adds up an event's money.
///
/// # Errors
/// 404 for another's event, 503 while payment is away or others export.
pub async fn settlement(state: &State, caller: &Caller, event: &EventId) -> Result<Settlement, Problem> {
    let organised = report_sales::organised(&mut *state.pool.acquire().await?, caller, event).await?;
    let _turn = Arc::clone(&state.exports)
        .try_acquire_owned()
        .map_err(|_| Problem::unavailable("Others export at this moment.", RETRY_AFTER))?;
    let payment = state.upstreams.to(ServiceRole::Payment);
    let (mut ledger, mut taken, mut open, mut orders) = (LedgerSums::default(), 0, 0, 0);
    let mut before: Option<OrderId> = None;
    loop {
        let mut conn = state.pool.acquire().await?;
        let own = store::order_sums::own_books(&mut conn, organised.event_no, before, ORDERS).await?;
        drop(conn);
        let Some(last) = own.ids.last() else { break };
        before = Some(*last);
        (taken, open, orders) = (taken + own.taken, open + own.open, orders + own.ids.len() as u64);
        let asked = LedgerAsked { orders: own.ids };
        let sums: LedgerSums = payment.post("/internal/ledger/orders", &asked).await.map_err(|error| {
            Problem::unavailable("The ledger cannot be asked just now.", RETRY_AFTER).with_source(error)
        })?;
        ledger = ledger.and(sums);
    }
    let money = |minor| Money::new(minor, organised.currency);
    Ok(Settlement {
        event_id: event.clone(),
        orders,
        open_orders: open,
        face: money(-ledger.face),
        fees: money(-ledger.fee),
        taxes: money(-ledger.tax),
        discounts: money(ledger.discount),
        total: money(ledger.money()),
        by_provider: money(ledger.captured),
        in_cash: money(ledger.cash),
        owed: money(ledger.receivable),
        given_back: money(-ledger.refunded),
        by_orders: money(taken),
        agrees: ledger.money() == taken,
        at: state.clock.now(),
    })
}
