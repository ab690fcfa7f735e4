-- One event on many dates: each date is an event of its own, which names the series.
ALTER TABLE admin.drafts ADD COLUMN series_id uuid;
-- Borne: it has a row an event, some thousands.
CREATE INDEX drafts_of_series ON admin.drafts (series_id) WHERE series_id IS NOT NULL;
