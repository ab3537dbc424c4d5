/* Cases by properties: many random lives of cases of the shipped services, driven through the rooms. After each: the events
 * follow the table of states and acts, each act has exactly one event and one ledger leaf, and acts that the table does not
 * allow change nothing. */
#include <stdio.h>
#include <stdlib.h>

#include "app/drive.h"
#include "base/cache.h"
#include "base/civil.h"
#include "base/file.h"
#include "base/site.h"
#include "base/yaml.h"
#include "domain/catalogue/catalogue_sql.h"
#include "domain/exchange/exchange.h"
#include "domain/ledger/ledger.h"
#include "domain/registry/registry.h"
#include "engine/clock/clock.h"
#include "test/cases/stage_kit.h"
#include "test/kit/kit_db.h"

#include "domain/casefile/casefile_int.h"
#include "domain/casefile/casefile_replay.h"
#include "domain/casefile/casefile_sql.h"
#include "domain/exchange/exchange_sql.h"
#include "domain/identity/identity_sql.h"
#include "domain/ledger/ledger_sql.h"
#include "domain/registry/registry_sql.h"

#include "base/banned.h"

KIT_DB(&sql_room_identity, &sql_room_registry, &sql_room_exchange, &sql_room_ledger, &sql_room_catalogue, &sql_room_casefile)

enum { LIVES = 200, STEPS = 14, FILE_MAX = 1 << 20 };

static const char *const services[] = { "residence-permit", "food-business-licence", "construction-planning-permit",
	"housing-fund-query" };

struct stage {
	struct kit *kit;
	struct site site;
	struct random dice;
	const struct json *cases[4];
};

static void set_stage(struct stage *stage, struct kit *kit)
{
	*stage = (struct stage){ .kit = kit, .dice = random_seeded(7) };
	stage_set(kit, &stage->site);
	for (size_t i = 0; i < 4; i++) {
		struct sv path = arena_printf(&kit->arena, "services/%s/cases.yaml", services[i]);
		stage_publish(kit, services[i]);
		assert_ok(kit, yaml_parse(&kit->ctx, path, stage_source(kit, path.ptr), &json_limits_file, &stage->cases[i]));
	}
}

static struct id file_case(struct stage *stage, size_t service, size_t which)
{
	struct ctx *ctx = &stage->kit->ctx;
	const struct json *spec = json_at(stage->cases[service], which), *file = json_get(spec, SV("file"));
	const struct json *applicant = json_get(spec, SV("applicant"));
	bool legal = sv_equal(json_string(json_get(applicant, SV("kind"))), SV("legal"));
	struct sv materials[64], code = json_scalar(json_get(applicant, legal ? SV("credit_code") : SV("id_number")));
	struct drive_filing filing = { .service = sv_of(services[service]), .form = json_get(file, SV("form")),
		.situation = json_get(file, SV("situation")), .materials = materials };
	const struct json *list = json_get(file, SV("materials"));
	struct party party = { .kind = legal ? PARTY_LEGAL : PARTY_NATURAL, .code = code, .name = json_scalar(json_get(applicant, SV("name"))) };
	struct party known;
	struct id id;

	for (const struct json *v = json_first(list); v; v = json_next(list, v))
		materials[filing.material_count++] = json_scalar(v);
	if (identity_party_by_code(ctx, code, &known) == RC_OK)
		filing.party = known.id;
	else
		assert_ok(stage->kit, identity_party_open(ctx, &party, &filing.party));
	error_clear(ctx);
	assert_ok(stage->kit, identity_account_open(ctx, &(struct account_new){ .kind = PRINCIPAL_PERSON,
		.login = id_text(ctx->arena, id_new(ctx)), .password_hash = SV("-"), .name = party.name, .party = filing.party },
		&filing.account));
	enum rc rc = drive_file(ctx, &filing, &id);
	for (size_t i = 0; rc != RC_OK && i < stage->kit->err.field_count; i++)
		print_error("%.*s: %s\n", SV_FMT(stage->kit->err.fields[i].field), stage->kit->err.fields[i].msgid);
	assert_ok(stage->kit, rc);
	return id;
}

/* Files one of the example cases for a new applicant. */
static struct id file_one(struct stage *stage, size_t service)
{
	return file_case(stage, service, random_below(&stage->dice, json_count(stage->cases[service])));
}

/* One random thing that somebody might try: an outcome of a random task, a withdrawal, or time passing. */
static void try_something(struct stage *stage, struct id id)
{
	static const struct {
		const char *act, *outcome;
	} steps[] = {
		{ "accept", "accepted" }, { "accept", "refused" }, { "accept", "supplement" }, { "review", "passed" },
		{ "review", "failed" }, { "inspect", "passed" }, { "countersign", "agree" }, { "countersign", "object" },
		{ "decide", "granted" }, { "decide", "refused" }, { "deliver", "delivered" }, { "decide", "no such outcome" },
	};
	static const struct casefile_defect defect = { SV_INIT("photo"), SV_INIT("not clear") };
	struct ctx *ctx = &stage->kit->ctx;
	uint64_t dice = random_below(&stage->dice, 16);

	clock_advance(ctx->clock, (int64_t)random_below(&stage->dice, 36) * 3600000);
	if (dice == 15) {
		(void)casefile_extend(ctx, id, 0, SV("because")); /* refused more often than not: both are right */
	} else if (dice >= 12) {
		assert_ok(stage->kit, drive_advance(ctx, id, clock_now(ctx->clock) + DAY_MS * (int64_t)random_below(&stage->dice, 4)));
	} else {
		(void)drive_step(ctx, id, &(struct drive_step){ .act = sv_of(steps[dice].act), .outcome = sv_of(steps[dice].outcome),
			.reasons = SV("because"), .defects = &defect, .defect_count = 1 });
	}
}

struct seen {
	enum casefile_state state;
	int64_t revision;
	size_t events, leaves;
};

/* The events follow the table; each has its leaf. */
static struct seen check_case(struct stage *stage, struct id id)
{
	struct ctx *ctx = &stage->kit->ctx;
	struct casefile c;
	struct casefile_event *events;
	struct ledger_leaf *leaves;
	struct seen seen = { 0 };
	size_t leaf_count;
	int state = CASE_DRAFT;

	assert_ok(stage->kit, ledger_integrate(ctx)); /* as the writer does before it commits */
	assert_ok(stage->kit, casefile_find(ctx, id, &c));
	assert_ok(stage->kit, casefile_events(ctx, &c, &events, &seen.events));
	assert_ok(stage->kit, ledger_leaves_of_case(ctx, id, &leaves, &leaf_count));
	for (size_t i = 0; i < seen.events; i++) {
		const struct casefile_act_rule *rule = &casefile_act_rules[events[i].act];
		if (!(rule->from & FROM(state)))
			fail_msg("act %s from state %s", rule->code, casefile_state_code((enum casefile_state)state));
		if (rule->to != CASE_SAME)
			state = rule->to;
		size_t same = 0;
		for (size_t j = 0; j < leaf_count; j++)
			same += id_equal(leaves[j].id, events[i].leaf);
		assert_int_equal(same, 1);
	}
	for (size_t j = 0; j < leaf_count; j++)
		seen.leaves += !sv_equal(leaves[j].type, SV("read"));
	assert_int_equal(state, c.state);
	assert_int_equal(seen.leaves, seen.events);
	seen.state = c.state;
	seen.revision = c.revision;
	return seen;
}

static void test_random_lives(void **state)
{
	struct kit *kit = *state;
	struct ctx *ctx = &kit->ctx;
	struct stage stage;
	unsigned ended[CASE_STATE_COUNT] = { 0 };

	set_stage(&stage, kit);
	ctx->cache = cache_new(64 << 20, 16);
	for (int life = 0; life < LIVES; life++) {
		struct arena_mark mark = arena_mark(ctx->arena);
		*ctx->clock = clock_virtual(KIT_START_MS + (int64_t)life * DAY_MS);
		struct id id = file_one(&stage, (size_t)life % 4);
		struct seen before = check_case(&stage, id);
		for (int step = 0; step < STEPS; step++) {
			assert_ok(kit, store_savepoint(ctx));
			error_clear(ctx);
			try_something(&stage, id);
			bool failed = kit->err.rc != RC_OK;
			error_clear(ctx);
			if (failed)
				assert_ok(kit, store_savepoint_rollback(ctx));
			else
				assert_ok(kit, store_savepoint_release(ctx));
			struct seen after = check_case(&stage, id);
			if (failed) {
				assert_int_equal(after.revision, before.revision);
				assert_int_equal(after.events, before.events);
			}
			before = after;
		}
		ended[before.state]++;
		arena_rewind(ctx->arena, mark);
	}
	assert_true(ended[CASE_CLOSED] + ended[CASE_GRANTED] > 0);
	assert_true(ended[CASE_REFUSED] + ended[CASE_NOT_ACCEPTED] > 0);
	cache_free(ctx->cache);
	ctx->cache = NULL;
}

/* The same key files one case, whatever happens to the answer on its way. */
static void test_submit_is_idempotent(void **state)
{
	struct kit *kit = *state;
	struct ctx *ctx = &kit->ctx;
	struct stage stage;
	struct casefile c;

	set_stage(&stage, kit);
	ctx->idempotency_key = SV("the-same-key");
	struct id id = file_one(&stage, 3);
	assert_ok(kit, casefile_find(ctx, id, &c));
	struct principal who = { .kind = PRINCIPAL_PERSON, .account = c.account, .subject = c.party };
	ctx->who = &who;
	struct seen before = check_case(&stage, id);
	assert_ok(kit, casefile_submit(ctx, id, 0));
	struct seen after = check_case(&stage, id);
	assert_int_equal(before.events, after.events);
	assert_int_equal(before.revision, after.revision);
}

/* Other people's cases are not there; a stale form changes nothing. */
static void test_others_and_stale(void **state)
{
	struct kit *kit = *state;
	struct ctx *ctx = &kit->ctx;
	struct stage stage;
	struct casefile c;

	set_stage(&stage, kit);
	struct id id = file_one(&stage, 1);
	struct principal other = { .kind = PRINCIPAL_PERSON, .account = id_new(ctx), .subject = id_new(ctx) };
	assert_ok(kit, casefile_find(ctx, id, &c));
	ctx->who = &other;
	assert_int_equal(casefile_find(ctx, id, &c), RC_NOT_FOUND);
	error_clear(ctx);
	assert_int_equal(casefile_withdraw(ctx, id, 0, SV("")), RC_NOT_FOUND);
	error_clear(ctx);
	struct principal owner = { .kind = PRINCIPAL_PERSON, .account = c.account, .subject = c.party };
	ctx->who = &owner;
	assert_int_equal(casefile_withdraw(ctx, id, c.revision + 5, SV("")), RC_CONFLICT);
	error_clear(ctx);
	assert_ok(kit, casefile_withdraw(ctx, id, c.revision, SV("changed my mind")));
	assert_ok(kit, casefile_find(ctx, id, &c));
	assert_int_equal(c.state, CASE_WITHDRAWN);
}

/* --- rules that give no result --- */

#define LOOP "(some i in 1..1000000, j in 1..1000000 satisfies i + j = 0)"

/* Publishes the residence permit with `from` replaced by `to` in one of its files. */
static void publish_changed(struct stage *stage, const char *path, const char *from, const char *to)
{
	struct kit *kit = stage->kit;
	struct service_file *files;
	struct service_problems problems = { 0 };
	struct id version;
	size_t count, at = SIZE_MAX;

	assert_ok(kit, service_folder_read(&kit->ctx, SV(TONGBAN_SOURCE_ROOT "/services/residence-permit"), &files, &count));
	for (size_t i = 0; i < count; i++) {
		if (!sv_equal_z(files[i].path, path))
			continue;
		at = sv_find(files[i].bytes, sv_of(from), 0);
		assert_true(at != SIZE_MAX);
		files[i].bytes = arena_printf(&kit->arena, "%.*s%s%.*s", (int)at, files[i].bytes.ptr, to,
			SV_FMT(sv_slice(files[i].bytes, at + strlen(from), SIZE_MAX)));
	}
	assert_true(at != SIZE_MAX);
	assert_ok(kit, catalogue_publish(&kit->ctx, files, count, &problems, &version));
}

/* The record of the first act of rules, parsed. */
static const struct json *rule_details(struct stage *stage, struct id id, struct id *ret_leaf)
{
	struct ctx *ctx = &stage->kit->ctx;
	struct casefile c;
	struct casefile_event *events;
	const struct json *record;
	size_t count;

	assert_ok(stage->kit, casefile_find(ctx, id, &c));
	assert_ok(stage->kit, casefile_events(ctx, &c, &events, &count));
	for (size_t i = 0; i < count; i++) {
		if (events[i].act != ACT_RULE)
			continue;
		assert_ok(stage->kit, json_parse(ctx, SV("record"), events[i].record, &json_limits_request, &record));
		if (ret_leaf)
			*ret_leaf = events[i].leaf;
		return json_get(record, SV("details"));
	}
	fail_msg("no rules were applied");
	return NULL;
}

/* Its record of why, as a text. */
static struct sv explanation_text(struct stage *stage, struct id id)
{
	struct casefile_past_ruling rulings[CASEFILE_MAX_RULINGS];
	size_t count;

	assert_ok(stage->kit, casefile_past_rulings(&stage->kit->ctx, id, rulings, &count));
	assert_true(count > 0);
	return rulings[0].explanation;
}

static const struct json *explanation_of(struct stage *stage, struct id id)
{
	const struct json *explanation;

	assert_ok(stage->kit, json_parse(&stage->kit->ctx, SV("explanation"), explanation_text(stage, id), &json_limits_file, &explanation));
	return explanation;
}

/* An officer has to choose the way; nothing is decided; the way chosen leads to the window. */
static void check_way_open(struct stage *stage, struct id id)
{
	struct ctx *ctx = &stage->kit->ctx;
	struct casefile_task *tasks;
	struct casefile c;
	size_t count;

	assert_ok(stage->kit, casefile_find(ctx, id, &c));
	assert_int_equal(c.state, CASE_FILED);
	assert_ok(stage->kit, casefile_tasks(ctx, id, &tasks, &count));
	assert_int_equal(count, 1);
	assert_sv_equal(tasks[0].act, "route");
	assert_sv_equal(tasks[0].element, "route");
	assert_sv_equal(tasks[0].department, "public-security");
	assert_sv_equal(tasks[0].post, "approver");
	struct casefile_step step = { .task = tasks[0].id, .outcome = SV("route__accept") };
	assert_int_equal(casefile_step_do(ctx, &step), RC_INVALID); /* reasons are wanted */
	error_clear(ctx);
	step.reasons = SV("The rule loops; a person looks.");
	assert_ok(stage->kit, casefile_step_do(ctx, &step));
	assert_ok(stage->kit, casefile_tasks(ctx, id, &tasks, &count));
	assert_sv_equal(tasks[count - 1].act, "accept");
	assert_int_equal(tasks[count - 1].closed_at, 0);
	(void)check_case(stage, id);
}

/* A decision that loops for ever, and one without a result: both leave the choice to an officer, with the reason. */
static void test_rule_without_result(void **state)
{
	struct kit *kit = *state;
	struct stage stage;

	set_stage(&stage, kit);
	publish_changed(&stage, "eligibility.dmn", "registers.social_insurance.status = \"paying\"", LOOP);
	struct id id = file_case(&stage, 0, 0);
	const struct json *explanation = explanation_of(&stage, id);
	assert_true(json_is(json_get(explanation, SV("result")), JSON_NULL));
	assert_sv_equal(json_string(json_get(explanation, SV("reason"))),
		"The rule did not come to an end within its limit of steps. Simplify the rule.");
	assert_sv_equal(json_string(json_get(rule_details(&stage, id, NULL), SV("reason"))),
		arena_z(&kit->arena, json_string(json_get(explanation, SV("reason")))));
	assert_int_equal(json_string(json_path(explanation, SV("model.sha256"))).len, 64);
	check_way_open(&stage, id);

	/* what it gives is not of its type: null, with the reason beside it */
	publish_changed(&stage, "eligibility.dmn", "name=\"Eligibility\" typeRef=\"Any\"", "name=\"Eligibility\" typeRef=\"number\"");
	id = file_case(&stage, 0, 0);
	explanation = explanation_of(&stage, id);
	assert_true(json_is(json_get(explanation, SV("result")), JSON_NULL));
	assert_true(json_count(json_get(explanation, SV("decisions"))) > 0);
	check_way_open(&stage, id);
}

/* A gateway whose condition loops. */
static void test_gateway_loops(void **state)
{
	struct kit *kit = *state;
	struct stage stage;

	set_stage(&stage, kit);
	publish_changed(&stage, "process.bpmn", "eligibility.route = \"grant\"", LOOP);
	struct id id = file_case(&stage, 0, 0);
	(void)explanation_of(&stage, id); /* the decision itself was found */
	check_way_open(&stage, id);
}

/* A form whose check loops can be filed; no choice is made by machine. */
static void test_form_loops(void **state)
{
	struct kit *kit = *state;
	struct stage stage;

	set_stage(&stage, kit);
	publish_changed(&stage, "form.json", "residence_since <= today()", LOOP);
	struct id id = file_case(&stage, 0, 0);
	assert_sv_equal(json_string(json_get(rule_details(&stage, id, NULL), SV("reason"))),
		"The rule did not come to an end within its limit of steps. Simplify the rule.");
	check_way_open(&stage, id);
}

/* The record of why is in the case with the sources of its inputs, and the receipt proves it. */
static void test_explanation_is_kept(void **state)
{
	struct kit *kit = *state;
	struct ctx *ctx = &kit->ctx;
	struct stage stage;
	struct id leaf;

	set_stage(&stage, kit);
	struct id id = file_case(&stage, 0, 0);
	const struct json *details = rule_details(&stage, id, &leaf);
	const struct json *explanation = explanation_of(&stage, id), *sources = json_get(explanation, SV("sources"));
	assert_true(sv_is_absent(json_string(json_get(details, SV("reason")))));
	assert_sv_equal(hash_text(ctx, explanation_text(&stage, id)),
		arena_z(&kit->arena, json_string(json_get(details, SV("sha256")))));
	const struct json *population = json_get(sources, SV("registers.population"));
	assert_sv_equal(json_string(json_get(population, SV("kind"))), "register");
	assert_sv_equal(json_string(json_get(population, SV("register"))), "population");
	assert_int_equal(json_string(json_get(population, SV("at"))).len, 24);
	assert_sv_equal(json_string(json_get(json_get(sources, SV("situation")), SV("kind"))), "situation");
	assert_sv_equal(json_string(json_get(json_get(sources, SV("case")), SV("kind"))), "case");
	/* what it came to, with what would change it: the rules above it, with the cells that they lack */
	const struct json *outcome = json_get(details, SV("outcome")), *change = json_first(json_get(outcome, SV("changes")));
	assert_sv_equal(json_scalar(json_get(outcome, SV("rule"))), "4");
	assert_true(sv_has_prefix(json_string(json_get(outcome, SV("result"))), SV("{\"route\":\"officer\"")));
	assert_sv_equal(json_scalar(json_get(change, SV("rule"))), "1");
	const struct json *cells = json_get(change, SV("cells"));
	assert_int_equal(json_count(cells), 3);
	assert_sv_equal(json_scalar(json_get(json_first(cells), SV("column"))), "1");
	assert_sv_equal(json_string(json_get(json_first(cells), SV("value"))), "false");
	/* only what the model names: nothing else of the applicant */
	assert_int_equal(json_count(json_get(explanation, SV("inputs"))), 3);
	assert_null(json_get(json_get(explanation, SV("inputs")), SV("applicant")));
}

static void test_numbers(void **state)
{
	struct kit *kit = *state;
	struct sv number;

	assert_false(casefile_number_read(&kit->ctx, SV("0000-0000-0001"), &number));
	assert_true(casefile_number_read(&kit->ctx, SV("0000 0000 0000"), &number));
	assert_sv_equal(number, "0000-0000-0000");
	assert_false(casefile_number_read(&kit->ctx, SV("0000-0000-000"), &number));
	assert_false(casefile_number_read(&kit->ctx, SV("0000-0000-000U"), &number));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_random_lives, kit_db_setup, kit_db_teardown),
		cmocka_unit_test_setup_teardown(test_submit_is_idempotent, kit_db_setup, kit_db_teardown),
		cmocka_unit_test_setup_teardown(test_others_and_stale, kit_db_setup, kit_db_teardown),
		cmocka_unit_test_setup_teardown(test_rule_without_result, kit_db_setup, kit_db_teardown),
		cmocka_unit_test_setup_teardown(test_gateway_loops, kit_db_setup, kit_db_teardown),
		cmocka_unit_test_setup_teardown(test_form_loops, kit_db_setup, kit_db_teardown),
		cmocka_unit_test_setup_teardown(test_explanation_is_kept, kit_db_setup, kit_db_teardown),
		cmocka_unit_test_setup_teardown(test_numbers, kit_db_setup, kit_db_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
