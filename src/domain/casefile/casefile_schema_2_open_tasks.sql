-- The work list reads open tasks, one in two hundred: each of its filters has an index of those alone, in the list's order.
DROP INDEX casefile_task_desk;
DROP INDEX casefile_task_desk_service;
DROP INDEX casefile_task_mine;
CREATE INDEX casefile_task_open ON casefile_task (department, due_day, id) WHERE closed_at = 0;
CREATE INDEX casefile_task_open_service ON casefile_task (department, service_code, due_day, id) WHERE closed_at = 0;
CREATE INDEX casefile_task_open_act ON casefile_task (department, act, due_day, id) WHERE closed_at = 0;
CREATE INDEX casefile_task_open_service_act ON casefile_task (department, service_code, act, due_day, id) WHERE closed_at = 0;
CREATE INDEX casefile_task_open_mine ON casefile_task (assignee, due_day, id) WHERE closed_at = 0;
