//! Check-in: scans, asked and made without a network, merged in any order; the list for gates; who may.

use crate::shop::{Shop, offer};
use chrono::{DateTime, TimeDelta, Utc};
use onsale_core::api::check_in::{CheckInAnswers, CheckIns, GateList};
use onsale_core::events::Topic;
use onsale_core::gate::{self, Known, ListError, Standing, list};
use onsale_core::{EventId, OrganisationId, Role, ScanDirection, ScanOutcome};
use onsale_platform::tokens::DeploymentSecret;
use onsale_testkit::TestClient;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;

const HOUSE: OrganisationId = OrganisationId(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0009_0001));
const PATH: &str = "/api/admin/events/EVT/check-ins";
const LIST: &str = "/api/admin/events/EVT/check-ins/list";

fn member(shop: &Shop, organisation: OrganisationId, role: Role) -> TestClient {
    let user = shop.kit.member(organisation, &[Role::Customer, role]);
    shop.kit.client_of(shop.router.clone(), &user)
}

fn keeper(shop: &Shop) -> TestClient {
    member(shop, OrganisationId::DEFAULT, Role::Gate)
}

/// A paid order of seats.
async fn bought(buyer: &TestClient, event: &str, seats: &[&str]) -> Value {
    let seats: Vec<Value> = seats.iter().map(|seat| json!({"seatId": seat})).collect();
    let held = buyer.post("/api/bookings/reserve", &json!({"eventId": event, "seats": seats})).await.expect(201).json();
    let payment = json!({"reservationId": held["reservationId"], "paymentMethod": "CREDIT_CARD"});
    buyer.post("/api/bookings/confirm", &payment).await.expect(200).json()
}

fn code(order: &Value, ticket: usize) -> String {
    order["tickets"][ticket]["qr"].as_str().expect("a code").to_owned()
}

fn evening() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).expect("a time")
}

/// A scan at a gate so many minutes into the evening, which the service is asked about.
fn scan(id: u128, code: &str, gate: &str, minute: i64) -> Value {
    json!({
        "scanId": Uuid::from_u128(id), "code": code, "gate": gate, "at": evening() + TimeDelta::minutes(minute),
        "clockOffsetMs": 0, "direction": "entry",
    })
}

/// The same, decided by its device.
fn offline(id: u128, code: &str, gate: &str, minute: i64) -> Value {
    with(scan(id, code, gate, minute), "decided", json!("admitted"))
}

fn with(mut scan: Value, name: &str, value: Value) -> Value {
    scan[name] = value;
    scan
}

async fn send(keeper: &TestClient, scans: &[Value]) -> CheckInAnswers {
    keeper.post(PATH, &json!({"scans": scans})).await.expect(200).parse()
}

async fn one(keeper: &TestClient, scan: Value) -> Value {
    keeper.post(PATH, &json!({"scans": [scan]})).await.expect(200).json()["answers"][0].clone()
}

/// What is kept, without what depends on the moment.
async fn kept(shop: &Shop) -> Vec<Value> {
    sqlx::query_scalar(
        "SELECT to_jsonb(c) - 'position' - 'received_at' - 'actor_id' FROM booking.check_ins c
         UNION ALL
         SELECT jsonb_build_object('ticket', id, 'status', status, 'since', inside_since, 'gate', inside_gate)
         FROM booking.tickets ORDER BY 1",
    )
    .fetch_all(shop.db.pool())
    .await
    .expect("rows")
}

#[tokio::test]
async fn a_ticket_lets_in_once_until_its_holder_went_out_and_is_used_from_then_on() {
    let shop = Shop::open().await;
    let (buyer, _) = shop.buyer();
    let order = bought(&buyer, "EVT", &["D1", "D2"]).await;
    let keeper = keeper(&shop);
    let ticket = code(&order, 0);
    let first = one(&keeper, scan(1, &ticket, "North", 0)).await;
    assert_eq!((&first["outcome"], &first["ticket"]["seat"]["row"]), (&json!("admitted"), &json!("D")));
    // The same scan once more is the same scan.
    assert_eq!(one(&keeper, scan(1, &ticket, "North", 0)).await, first);
    let second = one(&keeper, scan(2, &ticket, "South", 5)).await;
    assert_eq!((&second["reason"], &second["enteredGate"]), (&json!("already_in"), &json!("North")));
    assert_eq!(second["enteredAt"], json!(evening()));
    let out = one(&keeper, with(scan(3, &ticket, "South", 9), "direction", json!("exit"))).await;
    assert_eq!(out["outcome"], "left");
    assert_eq!(one(&keeper, scan(4, &ticket, "South", 12)).await["outcome"], "admitted");
    // By the number under the code.
    let number = order["tickets"][1]["ticketId"].as_str().expect("an id");
    assert_eq!(one(&keeper, scan(5, number, "North", 20)).await["outcome"], "admitted");

    let path = format!("/api/bookings/{}", order["orderId"].as_str().expect("an id"));
    let shown = buyer.get(&path).await.expect(200).json();
    assert_eq!((&shown["tickets"][0]["status"], &shown["tickets"][1]["status"]), (&json!("USED"), &json!("USED")));
    buyer.post(&format!("{path}/cancel"), &json!({})).await.expect_problem(409, "not_cancellable");
    let told = shop.count("SELECT count(*) FROM booking.events WHERE type = 'ticket-used' AND topic IS NULL").await;
    assert_eq!(told, 2, "each ticket's first entry is told once");
    let counts: CheckIns = keeper.get(PATH).await.expect(200).parse();
    assert_eq!((counts.tickets, counts.used, counts.inside, counts.conflicts.len()), (2, 2, 2, 0));
    let north = &counts.gates[0];
    assert_eq!((north.gate.as_str(), north.admitted, north.left, north.refused), ("North", 2, 0, 0));
    assert_eq!(counts.last.len(), 5);
    shop.check_books().await;
}

#[tokio::test]
async fn each_refusal_says_why() {
    let shop = Shop::open().await;
    let now = shop.kit.platform().clock.now();
    let other_date = offer("EVT2", None, now);
    shop.publish(Topic::EventPublished, &other_date).await;
    let mut other_event = offer("OTHER", None, now);
    other_event.name = "Another concert".to_owned();
    shop.publish(Topic::EventPublished, &other_event).await;
    let mut strangers = offer("STRANGE", None, now);
    strangers.organisation_id = HOUSE;
    shop.publish(Topic::EventPublished, &strangers).await;
    let (buyer, _) = shop.buyer();
    let mut wrong = Vec::new();
    for event in ["EVT2", "OTHER", "STRANGE"] {
        wrong.push(bought(&buyer, event, &["D1"]).await);
    }
    let cancelled = bought(&buyer, "EVT", &["D1"]).await;
    let path = format!("/api/bookings/{}/cancel", cancelled["orderId"].as_str().expect("an id"));
    let _ = buyer.post(&path, &json!({})).await.expect(200);
    let mut forged = code(&cancelled, 0);
    forged.replace_range(30..31, if &forged[30..31] == "A" { "B" } else { "A" });

    let keeper = keeper(&shop);
    let strange_number = wrong[2]["tickets"][0]["ticketId"].as_str().expect("an id").to_owned();
    let cases = [
        (code(&wrong[0], 0), "wrong_date", true),
        (code(&wrong[1], 0), "wrong_event", true),
        // Whose it is, and what for, is nobody's business here.
        (code(&wrong[2], 0), "wrong_event", false),
        (strange_number, "unknown", false),
        (code(&cancelled, 0), "cancelled", false),
        (forged, "unknown", false),
        ("https://example.com/menu".to_owned(), "unknown", false),
    ];
    for (id, (text, reason, told)) in (1..).zip(&cases) {
        let answer = one(&keeper, scan(id, text, "North", 0)).await;
        assert_eq!((&answer["outcome"], &answer["reason"]), (&json!("refused"), &json!(reason)), "{answer}");
        assert_eq!(answer.get("other").is_some(), *told, "{answer}");
    }
    let counts: CheckIns = keeper.get(PATH).await.expect(200).parse();
    assert_eq!((counts.gates[0].refused, counts.used), (7, 0));
}

#[tokio::test]
async fn two_gates_without_a_network_merge_in_any_order() {
    let mut states = BTreeSet::new();
    for seed in 0..4_u64 {
        let shop = Shop::open().await;
        let (buyer, _) = shop.buyer();
        let order = bought(&buyer, "EVT", &["D1", "D2", "D3"]).await;
        let [a, b, c] = [0, 1, 2].map(|ticket| code(&order, ticket));
        let mut scans = vec![
            offline(1, &a, "North", 10),
            // Its clock is 20 minutes behind, and it knows: it scanned at 12.
            with(offline(2, &a, "South", -8), "clockOffsetMs", json!(20 * 60_000)),
            offline(3, &b, "South", 3),
            with(offline(4, &b, "South", 30), "direction", json!("exit")),
            offline(5, &b, "North", 31),
            with(with(offline(6, &c, "North", 4), "decided", json!("refused")), "decidedReason", json!("unknown")),
            offline(7, "no ticket", "South", 6),
        ];
        // Another order, other batches, and some twice.
        for place in 0..scans.len() {
            let other =
                usize::try_from(seed.wrapping_mul(2_654_435_761).rotate_left(u32::try_from(place).expect("few")) % 7);
            scans.swap(place, other.expect("below 7"));
        }
        scans.extend_from_within(..usize::try_from(seed).expect("few"));
        let (north, south) = (keeper(&shop), keeper(&shop));
        let size = usize::try_from(seed).expect("few") + 1;
        for (batch, scans) in scans.chunks(size).enumerate() {
            send(if batch % 2 == 0 { &north } else { &south }, scans).await;
        }
        let counts: CheckIns = north.get(PATH).await.expect(200).parse();
        let conflicts: Vec<_> = counts.conflicts.iter().map(|seen| seen.answer.scan_id.as_u128()).collect();
        assert_eq!(conflicts, [2, 7], "the later scan of one ticket, and what is no ticket");
        let twice = &counts.conflicts[0];
        assert_eq!(twice.at, evening() + TimeDelta::minutes(12));
        assert_eq!(twice.answer.entered_gate.as_deref(), Some("North"));
        assert_eq!((counts.used, counts.inside), (2, 2));
        let state: Vec<String> = kept(&shop)
            .await
            .into_iter()
            .map(|mut row| {
                // Tickets and orders are new each time.
                for name in ["ticket", "ticket_id"] {
                    let ids = order["tickets"].as_array().expect("tickets");
                    let place = ids.iter().position(|ticket| row.get(name) == Some(&ticket["ticketId"]));
                    if let Some(place) = place {
                        row[name] = json!(place);
                    }
                }
                row.to_string()
            })
            .collect();
        let mut state = state;
        state.sort();
        states.insert(state);
        shop.check_books().await;
    }
    assert_eq!(states.len(), 1, "{states:#?}");
}

#[tokio::test]
async fn an_earlier_scan_that_comes_late_is_the_entry_and_what_was_answered_becomes_a_conflict() {
    let shop = Shop::open().await;
    let (buyer, _) = shop.buyer();
    let order = bought(&buyer, "EVT", &["D1"]).await;
    let keeper = keeper(&shop);
    let ticket = code(&order, 0);
    assert_eq!(one(&keeper, scan(1, &ticket, "North", 10)).await["outcome"], "admitted");
    assert_eq!(one(&keeper, offline(2, &ticket, "South", 4)).await["outcome"], "admitted");
    let revised = one(&keeper, scan(1, &ticket, "North", 10)).await;
    assert_eq!((&revised["reason"], &revised["conflict"]), (&json!("already_in"), &json!(true)));
    // A lost answer: the service had admitted it, the device refused it.
    let order = bought(&buyer, "EVT", &["D2"]).await;
    let ticket = code(&order, 0);
    assert_eq!(one(&keeper, scan(3, &ticket, "North", 10)).await["outcome"], "admitted");
    let told =
        with(with(scan(3, &ticket, "North", 10), "decided", json!("refused")), "decidedReason", json!("unknown"));
    assert_eq!(one(&keeper, told).await["reason"], "unknown");
    assert_eq!(one(&keeper, scan(4, &ticket, "North", 11)).await["outcome"], "admitted");
}

#[tokio::test]
async fn many_gates_at_once_admit_a_ticket_once() {
    let shop = Shop::open().await;
    let (buyer, _) = shop.buyer();
    let order = bought(&buyer, "EVT", &["D1", "D2", "D3"]).await;
    let keeper = keeper(&shop);
    let asked = (0..24_u128).map(|id| {
        let (keeper, order) = (keeper.clone(), &order);
        async move {
            let scans: Vec<Value> = (0..3)
                .map(|ticket| {
                    scan(id * 3 + ticket, &code(order, usize::try_from((ticket + id) % 3).expect("few")), "North", 0)
                })
                .collect();
            send(&keeper, &scans).await
        }
    });
    let answers = futures::future::join_all(asked).await;
    let admitted =
        answers.iter().flat_map(|answer| &answer.answers).filter(|answer| answer.outcome == ScanOutcome::Admitted);
    assert_eq!(admitted.count(), 3, "nobody is let in by a ticket that let in somebody a moment ago");
    let counts: CheckIns = keeper.get(PATH).await.expect(200).parse();
    assert_eq!((counts.used, counts.inside, counts.conflicts.len()), (3, 3, 0));
    let rows = shop.count("SELECT count(*) FROM booking.check_ins WHERE outcome = 'admitted'").await;
    assert_eq!(rows, 3);
}

/// What changed since, a moment later: a list tells only what no transaction of the server can still come before, so
/// whatever else goes on there holds it back.
async fn later(keeper: &TestClient, began: &std::time::Instant, known: &Known) -> GateList {
    assert!(began.elapsed() < std::time::Duration::from_secs(20), "the changes do not come");
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    keeper.get(&format!("{LIST}?after={}", known.next())).await.expect(200).parse()
}

#[tokio::test]
async fn the_list_is_signed_and_follows_what_changes() {
    let shop = Shop::open().await;
    let (buyer, _) = shop.buyer();
    let first = bought(&buyer, "EVT", &["D1", "D2"]).await;
    let keeper = keeper(&shop);
    let secret = DeploymentSecret::of(&shop.kit.platform().env).expect("a secret");
    let key = gate::key_of(&secret.ticket_key_public()).expect("a key");
    let event = EventId::new("EVT").expect("a good id");
    let mut known = Known::new(event.clone());
    let began = std::time::Instant::now();
    let mut page: GateList = keeper.get(LIST).await.expect(200).parse();
    assert!(!page.more && page.name == "A concert");
    // What changed since, told once: two tickets, then one that came in and one that was cancelled.
    let take = |known: &mut Known, page: &GateList| {
        let verified = list::verify(&key, &page.list, &event, known.next()).expect("good");
        let entries = verified.entries.clone();
        known.take(verified);
        entries
    };
    while take(&mut known, &page).len() < 2 {
        page = later(&keeper, &began, &known).await;
    }
    let _ = one(&keeper, scan(1, &code(&first, 0), "North", 0)).await;
    let second = bought(&buyer, "EVT", &["D3"]).await;
    let path = format!("/api/bookings/{}/cancel", second["orderId"].as_str().expect("an id"));
    let _ = buyer.post(&path, &json!({})).await.expect(200);
    let (mut more, mut changed) = (later(&keeper, &began, &known).await, Vec::new());
    let inside = Standing::Inside { at: evening(), gate: "North".to_owned() };
    loop {
        changed.extend(take(&mut known, &more));
        let is_told = |standing: &Standing| changed.iter().any(|entry| entry.standing == *standing);
        if is_told(&Standing::Cancelled) && is_told(&inside) {
            break;
        }
        more = later(&keeper, &began, &known).await;
    }
    let tickets: BTreeSet<_> = changed.iter().map(|entry| entry.ticket).collect();
    assert_eq!(tickets.len(), 2, "{changed:?}");
    let nothing: GateList = keeper.get(&format!("{LIST}?after={}", known.next())).await.expect(200).parse();
    assert_eq!(take(&mut known, &nothing).len(), 0);

    // A device decides by it as the service would.
    let mut decide = |text: &str, gate: &str| known.decide(&key, text, ScanDirection::Entry, evening(), gate);
    let already = decide(&code(&first, 0), "South");
    assert_eq!((already.outcome, already.entered), (ScanOutcome::Refused, Some((evening(), "North".to_owned()))));
    assert_eq!(decide(&code(&first, 1), "South").outcome, ScanOutcome::Admitted);
    assert_eq!(decide(&code(&first, 1), "South").outcome, ScanOutcome::Refused);
    assert_eq!(decide(&code(&second, 0), "South").outcome, ScanOutcome::Refused);

    // Changed, or another page than was asked for: refused.
    let mut bytes = page.list.clone().into_bytes();
    bytes[60] = if bytes[60] == b'A' { b'B' } else { b'A' };
    let changed = String::from_utf8(bytes).expect("text");
    assert_eq!(list::verify(&key, &changed, &event, ""), Err(ListError::Signature));
    assert_eq!(list::verify(&key, &more.list, &event, ""), Err(ListError::OutOfPlace));
    assert_eq!(list::verify(&key, &page.list, &EventId::new("EVT2").expect("good"), ""), Err(ListError::OutOfPlace));
    keeper.get(&format!("{LIST}?after=nonsense")).await.expect_problem(400, "malformed");
}

#[tokio::test]
async fn gates_are_for_those_who_stand_there_and_of_their_own_organisation() {
    let shop = Shop::open_with(&[], |offer| offer.organisation_id = HOUSE).await;
    let body = json!({"scans": [scan(1, "nothing", "North", 0)]});
    for role in [Role::Gate, Role::Organiser, Role::BoxOffice] {
        let (own, other) = (member(&shop, HOUSE, role), member(&shop, OrganisationId::DEFAULT, role));
        for path in [PATH, LIST] {
            let _ = own.get(path).await.expect(200);
            other.get(path).await.expect_problem(404, "not_found");
        }
        let _ = own.post(PATH, &body).await.expect(200);
        other.post(PATH, &body).await.expect_problem(404, "not_found");
    }
    let admin = member(&shop, OrganisationId::DEFAULT, Role::Admin);
    let _ = admin.get(PATH).await.expect(200);
    let (buyer, _) = shop.buyer();
    for path in [PATH, LIST] {
        buyer.get(path).await.expect_problem(403, "forbidden");
        shop.anybody().get(path).await.expect_problem(401, "unauthenticated");
    }
    buyer.post(PATH, &body).await.expect_problem(403, "forbidden");
    let own = member(&shop, HOUSE, Role::Gate);
    own.post(PATH, &json!({"scans": []})).await.expect_problem(422, "invalid");
    let many: Vec<Value> = (0..101).map(|id| scan(id, "x", "North", 0)).collect();
    own.post(PATH, &json!({"scans": many})).await.expect_problem(422, "invalid");
    let wrong =
        with(with(scan(1, &"x".repeat(401), "", 0), "decided", json!("refused")), "clockOffsetMs", json!(i64::MAX));
    let problem = own.post(PATH, &json!({"scans": [wrong]})).await.expect_problem(422, "invalid");
    let fields: Vec<_> = problem["errors"].as_array().expect("errors").iter().map(|error| &error["field"]).collect();
    assert_eq!(fields, ["scans[0].gate", "scans[0].code", "scans[0].clockOffsetMs", "scans[0].decidedReason"]);
    let acts = shop.count("SELECT count(*) FROM booking.acts").await;
    assert_eq!(acts, 0, "a scan is no act of the audit log");
}
