//! An event becomes a mail: whom it goes to and what it is about is asked from the services that know.

use crate::documents::Enclosed;
use crate::domain::{self, Mail, OrderFacts, Reader};
use crate::service::wanted::{Subject, Wanted, wanted};
use crate::service::write_mails::Composed;
use crate::service::{ask_others, tell_booking};
use crate::state::State;
use crate::store::mails::NewMail;
use chrono::{DateTime, Utc};
use onsale_core::api::booking::{Order, TransferInstructions};
use onsale_core::api::internal::Contact;
use onsale_core::events::MailTemplate;
use onsale_core::{OrderId, OrderStatus, TicketStatus, UserId};
use onsale_platform::ServiceRole;
use onsale_platform::inbox::{ConsumeError, Delivery};

/// Writes the mail that the event asks for, once.
pub(crate) async fn compose_mail(state: &State, delivery: Delivery) -> Result<(), ConsumeError> {
    let Some(wanted) = wanted(&delivery.event)? else { return Ok(()) };
    // Asked before the transaction: it must not stay open for as long as others take to answer.
    let facts = match wanted.order_id() {
        Some(order) => Some(facts_of(state, order).await?),
        None => None,
    };
    if !still_wanted(&wanted, facts.as_ref())? {
        return Ok(());
    }
    let owner = facts.as_ref().map(|facts| facts.order.user_id);
    let user = wanted.user_id.or(owner).ok_or_else(|| ConsumeError::Poison("nobody to write to".to_owned()))?;
    let mail = match recipient(state, user).await? {
        Some(recipient) => Some(new_mail(state, &delivery, &wanted, user, facts, recipient)?),
        None => {
            tracing::info!(%user, "the account is gone: nobody is written to");
            if let Some(order) = wanted.confirms() {
                let told = tell_booking::delivered(state, order).await;
                told.map_err(|error| ConsumeError::Retry(format!("booking: {error}")))?;
            }
            None
        }
    };
    state.writer.write(Composed { delivery, mail }).await?;
    state.due.notify_one();
    state.untold.notify_one();
    Ok(())
}

/// Whether what the mail would say is (still) so.
fn still_wanted(wanted: &Wanted, facts: Option<&OrderFacts>) -> Result<bool, ConsumeError> {
    let Some(order) = facts.map(|facts| &facts.order) else { return Ok(true) };
    match wanted.template {
        // Paid by another attempt, or given up by the buyer.
        MailTemplate::PaymentProblem if wanted.is_final_attempt() => Ok(order.status == OrderStatus::Failed),
        MailTemplate::PaymentProblem => Ok(matches!(order.status, OrderStatus::Pending | OrderStatus::Failed)),
        MailTemplate::TransferInstructions if order.status != OrderStatus::Pending => Ok(false),
        MailTemplate::TransferInstructions if transfer(order).is_none() => {
            Err(ConsumeError::Retry("booking has no instructions yet".to_owned()))
        }
        // What is given back for cancelled tickets was told with them.
        MailTemplate::PaymentRefunded => {
            Ok(!order.tickets.iter().any(|ticket| ticket.status == TicketStatus::Cancelled))
        }
        _ => Ok(true),
    }
}

fn new_mail(
    state: &State,
    delivery: &Delivery,
    wanted: &Wanted,
    user_id: UserId,
    facts: Option<OrderFacts>,
    Contact { email, name, language, .. }: Contact,
) -> Result<NewMail, ConsumeError> {
    let reader = Reader { language, name: &name, public_url: &state.public_url };
    let mail = write(reader, wanted, facts.as_ref())?;
    let tickets = facts.filter(|_| wanted.template == MailTemplate::OrderConfirmed);
    let enclosed = tickets.map(|facts| serde_json::to_value(Enclosed { language, facts }));
    let enclosed = enclosed.transpose().map_err(|error| ConsumeError::Poison(format!("the order's facts: {error}")))?;
    Ok(NewMail {
        id: delivery.event.id,
        user_id,
        template: wanted.template,
        language,
        mail,
        enclosed,
        recipient: email,
        keep: state.smtp.is_none(),
        confirms: wanted.confirms(),
        about: wanted.order_id(),
        once: wanted.once(),
    })
}

fn write(reader: Reader<'_>, wanted: &Wanted, facts: Option<&OrderFacts>) -> Result<Mail, ConsumeError> {
    let missing = |what: &str| ConsumeError::Poison(format!("parameter {what} is missing"));
    let facts = || facts.ok_or_else(|| missing("orderId"));
    let token = || match &wanted.subject {
        Subject::Token(token) => Ok(token.as_str()),
        _ => Err(missing("token")),
    };
    let event = || match &wanted.subject {
        Subject::Event(event) => Ok(event),
        _ => Err(missing("eventId")),
    };
    Ok(match wanted.template {
        MailTemplate::VerifyEmail => domain::verify_email(reader, token()?),
        MailTemplate::ResetPassword => domain::reset_password(reader, token()?),
        MailTemplate::OrderConfirmed => domain::order_confirmed(reader, facts()?),
        MailTemplate::OrderCancelled => domain::order_cancelled(reader, facts()?, wanted.cancelled()),
        MailTemplate::PaymentProblem => domain::payment_problem(reader, facts()?),
        MailTemplate::PaymentRefunded => match &wanted.subject {
            Subject::Payment { amount, .. } => domain::payment_refunded(reader, facts()?, *amount),
            _ => return Err(missing("amount")),
        },
        MailTemplate::QueueNear => domain::queue_near(reader, event()?),
        MailTemplate::QueueTurn => domain::queue_turn(reader, event()?),
        MailTemplate::TransferInstructions => {
            let facts = facts()?;
            let (transfer, until) = transfer(&facts.order).ok_or_else(|| missing("transfer"))?;
            domain::transfer_instructions(reader, facts, transfer, until)
        }
    })
}

/// What a transfer needs, and until when.
fn transfer(order: &Order) -> Option<(&TransferInstructions, Option<DateTime<Utc>>)> {
    let action = order.next_action.as_ref()?;
    Some((action.transfer.as_ref()?, action.until))
}

/// Whom to write to; nobody where the account is gone.
pub(crate) async fn recipient(state: &State, user: UserId) -> Result<Option<Contact>, ConsumeError> {
    let contact = ask_others::ask(state, ServiceRole::Auth, &format!("/internal/users/{user}")).await;
    contact.map_err(|error| ConsumeError::Retry(format!("auth: {error}")))
}

async fn facts_of(state: &State, id: OrderId) -> Result<OrderFacts, ConsumeError> {
    let facts = ask_others::order_facts(state, id).await;
    let facts = facts.map_err(|error| ConsumeError::Retry(format!("booking: {error}")))?;
    facts.ok_or_else(|| ConsumeError::Poison(format!("there is no order {id}")))
}
