-- Accounts are found by the beginning of their address, of their name and of their last name; lower() minds A to Z only, as the
-- comparison of addresses does.
CREATE INDEX user_by_name ON user(tenant, lower(first_name || ' ' || last_name));
CREATE INDEX user_by_last_name ON user(tenant, lower(last_name));
