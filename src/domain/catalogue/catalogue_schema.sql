-- Services and their dated versions. The files of a version are kept whole: a version is its folder.
CREATE TABLE service (
  id ID PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  current_version ID NOT NULL
);

CREATE TABLE service_version (
  id ID PRIMARY KEY,
  service ID NOT NULL REFERENCES service (id),
  number BIGINT NOT NULL,                 -- 1, 2, ... within the service
  published_at BIGINT NOT NULL,
  published_by ID,                        -- account; null = the program
  folder_hash BLOB NOT NULL,              -- SHA-256 over paths and contents
  name_zh TEXT NOT NULL,
  name_en TEXT NOT NULL,
  summary_zh TEXT NOT NULL,
  summary_en TEXT NOT NULL,
  life_event_zh TEXT NOT NULL,
  life_event_en TEXT NOT NULL,
  body TEXT NOT NULL,
  handling BIGINT NOT NULL,
  promised_days BIGINT NOT NULL,
  UNIQUE (service, number)
);

CREATE TABLE service_file (
  version ID NOT NULL REFERENCES service_version (id),
  path TEXT NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (version, path)
);
