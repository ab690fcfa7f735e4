-- Where events are sent to. The secrets that sign are derived from ONSALE_SECRET, the id and the generation: none lies here.
CREATE TABLE notification.webhooks (
    id              uuid        NOT NULL,
    url             text        NOT NULL,
    topics          text[]      NOT NULL,
    description     text,
    generation      integer     NOT NULL DEFAULT 1,
    -- When the generation began; the one before it signs as well for a day.
    rotated_at      timestamptz,
    disabled_at     timestamptz,
    disabled_reason text,
    created_by      uuid        NOT NULL,
    created_at      timestamptz NOT NULL,
    -- Gone for everybody; the row goes once its deliveries have.
    deleted_at      timestamptz,
    CONSTRAINT webhooks_pkey PRIMARY KEY (id),
    CONSTRAINT webhooks_disabled CHECK ((disabled_at IS NULL) = (disabled_reason IS NULL))
);

-- The events on their way there; also the log of it.
CREATE TABLE notification.deliveries (
    webhook_id      uuid        NOT NULL REFERENCES notification.webhooks ON DELETE CASCADE,
    event_id        uuid        NOT NULL,
    topic           text        NOT NULL,
    -- The CloudEvent as it is signed and sent.
    body            text        NOT NULL,
    status          text        NOT NULL DEFAULT 'pending',
    attempts        integer     NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL DEFAULT now(),
    give_up_at      timestamptz NOT NULL,
    last_status     integer,
    last_error      text,
    created_at      timestamptz NOT NULL DEFAULT now(),
    delivered_at    timestamptz,
    -- An event goes to a webhook once, however often it comes.
    CONSTRAINT deliveries_pkey PRIMARY KEY (webhook_id, event_id),
    CONSTRAINT deliveries_status CHECK (status IN ('pending', 'delivered', 'failed')),
    CONSTRAINT deliveries_delivered CHECK ((status = 'delivered') = (delivered_at IS NOT NULL))
);
CREATE INDEX deliveries_due ON notification.deliveries (webhook_id, next_attempt_at) WHERE status = 'pending';
CREATE INDEX deliveries_created_at ON notification.deliveries (created_at);
