-- The messages that were handled, each effect once.
CREATE TABLE notification.inbox (
    consumer    text        NOT NULL,
    event_id    uuid        NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT inbox_pkey PRIMARY KEY (consumer, event_id)
);
CREATE INDEX inbox_received_at ON notification.inbox (received_at);

-- The mails, one per event that asks for one; also the log of what was sent.
CREATE TABLE notification.mails (
    -- The event's id.
    id              uuid        NOT NULL,
    user_id         uuid        NOT NULL,
    template        text        NOT NULL,
    language        text        NOT NULL,
    recipient       text        NOT NULL,
    subject         text        NOT NULL,
    -- Gone once the mail is sent or given up: they may hold single-use links.
    body_text       text,
    body_html       text,
    status          text        NOT NULL,
    -- Of mails with the same text here only the first is written, e.g. `order_confirmed/<order>`.
    once            text,
    attempts        integer     NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL,
    last_error      text,
    created_at      timestamptz NOT NULL,
    sent_at         timestamptz,
    CONSTRAINT mails_pkey PRIMARY KEY (id),
    CONSTRAINT mails_once UNIQUE (once),
    CONSTRAINT mails_status CHECK (status IN ('pending', 'sent', 'failed', 'kept')),
    CONSTRAINT mails_sent CHECK ((status = 'sent') = (sent_at IS NOT NULL)),
    CONSTRAINT mails_body CHECK (status IN ('sent', 'failed') OR body_text IS NOT NULL)
);
COMMENT ON COLUMN notification.mails.recipient IS 'personal';
COMMENT ON COLUMN notification.mails.body_text IS 'personal';
COMMENT ON COLUMN notification.mails.body_html IS 'personal';
-- What is due, in order.
CREATE INDEX mails_due ON notification.mails (next_attempt_at) WHERE status = 'pending';
CREATE INDEX mails_created_at ON notification.mails (created_at);
CREATE INDEX mails_user ON notification.mails (user_id);
