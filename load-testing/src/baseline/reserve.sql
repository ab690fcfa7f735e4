\set i :i + 1
\set pair :base + :client_id * :each + :i
\set first 2 * :pair
\set second 2 * :pair + 1
WITH wanted AS MATERIALIZED (SELECT seat_no
    FROM booking.seats
    WHERE event_no = 1 AND seat_no IN (:first, :second) AND (state = 0 OR (state = 1 AND ends_at <= now()))
    ORDER BY seat_no FOR UPDATE),
complete AS (SELECT gen_random_uuid() AS id, gen_random_uuid() AS account FROM wanted HAVING count(*) = 2),
held AS (UPDATE booking.seats s
    SET state = 1, reservation_id = complete.id, fence = s.fence + 1, ends_at = now() + interval '10 minutes'
    FROM complete
    WHERE s.event_no = 1 AND s.seat_no IN (:first, :second)
    RETURNING s.seat_no, s.fence),
kept AS (INSERT INTO booking.reservations (id, event_no, account_id, offer_version, status, content, live, total, hold_ends_at, version, sequence)
    SELECT id, 1, account, 1, 'ACTIVE', jsonb_build_object('seats', (SELECT jsonb_agg(jsonb_build_array(seat_no, 0, fence))
    FROM held), 'tickets', '[]'::jsonb, 'draws', '[]'::jsonb), 2, 10000, now() + interval '10 minutes', 1, 1
    FROM complete
    RETURNING id, account_id, content)
INSERT INTO booking.events (id, aggregate_type, aggregate_id, version, type, topic, sequence, data, metadata, occurred_at)
    SELECT gen_random_uuid(), 'reservation', id::text, 1, 'reservation-created', 'reservation-created', 1, jsonb_build_object('reservationId', id, 'eventId', 'BENCH', 'seats', content -> 'seats', 'expiresAt', now()), jsonb_build_object('userId', account_id), now()
    FROM kept;
