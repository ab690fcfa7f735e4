//! What admins do: accounts and API keys; and what services ask.

use crate::app::{PASSWORD, Person, TestApp};
use onsale_core::api::accounts::{Account, ApiKey};
use onsale_core::api::internal::{Contact, Contacts, ExchangedToken};
use onsale_core::api::page::Page;
use onsale_core::{OrganisationId, Role, Scope};
use onsale_platform::ServiceRole;
use onsale_platform::identity::Identity;
use onsale_testkit::TestClient;
use serde_json::json;

fn service(app: &TestApp) -> TestClient {
    app.client.signed_in(&app.kit.service_token(ServiceRole::Gateway, ServiceRole::Auth))
}

#[tokio::test]
async fn security_13_administration_is_for_admins_only() {
    let app = TestApp::new().await;
    let somebody = app.register("somebody@example.org").await;
    let user = format!("/api/admin/users/{}", somebody.id);
    let key = format!("/api/admin/api-keys/{}", somebody.id);
    let body = json!({"name": "till", "scopes": ["tickets:sell"]});
    let call = async |client: &TestClient, status: u16, code: &str| {
        client.get("/api/admin/users").await.expect_problem(status, code);
        client.get(&user).await.expect_problem(status, code);
        client.patch(&user, &json!({"roles": ["admin"]})).await.expect_problem(status, code);
        client.put("/api/admin/settings", &json!({})).await.expect_problem(status, code);
    };
    let keys = async |client: &TestClient, status: u16, code: &str| {
        client.get("/api/admin/api-keys").await.expect_problem(status, code);
        client.post("/api/admin/api-keys", &body).await.expect_problem(status, code);
        client.delete(&key).await.expect_problem(status, code);
    };
    call(&app.client, 401, "unauthenticated").await;
    keys(&app.client, 401, "unauthenticated").await;
    for role in [Role::Customer, Role::Organiser, Role::BoxOffice, Role::Gate, Role::Sre] {
        let person = app.staff(&format!("{role}@example.org"), &[role]).await;
        call(&app.of(&person), 403, "forbidden").await;
        if role != Role::Organiser {
            keys(&app.of(&person), 403, "forbidden").await;
        }
    }
}

#[tokio::test]
async fn accounts_are_listed_page_by_page() {
    let app = TestApp::new().await;
    let admin = app.staff("admin@example.org", &[Role::Admin]).await;
    for n in 0..4 {
        app.register(&format!("user{n}@example.org")).await;
    }
    let client = app.of(&admin);
    let mut emails = Vec::new();
    let mut path = "/api/admin/users?limit=2".to_owned();
    loop {
        let page: Page<Account> = client.get(&path).await.expect(200).parse();
        assert!(page.items.len() <= 2);
        emails.extend(page.items.into_iter().map(|account| account.email));
        let Some(cursor) = page.next_cursor else { break };
        path = format!("/api/admin/users?limit=2&cursor={cursor}");
    }
    let expected = ["user3", "user2", "user1", "user0", "admin"].map(|name| format!("{name}@example.org"));
    assert_eq!(emails, expected);
    for (query, found) in [("USER2@", 1), ("user", 4), ("example.org", 5), ("%25", 0), ("", 5)] {
        let page: Page<Account> = client.get(&format!("/api/admin/users?query={query}")).await.expect(200).parse();
        assert_eq!(page.items.len(), found, "{query}");
    }
    let second: Page<Account> = client.get("/api/admin/users?query=user&limit=3").await.expect(200).parse();
    let path = format!("/api/admin/users?query=user&limit=3&cursor={}", second.next_cursor.expect("one more"));
    let last: Page<Account> = client.get(&path).await.expect(200).parse();
    assert_eq!(last.items.into_iter().map(|account| account.email).collect::<Vec<_>>(), ["user0@example.org"]);
    client.get("/api/admin/users?limit=101").await.expect_problem(422, "invalid");
    client.get("/api/admin/users?cursor=x").await.expect_problem(400, "malformed");
    client.get("/api/admin/users/x").await.expect_problem(404, "not_found");
}

#[tokio::test]
async fn granting_a_role_takes_effect_at_the_next_refresh_and_old_tokens_are_refused() {
    let app = TestApp::new().await;
    let admin = app.staff("admin@example.org", &[Role::Admin]).await;
    let person = app.register("ada@example.org").await;
    let path = format!("/api/admin/users/{}", person.id);
    let changed = app.of(&admin).patch(&path, &json!({"roles": ["customer", "organiser"]})).await.expect(200);
    assert_eq!(changed.json()["roles"], json!(["customer", "organiser"]));
    app.of(&person).get("/api/auth/me").await.expect_problem(401, "unauthenticated");
    // In the very second of the change.
    let refreshed = Person::of(&app.refresh(&person.refresh).await.expect(200));
    let me = app.of(&refreshed).get("/api/auth/me").await.expect(200);
    assert_eq!(me.json()["roles"], json!(["customer", "organiser"]));
    app.of(&admin).patch(&path, &json!({"roles": []})).await.expect_problem(422, "invalid");
    app.of(&admin).patch(&path, &json!({"roles": ["king"]})).await.expect_problem(400, "malformed");
}

#[tokio::test]
async fn a_disabled_account_is_out_until_it_is_enabled() {
    let app = TestApp::new().await;
    let admin = app.staff("admin@example.org", &[Role::Admin]).await;
    let person = app.register("ada@example.org").await;
    let path = format!("/api/admin/users/{}", person.id);
    let _answer = app.of(&admin).patch(&path, &json!({"disabled": true})).await.expect(200);
    app.of(&person).get("/api/auth/me").await.expect_problem(401, "unauthenticated");
    app.refresh(&person.refresh).await.expect_problem(401, "unauthenticated");
    app.login("ada@example.org", PASSWORD).await.expect_problem(403, "forbidden");
    app.login("ada@example.org", "wrong password").await.expect_problem(401, "invalid_credentials");
    let _answer = app.of(&admin).patch(&path, &json!({"disabled": false})).await.expect(200);
    let back = Person::of(&app.login("ada@example.org", PASSWORD).await.expect(200));
    let _answer = app.of(&back).get("/api/auth/me").await.expect(200);
    app.refresh(&person.refresh).await.expect_problem(401, "unauthenticated");
}

#[tokio::test]
async fn a_token_made_between_two_changes_of_one_second_is_refused_after_the_second() {
    let app = TestApp::new().await;
    let admin = app.staff("admin@example.org", &[Role::Admin]).await;
    let mut person = app.register("ada@example.org").await;
    let path = format!("/api/admin/users/{}", person.id);
    for roles in [json!(["customer", "organiser"]), json!(["customer", "sre"]), json!(["customer"])] {
        let _answer = app.of(&admin).patch(&path, &json!({"roles": roles})).await.expect(200);
        app.of(&person).get("/api/auth/me").await.expect_problem(401, "unauthenticated");
        person = Person::of(&app.refresh(&person.refresh).await.expect(200));
        let me = app.of(&person).get("/api/auth/me").await.expect(200);
        assert_eq!(me.json()["roles"], roles);
    }
}

#[tokio::test]
async fn the_last_admin_stays() {
    let app = TestApp::new().await;
    let first = app.staff("first@example.org", &[Role::Admin]).await;
    let path = format!("/api/admin/users/{}", first.id);
    for change in [json!({"roles": ["customer"]}), json!({"disabled": true})] {
        app.of(&first).patch(&path, &change).await.expect_problem(409, "state_conflict");
    }
    let second = app.staff("second@example.org", &[Role::Admin]).await;
    let _answer = app.of(&second).patch(&path, &json!({"roles": ["customer"]})).await.expect(200);
}

#[tokio::test]
async fn a_key_is_exchanged_for_a_token_with_its_scopes_until_it_is_revoked() {
    let app = TestApp::new().await;
    let admin = app.staff("admin@example.org", &[Role::Admin]).await;
    let client = app.of(&admin);
    let body = json!({"name": "till 1", "scopes": ["tickets:sell", "tickets:read"], "revokedAt": "x"});
    let made: ApiKey = client.post("/api/admin/api-keys", &body).await.expect(201).parse();
    let secret = made.secret.expect("told once");
    assert!(secret.starts_with("osk_") && secret.starts_with(&made.prefix));
    let listed = client.get("/api/admin/api-keys").await.expect(200);
    assert!(!listed.text().contains(&secret));
    assert_eq!(listed.json()["items"][0]["id"], json!(made.id));

    let exchange = async |key: &str| service(&app).post("/internal/api-keys/exchange", &json!({"key": key})).await;
    let token: ExchangedToken = exchange(&secret).await.expect(200).parse();
    let identity = app.platform.verifier.verify(&token.token).await.expect("good");
    let scopes = vec![Scope::TicketsRead, Scope::TicketsSell];
    assert_eq!(
        identity,
        Identity::ApiKey { key_id: made.id, user_id: admin.id, scopes, organisation: OrganisationId::DEFAULT }
    );
    // A key is no person.
    app.client.signed_in(&token.token).get("/api/auth/me").await.expect_problem(403, "forbidden");
    exchange("osk_wrong").await.expect_problem(401, "unauthenticated");

    let path = format!("/api/admin/api-keys/{}", made.id);
    let _answer = client.delete(&path).await.expect(204);
    let _answer = client.delete(&path).await.expect(204);
    exchange(&secret).await.expect_problem(401, "unauthenticated");
    app.platform.verifier.verify(&token.token).await.expect_err("revoked");
    let problem = client.post("/api/admin/api-keys", &json!({"name": "", "scopes": []})).await;
    assert_eq!(problem.expect_problem(422, "invalid")["errors"].as_array().expect("errors").len(), 2);
}

#[tokio::test]
async fn security_17_internal_calls_are_for_services_that_call_auth() {
    let app = TestApp::new().await;
    let admin = app.staff("admin@example.org", &[Role::Admin]).await;
    let path = format!("/internal/users/{}", admin.id);
    let contact: Contact = service(&app).get(&path).await.expect(200).parse();
    assert_eq!((contact.email.as_str(), contact.name.as_str()), ("admin@example.org", "Ada"));
    for path in [path.as_str(), "/internal/revocations?after=0"] {
        app.client.get(path).await.expect_problem(401, "unauthenticated");
        app.of(&admin).get(path).await.expect_problem(403, "forbidden");
        let elsewhere = app.kit.service_token(ServiceRole::Gateway, ServiceRole::Booking);
        app.client.signed_in(&elsewhere).get(path).await.expect_problem(401, "unauthenticated");
        let forged = app.client.with_header("x-user-id", &admin.id.to_string()).with_header("x-internal-role", "auth");
        forged.get(path).await.expect_problem(401, "unauthenticated");
    }
    service(&app).get("/internal/users/00000000-0000-0000-0000-000000000000").await.expect_problem(404, "not_found");
    let find = "/internal/users/find";
    let nobody = "00000000-0000-0000-0000-000000000000";
    let wanted = json!({"ids": [admin.id, nobody], "email": " ADMIN@example.org "});
    let found: Contacts = service(&app).post(find, &wanted).await.expect(200).parse();
    assert_eq!(found.items.iter().map(|item| item.id).collect::<Vec<_>>(), [admin.id, admin.id]);
    let found: Contacts = service(&app).post(find, &json!({"email": "no@example.org"})).await.expect(200).parse();
    assert!(found.items.is_empty());
    let many = json!({"ids": vec![nobody; 101]});
    service(&app).post(find, &many).await.expect_problem(422, "invalid");
    app.client.post(find, &wanted).await.expect_problem(401, "unauthenticated");
    app.of(&admin).post(find, &wanted).await.expect_problem(403, "forbidden");
}
