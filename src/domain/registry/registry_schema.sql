-- What registers there are and what their fields are called (city/registers.yaml).
CREATE TABLE registry (
  name TEXT PRIMARY KEY,
  position BIGINT NOT NULL,
  title_zh TEXT NOT NULL,
  title_en TEXT NOT NULL,
  department TEXT NOT NULL,             -- that keeps it
  subject BIGINT NOT NULL,              -- enum registry_subject
  key TEXT NOT NULL,                    -- the field it is looked up by
  share TEXT NOT NULL                   -- unconditional, conditional, none
);

CREATE TABLE registry_field (
  registry TEXT NOT NULL REFERENCES registry (name),
  name TEXT NOT NULL,
  position BIGINT NOT NULL,
  type BIGINT NOT NULL,                 -- enum registry_type
  label_zh TEXT NOT NULL,
  label_en TEXT NOT NULL,
  sensitive BIGINT NOT NULL,
  PRIMARY KEY (registry, name)
);

-- People. residence_since: the day their stay was registered; residence_basis: owned, leased, dormitory, relative, none.
CREATE TABLE register_population (
  id_number TEXT PRIMARY KEY,
  name TEXT,
  sex TEXT,
  ethnicity TEXT,
  birth_date BIGINT,
  household_address TEXT,
  household_region TEXT,
  residence_address TEXT,
  residence_region TEXT,
  residence_since BIGINT,
  residence_basis TEXT,
  phone TEXT
);

-- Firms, public bodies and other legal persons. kind: company, individual-business, institution; status: active, abnormal, deregistered.
CREATE TABLE register_legal_person (
  credit_code TEXT PRIMARY KEY,
  name TEXT,
  kind TEXT,
  legal_representative TEXT,
  representative_id_number TEXT,
  address TEXT,
  registered_on BIGINT,
  business_scope TEXT,
  status TEXT,
  capital BIGINT,
  phone TEXT
);

-- Standard addresses. kind: residential, commercial, mixed, industrial, public; heritage: yes or no.
CREATE TABLE register_address (
  code TEXT PRIMARY KEY,
  full_address TEXT,
  region TEXT,
  street TEXT,
  house_number TEXT,
  kind TEXT,
  heritage TEXT
);

-- Housing fund accounts. status: normal, sealed, closed; amounts in fen; last_paid: "2026-01".
CREATE TABLE register_housing_fund (
  id_number TEXT PRIMARY KEY,
  account_number TEXT,
  name TEXT,
  employer TEXT,
  status TEXT,
  balance BIGINT,
  monthly BIGINT,
  opened_on BIGINT,
  last_paid TEXT
);

-- Social insurance. status: paying, paused, retired, none.
CREATE TABLE register_social_insurance (
  id_number TEXT PRIMARY KEY,
  name TEXT,
  employer TEXT,
  status TEXT,
  paid_since BIGINT,
  months_paid BIGINT,
  base BIGINT,
  last_paid TEXT
);

-- Entries of housing fund accounts, newest first by position from 0.
CREATE TABLE register_housing_fund_record (
  id_number TEXT NOT NULL,
  position BIGINT NOT NULL,
  on_day BIGINT NOT NULL,
  summary TEXT NOT NULL,
  amount BIGINT NOT NULL,               -- fen; taken out: negative
  balance_after BIGINT NOT NULL,
  PRIMARY KEY (id_number, position)
);

CREATE INDEX register_legal_person_representative ON register_legal_person (representative_id_number, credit_code);
