//! Every metric of every crate: its name, kind, labels and meaning, in one place.
//!
//! A crate writes its metrics by name with the macros of `metrics`; the tests of this crate find every such
//! name in the sources and refuse one that is not here, and one in a dashboard or an alert that nobody writes.

/// What kind of metric it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Only grows.
    Counter,
    /// Goes up and down.
    Gauge,
    /// How values are spread, in buckets.
    Histogram,
}

/// A metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Metric {
    /// Its name; times are in seconds and end in `_seconds`, counters end in `_total`.
    pub name: &'static str,
    /// Its kind.
    pub kind: Kind,
    /// Its labels; their values are few and never come from a client.
    pub labels: &'static [&'static str],
    /// What it tells.
    pub help: &'static str,
}

const fn counter(name: &'static str, labels: &'static [&'static str], help: &'static str) -> Metric {
    Metric { name, kind: Kind::Counter, labels, help }
}

const fn gauge(name: &'static str, labels: &'static [&'static str], help: &'static str) -> Metric {
    Metric { name, kind: Kind::Gauge, labels, help }
}

const fn histogram(name: &'static str, labels: &'static [&'static str], help: &'static str) -> Metric {
    Metric { name, kind: Kind::Histogram, labels, help }
}

/// All metrics, sorted by name.
pub const CATALOGUE: &[Metric] = &[
    counter("onsale_api_key_exchanges_total", &["outcome"], "API keys exchanged for tokens, by outcome."),
    gauge("onsale_argon2_queue", &[], "Passwords that wait for the hashing pool."),
    gauge("onsale_argon2_running", &[], "Passwords that are being hashed now."),
    histogram("onsale_batch_commit_seconds", &["queue"], "Time that a batch's transaction took."),
    histogram("onsale_batch_size", &["queue"], "Members of each batch that was committed together."),
    counter("onsale_bus_dead_letters_total", &["consumer"], "Events set aside because a consumer could not take them."),
    counter("onsale_bus_events_consumed_total", &["consumer"], "Events that consumers took effect of."),
    gauge("onsale_bus_lag_events", &["consumer"], "Events on the bus that a consumer has not yet taken."),
    counter("onsale_confirms_total", &["outcome"], "Confirm calls, by how they ended."),
    gauge("onsale_connections_open", &[], "Connections that clients have open."),
    counter("onsale_connections_refused_total", &[], "Connections refused because too many were open."),
    counter("onsale_gateway_limited_total", &["limit"], "Requests refused at the edge, by the limit they met."),
    histogram("onsale_hold_seconds", &[], "Time from a reserve call's arrival in booking to its answer."),
    counter("onsale_holds_total", &["outcome"], "Reserve calls, by how they ended."),
    histogram(
        "onsale_http_request_duration_seconds",
        &["role", "method", "route"],
        "Time from a request's head to its answer's.",
    ),
    counter("onsale_http_requests_cancelled_total", &["role"], "Requests whose client went away before the answer."),
    gauge("onsale_http_requests_in_flight", &["role"], "Requests being answered now."),
    counter(
        "onsale_http_requests_total",
        &["role", "method", "route", "status"],
        "Requests answered, by status class.",
    ),
    counter("onsale_lock_failures_total", &["reason"], "Seat locks that were not had in Redis, and why."),
    histogram("onsale_lock_seconds", &[], "Time that locking a request's seats in Redis took."),
    counter("onsale_log_lines_dropped_total", &[], "Log lines lost because nobody reads them fast enough."),
    counter("onsale_logins_total", &["outcome"], "Sign-ins tried, by outcome."),
    counter("onsale_mails_total", &["outcome"], "Mails handed to the mail server, by outcome."),
    gauge("onsale_outbox_oldest_seconds", &["role"], "Age of the oldest event that is not yet on the bus."),
    gauge("onsale_outbox_pending_events", &["role"], "Events that are not yet on the bus."),
    counter("onsale_outbox_relayed_total", &["role"], "Events put on the bus."),
    counter(
        "onsale_payment_mismatches_total",
        &[],
        "Times the payment provider contradicted our record; each needs a person.",
    ),
    histogram(
        "onsale_payment_provider_seconds",
        &["call", "outcome"],
        "Time that calls to the payment provider took, with their retries.",
    ),
    counter(
        "onsale_payment_reconciled_total",
        &[],
        "Open payments and refunds that the reconciler asked the provider about.",
    ),
    counter("onsale_payments_total", &["outcome"], "Payment attempts, by how they ended."),
    gauge("onsale_pool_connections", &["role", "state"], "Connections to PostgreSQL of a role's pool: idle or in_use."),
    gauge("onsale_pool_connections_max", &["role"], "Connections that a role's pool may open."),
    gauge("onsale_redis_masters_up", &[], "Redis masters that answered last time."),
    gauge("onsale_revocations_age_seconds", &[], "Time since the set of revoked tokens was last known to be complete."),
    counter("onsale_sandbox_webhooks_total", &["outcome"], "Webhooks of the payment sandbox, by outcome."),
    counter("onsale_sweeper_expired_total", &[], "Holds that the sweeper ended."),
    counter("onsale_upstream_calls_total", &["role", "outcome"], "Calls to other roles, by outcome."),
    histogram("onsale_upstream_duration_seconds", &["role"], "Time that calls to another role took."),
];

/// What each process tells of itself when it is read; written beside the recorder.
pub const OF_THE_PROCESS: &[&str] =
    &["onsale_build_info", "process_cpu_seconds_total", "process_open_fds", "process_resident_memory_bytes"];

/// Tells the recorder every metric's meaning.
pub fn describe() {
    for metric in CATALOGUE {
        match metric.kind {
            Kind::Counter => metrics::describe_counter!(metric.name, metric.help),
            Kind::Gauge => metrics::describe_gauge!(metric.name, metric.help),
            Kind::Histogram => metrics::describe_histogram!(metric.name, metric.help),
        }
    }
}
