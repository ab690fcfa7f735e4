-- The event store, which is also the outbox, and its relay; the inbox; answers kept by key.
CREATE TABLE admin.events (
    id             uuid        NOT NULL,
    position       bigint      GENERATED ALWAYS AS IDENTITY,
    xid            xid8        NOT NULL DEFAULT pg_current_xact_id(),
    aggregate_type text        NOT NULL,
    aggregate_id   text        NOT NULL,
    version        integer     NOT NULL,
    type           text        NOT NULL,
    topic          text,
    sequence       bigint,
    data           jsonb       NOT NULL,
    metadata       jsonb       NOT NULL,
    occurred_at    timestamptz NOT NULL,
    CONSTRAINT events_pkey PRIMARY KEY (aggregate_id, version)
);
-- The relay reads in this order.
CREATE INDEX events_relay ON admin.events (xid, position);
CREATE TABLE admin.relay (                    -- one row: how far the relay has come
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    xid       xid8    NOT NULL DEFAULT '0',
    position  bigint  NOT NULL DEFAULT 0
);
INSERT INTO admin.relay DEFAULT VALUES;
CREATE TABLE admin.inbox (
    consumer    text        NOT NULL,
    event_id    uuid        NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (consumer, event_id)
);
CREATE TABLE admin.idempotency_keys (
    account_id uuid        NOT NULL,
    route      text        NOT NULL,
    key        text        NOT NULL,
    body_hash  bytea       NOT NULL,
    status     smallint    NOT NULL,
    body       text        NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, route, key)
);
