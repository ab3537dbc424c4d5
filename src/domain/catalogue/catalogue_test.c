/* Publishing: a table with a gap needs a written acceptance of exactly that gap, and an acceptance of nothing is refused. And the
 * decisions of what is published, for the systems of departments. */
#include "domain/catalogue/catalogue.h"
#include "domain/catalogue/catalogue_sql.h"
#include "domain/identity/identity_sql.h"
#include "domain/identity/permission.h"
#include "domain/ledger/ledger_sql.h"
#include "base/site.h"
#include "test/kit/kit_db.h"

#include "base/banned.h"

KIT_DB(&sql_room_identity, &sql_room_ledger, &sql_room_catalogue)

struct folder {
	struct service_file *files;
	size_t count;
};

static struct folder read_folder(struct kit *kit)
{
	struct folder folder;
	struct sv dir = arena_printf(&kit->arena, "%s/services/residence-permit", TONGBAN_SOURCE_ROOT);

	assert_ok(kit, service_folder_read(&kit->ctx, dir, &folder.files, &folder.count));
	return folder;
}

static struct service_file *file_of(struct folder *folder, const char *path)
{
	size_t i = 0;

	while (i < folder->count && !sv_equal_z(folder->files[i].path, path))
		i++;
	assert_true(i < folder->count);
	return &folder->files[i];
}

/* Takes the last rule, for all other cases, out of the table. */
static void make_gap(struct kit *kit, struct folder *folder)
{
	struct service_file *file = file_of(folder, "eligibility.dmn");
	size_t from = sv_find(file->bytes, SV("<rule id=\"Eligibility_rule5\">"), 0);
	size_t to = sv_find(file->bytes, SV("</rule>"), from);

	file->bytes = arena_printf(&kit->arena, "%.*s%.*s", SV_FMT(sv_slice(file->bytes, 0, from)),
		SV_FMT(sv_slice(file->bytes, to + 7, SIZE_MAX)));
}

/* The folder with acceptances.yaml, where it stands in the order of paths. */
static void accept(struct kit *kit, struct folder *folder, struct sv text)
{
	struct service_file *files = ARENA_ARRAY(&kit->arena, struct service_file, folder->count + 1);

	files[0] = (struct service_file){ SV("acceptances.yaml"), text };
	memcpy(files + 1, folder->files, folder->count * sizeof(*files));
	*folder = (struct folder){ files, folder->count + 1 };
}

static enum rc publish(struct kit *kit, const struct folder *folder, struct service_problems *problems)
{
	struct id version;
	static const struct site site = { .origin = SV_INIT("test") };

	*problems = (struct service_problems){ 0 };
	kit->ctx.site = &site;
	kit->ctx.who = &principal_system;
	error_clear(&kit->ctx);
	return catalogue_publish(&kit->ctx, folder->files, folder->count, problems, &version);
}

static struct sv arg_of(const struct service_problem *problem, const char *name)
{
	for (const struct text_arg *arg = problem->args; arg && arg->name; arg++)
		if (strcmp(arg->name, name) == 0)
			return arg->value;
	return (struct sv){ NULL, 0 };
}

/* The entries to be pasted, as the lint prints them, with a reason filled in. */
static struct sv entries(struct kit *kit, const struct service_problems *problems)
{
	struct buf buf;

	buf_init(&buf, &kit->arena, 1 << 20);
	for (size_t i = 0; i < problems->len; i++) {
		struct sv entry = arg_of(&problems->at[i], "entry");
		size_t reason = sv_find(entry, SV("zh: \"\""), 0), who = sv_find(entry, SV("accepted_by: \"\""), 0);
		assert_true(reason < entry.len && who < entry.len);
		buf_printf(&buf, "%.*szh: 其余情形由窗口人工核对后再受理%.*saccepted_by: 示例，2026-03-02\n",
			SV_FMT(sv_slice(entry, 0, reason)), SV_FMT(sv_slice(entry, reason + 6, who - reason - 6)));
	}
	return buf_view(&buf);
}

static void test_gap(void **state)
{
	struct kit *kit = *state;
	struct folder folder = read_folder(kit);
	struct service_problems problems, again;

	make_gap(kit, &folder);
	assert_int_equal(publish(kit, &folder, &problems), RC_INVALID);
	assert_true(problems.len > 0);
	for (size_t i = 0; i < problems.len; i++) {
		assert_string_equal(problems.at[i].rule, "gap");
		assert_sv_equal(problems.at[i].file, "eligibility.dmn");
		assert_sv_equal(problems.at[i].element, "Eligibility");
		assert_true(problems.at[i].line > 1);
		assert_false(sv_is_empty(arg_of(&problems.at[i], "example")));
	}
	struct folder accepted = folder;
	accept(kit, &accepted, entries(kit, &problems));
	assert_ok(kit, publish(kit, &accepted, &again));
	assert_int_equal(again.len, 0);
	/* all but one: that one is still named */
	problems.len--;
	accept(kit, &folder, entries(kit, &problems));
	assert_int_equal(publish(kit, &folder, &again), RC_INVALID);
	assert_int_equal(again.len, 1);
	assert_sv_equal(again.at[0].file, "eligibility.dmn");
}

static void replace(struct kit *kit, struct folder *folder, const char *path, const char *from, const char *to)
{
	struct service_file *file = file_of(folder, path);
	size_t at = sv_find(file->bytes, sv_of(from), 0);

	assert_true(at != SIZE_MAX);
	file->bytes = arena_printf(&kit->arena, "%.*s%s%.*s", SV_FMT(sv_slice(file->bytes, 0, at)), to,
		SV_FMT(sv_slice(file->bytes, at + strlen(from), SIZE_MAX)));
}

/* One thing wrong in one file: told at that file and line, and nothing is published. */
static void test_bad_files(void **state)
{
	static const struct {
		const char *path, *from, *to, *says;
	} rows[] = {
		{ "service.yaml", "promised: {days: 5}", "promised: soon", "wrong form" },
		{ "service.yaml", "handling: instant", "handling: fast", "not one of the words" },
		{ "service.yaml", "level:", "levle:", "not known here" },
		{ "service.yaml", "main: true", "main: perhaps", "true or false" },
		{ "result.html", "{{number}}", "{{numbr}}", "" },
		{ "result.html", "<header>", "<script>1</script><header>", "" },
		{ "cases.yaml", "- ", "- [", "" },
		{ "form.json", "\"type\": \"default\"", "\"type\": 5", "" },
		{ "process.bpmn", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "<!DOCTYPE a>", "DOCTYPE" },
		{ "guide.zh.md", "#", "\xff", "UTF-8" },
	};
	struct kit *kit = *state;
	struct service_problems problems;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct folder folder = read_folder(kit);
		replace(kit, &folder, rows[i].path, rows[i].from, rows[i].to);
		assert_int_equal(publish(kit, &folder, &problems), RC_INVALID);
		assert_true(problems.len > 0);
		assert_sv_equal(problems.at[0].file, rows[i].path);
		assert_true(sv_find(sv_of(problems.at[0].msgid), sv_of(rows[i].says), 0) != SIZE_MAX);
	}
}

static void test_bad_acceptances(void **state)
{
	static const struct {
		const char *text, *says;
	} rows[] = {
		{ "- {file: eligibility.dmn, table: Eligibility, gap: x = 1, reason: {en: It never happens here.}, accepted_by: A}", "has no gap" },
		{ "- {file: eligibility.dmn, table: Eligibility, gap: x = 1, reason: {en: short}, accepted_by: A}", "too short" },
		{ "- {file: eligibility.dmn, table: Eligibility, gap: x = 1, accepted_by: A}", "is missing" },
		{ "- {file: eligibility.dmn, table: Eligibility, gap: x = 1, reason: {en: It never happens here.}}", "is missing" },
		{ "- {file: a, table: b, gap: c, rason: {en: It never happens here.}, accepted_by: A}", "not known here" },
		{ "file: eligibility.dmn", "wrong form" },
		{ "- {", "" },
	};
	struct kit *kit = *state;
	struct service_problems problems;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct folder folder = read_folder(kit);
		accept(kit, &folder, sv_of(rows[i].text));
		assert_int_equal(publish(kit, &folder, &problems), RC_INVALID);
		assert_true(problems.len > 0);
		assert_sv_equal(problems.at[0].file, "acceptances.yaml");
		assert_true(problems.at[0].line > 0);
		assert_true(sv_find(sv_of(problems.at[0].msgid), sv_of(rows[i].says), 0) != SIZE_MAX);
	}
	struct folder folder = read_folder(kit);
	accept(kit, &folder, SV("[]\n"));
	assert_ok(kit, publish(kit, &folder, &problems));
}

/* --- decisions for systems --- */

static enum rc ask(struct kit *kit, const char *service, const char *decision, const char *inputs, bool explain, const struct json **ret)
{
	struct decided decided;
	const struct json *json;

	error_clear(&kit->ctx);
	assert_ok(kit, json_parse(&kit->ctx, SV("inputs"), sv_of(inputs), &json_limits_request, &json));
	TRY(catalogue_decide(&kit->ctx, &(struct decide){ sv_of(service), sv_of(decision), json, explain }, &decided));
	assert_ok(kit, json_parse(&kit->ctx, SV("answer"), decided.json, &json_limits_file, ret));
	return RC_OK;
}

#define GRANTED \
	"{\"registers\": {\"population\": {\"household_region\": \"990900\", \"residence_region\": \"990101\", \"residence_since\": \"2025-01-01\"," \
	" \"residence_basis\": \"leased\"}, \"social_insurance\": {\"status\": \"paying\"}}, \"situation\": {\"ground\": \"work\"}," \
	" \"case\": {\"filed_on\": \"2026-03-03\"}}"

static void test_decide(void **state)
{
	struct kit *kit = *state;
	struct folder folder = read_folder(kit);
	struct service_problems problems;
	const struct json *answer;
	struct principal own = { .kind = PRINCIPAL_AGENCY, .department_code = SV("public-security"),
		.permissions = (uint64_t)1 << PERMISSION_DECISION_EVALUATE };
	struct principal other = own;

	other.department_code = SV("fire");
	assert_int_equal(publish(kit, &folder, &problems), RC_OK);
	kit->ctx.who = &own;
	assert_ok(kit, ask(kit, "residence-permit", "Eligibility", GRANTED, false, &answer));
	assert_sv_equal(json_string(json_path(answer, SV("result.route"))), "grant");
	assert_sv_equal(json_string(json_get(answer, SV("service"))), "residence-permit");
	assert_sv_equal(json_scalar(json_get(answer, SV("version"))), "1");
	assert_int_equal(json_string(json_path(answer, SV("model.sha256"))).len, 64);
	assert_null(json_get(answer, SV("explanation")));
	assert_ok(kit, ask(kit, "residence-permit", "Eligibility", "{}", true, &answer));
	assert_sv_equal(json_string(json_path(answer, SV("result.route"))), "officer");
	assert_int_equal(json_count(json_path(answer, SV("explanation.decisions"))), 1);
	assert_int_equal(ask(kit, "residence-permit", "Weather", "{}", false, &answer), RC_NOT_FOUND);
	assert_int_equal(ask(kit, "weather", "Eligibility", "{}", false, &answer), RC_NOT_FOUND);
	assert_int_equal(ask(kit, "residence-permit", "Eligibility", "{\"registres\": 1}", false, &answer), RC_INVALID);
	assert_sv_equal(kit->err.fields[0].field, "registres");
	assert_int_equal(ask(kit, "residence-permit", "Eligibility", "[]", false, &answer), RC_INVALID);
	kit->ctx.who = &other;
	assert_int_equal(ask(kit, "residence-permit", "Eligibility", "{}", false, &answer), RC_FORBIDDEN);
	other.permissions |= (uint64_t)1 << PERMISSION_DECISION_EVALUATE_ALL;
	assert_ok(kit, ask(kit, "residence-permit", "Eligibility", "{}", false, &answer));
}

/* A typed input refuses what is not of its type, by name; a rule that loops says so. */
static void test_decide_faults(void **state)
{
	struct kit *kit = *state;
	struct folder folder = read_folder(kit);
	struct service_problems problems;
	const struct json *answer;

	replace(kit, &folder, "eligibility.dmn", "name=\"case\" typeRef=\"Any\"", "name=\"case\" typeRef=\"context\"");
	replace(kit, &folder, "eligibility.dmn", "registers.social_insurance.status = \"paying\"",
		"some i in 1..1000000, j in 1..1000000 satisfies i + j = 0");
	assert_int_equal(publish(kit, &folder, &problems), RC_OK);
	assert_int_equal(ask(kit, "residence-permit", "Eligibility", "{\"case\": \"today\"}", false, &answer), RC_INVALID);
	assert_int_equal(kit->err.field_count, 1);
	assert_sv_equal(kit->err.fields[0].field, "case");
	assert_int_equal(ask(kit, "residence-permit", "Eligibility", GRANTED, false, &answer), RC_UNAVAILABLE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_gap, kit_db_setup, kit_db_teardown),
		cmocka_unit_test_setup_teardown(test_bad_files, kit_db_setup, kit_db_teardown),
		cmocka_unit_test_setup_teardown(test_bad_acceptances, kit_db_setup, kit_db_teardown),
		cmocka_unit_test_setup_teardown(test_decide, kit_db_setup, kit_db_teardown),
		cmocka_unit_test_setup_teardown(test_decide_faults, kit_db_setup, kit_db_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
