-- In which language a person is written to.
ALTER TABLE auth.accounts
    ADD COLUMN language text NOT NULL DEFAULT 'en' CONSTRAINT accounts_language_known CHECK (language IN ('en', 'es'));
