/* The clock of a case: its limits by the item card, its stops and its extension, from the tables into engine/clock, which
 * alone computes dates. */
#include <assert.h>

#include "base/civil.h"
#include "base/site.h"
#include "domain/casefile/casefile_int.h"
#include "domain/casefile/casefile_sql.h"

#include "base/banned.h"

static enum rc load_pauses(struct ctx *ctx, const struct casefile *c, struct limit_ledger *ledger)
{
	struct sql_pauses_of_rows rows;

	TRY(sql_pauses_of(ctx, c->id, &rows));
	struct limit_pause *pauses = ARENA_ARRAY(ctx->arena, struct limit_pause, rows.len);
	for (size_t i = 0; i < rows.len; i++) {
		const struct service_procedure *procedure = service_procedure_find(c->service, rows.at[i].procedure);
		const struct service_basis *basis = procedure ? service_basis_find(c->service, procedure->basis) : NULL;
		pauses[i] = (struct limit_pause){
			.stopped = civil_china_day(rows.at[i].started_at),
			.resumed = rows.at[i].ended_at ? civil_china_day(rows.at[i].ended_at) : 0,
			.open = rows.at[i].ended_at == 0,
			.announced = procedure ? (int)procedure->days : 0,
			.reason = procedure ? bitext_pick(ctx, procedure->name) : rows.at[i].procedure,
			.basis = basis ? bitext_pick(ctx, basis->law) : SV(""),
		};
	}
	ledger->pauses = pauses;
	ledger->pause_count = rows.len;
	return RC_OK;
}

enum rc case_clock_load(struct ctx *ctx, const struct casefile *c, struct case_clock *ret)
{
	struct sql_extension_of_row extension;
	struct case_clock clock = {
		.runs = c->accepted_at && c->service->statutory.days > 0,
		.ledger.start = civil_china_day(c->accepted_at),
		.statutory.days = (int)c->service->statutory.days,
		.promised.days = (int)(c->service->promised.days ? c->service->promised.days : c->service->statutory.days),
	};

	TRY(load_pauses(ctx, c, &clock.ledger));
	enum rc rc = sql_extension_of(ctx, c->id, &extension);
	if (rc == RC_OK) {
		clock.statutory.extension = (int)extension.days; /* the promise stands as it was given */
		clock.statutory.extended_on = civil_china_day(extension.at);
	} else if (rc != RC_NOT_FOUND) {
		return rc;
	}
	*ret = clock;
	return RC_OK;
}

enum rc case_clock_update(struct ctx *ctx, struct casefile *c)
{
	struct case_clock clock;
	int64_t today = civil_china_day(clock_now(ctx->clock));

	assert(c->service);
	TRY(case_clock_load(ctx, c, &clock));
	if (!clock.runs)
		return RC_OK;
	c->statutory_due = limit_state(ctx->site->calendar, &clock.ledger, &clock.statutory, today).due;
	c->promised_due = limit_state(ctx->site->calendar, &clock.ledger, &clock.promised, today).due;
	return RC_OK;
}

enum rc case_clock_stop(struct ctx *ctx, struct pad *pad, struct sv procedure)
{
	assert(!sv_is_empty(procedure));
	TRY(sql_pause_add(ctx, id_new(ctx), pad->c.id, procedure, clock_now(ctx->clock)));
	return case_clock_update(ctx, &pad->c);
}

enum rc case_clock_resume(struct ctx *ctx, struct pad *pad)
{
	int64_t ended;

	TRY(sql_pause_end(ctx, clock_now(ctx->clock), pad->c.id, &ended));
	return case_clock_update(ctx, &pad->c);
}
