//! Tests of the vocabulary that need more room than its files give.

mod gate;
mod hall;
mod lineup;
