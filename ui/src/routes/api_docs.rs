//! The OpenAPI document as a page to read. It speaks English, as the document does.

use crate::bundle::Bundle;
use crate::shell::{Page, Top, document};
use leptos::prelude::*;
use serde_json::{Map, Value};

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// The page of an OpenAPI 3.1 document.
#[must_use]
pub fn api_docs(page: &Page, openapi: &Value) -> String {
    let mut groups: Vec<(String, Vec<AnyView>)> = Vec::new();
    for (path, item) in openapi["paths"].as_object().into_iter().flatten() {
        for method in METHODS {
            let operation = &item[method];
            if operation.is_null() {
                continue;
            }
            let group = operation["tags"][0].as_str().unwrap_or("Others").to_owned();
            let shown = operation_view(openapi, method, path, operation).into_any();
            match groups.iter_mut().find(|(name, _)| *name == group) {
                Some((_, operations)) => operations.push(shown),
                None => groups.push((group, vec![shown])),
            }
        }
    }
    let sections: Vec<_> = groups
        .into_iter()
        .map(|(name, operations)| view! { <section aria-label=name.clone()><h2>{name.clone()}</h2>{operations}</section> })
        .collect();
    let title = openapi["info"]["title"].as_str().unwrap_or("Onsale").to_owned();
    let about = openapi["info"]["description"].as_str().unwrap_or_default().to_owned();
    let main = || {
        view! {
            <div class="wrap ref" style="padding-block:var(--s6)" lang="en">
                <div class="stack">
                    <h1>{title.clone()}</h1>
                    <p class="lede">{about}</p>
                    <p>
                        "For programs: "<a href="/api/openapi.json">"openapi.json"</a>
                        ". Errors: "<a href="/problems">"all problems"</a>"."
                    </p>
                    {sections}
                </div>
            </div>
        }
    };
    document(page, Bundle::Front, &format!("{title} · API"), Top::Light, main)
}

fn operation_view(openapi: &Value, method: &str, path: &str, operation: &Value) -> impl IntoView + use<> {
    let summary = text(&operation["summary"]);
    let description = text(&operation["description"]);
    let secured = operation["security"].as_array().is_some_and(|all| !all.is_empty());
    let parameters: Vec<_> = operation["parameters"].as_array().into_iter().flatten().map(parameter).collect();
    let parameters = (!parameters.is_empty()).then(|| view! { <ul>{parameters}</ul> });
    let body = &operation["requestBody"]["content"]["application/json"]["schema"];
    let body = (!body.is_null()).then(|| view! { <p>"Body:"</p>{fields(openapi, body)} });
    let responses: Vec<_> = operation["responses"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(status, is)| response(openapi, status, is))
        .collect();
    view! {
        <details>
            <summary>
                <span class="plate verb">{method.to_ascii_uppercase()}</span>
                <code>{path.to_owned()}</code>
                <span class="soft">{summary}</span>
            </summary>
            <div class="stack" style="--gap:var(--s3)">
                <p>{description}</p>
                {secured.then(|| view! { <p class="badge info">"Needs a token"</p> })}
                {parameters}
                {body}
                <ul>{responses}</ul>
            </div>
        </details>
    }
}

fn parameter(parameter: &Value) -> impl IntoView + use<> {
    let name = text(&parameter["name"]);
    let place = text(&parameter["in"]);
    let about = text(&parameter["description"]);
    let needed = if parameter["required"].as_bool().unwrap_or(false) { "" } else { ", optional" };
    view! { <li><code>{name}</code>{format!(" ({place}{needed}) {about}")}</li> }
}

fn response(openapi: &Value, status: &str, response: &Value) -> impl IntoView + use<> {
    let about = text(&response["description"]);
    let schema = &response["content"]["application/json"]["schema"];
    let body = (!schema.is_null()).then(|| fields(openapi, schema));
    view! { <li><b>{status.to_owned()}</b>" "{about}{body}</li> }
}

/// The fields of an object, one level deep.
fn fields(openapi: &Value, schema: &Value) -> AnyView {
    let schema = resolved(openapi, schema);
    let empty = Map::new();
    let properties = schema["properties"].as_object().unwrap_or(&empty);
    if properties.is_empty() {
        return view! { <p><code>{type_of(schema)}</code></p> }.into_any();
    }
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    let rows: Vec<_> = properties
        .iter()
        .map(|(name, property)| {
            let needed = required.iter().any(|known| known.as_str() == Some(name));
            let kind = type_of(property);
            let about = text(&property["description"]);
            let optional = if needed { "" } else { "optional. " };
            view! {
                <tr><td><code>{name.clone()}</code></td><td><code>{kind}</code></td><td style="white-space:normal">{optional}{about}</td></tr>
            }
        })
        .collect();
    view! { <div class="scroll-x"><table><tbody>{rows}</tbody></table></div> }.into_any()
}

fn resolved<'a>(openapi: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str().and_then(|target| target.strip_prefix('#')) {
        Some(pointer) => openapi.pointer(pointer).unwrap_or(schema),
        None => schema,
    }
}

fn type_of(schema: &Value) -> String {
    if let Some(target) = schema["$ref"].as_str() {
        return target.rsplit('/').next().unwrap_or_default().to_owned();
    }
    let kinds = match &schema["type"] {
        Value::String(kind) => vec![kind.clone()],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    if kinds.iter().any(|kind| kind == "array") {
        return format!("[{}]", type_of(&schema["items"]));
    }
    if kinds.is_empty() {
        let choices = schema["oneOf"].as_array().or(schema["anyOf"].as_array());
        let names: Vec<_> = choices.into_iter().flatten().map(type_of).collect();
        return names.join(" | ");
    }
    kinds.join(" | ")
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
