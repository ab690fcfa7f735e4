-- Accounts, sessions, signing keys, API keys and what was revoked.

CREATE TABLE auth.accounts (
    id                uuid        PRIMARY KEY,
    email             text        NOT NULL,
    -- The address in lower case: one account an address, however it is written.
    email_key         text        NOT NULL CONSTRAINT accounts_email_unique UNIQUE,
    name              text        NOT NULL,
    phone             text,
    password_hash     text        NOT NULL,
    roles             text[]      NOT NULL,
    email_verified_at timestamptz,
    disabled_at       timestamptz,
    -- Access tokens made up to this moment are refused.
    tokens_revoked_at timestamptz,
    event_version     integer     NOT NULL DEFAULT 0,
    bus_sequence      bigint      NOT NULL DEFAULT 0,
    created_at        timestamptz NOT NULL,
    updated_at        timestamptz NOT NULL,
    CONSTRAINT accounts_roles_known
        CHECK (roles <@ ARRAY['customer', 'organiser', 'box_office', 'admin', 'sre'] AND cardinality(roles) > 0)
);

-- A session is a family of refresh tokens.
CREATE TABLE auth.sessions (
    id         uuid        PRIMARY KEY,
    account_id uuid        NOT NULL REFERENCES auth.accounts ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    -- However often it is refreshed, it ends here.
    expires_at timestamptz NOT NULL,
    ended_at   timestamptz,
    end_reason text CHECK (end_reason IN ('logout', 'token_reused', 'password_changed', 'disabled')),
    CONSTRAINT sessions_end_has_a_reason CHECK ((ended_at IS NULL) = (end_reason IS NULL))
);
CREATE INDEX sessions_of_account ON auth.sessions (account_id) WHERE ended_at IS NULL;
CREATE INDEX sessions_expiry ON auth.sessions (expires_at);

CREATE TABLE auth.refresh_tokens (
    hash       bytea       PRIMARY KEY,
    session_id uuid        NOT NULL REFERENCES auth.sessions ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at    timestamptz
);
CREATE INDEX refresh_tokens_of_session ON auth.refresh_tokens (session_id);

-- Browsers from which an account signed in before: login limits do not shut its owner out there.
CREATE TABLE auth.known_devices (
    account_id   uuid        NOT NULL REFERENCES auth.accounts ON DELETE CASCADE,
    hash         bytea       NOT NULL,
    last_used_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, hash)
);

-- Tries that limits count, by the hash of what they are counted for.
CREATE TABLE auth.attempts (
    bucket       bytea       NOT NULL,
    attempted_at timestamptz NOT NULL
);
CREATE INDEX attempts_of_bucket ON auth.attempts (bucket, attempted_at);
CREATE INDEX attempts_age ON auth.attempts (attempted_at);

-- The links of mails.
CREATE TABLE auth.single_use_tokens (
    hash       bytea       PRIMARY KEY,
    account_id uuid        NOT NULL REFERENCES auth.accounts ON DELETE CASCADE,
    purpose    text        NOT NULL CHECK (purpose IN ('verify_email', 'reset_password')),
    expires_at timestamptz NOT NULL,
    used_at    timestamptz
);
CREATE INDEX single_use_tokens_of_account ON auth.single_use_tokens (account_id, purpose);

CREATE TABLE auth.api_keys (
    id          uuid        PRIMARY KEY,
    account_id  uuid        NOT NULL REFERENCES auth.accounts ON DELETE CASCADE,
    name        text        NOT NULL,
    scopes      text[]      NOT NULL,
    prefix      text        NOT NULL,
    secret_hash bytea       NOT NULL CONSTRAINT api_keys_secret_unique UNIQUE,
    created_at  timestamptz NOT NULL,
    revoked_at  timestamptz
);

-- Keys that sign access tokens. One signs from not_before until retires_at; what it signed is good
-- until expires_at at the latest. The private key is sealed under a key derived from ONSALE_SECRET.
CREATE TABLE auth.signing_keys (
    kid        text        PRIMARY KEY,
    sealed     bytea       NOT NULL,
    created_at timestamptz NOT NULL,
    not_before timestamptz NOT NULL,
    retires_at timestamptz,
    expires_at timestamptz,
    CONSTRAINT signing_keys_times CHECK ((retires_at IS NULL) = (expires_at IS NULL) AND retires_at <= expires_at)
);

-- Followed by every process. Ids are given under an advisory lock, so that a lower one is never
-- committed after a higher one and a follower's cursor misses nothing.
CREATE TABLE auth.revocations (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind       text        NOT NULL CHECK (kind IN ('session', 'account', 'api_key', 'signing_key')),
    subject    text        NOT NULL,
    revoked_at timestamptz NOT NULL,
    until      timestamptz NOT NULL
);
CREATE INDEX revocations_until ON auth.revocations (until);

-- The event store, which is also the outbox.
CREATE TABLE auth.events (
    id             uuid        NOT NULL,
    position       bigint      GENERATED ALWAYS AS IDENTITY,
    xid            xid8        NOT NULL DEFAULT pg_current_xact_id(),
    aggregate_type text        NOT NULL,
    aggregate_id   text        NOT NULL,
    version        integer     NOT NULL,
    type           text        NOT NULL,
    topic          text,
    sequence       bigint,
    data           jsonb       NOT NULL,
    metadata       jsonb       NOT NULL,
    occurred_at    timestamptz NOT NULL,
    CONSTRAINT events_pkey PRIMARY KEY (aggregate_id, version)
);
-- The relay reads in this order.
CREATE INDEX events_relay ON auth.events (xid, position);

-- How far the relay has come.
CREATE TABLE auth.relay (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    xid       xid8    NOT NULL DEFAULT '0',
    position  bigint  NOT NULL DEFAULT 0
);
INSERT INTO auth.relay DEFAULT VALUES;
