-- Cases. Personal data (answers, names, reasons) are sealed under the case's own key, which is wrapped by a key of its
-- department (base/seal.h): erasing a case destroys its key.
CREATE TABLE casefile (
  id ID PRIMARY KEY,
  number TEXT UNIQUE,                 -- public number, null while a draft
  service_code TEXT NOT NULL,
  version ID NOT NULL,                -- the service version it was filed under
  party ID NOT NULL,                  -- applicant
  account ID NOT NULL,                -- who opened it
  department TEXT NOT NULL,           -- lead department
  state BIGINT NOT NULL,
  revision BIGINT NOT NULL,
  opened_at BIGINT NOT NULL,
  saved_at BIGINT NOT NULL,
  filed_at BIGINT NOT NULL,           -- 0 = not yet, likewise below
  received_at BIGINT NOT NULL,        -- of the filing or the last supplement
  accepted_at BIGINT NOT NULL,
  decided_at BIGINT NOT NULL,
  closed_at BIGINT NOT NULL,
  statutory_due BIGINT NOT NULL,      -- day number, 0 = no clock
  promised_due BIGINT NOT NULL,
  days_used BIGINT NOT NULL,          -- working days to the decision
  sealed_key BLOB NOT NULL,           -- the case's key, wrapped; empty once erased
  applicant BLOB NOT NULL,            -- sealed name
  applicant_mark BIGINT NOT NULL,     -- keyed hash of the folded name, to find by exact name
  form BLOB NOT NULL,                 -- sealed JSON of the answers
  process BLOB NOT NULL,              -- sealed JSON of the process state
  submit_key TEXT UNIQUE              -- idempotency key of the filing
);
CREATE INDEX casefile_party ON casefile (party, opened_at, id);
CREATE INDEX casefile_party_state ON casefile (party, state, saved_at);
CREATE INDEX casefile_department ON casefile (department, state, promised_due, id);
CREATE INDEX casefile_department_service ON casefile (department, service_code, state, promised_due, id);
CREATE INDEX casefile_decided ON casefile (service_code, decided_at, days_used);
CREATE INDEX casefile_filed ON casefile (service_code, filed_at);
CREATE INDEX casefile_applicant ON casefile (department, applicant_mark);

-- One row an act; written with the state change, never changed.
-- protected
CREATE TABLE casefile_event (
  id ID PRIMARY KEY,
  case_id ID NOT NULL REFERENCES casefile (id),
  act BIGINT NOT NULL,
  at BIGINT NOT NULL,
  actor ID,                           -- account; null = the program
  department TEXT,
  leaf ID NOT NULL,                   -- of the ledger
  record BLOB NOT NULL                -- sealed JSON
);
CREATE INDEX casefile_event_case ON casefile_event (case_id, id);

-- What somebody has to do. Closed tasks stay.
CREATE TABLE casefile_task (
  id ID PRIMARY KEY,
  case_id ID NOT NULL REFERENCES casefile (id),
  wait TEXT NOT NULL,                 -- id of the wait state in the process
  element TEXT NOT NULL,              -- id of the task in the model
  act TEXT NOT NULL,
  department TEXT NOT NULL,
  post TEXT NOT NULL,
  service_code TEXT NOT NULL,
  assignee ID,
  opened_at BIGINT NOT NULL,
  due_day BIGINT NOT NULL,            -- of the task, or the case's promised day; 99999999 = none
  closed_at BIGINT NOT NULL,          -- 0 = open
  outcome TEXT NOT NULL,
  silent BIGINT NOT NULL
);
CREATE INDEX casefile_task_case ON casefile_task (case_id, id);
CREATE INDEX casefile_task_desk ON casefile_task (department, closed_at, due_day, id);
CREATE INDEX casefile_task_desk_service ON casefile_task (department, service_code, closed_at, due_day, id);
CREATE INDEX casefile_task_mine ON casefile_task (assignee, closed_at, due_day, id);

-- Times at which the clock stood still.
CREATE TABLE casefile_pause (
  id ID PRIMARY KEY,
  case_id ID NOT NULL REFERENCES casefile (id),
  procedure TEXT NOT NULL,
  started_at BIGINT NOT NULL,
  ended_at BIGINT NOT NULL            -- 0 = still
);
CREATE INDEX casefile_pause_case ON casefile_pause (case_id, started_at);

-- An extension of the statutory limit, once a case.
CREATE TABLE casefile_extension (
  case_id ID PRIMARY KEY REFERENCES casefile (id),
  days BIGINT NOT NULL,
  at BIGINT NOT NULL,
  actor ID NOT NULL
);

-- Everything wrong with a filing, told at once.
CREATE TABLE casefile_defect (
  id ID PRIMARY KEY,
  case_id ID NOT NULL REFERENCES casefile (id),
  notice BIGINT NOT NULL,             -- number of the notice, from 1
  field TEXT NOT NULL,
  text BLOB NOT NULL                  -- sealed
);
CREATE INDEX casefile_defect_case ON casefile_defect (case_id, notice, id);

-- Uploaded files of a case (content by hash in the files folder).
CREATE TABLE casefile_material (
  id ID PRIMARY KEY,
  case_id ID NOT NULL REFERENCES casefile (id),
  material TEXT NOT NULL,             -- id in the item card
  field TEXT NOT NULL,                -- form path
  hash BLOB NOT NULL,
  size BIGINT NOT NULL,
  type TEXT NOT NULL,                 -- media type as sniffed
  name BLOB NOT NULL,                 -- sealed file name
  added_at BIGINT NOT NULL
);
CREATE INDEX casefile_material_case ON casefile_material (case_id, material, id);

-- Filters an officer keeps.
CREATE TABLE casefile_filter (
  id ID PRIMARY KEY,
  account ID NOT NULL,
  name TEXT NOT NULL,
  query TEXT NOT NULL,
  UNIQUE (account, name)
);

-- Which officer opened which case, for "who read my data".
CREATE TABLE casefile_read (
  id ID PRIMARY KEY,
  case_id ID NOT NULL REFERENCES casefile (id),
  party ID NOT NULL,
  account ID NOT NULL,
  department TEXT NOT NULL,
  at BIGINT NOT NULL,
  task ID                             -- the task that gave the reason
);
CREATE INDEX casefile_read_party ON casefile_read (party, id);
CREATE INDEX casefile_read_again ON casefile_read (case_id, account, at);

-- Figures of the last twelve months (days) and of this month (promises), made by a job, so that pages only read them.
CREATE TABLE casefile_stat (
  service_code TEXT PRIMARY KEY,
  made_at BIGINT NOT NULL,
  filed BIGINT NOT NULL,        -- in the last 90 days
  decided BIGINT NOT NULL,      -- in the last 365 days
  median_days BIGINT NOT NULL,  -- working days from acceptance to decision
  p90_days BIGINT NOT NULL,
  month_decided BIGINT NOT NULL,
  month_kept BIGINT NOT NULL    -- decided within the promised limit
);
