-- Hosted checkouts. Each has its attempt from the beginning; it is shown once the payer has approved.
CREATE TABLE sandbox.sessions (
    id          text        PRIMARY KEY,               -- cs_test_…
    intent_id   text        NOT NULL REFERENCES sandbox.intents,
    status      text        NOT NULL CHECK (status IN ('open', 'complete', 'expired')),
    success_url text        NOT NULL,
    cancel_url  text,
    metadata    jsonb       NOT NULL,
    expires_at  timestamptz NOT NULL,
    created_at  timestamptz NOT NULL
);
ALTER TABLE sandbox.sessions ALTER COLUMN metadata SET STATISTICS 0;
