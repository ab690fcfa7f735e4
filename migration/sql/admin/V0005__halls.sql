-- Halls as they are drawn, and the plans that were published from them.

CREATE TABLE admin.halls (
    id         uuid        PRIMARY KEY,
    venue_id   text        NOT NULL REFERENCES admin.venues (id),
    name       text        NOT NULL,
    seat_count integer     NOT NULL,
    revision   integer     NOT NULL,             -- grows by one with each change
    version    integer     NOT NULL DEFAULT 0,   -- last published
    body       text        NOT NULL,             -- JSON
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX halls_of_venue ON admin.halls (venue_id, id);

-- A published version is a plan, which never changes; nor does what it was published from.
CREATE TABLE admin.hall_versions (
    hall_id      uuid        NOT NULL REFERENCES admin.halls (id),
    version      integer     NOT NULL,
    plan_id      uuid        NOT NULL REFERENCES admin.plans (id),
    revision     integer     NOT NULL,
    published_at timestamptz NOT NULL,
    PRIMARY KEY (hall_id, version)
);
CREATE TRIGGER hall_versions_never_change BEFORE UPDATE ON admin.hall_versions
    FOR EACH STATEMENT EXECUTE FUNCTION admin.never_change();
