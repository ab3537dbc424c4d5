/* Drafts of a service's rules: who may change and publish them, conflicts, gaps, tests of exactly this draft; and replays of
 * past cases, which find the decisions that would change and keep nothing of a person. */
#include "app/drive.h"
#include "base/cache.h"
#include "base/civil.h"
#include "base/site.h"
#include "base/yaml.h"
#include "domain/catalogue/catalogue_sql.h"
#include "domain/designer/designer.h"
#include "domain/exchange/exchange.h"
#include "domain/identity/identity.h"
#include "domain/ledger/ledger.h"
#include "domain/registry/registry.h"
#include "engine/clock/clock.h"
#include "test/cases/stage_kit.h"
#include "test/kit/kit_db.h"

#include "domain/casefile/casefile_sql.h"
#include "domain/designer/designer_sql.h"
#include "domain/exchange/exchange_sql.h"
#include "domain/identity/identity_sql.h"
#include "domain/ledger/ledger_sql.h"
#include "domain/registry/registry_sql.h"

#include "base/banned.h"

KIT_DB(&sql_room_identity, &sql_room_registry, &sql_room_exchange, &sql_room_ledger, &sql_room_catalogue, &sql_room_casefile, &sql_room_designer)

static const struct sv code = SV_INIT("residence-permit"), rules_file = SV_INIT("eligibility.dmn");

struct stage {
	struct kit *kit;
	struct site site;
	struct principal author, other;
};

static struct principal administrator(struct kit *kit, const char *login)
{
	struct principal who = { .kind = PRINCIPAL_OFFICER, .name = SV("示例"), .code = sv_of(login), .department_code = SV("data-bureau"),
		.permissions = 1ull << PERMISSION_SERVICE_READ | 1ull << PERMISSION_SERVICE_PUBLISH };

	assert_ok(kit, identity_account_open(&kit->ctx, &(struct account_new){ .kind = PRINCIPAL_OFFICER, .login = sv_of(login),
		.password_hash = SV("-"), .name = who.name, .officer_code = who.code, .department = SV("data-bureau") }, &who.account));
	return who;
}

static void set_stage(struct stage *stage, struct kit *kit)
{
	*stage = (struct stage){ .kit = kit };
	stage_set(kit, &stage->site);
	stage->author = administrator(kit, "4201");
	stage->other = administrator(kit, "4202");
	stage_publish(kit, "residence-permit");
	kit->ctx.who = &stage->author;
}

/* --- drafts --- */

static struct designer_draft draft_of(struct stage *stage, struct id id)
{
	struct designer_draft draft;

	assert_ok(stage->kit, designer_draft_find(&stage->kit->ctx, id, &draft));
	return draft;
}

static struct sv file_of(struct stage *stage, struct id id, struct sv path)
{
	struct designer_draft draft = draft_of(stage, id);
	struct service_file *files;
	size_t count;

	assert_ok(stage->kit, designer_files(&stage->kit->ctx, &draft, &files, &count));
	for (size_t i = 0; i < count; i++)
		if (sv_equal(files[i].path, path))
			return files[i].bytes;
	return SV("");
}

static struct sv replaced(struct kit *kit, struct sv text, const char *from, const char *to)
{
	size_t at = sv_find(text, sv_of(from), 0);

	assert_true(at != SIZE_MAX);
	return arena_printf(&kit->arena, "%.*s%s%.*s", SV_FMT(sv_slice(text, 0, at)), to, SV_FMT(sv_slice(text, at + strlen(from), SIZE_MAX)));
}

static enum rc save(struct stage *stage, struct id id, struct sv path, struct sv bytes)
{
	error_clear(&stage->kit->ctx);
	return designer_file_save(&stage->kit->ctx, id, draft_of(stage, id).revision, path, bytes);
}

static void passed(struct stage *stage, struct id id, bool all)
{
	struct service_outcome cases[] = { { SV("one"), SV(""), true }, { SV("two"), all ? SV("") : SV("status: got a, expected b\n"), all } };

	assert_ok(stage->kit, designer_test_put(&stage->kit->ctx, id, draft_of(stage, id).hash, cases, 2));
}

static enum rc publish(struct stage *stage, struct id id)
{
	struct service_problems problems = { 0 };
	struct id version;

	error_clear(&stage->kit->ctx);
	return designer_publish(&stage->kit->ctx, id, draft_of(stage, id).revision, &problems, &version);
}

/* Another sentence for the last rule. */
static struct sv other_words(struct stage *stage, struct id id)
{
	return replaced(stage->kit, file_of(stage, id, rules_file), "由工作人员核对您上传的材料。", "由窗口人员核对您上传的材料。");
}

static void test_two_persons(void **state)
{
	struct kit *kit = *state;
	struct ctx *ctx = &kit->ctx;
	struct stage stage;
	const struct service *current;
	struct id id;

	set_stage(&stage, kit);
	assert_ok(kit, designer_draft_open(ctx, code, &id));
	struct sv before = file_of(&stage, id, rules_file), after = other_words(&stage, id);
	/* only the author changes it */
	ctx->who = &stage.other;
	assert_int_equal(save(&stage, id, rules_file, after), RC_FORBIDDEN);
	ctx->who = &stage.author;
	assert_ok(kit, save(&stage, id, rules_file, after));
	struct designer_draft draft = draft_of(&stage, id);
	/* an older page is told, and nothing changes */
	error_clear(ctx);
	assert_int_equal(designer_file_save(ctx, id, draft.revision - 1, rules_file, before), RC_CONFLICT);
	assert_true(sv_equal(file_of(&stage, id, rules_file), after));
	/* what cannot be read is not kept; other files are not changed here */
	assert_int_equal(save(&stage, id, rules_file, SV("<definitions")), RC_INVALID);
	assert_int_equal(save(&stage, id, SV("form.json"), SV("{}")), RC_NOT_FOUND);
	/* not tested, not passed, not by the author */
	ctx->who = &stage.other;
	assert_int_equal(publish(&stage, id), RC_INVALID);
	passed(&stage, id, false);
	assert_int_equal(publish(&stage, id), RC_INVALID);
	passed(&stage, id, true);
	ctx->who = &stage.author;
	assert_int_equal(publish(&stage, id), RC_FORBIDDEN);
	/* tests of an earlier state do not count */
	assert_ok(kit, save(&stage, id, rules_file, replaced(kit, after, "窗口人员", "受理人员")));
	ctx->who = &stage.other;
	assert_int_equal(publish(&stage, id), RC_INVALID);
	passed(&stage, id, true);
	assert_ok(kit, publish(&stage, id));
	assert_ok(kit, catalogue_current(ctx, code, &current));
	assert_int_equal(current->version_number, 2);
	draft = draft_of(&stage, id);
	assert_int_equal(draft.state, DRAFT_PUBLISHED);
	assert_memory_equal(draft.published.bytes, current->version.bytes, sizeof(draft.published.bytes));
	assert_memory_equal(draft.hash.bytes, current->hash.bytes, sizeof(draft.hash.bytes));
	assert_int_equal(publish(&stage, id), RC_CONFLICT);
}

static void test_base(void **state)
{
	struct kit *kit = *state;
	struct ctx *ctx = &kit->ctx;
	struct stage stage;
	struct id first, second, dropped;

	set_stage(&stage, kit);
	assert_ok(kit, designer_draft_open(ctx, code, &first));
	assert_ok(kit, designer_draft_open(ctx, code, &second));
	assert_ok(kit, save(&stage, first, rules_file, other_words(&stage, first)));
	struct sv cases = arena_printf(&kit->arena, "%.*s# more\n", SV_FMT(file_of(&stage, second, SV("cases.yaml"))));
	assert_ok(kit, save(&stage, second, SV("cases.yaml"), cases));
	ctx->who = &stage.other;
	passed(&stage, first, true);
	assert_ok(kit, publish(&stage, first));
	passed(&stage, second, true);
	assert_int_equal(publish(&stage, second), RC_CONFLICT); /* its base is no longer the current version */
	ctx->who = &stage.author;
	error_clear(ctx);
	assert_ok(kit, designer_rebase(ctx, second, draft_of(&stage, second).revision));
	assert_true(sv_find(file_of(&stage, second, rules_file), SV("窗口人员"), 0) != SIZE_MAX);
	assert_true(sv_equal(file_of(&stage, second, SV("cases.yaml")), cases));
	ctx->who = &stage.other;
	assert_int_equal(publish(&stage, second), RC_INVALID); /* the tests were of another folder */
	passed(&stage, second, true);
	assert_ok(kit, publish(&stage, second));
	/* a draft without changes publishes nothing; one put away neither */
	ctx->who = &stage.author;
	assert_ok(kit, designer_draft_open(ctx, code, &dropped));
	ctx->who = &stage.other;
	passed(&stage, dropped, true);
	assert_int_equal(publish(&stage, dropped), RC_INVALID);
	ctx->who = &stage.author;
	error_clear(ctx);
	assert_ok(kit, designer_draft_drop(ctx, dropped, draft_of(&stage, dropped).revision));
	assert_int_equal(save(&stage, dropped, rules_file, SV("")), RC_CONFLICT);
}

static struct sv arg_of(const struct service_problem *problem, const char *name)
{
	for (const struct text_arg *arg = problem->args; arg && arg->name; arg++)
		if (strcmp(arg->name, name) == 0)
			return arg->value;
	return SV("");
}

/* A gap keeps the draft from being published until each is accepted, and the acceptance names who did. */
static void test_gaps(void **state)
{
	struct kit *kit = *state;
	struct ctx *ctx = &kit->ctx;
	struct stage stage;
	struct service_problems problems = { 0 };
	struct service_file *files;
	const struct service *service;
	size_t count;
	struct id id;

	set_stage(&stage, kit);
	assert_ok(kit, designer_draft_open(ctx, code, &id));
	struct sv text = file_of(&stage, id, rules_file);
	size_t from = sv_find(text, SV("<rule id=\"Eligibility_rule5\">"), 0), to = sv_find(text, SV("</rule>"), from) + 7;
	assert_ok(kit, save(&stage, id, rules_file, arena_printf(&kit->arena, "%.*s%.*s", SV_FMT(sv_slice(text, 0, from)),
		SV_FMT(sv_slice(text, to, SIZE_MAX)))));
	passed(&stage, id, true);
	ctx->who = &stage.other;
	assert_int_equal(publish(&stage, id), RC_INVALID);
	error_clear(ctx);
	struct designer_draft draft = draft_of(&stage, id);
	assert_ok(kit, designer_files(ctx, &draft, &files, &count));
	assert_ok(kit, service_parse(ctx, files, count, &problems, &service));
	assert_ok(kit, service_lint(ctx, service, &problems));
	assert_true(problems.len > 1);
	ctx->who = &stage.author;
	for (size_t i = 0; i < problems.len; i++)
		assert_ok(kit, designer_gap_accept(ctx, id, draft_of(&stage, id).revision, &(struct service_acceptance){ .file = problems.at[i].file,
			.table = problems.at[i].element, .gap = arg_of(&problems.at[i], "example"), .reason = { SV("其余情形由窗口人工核对处理"), SV("") } }));
	assert_true(sv_find(file_of(&stage, id, SV("acceptances.yaml")), SV("示例 4201"), 0) != SIZE_MAX);
	ctx->who = &stage.other;
	passed(&stage, id, true);
	assert_ok(kit, publish(&stage, id));
}

/* --- replays --- */

/* A row that leaves its key out is about the applicant. */
static void put_row(struct stage *stage, const struct json *row, struct sv id_number)
{
	struct ctx *ctx = &stage->kit->ctx;
	const struct json *whole;
	struct buf buf;

	buf_init(&buf, ctx->arena, 1 << 20);
	struct json_out out = json_out_to(&buf);
	json_out_object(&out);
	json_out_member(&out, SV("id_number"), id_number);
	for (const struct json *v = json_first(row); v; v = json_next(row, v))
		if (!sv_equal(json_key(v), SV("id_number"))) {
			json_out_key(&out, json_key(v));
			json_out_value(&out, v);
		}
	json_out_object_end(&out);
	assert_ok(stage->kit, json_parse(ctx, SV("row"), buf_view(&buf), &json_limits_request, &whole));
	assert_ok(stage->kit, registry_put_json(ctx, json_key(row), whole));
}

static void file_example(struct stage *stage, const struct json *spec)
{
	struct ctx *ctx = &stage->kit->ctx;
	const struct json *file = json_get(spec, SV("file")), *applicant = json_get(spec, SV("applicant")), *list = json_get(file, SV("materials"));
	const struct json *registers = json_get(spec, SV("registers"));
	struct sv materials[64];
	struct drive_filing filing = { .service = code, .form = json_get(file, SV("form")), .situation = json_get(file, SV("situation")),
		.materials = materials };
	struct party party = { .kind = PARTY_NATURAL, .code = json_scalar(json_get(applicant, SV("id_number"))),
		.name = json_scalar(json_get(applicant, SV("name"))) };
	struct id id;
	int64_t day;

	assert_true(civil_parse_day(json_scalar(json_get(file, SV("on"))), &day));
	*ctx->clock = clock_virtual(civil_china_midnight(day) + 10 * 3600000);
	for (const struct json *row = json_first(registers); row; row = json_next(registers, row))
		put_row(stage, row, party.code);
	for (const struct json *v = json_first(list); v; v = json_next(list, v))
		materials[filing.material_count++] = json_scalar(v);
	assert_ok(stage->kit, identity_party_open(ctx, &party, &filing.party));
	assert_ok(stage->kit, identity_account_open(ctx, &(struct account_new){ .kind = PRINCIPAL_PERSON,
		.login = id_text(ctx->arena, id_new(ctx)), .password_hash = SV("-"), .name = party.name, .party = filing.party },
		&filing.account));
	assert_ok(stage->kit, drive_file(ctx, &filing, &id));
}

static struct sql_designer_replay_by_id_row replay(struct stage *stage, struct id id)
{
	struct ctx *ctx = &stage->kit->ctx;
	struct sql_designer_replay_by_id_row row;
	bool more = true;
	struct id replay;

	assert_ok(stage->kit, designer_replay_start(ctx, id, civil_to_day((struct civil_date){ 2026, 1, 1 }),
		civil_to_day((struct civil_date){ 2026, 12, 31 }), &replay));
	for (unsigned steps = 0; more; steps++) {
		assert_true(steps < 100);
		assert_ok(stage->kit, designer_replay_step(ctx, &more));
	}
	assert_ok(stage->kit, sql_designer_replay_by_id(ctx, replay, &row));
	assert_true(row.ended_at != 0);
	return row;
}

static void test_replay(void **state)
{
	struct kit *kit = *state;
	struct ctx *ctx = &kit->ctx;
	struct stage stage;
	struct sql_designer_replay_changes_of_rows changes;
	const struct json *cases;
	struct ledger_leaf leaf;
	struct id id;
	int64_t granted = 0;

	set_stage(&stage, kit);
	ctx->cache = cache_new(64 << 20, 16);
	ctx->who = &principal_system;
	assert_ok(kit, yaml_parse(ctx, SV("cases.yaml"), stage_source(kit, "services/residence-permit/cases.yaml"), &json_limits_file, &cases));
	for (const struct json *spec = json_first(cases); spec; spec = json_next(cases, spec)) {
		if (!sv_equal(json_scalar(json_path(spec, SV("expect.decision.eligibility.route"))), SV("grant")))
			continue;
		file_example(&stage, spec);
		granted++;
	}
	assert_true(granted >= 2);
	ctx->who = &stage.author;
	assert_ok(kit, designer_draft_open(ctx, code, &id));
	/* the same rules change nothing */
	struct sql_designer_replay_by_id_row row = replay(&stage, id);
	assert_int_equal(row.cases, granted);
	assert_int_equal(row.decisions, granted);
	assert_int_equal(row.changed, 0);
	assert_int_equal(row.unread, 0);
	assert_ok(kit, ledger_integrate(ctx));
	assert_ok(kit, ledger_leaf_find(ctx, row.leaf, &leaf));
	assert_sv_equal(leaf.type, "read");
	/* another ground in the first rule: those who work go to an officer */
	assert_ok(kit, save(&stage, id, rules_file, replaced(kit, file_of(&stage, id, rules_file), "\"work\"", "\"retired\"")));
	row = replay(&stage, id);
	assert_int_equal(row.unread, 0);
	assert_true(row.changed >= 1 && row.changed < granted + 1);
	assert_ok(kit, sql_designer_replay_changes_of(ctx, row.id, 0, 100, &changes));
	assert_int_equal(changes.len, row.changed);
	for (size_t i = 0; i < changes.len; i++) {
		assert_sv_equal(changes.at[i].decision, "eligibility.dmn#Eligibility");
		assert_sv_equal(changes.at[i].rule_before, "Eligibility_rule1");
		assert_sv_equal(changes.at[i].rule_after, "Eligibility_rule5");
		assert_sv_equal(changes.at[i].failed_column, "申领理由");
		assert_sv_equal(changes.at[i].failed_cell, "\"retired\"");
	}
	/* a draft that changes while it is replayed ends the replay */
	struct id third;
	bool more;
	assert_ok(kit, designer_replay_start(ctx, id, civil_china_day(KIT_START_MS), civil_china_day(KIT_START_MS), &third));
	assert_ok(kit, designer_draft_drop(ctx, id, draft_of(&stage, id).revision));
	assert_ok(kit, designer_replay_step(ctx, &more));
	assert_ok(kit, sql_designer_replay_by_id(ctx, third, &row));
	assert_true(row.ended_at != 0);
	assert_int_equal(row.cases, 0);
	cache_free(ctx->cache);
	ctx->cache = NULL;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_two_persons, kit_db_setup, kit_db_teardown),
		cmocka_unit_test_setup_teardown(test_base, kit_db_setup, kit_db_teardown),
		cmocka_unit_test_setup_teardown(test_gaps, kit_db_setup, kit_db_teardown),
		cmocka_unit_test_setup_teardown(test_replay, kit_db_setup, kit_db_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
