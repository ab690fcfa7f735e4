-- Whose venues and events are: all that was there before belongs to the default organisation.
ALTER TABLE admin.venues
    ADD COLUMN organisation_id uuid NOT NULL DEFAULT '01900000-0000-7000-8000-0000000a0000';
ALTER TABLE admin.drafts
    ADD COLUMN organisation_id uuid NOT NULL DEFAULT '01900000-0000-7000-8000-0000000a0000';
CREATE INDEX venues_of_organisation ON admin.venues (organisation_id, id);
CREATE INDEX drafts_of_organisation ON admin.drafts (organisation_id, created_at DESC, id DESC);

-- In which organisation something was done, and in which order transactions did it.
ALTER TABLE admin.audit
    ADD COLUMN organisation_id uuid,
    ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE INDEX audit_order ON admin.audit (xid, position);
CREATE VIEW admin.acts AS
SELECT xid, position, at, actor_id, organisation_id, action, object_type, object_id, detail FROM admin.audit;
