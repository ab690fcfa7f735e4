-- The bus where there is no Kafka, with Kafka's semantics: topics, partitions, offsets, consumer groups.

CREATE TABLE bus.partitions (
    topic       text     NOT NULL,
    partition   smallint NOT NULL,
    -- Raised under the row's lock, which is held until commit: offsets are seen in their order and without holes.
    next_offset bigint   NOT NULL,
    CONSTRAINT partitions_pkey PRIMARY KEY (topic, partition)
) WITH (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

CREATE TABLE bus.messages (
    topic        text        NOT NULL,
    partition    smallint    NOT NULL,
    "offset"     bigint      NOT NULL,
    -- The order over topics, as far as it comes from one publisher.
    position     bigint      GENERATED ALWAYS AS IDENTITY,
    key          text        NOT NULL,
    value        text        NOT NULL,
    published_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT messages_pkey PRIMARY KEY (topic, partition, "offset")
);
-- Retention takes the oldest first.
CREATE INDEX messages_published_at ON bus.messages (published_at);

-- How far each consumer group has come.
CREATE TABLE bus.offsets (
    consumer_group text     NOT NULL,
    topic          text     NOT NULL,
    partition      smallint NOT NULL,
    next_offset    bigint   NOT NULL,
    CONSTRAINT offsets_pkey PRIMARY KEY (consumer_group, topic, partition)
) WITH (fillfactor = 50);

-- For groups that apply an aggregate's events in order: the last sequence they are done with.
CREATE TABLE bus.progress (
    consumer_group text    NOT NULL,
    subject        text    NOT NULL,
    sequence       bigint  NOT NULL,
    -- An event after it is a dead letter: all that follow become dead letters too, until it is played again.
    parked         boolean NOT NULL DEFAULT false,
    CONSTRAINT progress_pkey PRIMARY KEY (consumer_group, subject)
) WITH (fillfactor = 80);

-- Forgets messages older than `age`, at most `rows_max` of them, and says how many. The function's owner
-- does it: a service's own role cannot delete messages, and nobody can by this those of the last day.
CREATE FUNCTION bus.forget(age interval, rows_max integer) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog
AS $$
    WITH gone AS (
        DELETE FROM bus.messages
        WHERE (topic, partition, "offset") IN (
            SELECT topic, partition, "offset" FROM bus.messages
            WHERE published_at < now() - greatest(age, interval '1 day')
            ORDER BY published_at
            LIMIT rows_max
        )
        RETURNING 1
    )
    SELECT count(*) FROM gone
$$;
REVOKE ALL ON FUNCTION bus.forget(interval, integer) FROM PUBLIC;
