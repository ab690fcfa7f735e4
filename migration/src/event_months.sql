-- The event store of a service in months: its events lie by the month in which their aggregate began, told by its id,
-- which is a UUIDv7 (docs/decisions/0013). `{service}` stands for the schema.

-- Makes what is missing of the months to come; says how many it made. For the service's own role, which may make no
-- tables itself. To attach a month does not wait for those who append, except to what has no month.
CREATE OR REPLACE FUNCTION {service}.make_event_months(ahead integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog SET lock_timeout = '2s'
AS $$
DECLARE
    this_month timestamp := date_trunc('month', now() AT TIME ZONE 'UTC');
    first timestamp;
    name text;
    made integer := 0;
BEGIN
    -- One at a time.
    PERFORM pg_advisory_xact_lock(hashtextextended('onsale.months.{service}', 0));
    FOR distance IN 1 .. least(ahead, 24) LOOP
        first := this_month + make_interval(months => distance);
        name := 'events_' || to_char(first, 'YYYY_MM');
        CONTINUE WHEN to_regclass(format('{service}.%I', name)) IS NOT NULL;
        EXECUTE format('CREATE TABLE {service}.%I (LIKE {service}.events INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', name);
        -- What nobody searches by needs no statistics.
        EXECUTE format('ALTER TABLE {service}.%I ALTER COLUMN data SET STATISTICS 0,
                                                 ALTER COLUMN metadata SET STATISTICS 0', name);
        EXECUTE format('ALTER TABLE {service}.events ATTACH PARTITION {service}.%I FOR VALUES FROM (%L) TO (%L)', name,
                       {service}.first_id_of(first), {service}.first_id_of(first + interval '1 month'));
        made := made + 1;
    END LOOP;
    RETURN made;
END $$;
REVOKE ALL ON FUNCTION {service}.make_event_months(integer) FROM PUBLIC;

-- What every UUIDv7 of that moment (UTC) or later is not less than, as text (RFC 9562, 5.7: 48 bits of milliseconds).
CREATE OR REPLACE FUNCTION {service}.first_id_of(moment timestamp) RETURNS text
    LANGUAGE sql IMMUTABLE SET search_path = pg_catalog
AS $$
    SELECT substr(hex, 1, 8) || '-' || substr(hex, 9, 4)
    FROM lpad(to_hex((extract(epoch FROM moment) * 1000)::bigint), 12, '0') hex
$$;

-- Once: what there is becomes the first part, up to the end of this month; what began in no month has a part of its own.
DO $$
DECLARE
    end_of_first text := {service}.first_id_of(date_trunc('month', now() AT TIME ZONE 'UTC') + interval '1 month');
    passed bigint;
BEGIN
    IF (SELECT relkind FROM pg_class WHERE oid = '{service}.events'::regclass) = 'p' THEN RETURN; END IF;
    ALTER TABLE {service}.events RENAME TO events_first;
    ALTER TABLE {service}.events_first RENAME CONSTRAINT events_pkey TO events_first_pkey;
    ALTER INDEX {service}.events_relay RENAME TO events_first_relay;
    passed := coalesce((SELECT max(position) FROM {service}.events_first), 0);
    ALTER TABLE {service}.events_first ALTER COLUMN position DROP IDENTITY;
    ALTER TABLE {service}.events_first ALTER COLUMN aggregate_id TYPE text COLLATE "C";
    CREATE TABLE {service}.events (LIKE {service}.events_first INCLUDING DEFAULTS INCLUDING CONSTRAINTS,
                                   CONSTRAINT events_pkey PRIMARY KEY (aggregate_id, version))
        PARTITION BY RANGE (aggregate_id);
    ALTER TABLE {service}.events ALTER COLUMN position ADD GENERATED ALWAYS AS IDENTITY;
    CREATE INDEX events_relay ON {service}.events (xid, position);
    PERFORM setval(pg_get_serial_sequence('{service}.events', 'position'), passed + 1, false);
    CREATE TABLE {service}.events_other PARTITION OF {service}.events DEFAULT;
    ALTER TABLE {service}.events_other ALTER COLUMN data SET STATISTICS 0, ALTER COLUMN metadata SET STATISTICS 0;
    WITH other AS (DELETE FROM {service}.events_first WHERE aggregate_id >= end_of_first RETURNING *)
    INSERT INTO {service}.events_other SELECT * FROM other;
    EXECUTE format('ALTER TABLE {service}.events ATTACH PARTITION {service}.events_first FOR VALUES FROM (MINVALUE) TO (%L)',
                   end_of_first);
END $$;
SELECT {service}.make_event_months(2);
