//! The audit log: chained, searched, and its tampering found.

use crate::app::{TestApp, until};
use onsale_auth::{Verified, verify_chain, verify_service};
use onsale_core::api::audit::{AuditAct, AuditBatch, AuditEntry, AuditHead, AuditPlace};
use onsale_core::api::page::Page;
use onsale_core::{OrganisationId, Role, UserId};
use onsale_platform::ServiceRole;
use onsale_testkit::TestClient;
use serde_json::json;

const OTHER: OrganisationId = OrganisationId(uuid::Uuid::from_u128(7));

fn act(position: i64, organisation: Option<OrganisationId>) -> AuditAct {
    AuditAct {
        place: AuditPlace { xid: 100 + position / 2, position },
        at: chrono::DateTime::from_timestamp(1_700_000_000 + position, 0).expect("in range"),
        actor_id: Some(UserId(uuid::Uuid::from_u128(3))),
        organisation_id: organisation,
        action: "event.publish".to_owned(),
        object_type: "event".to_owned(),
        object_id: format!("EVT{position}"),
        detail: json!({"version": position}),
    }
}

fn booking(app: &TestApp) -> TestClient {
    app.client.signed_in(&app.kit.service_token(ServiceRole::Booking, ServiceRole::Auth))
}

async fn send(app: &TestApp, acts: Vec<AuditAct>) -> AuditPlace {
    booking(app).post("/internal/audit", &json!(AuditBatch { acts })).await.expect(200).parse()
}

async fn findings(app: &TestApp, kept: Option<&AuditHead>) -> (Verified, Vec<String>) {
    let mut found = Vec::new();
    let verified = verify_chain(app.db.pool(), &app.secret(), kept, |finding| found.push(finding)).await;
    (verified.expect("read"), found)
}

/// Changes what nobody may: as whoever owns the tables could.
async fn tamper(app: &TestApp, statement: &str) {
    let mut conn = app.db.pool().acquire().await.expect("a connection");
    sqlx::query("SET session_replication_role = replica").execute(&mut *conn).await.expect("set");
    sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&mut *conn).await.expect("tampered");
    sqlx::query("SET session_replication_role = DEFAULT").execute(&mut *conn).await.expect("set");
}

#[tokio::test]
async fn acts_are_chained_once_in_their_order() {
    let app = TestApp::new().await;
    assert_eq!(send(&app, vec![]).await, AuditPlace::default());
    let place = send(&app, vec![act(1, None), act(2, None)]).await;
    assert_eq!(place, act(2, None).place);
    // Another process sends what is there already, and more.
    let place = send(&app, vec![act(2, None), act(3, None)]).await;
    assert_eq!((send(&app, vec![]).await, place), (place, act(3, None).place));
    let (verified, found) = findings(&app, None).await;
    assert_eq!((verified.head.number, found), (3, vec![]));
    app.client.post("/internal/audit", &json!({"acts": []})).await.expect_problem(401, "unauthenticated");
}

#[tokio::test]
async fn whatever_is_tampered_with_is_found() {
    for (statement, finding) in [
        ("UPDATE auth.audit_chain SET object_id = 'EVT9' WHERE number = 2", "entry 2"),
        ("UPDATE auth.audit_chain SET actor_id = NULL WHERE number = 1", "entry 1"),
        ("UPDATE auth.audit_chain SET at = at + interval '1 microsecond' WHERE number = 3", "entry 3"),
        ("DELETE FROM auth.audit_chain WHERE number = 2", "entries 2 to 2 are gone"),
        ("UPDATE auth.audit_chain SET hash = sha256('x') WHERE number = 2", "entry 2"),
    ] {
        let app = TestApp::new().await;
        send(&app, (1..=4).map(|position| act(position, None)).collect()).await;
        let (verified, found) = findings(&app, None).await;
        assert!(found.is_empty());
        sqlx::query(statement).execute(app.db.pool()).await.expect_err("it only grows");
        tamper(&app, statement).await;
        let (_, found) = findings(&app, None).await;
        assert!(found.iter().any(|text| text.starts_with(finding)), "{statement}: {found:?}");
        // A head that was kept elsewhere is no longer in a chain that lost its end.
        tamper(&app, "DELETE FROM auth.audit_chain WHERE number >= 3").await;
        let (shorter, _) = findings(&app, Some(&verified.head)).await;
        assert_ne!(shorter.has_kept_head, Some(true));
    }
}

#[tokio::test]
async fn what_a_service_noted_is_compared_with_the_chain() {
    let app = TestApp::new().await.with_jobs();
    let admin = app.staff("admin@example.org", &[Role::Admin]).await;
    let body = json!({"name": "till", "scopes": ["tickets:sell"]});
    let _ = app.of(&admin).post("/api/admin/api-keys", &body).await.expect(201);
    until("it is sealed", async || findings(&app, None).await.0.head.number >= 2).await;
    let pool = app.db.pool();
    let compare = async || {
        let mut found = Vec::new();
        let waiting = verify_service(pool, pool, ServiceRole::Auth, |finding| found.push(finding)).await.expect("read");
        (waiting, found)
    };
    assert_eq!(compare().await, (0, vec![]));
    tamper(&app, "UPDATE auth.audit SET actor_id = NULL WHERE action = 'api-key.create'").await;
    assert!(compare().await.1[0].contains("was changed"), "{:?}", compare().await);
    tamper(&app, "DELETE FROM auth.audit WHERE action = 'api-key.create'").await;
    assert!(compare().await.1[0].contains("is gone"), "{:?}", compare().await);
}

#[tokio::test]
async fn organisers_find_what_was_done_in_their_organisation() {
    let app = TestApp::new().await;
    let admin = app.of(&app.staff("admin@example.org", &[Role::Admin]).await);
    let organiser = app.of(&app.staff("olga@example.org", &[Role::Organiser]).await);
    let clerk = app.of(&app.staff("clerk@example.org", &[Role::BoxOffice]).await);
    send(&app, vec![act(1, Some(OrganisationId::DEFAULT)), act(2, Some(OTHER)), act(3, None)]).await;
    let search = async |client: &TestClient, query: &str| -> Vec<i64> {
        let page: Page<AuditEntry> = client.get(&format!("/api/admin/audit?{query}")).await.expect(200).parse();
        page.items.into_iter().map(|entry| entry.number).collect()
    };
    assert_eq!(search(&organiser, "").await, [1]);
    assert_eq!(search(&admin, "").await, [3, 2, 1]);
    assert_eq!(search(&admin, "action=event.&objectId=EVT2").await, [2]);
    assert_eq!(search(&admin, "action=venue.").await, [0_i64; 0]);
    let person = app.register("ada@example.org").await;
    send(&app, vec![AuditAct { actor_id: Some(person.id), ..act(4, None) }]).await;
    assert_eq!(search(&admin, "actor=ADA@example.org").await, [4]);
    assert_eq!(search(&admin, &format!("actor=ada@example.org&actorId={}", person.id)).await, [4]);
    assert_eq!(search(&admin, "actor=nobody@example.org").await, [0_i64; 0]);
    assert_eq!(search(&organiser, "actor=ada@example.org").await, [0_i64; 0], "what is not of their organisation");
    assert_eq!(search(&admin, "from=2023-11-14T22:13:22Z&until=2023-11-14T22:13:23Z").await, [2]);
    let first: Page<AuditEntry> = admin.get("/api/admin/audit?limit=3").await.expect(200).parse();
    let cursor = first.next_cursor.expect("more");
    assert_eq!(search(&admin, &format!("limit=3&cursor={cursor}")).await, [1]);
    clerk.get("/api/admin/audit").await.expect_problem(403, "forbidden");
    let head: AuditHead = organiser.get("/api/admin/audit/head").await.expect(200).parse();
    assert_eq!(findings(&app, Some(&head)).await.0.has_kept_head, Some(true));
}
