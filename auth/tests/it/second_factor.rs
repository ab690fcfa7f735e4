//! The second factor: codes of a device, recovery codes, and staff who need one.

use crate::app::{PASSWORD, Person, TestApp};
use chrono::TimeDelta;
use onsale_core::Role;
use onsale_core::api::accounts::{Account, RecoveryCodes, SecondFactorSecret, SignedIn};
use onsale_testkit::Answer;
use serde_json::json;
use totp_rs::{Secret, Totp};

async fn login(app: &TestApp, email: &str, code: Option<&str>) -> Answer {
    app.client.post("/api/auth/login", &json!({"email": email, "password": PASSWORD, "code": code})).await
}

/// Begins and confirms one; the device and the recovery codes.
async fn enabled(app: &TestApp, person: &Person) -> (Totp, Vec<String>) {
    let client = app.of(person);
    let told: SecondFactorSecret = client.post("/api/auth/second-factor", &json!({})).await.expect(200).parse();
    assert!(told.uri.starts_with("otpauth://totp/Onsale:"), "{}", told.uri);
    let secret = Secret::try_from_base32(&told.secret).expect("base 32");
    let device = totp_rs::Builder::new().with_secret(secret).build().expect("a device");
    let wrong = json!({"code": "000000"});
    let right = json!({"code": now(app, &device)});
    if wrong != right {
        client.post("/api/auth/second-factor/confirm", &wrong).await.expect_problem(422, "invalid_code");
    }
    let codes: RecoveryCodes = client.post("/api/auth/second-factor/confirm", &right).await.expect(200).parse();
    assert_eq!(codes.recovery_codes.len(), 10);
    (device, codes.recovery_codes)
}

fn now(app: &TestApp, device: &Totp) -> String {
    let at = app.platform.clock.now().timestamp();
    device.generate(u64::try_from(at).expect("after 1970")).to_string()
}

#[tokio::test]
async fn signing_in_needs_a_code_that_works_once() {
    let app = TestApp::at_rest().await;
    let person = app.register("ada@example.org").await;
    let (device, recovery) = enabled(&app, &person).await;
    app.of(&person).post("/api/auth/second-factor", &json!({})).await.expect_problem(409, "state_conflict");
    login(&app, "ada@example.org", None).await.expect_problem(401, "second_factor_required");
    login(&app, "ada@example.org", Some("123456789")).await.expect_problem(401, "invalid_code");
    // The one that confirmed it was used.
    login(&app, "ada@example.org", Some(&now(&app, &device))).await.expect_problem(401, "invalid_code");
    app.platform.clock.advance(TimeDelta::seconds(30));
    let code = now(&app, &device);
    let signed_in: SignedIn = login(&app, "ada@example.org", Some(&code)).await.expect(200).parse();
    assert!(signed_in.user.second_factor);
    login(&app, "ada@example.org", Some(&code)).await.expect_problem(401, "invalid_code");
    // The password comes first: who does not know it learns nothing of codes.
    let wrong = json!({"email": "ada@example.org", "password": "wrong password", "code": code});
    app.client.post("/api/auth/login", &wrong).await.expect_problem(401, "invalid_credentials");

    let _ = login(&app, "ada@example.org", Some(&recovery[3].to_lowercase())).await.expect(200);
    login(&app, "ada@example.org", Some(&recovery[3])).await.expect_problem(401, "invalid_code");
}

#[tokio::test]
async fn secrets_are_sealed_and_recovery_codes_hashed() {
    let app = TestApp::at_rest().await;
    let person = app.register("ada@example.org").await;
    let (device, recovery) = enabled(&app, &person).await;
    let (sealed, hashes): (Vec<u8>, Vec<Vec<u8>>) =
        sqlx::query_as("SELECT sealed, recovery_codes FROM auth.second_factors")
            .fetch_one(app.db.pool())
            .await
            .expect("one");
    let secret = device.secret().as_bytes();
    assert!(!sealed.windows(secret.len()).any(|window| window == secret));
    let plain: Vec<u8> = recovery[0].bytes().filter(u8::is_ascii_alphanumeric).collect();
    assert!(hashes.iter().all(|hash| hash.len() == 32 && !hash.starts_with(&plain)));
}

#[tokio::test]
async fn guesses_of_codes_are_limited_as_those_of_passwords() {
    let app = TestApp::at_rest().await;
    let person = app.register("ada@example.org").await;
    let (device, _) = enabled(&app, &person).await;
    app.platform.clock.advance(TimeDelta::seconds(30));
    for guess in 0..10 {
        login(&app, "ada@example.org", Some(&format!("guess {guess}"))).await.expect_problem(401, "invalid_code");
    }
    login(&app, "ada@example.org", Some(&now(&app, &device))).await.expect_problem(429, "rate_limited");
}

#[tokio::test]
async fn it_is_taken_away_by_a_code_or_by_an_admin() {
    let app = TestApp::at_rest().await;
    let admin = app.staff("admin@example.org", &[Role::Admin]).await;
    let person = app.register("ada@example.org").await;
    let (device, recovery) = enabled(&app, &person).await;
    let client = app.of(&person);
    let remove = "/api/auth/second-factor/remove";
    client.post(remove, &json!({"code": "no"})).await.expect_problem(422, "invalid_code");
    app.platform.clock.advance(TimeDelta::seconds(30));
    let renewed: RecoveryCodes = client
        .post("/api/auth/second-factor/recovery-codes", &json!({"code": now(&app, &device)}))
        .await
        .expect(200)
        .parse();
    client.post(remove, &json!({"code": recovery[0]})).await.expect_problem(422, "invalid_code");
    let _ = client.post(remove, &json!({"code": renewed.recovery_codes[0]})).await.expect(204);
    let _ = login(&app, "ada@example.org", None).await.expect(200);

    let (_, _) = enabled(&app, &person).await;
    let path = format!("/api/admin/users/{}", person.id);
    let reset: Account = app.of(&admin).patch(&path, &json!({"resetSecondFactor": true})).await.expect(200).parse();
    assert!(!reset.second_factor);
    let _ = login(&app, "ada@example.org", None).await.expect(200);
}

#[tokio::test]
async fn staff_have_their_roles_once_they_have_a_second_factor() {
    let app = TestApp::with(&[("STAFF_SECOND_FACTOR", "on")]).await;
    let admin = app.staff("admin@example.org", &[Role::Customer, Role::Admin]).await;
    let me: Account = app.of(&admin).get("/api/auth/me").await.expect(200).parse();
    assert!(me.second_factor_missing && me.roles == [Role::Customer], "{me:?}");
    app.of(&admin).get("/api/admin/users").await.expect_problem(403, "forbidden");
    let (_, _) = enabled(&app, &admin).await;
    let refreshed = Person::of(&app.refresh(&admin.refresh).await.expect(200));
    let _ = app.of(&refreshed).get("/api/admin/users").await.expect(200);
}
