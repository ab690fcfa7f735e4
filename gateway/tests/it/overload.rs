//! More than the back end can do: what is answered, what is refused, and who comes first. Time is virtual.

use axum::Router;
use axum::body::Body;
use axum::http::Method;
use axum::routing::any;
use futures::StreamExt;
use onsale_gateway::State;
use onsale_platform::ServiceRole;
use onsale_platform::clock::Clock;
use onsale_testkit::{TestClient, TestKit};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep_until};

/// What the back end does at once, and how long one thing takes: a hundred a second.
const HANDS: usize = 2;
const TAKES: Duration = Duration::from_millis(20);
const CAPACITY: u32 = 100;

/// A gateway in front of a booking that does so much and lets all else wait.
struct Busy {
    client: TestClient,
    #[expect(dead_code, reason = "its end is the end of the stage")]
    kit: TestKit,
}

impl Busy {
    fn new(settings: &[(&str, &str)]) -> Self {
        let mut builder = TestKit::without_database(Clock::manual(crate::stage::start())).setting("LIMITS", "off");
        for (name, value) in settings {
            builder = builder.setting(name, *value);
        }
        let kit = builder.build();
        let hands = Arc::new(Semaphore::new(HANDS));
        let work = move || {
            let hands = hands.clone();
            async move {
                let _hand = hands.acquire().await.expect("never closed");
                tokio::time::sleep(TAKES).await;
            }
        };
        kit.install(ServiceRole::Booking, Router::new().fallback(any(work)));
        let openapi = utoipa::openapi::OpenApiBuilder::new().build();
        let state: State = onsale_gateway::start(kit.platform(), &openapi).expect("the settings are usable");
        Self { client: TestClient::new(onsale_gateway::router(state)), kit }
    }

    /// So many a second for so long, each when it is due.
    async fn open_loop(&self, what: What, a_second: u32, seconds: u32) -> Vec<Answer> {
        let began = Instant::now();
        let asked = (0..a_second * seconds).map(|n| {
            let client = self.client.clone();
            async move {
                let due = began + Duration::from_secs(1) * n / a_second;
                sleep_until(due).await;
                let answer = match what {
                    What::Look => client.get("/api/events/EVT001/seats").await,
                    What::Reserve => client.post("/api/bookings/reserve", &json!({})).await,
                    What::Confirm => client.post("/api/bookings/confirm", &json!({})).await,
                };
                let retry_after = answer.header("retry-after").and_then(|value| value.parse().ok());
                Answer { due, status: answer.status.as_u16(), took: due.elapsed(), retry_after }
            }
        });
        futures::future::join_all(asked).await
    }
}

#[derive(Debug, Clone, Copy)]
enum What {
    Look,
    Reserve,
    Confirm,
}

#[derive(Debug)]
struct Answer {
    due: Instant,
    status: u16,
    took: Duration,
    retry_after: Option<u64>,
}

fn good(answers: &[Answer]) -> Vec<&Answer> {
    answers.iter().filter(|answer| answer.status == 200).collect()
}

fn p99(answers: &[&Answer]) -> Duration {
    let mut took: Vec<_> = answers.iter().map(|answer| answer.took).collect();
    took.sort_unstable();
    took.get(took.len() * 99 / 100).copied().unwrap_or_default()
}

/// What came after the first two seconds, in which the limit is found.
fn settled(answers: Vec<Answer>) -> Vec<Answer> {
    let from = answers.iter().map(|answer| answer.due).min().expect("some") + Duration::from_secs(2);
    answers.into_iter().filter(|answer| answer.due >= from).collect()
}

#[tokio::test(start_paused = true)]
async fn ten_times_the_capacity_costs_nothing_of_it_and_refusals_are_quick() {
    let busy = Busy::new(&[]);
    let answers = settled(busy.open_loop(What::Reserve, CAPACITY * 10, 6).await);
    let good = good(&answers);
    assert!(good.len() >= usize::try_from(CAPACITY * 4 * 8 / 10).expect("few"), "{} in 4 s", good.len());
    assert!(p99(&good) < Duration::from_secs(1), "{:?}", p99(&good));
    let refused: Vec<_> = answers.iter().filter(|answer| answer.status != 200).collect();
    assert!(refused.len() > good.len() * 5);
    for answer in refused {
        assert_eq!(answer.status, 503);
        assert!(answer.took < Duration::from_millis(50), "{answer:?}");
        assert!(answer.retry_after.is_some_and(|seconds| (1..=5).contains(&seconds)), "{answer:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn people_inside_come_before_those_who_reserve_and_they_before_those_who_look() {
    let busy = Busy::new(&[]);
    let (looks, reserves, confirms) = tokio::join!(
        busy.open_loop(What::Look, CAPACITY * 5, 6),
        busy.open_loop(What::Reserve, CAPACITY * 3, 6),
        busy.open_loop(What::Confirm, CAPACITY / 2, 6),
    );
    let (looks, reserves, confirms) = (settled(looks), settled(reserves), settled(confirms));
    let share = |answers: &[Answer]| good(answers).len() * 100 / answers.len();
    assert_eq!(share(&confirms), 100, "nobody who pays is refused");
    assert!(p99(&good(&confirms)) < Duration::from_secs(1));
    assert!(share(&reserves) > 3 * share(&looks), "{} and {} of 100", share(&reserves), share(&looks));
}

#[tokio::test(start_paused = true)]
async fn all_is_as_before_a_second_after_the_crowd_has_gone() {
    let busy = Busy::new(&[]);
    busy.open_loop(What::Reserve, CAPACITY * 10, 3).await;
    busy.open_loop(What::Reserve, CAPACITY / 2, 1).await;
    let after = busy.open_loop(What::Reserve, CAPACITY / 2, 3).await;
    assert_eq!(good(&after).len(), after.len());
    assert!(p99(&good(&after)) < Duration::from_millis(100));
}

#[tokio::test(start_paused = true)]
async fn it_can_be_switched_off() {
    let busy = Busy::new(&[("ADAPTIVE_LIMIT", "off")]);
    let answers = busy.open_loop(What::Reserve, CAPACITY * 3, 2).await;
    assert_eq!(good(&answers).len(), answers.len(), "all wait at the back end instead");
    assert!(p99(&good(&answers)) > Duration::from_secs(3));
}

#[tokio::test(start_paused = true)]
async fn whoever_sends_slowly_takes_nobodys_place() {
    let busy = Busy::new(&[]);
    let slow = (0..500).map(|_| {
        let pieces = futures::stream::iter(0..3).then(|_| async {
            tokio::time::sleep(Duration::from_secs(2)).await;
            Ok::<_, std::io::Error>("{}")
        });
        busy.client.send(Method::POST, "/api/bookings/reserve", Body::from_stream(pieces))
    });
    let (_, answers) = tokio::join!(futures::future::join_all(slow), busy.open_loop(What::Reserve, CAPACITY / 2, 3));
    assert_eq!(good(&answers).len(), answers.len());
}
