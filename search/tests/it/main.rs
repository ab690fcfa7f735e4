//! Tests through the router, against a real database and a real Elasticsearch.

mod elastic;
mod finding;
mod following;
mod indexing;
mod lists;
mod suggesting;
mod support;
