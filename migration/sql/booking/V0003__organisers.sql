-- What organisers look at. Whose an event is, and in which currency it sells, without reading its offer; absent only
-- in rows that a version before this one wrote.
ALTER TABLE booking.inventories ADD COLUMN organiser_id uuid, ADD COLUMN currency text;
UPDATE booking.inventories i
SET organiser_id = (o.offer ->> 'organiserId')::uuid, currency = o.offer -> 'sale' ->> 'currency'
FROM booking.offers o
WHERE o.event_no = i.event_no AND o.version = i.version;

-- An event's orders, newest first; states are filtered on the way, since an index on them would cost each sale.
CREATE INDEX orders_event ON booking.orders (event_no, id DESC);
-- The few of which something was given back.
CREATE INDEX orders_refunded ON booking.orders (event_no) INCLUDE (refunded) WHERE refunded > 0;
