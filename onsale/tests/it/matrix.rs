//! Who may what (RELIABILITY I6): every operation of the OpenAPI document as nobody, as a buyer, as each of the
//! staff and with a key, against a golden list. `UPDATE_GOLDEN=1` writes the list anew; read its diff as a reviewer.

use crate::house::House;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write;

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/matrix.golden");
/// An id of every kind that nothing has.
const NOTHING: &str = "018f0000-0000-7000-8000-000000000000";

/// The operations of the document: method, path template, and whether a token is needed.
pub(crate) fn operations(document: &Value) -> Vec<(Method, String, bool)> {
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("an item") {
            let Ok(method) = method.to_ascii_uppercase().parse::<Method>() else { continue };
            if !operation.is_object() {
                continue;
            }
            let security = operation["security"].as_array();
            let optional = security
                .is_some_and(|all| all.iter().any(|one| one.as_object().is_some_and(serde_json::Map::is_empty)));
            found.push((method, path.clone(), security.is_some_and(|all| !all.is_empty()) && !optional));
        }
    }
    found.sort_by(|a, b| (&a.1, a.0.as_str()).cmp(&(&b.1, b.0.as_str())));
    found
}

/// The path with an id in each of its places.
fn filled(template: &str) -> String {
    let mut path = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (_, tail) = after.split_once('}').expect("a closed place");
        let _ = write!(path, "{before}{NOTHING}");
        rest = tail;
    }
    path + rest
}

#[tokio::test]
async fn every_operation_lets_in_whom_it_should() {
    let house = House::open().await;
    let document: Value =
        house.send(Method::GET, "/api/openapi.json", None, None).await.json().await.expect("a document");
    let admin = house.sign_in("admin", &["customer", "admin"]).await;
    let body = json!({"name": "reader", "scopes": ["tickets:read"]});
    let key = house.send(Method::POST, "/api/admin/api-keys", Some(&admin), Some(&body)).await;
    let key: Value = key.json().await.expect("JSON");
    let callers: Vec<(&str, Option<String>)> = vec![
        ("nobody", None),
        ("forged", Some(format!("{}x", &admin[..admin.len() - 2]))),
        ("customer", Some(house.sign_in("customer", &["customer"]).await)),
        ("organiser", Some(house.sign_in("organiser", &["customer", "organiser"]).await)),
        ("box_office", Some(house.sign_in("counter", &["customer", "box_office"]).await)),
        ("gate", Some(house.sign_in("gate", &["customer", "gate"]).await)),
        ("sre", Some(house.sign_in("operator", &["customer", "sre"]).await)),
        ("admin", Some(admin)),
        ("key", Some(key["secret"].as_str().expect("a secret").to_owned())),
    ];
    let mut table = String::new();
    let mut surprises = Vec::new();
    for (method, template, guarded) in operations(&document) {
        let mut statuses = BTreeMap::new();
        for (caller, token) in &callers {
            // Signing out would end the session that the other operations need.
            if template == "/api/auth/logout" || template.ends_with("/live") && *caller != "nobody" {
                continue;
            }
            let body = (method != Method::GET && method != Method::DELETE).then(|| json!({}));
            let answer = house.send(method.clone(), &filled(&template), token.as_deref(), body.as_ref()).await;
            let status = answer.status().as_u16();
            if status >= 500 {
                surprises.push(format!("{method} {template} as {caller}: {status}"));
            }
            if guarded && matches!(*caller, "nobody" | "forged") && status != 401 {
                surprises.push(format!("{method} {template} let {caller} in: {status}"));
            }
            if !guarded && *caller == "forged" && Some(&status) != statuses.get("nobody") {
                surprises.push(format!("{method} {template} is for anybody, but not with a bad token: {status}"));
            }
            // Whoever is signed in may found an organisation, where the installation lets anybody.
            let founds = template == "/api/admin/organisations" && method == Method::POST;
            let of_staff = template.starts_with("/api/admin/") || template.starts_with("/api/v1/tickets");
            if of_staff && !founds && *caller == "customer" && status != 403 {
                surprises.push(format!("{method} {template} as a customer: {status}, not 403"));
            }
            statuses.insert(*caller, status);
        }
        let row: Vec<String> =
            callers.iter().filter_map(|(caller, _)| Some(format!("{caller}={}", statuses.get(caller)?))).collect();
        let _ = writeln!(table, "{method} {template}: {}", row.join(" "));
    }
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(GOLDEN, &table).expect("the golden list is written");
    }
    let golden = std::fs::read_to_string(GOLDEN).expect("the golden list");
    assert_eq!(table, golden, "who may what has changed: run with UPDATE_GOLDEN=1 and read the diff");
}
