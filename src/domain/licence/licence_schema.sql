-- Licences and what became of them. What is about the holder is sealed under the licence's own key, which is wrapped by a
-- key of the issuing department (base/seal.h): destroying sealed_key erases it.

-- Texts of result templates, once each.
CREATE TABLE licence_template (
	hash BLOB NOT NULL PRIMARY KEY, -- SHA-256 of the text
	path TEXT NOT NULL,
	text TEXT NOT NULL
) WITHOUT ROWID;

-- The next number of a prefix in a year.
CREATE TABLE licence_sequence (
	prefix TEXT NOT NULL,
	year BIGINT NOT NULL,
	last BIGINT NOT NULL,
	PRIMARY KEY (prefix, year)
) WITHOUT ROWID;

-- protected
CREATE TABLE licence (
	id ID NOT NULL PRIMARY KEY,
	number TEXT NOT NULL,
	code TEXT NOT NULL,             -- 12 characters, without dashes
	case_id ID NOT NULL,
	case_number TEXT NOT NULL,
	version ID,                     -- of the service
	service_code TEXT NOT NULL,
	result TEXT NOT NULL,           -- id in the item card
	department TEXT NOT NULL,
	department_zh TEXT NOT NULL,
	department_en TEXT NOT NULL,
	name_zh TEXT NOT NULL,
	name_en TEXT NOT NULL,
	holder ID NOT NULL,             -- party
	state BIGINT NOT NULL,
	revision BIGINT NOT NULL,
	issued_at BIGINT NOT NULL,
	valid_from BIGINT NOT NULL,     -- days
	valid_until BIGINT NOT NULL,    -- last day; 9223372036854775807 = without end
	statement TEXT,                 -- signed note
	leaf ID NOT NULL,
	sealed_key BLOB NOT NULL,       -- empty once erased
	template BLOB NOT NULL REFERENCES licence_template (hash),
	data BLOB NOT NULL,             -- sealed JSON the template shows
	CONSTRAINT licence_number UNIQUE (number),
	CONSTRAINT licence_code UNIQUE (code)
) WITHOUT ROWID;
CREATE INDEX licence_case ON licence (case_id, id);
CREATE INDEX licence_holder ON licence (holder, id);

-- One row a change of state; the issue is the first.
-- protected
CREATE TABLE licence_event (
	id ID NOT NULL PRIMARY KEY,
	licence ID NOT NULL REFERENCES licence (id),
	at BIGINT NOT NULL,
	state BIGINT NOT NULL,
	actor TEXT NOT NULL,            -- as it may be shown; empty = the program
	reasons BLOB NOT NULL,          -- sealed text
	leaf ID NOT NULL
) WITHOUT ROWID;
CREATE INDEX licence_event_licence ON licence_event (licence, id);
