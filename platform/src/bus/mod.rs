//! The bus: Kafka where `KAFKA_BOOTSTRAP_SERVERS` is set, else schema `bus` with the same semantics.

/// The bus. Cheap to clone.
#[derive(Clone)]
pub enum Bus {
    /// Nowhere: events stay in the stores. For tests that need no bus.
    Off,
}
