//! Tests of the vocabulary that need more room than its files give.

mod hall;
mod lineup;
