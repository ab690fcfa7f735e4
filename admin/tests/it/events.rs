//! Drafting events.

use crate::support::{App, fields, hall, price, seated, standing};
use serde_json::json;

#[tokio::test]
async fn a_draft_is_made_and_changed() {
    let app = App::new().await;
    let client = app.organiser();
    let plan = hall(&client).await;
    let made = client.post("/api/admin/events", &seated(&plan)).await.expect(201).json();
    insta::assert_json_snapshot!(made, {
        ".createdAt" => "[time]", ".updatedAt" => "[time]", ".draft.planId" => "[plan]",
    });
    let mut changed = seated(&plan);
    changed["name"] = json!("Sinfonía n.º 10");
    changed["id"] = json!("ignored");
    let changed = client.put("/api/admin/events/E1", &changed).await.expect(200).json();
    assert_eq!((&changed["id"], &changed["slug"]), (&json!("E1"), &json!("sinfonia-n-o-10")));
    let other = app.organiser();
    other.get("/api/admin/events/E1").await.expect_problem(404, "not_found");
    other.put("/api/admin/events/E1", &seated(&plan)).await.expect_problem(404, "not_found");
    other.post("/api/admin/events/E1/publish", &json!({})).await.expect_problem(404, "not_found");
    other.post("/api/admin/events/E1/cancel", &json!({})).await.expect_problem(404, "not_found");
    assert_eq!(other.get("/api/admin/events").await.expect(200).json()["items"], json!([]));
    assert_eq!(app.admin().get("/api/admin/events").await.expect(200).json()["items"][0]["id"], "E1");
    client.post("/api/admin/events", &seated(&plan)).await.expect_problem(409, "id_taken");
}

#[tokio::test]
async fn an_organiser_cannot_use_anothers_hall() {
    let app = App::new().await;
    let plan = hall(&app.organiser()).await;
    let problem = app.organiser().post("/api/admin/events", &seated(&plan)).await.expect_problem(422, "invalid");
    let named = fields(&problem);
    assert!(named.contains(&"venueId unknown".to_owned()) && named.contains(&"planId unknown".to_owned()), "{named:?}");
}

#[tokio::test]
async fn transfers_are_taken_in_euros_alone() {
    let app = App::new().await;
    let client = app.organiser();
    let plan = hall(&client).await;
    let mut draft = seated(&plan);
    draft["sale"]["bankTransfers"] = json!(true);
    client.post("/api/admin/events", &draft).await.expect(201);
    draft["sale"]["currency"] = json!("USD");
    let problem = client.post("/api/admin/events", &draft).await.expect_problem(422, "invalid");
    assert!(fields(&problem).contains(&"sale.bankTransfers not_offered".to_owned()), "{problem}");
}

#[tokio::test]
async fn every_wrong_field_of_a_draft_is_named_at_once() {
    let app = App::new().await;
    let client = app.organiser();
    let plan = hall(&client).await;
    let mut draft = seated(&plan);
    draft["name"] = json!(" ");
    draft["description"] = json!("a\u{1}b");
    draft["sale"]["holdSeconds"] = json!(59);
    draft["sale"]["onSaleAt"] = json!("2099-05-02T19:00:00Z");
    draft["sale"]["offSaleAt"] = json!("2099-05-02T18:00:00Z");
    draft["sale"]["maxPerAccount"] = json!(0);
    draft["quotas"] = json!([{"code": "q", "capacity": 0}, {"code": "q", "capacity": 1}]);
    draft["ticketTypes"] = json!([
        {"ticketType": "adult", "name": "X", "category": "C", "price": price("50.00", "4.00", "54.00")},
        {"ticketType": "adult", "name": "X", "category": "A", "price": price("50.00", "4.00", "53.00"), "capacity": 5},
        {"ticketType": "adult", "name": "X", "category": "A", "price": price("50.00", "4.00", "54.00"),
         "quotas": ["none"]},
        {"ticketType": "standing", "name": "X", "price": {
            "total": {"amount": "1", "currency": "JPY"},
            "lines": [{"kind": "discount", "label": "", "amount": {"amount": "1", "currency": "JPY"}}]}},
    ]);
    draft["promoCodes"] = json!([
        {"code": "A", "discount": {"basisPoints": 10001}},
        {"code": "a", "discount": {"amount": {"amount": "0", "currency": "USD"}}, "maxUses": 0},
    ]);
    let problem = client.post("/api/admin/events", &draft).await.expect_problem(422, "invalid");
    insta::assert_json_snapshot!(fields(&problem));
    let every = problem["errors"].as_array().expect("errors");
    assert!(every.iter().all(|error| error["message"].as_str().is_some_and(|text| text.len() > 3)), "{problem}");
}

#[tokio::test]
async fn general_admission_needs_a_capacity_and_no_plan() {
    let app = App::new().await;
    let client = app.organiser();
    let _plan = hall(&client).await;
    let _ = client.post("/api/admin/events", &standing()).await.expect(201);
    let mut draft = standing();
    draft["id"] = json!("GA2");
    draft["ticketTypes"][0]["capacity"] = json!(null);
    draft["ticketTypes"][1]["category"] = json!("A");
    let problem = client.post("/api/admin/events", &draft).await.expect_problem(422, "invalid");
    assert_eq!(
        fields(&problem),
        ["ticketTypes[0].capacity missing", "ticketTypes[1].category unknown", "ticketTypes[1].capacity not_allowed"]
    );
}
