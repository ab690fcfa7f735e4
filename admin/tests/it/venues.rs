//! Venues.

use crate::support::{App, fields, venue};
use onsale_testkit::database::count;
use serde_json::{Value, json};

#[tokio::test]
async fn a_venue_is_made_listed_changed_and_audited() {
    let app = App::new().await;
    let client = app.organiser();
    let made = client.post("/api/admin/venues", &venue()).await.expect(201).json();
    insta::assert_json_snapshot!(made, @r#"
    {
      "city": "Málaga",
      "country": "ES",
      "id": "hall",
      "latitude": 36.72,
      "longitude": -4.42,
      "name": "Town Hall",
      "timeZone": "Europe/Madrid"
    }
    "#);
    let mut changed = venue();
    changed["name"] = json!("New Town Hall");
    let _ = client.put("/api/admin/venues/hall", &changed).await.expect(200);
    assert_eq!(client.get("/api/admin/venues/hall").await.expect(200).json()["name"], "New Town Hall");
    let list = client.get("/api/admin/venues").await.expect(200).json();
    assert_eq!(list["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(count(app.db.pool(), "admin.audit WHERE object_id = 'hall'").await, 2);
}

#[tokio::test]
async fn what_is_anothers_is_not_there() {
    let app = App::new().await;
    let _ = app.organiser().post("/api/admin/venues", &venue()).await.expect(201);
    let other = app.organiser();
    other.get("/api/admin/venues/hall").await.expect_problem(404, "not_found");
    other.put("/api/admin/venues/hall", &venue()).await.expect_problem(404, "not_found");
    other.get("/api/admin/venues/hall/plans").await.expect_problem(404, "not_found");
    assert_eq!(other.get("/api/admin/venues").await.expect(200).json()["items"], json!([]));
    let _ = app.admin().get("/api/admin/venues/hall").await.expect(200);
    app.client(&app.kit.customer()).get("/api/admin/venues").await.expect_problem(403, "forbidden");
    app.nobody().get("/api/admin/venues").await.expect_problem(401, "unauthenticated");
    other.post("/api/admin/venues", &venue()).await.expect_problem(409, "id_taken");
}

#[tokio::test]
async fn every_wrong_field_is_named_at_once() {
    let app = App::new().await;
    let wrong = json!({
        "name": "\u{1}", "city": "", "country": "es", "timeZone": "Europe/Atlantis", "latitude": 91.0,
        "longitude": -4.42,
    });
    let problem = app.organiser().post("/api/admin/venues", &wrong).await.expect_problem(422, "invalid");
    let mut named: Vec<String> = fields(&problem);
    named.sort();
    named.dedup();
    assert_eq!(named, ["city invalid", "country invalid", "latitude invalid", "name invalid", "timeZone unknown"]);
    let posix = json!({"name": "x", "city": "y", "country": "ES", "timeZone": "EST5EDT\u{1}/x", "latitude": 0.0,
                       "longitude": 0.0});
    let problem = app.organiser().post("/api/admin/venues", &posix).await.expect_problem(422, "invalid");
    assert_eq!(fields(&problem), ["timeZone unknown"]);
    app.organiser().post("/api/admin/venues", &json!({"name": 1})).await.expect_problem(400, "malformed");
}

#[tokio::test]
async fn a_key_gives_the_first_answer_again() {
    let app = App::new().await;
    let client = app.organiser().with_header("idempotency-key", "k1");
    let mut body = venue();
    body["id"] = Value::Null;
    let first = client.post("/api/admin/venues", &body).await.expect(201);
    let again = client.post("/api/admin/venues", &body).await.expect(201);
    assert_eq!(first.json(), again.json());
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    body["name"] = json!("Another");
    // Each of them ends before its answer: the next one never finds the key in use.
    for _ in 0..50 {
        client.post("/api/admin/venues", &body).await.expect_problem(422, "idempotency_key_reused");
    }
    assert_eq!(count(app.db.pool(), "admin.venues").await, 1);
}

#[tokio::test]
async fn lists_come_in_pages() {
    let app = App::new().await;
    let client = app.organiser();
    for name in ["a", "b", "c"] {
        let mut body = venue();
        body["id"] = json!(name);
        let _ = client.post("/api/admin/venues", &body).await.expect(201);
    }
    let first = client.get("/api/admin/venues?limit=2").await.expect(200).json();
    let cursor = first["nextCursor"].as_str().expect("a second page");
    let second = client.get(&format!("/api/admin/venues?limit=2&cursor={cursor}")).await.expect(200).json();
    assert_eq!(second["items"][0]["id"], "c");
    assert_eq!(second["nextCursor"], Value::Null);
    client.get("/api/admin/venues?cursor=x").await.expect_problem(400, "malformed");
    client.get("/api/admin/venues?limit=101").await.expect_problem(422, "invalid");
}

#[tokio::test]
async fn the_audit_log_only_grows() {
    let app = App::new().await;
    let _ = app.organiser().post("/api/admin/venues", &venue()).await.expect(201);
    for statement in ["UPDATE admin.audit SET action = 'x'", "DELETE FROM admin.audit", "TRUNCATE admin.audit"] {
        let refused = sqlx::query(statement).execute(app.db.pool()).await;
        assert!(refused.is_err_and(|error| error.to_string().contains("only grows")), "{statement}");
    }
}
