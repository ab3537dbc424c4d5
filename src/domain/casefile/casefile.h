/* Casefile: the life of a case from draft to archive (办件).
 *
 * Words: case 办件, applicant 申请人, draft 草稿, submit 提交, filing receipt 收件凭证, acceptance 受理, supplement 补正, countersign 会签, decision
 * 决定, delivery 送达, withdraw 撤回, due day 办结期限. States and acts are one table (CASEFILE_ACTS below); no function
 * changes a state except casefile_act() through that table, and each act writes exactly one event, one ledger leaf and
 * the new state in the caller's transaction. The process (engine/bpmn) says which tasks are open; a task is done by an
 * act of its kind. Whoever calls must hold the permission; each function checks it again together with the case.
 *
 * Days are day numbers of China dates (base/civil.h); times are ms. Errors: RC_NOT_FOUND (no such case, or not yours),
 * RC_FORBIDDEN, RC_CONFLICT (the case moved on: nothing is changed), RC_INVALID with field problems.
 */
#ifndef DOMAIN_CASEFILE_CASEFILE_H
#define DOMAIN_CASEFILE_CASEFILE_H

#include "domain/catalogue/catalogue.h"
#include "domain/identity/identity.h"

/* Tables, jobs and timers; and the routes, one module for each pages file. */
extern const struct module casefile_module, casefile_hall_module, casefile_apply_module, casefile_mine_module,
	casefile_desk_module, casefile_receipt_module;

/* state, code, English, stays open */
#define CASEFILE_STATES(X)                                                                                             \
	X(CASE_DRAFT, "draft", N_("Draft"), 1)                                                                         \
	X(CASE_FILED, "filed", N_("Filed"), 1)                                                                         \
	X(CASE_SUPPLEMENT, "supplement", N_("Waiting for you"), 1)                                                     \
	X(CASE_NOT_ACCEPTED, "not_accepted", N_("Not accepted"), 0)                                                    \
	X(CASE_ACCEPTED, "accepted", N_("In review"), 1)                                                               \
	X(CASE_SUSPENDED, "suspended", N_("Clock stopped"), 1)                                                         \
	X(CASE_GRANTED, "granted", N_("Granted"), 0)                                                                   \
	X(CASE_REFUSED, "refused", N_("Refused"), 0)                                                                   \
	X(CASE_CLOSED, "closed", N_("Completed"), 0)                                                                   \
	X(CASE_WITHDRAWN, "withdrawn", N_("Withdrawn"), 0)                                                             \
	X(CASE_TERMINATED, "terminated", N_("Terminated"), 0)

enum casefile_state {
#define X(name, code, text, open) name,
	CASEFILE_STATES(X)
#undef X
	CASE_STATE_COUNT
};

#define FROM(state) (1u << (state))
#define FROM_OPEN (FROM(CASE_FILED) | FROM(CASE_SUPPLEMENT) | FROM(CASE_ACCEPTED) | FROM(CASE_SUSPENDED))
#define FROM_REVIEW (FROM(CASE_ACCEPTED) | FROM(CASE_SUSPENDED))
enum { CASE_SAME = -1 };

/* act, code, states it may start from, state it ends in, English for timelines. Events keep the number: append only. */
#define CASEFILE_ACTS(X)                                                                                               \
	X(ACT_FILE, "file", FROM(CASE_DRAFT), CASE_FILED, N_("Application filed"))                                     \
	X(ACT_FETCH, "fetch", FROM_OPEN, CASE_SAME, N_("Register data fetched"))                                       \
	X(ACT_SUPPLEMENT_ASK, "supplement_ask", FROM(CASE_FILED), CASE_SUPPLEMENT, N_("Supplement notice sent"))       \
	X(ACT_SUPPLEMENT, "supplement", FROM(CASE_SUPPLEMENT), CASE_FILED, N_("Supplement received"))                  \
	X(ACT_ACCEPT, "accept", FROM(CASE_FILED), CASE_ACCEPTED, N_("Application accepted"))                           \
	X(ACT_ACCEPT_SILENT, "accept_silent", FROM(CASE_FILED), CASE_ACCEPTED,                                         \
		N_("Accepted because nobody answered in time"))                                                        \
	X(ACT_REFUSE_ACCEPTANCE, "refuse_acceptance", FROM(CASE_FILED), CASE_NOT_ACCEPTED,                             \
		N_("Application not accepted"))                                                                        \
	X(ACT_SUSPEND, "suspend", FROM(CASE_ACCEPTED), CASE_SUSPENDED, N_("Clock stopped"))                            \
	X(ACT_RESUME, "resume", FROM(CASE_SUSPENDED), CASE_ACCEPTED, N_("Clock runs again"))                           \
	X(ACT_REVIEW, "review", FROM_REVIEW, CASE_SAME, N_("Reviewed"))                                                \
	X(ACT_INSPECT, "inspect", FROM_REVIEW, CASE_SAME, N_("Site inspected"))                                        \
	X(ACT_COUNTERSIGN, "countersign", FROM_REVIEW, CASE_SAME, N_("Opinion given"))                                 \
	X(ACT_COUNTERSIGN_SILENT, "countersign_silent", FROM_REVIEW, CASE_SAME, N_("No opinion in time"))              \
	X(ACT_RULE, "rule", FROM_OPEN, CASE_SAME, N_("Rules applied"))                                                 \
	X(ACT_EXTEND, "extend", FROM_REVIEW, CASE_SAME, N_("Time limit extended"))                                     \
	X(ACT_GRANT, "grant", FROM(CASE_ACCEPTED), CASE_GRANTED, N_("Granted"))                                        \
	X(ACT_REFUSE, "refuse", FROM(CASE_ACCEPTED), CASE_REFUSED, N_("Refused"))                                      \
	X(ACT_ISSUE, "issue", FROM(CASE_GRANTED), CASE_SAME, N_("Licence issued"))                                     \
	X(ACT_DELIVER, "deliver", FROM(CASE_GRANTED) | FROM(CASE_REFUSED), CASE_CLOSED, N_("Result delivered"))        \
	X(ACT_ANSWER, "answer", FROM(CASE_FILED) | FROM(CASE_ACCEPTED), CASE_CLOSED, N_("Answered from the register")) \
	X(ACT_WITHDRAW, "withdraw", FROM_OPEN, CASE_WITHDRAWN, N_("Withdrawn by the applicant"))                       \
	X(ACT_TERMINATE, "terminate", FROM_OPEN, CASE_TERMINATED, N_("Terminated"))                                    \
	X(ACT_ROUTE, "route", FROM_OPEN, CASE_SAME, N_("Way chosen by an officer"))

enum casefile_act {
#define X(name, code, from, to, text) name,
	CASEFILE_ACTS(X)
#undef X
	ACT_COUNT
};

/* The table, by act: code, from (bit set of states), to (CASE_SAME = unchanged), English text. */
struct casefile_act_rule {
	const char *code;
	unsigned from;
	int to;
	const char *text;
};
extern const struct casefile_act_rule casefile_act_rules[ACT_COUNT];
const char *casefile_state_code(enum casefile_state state);
const char *casefile_state_text(enum casefile_state state); /* msgid */

/* A case as pages and rules see it. Texts live in the ctx's arena. */
struct casefile {
	struct id id, version, party, account;
	struct sv number;            /* "7KM3-9QXT-2C4F"; absent for a draft */
	struct sv service_code, department; /* lead department */
	struct sv applicant;         /* name */
	enum casefile_state state;
	int64_t revision;            /* for stale forms: acts name the revision they saw */
	int64_t opened_at, saved_at, filed_at, accepted_at, decided_at, closed_at; /* 0 = not yet */
	int64_t received_at;         /* of the filing, or of the last supplement */
	int64_t statutory_due, promised_due; /* days; 0 = no clock */
	int64_t days_used;           /* working days from acceptance to decision, set when decided */
	const struct service *service;
	const struct seal_key *key;  /* the room's own: under which the case's texts are sealed */
};

struct casefile_event {
	struct id id, leaf;
	enum casefile_act act;
	int64_t at;
	struct sv actor_name, actor_code, department; /* absent actor = the program */
	struct sv record;            /* JSON of the act: outcome, reasons, votes, explanation ... */
};

struct casefile_task {
	struct id id, case_id, assignee;
	struct sv element, act, department, post, wait; /* wait: the process engine's id */
	int64_t opened_at, due_day, closed_at;
	struct sv outcome;           /* closed tasks */
	bool silent;                 /* closed by the rule for silence */
};

/* --- the applicant's side --- */
/* Opens a draft for whom the session acts; `situation_json` = answers of the "what do I need" questions ("{}" if none).
 * Fields with a prefill source are fetched through exchange at once, on record. */
[[nodiscard]] enum rc casefile_draft_open(struct ctx *ctx, struct sv service_code, struct sv situation_json, struct id *ret);
/* Keeps the answers of one page as typed; revision guards against edits elsewhere (RC_CONFLICT); *ret = new revision. */
[[nodiscard]] enum rc casefile_draft_save(struct ctx *ctx, struct id id, int64_t revision, struct sv form_json, int64_t *ret);
[[nodiscard]] enum rc casefile_draft_drop(struct ctx *ctx, struct id id);
/* Files the draft: checks everything, gives the number, starts the process, runs it to its first wait. The same
 * idempotency key (ctx) gives the same case again and changes nothing. */
[[nodiscard]] enum rc casefile_submit(struct ctx *ctx, struct id id, int64_t revision);
/* Answers a supplement notice with the whole form as it is now. */
[[nodiscard]] enum rc casefile_supplement(struct ctx *ctx, struct id id, int64_t revision, struct sv form_json);
[[nodiscard]] enum rc casefile_withdraw(struct ctx *ctx, struct id id, int64_t revision, struct sv reason);

/* Files of a draft, or of a case that waits for a supplement. */
struct casefile_file {
	struct id id;                /* given when added */
	struct sv material, field;   /* id in the item card; form path */
	struct hash sha256;          /* of the content, kept by http/ */
	struct sv type, name;        /* media type by content; the sender's name */
	int64_t size, added_at;
};
[[nodiscard]] enum rc casefile_file_add(struct ctx *ctx, struct id id, const struct casefile_file *file);
[[nodiscard]] enum rc casefile_file_drop(struct ctx *ctx, struct id id, struct id file);
[[nodiscard]] enum rc casefile_files(struct ctx *ctx, const struct casefile *c, struct casefile_file **ret, size_t *ret_count);

/* --- the officers' side: each does one open task of its kind --- */
struct casefile_defect {
	struct sv field;  /* form path or material id */
	struct sv text;   /* what is wrong and what to do, as the officer wrote it */
};
struct casefile_step {
	struct id task;
	int64_t revision;            /* 0 = do not compare (replay, cases.yaml) */
	struct sv outcome;           /* "accepted", "supplement", "agree", "granted" ... */
	struct sv reasons;           /* text; needed for refusals, objections and conditions */
	const struct casefile_defect *defects; /* supplement: all of them, at least one */
	size_t defect_count;
};
[[nodiscard]] enum rc casefile_step_do(struct ctx *ctx, const struct casefile_step *step);
/* Extends the statutory limit once, with the head's approval and reasons told to the applicant. */
[[nodiscard]] enum rc casefile_extend(struct ctx *ctx, struct id id, int64_t revision, struct sv reasons);
[[nodiscard]] enum rc casefile_task_claim(struct ctx *ctx, struct id task);

/* Fires what is due by the ctx's clock for one case (timers, silence); the job calls it for claimed timers. */
[[nodiscard]] enum rc casefile_timers_run(struct ctx *ctx, struct id id);

/* When the next of them is due; INT64_MAX: none. For whoever moves a virtual clock. */
[[nodiscard]] enum rc casefile_timer_next(struct ctx *ctx, struct id id, int64_t *ret);

/* --- reading --- */
/* Whole, decrypted; checks that the principal may see it, and records an officer's read of it. */
[[nodiscard]] enum rc casefile_find(struct ctx *ctx, struct id id, struct casefile *ret);
[[nodiscard]] enum rc casefile_events(struct ctx *ctx, const struct casefile *c, struct casefile_event **ret, size_t *ret_count);
[[nodiscard]] enum rc casefile_tasks(struct ctx *ctx, struct id id, struct casefile_task **ret, size_t *ret_count);
[[nodiscard]] enum rc casefile_defects(struct ctx *ctx, const struct casefile *c, struct casefile_defect **ret, size_t *ret_count);
/* What was answered: {"answers": {...}, "situation": {...}, "registers": {...}}. */
[[nodiscard]] enum rc casefile_form(struct ctx *ctx, const struct casefile *c, const struct json **ret);
/* Ids of the activities of the process completed so far, in order; and its variables as a JSON object. */
[[nodiscard]] enum rc casefile_path(struct ctx *ctx, const struct casefile *c, struct sv *ret, size_t max, size_t *ret_count);
[[nodiscard]] enum rc casefile_variables(struct ctx *ctx, const struct casefile *c, const struct json **ret);
/* true and *ret when the shape and the check character of a case number are right (spaces and case are forgiven). */
bool casefile_number_read(struct ctx *ctx, struct sv text, struct sv *ret);

#endif
