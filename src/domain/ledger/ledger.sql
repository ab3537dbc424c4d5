-- name: leaf_add :exec
-- deferred
INSERT INTO ledger_leaf (id, at, type, department, case_id, subject, commitment, rules, is_sealed, salt, record)
VALUES (:id, :at, :type, :department, :case_id, :subject, :commitment, :rules, :is_sealed, :salt, :record);

-- Written in this transaction and not yet in the tree, in order of their ids.
-- name: leaves_pending :many
SELECT id, at, type, department, case_id, commitment, rules FROM ledger_leaf WHERE position IS NULL ORDER BY id LIMIT :limit;

-- name: leaf_last_of_case :one
SELECT position FROM ledger_leaf WHERE case_id = :case_id AND position IS NOT NULL ORDER BY position DESC LIMIT 1;

-- name: leaf_place :exec
-- deferred
UPDATE ledger_leaf SET position = :position, entry = :entry WHERE id = :id;

-- name: leaf_by_id :one
SELECT id, position, at, type, department, case_id, subject FROM ledger_leaf WHERE id = :id;

-- name: leaves_of_case :many
-- as: leaf_by_id
SELECT id, position, at, type, department, case_id, subject FROM ledger_leaf WHERE case_id = :case_id AND position IS NOT NULL
ORDER BY position LIMIT :limit;

-- name: leaf_receipt :one
SELECT position, is_sealed, salt, record, entry FROM ledger_leaf WHERE id = :id;

-- Entries of a bundle.
-- name: leaf_entries :many
SELECT entry FROM ledger_leaf WHERE position >= :first::BIGINT AND position < :end::BIGINT ORDER BY position;

-- name: leaf_all :each
SELECT id, position, at, type, department, commitment, rules, entry FROM ledger_leaf WHERE position IS NOT NULL ORDER BY position;

-- name: leaf_at :one
SELECT id FROM ledger_leaf WHERE position = :position;

-- name: tree :one
SELECT size, frontier FROM ledger_tree WHERE one = 1;

-- name: tree_set :exec
-- deferred
INSERT INTO ledger_tree (one, size, frontier) VALUES (1, :size, :frontier)
ON CONFLICT (one) DO UPDATE SET size = excluded.size, frontier = excluded.frontier;

-- name: tile :one
SELECT hashes FROM ledger_tile WHERE level = :level AND position = :position;

-- name: tile_set :exec
-- deferred
INSERT INTO ledger_tile (level, position, hashes) VALUES (:level, :position, :hashes)
ON CONFLICT (level, position) DO UPDATE SET hashes = excluded.hashes;

-- name: checkpoint_add :exec
-- deferred
INSERT INTO ledger_checkpoint (size, at, root, note) VALUES (:size, :at, :root, :note);

-- Newest first.
-- name: checkpoints :many
SELECT size, at, root, note FROM ledger_checkpoint ORDER BY size DESC LIMIT :limit;

-- name: checkpoint_all :each
-- as: checkpoints
SELECT size, at, root, note FROM ledger_checkpoint ORDER BY size;
