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
    counter("onsale_accept_failures_total", &[], "Times that the system had no connection to give, as without files."),
    gauge("onsale_argon2_queue", &[], "Passwords that wait for the hashing pool."),
    gauge("onsale_audit_entries", &[], "Entries of the audit log's chain, as this process sealed them last."),
    counter("onsale_auth_hashing_refused_total", &[], "Passwords that were not hashed because too many waited."),
    counter("onsale_auth_logins_total", &["outcome"], "Sign-ins tried, by outcome."),
    counter("onsale_auth_refresh_reused_total", &[], "Sessions ended because a used refresh token came again."),
    counter("onsale_auth_registrations_total", &[], "Accounts made."),
    histogram("onsale_batch_commit_seconds", &["queue"], "Time that a batch's transaction took."),
    counter("onsale_batch_failed_total", &[], "Batches whose transaction did not commit at a try."),
    histogram("onsale_batch_seconds", &["queue"], "Time that a batch took, with all its tries."),
    histogram("onsale_batch_size", &["queue"], "Members of each batch that was committed together."),
    gauge("onsale_connections_open", &["kind"], "Connections that are open: request, stream, or internal."),
    counter("onsale_connections_refused_total", &[], "Connections refused because too many were open."),
    counter("onsale_consumer_dead_letters_total", &["consumer"], "Messages that were set aside."),
    counter("onsale_consumer_failures_total", &["consumer"], "Messages that were not handled at a try."),
    counter("onsale_consumer_handled_total", &["consumer"], "Messages that were handled."),
    gauge("onsale_consumer_in_hand", &["consumer"], "Messages that a consumer has read and not finished."),
    gauge(
        "onsale_consumer_lag_messages",
        &["consumer"],
        "Messages that a consumer's group has still to handle, as each of its processes counts all of them.",
    ),
    counter("onsale_gate_admitted_total", &["role", "priority"], "Requests that a gate let through to a role."),
    gauge(
        "onsale_gate_door_open",
        &["priority"],
        "Of those who come while booking refuses many, the share that is let in.",
    ),
    gauge("onsale_gate_limit", &["role"], "How many requests to a role may be under way at once, as found just now."),
    counter("onsale_gate_refused_total", &["role", "priority"], "Requests that a gate refused as a role was full."),
    gauge("onsale_gate_under_way", &["role"], "Requests to a role under way, at the end of the last window."),
    counter("onsale_gateway_limited_total", &["limit"], "Requests refused at the edge, by the limit they met."),
    counter("onsale_holds_expired_total", &[], "Holds that the sweeper ended."),
    counter("onsale_holds_total", &[], "Holds made."),
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
    gauge(
        "onsale_invariant_violations",
        &["invariant"],
        "What must never be and was found in booking's tables: see the runbook of InvariantBroken.",
    ),
    counter(
        "onsale_live_resyncs_total",
        &[],
        "Times that a watcher was too slow for the changes and was told all anew.",
    ),
    gauge("onsale_live_watchers", &[], "Streams of seats and of waiting rooms that are open."),
    counter("onsale_lock_failures_total", &["reason"], "Reserve calls that were refused, and why."),
    counter("onsale_log_lines_dropped_total", &[], "Log lines lost because nobody reads them fast enough."),
    counter("onsale_mails_total", &["outcome"], "Mails, by what became of them."),
    gauge(
        "onsale_order_oldest_seconds",
        &["status"],
        "Of orders whose saga waits for something, by what it waits for: how long the oldest has not changed.",
    ),
    counter("onsale_orders_called_off_total", &[], "Orders of events that were called off, given back."),
    counter("onsale_orders_given_up_total", &[], "Orders that their buyers gave up while they were being paid."),
    gauge("onsale_orders_open", &["status"], "Orders whose saga waits for something, counted up to 10,000."),
    gauge("onsale_outbox_age_seconds", &["service"], "Age of the oldest event that waits to be relayed."),
    gauge("onsale_outbox_lag_events", &["service"], "Events that wait to be relayed, counted up to 100,000."),
    counter("onsale_payment_late_captures_total", &[], "Payments whose money came after the attempt had ended."),
    counter("onsale_payment_mismatches_total", &[], "Payments about which we and the provider differ."),
    histogram("onsale_payment_provider_seconds", &["call", "outcome"], "Time that calls to the provider took."),
    counter("onsale_payment_reconciled_total", &[], "Payments whose outcome the reconciler found out."),
    counter("onsale_payments_total", &["outcome"], "Payment attempts, by how they ended."),
    gauge("onsale_pool_connections", &["role", "state"], "Connections to PostgreSQL of a role's pool: idle or in_use."),
    gauge("onsale_pool_connections_max", &["role"], "Connections that a role's pool may open."),
    counter("onsale_queue_admissions_total", &[], "People whom a waiting room let in."),
    counter("onsale_queue_called_total", &[], "People in line whose turn has come."),
    counter("onsale_queue_joins_total", &[], "Joins of waiting rooms that were answered."),
    gauge("onsale_queue_leads", &[], "Whether this process leads the waiting rooms."),
    gauge("onsale_queue_watchers", &[], "Streams of waiting rooms that are open."),
    counter("onsale_redis_master_lost_total", &[], "Times that a Redis master stopped answering."),
    gauge("onsale_redis_masters", &["state"], "Redis masters as booking sees them: up or lost."),
    counter("onsale_refunds_failed_total", &[], "Refunds that failed and are made again under another key."),
    counter("onsale_refunds_reversed_total", &[], "Refunds that came back after they had succeeded."),
    counter("onsale_relay_errors_total", &["service"], "Batches of events that could not be relayed."),
    counter("onsale_relay_events_total", &["service"], "Events relayed to the bus."),
    gauge("onsale_revocations_age_seconds", &[], "Time since the set of revoked tokens was last known to be complete."),
    histogram(
        "onsale_runtime_delay_seconds",
        &["kind"],
        "How late a task was that slept, and how long one waited for a thread of the blocking pool; once a second.",
    ),
    counter("onsale_sandbox_webhooks_total", &["outcome"], "Webhooks that the sandbox sent, by outcome."),
    counter("onsale_search_availability_changes_total", &[], "Changes of availability that search took in."),
    counter("onsale_search_degraded_total", &[], "Searches that PostgreSQL answered in Elasticsearch's place."),
    histogram("onsale_search_engine_seconds", &["outcome"], "Time that a search in Elasticsearch took, by outcome."),
    gauge(
        "onsale_search_index_behind_seconds",
        &[],
        "Time since the oldest change that the search index does not have.",
    ),
    counter("onsale_search_index_rejected_total", &[], "Events that Elasticsearch did not take for what is in them."),
    counter("onsale_search_indexed_total", &[], "Events written to the search index."),
    gauge(
        "onsale_seats",
        &["event", "state"],
        "Places that are free, held or sold, of the 50 events that changed last.",
    ),
    gauge("onsale_settings_version", &[], "The version of the settings that are in force in this process."),
    counter("onsale_stray_payments_total", &[], "Payments of attempts that another one had followed, given back."),
    counter(
        "onsale_takings_minor_total",
        &["currency"],
        "What confirmed orders cost, in minor units; refunds are not taken off.",
    ),
    counter("onsale_tickets_sold_total", &[], "Tickets of confirmed orders."),
    gauge(
        "onsale_tls_certificate_expires_seconds",
        &[],
        "When the certificate ends that is shown, in seconds since 1970.",
    ),
    counter("onsale_tls_handshakes_total", &["outcome"], "TLS handshakes: full, resumed, failed or late."),
    counter("onsale_upstream_calls_total", &["role", "outcome"], "Calls to other roles, by outcome."),
    histogram("onsale_upstream_duration_seconds", &["role"], "Time that calls to another role took."),
    histogram(
        "onsale_webhook_seconds",
        &["outcome"],
        "Time that tries to send an event to a webhook took, by outcome.",
    ),
];

/// What each process tells of itself when it is read; written beside the recorder.
pub const OF_THE_PROCESS: &[&str] = &[
    "onsale_build_info",
    "onsale_process_threads",
    "onsale_runtime_busy_seconds_total",
    "onsale_runtime_queue_depth",
    "onsale_runtime_tasks",
    "onsale_runtime_workers",
    "process_cpu_seconds_total",
    "process_max_fds",
    "process_open_fds",
    "process_resident_memory_bytes",
];

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
