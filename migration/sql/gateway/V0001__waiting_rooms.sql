-- Waiting rooms: the line of each event, who is let in, and what was published of it.

CREATE TABLE gateway.rooms (
    event_id       text        PRIMARY KEY,
    mode           text        NOT NULL CHECK (mode IN ('OFF', 'LINE', 'LOBBY')),
    opens_at       timestamptz NOT NULL,           -- from then on people join
    starts_at      timestamptz NOT NULL,           -- the lobby ends, people are let in
    admission_s    integer     NOT NULL CHECK (admission_s BETWEEN 60 AND 3600),
    challenge_bits smallint    NOT NULL DEFAULT 0 CHECK (challenge_bits BETWEEN 0 AND 24),
    paused         boolean     NOT NULL DEFAULT false,
    message        text,
    fixed_rate     double precision CHECK (fixed_rate > 0), -- people a second; what is measured decides where absent
    admit_more     integer     NOT NULL DEFAULT 0, -- people whom somebody lets in by hand, not called yet
    closed_at      timestamptz,
    sold_out_at    timestamptz,
    -- The shuffle. The secret is told to nobody before revealed_at.
    secret         bytea       NOT NULL CHECK (length(secret) = 32),
    commitment     bytea       NOT NULL CHECK (length(commitment) = 32),
    frozen_at      timestamptz,
    frozen_count   integer,
    frozen_head    bytea,
    frozen_root    bytea,
    revealed_at    timestamptz,
    drand          jsonb,
    -- Whoever has a place up to it may come in.
    served         integer     NOT NULL DEFAULT 0,
    told_near      integer     NOT NULL DEFAULT 0, -- places up to it were written to that their turn is near
    told_turn      integer     NOT NULL DEFAULT 0, -- and that it is their turn
    inflow         jsonb       NOT NULL DEFAULT '{}', -- what the next leader goes on from
    created_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT rooms_frozen CHECK (num_nulls(frozen_at, frozen_count, frozen_head, frozen_root) IN (0, 4)),
    CONSTRAINT rooms_revealed CHECK (revealed_at IS NULL OR frozen_at IS NOT NULL)
);

-- The chain's end, locked by who joins and by who freezes.
CREATE TABLE gateway.chains (
    event_id text    PRIMARY KEY REFERENCES gateway.rooms,
    count    integer NOT NULL DEFAULT 0,
    head     bytea   NOT NULL
);

CREATE TABLE gateway.entries (
    event_id   text        NOT NULL REFERENCES gateway.rooms,
    position   integer     NOT NULL,
    id         bytea       NOT NULL,
    head       bytea       NOT NULL,
    device     bytea       NOT NULL,               -- SHA-256 of the device's cookie
    account_id uuid,                               -- once it is known
    joined_at  timestamptz NOT NULL,
    left_at    timestamptz,                        -- back within 5 minutes keeps the place
    ended_at   timestamptz,                        -- the place is given up for good
    PRIMARY KEY (event_id, position)
);
CREATE UNIQUE INDEX entries_of_device ON gateway.entries (event_id, device) WHERE ended_at IS NULL;
CREATE INDEX entries_of_account ON gateway.entries (event_id, account_id) WHERE account_id IS NOT NULL;
CREATE INDEX entries_left ON gateway.entries (event_id) WHERE left_at IS NOT NULL;

-- Which accounts were signed in on which device: a hint at who stands in line for many.
CREATE TABLE gateway.sightings (
    event_id   text        NOT NULL REFERENCES gateway.rooms,
    device     bytea       NOT NULL,
    account_id uuid        NOT NULL,
    at         timestamptz NOT NULL,
    PRIMARY KEY (event_id, device, account_id)
);

-- The chain's heads as they were published.
CREATE TABLE gateway.heads (
    event_id text        NOT NULL REFERENCES gateway.rooms,
    count    integer     NOT NULL,
    head     bytea       NOT NULL,
    at       timestamptz NOT NULL,
    PRIMARY KEY (event_id, count)
);

-- When the line moved, and how far: until when somebody who was called may come.
CREATE TABLE gateway.calls (
    event_id text        NOT NULL REFERENCES gateway.rooms,
    served   integer     NOT NULL,
    at       timestamptz NOT NULL,
    PRIMARY KEY (event_id, served)
);

CREATE TABLE gateway.admissions (
    id         uuid        PRIMARY KEY,
    event_id   text        NOT NULL REFERENCES gateway.rooms,
    place      integer     NOT NULL,
    position   integer     NOT NULL,
    account_id uuid        NOT NULL,
    issued_at  timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at   timestamptz,
    ended_by   text        CHECK (ended_by IN ('SPENT', 'LEFT', 'EXPIRED')),
    CONSTRAINT admissions_place UNIQUE (event_id, place),
    CONSTRAINT admissions_ended CHECK ((ended_at IS NULL) = (ended_by IS NULL))
);
CREATE UNIQUE INDEX admissions_living ON gateway.admissions (event_id, account_id) WHERE ended_at IS NULL;

-- Who of the admitted was seen when, and whether they have held seats since.
CREATE TABLE gateway.beats (
    admission_id uuid        PRIMARY KEY,
    event_id     text        NOT NULL,
    seen_at      timestamptz NOT NULL,
    held_at      timestamptz
) WITH (fillfactor = 50);
CREATE INDEX beats_of_event ON gateway.beats (event_id);

-- How reserve did in each process in its last second.
CREATE TABLE gateway.reserves (
    process_id uuid        PRIMARY KEY,
    at         timestamptz NOT NULL,
    calls      integer     NOT NULL,
    failed     integer     NOT NULL,
    slow_ms    integer     NOT NULL                -- 95 of 100 were answered within it
) WITH (fillfactor = 50);

-- What was measured and done, every few seconds: the organiser's chart.
CREATE TABLE gateway.pulses (
    event_id   text             NOT NULL REFERENCES gateway.rooms,
    at         timestamptz      NOT NULL,
    joined     integer          NOT NULL,
    served     integer          NOT NULL,
    waiting    integer          NOT NULL,
    shoppers   integer          NOT NULL,
    rate       double precision NOT NULL,          -- people called a second
    free       bigint,                             -- nothing where booking did not answer
    held       bigint,
    sold       bigint,
    holds_end_at timestamptz,                      -- the last of the holds, those that are being paid left out
    latency_ms integer,
    failed     double precision,                   -- the share of reserves that failed
    PRIMARY KEY (event_id, at)
);

-- What staff did to the line. It only grows.
CREATE TABLE gateway.audit (
    position bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor_id uuid        NOT NULL,
    action   text        NOT NULL,
    event_id text        NOT NULL,
    detail   jsonb       NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_of_event ON gateway.audit (event_id, position);

CREATE FUNCTION gateway.never_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%.% only grows', TG_TABLE_SCHEMA, TG_TABLE_NAME;
END $$;
CREATE TRIGGER audit_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON gateway.audit
    FOR EACH STATEMENT EXECUTE FUNCTION gateway.never_change();

-- The event store, which is also the outbox.
CREATE TABLE gateway.events (
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
CREATE INDEX events_relay ON gateway.events (xid, position);

-- How far the relay has come.
CREATE TABLE gateway.relay (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    xid       xid8    NOT NULL DEFAULT '0',
    position  bigint  NOT NULL DEFAULT 0
);
INSERT INTO gateway.relay DEFAULT VALUES;
