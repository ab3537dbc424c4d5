/* Registers: the city's descriptions load, rows go in and come out by field, and what does not fit is refused. */
#include "domain/registry/registry.h"

#include "domain/registry/registry_sql.h"
#include "test/kit/kit_db.h"

#include "base/banned.h"

KIT_DB(&sql_room_registry)

static void load(struct kit *kit)
{
	assert_ok(kit, registry_load(&kit->ctx, SV("registers.yaml"), kit_file(kit, "city/registers.yaml")));
}

static void test_city_descriptions(void **state)
{
	struct kit *kit = *state;
	struct registry fund;

	load(kit);
	load(kit); /* again: replaces */
	assert_ok(kit, registry_describe(&kit->ctx, SV("housing_fund"), &fund));
	assert_sv_equal(fund.department, "housing-fund");
	assert_sv_equal(fund.title.en, "Housing fund register");
	assert_int_equal(registry_field_find(&fund, SV("records"))->type, REGISTRY_LIST);
	assert_true(registry_field_find(&fund, SV("balance"))->is_sensitive);
	assert_null(registry_field_find(&fund, SV("shoe_size")));
	struct bitext word;
	assert_ok(kit, registry_word(&kit->ctx, SV("housing_fund"), SV("status"), SV("sealed"), &word));
	assert_sv_equal(word.zh, "封存");
	assert_sv_equal(word.en, "sealed");
	assert_int_equal(registry_word(&kit->ctx, SV("housing_fund"), SV("status"), SV("lost"), &word), RC_NOT_FOUND);
	error_clear(&kit->ctx);
	assert_int_equal(registry_describe(&kit->ctx, SV("weather"), &fund), RC_NOT_FOUND);
}

static struct sv printed(struct kit *kit)
{
	struct buf buf;

	buf_init(&buf, &kit->arena, 1 << 20);
	struct json_out out = json_out_to(&buf);
	assert_ok(kit, registry_print(&kit->ctx, &out));
	return buf_view(&buf);
}

/* What is printed, code words and all, loads as the same. */
static void test_descriptions_print(void **state)
{
	struct kit *kit = *state;
	struct bitext word;

	load(kit);
	struct sv whole = printed(kit);
	assert_true(sv_has_prefix(whole, SV("{\"registers\":[{\"name\":\"population\"")));
	assert_ok(kit, registry_load(&kit->ctx, SV("again"), whole));
	assert_ok(kit, registry_word(&kit->ctx, SV("housing_fund"), SV("status"), SV("sealed"), &word));
	assert_sv_equal(word.zh, "封存");
	assert_sv_equal(printed(kit), arena_z(&kit->arena, whole));
}

static void refuse(struct kit *kit, const char *yaml, uint32_t line)
{
	assert_int_equal(registry_load(&kit->ctx, SV("x.yaml"), sv_of(yaml)), RC_INVALID);
	assert_int_equal(kit->err.line, line);
	error_clear(&kit->ctx);
}

static void test_wrong_descriptions(void **state)
{
	struct kit *kit = *state;
	struct sv good = kit_file(kit, "city/registers.yaml");

	refuse(kit, "registers: []\n", 1);
	refuse(kit, "registers:\n  - {}\n  - {}\n  - {}\n  - {}\n  - {}\n", 2);
	/* a code without words in one of the languages */
	size_t word = sv_find(good, SV(", en: rented"), 0);
	struct sv without = arena_printf(&kit->arena, "%.*s%.*s", SV_FMT(sv_slice(good, 0, word)), SV_FMT(sv_slice(good, word + 12, SIZE_MAX)));
	assert_int_equal(registry_load(&kit->ctx, SV("x.yaml"), without), RC_INVALID);
	assert_sv_equal(kit->err.args[0].value, "en");
	error_clear(&kit->ctx);
	/* a field that the table does not have */
	size_t at = sv_find(good, SV("ethnicity"), 0);
	char *bad = arena_z(&kit->arena, good);
	bad[at] = 'E';
	assert_int_equal(registry_load(&kit->ctx, SV("x.yaml"), sv_of(bad)), RC_INVALID);
	assert_sv_equal(kit->err.args[0].value, "Ethnicity");
	assert_int_not_equal(kit->err.line, 0);
}

static void test_rows(void **state)
{
	struct kit *kit = *state;
	struct sv fields[] = { SV("name"), SV("residence_since"), SV("phone") };
	struct registry_value values[3];
	struct registry_pair row[] = { { SV("id_number"), SV("990000199003071219") }, { SV("name"), SV("示例甲") },
		{ SV("residence_since"), SV("2025-08-13") } };

	assert_ok(kit, registry_put(&kit->ctx, SV("population"), row, 3));
	assert_ok(kit, registry_find(&kit->ctx, SV("population"), SV("990000199003071219"), fields, 3, values));
	assert_sv_equal(values[0].text, "示例甲");
	assert_sv_equal(values[0].json, "\"示例甲\"");
	assert_sv_equal(values[1].json, "\"2025-08-13\"");
	assert_true(sv_is_absent(values[2].text));
	assert_sv_equal(values[2].json, "null");
	row[1].value = SV("示例乙");
	assert_ok(kit, registry_put(&kit->ctx, SV("population"), row, 2));
	assert_ok(kit, registry_find(&kit->ctx, SV("population"), SV("990000199003071219"), fields, 2, values));
	assert_sv_equal(values[0].text, "示例乙");
	assert_true(sv_is_absent(values[1].text));
	assert_int_equal(registry_find(&kit->ctx, SV("population"), SV("990000199003071220"), fields, 2, values), RC_NOT_FOUND);
}

static void test_list_and_money(void **state)
{
	struct kit *kit = *state;
	const struct json *row;
	struct sv fields[] = { SV("balance"), SV("records") };
	struct registry_value values[2];
	const char *text = "{\"id_number\": \"990000198504172021\", \"balance\": 8642150, \"records\": [{\"on\": \"2026-01-12\", "
			   "\"summary\": \"x\", \"amount\": 246000, \"balance_after\": 8642150}]}";

	for (int twice = 0; twice < 2; twice++) { /* the list is replaced, not added to */
		assert_ok(kit, json_parse(&kit->ctx, SV("row"), sv_of(text), &json_limits_request, &row));
		assert_ok(kit, registry_put_json(&kit->ctx, SV("housing_fund"), row));
	}
	assert_ok(kit, registry_find(&kit->ctx, SV("housing_fund"), SV("990000198504172021"), fields, 2, values));
	assert_sv_equal(values[0].json, "8642150");
	assert_sv_equal(values[1].json,
		"[{\"on\":\"2026-01-12\",\"summary\":\"x\",\"amount\":246000,\"balance_after\":8642150}]");
}

static void test_refused_rows(void **state)
{
	struct kit *kit = *state;
	static const struct registry_pair bad[] = {
		{ SV_INIT("shoe_size"), SV_INIT("43") },
		{ SV_INIT("birth_date"), SV_INIT("1990-02-30") },
		{ SV_INIT("birth_date"), SV_INIT("yesterday") },
		{ SV_INIT("name"), SV_INIT("no key") },
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(registry_put(&kit->ctx, SV("population"), &bad[i], 1), RC_INVALID);
		assert_int_equal(kit->err.field_count, 1);
		error_clear(&kit->ctx);
	}
	assert_int_equal(registry_put(&kit->ctx, SV("weather"), bad, 0), RC_INVALID);
}

static void test_import(void **state)
{
	struct kit *kit = *state;
	struct sv fields[] = { SV("months_paid") };
	struct registry_value value;
	int64_t count;

	assert_ok(kit, registry_import(&kit->ctx, SV("social_insurance"), SV("a.csv"),
		SV("id_number,status,months_paid\n990000199003071219,paying,17\n990000199003071220,none,\n"), &count));
	assert_int_equal(count, 2);
	assert_ok(kit, registry_find(&kit->ctx, SV("social_insurance"), SV("990000199003071219"), fields, 1, &value));
	assert_sv_equal(value.json, "17");
	assert_int_equal(registry_import(&kit->ctx, SV("social_insurance"), SV("b.csv"),
		SV("id_number,months_paid\n1,2\n3,many\n"), &count), RC_INVALID);
	assert_int_equal(kit->err.line, 3);
	assert_sv_equal(kit->err.file, "b.csv");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_city_descriptions, kit_db_setup, kit_db_teardown),
		cmocka_unit_test_setup_teardown(test_descriptions_print, kit_db_setup, kit_db_teardown),
		cmocka_unit_test_setup_teardown(test_wrong_descriptions, kit_db_setup, kit_db_teardown),
		cmocka_unit_test_setup_teardown(test_rows, kit_db_setup, kit_db_teardown),
		cmocka_unit_test_setup_teardown(test_list_and_money, kit_db_setup, kit_db_teardown),
		cmocka_unit_test_setup_teardown(test_refused_rows, kit_db_setup, kit_db_teardown),
		cmocka_unit_test_setup_teardown(test_import, kit_db_setup, kit_db_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
