-- Events that lower rooms tell higher ones; a row is gone once it is delivered.
CREATE TABLE outbox (
	id ID NOT NULL PRIMARY KEY,       -- ascends within a node
	topic TEXT NOT NULL,              -- "casefile.decided"
	subject ID NOT NULL,              -- events of one subject are delivered in order
	payload TEXT NOT NULL,            -- JSON
	at_ms BIGINT NOT NULL,
	attempts BIGINT NOT NULL DEFAULT 0,
	next_ms BIGINT NOT NULL           -- not before
);
CREATE INDEX outbox_subject ON outbox (subject, id);

-- What is to happen at a time.
CREATE TABLE timer (
	kind TEXT NOT NULL,               -- whose: "casefile.due"
	subject ID NOT NULL,
	name TEXT NOT NULL,               -- which of the subject's
	due_ms BIGINT NOT NULL,
	attempts BIGINT NOT NULL DEFAULT 0,
	next_ms BIGINT NOT NULL,          -- due, or the next attempt
	PRIMARY KEY (kind, subject, name)
);
CREATE INDEX timer_next ON timer (next_ms);
