//! `onsale doctor`: what it finds, what it advises, what it never shows.

use crate::program::{SECRET, run, said};
use onsale_testkit::{TestDb, TestRedis};

#[tokio::test]
async fn all_that_is_needed_is_told_to_be_there() {
    let (db, redis) = (TestDb::new().await, TestRedis::new().await);
    let urls = redis.setting();
    let output = run(&["doctor"], &[("DATABASE_URL", db.url()), ("REDIS_URLS", &urls), ("ONSALE_SECRET", SECRET)]);
    let text = said(&output);
    assert!(output.status.success(), "{text}");
    assert_eq!(text.lines().filter(|line| line.starts_with("ok") && line.contains("Redis")).count(), 3, "{text}");
    assert!(text.contains("All that is needed is there."), "{text}");
    assert!(!text.contains(SECRET), "the secret is not shown: {text}");
}

#[test]
fn what_is_away_is_named_with_the_remedy() {
    let nobody = "127.0.0.1:9";
    let output = run(
        &["doctor"],
        &[
            ("DATABASE_URL", &format!("postgres://somebody:hidden@{nobody}/onsale")),
            ("REDIS_URLS", &format!("redis://{nobody}")),
            ("KAFKA_BOOTSTRAP_SERVERS", nobody),
            ("UPSTREAM_BOOKING", &format!("http://{nobody}")),
            ("ONSALE_SECRET", "short"),
        ],
    );
    let text = said(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    for remedy in ["check DATABASE_URL", "check REDIS_URLS", "check KAFKA_BOOTSTRAP_SERVERS", "check UPSTREAM_BOOKING"]
    {
        assert!(text.contains(remedy), "{remedy} is in {text}");
    }
    assert!(text.contains("ONSALE_SECRET") && text.contains("openssl rand"), "{text}");
    assert!(text.contains("5 things are missing"), "{text}");
    assert!(!text.contains("hidden"), "no password is shown: {text}");
}
