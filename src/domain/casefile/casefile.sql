-- name: case_add :exec
INSERT INTO casefile (id, number, service_code, version, party, account, department, state, revision, opened_at, saved_at,
  filed_at, received_at, accepted_at, decided_at, closed_at, statutory_due, promised_due, days_used, sealed_key, applicant,
  applicant_mark, form, process, submit_key)
VALUES (:id, NULL, :service_code, :version, :party, :account, :department, :state, 1, :opened_at, :opened_at,
  0, 0, 0, 0, 0, 0, 0, 0, :sealed_key, :applicant, :applicant_mark, :form, :process, NULL);

-- name: case_by_id :one
SELECT id, number, service_code, version, party, account, department, state, revision, opened_at, saved_at, filed_at,
  received_at, accepted_at, decided_at, closed_at, statutory_due, promised_due, days_used, sealed_key, applicant
FROM casefile WHERE id = :id;

-- What only acts and the pages of a form need.
-- name: case_texts :one
SELECT form, process FROM casefile WHERE id = :id;

-- name: case_id_by_number :one
SELECT id FROM casefile WHERE number = :number;

-- name: case_id_by_submit_key :one
SELECT id, account FROM casefile WHERE submit_key = :submit_key;

-- name: case_save_form :execrows
UPDATE casefile SET form = :form, saved_at = :saved_at, revision = revision + 1
WHERE id = :id AND revision = :revision AND state IN (0, 2);

-- name: case_file :execrows
UPDATE casefile SET number = :number, filed_at = :filed_at, submit_key = :submit_key, version = :version
WHERE id = :id AND number IS NULL;

-- Everything that an act may change, guarded by the revision it read.
-- name: case_step :execrows
UPDATE casefile SET state = :state, revision = revision + 1, received_at = :received_at, accepted_at = :accepted_at, decided_at = :decided_at,
  closed_at = :closed_at, statutory_due = :statutory_due, promised_due = :promised_due, days_used = :days_used,
  form = :form, process = :process
WHERE id = :id AND revision = :revision;

-- name: case_drop_draft :execrows
DELETE FROM casefile WHERE id = :id AND number IS NULL;

-- name: cases_of_party :many
SELECT id, number, service_code, version, state, opened_at, saved_at, filed_at, promised_due, statutory_due, closed_at
FROM casefile WHERE party = :party AND opened_at <= :before::BIGINT ORDER BY opened_at DESC, id DESC LIMIT :limit;

-- name: event_add :exec
-- deferred
INSERT INTO casefile_event (id, case_id, act, at, actor, department, leaf, record)
VALUES (:id, :case_id, :act::BIGINT, :at, :actor?, :department::TEXT?, :leaf, :record);

-- name: events_of :many
SELECT e.id, e.act, e.at, e.actor, e.department, e.leaf, e.record, a.name AS actor_name?, a.officer_code AS actor_code?
FROM casefile_event e LEFT JOIN account a ON a.id = e.actor WHERE e.case_id = :case_id ORDER BY e.id;

-- name: events_of_act :many
SELECT at, record FROM casefile_event WHERE case_id = :case_id AND act = :act::BIGINT ORDER BY id;

-- name: rule_add :exec
-- deferred
INSERT INTO casefile_rule (case_id, event, record) VALUES (:case_id, :event, :record);

-- name: rule_record :one
SELECT record FROM casefile_rule WHERE case_id = :case_id AND event = :event;

-- What rules decided in a case, with the key that opens it.
-- name: rule_records :many
SELECT e.record AS act, r.record, c.department, c.sealed_key
FROM casefile_rule r JOIN casefile_event e ON e.id = r.event JOIN casefile c ON c.id = r.case_id
WHERE r.case_id = :case_id ORDER BY r.event LIMIT :limit;

-- name: cases_decided :many
SELECT id, version, number, decided_at FROM casefile
WHERE service_code = :service_code AND decided_at >= :from_ms::BIGINT AND decided_at < :until_ms::BIGINT
  AND (decided_at > :after_ms::BIGINT OR (decided_at = :after_ms::BIGINT AND id > :after_id::ID))
ORDER BY decided_at, id LIMIT :limit;

-- name: count_decided :one
SELECT COUNT(*) AS count::BIGINT FROM casefile
WHERE service_code = :service_code AND decided_at >= :from_ms::BIGINT AND decided_at < :until_ms::BIGINT;

-- name: task_add :exec
-- deferred
INSERT INTO casefile_task (id, case_id, wait, element, act, department, post, service_code, assignee, opened_at, due_day,
  closed_at, outcome, silent)
VALUES (:id, :case_id, :wait, :element, :act::TEXT, :department::TEXT, :post::TEXT, :service_code, NULL, :opened_at, :due_day,
  0, '', 0);

-- name: task_by_id :one
SELECT id, case_id, wait, element, act, department, post, assignee, opened_at, due_day, closed_at, outcome, silent
FROM casefile_task WHERE id = :id;

-- name: tasks_of :many
SELECT id, case_id, wait, element, act, department, post, assignee, opened_at, due_day, closed_at, outcome, silent
FROM casefile_task WHERE case_id = :case_id ORDER BY id;

-- name: task_open_by_wait :one
SELECT id, act, department FROM casefile_task WHERE case_id = :case_id AND wait = :wait AND closed_at = 0;

-- name: task_close :execrows
UPDATE casefile_task SET closed_at = :closed_at, outcome = :outcome, silent = :silent WHERE id = :id AND closed_at = 0;

-- name: tasks_close_all :exec
-- deferred
UPDATE casefile_task SET closed_at = :closed_at, outcome = 'cancelled' WHERE case_id = :case_id AND closed_at = 0;

-- name: task_claim :execrows
UPDATE casefile_task SET assignee = :assignee WHERE id = :id AND closed_at = 0 AND assignee IS NULL;

-- The desk: open tasks of a department in order of their due day, after a place (due day, id); one statement for each index.
-- name: desk_tasks :many
SELECT t.id, t.case_id, t.element, t.act, t.post, t.assignee, t.opened_at, t.due_day, c.number, c.service_code, c.version, c.state,
  c.statutory_due, c.promised_due, c.department, c.sealed_key, c.applicant
FROM casefile_task t JOIN casefile c ON c.id = t.case_id
WHERE t.closed_at = 0 AND t.department = :department::TEXT
  AND t.due_day >= :after_day::BIGINT AND (t.due_day > :after_day::BIGINT OR t.id > :after_id::ID) AND t.due_day <= :due_until::BIGINT
ORDER BY t.due_day, t.id LIMIT :limit;

-- name: desk_tasks_of_service :many
-- as: desk_tasks
SELECT t.id, t.case_id, t.element, t.act, t.post, t.assignee, t.opened_at, t.due_day, c.number, c.service_code, c.version, c.state,
  c.statutory_due, c.promised_due, c.department, c.sealed_key, c.applicant
FROM casefile_task t JOIN casefile c ON c.id = t.case_id
WHERE t.closed_at = 0 AND t.department = :department::TEXT AND t.service_code = :service_code
  AND t.due_day >= :after_day::BIGINT AND (t.due_day > :after_day::BIGINT OR t.id > :after_id::ID) AND t.due_day <= :due_until::BIGINT
ORDER BY t.due_day, t.id LIMIT :limit;

-- name: desk_tasks_of_act :many
-- as: desk_tasks
SELECT t.id, t.case_id, t.element, t.act, t.post, t.assignee, t.opened_at, t.due_day, c.number, c.service_code, c.version, c.state,
  c.statutory_due, c.promised_due, c.department, c.sealed_key, c.applicant
FROM casefile_task t JOIN casefile c ON c.id = t.case_id
WHERE t.closed_at = 0 AND t.department = :department::TEXT AND t.act = :act::TEXT
  AND t.due_day >= :after_day::BIGINT AND (t.due_day > :after_day::BIGINT OR t.id > :after_id::ID) AND t.due_day <= :due_until::BIGINT
ORDER BY t.due_day, t.id LIMIT :limit;

-- name: desk_tasks_of_service_act :many
-- as: desk_tasks
SELECT t.id, t.case_id, t.element, t.act, t.post, t.assignee, t.opened_at, t.due_day, c.number, c.service_code, c.version, c.state,
  c.statutory_due, c.promised_due, c.department, c.sealed_key, c.applicant
FROM casefile_task t JOIN casefile c ON c.id = t.case_id
WHERE t.closed_at = 0 AND t.department = :department::TEXT AND t.service_code = :service_code AND t.act = :act::TEXT
  AND t.due_day >= :after_day::BIGINT AND (t.due_day > :after_day::BIGINT OR t.id > :after_id::ID) AND t.due_day <= :due_until::BIGINT
ORDER BY t.due_day, t.id LIMIT :limit;

-- One's own are few, whatever else is asked of them.
-- name: desk_tasks_mine :many
-- as: desk_tasks
SELECT t.id, t.case_id, t.element, t.act, t.post, t.assignee, t.opened_at, t.due_day, c.number, c.service_code, c.version, c.state,
  c.statutory_due, c.promised_due, c.department, c.sealed_key, c.applicant
FROM casefile_task t JOIN casefile c ON c.id = t.case_id
WHERE t.closed_at = 0 AND t.assignee = :account::ID AND t.department = :department::TEXT
  AND (:service_code::TEXT = '' OR t.service_code = :service_code::TEXT) AND (:act::TEXT = '' OR t.act = :act::TEXT)
  AND t.due_day >= :after_day::BIGINT AND (t.due_day > :after_day::BIGINT OR t.id > :after_id::ID) AND t.due_day <= :due_until::BIGINT
ORDER BY t.due_day, t.id LIMIT :limit;

-- name: cases_by_applicant :many
SELECT id, number, service_code, version, state, filed_at, statutory_due, promised_due, department, sealed_key, applicant
FROM casefile WHERE department = :department AND applicant_mark = :applicant_mark ORDER BY id DESC LIMIT 50;

-- name: pause_add :exec
-- deferred
INSERT INTO casefile_pause (id, case_id, procedure, started_at, ended_at) VALUES (:id, :case_id, :procedure, :started_at, 0);

-- name: pause_end :execrows
UPDATE casefile_pause SET ended_at = :ended_at WHERE case_id = :case_id AND ended_at = 0;

-- name: pauses_of :many
SELECT procedure, started_at, ended_at FROM casefile_pause WHERE case_id = :case_id ORDER BY started_at;

-- name: extension_of :one
SELECT days, at, actor FROM casefile_extension WHERE case_id = :case_id;

-- name: extension_add :exec
-- deferred
INSERT INTO casefile_extension (case_id, days, at, actor) VALUES (:case_id, :days::BIGINT, :at, :actor);

-- name: defect_add :exec
-- deferred
INSERT INTO casefile_defect (id, case_id, notice, field, text) VALUES (:id, :case_id, :notice, :field::TEXT, :text);

-- name: defects_of :many
SELECT notice, field, text FROM casefile_defect WHERE case_id = :case_id ORDER BY notice DESC, id LIMIT 500;

-- name: material_add :exec
-- deferred
INSERT INTO casefile_material (id, case_id, material, field, hash, size, type, name, added_at)
VALUES (:id, :case_id, :material, :field::TEXT, :hash, :size, :type, :name::BLOB, :added_at);

-- name: materials_of :many
SELECT id, material, field, hash, size, type, name, added_at FROM casefile_material WHERE case_id = :case_id ORDER BY material, id;

-- name: material_drop :execrows
DELETE FROM casefile_material WHERE id = :id AND case_id = :case_id;

-- name: materials_drop_all :exec
DELETE FROM casefile_material WHERE case_id = :case_id;

-- name: material_uses :one
SELECT COUNT(*) AS count::BIGINT FROM casefile_material WHERE hash = :hash;

-- name: filter_put :exec
INSERT INTO casefile_filter (id, account, name, query) VALUES (:id, :account, :name::TEXT, :query)
ON CONFLICT (account, name) DO UPDATE SET query = :query;

-- name: filters_of :many
SELECT id, name, query FROM casefile_filter WHERE account = :account ORDER BY name LIMIT 50;

-- name: filter_drop :exec
DELETE FROM casefile_filter WHERE id = :id AND account = :account;

-- name: read_recent :many
SELECT id FROM casefile_read WHERE case_id = :case_id AND account = :account AND at > :since::BIGINT LIMIT 1;

-- name: read_add :exec
-- deferred
INSERT INTO casefile_read (id, case_id, party, account, department, at, task)
VALUES (:id, :case_id, :party, :account, :department::TEXT, :at, :task?);

-- Real processing times: how many decided cases took how many working days.
-- name: days_histogram :many
SELECT days_used, COUNT(*) AS count::BIGINT FROM casefile
WHERE service_code = :service_code AND decided_at >= :since::BIGINT GROUP BY days_used ORDER BY days_used;

-- name: count_decided_in_time :one
SELECT COUNT(*) AS decided::BIGINT, COALESCE(SUM(CASE WHEN days_used <= :days::BIGINT THEN 1 ELSE 0 END), 0) AS in_time::BIGINT
FROM casefile WHERE service_code = :service_code AND decided_at >= :since::BIGINT AND decided_at < :until::BIGINT;

-- name: count_filed :one
SELECT COUNT(*) AS count::BIGINT FROM casefile WHERE service_code = :service_code AND filed_at >= :since::BIGINT;

-- name: stat_put :exec
INSERT INTO casefile_stat (service_code, made_at, filed, decided, median_days, p90_days, month_decided, month_kept)
VALUES (:service_code, :made_at, :filed, :decided, :median_days, :p90_days, :month_decided, :month_kept)
ON CONFLICT (service_code) DO UPDATE SET made_at = :made_at, filed = :filed, decided = :decided, median_days = :median_days,
  p90_days = :p90_days, month_decided = :month_decided, month_kept = :month_kept;

-- name: stat_of :one
-- kept
SELECT filed, decided, median_days, p90_days FROM casefile_stat WHERE service_code = :service_code;

-- name: stats_most_used :many
-- kept
SELECT service_code, filed FROM casefile_stat ORDER BY filed DESC, service_code LIMIT :limit;

-- name: stats_month :one
-- kept
SELECT COALESCE(SUM(month_decided), 0) AS decided::BIGINT, COALESCE(SUM(month_kept), 0) AS kept::BIGINT FROM casefile_stat;

-- name: cases_of_party_in :many
SELECT id, service_code, saved_at FROM casefile WHERE party = :party AND state = :state ORDER BY saved_at DESC LIMIT :limit;
