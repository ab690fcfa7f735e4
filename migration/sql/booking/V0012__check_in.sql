-- Check-in. A scan is a row, by the id that its device gave it; what it comes to follows from all scans of its ticket,
-- so it may change when an earlier one arrives later (docs/decisions/0026-check-in.md).
CREATE TABLE booking.check_ins (
    -- The gate's event, which its ticket may not be of.
    event_no        integer     NOT NULL REFERENCES booking.inventories,
    scan_id         uuid        NOT NULL,
    position        bigint      GENERATED ALWAYS AS IDENTITY,
    -- Absent where it is no ticket of this event.
    ticket_id       uuid        REFERENCES booking.tickets,
    gate            text        NOT NULL,
    direction       text        NOT NULL CHECK (direction IN ('entry', 'exit')),
    -- By the device's clock put right.
    at              timestamptz NOT NULL,
    clock_offset_ms bigint      NOT NULL,
    -- Whether the device decided, and what was told at the gate: nothing where somebody may pass.
    offline         boolean     NOT NULL,
    told_reason     text        CHECK (told_reason IN ('already_in', 'wrong_event', 'wrong_date', 'cancelled', 'unknown')),
    outcome         text        NOT NULL CHECK (outcome IN ('admitted', 'left', 'refused')),
    reason          text        CHECK (reason IN ('already_in', 'wrong_event', 'wrong_date', 'cancelled', 'unknown')),
    conflict        boolean     NOT NULL,
    entered_at      timestamptz,
    entered_gate    text,
    -- The event that a ticket of another one is for.
    other_event     text,
    actor_id        uuid        NOT NULL,
    received_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (event_no, scan_id),
    CONSTRAINT check_ins_refused CHECK ((outcome = 'refused') = (reason IS NOT NULL))
);
CREATE INDEX check_ins_ticket ON booking.check_ins (ticket_id) WHERE ticket_id IS NOT NULL;
CREATE INDEX check_ins_last ON booking.check_ins (event_no, at DESC);
CREATE INDEX check_ins_conflicts ON booking.check_ins (event_no, at DESC) WHERE conflict;

-- Whose holder is in, since when and by which gate; and by which transaction the row was changed last, which is the
-- version of the list that devices at the gate keep. The version before this one changes tickets too: a trigger counts.
ALTER TABLE booking.tickets
    ADD COLUMN inside_since timestamptz,
    ADD COLUMN inside_gate text,
    ADD COLUMN changed xid8 NOT NULL DEFAULT pg_current_xact_id();

CREATE FUNCTION booking.ticket_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.changed := pg_current_xact_id();
    RETURN NEW;
END $$;
CREATE TRIGGER tickets_changed BEFORE UPDATE ON booking.tickets
    FOR EACH ROW EXECUTE FUNCTION booking.ticket_changed();

CREATE INDEX tickets_list ON booking.tickets (event_no, changed, id);
