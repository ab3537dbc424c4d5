-- What registers may be read for (city/purposes.yaml).
CREATE TABLE exchange_purpose (
  code TEXT PRIMARY KEY,
  name_zh TEXT NOT NULL,
  name_en TEXT NOT NULL,
  basis_zh TEXT NOT NULL,
  basis_en TEXT NOT NULL
);

-- Departments that may read for a purpose.
CREATE TABLE exchange_reader (
  purpose TEXT NOT NULL REFERENCES exchange_purpose (code),
  department TEXT NOT NULL,
  PRIMARY KEY (purpose, department)
);

-- Fields that a purpose grants.
CREATE TABLE exchange_grant (
  purpose TEXT NOT NULL REFERENCES exchange_purpose (code),
  register_name TEXT NOT NULL,
  field TEXT NOT NULL,
  PRIMARY KEY (purpose, register_name, field)
);

-- Every read of a register: written with its ledger leaf, never changed.
-- protected
CREATE TABLE exchange_access (
  id ID PRIMARY KEY,
  subject BLOB NOT NULL,        -- keyed hash of the identity number or credit code
  at BIGINT NOT NULL,
  register_name TEXT NOT NULL,
  fields TEXT NOT NULL,         -- names that left, separated by spaces
  purpose TEXT NOT NULL,
  basis TEXT NOT NULL,
  case_id ID NOT NULL,
  case_number TEXT,             -- null for a draft
  department TEXT NOT NULL,     -- that asked
  reader BIGINT NOT NULL,       -- enum principal_kind
  reader_code TEXT NOT NULL,    -- officer number, or empty
  account ID,
  found BIGINT NOT NULL,        -- 0 = the register had no such record
  leaf ID NOT NULL
);
CREATE INDEX exchange_access_subject ON exchange_access (subject, id);
CREATE INDEX exchange_access_department ON exchange_access (subject, department, id);

-- A person says a read was not right; the data bureau answers.
CREATE TABLE exchange_dispute (
  id ID PRIMARY KEY,
  access ID NOT NULL UNIQUE REFERENCES exchange_access (id),
  text BLOB NOT NULL,           -- sealed
  at BIGINT NOT NULL,
  answer BLOB,                  -- sealed; null = open
  answered_at BIGINT NOT NULL,  -- 0 = open
  account ID                    -- who answered
);
CREATE INDEX exchange_dispute_open ON exchange_dispute (answered_at, at, id);
