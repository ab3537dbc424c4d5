-- Why the rules decided as they did, one row an act of rules that has such a record; the act has its SHA-256. Apart from the acts,
-- because it is long and few pages show it.
-- protected
CREATE TABLE casefile_rule (
  case_id ID NOT NULL REFERENCES casefile (id),
  event ID NOT NULL,                  -- of the act
  record BLOB NOT NULL,               -- sealed JSON
  PRIMARY KEY (case_id, event)
);
