-- Whose events are: all that was there before belongs to the default organisation.
ALTER TABLE booking.inventories
    ADD COLUMN organisation_id uuid NOT NULL DEFAULT '01900000-0000-7000-8000-0000000a0000';

-- What staff did is more than settling orders, and is read in the order of the transactions that did it.
ALTER TABLE booking.audit
    ALTER COLUMN order_id DROP NOT NULL,
    ALTER COLUMN actor_id DROP NOT NULL,
    ADD COLUMN organisation_id uuid,
    ADD COLUMN object_type text,
    ADD COLUMN object_id text,
    ADD COLUMN detail jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE INDEX audit_order ON booking.audit (xid, position);
CREATE VIEW booking.acts AS
SELECT xid, position, at, actor_id, organisation_id, action, coalesce(object_type, 'order') AS object_type,
       coalesce(object_id, order_id::text) AS object_id, detail
FROM booking.audit;
