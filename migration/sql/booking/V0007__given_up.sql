-- The buyer gave the order up before it was paid: money that comes all the same goes back whole.
ALTER TABLE booking.orders ADD COLUMN given_up boolean NOT NULL DEFAULT false;
