CREATE TABLE entry(id bigint PRIMARY KEY, value text NOT NULL);
