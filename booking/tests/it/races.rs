//! Everybody at once: one winner a seat, no more tickets than there are, no deadlock, limits that hold.
//!
//! `ROUNDS=1000` runs the first at the length that `make proof` wants.

use crate::shop::{STANDING, Shop};
use futures::future::join_all;
use serde_json::{Value, json};

fn rounds(default: usize) -> usize {
    std::env::var("ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(default)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_hundred_at_one_seat_have_one_winner() {
    let shop = Shop::open().await;
    let buyers: Vec<_> = (0..500).map(|_| shop.buyer().0).collect();
    for round in 0..rounds(12) {
        let seat = format!("{}{}", char::from(b'A' + u8::try_from(round / 20 % 10).expect("few")), round % 20 + 1);
        let body = json!({"eventId": "EVT", "seats": [{"seatId": seat}]});
        let answers = join_all(buyers.iter().map(|buyer| buyer.post("/api/bookings/reserve", &body))).await;
        let mut winners = Vec::new();
        for answer in answers {
            if answer.status.as_u16() == 201 {
                winners.push(answer.json()["reservationId"].as_str().expect("an id").to_owned());
            } else {
                assert_eq!(answer.expect_problem(409, "seats_unavailable")["seats"], json!([seat]));
            }
        }
        assert_eq!(winners.len(), 1, "round {round}");
        let path = format!("/api/bookings/reservations/{}", winners[0]);
        let held = join_all(buyers.iter().map(|buyer| buyer.delete(&path))).await;
        assert_eq!(held.iter().filter(|answer| answer.status.as_u16() == 204).count(), 1);
    }
    shop.check_books().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_for_three_hundred_tickets_get_three_hundred() {
    let shop = Shop::open().await;
    let buyers: Vec<_> = (0..1_000).map(|_| shop.buyer().0).collect();
    let body = json!({"eventId": "EVT", "tickets": [{"ticketType": "standing", "quantity": 1}]});
    let answers = join_all(buyers.iter().map(|buyer| buyer.post("/api/bookings/reserve", &body))).await;
    let held = answers.iter().filter(|answer| answer.status.as_u16() == 201).count();
    assert_eq!(held, STANDING as usize);
    for answer in answers.into_iter().filter(|answer| answer.status.as_u16() != 201) {
        answer.expect_problem(409, "tickets_unavailable");
    }
    shop.check_books().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn crossing_requests_neither_deadlock_nor_hold_a_part() {
    let shop = Shop::open().await;
    let (one, _) = shop.buyer();
    let (two, _) = shop.buyer();
    let seats = |names: [&str; 3]| {
        let seats: Vec<Value> = names.iter().map(|name| json!({"seatId": name})).collect();
        json!({"eventId": "EVT", "seats": seats})
    };
    let (forth, back) = (seats(["A1", "B1", "C1"]), seats(["C1", "D1", "A1"]));
    for _ in 0..rounds(200) {
        let (first, second) =
            tokio::join!(one.post("/api/bookings/reserve", &forth), two.post("/api/bookings/reserve", &back));
        let mut won = 0;
        for (buyer, answer) in [(&one, first), (&two, second)] {
            if answer.status.as_u16() == 201 {
                won += 1;
                let id = answer.json()["reservationId"].as_str().expect("an id").to_owned();
                assert_eq!(shop.count("SELECT count(*) FROM booking.seats WHERE state = 1").await, 3);
                buyer.delete(&format!("/api/bookings/reservations/{id}")).await.expect(204);
            } else {
                answer.expect_problem(409, "seats_unavailable");
            }
        }
        assert!(won <= 1 || shop.count("SELECT count(*) FROM booking.seats WHERE state = 1").await == 0);
    }
    assert_eq!(shop.count("SELECT count(*) FROM booking.seats WHERE state <> 0").await, 0);
    shop.check_books().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_limit_per_person_holds_under_fifty_parallel_calls() {
    let shop = Shop::open_with(&[], |offer| offer.sale.max_per_account = Some(4)).await;
    let (buyer, _) = shop.buyer();
    let calls = (0..50).map(|call| {
        let seat = format!("{}{}", char::from(b'A' + u8::try_from(call / 20).expect("few")), call % 20 + 1);
        let body = json!({"eventId": "EVT", "seats": [{"seatId": seat}]});
        let buyer = buyer.clone();
        async move { buyer.post("/api/bookings/reserve", &body).await }
    });
    let answers = join_all(calls).await;
    assert_eq!(answers.iter().filter(|answer| answer.status.as_u16() == 201).count(), 4);
    for answer in answers.into_iter().filter(|answer| answer.status.as_u16() != 201) {
        answer.expect_problem(409, "limit_reached");
    }
    let (other, _) = shop.buyer();
    let body = json!({"eventId": "EVT", "seats": [{"seatId": "J1"}]});
    other.post("/api/bookings/reserve", &body).await.expect(201);
}
