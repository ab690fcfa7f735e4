-- The projection is compared with the events, and built anew, by its orders.
CREATE INDEX sold_tickets_order ON booking.sold_tickets (order_id);
