-- What nobody searches by needs no statistics: to sort such samples takes autovacuum a third of a second, in which
-- holds wait.
ALTER TABLE booking.reservations ALTER COLUMN content SET STATISTICS 0;
ALTER TABLE booking.orders ALTER COLUMN details SET STATISTICS 0;
ALTER TABLE booking.events ALTER COLUMN data SET STATISTICS 0, ALTER COLUMN metadata SET STATISTICS 0;
ALTER TABLE booking.idempotency_keys ALTER COLUMN body SET STATISTICS 0, ALTER COLUMN body_hash SET STATISTICS 0;
