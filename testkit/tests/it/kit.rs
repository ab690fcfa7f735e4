//! The process for tests: its tokens, and the ways between its services.

use axum::extract::{FromRef, Path, Request};
use axum::routing::get;
use axum::{Json, Router};
use onsale_core::{Role, Scope};
use onsale_platform::identity::{Admin, Caller, Seller, ServiceCaller};
use onsale_platform::tokens::TokenVerifier;
use onsale_platform::{ServiceRole, random};
use onsale_testkit::{TestClient, TestDb, TestKit};
use serde_json::json;
use std::sync::Arc;

#[derive(Clone)]
struct State(Arc<TokenVerifier>);

impl FromRef<State> for Arc<TokenVerifier> {
    fn from_ref(state: &State) -> Self {
        Self::clone(&state.0)
    }
}

fn router(kit: &TestKit) -> Router {
    Router::new()
        .route("/me", get(|caller: Caller| async move { Json(json!({"id": caller.user_id})) }))
        .route("/admin", get(|_: Admin| async { "in" }))
        .route("/sell", get(|_: Seller| async { "in" }))
        .route("/internal", get(|ServiceCaller(role): ServiceCaller| async move { role.to_string() }))
        .with_state(State(Arc::clone(&kit.platform().verifier)))
}

#[tokio::test]
async fn its_tokens_are_taken_for_what_they_say() {
    let db = TestDb::new().await;
    let kit = TestKit::new(&db).await;
    let router = router(&kit);
    let (customer, admin) = (kit.customer(), kit.user(&[Role::Admin]));

    let me = kit.client_of(router.clone(), &customer).get("/me").await.expect(200);
    assert_eq!(me.json()["id"], customer.id.to_string());
    kit.client_of(router.clone(), &customer).get("/admin").await.expect_problem(403, "forbidden");
    let _in = kit.client_of(router.clone(), &admin).get("/admin").await.expect(200);
    TestClient::new(router.clone()).get("/me").await.expect_problem(401, "unauthenticated");

    let key = kit.api_key_token(random::new_id(&kit.platform().clock), admin.id, &[Scope::TicketsSell]);
    let _in = TestClient::new(router.clone()).signed_in(&key).get("/sell").await.expect(200);

    let service = kit.service_token(ServiceRole::Payment, ServiceRole::Booking);
    let answer = TestClient::new(router).signed_in(&service).get("/internal").await.expect(200);
    assert_eq!(answer.text(), "payment");
}

#[tokio::test]
async fn a_local_service_reads_its_own_path_and_no_callers() {
    let db = TestDb::new().await;
    let kit = TestKit::new(&db).await;
    kit.install(ServiceRole::Search, Router::new().route("/events/{id}", get(|Path(id): Path<String>| async { id })));
    let search = kit.platform().upstreams.to(ServiceRole::Search);
    let outer = Router::new()
        .route("/{first}/{second}", get(move |request: Request| async move { search.call(request).await }));
    let answer = TestClient::new(outer).get("/events/EVT001").await.expect(200);
    assert_eq!(answer.text(), "EVT001");
}
