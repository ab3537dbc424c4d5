/* Makes an installation as large as a province's: adds cases, with the tasks done on them and some still open, to a data folder.
 *
 *	bench_desk FOLDER COUNT OPEN LOGIN
 *
 * What the work list reads is what the pages would have written: the cases' keys are wrapped and the names sealed, numbers,
 * times, states and due days are those of a case of its service, one case in 200 is still open, and ids ascend in time over two
 * years. OPEN more are open for each service and each step, half of them late, some taken by the officer LOGIN, so that every
 * filter of the work list fills a page. Events and the ledger's leaves are left out, since the work list reads neither. */
#include <stdio.h>
#include <stdlib.h>

#include "base/cache.h"
#include "base/civil.h"
#include "base/file.h"
#include "base/site.h"
#include "domain/casefile/casefile_int.h"
#include "domain/casefile/casefile_sql.h"
#include "domain/identity/identity.h"
#include "store/store.h"

#include "base/banned.h"

enum { A_TRANSACTION = 20000, OPEN_ONE_IN = 200, MAX_STEPS = 6, MEMORY = 256 << 20, CACHE_BYTES = 16 << 20,
	CACHE_ENTRIES = 64 };
static const int64_t hour_ms = 3600000, years_ms = (int64_t)730 * DAY_MS;

struct step {
	const char *act, *post, *outcome;
};

/* Services of the sample city by their share of the cases, with the steps of one that goes through. */
static const struct plan {
	const char *service;
	unsigned percent;
	struct step steps[MAX_STEPS];
} plans[] = {
	{ "food-business-licence", 45, { { "accept", "window", "accepted" }, { "review", "reviewer", "passed" },
		{ "inspect", "inspector", "passed" }, { "decide", "approver", "granted" }, { "deliver", "window", "delivered" } } },
	{ "residence-permit", 45, { { "accept", "window", "accepted" }, { "review", "reviewer", "passed" },
		{ "decide", "approver", "granted" }, { "deliver", "window", "delivered" } } },
	{ "construction-planning-permit", 10, { { "accept", "window", "accepted" }, { "review", "reviewer", "passed" },
		{ "decide", "approver", "granted" }, { "deliver", "window", "delivered" } } },
};
enum { PLANS = sizeof(plans) / sizeof(*plans) };

struct fill {
	struct ctx ctx;
	struct arena arena;
	struct error err;
	struct clock clock;
	struct random random;
	struct site site;
	struct id versions[PLANS];
	struct sv departments[PLANS];
	struct seal_key department_keys[PLANS];
	int64_t now;
	struct id officer; /* zero: nobody */
};

static size_t plan_at(uint64_t percent)
{
	size_t i = 0;

	while (i + 1 < PLANS && percent >= plans[i].percent)
		percent -= plans[i++].percent;
	return i;
}

static enum rc open_data(struct fill *fill, const char *folder)
{
	struct ctx *ctx = &fill->ctx;
	struct store *store;
	struct sv master;

	TRY(file_read(ctx, arena_printf(ctx->arena, "%s/keys/master", folder).ptr, SEAL_KEY_SIZE, &master));
	memcpy(fill->site.seal_master.bytes, master.ptr, master.len);
	TRY(store_open(ctx, arena_printf(ctx->arena, "sqlite:%s/tongban.db", folder), &store));
	TRY(db_connect(ctx, store, STORE_WRITE, &ctx->db));
	TRY(store_begin(ctx));
	for (size_t i = 0; i < PLANS; i++) {
		const struct service *service;
		TRY(catalogue_current(ctx, sv_of(plans[i].service), &service));
		fill->versions[i] = service->version;
		fill->departments[i] = arena_copy(ctx->arena, service->body);
		fill->department_keys[i] = seal_key_derive(&fill->site.seal_master, service->body);
	}
	return RC_OK;
}

static size_t step_count(size_t plan)
{
	size_t count = 0;

	while (count < MAX_STEPS && plans[plan].steps[count].act)
		count++;
	return count;
}

/* The tasks of a case, hours apart: all done, or up to the `until`th, which is open and taken by fill->officer, if any. */
static enum rc add_tasks(struct fill *fill, const struct pad *pad, size_t plan, size_t until, int64_t due)
{
	struct ctx *ctx = &fill->ctx;
	const struct step *steps = plans[plan].steps;
	int64_t changed;

	for (size_t i = 0; i < MAX_STEPS && steps[i].act && (!until || i < until); i++) {
		struct id id = id_new(ctx);
		struct sv wait = arena_printf(ctx->arena, "%zu", i + 1);
		TRY(sql_task_add(ctx, &(struct sql_task_add_params){ .id = id, .case_id = pad->c.id, .wait = wait,
			.element = sv_of(steps[i].act), .act = sv_of(steps[i].act), .department = fill->departments[plan],
			.post = sv_of(steps[i].post), .service_code = sv_of(plans[plan].service), .opened_at = clock_now(ctx->clock),
			.due_day = due }));
		if (i + 1 == until)
			return sql_task_claim(ctx, fill->officer, id, &changed);
		clock_advance(ctx->clock, hour_ms);
		TRY(sql_task_close(ctx, clock_now(ctx->clock), sv_of(steps[i].outcome), 0, id, &changed));
	}
	return RC_OK;
}

static enum rc add_case(struct fill *fill, size_t plan, size_t until, int64_t opened_at, int64_t due)
{
	struct ctx *ctx = &fill->ctx;
	bool is_open = until != 0;
	int64_t changed;
	struct sv name = arena_printf(ctx->arena, "示例%llu", (unsigned long long)random_below(ctx->random, 500000));
	struct sv answers = arena_printf(ctx->arena, "{\"contact_name\":\"%.*s\",\"contact_phone\":\"13900000101\"}", SV_FMT(name));

	*ctx->clock = clock_virtual(opened_at);
	struct seal_key key = seal_key_new(ctx);
	struct pad pad = { .c = { .id = id_new(ctx), .key = &key } };
	TRY(sql_case_add(ctx, &(struct sql_case_add_params){ .id = pad.c.id, .service_code = sv_of(plans[plan].service),
		.version = fill->versions[plan], .party = id_new(ctx), .account = id_new(ctx), .department = fill->departments[plan],
		.state = CASE_DRAFT, .opened_at = opened_at, .sealed_key = seal_key_wrap(ctx, &fill->department_keys[plan], &key),
		.applicant = case_seal(ctx, &pad.c, name), .applicant_mark = casefile_applicant_mark(ctx, name),
		.form = case_seal(ctx, &pad.c, answers), .process = case_seal(ctx, &pad.c, SV("")) }));
	TRY(sql_case_file(ctx, &(struct sql_case_file_params){ .number = casefile_number_new(ctx), .filed_at = opened_at,
		.version = fill->versions[plan], .id = pad.c.id }, &changed));
	TRY(add_tasks(fill, &pad, plan, until, due));
	int64_t ended_at = is_open ? 0 : clock_now(ctx->clock);
	return sql_case_step(ctx, &(struct sql_case_step_params){ .id = pad.c.id, .revision = 1,
		.state = is_open ? CASE_ACCEPTED : CASE_CLOSED, .received_at = opened_at, .accepted_at = opened_at + hour_ms,
		.decided_at = ended_at, .closed_at = ended_at, .statutory_due = due + 10, .promised_due = due,
		.days_used = is_open ? 0 : 1 + (int64_t)random_below(ctx->random, 10), .form = case_seal(ctx, &pad.c, answers),
		.process = case_seal(ctx, &pad.c, SV("{}")) }, &changed);
}

/* A case as they come: of any service, most of them closed. */
static enum rc add_any(struct fill *fill, int64_t opened_at)
{
	struct random *random = fill->ctx.random;
	size_t plan = plan_at(random_below(random, 100));
	bool is_open = random_below(random, OPEN_ONE_IN) == 0;
	int64_t today = civil_china_day(is_open ? fill->now : opened_at);

	return add_case(fill, plan, is_open ? 2 + random_below(random, step_count(plan) - 2) : 0, opened_at,
		today - 2 + (int64_t)random_below(random, 20));
}

static enum rc add_open(struct fill *fill, int64_t count, struct id officer)
{
	int64_t today = civil_china_day(fill->now);

	for (size_t plan = 0; plan < PLANS; plan++)
		for (size_t until = 1; until <= step_count(plan); until++)
			for (int64_t i = 0; i < count; i++) {
				struct arena_mark mark = arena_mark(fill->ctx.arena);
				fill->officer = plan == 0 && i % 4 < 2 ? officer : (struct id){ { 0 } };
				TRY(add_case(fill, plan, until, fill->now - (int64_t)30 * DAY_MS, i % 2 ? today - 1 - i % 10 : today + i % 10));
				arena_rewind(fill->ctx.arena, mark);
			}
	fill->officer = (struct id){ { 0 } };
	return RC_OK;
}

static enum rc fill_up(struct fill *fill, int64_t count)
{
	struct ctx *ctx = &fill->ctx;
	int64_t begin = fill->now - years_ms, step = years_ms / (count + 1);

	for (int64_t i = 0; i < count; i++) {
		struct arena_mark mark = arena_mark(ctx->arena);
		TRY(add_any(fill, begin + i * step));
		arena_rewind(ctx->arena, mark);
		if ((i + 1) % A_TRANSACTION == 0) {
			TRY(store_commit(ctx));
			TRY(store_begin(ctx));
		}
	}
	return RC_OK;
}

static enum rc fill_all(struct fill *fill, int64_t count, int64_t open, struct sv login)
{
	struct identity_login officer;

	TRY(identity_sign_in_find(&fill->ctx, login, &officer));
	TRY(fill_up(fill, count));
	TRY(add_open(fill, open, officer.account));
	return store_commit(&fill->ctx);
}

int main(int argc, char **argv)
{
	struct fill fill = { .clock = CLOCK_SYSTEM, .random = RANDOM_SYSTEM };
	static const struct locale plain = { .tag = "en", .code = "en", .self = "English" };
	int64_t count, open;

	if (argc != 5 || !sv_parse_i64(sv_of(argv[2]), &count) || !sv_parse_i64(sv_of(argv[3]), &open) || count < 0 || open < 0) {
		fputs("bench_desk FOLDER COUNT OPEN LOGIN\n", stderr);
		return 2;
	}
	arena_init(&fill.arena, MEMORY);
	fill.now = clock_now(&fill.clock);
	fill.ctx = (struct ctx){ .arena = &fill.arena, .err = &fill.err, .clock = &fill.clock, .random = &fill.random, .site = &fill.site,
		.who = &principal_system, .locale = &plain, .cache = cache_new(CACHE_BYTES, CACHE_ENTRIES) };
	enum rc rc = open_data(&fill, argv[1]);
	if (rc == RC_OK)
		rc = fill_all(&fill, count, open, sv_of(argv[4]));
	if (rc != RC_OK)
		fprintf(stderr, "bench_desk: %s %.*s\n", fill.err.msgid ? fill.err.msgid : "", SV_FMT(fill.err.detail));
	db_close(fill.ctx.db);
	cache_free(fill.ctx.cache);
	seal_thread_end();
	arena_release(&fill.arena);
	return rc != RC_OK;
}
