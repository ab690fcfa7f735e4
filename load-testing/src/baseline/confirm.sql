\set i :i + 1
\set pair :base + :client_id * :each + :i
\set first 2 * :pair
\set second 2 * :pair + 1
WITH mine AS MATERIALIZED (SELECT id, account_id
    FROM booking.reservations
    WHERE id = ('00000000-0000-7000-8000-' || lpad(to_hex(:pair::bigint), 12, '0'))::uuid AND status = 'ACTIVE' AND hold_ends_at > now() FOR UPDATE),
owned AS MATERIALIZED (SELECT s.seat_no
    FROM booking.seats s, mine
    WHERE s.event_no = 1 AND s.seat_no IN (:first, :second) AND s.reservation_id = mine.id AND s.fence = 1
    ORDER BY s.seat_no FOR UPDATE OF s),
complete AS (SELECT gen_random_uuid() AS order_id, gen_random_uuid() AS payment_id
    FROM owned
    HAVING count(*) = 2),
ordered AS (INSERT INTO booking.orders (id, reservation_id, number, account_id, event_no, status, saga, attempt_id, window_ends_at, amount, details, lease_until, version, sequence, created_at)
    SELECT order_id, mine.id, 'B' || (:pair)::text, mine.account_id, 1, 'CONFIRMED', 'SETTLED', payment_id, now() + interval '15 minutes', 10000, jsonb_build_object('method', 'CREDIT_CARD', 'attempts', jsonb_build_array(payment_id)), now(), 3, 2, now()
    FROM complete, mine
    RETURNING id, reservation_id, attempt_id, account_id),
sold AS (UPDATE booking.seats s
    SET state = 2, ends_at = 'infinity'
    FROM ordered
    WHERE s.event_no = 1 AND s.seat_no IN (:first, :second)
    RETURNING s.seat_no),
ticketed AS (INSERT INTO booking.tickets (id, order_id, ordinal, event_no, seat_no, kind, price, status)
    SELECT gen_random_uuid(), ordered.id, (sold.seat_no - :first)::smallint, 1, sold.seat_no, 0, 5000, 'VALID'
    FROM sold, ordered),
confirmed AS (UPDATE booking.reservations r
    SET status = 'CONFIRMED', version = 2
    FROM ordered
    WHERE r.id = ordered.reservation_id),
paid AS (INSERT INTO payment.payments (payment_id, order_id, user_id, method, currency, amount_minor, description, status, provider_ref, version, sequence, created_at, updated_at)
    SELECT attempt_id, id, account_id, 'CREDIT_CARD', 'EUR', 10000, 'Bench', 'CAPTURED', 'pi_bench', 2, 2, now(), now()
    FROM ordered),
money AS (INSERT INTO payment.events (id, aggregate_type, aggregate_id, version, type, topic, sequence, data, metadata, occurred_at)
    SELECT gen_random_uuid(), 'payment', attempt_id::text, n, type, CASE WHEN sequence IS NOT NULL THEN type END, sequence, jsonb_build_object('paymentId', attempt_id, 'orderId', id, 'amount', 10000), '{}', now()
    FROM ordered, (VALUES (1, 'payment-initiated', 1), (2, 'payment-authorised', NULL), (3, 'payment-completed', 2)) AS kinds (n, type, sequence))
INSERT INTO booking.events (id, aggregate_type, aggregate_id, version, type, topic, sequence, data, metadata, occurred_at)
    SELECT gen_random_uuid(), aggregate, CASE aggregate WHEN 'order' THEN id ELSE reservation_id END::text, n, type, CASE WHEN sequence IS NOT NULL THEN type END, sequence, jsonb_build_object('orderId', id, 'eventId', 'BENCH', 'total', 10000), jsonb_build_object('userId', account_id), now()
    FROM ordered, (VALUES ('order', 1, 'payment-begun', NULL), ('order', 2, 'ticket-created', 1), ('order', 3, 'ticket-confirmed', 2), ('reservation', 2, 'reservation-confirmed', NULL)) AS kinds (aggregate, n, type, sequence);
