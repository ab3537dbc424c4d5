-- People and firms that apply.
CREATE TABLE party (
  id ID PRIMARY KEY,
  kind BIGINT NOT NULL CHECK (kind IN (1, 2)),   -- 1 natural, 2 legal person
  code TEXT NOT NULL UNIQUE,                     -- identity number or unified social credit code
  name TEXT NOT NULL,
  phone TEXT NOT NULL
);

CREATE TABLE department (
  id ID PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  name_zh TEXT NOT NULL,
  name_en TEXT NOT NULL
);

-- A post grants permissions (bits of identity/permission.h) to whoever holds it.
CREATE TABLE post (
  id ID PRIMARY KEY,
  department TEXT NOT NULL REFERENCES department (code),
  code TEXT NOT NULL,
  name_zh TEXT NOT NULL,
  name_en TEXT NOT NULL,
  permissions BIGINT NOT NULL,
  UNIQUE (department, code)
);

CREATE TABLE account (
  id ID PRIMARY KEY,
  kind BIGINT NOT NULL,                          -- enum principal_kind
  login TEXT NOT NULL UNIQUE,
  password_hash TEXT NOT NULL,                   -- Argon2id
  name TEXT NOT NULL,
  officer_code TEXT NOT NULL,                    -- empty for people
  department TEXT REFERENCES department (code),
  party ID REFERENCES party (id),                -- the person; null for officers
  opened_at BIGINT NOT NULL,
  closed_at BIGINT NOT NULL                      -- 0 = may sign in
);
CREATE INDEX account_department ON account (department, officer_code);

CREATE TABLE account_post (
  account ID NOT NULL REFERENCES account (id),
  post ID NOT NULL REFERENCES post (id),
  PRIMARY KEY (account, post)
);
CREATE INDEX account_post_post ON account_post (post, account);

-- Firms an account may act for.
CREATE TABLE representation (
  account ID NOT NULL REFERENCES account (id),
  party ID NOT NULL REFERENCES party (id),
  since BIGINT NOT NULL,
  PRIMARY KEY (account, party)
);

CREATE TABLE session (
  id ID PRIMARY KEY,
  token_hash BLOB NOT NULL UNIQUE,               -- SHA-256 of what the cookie holds
  account ID NOT NULL REFERENCES account (id),
  party ID,                                      -- acting for; null for officers
  opened_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX session_account ON session (account, opened_at);

-- Failed sign-ins by login, to slow guessing down.
CREATE TABLE sign_in_failure (
  login TEXT PRIMARY KEY,
  count BIGINT NOT NULL,
  last_at BIGINT NOT NULL
);
