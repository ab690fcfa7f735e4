-- Lists and searches show the lowest price of what is left. All of a new offer is left.

ALTER TABLE search.events
    ADD COLUMN price_left bigint, -- the lowest price of what is left, where that is known and not all is
    ADD COLUMN price_from bigint NOT NULL GENERATED ALWAYS AS (coalesce(price_left, price_min)) STORED;
