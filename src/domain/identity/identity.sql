-- name: party_by_id :one
SELECT id, kind, code, name, phone FROM party WHERE id = :id;

-- name: party_by_code :one
SELECT id, kind, code, name, phone FROM party WHERE code = :code;

-- name: party_add :exec
INSERT INTO party (id, kind, code, name, phone) VALUES (:id, :kind::BIGINT, :code, :name, :phone);

-- name: department_by_code :one
-- kept
SELECT id, code, name_zh, name_en FROM department WHERE code = :code;

-- name: departments :many
SELECT id, code, name_zh, name_en FROM department ORDER BY code;

-- name: department_put :exec
INSERT INTO department (id, code, name_zh, name_en) VALUES (:id, :code, :name_zh, :name_en)
ON CONFLICT (code) DO UPDATE SET name_zh = :name_zh, name_en = :name_en;

-- name: post_by_code :one
SELECT id, permissions FROM post WHERE department = :department::TEXT AND code = :code;

-- name: post_put :exec
INSERT INTO post (id, department, code, name_zh, name_en, permissions)
VALUES (:id, :department::TEXT, :code, :name_zh, :name_en, :permissions)
ON CONFLICT (department, code) DO UPDATE SET name_zh = :name_zh, name_en = :name_en, permissions = :permissions;

-- name: account_posts :many
SELECT p.id, p.department, p.code, p.name_zh, p.name_en, p.permissions FROM account_post ap JOIN post p ON p.id = ap.post
WHERE ap.account = :account ORDER BY p.code;

-- name: account_by_id :one
SELECT id, kind, login, name, officer_code, department, party, closed_at FROM account WHERE id = :id;

-- name: account_by_login :one
SELECT id, kind, password_hash, closed_at, password_once FROM account WHERE login = :login;

-- name: account_add :exec
INSERT INTO account (id, kind, login, password_hash, name, officer_code, department, party, opened_at, closed_at, password_once)
VALUES (:id, :kind::BIGINT, :login, :password_hash, :name, :officer_code, :department::TEXT?, :party?, :opened_at, 0, :password_once);

-- name: account_password :exec
UPDATE account SET password_hash = :password_hash, password_once = :password_once WHERE id = :id;

-- name: officer_set :exec
UPDATE account SET name = :name, officer_code = :officer_code, department = :department::TEXT, closed_at = :closed_at WHERE id = :id;

-- name: account_posts_clear :exec
DELETE FROM account_post WHERE account = :account;

-- name: account_post_add :exec
INSERT INTO account_post (account, post) VALUES (:account, :post);

-- name: officers :many
SELECT id, login, name, officer_code, department, closed_at FROM account WHERE kind = 2 ORDER BY department, officer_code LIMIT 2000;

-- name: representation_add :exec
INSERT INTO representation (account, party, since) VALUES (:account, :party, :since) ON CONFLICT (account, party) DO NOTHING;

-- name: acting_parties :many
SELECT p.id, p.kind, p.code, p.name, p.phone FROM representation r JOIN party p ON p.id = r.party
WHERE r.account = :account ORDER BY p.name, p.id LIMIT 200;

-- name: session_add :exec
-- deferred
INSERT INTO session (id, token_hash, account, party, opened_at, seen_at, expires_at)
VALUES (:id, :token_hash, :account, :party?, :opened_at, :opened_at, :expires_at);

-- name: session_by_token :one
SELECT s.id, s.account, s.party, s.seen_at, s.expires_at, a.kind, a.name, a.officer_code, a.department, a.closed_at, p.name AS acting_for?
FROM session s JOIN account a ON a.id = s.account LEFT JOIN party p ON p.id = s.party AND p.id <> a.party
WHERE s.token_hash = :token_hash;

-- name: session_touch :exec
-- deferred
UPDATE session SET seen_at = :seen_at WHERE id = :id;

-- name: session_act_for :exec
UPDATE session SET party = :party WHERE id = :id;

-- name: session_drop :exec
DELETE FROM session WHERE id = :id;

-- name: session_drop_all :exec
DELETE FROM session WHERE account = :account;

-- name: sessions_of :many
SELECT id, opened_at, seen_at FROM session WHERE account = :account AND expires_at > :now::BIGINT ORDER BY opened_at DESC LIMIT 50;

-- name: sessions_expire :exec
DELETE FROM session WHERE expires_at < :now::BIGINT;

-- name: failure_by_login :one
SELECT count, last_at FROM sign_in_failure WHERE login = :login;

-- name: failure_add :exec
INSERT INTO sign_in_failure (login, count, last_at) VALUES (:login, 1, :last_at)
ON CONFLICT (login) DO UPDATE SET count = sign_in_failure.count + 1, last_at = :last_at;

-- name: failure_clear :exec
DELETE FROM sign_in_failure WHERE login = :login;

-- name: system_add :exec
INSERT INTO system_account (id, department, name, token_hash, permissions, opened_at, expires_at, revoked_at)
VALUES (:id, :department::TEXT, :name, :token_hash, :permissions, :opened_at, :expires_at, 0);

-- name: system_by_token :one
SELECT id, department, name, permissions, expires_at, revoked_at FROM system_account WHERE token_hash = :token_hash;

-- name: systems :many
SELECT id, department, name, permissions, opened_at, expires_at, revoked_at FROM system_account
ORDER BY department, opened_at DESC, id LIMIT 1000;

-- One that is still good, by its name.
-- name: systems_named :many
SELECT id FROM system_account
WHERE department = :department::TEXT AND name = :name AND revoked_at = 0 AND expires_at > :now::BIGINT LIMIT 1;

-- name: system_revoke :execrows
UPDATE system_account SET revoked_at = :revoked_at WHERE id = :id AND revoked_at = 0;
