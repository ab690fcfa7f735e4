//! `/schemas/events/{topic}.json`: what an event's `dataschema` leads to, as JSON Schema 2020-12.

use crate::state::State;
use axum::Json;
use axum::extract::{self, Path};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use onsale_core::events::{
    InventoryReady, NotificationRequested, OfferPublished, PaymentChanged, ReservationEnded, ReservationHeld,
    TicketsChanged, Topic, UserCreated,
};
use onsale_platform::problem::Problem;
use serde_json::{Value, json};
use utoipa::{OpenApi, ToSchema};

#[derive(OpenApi)]
#[openapi(components(schemas(
    TicketsChanged,
    PaymentChanged,
    UserCreated,
    OfferPublished,
    InventoryReady,
    ReservationHeld,
    ReservationEnded,
    NotificationRequested
)))]
struct Payloads;

/// `GET /schemas/events/{topic}.json`.
pub(super) async fn of_topic(_state: extract::State<State>, Path(file): Path<String>) -> Result<Response, Problem> {
    let topic = file.strip_suffix(".json").and_then(|name| name.parse::<Topic>().ok());
    let topic = topic.ok_or_else(|| Problem::not_found("schema"))?;
    let headers = [
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600")),
        (header::CONTENT_TYPE, HeaderValue::from_static("application/schema+json")),
    ];
    let schema = schema(topic).map_err(Problem::internal)?;
    Ok((headers, Json(schema).into_response().into_body()).into_response())
}

fn schema(topic: Topic) -> Result<Value, serde_json::Error> {
    let document = serde_json::to_string(&Payloads::openapi())?.replace("#/components/schemas/", "#/$defs/");
    let document: Value = serde_json::from_str(&document)?;
    Ok(json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": format!("/schemas/events/{topic}.json"),
        "title": topic.as_str(),
        "$ref": format!("#/$defs/{}", payload(topic)),
        "$defs": document["components"]["schemas"],
    }))
}

/// The name of a topic's payload.
fn payload(topic: Topic) -> std::borrow::Cow<'static, str> {
    match topic {
        Topic::TicketCreated | Topic::TicketConfirmed | Topic::TicketCancelled => TicketsChanged::name(),
        Topic::PaymentInitiated | Topic::PaymentCompleted | Topic::PaymentFailed | Topic::PaymentRefunded => {
            PaymentChanged::name()
        }
        Topic::UserCreated => UserCreated::name(),
        Topic::EventPublished | Topic::EventUpdated | Topic::EventCancelled => OfferPublished::name(),
        Topic::InventoryReady => InventoryReady::name(),
        Topic::NotificationRequested => NotificationRequested::name(),
        Topic::ReservationCreated | Topic::ReservationChanged => ReservationHeld::name(),
        Topic::ReservationReleased | Topic::ReservationExpired => ReservationEnded::name(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every `$ref` of a value.
    fn references(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                for (name, value) in members {
                    match value {
                        Value::String(to) if name == "$ref" => found.push(to.clone()),
                        other => references(other, found),
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }

    #[test]
    fn every_topic_has_a_schema_in_which_nothing_is_missing() {
        for topic in Topic::ALL {
            let schema = schema(*topic).expect("a schema");
            let mut found = Vec::new();
            references(&schema, &mut found);
            assert!(!found.is_empty());
            for reference in found {
                let name = reference.strip_prefix("#/$defs/").unwrap_or_else(|| panic!("{reference} leads out"));
                assert!(schema["$defs"][name]["type"].is_string(), "{topic}: {reference} is missing");
            }
        }
    }
}
