-- Drafts of a service's next version: the version they began from and the files changed since. What was found out about a
-- draft (tests, replays) names the hash of exactly the folder it was found out about.
CREATE TABLE designer_draft (
  id ID PRIMARY KEY,
  service_code TEXT NOT NULL,
  base ID NOT NULL,                   -- the version it changes
  author ID NOT NULL,                 -- account; alone edits it, and never publishes it
  state BIGINT NOT NULL,              -- enum designer_state
  revision BIGINT NOT NULL,
  opened_at BIGINT NOT NULL,
  saved_at BIGINT NOT NULL,
  folder_hash BLOB NOT NULL,          -- SHA-256 of the folder as it would be published
  published ID                        -- the version it became
);
CREATE INDEX designer_draft_service ON designer_draft (service_code, state, id);

CREATE TABLE designer_file (
  draft ID NOT NULL REFERENCES designer_draft (id),
  path TEXT NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (draft, path)
);

-- The last run of the example cases of a draft.
CREATE TABLE designer_test (
  draft ID PRIMARY KEY REFERENCES designer_draft (id),
  folder_hash BLOB NOT NULL,
  at BIGINT NOT NULL,
  passed BIGINT NOT NULL,
  failed BIGINT NOT NULL
);
CREATE TABLE designer_test_case (
  draft ID NOT NULL REFERENCES designer_draft (id),
  number BIGINT NOT NULL,             -- from 1, as in cases.yaml
  name TEXT NOT NULL,
  passed BIGINT NOT NULL,
  differences TEXT NOT NULL,          -- a line each
  PRIMARY KEY (draft, number)
);

-- Decided cases evaluated again by a draft's rules, in steps. A row names no person; the values that were read stay in the cases.
CREATE TABLE designer_replay (
  id ID PRIMARY KEY,
  draft ID NOT NULL REFERENCES designer_draft (id),
  folder_hash BLOB NOT NULL,
  account ID NOT NULL,                -- who asked
  leaf ID NOT NULL,                   -- of the ledger: the read on record
  from_ms BIGINT NOT NULL,
  until_ms BIGINT NOT NULL,
  started_at BIGINT NOT NULL,
  ended_at BIGINT NOT NULL,           -- 0 = running
  at_ms BIGINT NOT NULL,              -- the last case seen: decided then, with this id
  at_case ID NOT NULL,
  total BIGINT NOT NULL,              -- cases in the range when it began
  cases BIGINT NOT NULL,              -- seen so far
  decisions BIGINT NOT NULL,          -- evaluated again
  changed BIGINT NOT NULL,
  unread BIGINT NOT NULL              -- records that are erased, or that their own rules no longer reproduce
);
CREATE INDEX designer_replay_draft ON designer_replay (draft, id);
CREATE INDEX designer_replay_running ON designer_replay (ended_at, id);

CREATE TABLE designer_replay_change (
  replay ID NOT NULL REFERENCES designer_replay (id),
  number BIGINT NOT NULL,             -- from 1
  case_id ID NOT NULL,
  case_number TEXT NOT NULL,
  decision TEXT NOT NULL,             -- "eligibility.dmn#Eligibility"
  rule_before TEXT NOT NULL,          -- ids of the rules that held, joined by spaces; empty = none
  rule_after TEXT NOT NULL,
  failed_column TEXT NOT NULL,        -- of the rule that held before: the column that fails now, and its cell; empty = it would
  failed_cell TEXT NOT NULL,          -- still hold (another comes first), or is gone
  PRIMARY KEY (replay, number)
);
