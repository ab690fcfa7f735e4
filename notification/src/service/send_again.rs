//! Writes the mail with an order's tickets once more, because somebody at the counter was asked to.

use crate::documents::Enclosed;
use crate::domain::{self, Reader, good_tickets};
use crate::service::ask_others;
use crate::service::compose_mail::recipient;
use crate::state::State;
use crate::store::mails::{self, NewMail};
use onsale_core::OrderId;
use onsale_core::events::MailTemplate;
use onsale_platform::problem::Problem;
use onsale_platform::random;
use std::time::Duration;

/// When to try again where others are away.
const RETRY_AFTER: Duration = Duration::from_secs(2);

/// Writes the tickets that are good to the order's owner; at most once a minute, however often it is asked.
///
/// # Errors
/// 404 without such an order or account, 409 `state_conflict` where none is good, 503 while others are away.
pub(crate) async fn send_again(state: &State, order: OrderId) -> Result<(), Problem> {
    let away =
        |error: String| Problem::unavailable("The mail cannot be written just now.", RETRY_AFTER).with_source(error);
    let facts = ask_others::order_facts(state, order).await.map_err(|error| away(format!("booking: {error}")))?;
    let facts = facts.ok_or_else(|| Problem::not_found("order"))?;
    if good_tickets(&facts).next().is_none() {
        return Err(Problem::conflict("state_conflict", "The order has no ticket that is good."));
    }
    let contact = recipient(state, facts.order.user_id).await.map_err(|error| away(error.to_string()))?;
    let contact = contact.ok_or_else(|| Problem::not_found("account"))?;
    let reader = Reader { language: contact.language, name: &contact.name, public_url: &state.public_url };
    let mail = domain::order_confirmed(reader, &facts);
    let user_id = facts.order.user_id;
    let enclosed = serde_json::to_value(Enclosed { language: contact.language, facts }).map_err(Problem::internal)?;
    let minute = state.clock.now().timestamp() / 60;
    let new = NewMail {
        id: random::new_id(&state.clock),
        user_id,
        template: MailTemplate::OrderConfirmed,
        language: contact.language,
        mail,
        enclosed: Some(enclosed),
        recipient: contact.email.clone(),
        keep: state.smtp.is_none(),
        confirms: None,
        about: Some(order),
        once: Some(format!("order_confirmed/{order}/{minute}")),
    };
    mails::insert(&mut *state.pool.acquire().await?, &[&new]).await?;
    state.due.notify_one();
    Ok(())
}
