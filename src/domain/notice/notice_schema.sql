-- A message to an applicant. Told once an event (event is the outbox event that made it).
CREATE TABLE notice (
  id ID PRIMARY KEY,
  party ID NOT NULL,
  case_id ID NOT NULL,
  licence ID,                   -- the licence it is about; null = the case itself
  act BIGINT NOT NULL,          -- enum casefile_act, or enum licence_state: which words
  case_number TEXT NOT NULL,
  service_code TEXT NOT NULL,
  event ID NOT NULL UNIQUE,
  at BIGINT NOT NULL,
  read_at BIGINT NOT NULL       -- 0 = unread
);
CREATE INDEX notice_party ON notice (party, at, id);
CREATE INDEX notice_unread ON notice (party, read_at);
