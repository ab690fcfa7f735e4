-- Double entry for every amount. What is debited is positive, what is credited negative.

-- What the amount is made of; the rest is face value. No row of before knows it.
ALTER TABLE payment.payments
    ADD COLUMN fee_minor      bigint  NOT NULL DEFAULT 0,
    ADD COLUMN tax_minor      bigint  NOT NULL DEFAULT 0,
    ADD COLUMN discount_minor bigint  NOT NULL DEFAULT 0,       -- what the price was lowered by: not below zero
    -- An invoice was paid; other methods bring their money with the capture.
    ADD COLUMN settled        boolean NOT NULL DEFAULT false;
-- The checks ask by order.
CREATE INDEX payments_order ON payment.payments (order_id);

-- One entry a fact, under the id of the event that tells it.
CREATE TABLE payment.journal (
    entry_id    uuid        PRIMARY KEY,
    payment_id  uuid        NOT NULL REFERENCES payment.payments,
    refund_id   uuid        REFERENCES payment.refunds,
    fact        text        NOT NULL CHECK (fact IN ('CAPTURED', 'OWED', 'SETTLED', 'REFUNDED')),
    currency    text        NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    occurred_at timestamptz NOT NULL,
    CONSTRAINT journal_refunds CHECK ((fact = 'REFUNDED') = (refund_id IS NOT NULL))
);
-- No fact counts twice.
CREATE UNIQUE INDEX journal_fact_once ON payment.journal (payment_id, fact) WHERE refund_id IS NULL;
CREATE UNIQUE INDEX journal_refund_once ON payment.journal (refund_id) WHERE refund_id IS NOT NULL;
CREATE INDEX journal_payment ON payment.journal (payment_id);

CREATE TABLE payment.postings (
    entry_id     uuid   NOT NULL REFERENCES payment.journal,
    account      text   NOT NULL CHECK (account IN ('FACE', 'FEE', 'TAX', 'DISCOUNT',
                                                    'CAPTURED', 'REFUNDED', 'RECEIVABLE', 'CASH')),
    amount_minor bigint NOT NULL CHECK (amount_minor <> 0),
    PRIMARY KEY (entry_id, account)
);

-- The postings of an entry are written by one statement, and sum to zero.
CREATE FUNCTION payment.postings_sum_to_zero() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM written GROUP BY entry_id HAVING sum(amount_minor) <> 0) THEN
        RAISE EXCEPTION 'the postings of an entry do not sum to zero'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'postings_sum_to_zero';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER postings_sum_to_zero AFTER INSERT ON payment.postings
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION payment.postings_sum_to_zero();

-- What is written stays, whoever asks.
CREATE FUNCTION payment.ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is only added to: correct it by another entry'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON payment.journal
    FOR EACH STATEMENT EXECUTE FUNCTION payment.ledger_is_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON payment.postings
    FOR EACH STATEMENT EXECUTE FUNCTION payment.ledger_is_append_only();

-- What was captured and given back before there was a ledger: all of it counts as face value.
WITH facts AS (
    SELECT gen_random_uuid() AS entry_id, payment_id, NULL::uuid AS refund_id,
           CASE method WHEN 'INVOICE' THEN 'OWED' ELSE 'CAPTURED' END AS fact, currency, updated_at AS at,
           CASE method WHEN 'INVOICE' THEN 'RECEIVABLE' WHEN 'CASH' THEN 'CASH' ELSE 'CAPTURED' END AS account,
           amount_minor
      FROM payment.payments WHERE status = 'CAPTURED'
    UNION ALL
    SELECT gen_random_uuid(), r.payment_id, r.refund_id, 'REFUNDED', p.currency, r.updated_at,
           CASE p.method WHEN 'INVOICE' THEN 'RECEIVABLE' ELSE 'REFUNDED' END, -r.amount_minor
      FROM payment.refunds AS r JOIN payment.payments AS p USING (payment_id) WHERE r.status = 'SUCCEEDED'
), entries AS (
    INSERT INTO payment.journal (entry_id, payment_id, refund_id, fact, currency, occurred_at)
    SELECT entry_id, payment_id, refund_id, fact, currency, at FROM facts
)
INSERT INTO payment.postings (entry_id, account, amount_minor)
SELECT entry_id, account, amount_minor FROM facts
UNION ALL
SELECT entry_id, 'FACE', -amount_minor FROM facts;

-- Each payment beside its entries: one that differs should never be. `broken` counts entries that are empty, in
-- another currency, or do not sum to zero.
CREATE VIEW payment.ledger_differences AS
SELECT p.payment_id, p.order_id, p.currency, e.expected_minor, l.money_minor, l.broken
  FROM payment.payments AS p
 CROSS JOIN LATERAL (
       SELECT CASE WHEN p.status = 'CAPTURED' THEN p.amount_minor - p.refunded_minor ELSE 0 END AS expected_minor) AS e
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(s.money_minor), 0)::bigint AS money_minor,
              count(*) FILTER (WHERE s.sum_minor IS DISTINCT FROM 0 OR j.currency <> p.currency) AS broken
         FROM payment.journal AS j
         LEFT JOIN LATERAL (
              SELECT sum(t.amount_minor) AS sum_minor,
                     sum(t.amount_minor) FILTER (WHERE t.account IN ('CAPTURED', 'REFUNDED', 'RECEIVABLE', 'CASH'))
                         AS money_minor
                FROM payment.postings AS t WHERE t.entry_id = j.entry_id) AS s ON true
        WHERE j.payment_id = p.payment_id) AS l
 WHERE l.broken > 0 OR l.money_minor <> e.expected_minor;
