/* What the room offers besides pages: tables, the statistics job, the process timers. */
#include "domain/casefile/casefile_flow_int.h"
#include "domain/casefile/casefile_pages_int.h"
#include "domain/casefile/casefile_sql.h"
#include "store/outbox.h"

#include "base/banned.h"

static enum rc keeps_file(struct ctx *ctx, struct hash sha256, bool *ret)
{
	struct sql_material_uses_row row;

	TRY(sql_material_uses(ctx, (struct sv){ (const char *)sha256.bytes, sizeof(sha256.bytes) }, &row));
	*ret = row.count > 0;
	return RC_OK;
}

static const struct job casefile_jobs[] = {
	{ "casefile.statistics", 600000, casefile_stat_job, N_("Counts how long decisions took, for the guides and the home page.") },
};

static enum rc timer_fire(struct ctx *ctx, const struct store_timer *timer)
{
	return casefile_timers_run(ctx, timer->subject);
}

static const struct timer casefile_timers[] = {
	{ "casefile", timer_fire },
};

const struct module casefile_module = {
	.name = "casefile",
	MODULE_LIST(job, casefile_jobs),
	MODULE_LIST(timer, casefile_timers),
	.tables = &sql_room_casefile,
	.keeps_file = keeps_file,
};
