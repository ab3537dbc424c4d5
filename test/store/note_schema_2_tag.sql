-- A later file: a new table, and a new column of an old one.
CREATE TABLE note_tag (note ID NOT NULL REFERENCES note (id), tag TEXT NOT NULL, PRIMARY KEY (note, tag));
ALTER TABLE note ADD COLUMN place TEXT NOT NULL DEFAULT '';
