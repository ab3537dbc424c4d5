-- name: designer_draft_add :exec
INSERT INTO designer_draft (id, service_code, base, author, state, revision, opened_at, saved_at, folder_hash, published)
VALUES (:id, :service_code, :base, :author, 1, 1, :opened_at, :opened_at, :folder_hash, NULL);

-- name: designer_draft_by_id :one
SELECT d.id, d.service_code, d.base, d.author, d.state, d.revision, d.opened_at, d.saved_at, d.folder_hash, d.published, a.name AS author_name?
FROM designer_draft d LEFT JOIN account a ON a.id = d.author WHERE d.id = :id;

-- name: designer_drafts_of :many
SELECT d.id, d.saved_at, a.name AS author_name? FROM designer_draft d LEFT JOIN account a ON a.id = d.author
WHERE d.service_code = :service_code AND d.state = 1 ORDER BY d.id DESC LIMIT :limit;

-- name: designer_draft_change :execrows
UPDATE designer_draft SET base = :base, revision = revision + 1, saved_at = :saved_at, folder_hash = :folder_hash
WHERE id = :id AND revision = :revision AND state = 1;

-- name: designer_draft_end :execrows
UPDATE designer_draft SET state = :state, revision = revision + 1, published = :published?
WHERE id = :id AND revision = :revision AND state = 1;

-- name: designer_draft_file_put :exec
INSERT INTO designer_file (draft, path, bytes) VALUES (:draft, :path, :bytes)
ON CONFLICT (draft, path) DO UPDATE SET bytes = excluded.bytes;

-- name: designer_draft_file_drop :exec
DELETE FROM designer_file WHERE draft = :draft AND path = :path;

-- name: designer_draft_files :many
SELECT path, bytes FROM designer_file WHERE draft = :draft ORDER BY path;

-- name: designer_test_put :exec
INSERT INTO designer_test (draft, folder_hash, at, passed, failed) VALUES (:draft, :folder_hash, :at, :passed::BIGINT, :failed::BIGINT)
ON CONFLICT (draft) DO UPDATE SET folder_hash = excluded.folder_hash, at = excluded.at, passed = excluded.passed, failed = excluded.failed;

-- name: designer_test_cases_drop :exec
DELETE FROM designer_test_case WHERE draft = :draft;

-- name: designer_test_case_add :exec
INSERT INTO designer_test_case (draft, number, name, passed, differences) VALUES (:draft, :number::BIGINT, :name::TEXT, :passed::BIGINT, :differences);

-- name: designer_test_of :one
SELECT folder_hash, at, passed, failed FROM designer_test WHERE draft = :draft;

-- name: designer_test_cases_of :many
SELECT name, passed, differences FROM designer_test_case WHERE draft = :draft ORDER BY number;

-- name: designer_replay_add :exec
INSERT INTO designer_replay (id, draft, folder_hash, account, leaf, from_ms, until_ms, started_at, ended_at, at_ms, at_case, total, cases,
  decisions, changed, unread)
VALUES (:id, :draft, :folder_hash, :account, :leaf, :from_ms, :until_ms, :started_at, 0, 0, :id, :total::BIGINT, 0, 0, 0, 0);

-- name: designer_replay_running :many
SELECT id, draft, folder_hash, from_ms, until_ms, at_ms, at_case, cases, decisions, changed, unread
FROM designer_replay WHERE ended_at = 0 ORDER BY id LIMIT 1;

-- name: designer_replay_step :exec
UPDATE designer_replay SET at_ms = :at_ms, at_case = :at_case, cases = :cases, decisions = :decisions, changed = :changed,
  unread = :unread, ended_at = :ended_at WHERE id = :id;

-- name: designer_replay_by_id :one
SELECT r.id, r.draft, r.folder_hash, r.leaf, r.from_ms, r.until_ms, r.started_at, r.ended_at, r.total, r.cases, r.decisions, r.changed,
  r.unread, a.name AS asker_name?
FROM designer_replay r LEFT JOIN account a ON a.id = r.account WHERE r.id = :id;

-- name: designer_replays_of :many
SELECT id, folder_hash, from_ms, until_ms, started_at, ended_at, total, cases, changed FROM designer_replay
WHERE draft = :draft ORDER BY id DESC LIMIT 20;

-- name: designer_replay_change_add :exec
INSERT INTO designer_replay_change (replay, number, case_id, case_number, decision, rule_before, rule_after, failed_column, failed_cell)
VALUES (:replay, :number, :case_id, :case_number, :decision, :rule_before, :rule_after, :failed_column, :failed_cell);

-- With the version that the case was filed under, whose rules held before.
-- name: designer_replay_changes_of :many
SELECT d.number, d.case_id, d.case_number, d.decision, d.rule_before, d.rule_after, d.failed_column, d.failed_cell, c.version
FROM designer_replay_change d JOIN casefile c ON c.id = d.case_id
WHERE d.replay = :replay AND d.number > :after::BIGINT ORDER BY d.number LIMIT :limit;

-- name: designer_replay_groups_of :many
SELECT d.decision, d.rule_before, d.rule_after, d.failed_column, d.failed_cell, c.version, COUNT(*) AS count::BIGINT
FROM designer_replay_change d JOIN casefile c ON c.id = d.case_id
WHERE d.replay = :replay GROUP BY d.decision, d.rule_before, d.rule_after, d.failed_column, d.failed_cell, c.version
ORDER BY COUNT(*) DESC, d.decision, d.rule_before, d.rule_after, c.version LIMIT 100;
