//! The same event again: copies, series, and how a draft will look.

use crate::support::{App, fields, hall, price, seated, standing};
use onsale_testkit::database::count;
use serde_json::{Value, json};

#[tokio::test]
async fn a_copy_is_a_draft_of_its_own() {
    let app = App::new().await;
    let client = app.organiser();
    let plan = hall(&client).await;
    let mut first = seated(&plan);
    first["sale"]["offSaleAt"] = json!("2099-05-01T18:00:00Z");
    let _ = client.post("/api/admin/events", &first).await.expect(201);
    let _ = client.post("/api/admin/events/E1/cancel", &json!({})).await.expect(200);
    let wanted = json!({"name": "Once more", "startsAt": "2099-05-08T19:00:00Z"});
    let copy = client.post("/api/admin/events/E1/clone", &wanted).await.expect(201).json();
    assert_eq!((&copy["status"], &copy["version"], &copy["slug"]), (&json!("DRAFT"), &json!(0), &json!("once-more")));
    assert_ne!(copy["id"], "E1");
    assert_eq!(copy["draft"]["id"], copy["id"]);
    assert_eq!(copy["draft"]["sale"]["offSaleAt"], "2099-05-08T18:00:00Z", "the end of the sale moves along");
    assert_eq!(copy["draft"]["ticketTypes"], client.get("/api/admin/events/E1").await.json()["draft"]["ticketTypes"]);
    let problem = client.post("/api/admin/events/E1/clone", &json!({"name": " "})).await.expect_problem(422, "invalid");
    assert_eq!(fields(&problem), ["name invalid"]);
    app.organiser().post("/api/admin/events/E1/clone", &json!({})).await.expect_problem(404, "not_found");
    app.nobody().post("/api/admin/events/E1/clone", &json!({})).await.expect_problem(401, "unauthenticated");
}

#[tokio::test]
async fn a_copy_is_made_once_with_one_key() {
    let app = App::new().await;
    let client = app.organiser();
    let _plan = hall(&client).await;
    let _ = client.post("/api/admin/events", &standing()).await.expect(201);
    let keyed = client.with_header("idempotency-key", "copy-1");
    let made = keyed.post("/api/admin/events/GA1/clone", &json!({})).await.expect(201).json();
    assert_eq!(keyed.post("/api/admin/events/GA1/clone", &json!({})).await.expect(201).json(), made);
    assert_eq!(count(app.db.pool(), "admin.drafts").await, 2);
}

#[tokio::test]
async fn dates_of_a_series_are_drafts_that_change_together_until_they_are_on_sale() {
    let app = App::new().await;
    let client = app.organiser();
    let _plan = hall(&client).await;
    let _ = client.post("/api/admin/events", &standing()).await.expect(201);
    let path = "/api/admin/events/GA1/series";
    let alone = client.get(path).await.expect(200).json();
    assert_eq!(alone["items"].as_array().map(Vec::len), Some(1));
    client.put(path, &standing()).await.expect_problem(404, "not_found");
    let dates = json!({"startsAt": ["2099-06-15T19:00:00Z", "2099-06-08T19:00:00Z"]});
    let made = client.post(path, &dates).await.expect(201).json();
    assert_eq!(made["items"][0]["draft"]["startsAt"], "2099-06-08T19:00:00Z", "the first one first");
    let again = client.post(path, &json!({"startsAt": ["2099-06-15T19:00:00Z"]})).await.expect_problem(422, "invalid");
    assert_eq!(fields(&again), ["startsAt[0] duplicate"]);
    let none = client.post(path, &json!({"startsAt": []})).await.expect_problem(422, "invalid");
    assert_eq!(fields(&none), ["startsAt out_of_range"]);
    let series = client.get(path).await.expect(200).json();
    let items = series["items"].as_array().expect("a list").clone();
    assert_eq!(items.len(), 3);
    assert!(items.iter().all(|item| item["seriesId"] == items[0]["seriesId"] && item["seriesId"].is_string()));

    // One of them is on sale: it stays as it is.
    let on_sale = items[1]["id"].as_str().expect("an id");
    sqlx::query("UPDATE admin.drafts SET status = 'PUBLISHED', version = 1 WHERE id = $1")
        .bind(on_sale)
        .execute(app.db.pool())
        .await
        .expect("updated");
    let mut draft = standing();
    draft["name"] = json!("Rock Nights");
    draft["startsAt"] = json!("2099-06-02T19:00:00Z");
    let changed = client.put(path, &draft).await.expect(200).json();
    assert_eq!((&changed["changed"][0], &changed["left"]), (&json!("GA1"), &json!([on_sale])));
    let names = |series: Value| {
        let items = series["items"].as_array().expect("a list").clone();
        items.iter().map(|item| item["draft"]["name"].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(client.get(path).await.json()), ["Rock Nights", "Rock Night", "Rock Nights"]);
    let starts: Vec<Value> = client.get(path).await.json()["items"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|item| item["draft"]["startsAt"].clone())
        .collect();
    assert_eq!(starts[0], "2099-06-02T19:00:00Z", "the one that was asked for takes its new time");
    assert_eq!(starts[2], "2099-06-15T19:00:00Z", "the others keep theirs");

    // What is wrong with one is done to none.
    draft["name"] = json!("");
    client.put(path, &draft).await.expect_problem(422, "invalid");
    assert_eq!(names(client.get(path).await.json())[0], "Rock Nights");
    let other = app.organiser();
    other.get(path).await.expect_problem(404, "not_found");
    other.put(path, &draft).await.expect_problem(404, "not_found");
    other.post(path, &dates).await.expect_problem(404, "not_found");
}

#[tokio::test]
async fn a_draft_is_looked_at_as_buyers_would_see_it() {
    let app = App::new().await;
    let client = app.organiser();
    let plan = hall(&client).await;
    let _ = client.post("/api/admin/events", &seated(&plan)).await.expect(201);
    let seen = client.get("/api/admin/events/E1/preview").await.expect(200).json();
    assert_eq!((&seen["name"], &seen["venue"]["city"]), (&json!("Sinfonía n.º 9"), &json!("Málaga")));
    assert_eq!(seen["availability"], json!({"capacity": 16, "available": 16, "soldOut": false}));
    assert_eq!(seen["priceRange"]["min"]["amount"], "32.40");
    app.organiser().get("/api/admin/events/E1/preview").await.expect_problem(404, "not_found");
    app.nobody().get("/api/admin/events/E1/preview").await.expect_problem(401, "unauthenticated");
}

#[tokio::test]
async fn where_prices_are_made_by_a_rule_all_of_them_are() {
    let app = App::new().await;
    let client = app.organiser();
    let _plan = hall(&client).await;
    let mut draft = standing();
    // 8 % on top: 15.00 and 1.20, 20.00 and 1.60, as the prices say.
    draft["charges"] = json!({
        "ticketLabel": "Ticket", "feeLabel": "Fee", "feeFixed": {"amount": "0.00", "currency": "EUR"},
        "feeBasisPoints": 800, "taxLabel": "VAT", "taxBasisPoints": 1000, "taxIncluded": false,
    });
    let problem = client.post("/api/admin/events", &draft).await.expect_problem(422, "invalid");
    assert_eq!(fields(&problem), ["ticketTypes[0].price charges", "ticketTypes[1].price charges"]);
    draft["charges"]["taxBasisPoints"] = json!(0);
    let made = client.post("/api/admin/events", &draft).await.expect(201).json();
    assert_eq!(made["draft"]["charges"], draft["charges"]);
    draft["ticketTypes"][1]["price"] = price("20.00", "1.61", "21.61");
    let problem = client.put("/api/admin/events/GA1", &draft).await.expect_problem(422, "invalid");
    assert_eq!(fields(&problem), ["ticketTypes[1].price charges"]);
    draft["charges"]["feeFixed"] = json!({"amount": "1", "currency": "JPY"});
    draft["charges"]["ticketLabel"] = json!("");
    let problem = client.put("/api/admin/events/GA1", &draft).await.expect_problem(422, "invalid");
    assert_eq!(fields(&problem), ["charges.ticketLabel invalid", "charges.feeFixed currency"]);
}
