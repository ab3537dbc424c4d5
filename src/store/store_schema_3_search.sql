-- What can be searched for by words: one row for each thing. The terms stand in the full-text index of the database.
CREATE TABLE search_doc (
	doc BIGINT NOT NULL PRIMARY KEY, -- ascends with time; the key of pages
	kind TEXT NOT NULL,              -- "service", "casefile"
	subject ID NOT NULL,
	CONSTRAINT search_doc_subject UNIQUE (kind, subject)
);
-- only: sqlite
CREATE VIRTUAL TABLE search_terms USING fts5(terms, tokenize = 'unicode61 remove_diacritics 0');
-- only: postgres
ALTER TABLE search_doc ADD COLUMN terms tsvector NOT NULL DEFAULT '';
-- only: postgres
CREATE INDEX search_doc_terms ON search_doc USING gin (terms);
