-- What is old must be found without a look at what is not: both tables are forgotten from once a minute.
CREATE INDEX idempotency_keys_created_at ON booking.idempotency_keys USING brin (created_at);
CREATE INDEX inbox_received_at ON booking.inbox (received_at);
