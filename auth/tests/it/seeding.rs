//! Accounts and keys that are there from the start.

use crate::app::{Person, TestApp};
use onsale_auth::ArgonCost;
use onsale_auth::seed::crowd::CrowdSeeder;
use onsale_auth::seed::{SeedAccount, seed_accounts, seed_api_key};
use onsale_core::{Role, Scope, UserId};
use onsale_platform::ServiceRole;
use onsale_platform::tokens::TokenConfig;
use onsale_testkit::database::count;
use serde_json::json;

fn load_accounts() -> Vec<SeedAccount> {
    let account = |n: u128| SeedAccount {
        id: UserId(uuid::Uuid::from_u128(n)),
        email: format!("testuser{n}@loadtest.com"),
        password: "LoadTest123!".to_owned(),
        name: format!("Test user {n}"),
        roles: vec![Role::Customer],
        cost: ArgonCost::MINIMAL,
    };
    (1..=100).map(account).collect()
}

#[tokio::test]
async fn accounts_are_seeded_once_and_sign_in() {
    let app = TestApp::new().await;
    for _ in 0..2 {
        seed_accounts(app.db.pool(), &app.platform.clock, load_accounts()).await.expect("seeds");
    }
    assert_eq!(count(app.db.pool(), "auth.accounts").await, 100);
    assert_eq!(count(app.db.pool(), "auth.events WHERE topic = 'user-created'").await, 100);
    let person = Person::of(&app.login("testuser100@loadtest.com", "LoadTest123!").await.expect(200));
    assert_eq!(person.id, UserId(uuid::Uuid::from_u128(100)));
    let mut twice = load_accounts();
    twice[0].id = UserId(uuid::Uuid::from_u128(1_000));
    let error = seed_accounts(app.db.pool(), &app.platform.clock, twice).await.expect_err("the address is taken");
    assert!(error.to_string().contains("testuser1@loadtest.com"), "{error}");
}

#[tokio::test]
async fn a_key_is_seeded_once_and_works() {
    let app = TestApp::new().await;
    let person = app.register("box@example.org").await;
    let mut secrets = Vec::new();
    for _ in 0..2 {
        let scopes = [Scope::TicketsSell, Scope::TicketsRead];
        let clock = &app.platform.clock;
        let secret = seed_api_key(app.db.pool(), clock, &app.secret(), person.id, "load", &scopes).await;
        secrets.push(secret.expect("seeds"));
    }
    assert_eq!(secrets[0], secrets[1]);
    assert_eq!(count(app.db.pool(), "auth.api_keys").await, 1);
    let service = app.client.signed_in(&app.kit.service_token(ServiceRole::Gateway, ServiceRole::Auth));
    let _answer = service.post("/internal/api-keys/exchange", &json!({"key": secrets[0]})).await.expect(200);
}

#[tokio::test]
async fn a_crowd_is_signed_in_and_stays_so() {
    let app = TestApp::new().await;
    let (clock, tokens) = (app.platform.clock.clone(), TokenConfig::default());
    let seeder = CrowdSeeder::open(app.db.pool().clone(), clock, &app.secret(), tokens, "LoadTest123!").await;
    let seeder = seeder.expect("opens the keys");
    let first = seeder.seed(0..30).await.expect("seeds");
    let again = seeder.seed(20..50).await.expect("seeds");
    assert_eq!(first[25].account, again[5].account);
    assert_eq!(count(app.db.pool(), "auth.accounts").await, 50);
    for member in first.iter().take(2).chain(&again[5..7]) {
        let me = app.client.signed_in(&member.access_token).get("/api/auth/me").await.expect(200).json();
        assert_eq!(me["id"], json!(member.account));
        let refreshed = Person::of(&app.refresh(&member.refresh_token).await.expect(200));
        assert_eq!(refreshed.id, member.account);
    }
    let person = Person::of(&app.login("swarm49@loadtest.com", "LoadTest123!").await.expect(200));
    assert_eq!(person.id, again[29].account);
}
