-- name: migration_list :many
SELECT room, number, hash FROM schema_migration ORDER BY room, number;

-- name: migration_add :exec
INSERT INTO schema_migration (room, number, hash, applied_ms) VALUES (:room, :number, :hash, :applied_ms);
