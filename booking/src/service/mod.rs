//! A file per use case, named by its verb; and what they share.

pub mod break_down_sales;
pub mod build_inventory;
pub mod cancel_order;
pub mod change_hold;
pub mod check_events;
pub mod check_in;
pub mod choose;
pub mod confirm_order;
pub mod count_check_ins;
pub mod desk;
pub mod drive_order;
pub mod expire_holds;
pub mod export_attendees;
pub mod find;
pub mod give_up_order;
pub mod hear_payment;
pub mod hold_seats;
pub mod idempotency;
pub mod inventories;
pub mod keep_seats;
pub mod list_attendees;
pub mod list_for_gates;
pub mod list_orders;
pub mod list_sold_orders;
pub mod lock_seats;
pub mod lowest_price;
pub mod payments;
pub mod project_tickets;
pub mod query_tickets;
pub mod refund_order;
pub mod release_hold;
pub mod replay_tickets;
pub mod report_sales;
pub mod seat_map;
pub mod sell_at_counter;
pub mod sell_order;
pub mod settle_event;
pub mod settle_order;
pub mod show_event;
pub mod tell_order;
pub mod tell_standing;
pub mod view;
pub mod watch_seats;
pub mod wind_up_event;

use onsale_platform::problem::Problem;
use std::future::Future;
use tracing::Instrument;

/// Runs in a task of its own: whoever asked may hang up, and what was begun is still brought to its end.
async fn to_the_end<T: Send + 'static>(
    work: impl Future<Output = Result<T, Problem>> + Send + 'static,
) -> Result<T, Problem> {
    tokio::spawn(work.in_current_span()).await.map_err(Problem::internal)?
}
