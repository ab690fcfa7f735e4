-- Organisations and what accounts are in them; second factors; settings that change while everything runs; what staff
-- did, and the chain of it.

CREATE TABLE auth.organisations (
    id         uuid        PRIMARY KEY,
    name       text        NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
-- All that was there before belongs to it (OrganisationId::DEFAULT).
INSERT INTO auth.organisations VALUES ('01900000-0000-7000-8000-0000000a0000', 'Onsale', now(), now());

CREATE TABLE auth.memberships (
    account_id      uuid        NOT NULL REFERENCES auth.accounts ON DELETE CASCADE,
    organisation_id uuid        NOT NULL REFERENCES auth.organisations,
    roles           text[]      NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, organisation_id),
    CONSTRAINT memberships_roles_known
        CHECK (roles <@ ARRAY['organiser', 'box_office', 'gate'] AND cardinality(roles) > 0)
);
CREATE INDEX memberships_of_organisation ON auth.memberships (organisation_id, account_id);

ALTER TABLE auth.accounts
    DROP CONSTRAINT accounts_roles_known,
    ADD CONSTRAINT accounts_roles_known
        CHECK (roles <@ ARRAY['customer', 'organiser', 'box_office', 'gate', 'admin', 'sre'] AND cardinality(roles) > 0);

-- The roles of staff among an account's roles are those in the default organisation. Kept by a trigger, so that it also
-- holds for what processes of the version before this one write.
CREATE FUNCTION auth.follow_roles() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    default_id CONSTANT uuid := '01900000-0000-7000-8000-0000000a0000';
    staff text[] := ARRAY(SELECT role FROM unnest(NEW.roles) AS role
                          WHERE role IN ('organiser', 'box_office', 'gate') ORDER BY role);
BEGIN
    IF cardinality(staff) = 0 THEN
        DELETE FROM auth.memberships WHERE account_id = NEW.id AND organisation_id = default_id;
    ELSE
        INSERT INTO auth.memberships (account_id, organisation_id, roles) VALUES (NEW.id, default_id, staff)
        ON CONFLICT (account_id, organisation_id) DO UPDATE SET roles = excluded.roles;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER roles_of_a_new_account AFTER INSERT ON auth.accounts FOR EACH ROW
    WHEN (NEW.roles && ARRAY['organiser', 'box_office', 'gate']) EXECUTE FUNCTION auth.follow_roles();
CREATE TRIGGER roles_changed AFTER UPDATE OF roles ON auth.accounts FOR EACH ROW
    WHEN (OLD.roles IS DISTINCT FROM NEW.roles) EXECUTE FUNCTION auth.follow_roles();
INSERT INTO auth.memberships (account_id, organisation_id, roles)
SELECT id, '01900000-0000-7000-8000-0000000a0000',
       ARRAY(SELECT role FROM unnest(roles) AS role WHERE role IN ('organiser', 'box_office', 'gate') ORDER BY role)
FROM auth.accounts WHERE roles && ARRAY['organiser', 'box_office', 'gate'];

CREATE TABLE auth.invitations (
    id              uuid        PRIMARY KEY,
    organisation_id uuid        NOT NULL REFERENCES auth.organisations,
    email           text        NOT NULL,
    email_key       text        NOT NULL,
    roles           text[]      NOT NULL,
    secret_hash     bytea       NOT NULL CONSTRAINT invitations_secret_unique UNIQUE,
    invited_by      uuid        NOT NULL,
    created_at      timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL,
    accepted_at     timestamptz,
    revoked_at      timestamptz,
    CONSTRAINT invitations_roles_known
        CHECK (roles <@ ARRAY['organiser', 'box_office', 'gate'] AND cardinality(roles) > 0)
);
CREATE INDEX invitations_of_organisation ON auth.invitations (organisation_id, id);

-- For which of its organisations a session acts; nothing: for the first.
ALTER TABLE auth.sessions ADD COLUMN organisation_id uuid REFERENCES auth.organisations;
ALTER TABLE auth.api_keys
    ADD COLUMN organisation_id uuid NOT NULL DEFAULT '01900000-0000-7000-8000-0000000a0000' REFERENCES auth.organisations;

-- A second factor (TOTP, RFC 6238). The secret is sealed under a key derived from ONSALE_SECRET; recovery codes are kept
-- as hashes. It counts once it was confirmed by a code.
CREATE TABLE auth.second_factors (
    account_id     uuid        PRIMARY KEY REFERENCES auth.accounts ON DELETE CASCADE,
    sealed         bytea       NOT NULL,
    created_at     timestamptz NOT NULL,
    confirmed_at   timestamptz,
    -- The last step of 30 s whose code was used: none works twice.
    used_step      bigint      NOT NULL DEFAULT 0,
    recovery_codes bytea[]     NOT NULL DEFAULT '{}'
);

-- Each change makes a version; the last one is in force.
CREATE TABLE auth.settings (
    version    bigint      PRIMARY KEY,
    changed_at timestamptz NOT NULL,
    changed_by uuid,
    document   jsonb       NOT NULL
);

CREATE TABLE auth.audit (
    position        bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at              timestamptz NOT NULL,
    actor_id        uuid,
    organisation_id uuid,
    action          text        NOT NULL,
    object_type     text        NOT NULL,
    object_id       text        NOT NULL,
    detail          jsonb       NOT NULL DEFAULT '{}',
    xid             xid8        NOT NULL DEFAULT pg_current_xact_id()
);
CREATE INDEX audit_order ON auth.audit (xid, position);
CREATE VIEW auth.acts AS
SELECT xid, position, at, actor_id, organisation_id, action, object_type, object_id, detail FROM auth.audit;

-- The acts of all services, each chained to the one before it: hash is an HMAC, by a key derived from ONSALE_SECRET, of
-- the hash before it and of all the row says. Numbers have no holes.
CREATE TABLE auth.audit_chain (
    number          bigint      PRIMARY KEY,
    service         text        NOT NULL,
    xid             bigint      NOT NULL,
    position        bigint      NOT NULL,
    at              timestamptz NOT NULL,
    actor_id        uuid,
    organisation_id uuid,
    action          text        NOT NULL,
    object_type     text        NOT NULL,
    object_id       text        NOT NULL,
    detail          text        NOT NULL,           -- JSON, as it was hashed
    hash            bytea       NOT NULL,
    CONSTRAINT audit_chain_once UNIQUE (service, xid, position)
);
CREATE INDEX audit_chain_of_organisation ON auth.audit_chain (organisation_id, number DESC);
CREATE INDEX audit_chain_of_actor ON auth.audit_chain (actor_id, number DESC);
CREATE INDEX audit_chain_of_object ON auth.audit_chain (object_id, number DESC);

CREATE FUNCTION auth.never_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%.% only grows', TG_TABLE_SCHEMA, TG_TABLE_NAME;
END $$;
CREATE TRIGGER audit_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON auth.audit
    FOR EACH STATEMENT EXECUTE FUNCTION auth.never_change();
CREATE TRIGGER audit_chain_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON auth.audit_chain
    FOR EACH STATEMENT EXECUTE FUNCTION auth.never_change();
CREATE TRIGGER settings_only_grow BEFORE UPDATE OR DELETE OR TRUNCATE ON auth.settings
    FOR EACH STATEMENT EXECUTE FUNCTION auth.never_change();
