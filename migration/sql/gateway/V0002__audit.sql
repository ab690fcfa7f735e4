-- In which organisation something was done, and in which order transactions did it.
ALTER TABLE gateway.audit
    ADD COLUMN organisation_id uuid,
    ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE INDEX audit_order ON gateway.audit (xid, position);
CREATE VIEW gateway.acts AS
SELECT xid, position, at, actor_id, organisation_id, action, 'event'::text AS object_type, event_id AS object_id, detail
FROM gateway.audit;
