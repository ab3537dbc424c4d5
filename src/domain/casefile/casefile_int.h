/* Private to the room. A pad is a case taken up for one act: the row opened, its key, and what the act changes. */
#ifndef DOMAIN_CASEFILE_CASEFILE_INT_H
#define DOMAIN_CASEFILE_CASEFILE_INT_H

#include "base/civil.h"
#include "base/seal.h"
#include "domain/casefile/casefile.h"
#include "engine/clock/clock.h"

enum {
	CASE_MAX_DRAFTS = 50,          /* open drafts of one party */
	CASE_MAX_FORM = 1 << 20,       /* bytes of the answers */
	CASE_MAX_FILES = 200,          /* of one case */
	CASE_MAX_RECORD = 1 << 20,     /* bytes of one act's record */
	CASE_READ_AGAIN_MS = 12 * HOUR_MS, /* an officer's reads of a case are recorded once in so long */
	CASE_NO_DUE = 99999999,        /* due_day of tasks without one */
};

struct pad {
	struct casefile c;
	int64_t loaded_revision;
	struct sv form;                /* JSON text of the answers, situation and materials included */
	struct sv process;             /* JSON text of the process state */
};

/* Opens a case without asking who may. */
[[nodiscard]] enum rc case_open(struct ctx *ctx, struct id id, struct casefile *ret);

/* The same for an act, with its texts; revision 0 = whatever it is. RC_CONFLICT when it moved on. */
[[nodiscard]] enum rc pad_open(struct ctx *ctx, struct id id, int64_t revision, struct pad *ret);
/* Writes what changed; RC_CONFLICT when another act came first. */
[[nodiscard]] enum rc pad_save(struct ctx *ctx, struct pad *pad);
/* Does one act of the table: checks that it may start from the state, changes the state, writes the event and the ledger
 * leaf. `details` are members of the record beyond the common ones: JSON text of an object, or absent. */
[[nodiscard]] enum rc pad_act(struct ctx *ctx, struct pad *pad, enum casefile_act act, struct sv details);
/* The same for an act that other rows tell more of: `event` is its id, a fresh one. */
[[nodiscard]] enum rc pad_act_as(struct ctx *ctx, struct pad *pad, struct id event, enum casefile_act act, struct sv details);
/* The same with details of one text member. */
[[nodiscard]] enum rc pad_act_one(struct ctx *ctx, struct pad *pad, enum casefile_act act, const char *key, struct sv value);
/* Grant or refusal: the act, the time and the working days it took. */
[[nodiscard]] enum rc pad_decide(struct ctx *ctx, struct pad *pad, enum casefile_act act, struct sv details);
struct sv case_seal(struct ctx *ctx, const struct casefile *c, struct sv plain);
[[nodiscard]] enum rc case_unseal(struct ctx *ctx, const struct casefile *c, struct sv sealed, struct sv *ret);

/* Opens a sealed text of a row of a list. */
[[nodiscard]] enum rc casefile_unseal(struct ctx *ctx, struct id id, struct sv department, struct sv sealed_key, struct sv sealed,
	struct sv *ret);
/* A fresh public number with its check character. */
struct sv casefile_number_new(struct ctx *ctx);
/* SHA-256 of a text in hex, for records that must not repeat it. */
struct sv hash_text(struct ctx *ctx, struct sv text);
int64_t casefile_applicant_mark(struct ctx *ctx, struct sv name);

/* May the principal see the case at all? An applicant's own, or an officer whose department leads it or has a task. */
[[nodiscard]] enum rc casefile_may_see(struct ctx *ctx, const struct casefile *c);
/* Only the applicant's side. */
[[nodiscard]] enum rc casefile_is_own(struct ctx *ctx, const struct casefile *c);

/* --- the clock (casefile_clock.c) --- */
struct case_clock {
	bool runs;                     /* has limits at all */
	struct limit_ledger ledger;
	struct limit statutory, promised;
};
[[nodiscard]] enum rc case_clock_load(struct ctx *ctx, const struct casefile *c, struct case_clock *ret);
/* Starts at acceptance, and sets the due days of the row; also after a stop, a resumption or an extension. */
[[nodiscard]] enum rc case_clock_update(struct ctx *ctx, struct casefile *c);
[[nodiscard]] enum rc case_clock_stop(struct ctx *ctx, struct pad *pad, struct sv procedure);
[[nodiscard]] enum rc case_clock_resume(struct ctx *ctx, struct pad *pad);

/* --- steps (casefile_step.c) --- */
/* Outcomes a kind of task may have, as codes; how many. */
size_t casefile_outcomes(struct sv task, const char **ret, size_t max);
unsigned casefile_task_permission(struct sv task);
/* Tells the process that the applicant has answered a supplement notice; `stopped` as flow_start. */
[[nodiscard]] enum rc casefile_supplement_answered(struct ctx *ctx, struct pad *pad, const char *stopped);

/* Makes the figures of casefile_stat. */
[[nodiscard]] enum rc casefile_stat_job(struct ctx *ctx, bool *ret_more);

/* --- the process (casefile_flow.c, casefile_task.c) --- */
/* A legal basis of the item card in words of both languages. */
struct bitext flow_basis(struct ctx *ctx, const struct service_basis *basis);
/* Starts the process of a case just filed and runs it to its first wait. `stopped` (msgid, or NULL): why a check of the form
 * could not be finished; then it is written down and no choice is made by machine on the way. */
[[nodiscard]] enum rc flow_start(struct ctx *ctx, struct pad *pad, const char *stopped);
/* Ends the process early (withdrawal, termination): open tasks and timers are cancelled. */
[[nodiscard]] enum rc flow_cancel(struct ctx *ctx, struct pad *pad);

#endif
