//! booking: seats, holds, orders and tickets. Redis sheds the losers; PostgreSQL has the last word.

pub mod domain;
