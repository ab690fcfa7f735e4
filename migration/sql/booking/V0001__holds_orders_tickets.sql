-- Seats, holds, orders, tickets. Locks are always taken in one order:
-- advisory -> reservations and orders by id -> seats by (event, seat) -> stock by id -> counters by event.

-- An event that booking sells. Its number is short because every seat row carries it.
CREATE TABLE booking.inventories (
    event_no   integer     GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id   text        NOT NULL,
    version    integer     NOT NULL,
    status     text        NOT NULL DEFAULT 'ON_SALE' CHECK (status IN ('ON_SALE', 'CANCELLED')),
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT inventories_event_id_key UNIQUE (event_id)
);

-- Each version of what the organiser offers, as fetched. Holds keep the version their prices are of.
CREATE TABLE booking.offers (
    event_no integer NOT NULL REFERENCES booking.inventories,
    version  integer NOT NULL,
    offer    jsonb   NOT NULL,
    PRIMARY KEY (event_no, version)
);

-- state: 0 free, 1 held, 2 sold, 3 blocked. No index but the key, so that updates stay on their page (HOT).
CREATE TABLE booking.seats (
    event_no       integer     NOT NULL REFERENCES booking.inventories,
    seat_no        integer     NOT NULL,
    state          smallint    NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 3),
    reservation_id uuid,
    fence          bigint      NOT NULL DEFAULT 0,
    ends_at        timestamptz NOT NULL DEFAULT 'epoch',
    PRIMARY KEY (event_no, seat_no),
    CONSTRAINT seats_holder CHECK ((state IN (1, 2)) = (reservation_id IS NOT NULL))
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);

-- A ticket type's capacity (is_place), a quota, or a promo code's uses.
CREATE TABLE booking.stock (
    event_no integer NOT NULL REFERENCES booking.inventories,
    stock_no integer NOT NULL,
    name     text    NOT NULL,
    is_place boolean NOT NULL,
    capacity bigint  NOT NULL CHECK (capacity >= 0),
    held     bigint  NOT NULL DEFAULT 0 CHECK (held >= 0),
    sold     bigint  NOT NULL DEFAULT 0 CHECK (sold >= 0),
    PRIMARY KEY (event_no, stock_no),
    CONSTRAINT stock_not_oversold CHECK (held + sold <= capacity)
) WITH (fillfactor = 50);

-- One row an event, raised last in each batch: the version of the live map.
CREATE TABLE booking.counters (
    event_no integer PRIMARY KEY REFERENCES booking.inventories,
    version  bigint  NOT NULL DEFAULT 0,
    free     bigint  NOT NULL CHECK (free >= 0),
    held     bigint  NOT NULL DEFAULT 0 CHECK (held >= 0),
    sold     bigint  NOT NULL DEFAULT 0 CHECK (sold >= 0)
) WITH (fillfactor = 50);

-- content: {"seats": [[seat, type, fence]], "tickets": [[type, quantity]], "draws": [[type, stock, quantity]]}
CREATE TABLE booking.reservations (
    id            uuid        PRIMARY KEY,
    event_no      integer     NOT NULL REFERENCES booking.inventories,
    account_id    uuid        NOT NULL,
    offer_version integer     NOT NULL,
    status        text        NOT NULL CHECK (status IN ('ACTIVE', 'CONFIRMED', 'RELEASED', 'EXPIRED')),
    content       jsonb       NOT NULL,
    live          integer     NOT NULL CHECK (live >= 0),
    total         bigint      NOT NULL,
    promo_code    text,
    hold_ends_at  timestamptz NOT NULL,
    -- A payment is being decided: time does not end the hold.
    deciding      boolean     NOT NULL DEFAULT false,
    version       integer     NOT NULL,
    sequence      bigint      NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 70);

CREATE INDEX reservations_due ON booking.reservations (hold_ends_at) WHERE status = 'ACTIVE' AND NOT deciding;
CREATE INDEX reservations_account ON booking.reservations (account_id, event_no);

CREATE TABLE booking.orders (
    id             uuid        PRIMARY KEY,
    reservation_id uuid        NOT NULL REFERENCES booking.reservations,
    number         text        NOT NULL,
    account_id     uuid        NOT NULL,
    event_no       integer     NOT NULL REFERENCES booking.inventories,
    status         text        NOT NULL
        CHECK (status IN ('PENDING', 'CONFIRMED', 'PROCESSING', 'COMPLETED', 'CANCELLED', 'FAILED')),
    saga           text        NOT NULL
        CHECK (saga IN ('AUTHORISING', 'AWAITING_PAYER', 'OPEN', 'CAPTURING', 'VOIDING', 'REFUNDING', 'SETTLED')),
    attempt_id     uuid        NOT NULL,
    window_ends_at timestamptz NOT NULL,
    amount         bigint      NOT NULL CHECK (amount >= 0),
    refunded       bigint      NOT NULL DEFAULT 0 CHECK (refunded >= 0 AND refunded <= amount),
    refund_id      uuid,
    refund_amount  bigint,
    last_refund    uuid,
    -- method, payment token, addresses to go on, failure, all attempts
    details        jsonb       NOT NULL,
    -- Until then the saga is its owner's; afterwards anybody goes on with it.
    lease_until    timestamptz NOT NULL,
    version        integer     NOT NULL,
    sequence       bigint      NOT NULL,
    created_at     timestamptz NOT NULL,
    CONSTRAINT orders_reservation_id_key UNIQUE (reservation_id),
    CONSTRAINT orders_number_key UNIQUE (number)
) WITH (fillfactor = 70);

CREATE INDEX orders_account ON booking.orders (account_id, id DESC);
CREATE INDEX orders_due ON booking.orders (lease_until) WHERE saga NOT IN ('OPEN', 'SETTLED');

CREATE TABLE booking.tickets (
    id       uuid     PRIMARY KEY,
    order_id uuid     NOT NULL REFERENCES booking.orders,
    event_no integer  NOT NULL REFERENCES booking.inventories,
    -- Its place among the order's tickets, from 0: seats first, then general admission.
    ordinal  smallint NOT NULL,
    seat_no  integer,
    kind     smallint NOT NULL,
    price    bigint   NOT NULL CHECK (price >= 0),
    status   text     NOT NULL CHECK (status IN ('VALID', 'USED', 'CANCELLED'))
) WITH (fillfactor = 90);

-- The last word: one live ticket per seat.
CREATE UNIQUE INDEX tickets_one_live_per_seat ON booking.tickets (event_no, seat_no)
    WHERE status <> 'CANCELLED' AND seat_no IS NOT NULL;
CREATE INDEX tickets_order ON booking.tickets (order_id);


CREATE TABLE booking.events (
    id             uuid        NOT NULL,
    position       bigint      GENERATED ALWAYS AS IDENTITY,
    xid            xid8        NOT NULL DEFAULT pg_current_xact_id(),
    aggregate_type text        NOT NULL,
    aggregate_id   text        NOT NULL,
    version        integer     NOT NULL,
    type           text        NOT NULL,
    topic          text,
    sequence       bigint,
    data           jsonb       NOT NULL,
    metadata       jsonb       NOT NULL,
    occurred_at    timestamptz NOT NULL,
    CONSTRAINT events_pkey PRIMARY KEY (aggregate_id, version)
);
-- The relay reads in this order.
CREATE INDEX events_relay ON booking.events (xid, position);
CREATE TABLE booking.relay (                    -- one row: how far the relay has come
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    xid       xid8    NOT NULL DEFAULT '0',
    position  bigint  NOT NULL DEFAULT 0
);
INSERT INTO booking.relay DEFAULT VALUES;
CREATE TABLE booking.inbox (
    consumer    text        NOT NULL,
    event_id    uuid        NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (consumer, event_id)
);
CREATE TABLE booking.idempotency_keys (
    account_id uuid        NOT NULL,
    route      text        NOT NULL,
    key        text        NOT NULL,
    body_hash  bytea       NOT NULL,
    status     smallint    NOT NULL,
    body       text        NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, route, key)
);
