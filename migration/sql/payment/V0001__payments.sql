-- Attempts to pay, what was given back of them, and what happened to them.

CREATE TABLE payment.payments (
    payment_id      uuid        PRIMARY KEY,           -- made by the caller; the key towards the provider
    order_id        uuid        NOT NULL,
    user_id         uuid        NOT NULL,
    method          text        NOT NULL,
    currency        text        NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    amount_minor    bigint      NOT NULL CHECK (amount_minor > 0),
    token           text,                              -- the provider's token, never a card number
    return_url      text,
    description     text        NOT NULL,
    status          text        NOT NULL
        CHECK (status IN ('PENDING', 'REQUIRES_ACTION', 'AUTHORISED', 'CAPTURED', 'DECLINED', 'VOIDED')),
    -- What was asked for while the provider did not answer; the reconciler goes on with it.
    wanted          text        CHECK (wanted IN ('CAPTURE', 'VOID')),
    provider_ref    text,                              -- pi_…
    redirect_url    text,
    decline_code    text,
    refunding_minor bigint      NOT NULL DEFAULT 0,    -- in refunds whose outcome is open
    refunded_minor  bigint      NOT NULL DEFAULT 0,
    version         integer     NOT NULL,              -- counts its events
    sequence        bigint      NOT NULL,              -- counts those of them that go to the bus
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    check_at        timestamptz,                       -- when to ask the provider; NULL when nothing is open
    CONSTRAINT payments_refunds_within_amount
        CHECK (refunding_minor >= 0 AND refunded_minor >= 0
               AND refunding_minor + refunded_minor <= amount_minor),
    CONSTRAINT payments_refunds_after_capture
        CHECK (status = 'CAPTURED' OR refunding_minor + refunded_minor = 0)
);
-- What the reconciler has to ask about.
CREATE INDEX payments_to_check ON payment.payments (check_at) WHERE check_at IS NOT NULL;

CREATE TABLE payment.refunds (
    refund_id    uuid        PRIMARY KEY,              -- made by the caller; the key towards the provider
    payment_id   uuid        NOT NULL REFERENCES payment.payments,
    amount_minor bigint      NOT NULL CHECK (amount_minor > 0),
    status       text        NOT NULL CHECK (status IN ('PENDING', 'SUCCEEDED', 'FAILED')),
    provider_ref text,                                 -- re_…
    failure_code text,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    check_at     timestamptz
);
CREATE INDEX refunds_of_payment ON payment.refunds (payment_id);
CREATE INDEX refunds_to_check ON payment.refunds (check_at) WHERE check_at IS NOT NULL;

CREATE TABLE payment.events (
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
CREATE INDEX events_relay ON payment.events (xid, position);
CREATE TABLE payment.relay (                           -- one row: how far the relay has come
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    xid       xid8    NOT NULL DEFAULT '0',
    position  bigint  NOT NULL DEFAULT 0
);
INSERT INTO payment.relay DEFAULT VALUES;
