-- What was done to this database; written by store_migrate only.
CREATE TABLE IF NOT EXISTS schema_migration (
	room TEXT NOT NULL,
	number BIGINT NOT NULL, -- from 1, within the room
	hash BLOB NOT NULL,     -- SHA-256 of the statements
	applied_ms BIGINT NOT NULL,
	PRIMARY KEY (room, number)
);
