-- What the files of a mail are made from when it is sent: the order and its tickets. Gone with the texts.
ALTER TABLE notification.mails ADD COLUMN enclosed jsonb;
COMMENT ON COLUMN notification.mails.enclosed IS 'personal';
