-- What counters, partners and reports read: a projection of ticket-confirmed and ticket-cancelled, written by
-- their consumer alone. A cancelled ticket keeps its row, so that a confirmation that comes late does not
-- bring it back. Seat, zone, row and column are absent for general admission.
CREATE TABLE booking.sold_tickets (
    ticket_id    uuid        PRIMARY KEY,
    order_id     uuid        NOT NULL,
    event_id     text        NOT NULL,
    venue_id     text        NOT NULL,
    user_id      uuid        NOT NULL,
    seat_id      text,
    zone_id      integer,
    row_label    text,
    col_label    text,
    ticket_type  text        NOT NULL,
    -- In minor units of the currency.
    price        bigint      NOT NULL,
    currency     text        NOT NULL,
    created_on   timestamptz NOT NULL,
    cancelled_at timestamptz
);

CREATE INDEX sold_tickets_page ON booking.sold_tickets (ticket_id) WHERE cancelled_at IS NULL;
CREATE INDEX sold_tickets_event ON booking.sold_tickets (event_id, zone_id) INCLUDE (venue_id, price, currency)
    WHERE cancelled_at IS NULL;
