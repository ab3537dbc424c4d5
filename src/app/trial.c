/* Example cases of a service folder (cases.yaml), run through the real rooms in a database of their own, with a virtual clock, and
 * compared with what they expect. See trial.h. */
#include "app/trial.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/drive.h"
#include "app/modules.h"
#include "base/cache.h"
#include "base/civil.h"
#include "base/site.h"
#include "base/vec.h"
#include "base/yaml.h"
#include "domain/exchange/exchange.h"
#include "domain/licence/licence.h"
#include "domain/registry/registry.h"
#include "store/outbox.h"
#include "store/store.h"

#include "base/banned.h"

enum { MORNING_MS = 10 * HOUR_MS, MAX_MATERIALS = 64, MAX_DEFECTS = 64, MAX_CASES = 500, MAX_DIFFERENCES = 64 << 10, ROW_MAX = 1 << 20,
	TRIAL_BYTES = 512 << 20, CACHE_BYTES = 64 << 20, CACHE_ENTRIES = 16, PATH_BYTES = 4096 };

/* All that a trial holds and gives back at its end. */
struct trial {
	struct arena arena;
	struct error err;
	struct clock clock;
	struct random random;
	struct site site;
	struct ctx ctx;
	struct store *store;
	char folder[PATH_BYTES];
};

struct run {
	struct ctx *ctx;
	struct sv code;
	struct id party, account, id;
	struct casefile c;
	struct buf differences; /* of the running case, a line each */
};

static void wrong(struct run *run, const char *what, struct sv got, struct sv expected)
{
	buf_sv(&run->differences, tr_args(run->ctx, N_("{what}: got {got}, expected {expected}"),
		ARGS({ "what", sv_of(what) }, { "got", got }, { "expected", expected })));
	buf_byte(&run->differences, '\n');
}

/* --- setting the stage --- */

static enum rc day_of(struct ctx *ctx, const struct json *value, int64_t *ret)
{
	if (!civil_parse_day(json_scalar(value), ret))
		return fail_at(ctx, RC_INVALID, SV("cases.yaml"), value ? value->line : 0, N_("A date of the form 2026-03-03 is wanted here."),
			NULL);
	return RC_OK;
}

/* Acts happen at ten in the morning; on one day each a minute after the other. */
static enum rc set_day(struct run *run, const struct json *value)
{
	int64_t day;

	TRY(day_of(run->ctx, value, &day));
	int64_t at = civil_china_midnight(day) + MORNING_MS, now = clock_now(run->ctx->clock);
	if (at <= now)
		at = now + MINUTE_MS;
	if (!id_is_zero(run->id))
		return drive_advance(run->ctx, run->id, at);
	*run->ctx->clock = clock_virtual(at);
	return RC_OK;
}

/* A row that leaves its key out is about the applicant. */
static enum rc put_row(struct run *run, struct sv name, const struct json *row, struct sv code)
{
	struct ctx *ctx = run->ctx;
	struct registry registry;
	const struct json *whole;
	struct buf buf;

	if (registry_describe(ctx, name, &registry) != RC_OK || json_get(row, registry.key))
		return registry_put_json(ctx, name, row);
	buf_init(&buf, ctx->arena, ROW_MAX);
	struct json_out out = json_out_to(&buf);
	json_out_object(&out);
	json_out_member(&out, registry.key, code);
	for (const struct json *v = json_first(row); v; v = json_next(row, v)) {
		json_out_key(&out, json_key(v));
		json_out_value(&out, v);
	}
	json_out_object_end(&out);
	TRY(json_parse(ctx, name, buf_view(&buf), &json_limits_request, &whole));
	return registry_put_json(ctx, name, whole);
}

static struct sv applicant_code(const struct json *applicant)
{
	bool legal = sv_equal(json_string(json_get(applicant, SV("kind"))), SV("legal"));

	return json_scalar(json_get(applicant, legal ? SV("credit_code") : SV("id_number")));
}

static enum rc put_registers(struct run *run, const struct json *registers, struct sv code)
{
	for (const struct json *row = json_first(registers); row; row = json_next(registers, row)) {
		if (row->type == JSON_ARRAY) {
			for (const struct json *one = json_first(row); one; one = json_next(row, one))
				TRY(put_row(run, json_key(row), one, code));
		} else if (row->type == JSON_OBJECT) {
			TRY(put_row(run, json_key(row), row, code));
		}
	}
	return RC_OK;
}

static enum rc open_applicant(struct run *run, const struct json *applicant)
{
	struct ctx *ctx = run->ctx;
	bool legal = sv_equal(json_string(json_get(applicant, SV("kind"))), SV("legal"));
	struct sv code = applicant_code(applicant);
	struct party party = { .kind = legal ? PARTY_LEGAL : PARTY_NATURAL, .code = code,
		.name = json_scalar(json_get(applicant, SV("name"))) };
	struct party known;

	if (identity_party_by_code(ctx, code, &known) == RC_OK)
		run->party = known.id;
	else
		TRY(identity_party_open(ctx, &party, &run->party));
	error_clear(ctx);
	struct id unused = id_new(ctx);
	return identity_account_open(ctx, &(struct account_new){ .kind = PRINCIPAL_PERSON, .login = id_text(ctx->arena, unused),
		.password_hash = SV("-"), .name = party.name, .party = run->party }, &run->account);
}

static size_t read_words(const struct json *list, struct sv *words, size_t max)
{
	size_t count = 0;

	for (const struct json *v = json_first(list); v && count < max; v = json_next(list, v))
		words[count++] = json_scalar(v);
	return count;
}

/* --- steps --- */

static struct sv in_words(struct ctx *ctx, const struct json *text)
{
	if (json_is(text, JSON_OBJECT))
		return bitext_pick(ctx, (struct bitext){ json_string(json_get(text, SV("zh"))), json_string(json_get(text, SV("en"))) });
	return json_scalar(text);
}

static enum rc do_supplement(struct run *run, const struct json *step)
{
	struct sv materials[MAX_MATERIALS];
	struct drive_filing filing = { .service = run->code, .party = run->party, .account = run->account,
		.form = json_get(step, SV("form")), .materials = materials };

	filing.material_count = read_words(json_get(step, SV("materials")), materials, MAX_MATERIALS);
	return drive_supplement(run->ctx, run->id, &filing);
}

static enum rc do_withdraw(struct run *run, const struct json *step)
{
	struct principal who = { .kind = PRINCIPAL_PERSON, .account = run->account, .subject = run->party };
	struct ctx inner = *run->ctx;

	inner.who = &who;
	return casefile_withdraw(&inner, run->id, 0, in_words(run->ctx, json_get(step, SV("reasons"))));
}

static enum rc do_task(struct run *run, const struct json *step, struct sv act)
{
	struct casefile_defect defects[MAX_DEFECTS];
	const struct json *list = json_get(step, SV("defects"));
	struct sv outcome = json_string(json_get(step, SV("outcome")));
	size_t count = 0;

	for (const struct json *d = json_first(list); d && count < MAX_DEFECTS; d = json_next(list, d))
		defects[count++] = (struct casefile_defect){ json_scalar(json_get(d, SV("field"))), in_words(run->ctx, d) };
	return drive_step(run->ctx, run->id, &(struct drive_step){ .act = act,
		.department = json_string(json_get(step, SV("department"))),
		.outcome = sv_is_absent(outcome) && sv_equal(act, SV("deliver")) ? SV("delivered") : outcome,
		.reasons = in_words(run->ctx, json_get(step, SV("reasons"))), .defects = defects, .defect_count = count });
}

static enum rc do_step(struct run *run, const struct json *step)
{
	struct sv act = json_string(json_get(step, SV("act")));
	const struct json *advance = json_get(step, SV("advance_to"));
	int64_t day;

	if (advance) {
		TRY(day_of(run->ctx, advance, &day));
		return drive_advance(run->ctx, run->id, civil_china_midnight(day));
	}
	TRY(set_day(run, json_get(step, SV("on"))));
	if (sv_equal(act, SV("supplement")))
		return do_supplement(run, step);
	if (sv_equal(act, SV("withdraw")))
		return do_withdraw(run, step);
	if (sv_equal(act, SV("extend"))) {
		struct ctx inner = *run->ctx;
		inner.who = &principal_system;
		return casefile_extend(&inner, run->id, 0, in_words(run->ctx, json_get(step, SV("reasons"))));
	}
	return do_task(run, step, act);
}

static enum rc file_case(struct run *run, const struct json *file)
{
	struct sv materials[MAX_MATERIALS];
	struct drive_filing filing = { .service = run->code, .party = run->party, .account = run->account,
		.form = json_get(file, SV("form")), .situation = json_get(file, SV("situation")), .materials = materials };

	filing.material_count = read_words(json_get(file, SV("materials")), materials, MAX_MATERIALS);
	TRY(set_day(run, json_get(file, SV("on"))));
	return drive_file(run->ctx, &filing, &run->id);
}

/* --- what is expected --- */

static void expect_text(struct run *run, const char *what, struct sv got, const struct json *expected)
{
	if (expected && !sv_equal(got, json_scalar(expected)))
		wrong(run, what, got, json_scalar(expected));
}

static void expect_day(struct run *run, const char *what, int64_t got, const struct json *expected)
{
	char text[11];

	expect_text(run, what, got ? civil_day_text(got, text) : SV("none"), expected);
}

static struct sv joined(struct ctx *ctx, const struct sv *words, size_t count)
{
	struct buf buf;

	buf_init(&buf, ctx->arena, 64 * 1024);
	for (size_t i = 0; i < count; i++) {
		if (i)
			buf_byte(&buf, ' ');
		buf_sv(&buf, words[i]);
	}
	return buf_view(&buf);
}

static enum rc expect_path(struct run *run, const struct json *expected)
{
	struct sv want[256], got[256];
	size_t count;

	if (!expected)
		return RC_OK;
	size_t wanted = read_words(expected, want, 256);
	TRY(casefile_path(run->ctx, &run->c, got, 256, &count));
	struct sv a = joined(run->ctx, got, count), b = joined(run->ctx, want, wanted);
	if (!sv_equal(a, b))
		wrong(run, "path", a, b);
	return RC_OK;
}

/* Only the members given are compared, however deep. */
static void expect_members(struct run *run, const char *what, const struct json *got, const struct json *expected)
{
	if (expected->type != JSON_OBJECT) {
		expect_text(run, what, json_scalar(got), expected);
		return;
	}
	for (const struct json *v = json_first(expected); v; v = json_next(expected, v))
		expect_members(run, arena_z(run->ctx->arena, json_key(v)), json_get(got, json_key(v)), v);
}

static enum rc expect_decision(struct run *run, const struct json *expected)
{
	const struct json *variables;

	if (!expected)
		return RC_OK;
	TRY(casefile_variables(run->ctx, &run->c, &variables));
	expect_members(run, "decision", variables, expected);
	return RC_OK;
}

static enum rc expect_votes(struct run *run, const struct json *expected)
{
	struct casefile_task *tasks;
	size_t count;

	TRY(casefile_tasks(run->ctx, run->id, &tasks, &count));
	for (const struct json *vote = json_first(expected); vote; vote = json_next(expected, vote)) {
		struct sv department = json_string(json_get(vote, SV("department")));
		bool found = false;
		for (size_t i = 0; i < count; i++) {
			if (!sv_equal(tasks[i].act, SV("countersign")) || !sv_equal(tasks[i].department, department))
				continue;
			found = true;
			if (json_get(vote, SV("silent")) && json_bool(json_get(vote, SV("silent")), false) != tasks[i].silent)
				wrong(run, "silent", tasks[i].silent ? SV("true") : SV("false"), json_scalar(json_get(vote, SV("silent"))));
			if (!tasks[i].silent)
				expect_text(run, "vote", tasks[i].outcome, json_get(vote, SV("outcome")));
		}
		if (!found)
			wrong(run, "vote", SV("none"), department);
	}
	return RC_OK;
}

static enum rc expect_licence(struct run *run, const struct json *expected)
{
	struct licence *licences;
	size_t count;

	if (!expected)
		return RC_OK;
	TRY(licence_of_case(run->ctx, run->id, &licences, &count));
	expect_day(run, "licence_valid_until", count ? licences[count - 1].valid_until : 0, expected);
	return RC_OK;
}

static enum rc compare(struct run *run, const struct json *expected)
{
	struct ctx inner = *run->ctx;

	inner.who = &principal_system;
	TRY(casefile_find(&inner, run->id, &run->c));
	expect_text(run, "status", sv_of(casefile_state_code(run->c.state)), json_get(expected, SV("status")));
	expect_day(run, "statutory_due", run->c.statutory_due, json_get(expected, SV("statutory_due")));
	expect_day(run, "promised_due", run->c.promised_due, json_get(expected, SV("promised_due")));
	TRY(expect_path(run, json_get(expected, SV("path"))));
	TRY(expect_decision(run, json_get(expected, SV("decision"))));
	TRY(expect_votes(run, json_get(expected, SV("votes"))));
	return expect_licence(run, json_get(expected, SV("licence_valid_until")));
}

/* --- one case, one folder --- */

static enum rc play(struct run *run, const struct json *spec)
{
	const struct json *steps = json_get(spec, SV("steps"));
	bool more = true;

	run->id = (struct id){ { 0 } };
	*run->ctx->clock = clock_virtual(0);
	TRY(put_registers(run, json_get(spec, SV("registers")), applicant_code(json_get(spec, SV("applicant")))));
	TRY(open_applicant(run, json_get(spec, SV("applicant"))));
	TRY(file_case(run, json_get(spec, SV("file"))));
	for (const struct json *step = json_first(steps); step; step = json_next(steps, step))
		TRY(do_step(run, step));
	while (more)
		TRY(store_outbox_dispatch(run->ctx, (void *)modules_subscribers(run->ctx->arena), &more));
	struct store_outbox_state outbox;
	TRY(store_outbox_state(run->ctx, &outbox));
	if (outbox.waiting)
		wrong(run, "what follows (licence, notices)", SV("not done; see the log"), SV("done"));
	return compare(run, json_get(spec, SV("expect")));
}

static void say_stopped(struct run *run)
{
	struct ctx *ctx = run->ctx;
	const struct error *err = ctx->err;

	wrong(run, "stopped", tr_args(ctx, err->msgid ? err->msgid : "?", err->args), SV("no error"));
	for (size_t i = 0; i < err->field_count; i++)
		buf_printf(&run->differences, "%.*s: %.*s\n", SV_FMT(err->fields[i].field),
			SV_FMT(tr_args(ctx, err->fields[i].msgid, err->fields[i].args)));
	if (!sv_is_empty(err->detail))
		buf_printf(&run->differences, "%.*s\n", SV_FMT(err->detail));
}

/* The outcome is copied to `arena`: what the case needed is given back. */
static struct service_outcome play_one(struct run *run, const struct json *spec, struct arena *arena)
{
	struct ctx *ctx = run->ctx;
	struct arena_mark mark = arena_mark(ctx->arena);

	assert(ctx->db);
	buf_init(&run->differences, ctx->arena, MAX_DIFFERENCES);
	struct sv name = in_words(ctx, json_get(spec, SV("name")));
	enum rc rc = store_begin(ctx);
	if (rc == RC_OK)
		rc = play(run, spec);
	if (rc != RC_OK)
		say_stopped(run);
	store_rollback(ctx); /* every case begins with the same city */
	error_clear(ctx);
	struct sv differences = buf_view(&run->differences);
	struct service_outcome outcome = { .name = arena_copy(arena, sv_is_absent(name) ? SV("?") : name),
		.differences = arena_copy(arena, differences), .passed = sv_is_empty(differences) };
	arena_rewind(ctx->arena, mark);
	return outcome;
}

/* The folder as a published service of the trial's database. */
static enum rc publish(struct ctx *ctx, const struct service_file *files, size_t count, struct service_problems *problems,
	const struct service **ret)
{
	struct id version;

	TRY(store_begin(ctx));
	enum rc rc = catalogue_publish(ctx, files, count, problems, &version);
	if (rc != RC_OK) {
		store_rollback(ctx);
		return rc;
	}
	TRY(store_commit(ctx));
	return catalogue_version(ctx, version, ret);
}

static enum rc run_folder(struct trial *trial, const struct service_file *files, size_t count, struct service_problems *problems,
	struct arena *arena, struct service_outcome **ret, size_t *ret_count)
{
	struct run run = { .ctx = &trial->ctx };
	struct { VEC(struct service_outcome); } outcomes = { 0 };
	const struct service *service;
	const struct json *cases;

	TRY(publish(&trial->ctx, files, count, problems, &service));
	run.code = service->code;
	if (sv_is_empty(service->cases))
		return fail(&trial->ctx, RC_NOT_FOUND, N_("The folder has no cases.yaml."), NULL);
	TRY(yaml_parse(&trial->ctx, SV("cases.yaml"), service->cases, &json_limits_file, &cases));
	if (json_count(cases) > MAX_CASES)
		return fail(&trial->ctx, RC_TOO_LARGE, N_("The folder has more example cases than can be run at once."), NULL);
	for (const struct json *spec = json_first(cases); spec; spec = json_next(cases, spec))
		*VEC_PUSH(arena, &outcomes) = play_one(&run, spec, arena);
	*ret = outcomes.at;
	*ret_count = outcomes.len;
	return RC_OK;
}

/* The trial's error as one of the caller's: its texts live in the trial's arena. */
static enum rc hand_over(struct ctx *ctx, const struct trial *trial, enum rc rc)
{
	const struct error *err = &trial->err;
	size_t count = 0;

	if (rc == RC_OK)
		return rc;
	while (err->args && err->args[count].name)
		count++;
	struct text_arg *args = ARENA_ARRAY(ctx->arena, struct text_arg, count + 1);
	for (size_t i = 0; i < count; i++)
		args[i] = (struct text_arg){ err->args[i].name, arena_copy(ctx->arena, err->args[i].value) };
	if (!err->msgid || rc == RC_INTERNAL)
		return fail_internal(ctx, "a trial of example cases: %.*s", SV_FMT(err->detail));
	if (!sv_is_absent(err->file))
		return fail_at(ctx, rc, arena_copy(ctx->arena, err->file), err->line, err->msgid, args);
	return fail(ctx, rc, err->msgid, args);
}

enum rc trial_run(struct ctx *ctx, struct trial *trial, const struct service_file *files, size_t count,
	struct service_problems *problems, struct service_outcome **ret, size_t *ret_count)
{
	jmp_buf jump;

	assert(trial->ctx.db);
	error_clear(&trial->ctx);
	trial->ctx.locale = ctx->locale;
	if (arena_guard(&trial->arena, &jump))
		return fail(ctx, RC_UNAVAILABLE, N_("The example cases need more memory than there is. Make them smaller."), NULL);
	struct service_problems found = { 0 };
	enum rc rc = hand_over(ctx, trial, run_folder(trial, files, count, &found, ctx->arena, ret, ret_count));
	for (size_t i = 0; i < found.len; i++)
		service_problem_copy(ctx, problems, &found.at[i]);
	trial->arena.guard = NULL;
	return rc;
}

/* --- the stage: departments, registers and purposes --- */

static enum rc set_stage(struct ctx *ctx, const struct trial_stage *stage)
{
	struct identity_loaded loaded;

	TRY(store_begin(ctx));
	TRY(registry_load(ctx, SV("registers.yaml"), stage->registers));
	TRY(exchange_load(ctx, SV("purposes.yaml"), stage->purposes));
	TRY(identity_load(ctx, SV("departments.yaml"), stage->departments, (struct sv){ NULL, 0 }, &loaded));
	return store_commit(ctx);
}

static enum rc open_database(struct trial *trial, struct sv url, const struct trial_stage *stage)
{
	struct ctx *ctx = &trial->ctx;
	size_t count;

	if (sv_is_absent(url))
		url = arena_printf(ctx->arena, "sqlite:%s/test.db", trial->folder);
	TRY(store_open(ctx, url, &trial->store));
	const struct store_room *const *tables = modules_tables(ctx->arena, &count);
	TRY(store_migrate(ctx, trial->store, tables, count));
	TRY(db_connect(ctx, trial->store, STORE_WRITE, &ctx->db));
	return set_stage(ctx, stage);
}

enum rc trial_open(struct ctx *ctx, struct sv parent, struct sv url, const struct trial_stage *stage, struct trial **ret)
{
	struct trial *trial = ARENA_NEW(ctx->arena, struct trial);

	arena_init(&trial->arena, TRIAL_BYTES);
	trial->arena.guard = ctx->arena->guard;
	trial->clock = clock_virtual(0);
	trial->random = random_seeded(1);
	trial->site = (struct site){ .public_url = SV("http://127.0.0.1"), .origin = SV("tongban.example/test"), .calendar = stage->calendar };
	random_bytes(&trial->random, trial->site.seal_master.bytes, sizeof(trial->site.seal_master.bytes));
	trial->ctx = *ctx;
	trial->ctx.arena = &trial->arena;
	trial->ctx.err = &trial->err;
	trial->ctx.clock = &trial->clock;
	trial->ctx.random = &trial->random;
	trial->ctx.site = &trial->site;
	trial->ctx.db = NULL;
	trial->ctx.who = &principal_system;
	trial->ctx.idempotency_key = (struct sv){ NULL, 0 }; /* that of the asking request would make all cases one */
	trial->ctx.cache = cache_new(CACHE_BYTES, CACHE_ENTRIES);
	snprintf(trial->folder, sizeof(trial->folder), "%.*s/service-test-XXXXXX", SV_FMT(parent));
	*ret = trial;
	if (!mkdtemp(trial->folder)) {
		trial->folder[0] = '\0';
		return fail(ctx, RC_UNAVAILABLE, N_("No temporary folder can be made."), NULL);
	}
	trial->site.data_dir = sv_of(trial->folder);
	return hand_over(ctx, trial, open_database(trial, url, stage));
}

void trial_close(struct trial *trial)
{
	static const char *const names[] = { "/test.db", "/test.db-wal", "/test.db-shm", "" };
	char path[PATH_BYTES + 16];

	if (!trial)
		return;
	if (trial->ctx.db)
		db_close(trial->ctx.db);
	cache_free(trial->ctx.cache);
	for (size_t i = 0; trial->folder[0] && i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s%s", trial->folder, names[i]);
		(void)remove(path); /* what is not there needs no removal */
	}
	arena_release(&trial->arena);
}
