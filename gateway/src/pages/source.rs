//! What the pages show, asked of search and booking and kept for a moment; the last good answer stands in when
//! search is away.

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{StatusCode, Uri};
use chrono::{DateTime, SecondsFormat, Utc};
use http_body_util::{BodyExt, Limited};
use moka::{future, sync};
use onsale_core::EventId;
use onsale_core::api::events::{EventDetail, EventSummary, Facets, SeatStates};
use onsale_platform::problem::Problem;
use onsale_platform::upstream::Upstream;
use onsale_ui::seats::Plan;
use onsale_ui::{Home, Listing, Seating};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use std::time::Duration;
use url::form_urlencoded::Serializer;

/// How long an answer is shown without asking again.
const FRESH_FOR: Duration = Duration::from_secs(2);
/// How long the last good answer may stand in.
const STALE_FOR: Duration = Duration::from_secs(600);
const KEPT_MAX: u64 = 1_000;
const ANSWER_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Plans change with a new version only, and are large.
const PLAN_FRESH_FOR: Duration = Duration::from_secs(60);
const PLANS_MAX: u64 = 64;
const PLAN_BYTES_MAX: usize = 64 * 1024 * 1024;
/// A reader does not wait longer for a list.
const ANSWER_MAX: Duration = Duration::from_secs(3);
const CARDS: &str = "24";
/// A month is one page.
const CALENDAR_CARDS: &str = "100";
/// A map of the site has this many pages of a hundred events at most, and is read anew after a while.
const MAPPED_PAGES_MAX: u32 = 50;
const MAPPED_FRESH_FOR: Duration = Duration::from_secs(300);

/// Where pages get what they show.
pub(crate) struct Source {
    search: Upstream,
    booking: Upstream,
    listings: Kept<Listing>,
    events: Kept<EventDetail>,
    states: Kept<SeatStates>,
    plans: future::Cache<EventId, Arc<Plan>>,
    mapped: future::Cache<(), Arc<Vec<EventSummary>>>,
}

/// Answers, fresh and not so fresh.
struct Kept<T> {
    fresh: future::Cache<String, Arc<T>>,
    stale: sync::Cache<String, Arc<T>>,
}

/// Search's answers as far as pages need them: of `/api/search/events` and of `/api/events`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Found {
    items: Vec<EventSummary>,
    total: Option<i64>,
    #[serde(default)]
    facets: Facets,
    #[serde(default)]
    degraded: bool,
    next_cursor: Option<String>,
}

impl Source {
    pub(crate) fn new(search: Upstream, booking: Upstream) -> Self {
        Self {
            search: search.within(ANSWER_MAX),
            booking: booking.within(ANSWER_MAX),
            listings: Kept::new(),
            events: Kept::new(),
            states: Kept::new(),
            mapped: future::Cache::builder().max_capacity(1).time_to_live(MAPPED_FRESH_FOR).build(),
            plans: future::Cache::builder().max_capacity(PLANS_MAX).time_to_live(PLAN_FRESH_FOR).build(),
        }
    }

    /// The events that a reader asked for; without words or filters all that are listed.
    pub(crate) async fn listing(&self, asked: &Home, now: DateTime<Utc>) -> Result<Arc<Listing>, Problem> {
        let path = address(asked, now);
        let found = self.listings.get(&path, async {
            let Found { items, total, facets, degraded, next_cursor } = self.fetch(&self.search, &path).await?;
            Ok(Listing { items, total, facets, degraded, stale: false, next_cursor })
        });
        match found.await {
            Ok(found) => Ok(found),
            Err((problem, None)) => Err(problem),
            Err((_, Some(old))) => Ok(Arc::new(Listing { stale: true, ..Listing::clone(&old) })),
        }
    }

    /// All events that are listed, as far as a map of the site may have them.
    pub(crate) async fn all_events(&self) -> Result<Arc<Vec<EventSummary>>, Problem> {
        let read = async {
            let mut all: Vec<EventSummary> = Vec::new();
            let mut cursor = String::new();
            for _ in 0..MAPPED_PAGES_MAX {
                let Found { items, next_cursor, .. } =
                    self.fetch(&self.search, &format!("/api/search/events?sort=date&limit=100{cursor}")).await?;
                all.extend(items);
                match next_cursor {
                    Some(next) => cursor = format!("&cursor={next}"),
                    None => break,
                }
            }
            Ok::<_, Problem>(Arc::new(all))
        };
        self.mapped.try_get_with((), read).await.map_err(|problem: Arc<Problem>| Problem::clone(&problem))
    }

    /// An event; 404 when there is none of that id.
    pub(crate) async fn event(&self, id: &EventId) -> Result<Arc<EventDetail>, Problem> {
        let path = format!("/api/events/{id}");
        match self.events.get(&path, self.fetch(&self.search, &path)).await {
            Ok(event) => Ok(event),
            Err((problem, None)) => Err(problem),
            Err((_, Some(old))) => Ok(old),
        }
    }

    /// An event's seats and their states, of one version.
    pub(crate) async fn seating(&self, id: &EventId) -> Result<Seating, Problem> {
        let path = format!("/api/events/{id}/seats");
        let states = self.states.get(&path, self.fetch(&self.booking, &path)).await;
        let states = states.or_else(|(problem, old)| old.ok_or(problem))?;
        let mut plan = self.plan(id).await?;
        if plan.version != states.plan_version {
            // Published anew: the old one has been kept for long enough.
            self.plans.invalidate(id).await;
            plan = self.plan(id).await?;
        }
        Ok(Seating { plan, states })
    }

    /// A plan, read once for all who want it at once.
    async fn plan(&self, id: &EventId) -> Result<Arc<Plan>, Problem> {
        let read = async {
            let path = format!("/api/events/{id}/plan");
            let bytes = self.bytes(&self.booking, &path, PLAN_BYTES_MAX).await?;
            // An arena takes some milliseconds: off the threads that answer others.
            let plan = tokio::task::spawn_blocking(move || Plan::read(&bytes)).await.map_err(Problem::internal)?;
            plan.map(Arc::new).map_err(|error| away(format!("{path}: {error}")))
        };
        self.plans.try_get_with_by_ref(id, read).await.map_err(|problem| Problem::clone(&problem))
    }

    async fn fetch<T: DeserializeOwned>(&self, from: &Upstream, path: &str) -> Result<T, Problem> {
        let bytes = self.bytes(from, path, ANSWER_BYTES_MAX).await?;
        serde_json::from_slice(&bytes).map_err(|error| away(format!("{path}: {error}")))
    }

    async fn bytes(&self, from: &Upstream, path: &str, most: usize) -> Result<Bytes, Problem> {
        let mut request = Request::new(Body::empty());
        *request.uri_mut() = Uri::try_from(path).map_err(Problem::internal)?;
        let response = from.call(request).await?;
        let status = response.status();
        if status == StatusCode::NOT_FOUND {
            return Err(Problem::not_found("event"));
        }
        if !status.is_success() {
            return Err(away(format!("{path}: {status}")));
        }
        let body = Limited::new(response.into_body(), most);
        let read = tokio::time::timeout(ANSWER_MAX, body.collect()).await;
        match read {
            Ok(Ok(collected)) => Ok(collected.to_bytes()),
            Ok(Err(error)) => Err(away(format!("{path}: {error}"))),
            Err(_) => Err(away(format!("{path}: the answer did not end in time"))),
        }
    }
}

impl<T: Send + Sync + 'static> Kept<T> {
    fn new() -> Self {
        Self {
            fresh: future::Cache::builder().max_capacity(KEPT_MAX).time_to_live(FRESH_FOR).build(),
            stale: sync::Cache::builder().max_capacity(KEPT_MAX).time_to_live(STALE_FOR).build(),
        }
    }

    /// The value, fetched by one of those who want it at once; with a failure the last good one,
    /// unless it is known to be gone.
    async fn get(
        &self,
        key: &str,
        fetch: impl Future<Output = Result<T, Problem>>,
    ) -> Result<Arc<T>, (Problem, Option<Arc<T>>)> {
        let fetched = self.fresh.try_get_with_by_ref(key, async {
            let value = Arc::new(fetch.await?);
            self.stale.insert(key.to_owned(), value.clone());
            Ok::<_, Problem>(value)
        });
        match fetched.await {
            Ok(value) => Ok(value),
            Err(problem) if problem.status() == StatusCode::NOT_FOUND => {
                self.stale.invalidate(key);
                Err((Problem::clone(&problem), None))
            }
            Err(problem) => Err((Problem::clone(&problem), self.stale.get(key))),
        }
    }
}

/// Where search is asked for it.
fn address(asked: &Home, now: DateTime<Utc>) -> String {
    let mut query = Serializer::new(String::new());
    let parts =
        [("query", &asked.query), ("city", &asked.city), ("category", &asked.category), ("cursor", &asked.cursor)];
    for (name, value) in parts.into_iter().filter(|(_, value)| !value.is_empty()) {
        // The database knows no NUL, and nobody means one.
        query.append_pair(name, &value.replace('\0', ""));
    }
    let whole_month = asked.month.map(|month| {
        let (from, to) = month.span();
        // What is over is in no list.
        (Some(from).filter(|from| *from > now), to)
    });
    let (span, most) = match whole_month {
        Some(span) => (Some(span), CALENDAR_CARDS),
        None => (asked.when.map(|when| when.span(now)), CARDS),
    };
    if let Some((from, to)) = span {
        let mut pair = |name, at: DateTime<Utc>| {
            query.append_pair(name, &at.to_rfc3339_opts(SecondsFormat::Secs, true));
        };
        if let Some(from) = from {
            pair("from", from);
        }
        pair("to", to);
    }
    format!("/api/search/events?{}", query.append_pair("limit", most).finish())
}

fn away(reason: String) -> Problem {
    Problem::unavailable("The events cannot be read just now.", Duration::from_secs(1)).with_source(reason)
}
