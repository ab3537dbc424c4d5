-- The ledger: leaves, the tree over them as hash tiles, and the signed checkpoints. Nothing here is ever changed back;
-- only a leaf's position and entry are filled in, by the transaction that wrote it.

-- protected
CREATE TABLE ledger_leaf (
	id ID NOT NULL PRIMARY KEY,
	position BIGINT,            -- index in the tree; null until the transaction that wrote it ends
	at BIGINT NOT NULL,
	type TEXT NOT NULL,
	department TEXT NOT NULL,   -- code, or empty
	case_id ID,
	subject ID,                 -- party whom the act concerns
	commitment BLOB NOT NULL,
	rules BLOB,                 -- hash of the rules applied
	is_sealed BIGINT NOT NULL,  -- 1 = salt and record are sealed under the key of the case
	salt BLOB NOT NULL,
	record BLOB NOT NULL,       -- canonical JSON
	entry BLOB,                 -- the leaf's bytes as hashed (docs/standards/receipt.md); null like position
	CONSTRAINT ledger_leaf_position UNIQUE (position)
) WITHOUT ROWID;
CREATE INDEX ledger_leaf_case ON ledger_leaf (case_id, position);

-- One row: how far the tree is.
-- protected
CREATE TABLE ledger_tree (
	one BIGINT NOT NULL PRIMARY KEY, -- 1
	size BIGINT NOT NULL,
	frontier BLOB NOT NULL      -- roots of the perfect subtrees, largest first, 32 bytes each
) WITHOUT ROWID;

-- Tiles as c2sp.org/tlog-tiles has them; the right edge grows in place.
-- protected
CREATE TABLE ledger_tile (
	level BIGINT NOT NULL,
	position BIGINT NOT NULL,
	hashes BLOB NOT NULL,       -- 1 to 256 times 32 bytes
	PRIMARY KEY (level, position)
) WITHOUT ROWID;

-- protected
CREATE TABLE ledger_checkpoint (
	size BIGINT NOT NULL PRIMARY KEY,
	at BIGINT NOT NULL,
	root BLOB NOT NULL,
	note TEXT NOT NULL          -- the signed note
) WITHOUT ROWID;
