-- How far the log has been published, and who may do it until when (Unix milliseconds).
CREATE TABLE relay_progress(
  holder     TEXT    NOT NULL,  -- empty: nobody
  held_until INTEGER NOT NULL,
  position   INTEGER NOT NULL,
  edition    INTEGER NOT NULL,  -- how often publishing has begun at the beginning
  mark       TEXT    NOT NULL   -- the publisher's, of what it published last
) STRICT;
INSERT INTO relay_progress(holder, held_until, position, edition, mark) VALUES ('', 0, 0, 1, '');
