-- How far the log has been published, and which process may do it until when, by the server's clock.
CREATE TABLE relay_progress(
  is_only    boolean     PRIMARY KEY DEFAULT true CHECK (is_only),
  holder     text        COLLATE "C" NOT NULL,  -- empty: nobody
  held_until timestamptz NOT NULL,
  position   bigint      NOT NULL,
  edition    bigint      NOT NULL,  -- how often publishing has begun at the beginning
  mark       text        COLLATE "C" NOT NULL   -- the publisher's, of what it published last
);
INSERT INTO relay_progress(holder, held_until, position, edition, mark) VALUES ('', '-infinity', 0, 1, '');
