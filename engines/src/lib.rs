//! The private PostgreSQL and Redis servers of one machine.
