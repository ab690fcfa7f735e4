//! How fast payments are authorised and captured, and what that costs. A measurement, not a check:
//! `cargo test -p onsale-payment --release -- --ignored speed --nocapture`.

use crate::shop::{Options, Shop};
use onsale_core::api::internal::{PaymentState, PaymentStatus};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

const PAYERS: usize = 128;

/// CPU time of a process, from Linux's proc(5), whose ticks are 10 ms.
fn cpu_of(process: &str) -> Duration {
    let text = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let after_name = text.rsplit(')').next().unwrap_or_default();
    // utime and stime are the 14th and 15th of all fields; two stand before the name's end.
    let ticks: u64 = after_name.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

async fn cpu_of_database(shop: &Shop) -> Duration {
    let sessions: Vec<i32> = sqlx::query_scalar("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
        .fetch_all(shop.db.pool())
        .await
        .expect("the sessions");
    sessions.iter().map(|pid| cpu_of(&pid.to_string())).sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement"]
async fn speed() {
    let payments: usize = std::env::var("PAYMENTS").ok().and_then(|text| text.parse().ok()).unwrap_or(5_000);
    // The usual time, not the tests' short one.
    let settings = vec![("PAYMENT_PROVIDER_TIMEOUT_MS", "4000".to_owned())];
    let shop = Arc::new(Shop::open_with(Options { settings, ..Options::default() }).await);
    let left = Arc::new(AtomicUsize::new(payments));
    let (started, own, database) = (Instant::now(), cpu_of("self"), cpu_of_database(&shop).await);
    let mut payers = tokio::task::JoinSet::new();
    for _ in 0..PAYERS {
        let (shop, left) = (Arc::clone(&shop), Arc::clone(&left));
        payers.spawn(async move {
            let mut slowest = Duration::ZERO;
            while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok() {
                let begun = Instant::now();
                let payment = shop.authorised(Some("pm_card_visa")).await;
                let captured: PaymentState = shop.capture(payment.payment_id).await.expect(200).parse();
                assert_eq!(captured.status, PaymentStatus::Captured);
                slowest = slowest.max(begun.elapsed());
            }
            slowest
        });
    }
    let slowest = payers.join_all().await.into_iter().max().unwrap_or_default();
    let took = started.elapsed();
    let (own, database) = (cpu_of("self") - own, cpu_of_database(&shop).await.saturating_sub(database));
    let per = |time: Duration| time.as_secs_f64() * 1e6 / payments as f64;
    println!(
        "{payments} authorised and captured in {took:.1?}: {:.0} a second; slowest {slowest:.0?}; CPU each: \
         payment, sandbox and callers {:.0} µs, PostgreSQL's sessions {:.0} µs",
        payments as f64 / took.as_secs_f64(),
        per(own),
        per(database),
    );
    assert_eq!(shop.sums().await["captured"], payments * 10_000);
}
