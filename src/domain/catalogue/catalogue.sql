-- name: service_by_code :one
-- kept
SELECT id, current_version FROM service WHERE code = :code;

-- name: service_add :exec
INSERT INTO service (id, code, current_version) VALUES (:id, :code, :current_version);

-- name: service_set_current :exec
UPDATE service SET current_version = :current_version WHERE id = :id;

-- name: version_add :exec
INSERT INTO service_version (id, service, number, published_at, published_by, folder_hash, name_zh, name_en, summary_zh,
  summary_en, life_event_zh, life_event_en, body, handling, promised_days)
VALUES (:id, :service, :number::BIGINT, :published_at, :published_by?, :folder_hash, :name_zh, :name_en, :summary_zh, :summary_en,
  :life_event_zh, :life_event_en, :body, :handling, :promised_days);

-- name: version_by_id :one
SELECT v.id, v.service, v.number, v.published_at, v.folder_hash, s.code
FROM service_version v JOIN service s ON s.id = v.service WHERE v.id = :id;

-- name: version_by_number :one
SELECT id FROM service_version WHERE service = :service AND number = :number;

-- name: versions_of :many
SELECT v.id, v.number, v.published_at, v.published_by, v.folder_hash, v.name_zh, v.name_en, a.name AS publisher?
FROM service_version v LEFT JOIN account a ON a.id = v.published_by
WHERE v.service = :service ORDER BY v.number DESC LIMIT 200;

-- name: file_add :exec
-- deferred
INSERT INTO service_file (version, path, bytes) VALUES (:version, :path, :bytes);

-- name: files_of :many
SELECT path, bytes FROM service_file WHERE version = :version ORDER BY path;

-- name: services_current :many
-- kept
SELECT s.id, s.code, v.name_zh, v.name_en, v.summary_zh, v.summary_en, v.life_event_zh, v.life_event_en, v.body, v.handling,
  v.promised_days, v.number, v.published_at
FROM service s JOIN service_version v ON v.id = s.current_version ORDER BY s.code;

-- name: service_current_by_id :one
SELECT s.code, v.name_zh, v.name_en, v.summary_zh, v.summary_en, v.life_event_zh, v.life_event_en, v.body, v.handling, v.promised_days
FROM service s JOIN service_version v ON v.id = s.current_version WHERE s.id = :id;
