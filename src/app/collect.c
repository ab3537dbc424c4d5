/* The job that collects uploads no room needs: one of their 256 folders every few minutes, all of them within a day. */
#include "app/modules.h"
#include "http/server.h"

#include "base/banned.h"

enum { PERIOD_MS = 5 * 60 * 1000, FOLDERS = 256 };

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
	return uploads_collect(ctx, (uint8_t)(clock_now(ctx->clock) / PERIOD_MS % FOLDERS), keeps);
}

static const struct job jobs[] = {
	{ "app.uploads", PERIOD_MS, collect },
};

const struct module app_module = { .name = "app", MODULE_LIST(job, jobs) };
