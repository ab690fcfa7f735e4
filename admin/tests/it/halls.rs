//! Halls: drawn, saved, published; brought in and taken elsewhere.

use crate::support::{App, fields, hall as described, seated, venue};
use axum::body::Body;
use axum::http::Method;
use onsale_core::api::halls::HallRecord;
use onsale_core::hall::{Block, Hall, Part, Shape, Spot, drawn_from};
use onsale_core::plan::SeatingPlan;
use onsale_testkit::TestClient;
use onsale_testkit::database::count;
use onsale_testkit::http::Answer;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::fmt::Write;

async fn begun(client: &TestClient) -> String {
    let _ = client.post("/api/admin/venues", &venue()).await.expect(201);
    let made = client.post("/api/admin/venues/hall/halls", &json!({"name": "Main house"})).await.expect(201).json();
    made["hallId"].as_str().expect("an id").to_owned()
}

fn with_block(mut hall: Hall, at: Spot) -> Hall {
    let block = Block { curve: 60.0, ..Block::new(30, 40, Some("A".to_owned())) };
    let name = Some("Stalls".to_owned());
    hall.add(Part { number: 0, name, at, turn: 0.0, shape: Shape::Block(block), beside: String::new() });
    hall
}

async fn record(client: &TestClient, id: &str) -> HallRecord {
    client.get(&format!("/api/admin/halls/{id}")).await.expect(200).parse()
}

#[tokio::test]
async fn a_hall_is_drawn_saved_and_published() {
    let app = App::new().await;
    let client = app.organiser();
    let id = begun(&client).await;
    let path = format!("/api/admin/halls/{id}");
    let first = record(&client, &id).await;
    assert_eq!((first.revision, first.problems.len(), first.versions.len()), (1, 1, 0));
    let empty = client.post(&format!("{path}/publish"), &json!({"revision": 1})).await.expect_problem(422, "invalid");
    assert_eq!(fields(&empty), ["hall empty"]);

    let hall = with_block(first.hall, Spot::default());
    let saved = client.put(&path, &json!({"revision": 1, "hall": hall})).await.expect(200).json();
    assert_eq!(saved["revision"], 2);
    // Another tab goes on from what it saw before.
    client.put(&path, &json!({"revision": 1, "hall": hall})).await.expect_problem(409, "state_conflict");
    client.post(&format!("{path}/publish"), &json!({"revision": 1})).await.expect_problem(409, "state_conflict");

    let made = client.post(&format!("{path}/publish"), &json!({"revision": 2})).await.expect(201).json();
    assert_eq!((&made["version"], &made["seatCount"]), (&json!(1), &json!(1200)));
    let again = client.post(&format!("{path}/publish"), &json!({"revision": 2})).await.expect(201).json();
    assert_eq!((&again["version"], &again["planId"]), (&made["version"], &made["planId"]), "nothing changed");
    let plan = client.get(&format!("/api/admin/plans/{}", made["planId"].as_str().expect("an id"))).await.expect(200);
    assert_eq!(plan.json()["plan"]["zones"][0]["rows"][29]["seats"][39]["seatId"], "2-AD-40");

    let second = with_block(hall, Spot::new(0.0, 400.0));
    let _ = client.put(&path, &json!({"revision": 2, "hall": second})).await.expect(200);
    let made = client.post(&format!("{path}/publish"), &json!({"revision": 3})).await.expect(201).json();
    assert_eq!((&made["version"], &made["seatCount"]), (&json!(2), &json!(2400)));
    assert_eq!(record(&client, &id).await.versions.len(), 2);
    assert_eq!(count(app.db.pool(), "admin.plans").await, 2);
    let list = client.get("/api/admin/venues/hall/halls").await.expect(200).json();
    assert_eq!((&list["items"][0]["seatCount"], &list["items"][0]["version"]), (&json!(2400), &json!(2)));

    let other = app.organiser();
    for answer in [
        other.get(&path).await,
        other.put(&path, &json!({"revision": 3, "hall": second})).await,
        other.post(&format!("{path}/publish"), &json!({"revision": 3})).await,
        other.get(&format!("{path}/pretix")).await,
        other.get(&format!("{path}/csv")).await,
        other.get("/api/admin/venues/hall/halls").await,
        other.post("/api/admin/venues/hall/halls", &json!({"name": "Mine"})).await,
    ] {
        answer.expect_problem(404, "not_found");
    }
}

#[tokio::test]
async fn a_hall_that_breaks_its_bounds_is_refused_by_its_fields() {
    let app = App::new().await;
    let client = app.organiser();
    let id = begun(&client).await;
    let mut hall = with_block(record(&client, &id).await.hall, Spot::default());
    hall.change(2, |part| {
        if let Shape::Block(block) = &mut part.shape {
            (block.rows, block.curve) = (5_000, 999.0);
        }
    });
    let body = json!({"revision": 1, "hall": hall});
    let problem = client.put(&format!("/api/admin/halls/{id}"), &body).await.expect_problem(422, "invalid");
    let named = fields(&problem);
    assert!(named.contains(&"hall.parts[1].shape.block.rows out_of_range".to_owned()), "{named:?}");
    assert!(named.contains(&"hall.parts[1].shape.block.curve out_of_range".to_owned()), "{named:?}");
}

#[tokio::test]
async fn a_published_event_takes_a_new_version_only_with_the_same_seats() {
    let app = App::new().await;
    let client = app.organiser();
    let plan = described(&client).await;
    let _ = client.post("/api/admin/events", &seated(&plan)).await.expect(201);
    let _ = client.post("/api/admin/events/E1/publish", &json!({})).await.expect(200);
    sqlx::query("UPDATE admin.drafts SET status = 'PUBLISHED'").execute(app.db.pool()).await.expect("it is listed");

    let asked = json!({"name": "Main house", "planId": plan});
    let made = client.post("/api/admin/venues/hall/halls", &asked).await.expect(201).json();
    let id = made["hallId"].as_str().expect("an id").to_owned();
    let path = format!("/api/admin/halls/{id}");
    let mut hall = record(&client, &id).await.hall;
    let mut versions = Vec::new();
    for (revision, change) in [(1, Change::Moved), (2, Change::Renumbered)] {
        change.make(&mut hall);
        let _ = client.put(&path, &json!({"revision": revision, "hall": hall})).await.expect(200);
        let body = json!({"revision": revision + 1});
        versions.push(client.post(&format!("{path}/publish"), &body).await.expect(201).json());
    }
    let version = |nth: usize| seated(versions[nth]["planId"].as_str().expect("an id"));
    let problem = client.put("/api/admin/events/E1", &version(1)).await.expect_problem(422, "invalid");
    assert_eq!(fields(&problem), ["planId fixed"]);
    assert!(problem["errors"][0]["message"].as_str().expect("a message").contains("ST-A1"), "{problem}");
    let _ = client.put("/api/admin/events/E1", &version(0)).await.expect(200);
}

enum Change {
    Moved,
    Renumbered,
}

impl Change {
    fn make(&self, hall: &mut Hall) {
        match self {
            Self::Moved => hall.shift(&[1], Spot::new(0.0, 3.0)),
            Self::Renumbered => hall.change(1, |part| {
                if let Shape::Seats(seats) = &mut part.shape {
                    seats.rows[0].seats[0].column = "99".to_owned();
                }
            }),
        }
    }
}

/// A plan with everything that pretix's schema knows, and so many rows of a hundred seats.
fn pretix_plan(rows: usize) -> Value {
    let seats = |row: usize| -> Vec<Value> {
        let seat = |number: usize| {
            // Angles give places with as many digits as a number has.
            let angle = 0.001 * (row * 100 + number) as f64;
            json!({
                "seat_guid": format!("g-{row}-{number}"), "seat_number": number.to_string(),
                "uuid": format!("{row:08}-0000-4000-8000-{number:012}"), "start_direction": null, "radius": 10,
                "position": {"x": 900.0 * angle.sin(), "y": 900.0 * angle.cos() + 25.0 * row as f64},
                "category": if row.is_multiple_of(2) { "Parkett" } else { "Rang" },
            })
        };
        (1..=100).map(seat).collect()
    };
    let row = |row: usize| {
        json!({"row_number": row.to_string(), "row_label": "Reihe %s", "seat_label": null, "uuid": format!("r{row}"),
               "row_number_position": "both", "position": {"x": 12.5, "y": 25 * row}, "seats": seats(row)})
    };
    json!({
        "name": "Stadthalle", "size": {"width": 2000, "height": 6000},
        "categories": [{"name": "Parkett", "color": "#7fff00"}, {"name": "Rang"}],
        "zones": [
            {"name": "Saal", "zone_id": "s", "uuid": "z1", "position": {"x": 100, "y": 200.5},
             "rows": (0..rows).map(row).collect::<Vec<_>>(), "areas": [
                {"color": "#eee", "border_color": "#000", "rotation": 12.25, "position": {"x": 0, "y": -100}, "uuid": "a1",
                 "shape": "rectangle", "rectangle": {"width": 300, "height": 80},
                 "text": {"text": "Bühne", "color": "#333", "size": 16, "position": {"x": 150, "y": 40}}},
                {"shape": "polygon", "position": {"x": 1, "y": 2}, "polygon": {"points": [{"x": 0, "y": 0}, {"x": 9.75, "y": 4}]}},
                {"shape": "circle", "position": {"x": 1, "y": 2}, "circle": {"radius": 40}},
                {"shape": "ellipse", "position": {"x": 1, "y": 2}, "ellipse": {"radius": {"x": 3, "y": 4.125}}},
             ]},
            {"displayed": true, "position": {"x": 0, "y": 0}, "rows": [
                {"row_number": "A", "number_of_seats": 0, "seats_spacing": 25, "seats": []}],
             "areas": [{"width": 100, "height": 40, "position": {"x": 5, "y": 6}, "text": "Bar"}]},
            {"position": {"x": 0.1, "y": 1e-7}, "rows": [], "areas": []},
        ],
    })
}

/// Equal as JSON, every number to its last bit: serde_json's own reading of long fractions is not that exact.
fn assert_same(left: &str, right: &str) {
    let (mut left, mut right): (Value, Value) = (exact(left), exact(right));
    assert_eq!(left.take(), right.take());
}

/// The JSON with its numbers as texts of what they are.
fn exact(text: &str) -> Value {
    let mut quoted = String::with_capacity(text.len() * 2);
    let (mut inside, mut escaped, mut number) = (false, false, String::new());
    for c in text.chars() {
        if !inside
            && (c.is_ascii_digit() || matches!(c, '-' | '+' | '.') || (!number.is_empty() && matches!(c, 'e' | 'E')))
        {
            number.push(c);
            continue;
        }
        if !number.is_empty() {
            let _ = write!(quoted, "\"{:?}\"", number.parse::<f64>().expect("a number"));
            number.clear();
        }
        if inside && !escaped && c == '"' {
            inside = false;
        } else if !inside && c == '"' {
            inside = true;
        }
        escaped = inside && c == '\\' && !escaped;
        quoted.push(c);
    }
    serde_json::from_str(&quoted).expect("JSON")
}

async fn there_and_back(client: &TestClient, plan: &Value) {
    let made = client.post("/api/admin/venues/hall/halls/pretix", plan).await.expect(201).json();
    let path = format!("/api/admin/halls/{}/pretix", made["hallId"].as_str().expect("an id"));
    let back = client.get(&path).await.expect(200);
    let back = std::str::from_utf8(&back.body).expect("text").to_owned();
    assert_same(&back, &plan.to_string());
}

#[tokio::test]
async fn a_plan_of_pretix_is_the_same_when_it_is_taken_back() {
    let app = App::new().await;
    let client = app.organiser();
    let _ = client.post("/api/admin/venues", &venue()).await.expect(201);
    there_and_back(&client, &pretix_plan(3)).await;
    there_and_back(&client, &pretix_plan(200)).await;
    let list = client.get("/api/admin/venues/hall/halls").await.expect(200).json();
    assert_eq!(list["items"][1]["seatCount"], 20_000);
    let unreadable = json!({"name": "P", "categories": [], "zones": [{"position": {"x": "far", "y": 0}, "rows": []}]});
    let problem =
        client.post("/api/admin/venues/hall/halls/pretix", &unreadable).await.expect_problem(400, "malformed");
    assert_eq!(fields(&problem), ["zones[0].position.x malformed"]);
}

/// A list of so many seats in rows of a hundred.
fn seat_list(seats: usize) -> String {
    let mut list = "zone,row,seat,x,y,category,step_free,companion,restricted_view,aisle_before,seat_id\n".to_owned();
    for nth in 0..seats {
        let (row, number) = (nth / 100, nth % 100 + 1);
        let angle = 0.001 * nth as f64;
        let (x, y) = (900.0 * angle.sin(), row as f64 * 9.5);
        let flag = |every: usize| if nth.is_multiple_of(every) { "1" } else { "" };
        let zone = if row < 50 { "\"Stalls, left\"" } else { "Círculo \"\"A\"\"" };
        let zone = if zone.contains("\"\"") { format!("\"{zone}\"") } else { zone.to_owned() };
        let (free, with, view, aisle) = (flag(97), flag(101), flag(103), flag(50));
        let _ = writeln!(list, "{zone},{row},{number},{x},{y},A,{free},{with},{view},{aisle},s-{nth}");
    }
    list
}

async fn send_list(client: &TestClient, kind: &str, list: &str) -> Answer {
    let client = client.with_header("content-type", kind);
    client.send(Method::POST, "/api/admin/venues/hall/halls/csv?name=Liste", Body::from(list.to_owned())).await
}

#[tokio::test]
async fn a_list_of_seats_is_the_same_when_it_is_taken_back() {
    let app = App::new().await;
    let client = app.organiser();
    let _ = client.post("/api/admin/venues", &venue()).await.expect(201);
    for seats in [300, 20_000] {
        let list = seat_list(seats);
        let made = send_list(&client, "text/csv", &list).await.expect(201).json();
        assert_eq!((&made["seatCount"], &made["name"]), (&json!(seats), &json!("Liste")));
        let path = format!("/api/admin/halls/{}/csv", made["hallId"].as_str().expect("an id"));
        let back = client.get(&path).await.expect(200);
        assert!(back.body == list.as_bytes(), "{} bytes, {} before", back.body.len(), list.len());
    }
    let problem = send_list(&client, "text/csv", "zone,row,seat,x,y\n").await.expect_problem(422, "invalid");
    assert_eq!(fields(&problem), ["line 1, column category missing"]);
    let wrong = "zone,row,seat,x,y,category,step_free\nS,A,1,left,2,A,\nS,A,2,1,2,A,maybe\nS,A\n";
    let problem = send_list(&client, "text/csv", wrong).await.expect_problem(422, "invalid");
    assert_eq!(
        fields(&problem),
        ["line 2, column x malformed", "line 3, column step_free malformed", "line 4 malformed"]
    );
    send_list(&app.organiser(), "text/csv", &seat_list(300)).await.expect_problem(404, "not_found");
    send_list(&client, "text/plain", "zone").await.expect_problem(415, "unsupported_media_type");
}

#[test]
fn what_is_drawn_here_can_be_taken_to_pretix_with_all_its_seats() {
    use onsale_admin::domain::pretix;
    let hall = with_block(Hall::new("Main house", "A"), Spot::new(-300.0, 12.0));
    let plan = pretix::export(&hall);
    let size = plan.size.expect("a size");
    let seats: Vec<Spot> = plan
        .zones
        .iter()
        .flat_map(|zone| zone.rows.iter().flat_map(|row| &row.seats).map(|seat| zone.position.moved(seat.position)))
        .collect();
    assert_eq!(seats.len(), 1_200);
    assert!(seats.iter().all(|at| (0.0..size.width).contains(&at.x) && (0.0..size.height).contains(&at.y)));
    let back = pretix::import(plan.clone());
    assert_eq!(pretix::export(&back), plan);
    assert_eq!(back.plan().seats().count(), 1_200);
}

proptest! {
    #[test]
    fn any_list_of_seats_is_the_same_again(
        seats in prop::collection::vec(("[a-c]", "[A-C]", "[ -~ñ]{0,9}", -1e9..1e9_f64, -1e-9..1e-9_f64, any::<bool>()), 1..60),
    ) {
        use onsale_admin::domain::seat_list;
        let mut list = Vec::new();
        for (nth, (zone, row, word, x, y, flag)) in seats.into_iter().enumerate() {
            list.push((zone, row, nth, word, x, y, if flag { "1" } else { "" }));
        }
        let mut order: Vec<(String, String)> = Vec::new();
        for (zone, row, ..) in &list {
            if !order.iter().any(|known| known == &(zone.clone(), row.clone())) {
                order.push((zone.clone(), row.clone()));
            }
        }
        let zones: Vec<&String> = order.iter().map(|(zone, _)| zone).collect();
        let place = |zone: &String, row: &String| {
            let first = zones.iter().position(|known| *known == zone);
            (first, order.iter().position(|known| known == &(zone.clone(), row.clone())))
        };
        list.sort_by_key(|(zone, row, nth, ..)| (place(zone, row), *nth));
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(seat_list::COLUMNS).expect("written");
        for (zone, row, nth, word, x, y, flag) in &list {
            let (nth, x, y) = (nth.to_string(), x.to_string(), y.to_string());
            let line = [zone.as_str(), row, &nth, &x, &y, word, flag, "", flag, "", &format!("s{nth}")];
            writer.write_record(line).expect("written");
        }
        let text = String::from_utf8(writer.into_inner().expect("bytes")).expect("text");
        let hall = seat_list::import("L", &text).expect("a hall");
        prop_assert_eq!(seat_list::export(&hall).expect("a list"), text);
    }
}

#[test]
fn the_plan_of_a_hall_that_was_drawn_on_is_the_same() {
    let plan: SeatingPlan = with_block(Hall::new("Main house", "A"), Spot::default()).plan();
    assert_eq!(drawn_from(&plan).plan().zones, plan.zones);
}
