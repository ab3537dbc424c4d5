-- Tables of the store's own tests.
CREATE TABLE note (
	id ID NOT NULL PRIMARY KEY,
	owner ID,
	title TEXT NOT NULL,
	due_ms BIGINT,
	body BLOB,
	stars BIGINT NOT NULL DEFAULT 0,
	CONSTRAINT note_title UNIQUE (title),
	CONSTRAINT note_stars CHECK (stars >= 0)
);
CREATE INDEX note_due ON note (due_ms, id);

-- protected
CREATE TABLE note_event (
	note ID NOT NULL REFERENCES note (id),
	seq BIGINT NOT NULL,
	what TEXT NOT NULL,
	PRIMARY KEY (note, seq)
);
