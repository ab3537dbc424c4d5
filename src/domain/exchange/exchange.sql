-- name: exchange_purpose_open :exec
INSERT INTO exchange_purpose (code, name_zh, name_en, basis_zh, basis_en) VALUES (:code, :name_zh, :name_en, :basis_zh, :basis_en);

-- name: exchange_reader_open :exec
INSERT INTO exchange_reader (purpose, department) VALUES (:purpose, :department);

-- name: exchange_grant_open :exec
INSERT INTO exchange_grant (purpose, register_name, field) VALUES (:purpose, :register_name, :field);

-- name: exchange_grants_clear :exec
DELETE FROM exchange_grant;

-- name: exchange_readers_clear :exec
DELETE FROM exchange_reader;

-- name: exchange_purposes_clear :exec
DELETE FROM exchange_purpose;

-- name: exchange_purpose_by_code :one
SELECT code, name_zh, name_en, basis_zh, basis_en FROM exchange_purpose WHERE code = :code;

-- name: exchange_purposes_all :many
-- as: exchange_purpose_by_code
SELECT code, name_zh, name_en, basis_zh, basis_en FROM exchange_purpose ORDER BY code;

-- name: exchange_readers_of :many
SELECT department FROM exchange_reader WHERE purpose = :purpose ORDER BY department;

-- name: exchange_grants_by_purpose :many
SELECT register_name, field FROM exchange_grant WHERE purpose = :purpose ORDER BY register_name, field;

-- name: exchange_readers_count :one
SELECT COUNT(*) AS count::BIGINT FROM exchange_reader WHERE purpose = :purpose AND department = :department;

-- name: exchange_grants_of :many
SELECT field FROM exchange_grant WHERE purpose = :purpose AND register_name = :register_name LIMIT 1000;

-- name: exchange_access_add :exec
-- deferred
INSERT INTO exchange_access (id, subject, at, register_name, fields, purpose, basis, basis_en, case_id, case_number, department, reader,
  reader_code, account, found, leaf)
VALUES (:id, :subject, :at, :register_name, :fields, :purpose, :basis, :basis_en, :case_id, :case_number, :department, :reader,
  :reader_code, :account, :found, :leaf);

-- Newest first, all departments. Ids ascend with time.
-- name: exchange_accesses_of :many
SELECT a.id, a.at, a.register_name, a.fields, a.purpose, a.basis, a.basis_en, a.case_id, a.case_number, a.department, a.reader, a.reader_code,
  a.found, a.leaf, d.at AS disputed_at?, d.answer AS answer?, d.answered_at AS answered_at?
FROM exchange_access a LEFT JOIN exchange_dispute d ON d.access = a.id
WHERE a.subject = :subject AND a.id < :before::ID ORDER BY a.id DESC LIMIT :limit;

-- name: exchange_accesses_by_department :many
-- as: exchange_accesses_of
SELECT a.id, a.at, a.register_name, a.fields, a.purpose, a.basis, a.basis_en, a.case_id, a.case_number, a.department, a.reader, a.reader_code,
  a.found, a.leaf, d.at AS disputed_at?, d.answer AS answer?, d.answered_at AS answered_at?
FROM exchange_access a LEFT JOIN exchange_dispute d ON d.access = a.id
WHERE a.subject = :subject AND a.department = :department AND a.id < :before::ID ORDER BY a.id DESC LIMIT :limit;

-- name: exchange_access_by_id :one
-- as: exchange_accesses_of
SELECT a.id, a.at, a.register_name, a.fields, a.purpose, a.basis, a.basis_en, a.case_id, a.case_number, a.department, a.reader, a.reader_code,
  a.found, a.leaf, d.at AS disputed_at?, d.answer AS answer?, d.answered_at AS answered_at?
FROM exchange_access a LEFT JOIN exchange_dispute d ON d.access = a.id
WHERE a.id = :id AND a.subject = :subject;

-- name: exchange_departments_of :many
SELECT DISTINCT department FROM exchange_access WHERE subject = :subject ORDER BY department LIMIT 200;

-- name: exchange_dispute_add :execrows
INSERT INTO exchange_dispute (id, access, text, at, answer, answered_at, account)
VALUES (:id, :access, :text, :at, NULL, 0, NULL) ON CONFLICT (access) DO NOTHING;

-- Open first (answered_at 0), oldest first.
-- name: exchange_disputes :many
SELECT d.id, d.text, d.at, d.answer, d.answered_at, a.id AS access, a.at AS read_at, a.register_name, a.fields, a.purpose,
  a.basis, a.basis_en, a.case_number, a.department, a.reader, a.reader_code, a.found
FROM exchange_dispute d JOIN exchange_access a ON a.id = d.access
ORDER BY d.answered_at, d.at, d.id LIMIT 200;

-- name: exchange_dispute_by_id :one
SELECT d.access, d.answered_at, a.case_id, a.case_number, a.department
FROM exchange_dispute d JOIN exchange_access a ON a.id = d.access WHERE d.id = :id;

-- name: exchange_dispute_answer :execrows
UPDATE exchange_dispute SET answer = :answer, answered_at = :answered_at, account = :account
WHERE id = :id AND answered_at = 0;
