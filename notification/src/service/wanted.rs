//! Which mail an event asks for.

use onsale_core::api::booking::PaymentMethod;
use onsale_core::events::{
    CloudEvent, MailTemplate, NotificationRequested, PaymentChanged, TicketFact, TicketsChanged, Topic,
};
use onsale_core::{EventId, Money, OrderId, UserId};
use onsale_platform::inbox::ConsumeError;

/// Why an attempt ended that nobody declined: its time was over, or the buyer gave it up.
const VOIDED: &str = "voided";

/// What an event asks for.
pub(super) struct Wanted {
    pub(super) template: MailTemplate,
    /// Whom to write to; else the order's owner.
    pub(super) user_id: Option<UserId>,
    pub(super) subject: Subject,
}

/// What the mail is about.
pub(super) enum Subject {
    /// A single-use link.
    Token(String),
    /// An order, and those of its tickets that were cancelled.
    Order(OrderId, Vec<TicketFact>),
    /// An event's waiting room.
    Event(EventId),
    /// An order's payment.
    Payment { order_id: OrderId, amount: Money, reason: Option<String> },
}

impl Wanted {
    pub(super) fn order_id(&self) -> Option<OrderId> {
        match self.subject {
            Subject::Token(_) | Subject::Event(_) => None,
            Subject::Order(id, _) | Subject::Payment { order_id: id, .. } => Some(id),
        }
    }

    /// The order that the mail confirms.
    pub(super) fn confirms(&self) -> Option<OrderId> {
        self.order_id().filter(|_| self.template == MailTemplate::OrderConfirmed)
    }

    /// Of mails with this text there is one: an order is confirmed once, and its payer told once that a payment failed.
    pub(super) fn once(&self) -> Option<String> {
        let order = self.order_id()?;
        match self.template {
            MailTemplate::OrderConfirmed => Some(format!("order_confirmed/{order}")),
            MailTemplate::PaymentProblem => Some(format!("payment_problem/{order}")),
            _ => None,
        }
    }

    pub(super) fn cancelled(&self) -> &[TicketFact] {
        match &self.subject {
            Subject::Order(_, tickets) => tickets,
            _ => &[],
        }
    }

    /// Nobody declined the attempt: its time was over.
    pub(super) fn is_final_attempt(&self) -> bool {
        matches!(&self.subject, Subject::Payment { reason: Some(reason), .. } if reason == VOIDED)
    }
}

/// What the event asks for; nothing where nobody is written to.
pub(super) fn wanted(event: &CloudEvent) -> Result<Option<Wanted>, ConsumeError> {
    let unreadable = |error: serde_json::Error| ConsumeError::Poison(format!("payload of {}: {error}", event.topic));
    match event.topic {
        Topic::NotificationRequested => requested(event.payload().map_err(unreadable)?).map(Some),
        Topic::TicketConfirmed => Ok(Some(tickets(MailTemplate::OrderConfirmed, event.payload().map_err(unreadable)?))),
        Topic::TicketCancelled => Ok(Some(tickets(MailTemplate::OrderCancelled, event.payload().map_err(unreadable)?))),
        Topic::PaymentInitiated | Topic::PaymentFailed | Topic::PaymentRefunded => {
            Ok(payment(event.topic, event.payload().map_err(unreadable)?))
        }
        topic => Err(ConsumeError::Poison(format!("there is no mail about {topic}"))),
    }
}

fn requested(requested: NotificationRequested) -> Result<Wanted, ConsumeError> {
    let NotificationRequested { user_id, template, parameters } = requested;
    let parameter = |name: &str| parameters.get(name).and_then(|value| value.as_str());
    let missing = |name: &str| ConsumeError::Poison(format!("parameter {name} is missing"));
    let subject = match template {
        MailTemplate::VerifyEmail | MailTemplate::ResetPassword => {
            Subject::Token(parameter("token").ok_or_else(|| missing("token"))?.to_owned())
        }
        MailTemplate::QueueNear | MailTemplate::QueueTurn => {
            let id = parameter("eventId").ok_or_else(|| missing("eventId"))?;
            let id =
                EventId::new(id).map_err(|error| ConsumeError::Poison(format!("parameter eventId {id:?} {error}")))?;
            Subject::Event(id)
        }
        _ => {
            let id = parameter("orderId").ok_or_else(|| missing("orderId"))?;
            let id = id.parse().map_err(|error| ConsumeError::Poison(format!("parameter orderId {id:?} {error}")))?;
            Subject::Order(id, Vec::new())
        }
    };
    Ok(Wanted { template, user_id: Some(user_id), subject })
}

fn tickets(template: MailTemplate, changed: TicketsChanged) -> Wanted {
    Wanted { template, user_id: Some(changed.user_id), subject: Subject::Order(changed.order_id, changed.tickets) }
}

fn payment(topic: Topic, changed: PaymentChanged) -> Option<Wanted> {
    let template = match (topic, changed.method) {
        // At the counter people talk to each other.
        (_, PaymentMethod::Invoice | PaymentMethod::Cash) => return None,
        (Topic::PaymentInitiated, PaymentMethod::BankTransfer) => MailTemplate::TransferInstructions,
        (Topic::PaymentFailed, _) => MailTemplate::PaymentProblem,
        (Topic::PaymentRefunded, _) => MailTemplate::PaymentRefunded,
        _ => return None,
    };
    let PaymentChanged { order_id, amount, reason, .. } = changed;
    Some(Wanted { template, user_id: None, subject: Subject::Payment { order_id, amount, reason } })
}
