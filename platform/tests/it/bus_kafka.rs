//! The same over a real Kafka: `KAFKA_BOOTSTRAP_SERVERS`.
