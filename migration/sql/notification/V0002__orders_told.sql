-- Booking is told once an order's confirmation has gone out, or is kept or given up.
ALTER TABLE notification.mails
    -- The order that the mail confirms; none for other mails.
    ADD COLUMN order_id uuid,
    -- From when on booking is to be told; nothing before that mail is done, and once booking knows.
    ADD COLUMN tell_at  timestamptz,
    ADD CONSTRAINT mails_told CHECK (tell_at IS NULL OR order_id IS NOT NULL);
UPDATE notification.mails
SET order_id = substr(once, 17)::uuid, tell_at = CASE WHEN status <> 'pending' THEN now() END
WHERE once LIKE 'order_confirmed/%';
CREATE INDEX mails_untold ON notification.mails (tell_at) WHERE tell_at IS NOT NULL;
