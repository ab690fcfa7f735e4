//! How often one caller may call: an account, an API key, or an address without either.
//!
//! Each process counts for itself (GCRA, by governor). What is left is told in `RateLimit` and
//! `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers).

use super::address::ClientAddress;
use super::credentials::Who;
use crate::config::{LimitsConfig, Rate};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use governor::clock::{Clock as _, QuantaClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};
use onsale_core::api::settings::{CallRate, LiveLimits};
use onsale_core::lineup::EntryId;
use onsale_core::{ApiKeyId, UserId};
use onsale_platform::problem::Problem;
use onsale_platform::shutdown::Shutdown;
use parking_lot::RwLock;
use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

static RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
static RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
/// How often callers who have been away are forgotten.
const TIDIED_EVERY: Duration = Duration::from_secs(10);

/// All limits; nothing in it when they are off.
pub(crate) struct Limits(Option<Started>);

/// What this process was started with, and what is in force.
struct Started {
    config: LimitsConfig,
    counters: RwLock<Arc<Counters>>,
}

struct Counters {
    account: Limit<UserId>,
    api_key: Limit<ApiKeyId>,
    address: Limit<IpAddr>,
    place: Limit<EntryId>,
    sign_in: Limit<IpAddr>,
}

type Keyed<K> = RateLimiter<K, DefaultKeyedStateStore<K>, QuantaClock, StateInformationMiddleware>;

struct Limit<K: Hash + Eq + Clone> {
    name: &'static str,
    rate: Rate,
    policy: HeaderValue,
    clock: QuantaClock,
    limiter: Keyed<K>,
}

/// What a caller has left.
#[derive(Debug, Default)]
pub(super) struct Allowance(Option<Told>);

#[derive(Debug)]
struct Told {
    left: HeaderValue,
    policy: HeaderValue,
}

impl Limits {
    pub(crate) fn new(config: Option<&LimitsConfig>) -> Self {
        Self(config.map(|config| Started {
            config: *config,
            counters: RwLock::new(Arc::new(Counters::new(config, &LiveLimits::default()))),
        }))
    }

    /// Limits as the installation wants them just now; callers have all of them left anew.
    pub(crate) fn change(&self, live: &LiveLimits) {
        let Some(started) = &self.0 else { return };
        *started.counters.write() = Arc::new(Counters::new(&started.config, live));
    }

    fn counters(&self) -> Option<Arc<Counters>> {
        self.0.as_ref().map(|started| Arc::clone(&started.counters.read()))
    }

    /// Counts a call; 429 when it is one too many.
    pub(super) fn check(&self, who: &Who, client: ClientAddress, request: &Request) -> Result<Allowance, Problem> {
        let path = request.uri().path();
        let Some(counters) = self.counters() else { return Ok(Allowance::default()) };
        if is_sign_in(request.method(), path) {
            return counters.sign_in.check(&client.network());
        }
        match who {
            Who::Account(user) => counters.account.check(user),
            Who::Key(key) => counters.api_key.check(key),
            Who::Place(entry) => counters.place.check(entry),
            Who::Nobody => counters.address.check(&client.network()),
        }
    }

    /// Forgets callers who have been away, so that memory follows those who are there.
    pub(crate) async fn keep_small(&self, shutdown: &Shutdown) {
        while shutdown.sleep(TIDIED_EVERY).await {
            let Some(counters) = self.counters() else { return };
            counters.account.tidy();
            counters.api_key.tidy();
            counters.address.tidy();
            counters.place.tidy();
            counters.sign_in.tidy();
        }
    }
}

impl Counters {
    fn new(config: &LimitsConfig, live: &LiveLimits) -> Self {
        let rate = |live: Option<CallRate>, started: Rate| live.and_then(rate_of).unwrap_or(started);
        Self {
            account: Limit::new("account", rate(live.account, config.account)),
            api_key: Limit::new("api-key", rate(live.api_key, config.api_key)),
            address: Limit::new("address", rate(live.address, config.address)),
            // A place is somebody's as an account is.
            place: Limit::new("account", rate(live.account, config.account)),
            sign_in: Limit::new("sign-in", rate(live.sign_in, config.sign_in)),
        }
    }
}

fn rate_of(live: CallRate) -> Option<Rate> {
    Some(Rate { calls: NonZeroU32::new(live.calls)?, window: Duration::from_secs(u64::from(live.seconds.max(1))) })
}

/// Calls that can be made for many accounts: they count for the address, whoever is signed in.
pub(super) fn is_sign_in(method: &Method, path: &str) -> bool {
    *method == Method::POST
        && path.strip_prefix("/api/auth/").is_some_and(|rest| {
            matches!(rest, "register" | "login" | "refresh" | "email/verify") || rest.starts_with("password/")
        })
}

impl<K: Hash + Eq + Clone> Limit<K> {
    fn new(name: &'static str, rate: Rate) -> Self {
        let clock = QuantaClock::default();
        let quota = match Quota::with_period(rate.window / rate.calls.get()) {
            Some(quota) => quota.allow_burst(rate.calls),
            // So many calls in so little time that the period rounds to nothing.
            None => Quota::per_second(rate.calls),
        };
        let limiter = RateLimiter::<K, DefaultKeyedStateStore<K>, QuantaClock>::new(
            quota,
            DefaultKeyedStateStore::default(),
            clock.clone(),
        );
        let policy = format!("\"{name}\";q={};w={}", rate.calls, rate.window.as_secs());
        Self {
            name,
            rate,
            policy: HeaderValue::try_from(policy).unwrap_or_else(|_| HeaderValue::from_static("")),
            limiter: limiter.with_middleware(),
            clock,
        }
    }

    fn check(&self, key: &K) -> Result<Allowance, Problem> {
        match self.limiter.check_key(key) {
            Ok(state) => Ok(Allowance(Some(self.told(state.remaining_burst_capacity())))),
            Err(until) => {
                metrics::counter!("onsale_gateway_limited_total", "limit" => self.name).increment(1);
                let wait = until.wait_time_from(self.clock.now());
                let wait = Duration::from_secs(wait.as_secs() + 1);
                let detail = format!("{} calls in {:?} are allowed here.", self.rate.calls, self.rate.window);
                Err(Problem::too_many(detail, wait))
            }
        }
    }

    /// `t`: until all of it is there again.
    fn told(&self, left: u32) -> Told {
        let used = u64::from(self.rate.calls.get().saturating_sub(left));
        let seconds = (used * self.rate.window.as_secs()).div_ceil(u64::from(self.rate.calls.get()));
        let text = format!("\"{}\";r={left};t={seconds}", self.name);
        Told {
            left: HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static("")),
            policy: self.policy.clone(),
        }
    }

    fn tidy(&self) {
        self.limiter.retain_recent();
        self.limiter.shrink_to_fit();
    }
}

impl Allowance {
    /// Tells the caller.
    pub(super) fn tell(self, headers: &mut HeaderMap) {
        if let Some(Told { left, policy }) = self.0 {
            headers.insert(&RATE_LIMIT, left);
            headers.insert(&RATE_LIMIT_POLICY, policy);
        }
    }
}
