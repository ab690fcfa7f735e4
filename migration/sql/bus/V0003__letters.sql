-- Which topics a group reads: its lag is told also before it has committed anything. Kept beside Kafka too.
CREATE TABLE bus.groups (
    consumer_group text        NOT NULL,
    topics         text[]      NOT NULL,
    seen_at        timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT groups_pkey PRIMARY KEY (consumer_group)
);

-- Dead letters that somebody has dealt with. The letters themselves are messages, here or in Kafka, and stay.
CREATE TABLE bus.settled_letters (
    topic      text        NOT NULL,
    partition  integer     NOT NULL,
    "offset"   bigint      NOT NULL,
    outcome    text        NOT NULL,
    settled_by text        NOT NULL,
    settled_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT settled_letters_pkey PRIMARY KEY (topic, partition, "offset"),
    CONSTRAINT settled_letters_outcome CHECK (outcome IN ('replayed', 'dropped'))
);
