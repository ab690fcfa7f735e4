//! Limits on failed logins.

use crate::app::{PASSWORD, TestApp};
use chrono::TimeDelta;
use onsale_testkit::Answer;
use serde_json::json;

async fn fail(app: &TestApp, email: &str, times: usize) {
    for _ in 0..times {
        app.login(email, "wrong password").await.expect_problem(401, "invalid_credentials");
    }
}

#[tokio::test]
async fn security_6_the_eleventh_failed_try_in_15_minutes_is_429_and_no_lock_out_lasts() {
    let app = TestApp::at_rest().await;
    app.register("ada@example.org").await;
    // Tries that succeed do not count.
    for _ in 0..12 {
        let _answer = app.login("ada@example.org", PASSWORD).await.expect(200);
    }
    fail(&app, "ada@example.org", 10).await;
    let answer = app.login("ADA@example.org", "wrong password").await;
    let wait: i64 = answer.header("retry-after").expect("told when to come again").parse().expect("seconds");
    assert_eq!(wait, 15 * 60);
    answer.expect_problem(429, "rate_limited");
    app.login("ada@example.org", PASSWORD).await.expect_problem(429, "rate_limited");
    app.login("other@example.org", "wrong password").await.expect_problem(401, "invalid_credentials");
    app.platform.clock.advance(TimeDelta::seconds(wait));
    let _answer = app.login("ada@example.org", PASSWORD).await.expect(200);
}

#[tokio::test]
async fn security_6_an_unknown_account_is_limited_alike() {
    let app = TestApp::at_rest().await;
    fail(&app, "nobody@example.org", 10).await;
    app.login("nobody@example.org", "wrong password").await.expect_problem(429, "rate_limited");
}

#[tokio::test]
async fn security_6_the_owner_still_gets_in_from_a_known_device() {
    let app = TestApp::at_rest().await;
    let owner = app.register("ada@example.org").await;
    let device = owner.device.expect("the browser is known from now on");
    fail(&app, "ada@example.org", 10).await;
    app.login("ada@example.org", PASSWORD).await.expect_problem(429, "rate_limited");
    let known = app.client.with_header("cookie", &format!("onsale_device={device}"));
    let sign_in = async |password: &str| -> Answer {
        known.post("/api/auth/login", &json!({"email": "ada@example.org", "password": password})).await
    };
    let answer = sign_in(PASSWORD).await.expect(200);
    assert!(answer.headers.get_all("set-cookie").iter().any(|value| value.as_bytes().starts_with(b"onsale_device=")));
    // The known device has its own ten tries.
    for _ in 0..10 {
        sign_in("wrong password").await.expect_problem(401, "invalid_credentials");
    }
    sign_in(PASSWORD).await.expect_problem(429, "rate_limited");
    // It opens no other account.
    app.register("bob@example.org").await;
    fail(&app, "bob@example.org", 10).await;
    let body = json!({"email": "bob@example.org", "password": PASSWORD});
    known.post("/api/auth/login", &body).await.expect_problem(429, "rate_limited");
}

#[tokio::test]
async fn security_6_an_address_is_limited_over_all_accounts() {
    let app = TestApp::with(&[("LIMITS_LOGIN_ADDRESS", "20")]).await;
    app.register("ada@example.org").await;
    let from = |address: &str| app.client.with_header("x-onsale-client-address", address);
    let spray = from("203.0.113.7");
    for n in 0..20 {
        let body = json!({"email": format!("user{n}@example.org"), "password": "wrong password"});
        spray.post("/api/auth/login", &body).await.expect_problem(401, "invalid_credentials");
    }
    let body = json!({"email": "ada@example.org", "password": PASSWORD});
    spray.post("/api/auth/login", &body).await.expect_problem(429, "rate_limited");
    let _answer = from("203.0.113.8").post("/api/auth/login", &body).await.expect(200);
    // One IPv6 subscriber has a whole /64.
    for n in 0..20 {
        let subscriber = from(&format!("2001:db8::{n:x}"));
        let wrong = json!({"email": format!("six{n}@example.org"), "password": "wrong password"});
        subscriber.post("/api/auth/login", &wrong).await.expect_problem(401, "invalid_credentials");
    }
    from("2001:db8::ffff").post("/api/auth/login", &body).await.expect_problem(429, "rate_limited");
}

#[tokio::test]
async fn security_6_guesses_in_parallel_count_one_by_one() {
    let app = TestApp::with(&[("ARGON2_QUEUE", "200")]).await;
    app.register("ada@example.org").await;
    let guesses = futures::future::join_all((0..40).map(|_| app.login("ada@example.org", "wrong password"))).await;
    let told = guesses.iter().filter(|answer| answer.status == 401).count();
    let refused = guesses.iter().filter(|answer| answer.status == 429).count();
    assert_eq!((told, refused), (10, 30));
}

#[tokio::test]
async fn security_7_registration_is_limited_by_address() {
    let app = TestApp::with(&[("LIMITS_REGISTER_ADDRESS", "3")]).await;
    app.register("ada@example.org").await;
    let from = app.client.with_header("x-onsale-client-address", "203.0.113.7");
    let probe = json!({"email": "ada@example.org", "password": PASSWORD, "name": "Eve"});
    for _ in 0..3 {
        from.post("/api/auth/register", &probe).await.expect_problem(409, "email_taken");
    }
    from.post("/api/auth/register", &probe).await.expect_problem(429, "rate_limited");
}

#[tokio::test]
async fn limits_can_be_switched_off_for_load_tests() {
    let app = TestApp::with(&[("LIMITS_LOGIN", "off")]).await;
    fail(&app, "nobody@example.org", 12).await;
}
