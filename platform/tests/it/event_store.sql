-- The tables that every service with an event store has, and one for effects.
CREATE SCHEMA IF NOT EXISTS sandbox;
CREATE TABLE IF NOT EXISTS sandbox.events (
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
CREATE INDEX IF NOT EXISTS events_relay ON sandbox.events (xid, position);
CREATE TABLE IF NOT EXISTS sandbox.relay (                    -- one row: how far the relay has come
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    xid       xid8    NOT NULL DEFAULT '0',
    position  bigint  NOT NULL DEFAULT 0
);
INSERT INTO sandbox.relay DEFAULT VALUES ON CONFLICT DO NOTHING;
CREATE TABLE IF NOT EXISTS sandbox.inbox (
    consumer    text        NOT NULL,
    event_id    uuid        NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (consumer, event_id)
);
CREATE TABLE sandbox.effects (
    position   bigint GENERATED ALWAYS AS IDENTITY,
    subject    text   NOT NULL,
    sequence   bigint NOT NULL
);
