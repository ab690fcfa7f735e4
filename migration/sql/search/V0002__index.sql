-- The search engine's index follows these rows: each row counts its changes, and what changed waits here
-- until the index has it. One row an event at most, so it stays small also while no engine is used.

ALTER TABLE search.events ADD COLUMN revision bigint NOT NULL DEFAULT 1; -- its version in the index

CREATE TABLE search.unindexed (
    event_id   text        PRIMARY KEY,
    revision   bigint      NOT NULL,               -- the newest that the index may not have
    changed_at timestamptz NOT NULL DEFAULT now()  -- since when it is behind
);
CREATE INDEX unindexed_by_age ON search.unindexed (changed_at, event_id);
