//! What whoever sells does beside the sale: refunds beyond the policy, seats kept back, the counter's sale, lists, notes.

use crate::sales::{Office, hold, pay, seats};
use crate::shop::deliver;
use onsale_core::Role;
use onsale_testkit::TestClient;
use serde_json::{Value, json};

const EVENT: &str = "/api/admin/events/EVT";

fn order_path(order: &Value) -> String {
    format!("{EVENT}/orders/{}", order["orderId"].as_str().expect("an id"))
}

async fn stranger(office: &Office) -> TestClient {
    let stranger = office.shop.kit.user(&[Role::Organiser, Role::BoxOffice]);
    office.shop.kit.client_of(office.shop.router.clone(), &stranger)
}

#[tokio::test]
async fn an_organiser_gives_back_more_than_the_policy_and_the_counter_does_not() {
    let office = Office::open().await;
    let (ana, clerk) = (office.buyer("Ana"), office.member(Role::BoxOffice));
    let bought = pay(&ana, &hold(&ana, seats(&["D1", "D2", "D3"])).await, "pm_card_visa", 200).await;
    let path = order_path(&bought);
    let quote = clerk.get(&format!("{path}/refund-quote")).await.expect(200).json();
    assert_eq!((&quote["refund"]["amount"], &quote["kept"]["amount"]), (&json!("150.00"), &json!("3.00")));
    clerk.get(&format!("{path}/refund-quote?terms=WHOLE")).await.expect_problem(403, "forbidden");
    let whole = office.organiser.get(&format!("{path}/refund-quote?terms=WHOLE")).await.expect(200).json();
    assert_eq!(whole["refund"]["amount"], "153.00");

    let one = json!({"tickets": [bought["tickets"][0]["ticketId"]], "terms": "WHOLE"});
    clerk.post(&format!("{path}/refund"), &one).await.expect_problem(403, "forbidden");
    stranger(&office).await.post(&format!("{path}/refund"), &one).await.expect_problem(404, "not_found");
    ana.post(&format!("{path}/refund"), &one).await.expect_problem(403, "forbidden");
    let answer = office.organiser.post(&format!("{path}/refund"), &one).await.expect(200);
    assert!(!answer.text().contains("qr"), "the codes are the buyer's");
    assert_eq!(answer.json()["refunded"]["amount"], "51.00");
    let another = json!({"tickets": [bought["tickets"][1]["ticketId"]]});
    let answer = clerk.post(&format!("{path}/refund"), &another).await.expect(200).json();
    assert_eq!(answer["refunded"]["amount"], "101.00", "the fee is kept");
    let noted = office.shop.count("SELECT count(*) FROM booking.audit WHERE action = 'order.refund'").await;
    assert_eq!(noted, 2, "and nothing of what was refused");
    hold(&office.buyer("Ben"), seats(&["D1", "D2"])).await;
    office.shop.check_books().await;
}

#[tokio::test]
async fn seats_that_are_kept_back_are_nobodys_until_they_are_released() {
    let office = Office::open().await;
    let (ana, clerk) = (office.buyer("Ana"), office.member(Role::BoxOffice));
    hold(&ana, seats(&["E1"])).await;
    let (block, release) = (format!("{EVENT}/seats/block"), format!("{EVENT}/seats/release"));
    let taken = clerk.post(&block, &json!({"seats": ["D1", "E1"]})).await.expect_problem(409, "seats_unavailable");
    assert_eq!(taken["seats"], json!(["E1"]));
    assert_eq!(office.shop.count("SELECT count(*) FROM booking.seats WHERE state = 3").await, 0, "all or nothing");
    let two = json!({"seats": ["D1", "D2", "D1"]});
    assert_eq!(clerk.post(&block, &two).await.expect(200).json()["changed"], 2);
    assert_eq!(clerk.post(&block, &two).await.expect(200).json()["changed"], 0, "they are so already");
    office.shop.check_books().await;
    let refused = ana.post("/api/bookings/reserve", &seats(&["D2", "D3"])).await;
    assert_eq!(refused.expect_problem(409, "seats_unavailable")["seats"], json!(["D2"]));
    let sale = json!({"seats": [{"seatId": "D1"}]});
    clerk.post(&format!("{EVENT}/counter-sales"), &sale).await.expect_problem(409, "seats_unavailable");

    let detail = office.organiser.get(&format!("{EVENT}/sales")).await.expect(200).json();
    let standard = &detail["categories"][1];
    assert_eq!(standard["category"], "STANDARD");
    assert_eq!((&standard["blocked"], &standard["held"], &standard["free"]), (&json!(2), &json!(1), &json!(137)));

    let other = stranger(&office).await;
    other.post(&release, &two).await.expect_problem(404, "not_found");
    ana.post(&release, &two).await.expect_problem(403, "forbidden");
    clerk.post(&release, &json!({"seats": []})).await.expect_problem(422, "invalid");
    clerk.post(&release, &json!({"seats": ["Z9"]})).await.expect_problem(422, "invalid");
    assert_eq!(clerk.post(&release, &json!({"seats": ["D1", "D2", "E1"]})).await.expect(200).json()["changed"], 2);
    hold(&ana, seats(&["D1", "D2"])).await;
    office.shop.check_books().await;
    assert_eq!(office.shop.count("SELECT count(*) FROM booking.audit WHERE action LIKE 'seats.%'").await, 2);
}

#[tokio::test]
async fn the_counter_sells_several_seats_and_tickets_as_one_order() {
    let office = Office::open().await;
    let (_ana, clerk) = (office.buyer("Ana"), office.member(Role::BoxOffice));
    let path = format!("{EVENT}/counter-sales");
    let sale = json!({
        "seats": [{"seatId": "A1"}, {"seatId": "D1", "ticketType": "child"}],
        "tickets": [{"ticketType": "standing", "quantity": 2}],
        "buyerEmail": " ana@example.com",
    });
    let sold = clerk.with_header("idempotency-key", "sale-1").post(&path, &sale).await.expect(200).json();
    assert_eq!(sold["total"]["amount"], "169.00");
    assert_eq!(sold["tickets"].as_array().map(Vec::len), Some(4));
    assert!(sold["tickets"][0]["qr"].as_str().is_some_and(|code| !code.is_empty()), "to print");
    let ana = office.people.lock()[0].id;
    assert_eq!(sold["userId"], json!(ana));
    let again = clerk.with_header("idempotency-key", "sale-1").post(&path, &sale).await.expect(200).json();
    assert_eq!(again["orderId"], sold["orderId"], "sold once");
    let walk_in = clerk.post(&path, &json!({"seats": [{"seatId": "A2"}], "paymentMethod": "INVOICE"})).await;
    assert_ne!(walk_in.expect(200).json()["userId"], json!(ana));

    clerk.post(&path, &json!({})).await.expect_problem(422, "invalid");
    let card = json!({"seats": [{"seatId": "A3"}], "paymentMethod": "CREDIT_CARD"});
    clerk.post(&path, &card).await.expect_problem(422, "invalid");
    let nobody = json!({"seats": [{"seatId": "A3"}], "buyerEmail": "nobody@example.com"});
    let problem = clerk.post(&path, &nobody).await.expect_problem(422, "invalid");
    assert_eq!(problem["errors"][0]["code"], "unknown_account");
    stranger(&office).await.post(&path, &sale).await.expect_problem(404, "not_found");
    hold(&office.buyer("Ben"), seats(&["A3"])).await;
    office.shop.check_books().await;
    let sales = office.shop.count("SELECT count(*) FROM booking.audit WHERE action = 'ticket.sell'").await;
    assert_eq!(sales, 2);
}

#[tokio::test]
async fn who_comes_is_listed_whole_and_no_name_is_a_formula() {
    let office = Office::open().await;
    let (ana, evil) = (office.buyer("Ana"), office.buyer("=cmd|' /C calc'!A1"));
    let bought = pay(&ana, &hold(&ana, seats(&["D1", "D2"])).await, "pm_card_visa", 200).await;
    let standing = json!({"eventId": "EVT", "tickets": [{"ticketType": "standing", "quantity": 1}]});
    pay(&evil, &hold(&evil, standing).await, "pm_card_visa", 200).await;
    let declined = office.buyer("Dora");
    pay(&declined, &hold(&declined, seats(&["E1"])).await, "pm_declined", 402).await;
    let ticket = json!({"tickets": [bought["tickets"][0]["ticketId"]]});
    office.organiser.post(&format!("{}/refund", order_path(&bought)), &ticket).await.expect(200);

    let clerk = office.member(Role::BoxOffice);
    let first = clerk.get(&format!("{EVENT}/attendees?limit=1")).await.expect(200).json();
    assert_eq!(first["items"].as_array().map(Vec::len), Some(1), "the newest order's");
    assert_eq!((&first["items"][0]["ticketType"], &first["items"][0]["seat"]), (&json!("standing"), &Value::Null));
    let cursor = first["nextCursor"].as_str().expect("more");
    let second = clerk.get(&format!("{EVENT}/attendees?limit=1&cursor={cursor}")).await.expect(200).json();
    assert_eq!((&second["items"][0]["seat"], &second["nextCursor"]), (&json!("2"), &Value::Null));
    assert_eq!(second["items"][0]["email"], "ana@example.com");

    let csv = clerk.get(&format!("{EVENT}/attendees.csv")).await.expect(200);
    let text = csv.text();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert!(lines[0].starts_with("Ticket,Order,Name,E-mail,Zone"), "{lines:?}");
    assert!(lines[1].contains(",'=cmd|' /C calc'!A1,"), "{lines:?}");
    assert!(lines[2].contains(",Ana,ana@example.com,Stalls,D,2,STANDARD,adult,51.00,EUR,VALID,"), "{lines:?}");
    let book = clerk.get(&format!("{EVENT}/attendees.xlsx")).await.expect(200);
    assert!(book.text().starts_with("PK"), "a workbook is a ZIP file");
    for file in ["attendees", "attendees.csv", "attendees.xlsx"] {
        stranger(&office).await.get(&format!("{EVENT}/{file}")).await.expect_problem(404, "not_found");
        ana.get(&format!("{EVENT}/{file}")).await.expect_problem(403, "forbidden");
    }
}

#[tokio::test]
async fn sales_are_broken_down_by_category_and_minute() {
    let office = Office::open().await;
    let ana = office.buyer("Ana");
    pay(&ana, &hold(&ana, seats(&["A1", "D1", "D2"])).await, "pm_card_visa", 200).await;
    let standing = json!({"eventId": "EVT", "tickets": [{"ticketType": "standing", "quantity": 4}]});
    pay(&ana, &hold(&ana, standing).await, "pm_card_visa", 200).await;
    deliver(&office.shop).await;
    let detail = office.organiser.get(&format!("{EVENT}/sales")).await.expect(200).json();
    let of = |place: usize| {
        let one = &detail["categories"][place];
        (one["category"].clone(), one["sold"].clone(), one["takings"]["amount"].clone(), one["seated"].clone())
    };
    assert_eq!(of(0), (json!("PREMIUM"), json!(1), json!("81.00"), json!(true)));
    assert_eq!(of(1), (json!("STANDARD"), json!(2), json!("102.00"), json!(true)));
    assert_eq!(of(2), (json!("standing"), json!(4), json!("124.00"), json!(false)));
    let minutes = detail["minutes"].as_array().expect("minutes");
    let tickets: i64 = minutes.iter().filter_map(|minute| minute["tickets"].as_i64()).sum();
    assert_eq!(tickets, 7, "{detail}");
    stranger(&office).await.get(&format!("{EVENT}/sales")).await.expect_problem(404, "not_found");
}

#[tokio::test]
async fn notes_stay_beside_the_order_and_what_cannot_be_asked_is_said() {
    let office = Office::open().await;
    let ana = office.buyer("Ana");
    let bought = pay(&ana, &hold(&ana, seats(&["D1"])).await, "pm_card_visa", 200).await;
    let path = order_path(&bought);
    let notes = format!("{path}/notes");
    for wrong in [json!({"text": "  "}), json!({"text": "x".repeat(1_001)})] {
        office.organiser.post(&notes, &wrong).await.expect_problem(422, "invalid");
    }
    ana.post(&notes, &json!({"text": "mine"})).await.expect_problem(403, "forbidden");
    office.organiser.post(&notes, &json!({"text": " wheelchair "})).await.expect(201);
    let shown = office.member(Role::BoxOffice).get(&path).await.expect(200).json();
    assert_eq!(shown["notes"][0]["text"], "wheelchair");
    assert_eq!(shown["missing"], json!(["payments", "mails"]), "neither is there in this test");
    office.organiser.post(&format!("{path}/send-again"), &json!({})).await.expect_problem(503, "unavailable");
    let changed = sqlx::query("UPDATE booking.order_notes SET text = 'other'").execute(office.shop.db.pool()).await;
    assert!(changed.is_err(), "notes only grow");
}
