-- What buyers find: one row an event, described by the version of its offer that is known here.

CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;

CREATE TABLE search.events (
    id               text             PRIMARY KEY,
    version          integer          NOT NULL,               -- of the offer that described it
    listed           boolean          NOT NULL DEFAULT false, -- booking has its inventory
    cancelled        boolean          NOT NULL DEFAULT false,
    slug             text             NOT NULL DEFAULT '',
    name             text             NOT NULL DEFAULT '',
    description      text             NOT NULL DEFAULT '',
    kind             text             NOT NULL DEFAULT '',
    venue_id         text             NOT NULL DEFAULT '',
    venue_name       text             NOT NULL DEFAULT '',
    city             text             NOT NULL DEFAULT '',
    country          text             NOT NULL DEFAULT '',
    time_zone        text             NOT NULL DEFAULT '',
    latitude         double precision NOT NULL DEFAULT 0,
    longitude        double precision NOT NULL DEFAULT 0,
    starts_at        timestamptz      NOT NULL DEFAULT 'infinity',
    on_sale_at       timestamptz      NOT NULL DEFAULT 'infinity',
    currency         text             NOT NULL DEFAULT 'EUR',
    price_min        bigint           NOT NULL DEFAULT 0,     -- minor units
    price_max        bigint           NOT NULL DEFAULT 0,
    minor_per_major  bigint           NOT NULL DEFAULT 1,     -- the currency's: 100 for EUR, 1 for JPY
    reserved_seating boolean          NOT NULL DEFAULT false,
    sale             jsonb            NOT NULL DEFAULT '{}',
    ticket_types     jsonb            NOT NULL DEFAULT '[]',
    capacity         bigint           NOT NULL DEFAULT 0,
    available        bigint           NOT NULL DEFAULT 0,     -- neither held nor sold
    held             bigint           NOT NULL DEFAULT 0,
    -- Folded: lower case without accents, as queries are.
    name_folded      text             NOT NULL DEFAULT '',
    venue_folded     text             NOT NULL DEFAULT '',
    city_folded      text             NOT NULL DEFAULT '',
    kind_folded      text             NOT NULL DEFAULT '',
    text_folded      text             NOT NULL DEFAULT '',    -- the description
    keywords         text             GENERATED ALWAYS AS
        (name_folded || ' ' || venue_folded || ' ' || city_folded || ' ' || kind_folded) STORED,
    document         tsvector         GENERATED ALWAYS AS (
        setweight(to_tsvector('simple', name_folded), 'A')
        || setweight(to_tsvector('simple', venue_folded || ' ' || city_folded), 'B')
        || setweight(to_tsvector('simple', kind_folded), 'C')
        || setweight(to_tsvector('simple', text_folded), 'D')
    ) STORED
);
CREATE INDEX events_document ON search.events USING gin (document);
CREATE INDEX events_keywords ON search.events USING gin (keywords public.gin_trgm_ops);
CREATE INDEX events_by_time ON search.events (starts_at, id) WHERE listed AND NOT cancelled;
CREATE INDEX events_by_city ON search.events (city_folded) WHERE listed AND NOT cancelled;

-- Every word that some event's keywords have had: what a word with a typo may have meant.
CREATE TABLE search.words (
    word text PRIMARY KEY
);

CREATE TABLE search.inbox (
    consumer    text        NOT NULL,
    event_id    uuid        NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (consumer, event_id)
);
