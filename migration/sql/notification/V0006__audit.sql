-- What staff did to webhooks. It only grows.
CREATE TABLE notification.audit (
    position        bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at              timestamptz NOT NULL,
    actor_id        uuid,
    organisation_id uuid,
    action          text        NOT NULL,
    object_type     text        NOT NULL,
    object_id       text        NOT NULL,
    detail          jsonb       NOT NULL DEFAULT '{}',
    xid             xid8        NOT NULL DEFAULT pg_current_xact_id()
);
CREATE INDEX audit_order ON notification.audit (xid, position);
CREATE VIEW notification.acts AS
SELECT xid, position, at, actor_id, organisation_id, action, object_type, object_id, detail FROM notification.audit;

CREATE FUNCTION notification.never_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%.% only grows', TG_TABLE_SCHEMA, TG_TABLE_NAME;
END $$;
CREATE TRIGGER audit_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON notification.audit
    FOR EACH STATEMENT EXECUTE FUNCTION notification.never_change();
