//! `bench-search`: how well, and how fast, search finds what people mean.
//!
//! The catalogue and the queries are made by rule from a seed: [`catalogue`] makes events and knows who plays where;
//! [`questions`] makes queries from what a searcher has in mind, and grades every event by that, never by its text.
//! Half of the queries are for tuning; figures are of the other half, which nobody looked at while tuning.

pub mod catalogue;
pub mod fill;
pub mod measure;
pub mod options;
pub mod questions;
pub mod score;
mod words;
