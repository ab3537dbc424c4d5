/* Trials: the example cases of service folders through the real rooms, in a database of their own. For `tongban service test DIR...`
 * and for a draft in the administrators' desk.
 *
 *	TRY(trial_open(ctx, SV("/tmp"), absent, &stage, &trial));   // close it whatever comes
 *	TRY(trial_run(ctx, trial, files, count, &problems, &outcomes, &n));
 *	trial_close(trial);
 */
#ifndef APP_TRIAL_H
#define APP_TRIAL_H

#include "domain/catalogue/service.h"

struct limit_calendar; /* engine/clock */

/* What the cases need around them: texts of registers.yaml, purposes.yaml and departments.yaml (see city/). */
struct trial_stage {
	struct sv registers, purposes, departments;
	const struct limit_calendar *calendar;
};

struct trial;
/* A fresh database in a new folder below `parent`, or (url not absent) the empty database of that URL. *ret is set also on failure. */
[[nodiscard]] enum rc trial_open(struct ctx *ctx, struct sv parent, struct sv url, const struct trial_stage *stage,
	struct trial **ret);
/* Runs every case of the folder, each from the same beginning. RC_INVALID with *problems when the folder has faults; RC_NOT_FOUND
 * when it has no cases. Outcomes are in ctx's arena; that some differ is no failure. */
[[nodiscard]] enum rc trial_run(struct ctx *ctx, struct trial *trial, const struct service_file *files, size_t count,
	struct service_problems *problems, struct service_outcome **ret, size_t *ret_count);
/* Accepts NULL. */
void trial_close(struct trial *trial);

/* Prints a TAP line a case and, at the end, "N passed, N failed". With --db an empty database of that URL is used. RC_INVALID when
 * one came out differently. The stage is read from city/ (or TONGBAN_CITY). */
enum rc service_test_command(struct ctx *ctx, int argc, char **argv);

#endif
