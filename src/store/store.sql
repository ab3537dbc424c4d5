-- name: migration_list :many
SELECT room, number, hash FROM schema_migration ORDER BY room, number;

-- name: migration_add :exec
INSERT INTO schema_migration (room, number, hash, applied_ms) VALUES (:room, :number, :hash, :applied_ms);

-- name: outbox_insert :exec
-- deferred
INSERT INTO outbox (id, topic, subject, payload, at_ms, next_ms) VALUES (:id, :topic, :subject, :payload, :at_ms, :at_ms);

-- Due events in order, without those that stand behind one that waits.
-- name: outbox_due :many
SELECT o.id, o.topic, o.subject, o.payload, o.at_ms, o.attempts FROM outbox o
WHERE o.next_ms <= :now::BIGINT AND NOT EXISTS
	(SELECT 1 FROM outbox e WHERE e.subject = o.subject AND e.id < o.id AND e.next_ms > :now::BIGINT)
ORDER BY o.id LIMIT :limit;

-- name: outbox_delete :exec
-- deferred
DELETE FROM outbox WHERE id = :id;

-- name: outbox_delay :exec
UPDATE outbox SET attempts = attempts + 1, next_ms = :next_ms WHERE id = :id;

-- name: outbox_state :one
SELECT count(*) AS waiting::BIGINT, min(at_ms) AS oldest_ms::BIGINT?, max(attempts) AS attempts::BIGINT? FROM outbox;

-- name: timer_put :exec
-- deferred
INSERT INTO timer (kind, subject, name, due_ms, next_ms) VALUES (:kind, :subject, :name, :due_ms, :due_ms)
ON CONFLICT (kind, subject, name) DO UPDATE SET due_ms = excluded.due_ms, next_ms = excluded.next_ms, attempts = 0;

-- name: timer_delete :execrows
DELETE FROM timer WHERE kind = :kind AND subject = :subject AND name = :name;

-- name: timer_delete_all :execrows
DELETE FROM timer WHERE kind = :kind AND subject = :subject;

-- name: timer_take :execrows
DELETE FROM timer WHERE kind = :kind AND subject = :subject AND name = :name AND due_ms = :due_ms;

-- name: timer_due :many
SELECT kind, subject, name, due_ms, attempts FROM timer WHERE next_ms <= :now::BIGINT
ORDER BY next_ms, kind, subject, name LIMIT :limit;

-- name: timer_delay :exec
UPDATE timer SET attempts = attempts + 1, next_ms = :next_ms WHERE kind = :kind AND subject = :subject AND name = :name;

-- name: timer_earliest_of :one
SELECT min(due_ms) AS due_ms::BIGINT? FROM timer WHERE kind = :kind AND subject = :subject;

-- name: timer_earliest :one
SELECT min(next_ms) AS next_ms::BIGINT? FROM timer;

-- The number a thing has, given on the first call.
-- name: search_doc_put :one
INSERT INTO search_doc (doc, kind, subject) VALUES (:doc, :kind, :subject)
ON CONFLICT (kind, subject) DO UPDATE SET kind = excluded.kind RETURNING doc;

-- name: search_sqlite_delete :exec
-- only: sqlite
DELETE FROM search_terms WHERE rowid = :doc::BIGINT;

-- name: search_sqlite_insert :exec
-- only: sqlite
INSERT INTO search_terms (rowid, terms) VALUES (:doc::BIGINT, :terms::TEXT);

-- name: search_sqlite_find :many
-- only: sqlite
SELECT d.doc, d.subject FROM search_terms t JOIN search_doc d ON d.doc = t.rowid
WHERE t.terms MATCH :query::TEXT AND t.rowid < :before::BIGINT AND d.kind = :kind ORDER BY t.rowid DESC LIMIT :limit;

-- name: search_postgres_put :exec
-- only: postgres
UPDATE search_doc SET terms = array_to_tsvector(string_to_array(:terms::TEXT, ' ')) WHERE doc = :doc::BIGINT;

-- name: search_postgres_find :many
-- only: postgres
-- as: search_sqlite_find
SELECT doc AS doc::BIGINT, subject AS subject::ID FROM search_doc
WHERE terms @@ CAST(:query::TEXT AS tsquery) AND doc < :before::BIGINT AND kind = :kind::TEXT ORDER BY doc DESC LIMIT :limit;
