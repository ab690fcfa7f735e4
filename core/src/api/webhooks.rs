//! Outgoing webhooks: what happens here, told to addresses of others.

use crate::ids::WebhookId;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// `POST /api/admin/webhooks`.
#[derive(Debug, Clone, Deserialize, garde::Validate, ToSchema)]
pub struct CreateWebhook {
    /// Where events are sent to: `https://…`, reachable on the public internet.
    #[garde(length(max = 2_000))]
    pub url: String,
    /// Which topics: any of the bus but `notification-requested`.
    #[garde(length(min = 1, max = 50))]
    #[schema(example = json!(["ticket-confirmed", "ticket-cancelled"]))]
    pub topics: Vec<String>,
    /// What it is for.
    #[garde(inner(length(chars, max = 200)))]
    pub description: Option<String>,
}

/// `PATCH /api/admin/webhooks/{id}`: what is absent stays.
#[derive(Debug, Clone, Deserialize, garde::Validate, ToSchema)]
pub struct ChangeWebhook {
    /// Where events are sent to from now on, those that wait included.
    #[garde(inner(length(max = 2_000)))]
    pub url: Option<String>,
    /// Which topics from now on.
    #[garde(inner(length(min = 1, max = 50)))]
    pub topics: Option<Vec<String>>,
    /// What it is for.
    #[garde(inner(length(chars, max = 200)))]
    pub description: Option<String>,
    /// Whether events are sent there. What happens while they are not is not sent later.
    #[garde(skip)]
    pub enabled: Option<bool>,
}

/// Where events are sent to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Webhook {
    /// Its id.
    pub id: WebhookId,
    /// The address.
    pub url: String,
    /// The topics.
    pub topics: Vec<String>,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `whsec_…`, which signs what is sent; only in the answer that made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// Until when the secret before this one signs as well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old_secret_until: Option<DateTime<Utc>>,
    /// Whether events are sent there.
    pub enabled: bool,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disabled_reason: Option<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// What became of an event on its way to a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum WebhookDeliveryStatus {
    /// It is sent, or sent again, when its time comes.
    Pending,
    /// The receiver took it.
    Delivered,
    /// It is given up.
    Failed,
}

/// An event on its way to a webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WebhookDelivery {
    /// The event; `webhook-id` of each try.
    pub event_id: Uuid,
    /// Its topic.
    pub topic: String,
    /// What became of it.
    pub status: WebhookDeliveryStatus,
    /// How often it was tried.
    pub attempts: i32,
    /// When it is tried next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// The status that the receiver answered last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_status: Option<i32>,
    /// Why the last try did not do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
    /// When it was queued.
    pub created_at: DateTime<Utc>,
    /// When the receiver took it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivered_at: Option<DateTime<Utc>>,
}
