-- How well the models foretold orders before they learnt from them, summed by day (days since 1970, UTC) and task.
CREATE TABLE quality (
  tenant        TEXT    NOT NULL,
  day           INTEGER NOT NULL,
  task          TEXT    NOT NULL,
  cases         INTEGER NOT NULL,
  hits          INTEGER NOT NULL,
  gain          REAL    NOT NULL,   -- sum of NDCG@10
  baseline_hits INTEGER NOT NULL,   -- of the plain list of best sellers on the same cases
  baseline_gain REAL    NOT NULL,
  discordant    INTEGER NOT NULL,   -- cases that one of the two hit and the other did not
  PRIMARY KEY (tenant, day, task)
) STRICT, WITHOUT ROWID;
