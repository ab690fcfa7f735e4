//! The OpenAPI document against live answers: each status is documented, each body has its schema's shape.

use crate::house::{House, eventually};
use crate::program::{onsale, said};
use reqwest::Method;
use serde_json::{Value, json};

/// Calls, and holds the answers against the document.
struct Reader<'a> {
    house: &'a House,
    document: Value,
    token: String,
}

impl Reader<'_> {
    /// One call; `template` is its path in the document.
    async fn call(&self, method: Method, template: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
        let answer = self.house.send(method.clone(), path, Some(&self.token), body).await;
        let status = answer.status().as_u16();
        let text = answer.text().await.expect("a body");
        let operation = &self.document["paths"][template][method.as_str().to_ascii_lowercase()];
        assert!(operation.is_object(), "{method} {template} is not in the document");
        let documented = &operation["responses"][status.to_string()];
        assert!(documented.is_object(), "{method} {path} answered {status}, which is not documented: {text}");
        let value: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
        let content = documented["content"].as_object();
        if let Some(schema) = content.and_then(|content| content.values().next()).map(|media| &media["schema"]) {
            let faults = self.faults(schema, &value, "$");
            assert!(faults.is_empty(), "{method} {path} {status}:\n{}\n{text}", faults.join("\n"));
        }
        (status, value)
    }

    /// Where a value differs from its schema.
    fn faults(&self, schema: &Value, value: &Value, at: &str) -> Vec<String> {
        if let Some(reference) = schema["$ref"].as_str() {
            let name = reference.rsplit('/').next().unwrap_or_default();
            let target = &self.document["components"]["schemas"][name];
            if target.is_null() {
                return vec![format!("{at}: {reference} leads nowhere")];
            }
            return self.faults(target, value, at);
        }
        for (word, all) in [("allOf", true), ("oneOf", false), ("anyOf", false)] {
            if let Some(parts) = schema[word].as_array() {
                let outcomes: Vec<Vec<String>> = parts.iter().map(|part| self.faults(part, value, at)).collect();
                return if all {
                    outcomes.concat()
                } else if outcomes.iter().any(Vec::is_empty) {
                    Vec::new()
                } else {
                    vec![format!("{at}: fits none of {word}: {value}")]
                };
            }
        }
        let mut faults = Vec::new();
        let types: Vec<&str> = match &schema["type"] {
            Value::String(one) => vec![one.as_str()],
            Value::Array(many) => many.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        if !types.is_empty() && !types.iter().any(|kind| is_of(kind, value)) {
            faults.push(format!("{at}: {value} is not {types:?}"));
        }
        if let Some(object) = value.as_object() {
            for required in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                if !object.contains_key(required) {
                    faults.push(format!("{at}.{required} is missing"));
                }
            }
            for (name, part) in schema["properties"].as_object().into_iter().flatten() {
                if let Some(value) = object.get(name) {
                    faults.extend(self.faults(part, value, &format!("{at}.{name}")));
                }
            }
        }
        if let (Some(items), Some(values)) = (schema.get("items").filter(|items| items.is_object()), value.as_array()) {
            // A hall has thousands of seats alike: the first ones say it.
            for (place, value) in values.iter().take(5).enumerate() {
                faults.extend(self.faults(items, value, &format!("{at}[{place}]")));
            }
        }
        faults
    }
}

fn is_of(kind: &str, value: &Value) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        _ => false,
    }
}

#[tokio::test]
async fn what_is_answered_is_what_is_documented() {
    let house = House::open().await;
    let sown = onsale(&["seed", "load"], &house.settings).output().expect("the executable runs");
    assert!(sown.status.success(), "{}", said(&sown));
    eventually("the event", &house.client, &format!("{}/api/events/EVT001", house.gateway)).await;
    let document = house.send(Method::GET, "/api/openapi.json", None, None).await.json().await.expect("a document");
    let token = house.sign_in("reader", &["customer"]).await;
    let reader = Reader { house: &house, document, token };
    let get = Method::GET;
    let post = Method::POST;

    assert_eq!(reader.call(get.clone(), "/api/auth/me", "/api/auth/me", None).await.0, 200);
    assert_eq!(reader.call(get.clone(), "/api/events", "/api/events?limit=2", None).await.0, 200);
    assert_eq!(reader.call(get.clone(), "/api/search/events", "/api/search/events?query=concrt", None).await.0, 200);
    assert_eq!(reader.call(get.clone(), "/api/search/suggest", "/api/search/suggest?q=con", None).await.0, 200);
    for (template, path) in [
        ("/api/events/{eventId}", "/api/events/EVT001"),
        ("/api/events/{eventId}/plan", "/api/events/EVT001/plan"),
        ("/api/events/{eventId}/seats", "/api/events/EVT001/seats"),
        ("/api/events/{eventId}/ticket-types", "/api/events/EVT001/ticket-types"),
    ] {
        assert_eq!(reader.call(get.clone(), template, path, None).await.0, 200);
        let missing = path.replace("EVT001", "NONE");
        assert_eq!(reader.call(get.clone(), template, &missing, None).await.0, 404);
    }
    let reserve = "/api/bookings/reserve";
    let seats = json!({"eventId": "EVT001", "seats": [{"seatId": "VIP-A1"}, {"seatId": "VIP-A2"}]});
    let (status, held) = reader.call(post.clone(), reserve, reserve, Some(&seats)).await;
    assert_eq!(status, 201);
    assert_eq!(reader.call(post.clone(), reserve, reserve, Some(&seats)).await.0, 409);
    assert_eq!(reader.call(post.clone(), reserve, reserve, Some(&json!({"eventId": "EVT001"}))).await.0, 422);
    let hold = held["reservationId"].as_str().expect("an id");
    let template = "/api/bookings/reservations/{reservationId}";
    assert_eq!(reader.call(get.clone(), template, &format!("/api/bookings/reservations/{hold}"), None).await.0, 200);
    let confirm = "/api/bookings/confirm";
    let declined =
        json!({"reservationId": hold, "paymentMethod": "CREDIT_CARD", "paymentToken": "pm_card_chargeDeclined"});
    assert_eq!(reader.call(post.clone(), confirm, confirm, Some(&declined)).await.0, 402);
    let paid = json!({"reservationId": hold, "paymentMethod": "CREDIT_CARD"});
    let (status, order) = reader.call(post.clone(), confirm, confirm, Some(&paid)).await;
    assert_eq!(status, 200, "{order}");
    let order = order["orderId"].as_str().expect("an id");
    assert_eq!(reader.call(get.clone(), "/api/bookings", "/api/bookings", None).await.0, 200);
    for tail in ["", "/payments", "/cancel-quote"] {
        let (template, path) = (format!("/api/bookings/{{orderId}}{tail}"), format!("/api/bookings/{order}{tail}"));
        assert_eq!(reader.call(get.clone(), &template, &path, None).await.0, 200);
    }
    let path = format!("/api/bookings/{order}/cancel");
    assert_eq!(reader.call(post.clone(), "/api/bookings/{orderId}/cancel", &path, Some(&json!({}))).await.0, 200);
    assert_eq!(reader.call(post, "/api/bookings/{orderId}/cancel", &path, Some(&json!({}))).await.0, 409);
}
