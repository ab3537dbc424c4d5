-- 1: the password was made by the program and is good for choosing another, nothing else.
ALTER TABLE account ADD COLUMN password_once BIGINT NOT NULL DEFAULT 0;
