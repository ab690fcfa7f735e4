-- What a payer writes on a bank transfer, as the provider gave it.
ALTER TABLE payment.payments ADD COLUMN transfer jsonb;
ALTER TABLE payment.payments ALTER COLUMN transfer SET STATISTICS 0;
