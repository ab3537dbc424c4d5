-- One note.
-- name: note_by_id :one
SELECT id, owner, title, due_ms, body, stars, place FROM note WHERE id = :id;

-- Two rows are a fault here.
-- name: note_by_place :one
-- as: note_by_id
SELECT id, owner, title, due_ms, body, stars, place FROM note WHERE place = :place;

-- name: note_add :exec
INSERT INTO note (id, owner, title, due_ms, body, stars) VALUES (:id, :owner, :title, :due_ms, :body, :stars);

-- name: note_add_once :execrows
INSERT INTO note (id, title) VALUES (:id, :title) ON CONFLICT DO NOTHING;

-- name: note_star :execrows
UPDATE note SET stars = stars + :more::BIGINT WHERE due_ms IS NULL OR due_ms < :before::BIGINT;

-- Raises and gives what it became.
-- name: note_raise :one
UPDATE note SET stars = stars + 1 WHERE id = :id RETURNING title, stars;

-- Keyset: what comes behind (due_ms, id).
-- name: notes_after :many
SELECT n.id, n.title, n.due_ms, count(e.seq) AS events::BIGINT, sum(n.stars) AS stars::BIGINT?, max(e.what) AS last::TEXT?
FROM note n LEFT JOIN note_event e ON e.note = n.id
WHERE n.due_ms IS NOT NULL AND (n.due_ms, n.id) > (:due_ms::BIGINT, :id) AND (:owner IS NULL OR n.owner = :owner)
GROUP BY n.id, n.title, n.due_ms ORDER BY n.due_ms, n.id LIMIT :limit;

-- name: note_all :each
SELECT id, title, body, stars FROM note WHERE title >= :title ORDER BY title;

-- name: note_titles :many
-- kept
SELECT title FROM note ORDER BY title;

-- name: note_title :one
-- kept
-- as: note_titles
SELECT title FROM note WHERE id = :id;

-- name: note_count :one
SELECT count(*) AS n::BIGINT, count(*) > 0 AS any_there::BIGINT FROM note;

-- name: event_add :exec
INSERT INTO note_event (note, seq, what) VALUES (:note, :seq, :what);

-- The same, not waited for.
-- name: event_send :exec
-- deferred
INSERT INTO note_event (note, seq, what) VALUES (:note, :seq, :what);

-- name: note_send :exec
-- deferred
INSERT INTO note (id, owner, title, due_ms, body, stars) VALUES (:id, :owner, :title, :due_ms, :body, :stars);

-- name: event_count :one
SELECT count(*) AS n::BIGINT FROM note_event;

-- name: note_by_title :one
SELECT id FROM note WHERE title = :title;

-- name: note_events :one
SELECT count(*) AS n::BIGINT FROM note_event WHERE note = :note;
