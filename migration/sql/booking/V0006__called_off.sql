-- Events that were called off, until all of their holds are released and all of their orders given back. One process
-- goes through them at a time; where it stops, the next goes on.
CREATE TABLE booking.called_off (
    event_no    integer     PRIMARY KEY REFERENCES booking.inventories,
    -- How far this pass through the orders has come.
    after_order uuid        NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
    -- Whether something was left in this pass, so that there will be another one.
    leaves_some boolean     NOT NULL DEFAULT false,
    lease_until timestamptz NOT NULL DEFAULT 'epoch',
    called_off_at timestamptz NOT NULL DEFAULT now(),
    done_at     timestamptz
);
CREATE INDEX called_off_open ON booking.called_off (lease_until) WHERE done_at IS NULL;
INSERT INTO booking.called_off (event_no) SELECT event_no FROM booking.inventories WHERE status = 'CANCELLED';
