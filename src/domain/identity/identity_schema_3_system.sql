-- Programs of departments that call this one. The token is shown once; here is only its SHA-256.
CREATE TABLE system_account (
  id ID PRIMARY KEY,
  department TEXT NOT NULL REFERENCES department (code),
  name TEXT NOT NULL,                            -- what program it is
  token_hash BLOB NOT NULL UNIQUE,
  permissions BIGINT NOT NULL,                   -- bits of identity/permission.h
  opened_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  revoked_at BIGINT NOT NULL                     -- 0 = not
);
CREATE INDEX system_account_department ON system_account (department, opened_at, id);
