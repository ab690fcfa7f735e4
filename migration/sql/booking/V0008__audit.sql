-- What staff did to orders: who, what, when. It only grows; each act on an order is noted once.
CREATE TABLE booking.audit (
    position  bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor_id  uuid        NOT NULL,
    action    text        NOT NULL,
    order_id  uuid        NOT NULL REFERENCES booking.orders,
    CONSTRAINT audit_once UNIQUE (order_id, action)
);

CREATE FUNCTION booking.never_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%.% only grows', TG_TABLE_SCHEMA, TG_TABLE_NAME;
END $$;
CREATE TRIGGER audit_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON booking.audit
    FOR EACH STATEMENT EXECUTE FUNCTION booking.never_change();
