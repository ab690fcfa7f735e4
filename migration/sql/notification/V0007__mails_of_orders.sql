-- The order that a mail is about, whatever it says of it; none for other mails, and for those of before but confirmations.
ALTER TABLE notification.mails ADD COLUMN about_order uuid;
UPDATE notification.mails SET about_order = order_id WHERE order_id IS NOT NULL;
-- Borne: a mail that waits some seconds for it goes out later; nobody waits for a mail to be written.
CREATE INDEX mails_about_order ON notification.mails (about_order) WHERE about_order IS NOT NULL;
