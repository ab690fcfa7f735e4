-- Venues, plans, events and their published offers; who did what.

CREATE TABLE admin.venues (
    id         text             PRIMARY KEY,
    owner_id   uuid             NOT NULL,
    name       text             NOT NULL,
    city       text             NOT NULL,
    country    text             NOT NULL,
    time_zone  text             NOT NULL,
    latitude   double precision NOT NULL,
    longitude  double precision NOT NULL,
    created_at timestamptz      NOT NULL,
    updated_at timestamptz      NOT NULL
);
CREATE INDEX venues_of_owner ON admin.venues (owner_id, id);

-- A plan never changes; the same plan of a venue is kept once.
CREATE TABLE admin.plans (
    id         uuid        PRIMARY KEY,
    venue_id   text        NOT NULL REFERENCES admin.venues (id),
    name       text        NOT NULL,
    seat_count integer     NOT NULL,
    digest     text        NOT NULL,             -- SHA-256 of body, in hex
    categories text[]      NOT NULL,             -- the seat categories in the plan's order
    body       text        NOT NULL,             -- JSON, as it was hashed
    created_at timestamptz NOT NULL,
    CONSTRAINT plans_same UNIQUE (venue_id, digest)
);

CREATE TABLE admin.drafts (
    id           text        PRIMARY KEY,
    owner_id     uuid        NOT NULL,
    venue_id     text        NOT NULL REFERENCES admin.venues (id),
    plan_id      uuid        REFERENCES admin.plans (id),
    status       text        NOT NULL CHECK (status IN ('DRAFT', 'PUBLISHING', 'PUBLISHED', 'CANCELLED')),
    version      integer     NOT NULL DEFAULT 0, -- of the offer last published
    slug         text        NOT NULL,
    draft        jsonb       NOT NULL,
    event_count  integer     NOT NULL DEFAULT 0, -- the aggregate's events in the store
    bus_sequence bigint      NOT NULL DEFAULT 0, -- and those of them that went to the bus
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL
);
CREATE INDEX drafts_of_owner ON admin.drafts (owner_id, created_at DESC, id DESC);
CREATE INDEX drafts_by_time ON admin.drafts (created_at DESC, id DESC);

-- One published version of an event, as it was hashed.
CREATE TABLE admin.offers (
    event_id   text        NOT NULL REFERENCES admin.drafts (id),
    version    integer     NOT NULL,
    digest     text        NOT NULL,             -- SHA-256 of body, in hex
    body       text        NOT NULL,             -- JSON
    created_at timestamptz NOT NULL,
    PRIMARY KEY (event_id, version)
);

CREATE TABLE admin.audit (
    position    bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at          timestamptz NOT NULL,
    actor_id    uuid,                            -- nobody: the system itself
    action      text        NOT NULL,
    object_type text        NOT NULL,
    object_id   text        NOT NULL,
    detail      jsonb       NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_of_object ON admin.audit (object_type, object_id, position);

CREATE FUNCTION admin.never_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%.% only grows', TG_TABLE_SCHEMA, TG_TABLE_NAME;
END $$;
CREATE TRIGGER audit_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON admin.audit
    FOR EACH STATEMENT EXECUTE FUNCTION admin.never_change();
CREATE TRIGGER offers_never_change BEFORE UPDATE ON admin.offers
    FOR EACH STATEMENT EXECUTE FUNCTION admin.never_change();
CREATE TRIGGER plans_never_change BEFORE UPDATE ON admin.plans
    FOR EACH STATEMENT EXECUTE FUNCTION admin.never_change();

