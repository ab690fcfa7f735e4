-- What staff write beside an order, for those who come after them. It only grows.
CREATE TABLE booking.order_notes (
    note_id   uuid        PRIMARY KEY,
    order_id  uuid        NOT NULL REFERENCES booking.orders,
    author_id uuid        NOT NULL,
    at        timestamptz NOT NULL,
    text      text        NOT NULL CHECK (char_length(text) BETWEEN 1 AND 1000)
);
COMMENT ON COLUMN booking.order_notes.text IS 'personal';
CREATE INDEX order_notes_order ON booking.order_notes (order_id, at);
CREATE TRIGGER order_notes_only_grow BEFORE UPDATE OR DELETE OR TRUNCATE ON booking.order_notes
    FOR EACH STATEMENT EXECUTE FUNCTION booking.never_change();
