//! Nobody learns whether an address has an account.

use crate::app::TestApp;
use onsale_testkit::database::count;
use serde_json::json;
use std::time::{Duration, Instant};

/// Pairs of tries a round; 1,000 tries in all rounds.
const PAIRS: usize = 100;
/// The machine may be busy with other things: the claim must hold in one of these rounds.
const ROUNDS: usize = 5;

#[tokio::test]
async fn security_7_login_and_reset_answer_alike() {
    let app = TestApp::new().await;
    app.register("ada@example.org").await;
    let known = app.login("ada@example.org", "wrong password").await;
    let unknown = app.login("nobody@example.org", "wrong password").await;
    assert_eq!(known.status, unknown.status);
    assert_eq!(known.json(), unknown.json());
    assert_eq!(names(&known), names(&unknown));

    let forgot = |email: &str| {
        let (client, body) = (app.client.clone(), json!({"email": email}));
        async move { client.post("/api/auth/password/forgot", &body).await }
    };
    let (known, unknown) = (forgot("ada@example.org").await, forgot("nobody@example.org").await);
    assert_eq!((known.status.as_u16(), &known.body), (202, &unknown.body));
    assert_eq!(known.status, unknown.status);
    assert_eq!(names(&known), names(&unknown));
    let mails = || count(app.db.pool(), "auth.events WHERE data->>'template' = 'reset_password'");
    crate::app::until("the mail is asked for", || async { mails().await == 1 }).await;
}

fn names(answer: &onsale_testkit::Answer) -> Vec<String> {
    answer.headers.keys().map(ToString::to_string).collect()
}

#[tokio::test]
async fn security_7_mean_times_of_logins_differ_by_less_than_5_percent() {
    // At the cost of production: hashes that cost nothing would leave only the reading of a row to be compared.
    let app = TestApp::with(&[("LIMITS_LOGIN", "off"), ("ARGON2_PROFILE", "owasp")]).await;
    app.register("ada@example.org").await;
    app.register("bob@example.org").await;
    let mut differences = Vec::new();
    for _ in 0..ROUNDS {
        let mut known = Vec::with_capacity(PAIRS);
        let mut unknown = Vec::with_capacity(PAIRS);
        for pair in 0..PAIRS {
            // Interleaved, and each kind first as often, so that whatever else happens hits both.
            if pair % 2 == 0 {
                known.push(time(&app, "ada@example.org").await);
                unknown.push(time(&app, "nob@example.org").await);
            } else {
                unknown.push(time(&app, "nob@example.org").await);
                known.push(time(&app, "ada@example.org").await);
            }
        }
        let (known, unknown) = (trimmed_mean(known), trimmed_mean(unknown));
        let difference = (known - unknown).abs() / known.max(unknown);
        differences.push(difference);
        if difference < 0.05 {
            return;
        }
    }
    panic!("the means differ by {differences:?} of their size");
}

async fn time(app: &TestApp, email: &str) -> Duration {
    let started = Instant::now();
    let answer = app.login(email, "wrong password").await;
    let took = started.elapsed();
    assert_eq!(answer.status, 401);
    took
}

/// The mean of the middle 80 %, in seconds.
fn trimmed_mean(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    let cut = times.len() / 10;
    let middle = &times[cut..times.len() - cut];
    middle.iter().map(Duration::as_secs_f64).sum::<f64>() / f64::from(u32::try_from(middle.len()).expect("few"))
}
