-- What nobody searches by needs no statistics: to sort such samples takes autovacuum a third of a second, in which
-- holds wait.
ALTER TABLE sandbox.intents ALTER COLUMN metadata SET STATISTICS 0;
ALTER TABLE sandbox.refunds ALTER COLUMN metadata SET STATISTICS 0;
