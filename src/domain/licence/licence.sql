-- name: licence_template_add :exec
INSERT INTO licence_template (hash, path, text) VALUES (:hash, :path, :text) ON CONFLICT DO NOTHING;

-- name: licence_template_by_hash :one
SELECT path, text FROM licence_template WHERE hash = :hash;

-- name: licence_sequence_next :one
INSERT INTO licence_sequence (prefix, year, last) VALUES (:prefix, :year, 1)
ON CONFLICT (prefix, year) DO UPDATE SET last = licence_sequence.last + 1 RETURNING last;

-- name: licence_add :exec
-- deferred
INSERT INTO licence (id, number, code, case_id, case_number, version, service_code, result, department, department_zh, department_en, name_zh,
	name_en, holder, state, revision, issued_at, valid_from, valid_until, statement, leaf, sealed_key, template, data)
VALUES (:id, :number, :code, :case_id, :case_number, :version, :service_code, :result, :department, :department_zh, :department_en, :name_zh,
	:name_en, :holder, :state, 1, :issued_at, :valid_from, :valid_until, :statement, :leaf, :sealed_key, :template, :data);

-- name: licence_by_id :one
SELECT id, number, code, case_id, case_number, service_code, result, department, department_zh, department_en, name_zh, name_en, holder, state,
	revision, issued_at, valid_from, valid_until, statement, leaf
FROM licence WHERE id = :id;

-- name: licence_by_code :one
-- as: licence_by_id
SELECT id, number, code, case_id, case_number, service_code, result, department, department_zh, department_en, name_zh, name_en, holder, state,
	revision, issued_at, valid_from, valid_until, statement, leaf
FROM licence WHERE code = :code;

-- name: licences_of_case :many
-- as: licence_by_id
SELECT id, number, code, case_id, case_number, service_code, result, department, department_zh, department_en, name_zh, name_en, holder, state,
	revision, issued_at, valid_from, valid_until, statement, leaf
FROM licence WHERE case_id = :case_id ORDER BY id LIMIT :limit;

-- Newest first.
-- name: licences_of_holder :many
-- as: licence_by_id
SELECT id, number, code, case_id, case_number, service_code, result, department, department_zh, department_en, name_zh, name_en, holder, state,
	revision, issued_at, valid_from, valid_until, statement, leaf
FROM licence WHERE holder = :holder ORDER BY id DESC LIMIT :limit;

-- name: licence_content :one
SELECT department, sealed_key, template, data FROM licence WHERE id = :id;

-- name: licence_set_state :execrows
UPDATE licence SET state = :state, revision = revision + 1 WHERE id = :id AND revision = :revision;

-- name: licence_event_add :exec
-- deferred
INSERT INTO licence_event (id, licence, at, state, actor, reasons, leaf) VALUES (:id, :licence, :at, :state, :actor, :reasons, :leaf);

-- name: licence_events :many
SELECT id, at, state, actor, reasons, leaf FROM licence_event WHERE licence = :licence ORDER BY id;
