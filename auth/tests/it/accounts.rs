//! Register, login, me.

use crate::app::{PASSWORD, Person, TestApp, set_cookie};
use onsale_testkit::database::count;
use serde_json::json;

#[tokio::test]
async fn a_person_registers_signs_in_and_sees_the_account() {
    let app = TestApp::new().await;
    let body = json!({"email": "Ada@Example.org", "password": PASSWORD, "name": "Ada", "phone": "+49 30 1"});
    let answer = app.client.post("/api/auth/register", &body).await.expect(201);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.json()["user"]["roles"], json!(["customer"]));
    let person = Person::of(&answer);
    let me = app.of(&person).get("/api/auth/me").await.expect(200).json();
    assert_eq!(me["email"], "Ada@Example.org");
    assert_eq!(me["emailVerified"], false);

    let again = Person::of(&app.login("ada@example.ORG", PASSWORD).await.expect(200));
    assert_eq!(again.id, person.id);
    let claims = claims_of(&again.token);
    for name in ["iss", "aud", "sub", "sid", "jti", "roles", "iat", "nbf", "exp"] {
        assert!(!claims[name].is_null(), "the claim {name} is missing");
    }
    assert_eq!(claims["exp"].as_i64().expect("a time") - claims["iat"].as_i64().expect("a time"), 15 * 60);
}

#[tokio::test]
async fn a_person_is_written_to_in_the_language_they_chose_or_their_browser_asks_for() {
    let app = TestApp::new().await;
    let language = async |email: &str, asked: Option<&str>, accepted: &str| {
        let body = json!({"email": email, "password": PASSWORD, "name": "Ada", "language": asked});
        let client = app.client.with_header("accept-language", accepted);
        let person = Person::of(&client.post("/api/auth/register", &body).await.expect(201));
        let contact = app.contact(&person).await;
        assert_eq!(app.of(&person).get("/api/auth/me").await.expect(200).json()["language"], contact["language"]);
        (contact["language"].clone(), person)
    };
    assert_eq!(language("a@example.org", Some("es-CO"), "en").await.0, "es");
    assert_eq!(language("b@example.org", None, "de, es;q=0.8, en;q=0.5").await.0, "es");
    assert_eq!(language("c@example.org", Some("de"), "es").await.0, "es");
    let (first, person) = language("d@example.org", None, "de").await;
    assert_eq!(first, "en");

    let change = async |language: &str| app.of(&person).patch("/api/auth/me", &json!({"language": language})).await;
    assert_eq!(change("es").await.expect(200).json()["language"], "es");
    change("de").await.expect_problem(400, "malformed");
    assert_eq!(app.contact(&person).await["language"], "es");
    let renamed = app.of(&person).patch("/api/auth/me", &json!({"name": "Eve"})).await.expect(200).json();
    assert_eq!((&renamed["name"], &renamed["language"]), (&json!("Eve"), &json!("es")));
}

fn claims_of(token: &str) -> serde_json::Value {
    use base64::Engine;
    let payload = token.split('.').nth(1).expect("three parts");
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(payload).expect("base64url");
    serde_json::from_slice(&bytes).expect("JSON")
}

#[tokio::test]
async fn an_address_has_one_account_however_it_is_written() {
    let app = TestApp::new().await;
    app.register("ada@example.org").await;
    let body = json!({"email": "ADA@example.org", "password": PASSWORD, "name": "Eve"});
    app.client.post("/api/auth/register", &body).await.expect_problem(409, "email_taken");
    let both = json!({"email": "bob@example.org", "password": PASSWORD, "name": "Bob"});
    let (first, second) =
        tokio::join!(app.client.post("/api/auth/register", &both), app.client.post("/api/auth/register", &both));
    let mut statuses = [first.status.as_u16(), second.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
}

#[tokio::test]
async fn security_5_short_and_common_passwords_are_refused() {
    let app = TestApp::new().await;
    let register = |password: String| {
        let client = app.client.clone();
        let body = json!({"email": "ada@example.org", "password": password, "name": "Ada"});
        async move { client.post("/api/auth/register", &body).await }
    };
    register("short".into()).await.expect_problem(422, "password_too_short");
    for common in ["password", "Password123", "qwertyuiop", "12345678", "ILoveYou"] {
        let answer = register(common.into()).await;
        let problem = answer.expect_problem(422, "password_too_common");
        assert_eq!(problem["errors"][0]["field"], "password");
    }
    register("x".repeat(257)).await.expect_problem(422, "invalid");
    let _answer = register("only words no rules".repeat(4)).await.expect(201);
}

#[tokio::test]
async fn what_is_wrong_with_a_registration_is_named_field_by_field() {
    let app = TestApp::new().await;
    let body = json!({"email": "nobody", "password": PASSWORD, "name": ""});
    let problem = app.client.post("/api/auth/register", &body).await.expect_problem(422, "invalid");
    let mut fields: Vec<_> = problem["errors"].as_array().expect("errors").iter().map(|e| &e["field"]).collect();
    fields.sort_by_key(ToString::to_string);
    assert_eq!(fields, ["email", "name"]);
    app.client.post("/api/auth/register", &json!({"email": 1})).await.expect_problem(400, "malformed");
    app.client.get("/api/auth/register").await.expect_problem(405, "method_not_allowed");
    app.client.get("/api/auth/nothing").await.expect_problem(404, "not_found");
}

#[tokio::test]
async fn security_12_what_a_body_says_beyond_its_fields_changes_nothing() {
    let app = TestApp::new().await;
    let body = json!({
        "email": "ada@example.org", "password": PASSWORD, "name": "Ada", "roles": ["admin"], "role": "admin",
        "id": "00000000-0000-0000-0000-000000000000", "emailVerified": true, "userId": "x",
    });
    let person = Person::of(&app.client.post("/api/auth/register", &body).await.expect(201));
    let change = json!({"name": "Ada L.", "roles": ["admin"], "email": "eve@example.org", "disabled": true});
    let me = app.of(&person).patch("/api/auth/me", &change).await.expect(200).json();
    assert_eq!(me["name"], "Ada L.");
    assert_eq!(me["email"], "ada@example.org");
    assert_eq!(me["roles"], json!(["customer"]));
    assert_eq!(me["emailVerified"], false);
    assert_ne!(me["id"], "00000000-0000-0000-0000-000000000000");
}

#[tokio::test]
async fn security_8_on_https_the_cookies_are_host_bound_and_secure() {
    let app = TestApp::with(&[("PUBLIC_URL", "https://tickets.example.org")]).await;
    let body = json!({"email": "ada@example.org", "password": PASSWORD, "name": "Ada"});
    let answer = app.client.post("/api/auth/register", &body).await.expect(201);
    for name in ["__Host-onsale_refresh", "__Host-onsale_device"] {
        let cookie = set_cookie(&answer, name).expect("the cookie is set");
        for attribute in ["HttpOnly", "Secure", "SameSite=Strict", "Path=/"] {
            assert!(cookie.split("; ").any(|part| part == attribute), "{name} lacks {attribute}: {cookie}");
        }
        assert!(!cookie.contains("Domain"), "{cookie}");
    }
    let plain = TestApp::new().await;
    let answer = plain.client.post("/api/auth/register", &body).await.expect(201);
    let cookie = set_cookie(&answer, "onsale_refresh").expect("the cookie is set");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict") && !cookie.contains("Secure"));
}

#[tokio::test]
async fn security_4_a_weak_hash_is_made_anew_at_the_next_login() {
    let app = TestApp::new().await;
    let person = app.register("ada@example.org").await;
    let hash = async |app: &TestApp| -> String {
        sqlx::query_scalar("SELECT password_hash FROM auth.accounts WHERE id = $1")
            .bind(person.id.0)
            .fetch_one(app.db.pool())
            .await
            .expect("the account is there")
    };
    assert!(hash(&app).await.starts_with("$argon2id$v=19$m=8,t=1,p=1$"));
    let grown = TestApp::on(app.db.clone(), None, &[("ARGON2_PROFILE", "owasp")]).await;
    let _answer = grown.login("ada@example.org", PASSWORD).await.expect(200);
    let strong = hash(&app).await;
    assert!(strong.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{strong}");
    let _answer = grown.login("ada@example.org", PASSWORD).await.expect(200);
    assert_eq!(hash(&app).await, strong, "a strong hash stays");
    let _answer = app.login("ada@example.org", PASSWORD).await.expect(200);
    assert_eq!(hash(&app).await, strong, "it is never made weaker");
}

#[tokio::test]
async fn security_4_a_full_pool_answers_503_with_retry_after() {
    let settings = [("ARGON2_PROFILE", "owasp"), ("ARGON2_CONCURRENCY", "1"), ("ARGON2_QUEUE", "0")];
    let app = TestApp::with(&settings).await;
    let logins = (0..8).map(|_| app.login("nobody@example.org", PASSWORD));
    let answers = futures_join(logins).await;
    let full: Vec<_> = answers.iter().filter(|answer| answer.status == 503).collect();
    assert!(!full.is_empty(), "eight at once do not fit into a pool of one");
    for answer in &full {
        assert_eq!(answer.header("retry-after"), Some("1"));
    }
    assert!(answers.iter().any(|answer| answer.status == 401), "some are still served");
}

async fn futures_join<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    futures::future::join_all(futures).await
}

#[tokio::test]
async fn an_account_is_told_to_the_others_without_name_or_address() {
    let app = TestApp::new().await;
    let person = app.register("ada@example.org").await;
    let events: Vec<(String, i32, Option<i64>, String)> = sqlx::query_as(
        "SELECT type, version, sequence, data::text FROM auth.events WHERE aggregate_id = $1 ORDER BY version",
    )
    .bind(person.id.to_string())
    .fetch_all(app.db.pool())
    .await
    .expect("readable");
    let kinds: Vec<_> =
        events.iter().map(|(kind, version, sequence, _)| (kind.as_str(), *version, *sequence)).collect();
    assert_eq!(kinds, [("user-created", 1, Some(1)), ("notification-requested", 2, Some(2))]);
    for (_, _, _, text) in &events {
        assert!(!text.contains("ada@example.org") && !text.contains("Ada"), "{text}");
    }
    assert_eq!(count(app.db.pool(), "auth.accounts").await, 1);
}

#[tokio::test]
async fn the_document_names_every_public_route_and_no_internal_one() {
    let document = serde_json::to_value(onsale_auth::openapi()).expect("JSON");
    let mut paths: Vec<_> = document["paths"].as_object().expect("paths").keys().cloned().collect();
    paths.sort();
    assert_eq!(
        paths,
        [
            "/.well-known/jwks.json",
            "/api/admin/api-keys",
            "/api/admin/api-keys/{id}",
            "/api/admin/audit",
            "/api/admin/audit/head",
            "/api/admin/organisations",
            "/api/admin/organisations/{id}",
            "/api/admin/organisations/{id}/invitations",
            "/api/admin/organisations/{id}/invitations/{invitationId}",
            "/api/admin/organisations/{id}/members",
            "/api/admin/organisations/{id}/members/{userId}",
            "/api/admin/settings",
            "/api/admin/settings/history",
            "/api/admin/users",
            "/api/admin/users/{id}",
            "/api/auth/email/verify",
            "/api/auth/invitations/accept",
            "/api/auth/login",
            "/api/auth/logout",
            "/api/auth/me",
            "/api/auth/organisation",
            "/api/auth/password/forgot",
            "/api/auth/password/reset",
            "/api/auth/refresh",
            "/api/auth/register",
            "/api/auth/second-factor",
            "/api/auth/second-factor/confirm",
            "/api/auth/second-factor/recovery-codes",
            "/api/auth/second-factor/remove",
        ]
    );
}
