-- A code is for one thing, and an account has one of each at most. Which thing the older ones were for nobody knows: they end.
DELETE FROM sign_in_code;
DROP INDEX sign_in_code_by_user;
ALTER TABLE sign_in_code ADD COLUMN purpose text COLLATE "C" NOT NULL CHECK (purpose IN ('sign_in', 'reset'));
CREATE UNIQUE INDEX sign_in_code_of_user ON sign_in_code(tenant, user_id, purpose);
