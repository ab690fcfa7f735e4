//! Seating plans.

use crate::support::{App, described_plan, fields, hall, venue};
use onsale_testkit::database::count;
use serde_json::{Value, json};

#[tokio::test]
async fn a_described_plan_is_drawn() {
    let app = App::new().await;
    let client = app.organiser();
    let id = hall(&client).await;
    let record = client.get(&format!("/api/admin/plans/{id}")).await.expect(200).json();
    assert_eq!(record["seatCount"], 16);
    let stalls = &record["plan"]["zones"][0];
    assert_eq!(stalls["rows"][1]["seats"][4]["seatId"], "ST-B5");
    assert_eq!(stalls["rows"][0]["seats"][2]["gapBefore"], true);
    assert_eq!(record["plan"]["zones"][1]["rows"][0]["seats"][0]["accessible"], true);
    app.organiser().get(&format!("/api/admin/plans/{id}")).await.expect_problem(404, "not_found");
}

#[tokio::test]
async fn the_same_plan_is_kept_once() {
    let app = App::new().await;
    let client = app.organiser();
    let id = hall(&client).await;
    let record = client.get(&format!("/api/admin/plans/{id}")).await.expect(200).json();
    let drawn = client.post("/api/admin/venues/hall/plans", &record["plan"]).await.expect(201).json();
    assert_eq!(drawn["planId"], json!(id), "the drawing of a description is the same plan");
    assert_eq!(drawn["digest"], record["digest"]);
    assert_eq!(count(app.db.pool(), "admin.plans").await, 1);
    let list = client.get("/api/admin/venues/hall/plans").await.expect(200).json();
    assert_eq!(list["items"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn every_wrong_seat_is_named_at_once() {
    let app = App::new().await;
    let client = app.organiser();
    let _ = client.post("/api/admin/venues", &venue()).await.expect(201);
    let seat = |id: &str, column: &str, category: &str| json!({"seatId": id, "column": column, "category": category, "position": {"x": 1.0, "y": 1.0}});
    let zone =
        |id: u16, seats: Vec<Value>| json!({"zoneId": id, "name": "Z", "rows": [{"label": "A", "seats": seats}]});
    let plan = json!({
        "name": "", "width": 10.0, "height": 10.0, "focalPoint": {"x": 0.0, "y": 0.0},
        "zones": [zone(1, vec![seat("s1", "1", "A")])],
    });
    let problem = client.post("/api/admin/venues/hall/plans", &plan).await.expect_problem(422, "invalid");
    assert_eq!(fields(&problem), ["name invalid"]);
    let plan = json!({
        "name": "P", "width": 10.0, "height": 10.0, "focalPoint": {"x": 0.0, "y": 0.0},
        "zones": [
            zone(1, vec![seat("s1", "1", "A"), seat("s1", "2", "A"), seat("s2", "1", ""), seat("s3", "3", "A")]),
            zone(1, vec![]),
        ],
    });
    let problem = client.post("/api/admin/venues/hall/plans", &plan).await.expect_problem(422, "invalid");
    assert_eq!(
        fields(&problem),
        [
            "zones[0].rows[0].seats[1].seatId duplicate",
            "zones[0].rows[0].seats[2].category invalid",
            "zones[0].rows[0].seats[2].column duplicate",
            "zones[1].zoneId duplicate",
        ]
    );
    let unreadable = json!({"name": "P", "zones": [{"zoneId": "one"}]});
    let problem = client.post("/api/admin/venues/hall/plans", &unreadable).await.expect_problem(400, "malformed");
    assert_eq!(fields(&problem), ["zones[0].zoneId malformed"]);
}

#[tokio::test]
async fn plans_have_bounds() {
    let app = App::new().await;
    let client = app.organiser();
    let _ = client.post("/api/admin/venues", &venue()).await.expect(201);
    let mut huge = described_plan();
    huge["zones"][0]["rows"] = json!(1000);
    huge["zones"][0]["seatsPerRow"] = json!(100);
    let problem = client.post("/api/admin/venues/hall/plans", &huge).await.expect_problem(422, "invalid");
    assert_eq!(fields(&problem), ["zones too_many_seats"]);
    let padded = json!({"name": "x".repeat(8 * 1024 * 1024), "zones": []});
    client.post("/api/admin/venues/hall/plans", &padded).await.expect_problem(413, "body_too_large");
    let padded = json!({"name": "x".repeat(64 * 1024)});
    client.post("/api/admin/venues", &padded).await.expect_problem(413, "body_too_large");
    let large = json!({"zones": [{"zoneId": 1, "name": "Z", "category": "A", "rows": 100, "seatsPerRow": 600}]});
    let made = client.post("/api/admin/venues/hall/plans", &large).await.expect(201).json();
    assert_eq!(made["seatCount"], 60_000);
}

#[tokio::test]
async fn plans_drawn_for_pretix_are_read() {
    let app = App::new().await;
    let client = app.organiser();
    let _ = client.post("/api/admin/venues", &venue()).await.expect(201);
    let mut plan = json!({
        "name": "From pretix",
        "categories": [{"name": "Stalls", "color": "#336699"}],
        "size": {"width": 400, "height": 300},
        "zones": [{
            "name": "Main", "displayed": true, "position": {"x": 10, "y": 20},
            "rows": [{"row_number": "1", "position": {"x": 5, "y": 5}, "seats": [
                {"seat_guid": "g-1", "seat_number": "1", "position": {"x": 0, "y": 0}, "category": "Stalls"},
                {"seat_guid": "g-2", "seat_number": "2", "position": {"x": 25, "y": 0}, "category": "Stalls"},
            ]}],
            "areas": [{"color": "#eee", "width": 100, "height": 40, "position": {"x": 200, "y": 0}, "text": "Stage"}],
        }],
    });
    let made = client.post("/api/admin/venues/hall/plans/pretix", &plan).await.expect(201).json();
    let id = made["planId"].as_str().expect("an id");
    let record = client.get(&format!("/api/admin/plans/{id}")).await.expect(200).json();
    insta::assert_json_snapshot!(record["plan"]);

    plan["zones"][0]["rows"][0]["seats"][0]["category"] = json!("Nowhere");
    plan["zones"][0]["rows"][0]["seats"][1]["seat_guid"] = json!("not an id");
    let problem = client.post("/api/admin/venues/hall/plans/pretix", &plan).await.expect_problem(422, "invalid");
    assert_eq!(
        fields(&problem),
        ["zones[0].rows[0].seats[0].category unknown", "zones[0].rows[0].seats[1].seat_guid invalid"]
    );
}
