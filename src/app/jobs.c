/* Jobs that concern all rooms, and the administrator's page about jobs, events and timers. */
#include "app/jobs_html.h"
#include "app/modules.h"
#include "base/vec.h"
#include "domain/identity/permission.h"
#include "http/server.h"
#include "store/outbox.h"

#include "base/banned.h"

enum { COLLECT_MS = 5 * 60 * 1000, FOLDERS = 256, MANY_ATTEMPTS = 5 };

/* --- uploads that no room needs: one of their folders at a time, all within a day --- */

static enum rc keeps(struct ctx *ctx, struct hash sha256, bool *ret)
{
	*ret = false;
	for (size_t i = 0; i < module_count && !*ret; i++)
		if (modules[i]->keeps_file)
			TRY(modules[i]->keeps_file(ctx, sha256, ret));
	return RC_OK;
}

static enum rc collect(struct ctx *ctx, bool *ret_more)
{
	*ret_more = false;
	return uploads_collect(ctx, (uint8_t)(clock_now(ctx->clock) / COLLECT_MS % FOLDERS), keeps);
}

/* --- the page --- */

static struct html_optional time_or_none(int64_t ms)
{
	return ms ? HTML_SOME(ms) : (struct html_optional){ 0 };
}

static enum rc jobs_page(struct ctx *ctx, const struct request *request, struct response *response)
{
	struct { VEC(struct html_jobs_page_jobs); } list = { 0 };
	struct store_outbox_state outbox;
	struct opt_i64 timer;

	(void)request;
	TRY(store_outbox_state(ctx, &outbox));
	TRY(store_timer_next(ctx, &timer));
	for (size_t m = 0; m < module_count; m++)
		for (size_t i = 0; i < modules[m]->job_count; i++)
			*VEC_PUSH(ctx->arena, &list) = (struct html_jobs_page_jobs){
				.name = sv_of(modules[m]->jobs[i].name), .summary = tr(ctx, modules[m]->jobs[i].summary),
				.seconds = modules[m]->jobs[i].period_ms / 1000, .minutes = modules[m]->jobs[i].period_ms / 60000 };
	struct html_jobs_page view = {
		.waiting = outbox.waiting,
		.oldest = time_or_none(outbox.oldest_ms),
		.attempts = outbox.attempts,
		.next_timer = timer.has ? HTML_SOME(timer.value) : (struct html_optional){ 0 },
		.stuck = outbox.attempts >= MANY_ATTEMPTS,
		.jobs = { list.at, list.len },
	};
	return response_page(ctx, response, &html_jobs_page_view, &view);
}

static const struct route routes[] = {
	{ "GET", "/admin/jobs", NEEDS(PERMISSION_JOBS_READ), &input_none, jobs_page, .view = &html_jobs_page_view,
		.summary = N_("Background jobs, events and timers") },
};
static const struct job jobs[] = {
	{ "app.uploads", COLLECT_MS, collect, N_("Removes uploaded files that no case keeps.") },
};

const struct module app_module = { .name = "app", MODULE_LIST(route, routes), MODULE_LIST(job, jobs) };
