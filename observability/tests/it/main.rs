//! What an operator sees: the metrics of a router, traces that cross processes, and dashboards that name
//! only metrics that exist.

mod catalogue;
mod http;
mod otlp;
mod page;
mod promql;
mod watching;
