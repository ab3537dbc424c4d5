-- name: notice_add :exec
-- deferred
INSERT INTO notice (id, party, case_id, licence, act, case_number, service_code, event, at, read_at)
VALUES (:id, :party, :case_id, :licence, :act, :case_number, :service_code, :event, :at, 0) ON CONFLICT (event) DO NOTHING;

-- name: notices_of :many
SELECT id, case_id, licence, act, case_number, service_code, at, read_at FROM notice WHERE party = :party ORDER BY at DESC, id DESC LIMIT 100;

-- name: notice_count_unread :one
SELECT COUNT(*) AS count::BIGINT FROM notice WHERE party = :party AND read_at = 0;

-- name: notices_read :exec
UPDATE notice SET read_at = :read_at WHERE party = :party AND read_at = 0;
