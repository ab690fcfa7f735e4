//! Tickets as PDF, for who bought them.

use crate::files::pages;
use crate::stage::{ENGLISH, GONE, ORDER, Stage};
use onsale_core::{Role, UserId};
use serde_json::json;

#[tokio::test]
async fn an_orders_owner_downloads_its_good_tickets_and_nobody_else() {
    let stage = Stage::start(&[]).await;
    let path = format!("/api/documents/orders/{ORDER}/tickets.pdf");
    let owner = stage.client.signed_in(&stage.kit.sign_in(UserId(ENGLISH), &[Role::Customer]).token);
    let pdf = owner.get(&path).await.expect(200);
    assert_eq!((pdf.header("content-type"), pages(&pdf.body)), (Some("application/pdf"), 2));
    assert_eq!(pdf.header("content-disposition"), Some("attachment; filename=\"tickets-K7M4-22QX.pdf\""));
    let spanish = owner.get(&format!("{path}?language=es")).await.expect(200);
    assert!(spanish.header("content-disposition").is_some_and(|name| name.contains("entradas-K7M4-22QX.pdf")));
    owner.get(&format!("{path}?language=xx")).await.expect_problem(400, "malformed");

    stage.client.get(&path).await.expect_problem(401, "unauthenticated");
    let other = stage.client.signed_in(&stage.kit.user(&[Role::Customer, Role::Admin]).token);
    other.get(&path).await.expect_problem(404, "not_found");
    owner.get(&format!("/api/documents/orders/{GONE}/tickets.pdf")).await.expect_problem(404, "not_found");

    let mut order = crate::samples::order();
    for ticket in order["tickets"].as_array_mut().expect("tickets") {
        ticket["status"] = json!("CANCELLED");
    }
    stage.booking.changed.lock().expect("not poisoned").insert("tickets".to_owned(), order["tickets"].take());
    owner.get(&path).await.expect_problem(404, "not_found");
}
