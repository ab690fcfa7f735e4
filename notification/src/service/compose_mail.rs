//! An event becomes a mail: whom it goes to and what it is about is asked from the services that know.

use crate::domain::{self, Language, Mail, OrderFacts};
use crate::service::tell_booking;
use crate::service::write_mails::Composed;
use crate::state::State;
use crate::store::mails::NewMail;
use onsale_core::api::booking::Order;
use onsale_core::api::events::EventSummary;
use onsale_core::api::internal::Contact;
use onsale_core::events::{CloudEvent, MailTemplate, NotificationRequested, TicketFact, TicketsChanged, Topic};
use onsale_core::{EventId, OrderId, UserId};
use onsale_platform::ServiceRole;
use onsale_platform::inbox::{ConsumeError, Delivery};
use onsale_platform::upstream::CallError;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// What an event asks for.
struct Wanted {
    user_id: UserId,
    template: MailTemplate,
    order_id: Option<OrderId>,
    token: Option<String>,
    cancelled: Vec<TicketFact>,
}

impl Wanted {
    /// The order that the mail confirms.
    fn confirms(&self) -> Option<OrderId> {
        self.order_id.filter(|_| self.template == MailTemplate::OrderConfirmed)
    }
}

/// How to reach a person, and in which language where auth knows it.
#[derive(Deserialize)]
struct Recipient {
    #[serde(flatten)]
    contact: Contact,
    #[serde(default)]
    language: Option<String>,
}

/// Writes the mail that the event asks for, once.
pub(crate) async fn compose_mail(state: &State, delivery: Delivery) -> Result<(), ConsumeError> {
    let wanted = wanted(&delivery.event)?;
    // Asked before the transaction: it must not stay open for as long as others take to answer.
    let mail = match recipient(state, wanted.user_id).await? {
        None => {
            tracing::info!(user = %wanted.user_id, "the account is gone: nobody is written to");
            if let Some(order) = wanted.confirms() {
                let told = tell_booking::delivered(state, order).await;
                told.map_err(|error| ConsumeError::Retry(format!("booking: {error}")))?;
            }
            None
        }
        Some(recipient) => {
            let language = recipient.language.as_deref().map(Language::of_tag).unwrap_or_default();
            Some(NewMail {
                id: delivery.event.id,
                user_id: wanted.user_id,
                template: wanted.template,
                language,
                mail: write(state, &wanted, language, &recipient.contact.name).await?,
                recipient: recipient.contact.email,
                keep: state.smtp.is_none(),
                confirms: wanted.confirms(),
            })
        }
    };
    state.writer.write(Composed { delivery, mail }).await?;
    state.due.notify_one();
    state.untold.notify_one();
    Ok(())
}

fn wanted(event: &CloudEvent) -> Result<Wanted, ConsumeError> {
    let unreadable = |error: serde_json::Error| ConsumeError::Poison(format!("payload of {}: {error}", event.topic));
    if event.topic == Topic::NotificationRequested {
        let requested: NotificationRequested = event.payload().map_err(unreadable)?;
        let parameter = |name: &str| requested.parameters.get(name).and_then(|value| value.as_str());
        let order_id = parameter("orderId")
            .map(|id| id.parse().map_err(|error| ConsumeError::Poison(format!("parameter orderId {id:?} {error}"))));
        return Ok(Wanted {
            user_id: requested.user_id,
            template: requested.template,
            order_id: order_id.transpose()?,
            token: parameter("token").map(str::to_owned),
            cancelled: Vec::new(),
        });
    }
    let changed: TicketsChanged = event.payload().map_err(unreadable)?;
    let template = match event.topic {
        Topic::TicketConfirmed => MailTemplate::OrderConfirmed,
        Topic::TicketCancelled => MailTemplate::OrderCancelled,
        topic => return Err(ConsumeError::Poison(format!("there is no mail about {topic}"))),
    };
    Ok(Wanted {
        user_id: changed.user_id,
        template,
        order_id: Some(changed.order_id),
        token: None,
        cancelled: changed.tickets,
    })
}

async fn write(state: &State, wanted: &Wanted, language: Language, name: &str) -> Result<Mail, ConsumeError> {
    let url = &*state.public_url;
    let token = || wanted.token.as_deref().ok_or_else(|| ConsumeError::Poison("parameter token is missing".to_owned()));
    Ok(match wanted.template {
        MailTemplate::VerifyEmail => domain::verify_email(language, name, url, token()?),
        MailTemplate::ResetPassword => domain::reset_password(language, name, url, token()?),
        MailTemplate::OrderConfirmed => domain::order_confirmed(language, name, url, &order(state, wanted).await?),
        MailTemplate::OrderCancelled => {
            domain::order_cancelled(language, name, url, &order(state, wanted).await?, &wanted.cancelled)
        }
    })
}

async fn recipient(state: &State, user: UserId) -> Result<Option<Recipient>, ConsumeError> {
    ask(state, ServiceRole::Auth, &format!("/internal/users/{user}")).await
}

async fn order(state: &State, wanted: &Wanted) -> Result<OrderFacts, ConsumeError> {
    let id = wanted.order_id.ok_or_else(|| ConsumeError::Poison("parameter orderId is missing".to_owned()))?;
    let order: Option<Order> = ask(state, ServiceRole::Booking, &format!("/internal/orders/{id}")).await?;
    let order = order.ok_or_else(|| ConsumeError::Poison(format!("there is no order {id}")))?;
    let event = event(state, &order.event_id).await;
    let (event_name, event_place) = match event {
        Some(event) => {
            let place = format!("{}, {}", event.venue.name, event.venue.city);
            (event.name, Some((event.starts_at, place)))
        }
        None => (order.event_id.to_string(), None),
    };
    Ok(OrderFacts { order, event_name, event_place })
}

/// The event as it is listed. A mail without the event's name is better than none: search may be away.
async fn event(state: &State, id: &EventId) -> Option<EventSummary> {
    match ask(state, ServiceRole::Search, &format!("/api/events/{id}")).await {
        Ok(event) => event,
        Err(error) => {
            tracing::debug!(event = %id, %error, "the mail names the event by its id");
            None
        }
    }
}

/// Asks another service; nothing where it says 404.
async fn ask<T: DeserializeOwned>(state: &State, role: ServiceRole, path: &str) -> Result<Option<T>, ConsumeError> {
    match state.upstreams.to(role).get(path).await {
        Ok(answer) => Ok(Some(answer)),
        Err(CallError::Refused(problem)) if problem.status == 404 => Ok(None),
        Err(error) => Err(ConsumeError::Retry(format!("{role}: {error}"))),
    }
}
