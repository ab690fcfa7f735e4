-- The ledger of the stand-in for the payment provider: what it authorised, captured and gave back.

CREATE TABLE sandbox.intents (
    id              text        PRIMARY KEY,           -- pi_…
    currency        text        NOT NULL,              -- in small letters, as the protocol writes it
    amount          bigint      NOT NULL CHECK (amount > 0),
    amount_received bigint      NOT NULL DEFAULT 0,
    amount_refunded bigint      NOT NULL DEFAULT 0,
    capture_method  text        NOT NULL,
    status          text        NOT NULL,
    payment_method  text,
    return_url      text,
    description     text,
    metadata        jsonb       NOT NULL,
    last_error      text,                              -- the decline code
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    CONSTRAINT intents_sums
        CHECK (amount_received BETWEEN 0 AND amount AND amount_refunded BETWEEN 0 AND amount_received)
);

CREATE TABLE sandbox.refunds (
    id         text        PRIMARY KEY,                -- re_…
    intent_id  text        NOT NULL REFERENCES sandbox.intents,
    amount     bigint      NOT NULL CHECK (amount > 0),
    metadata   jsonb       NOT NULL,
    created_at timestamptz NOT NULL
);

CREATE TABLE sandbox.idempotency_keys (
    key         text        PRIMARY KEY,
    fingerprint bytea       NOT NULL,                  -- SHA-256 of the address and the body
    status      smallint    NOT NULL,
    body        text        NOT NULL,
    created_at  timestamptz NOT NULL
);
CREATE INDEX idempotency_keys_age ON sandbox.idempotency_keys USING brin (created_at);
