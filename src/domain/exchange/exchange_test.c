/* Exchange: only complete, granted reads touch a register; each leaves its record and its leaf; the person sees and disputes. */
#include "domain/exchange/exchange.h"

#include "base/site.h"
#include "domain/exchange/exchange_int.h"
#include "domain/exchange/exchange_sql.h"
#include "domain/identity/identity.h"
#include "domain/ledger/ledger.h"
#include "domain/registry/registry.h"
#include "engine/tlog/signer.h"
#include "http/module.h"
#include "test/kit/kit_db.h"

#include "base/banned.h"

static int setup(void **state)
{
	const struct store_room *rooms[] = { identity_module.tables, ledger_module.tables, registry_module.tables,
		exchange_module.tables };

	return kit_db_open(state, rooms, sizeof(rooms) / sizeof(rooms[0]));
}

#define PERSON "990000199003071219"

struct world {
	struct kit *kit;
	struct signer_local local;
	struct site site;
	struct principal officer, auditor, person;
	struct sv fields[2];
	struct exchange_request request;
};

static void make_world(struct world *world, struct kit *kit)
{
	static const uint8_t seed[NOTE_SEED_SIZE] = { 5 };
	struct party party = { .kind = PARTY_NATURAL, .code = SV(PERSON), .name = SV("示例甲"), .phone = SV("13900000101") };
	struct identity_loaded loaded;
	struct registry_pair row[] = { { SV("id_number"), SV(PERSON) }, { SV("name"), SV("示例甲") },
		{ SV("residence_since"), SV("2025-08-13") }, { SV("ethnicity"), SV("汉族") } };
	struct id id;

	*world = (struct world){ .kit = kit };
	signer_local_init(&world->local, note_secret_from_seed(SV("tongban.example/ledger"), seed));
	world->site.signer = &world->local.signer;
	world->site.seal_master = seal_key_new(&kit->ctx);
	kit->ctx.site = &world->site;
	assert_ok(kit, registry_load(&kit->ctx, SV("registers.yaml"), kit_file(kit, "city/registers.yaml")));
	assert_ok(kit, exchange_load(&kit->ctx, SV("purposes.yaml"), kit_file(kit, "city/purposes.yaml")));
	assert_ok(kit, registry_put(&kit->ctx, SV("population"), row, 4));
	assert_ok(kit, identity_load(&kit->ctx, SV("departments.yaml"),
		SV("departments: [{code: public-security, name: {zh: 公安局, en: Public Security Bureau}}]"), (struct sv){ NULL, 0 }, &loaded));
	assert_ok(kit, identity_party_open(&kit->ctx, &party, &id));
	world->person = (struct principal){ .kind = PRINCIPAL_PERSON, .subject = id };
	world->officer = (struct principal){ .kind = PRINCIPAL_OFFICER, .account = id_new(&kit->ctx), .code = SV("3103") };
	world->auditor = (struct principal){ .kind = PRINCIPAL_OFFICER, .account = id_new(&kit->ctx), .code = SV("4203"),
		.permissions = 1ull << PERMISSION_ACCESS_AUDIT };
	kit->ctx.who = &world->officer;
	world->fields[0] = SV("name");
	world->fields[1] = SV("residence_since");
	world->request = (struct exchange_request){
		.register_name = SV("population"),
		.fields = world->fields,
		.field_count = 2,
		.subject_code = SV(PERSON),
		.purpose = SV("residence-permit"),
		.basis = { SV("居住证暂行条例 第七条"), SV("Interim Regulations on Residence Permits, art. 7") },
		.case_id = id_new(&kit->ctx),
		.case_number = SV("7KM3-9QXT-2C4F"),
		.department = SV("public-security"),
	};
}

static size_t accesses(struct world *world, struct exchange_access **ret)
{
	size_t count;

	assert_ok(world->kit, exchange_accesses(&world->kit->ctx, &(struct exchange_query){ .code = SV(PERSON), .limit = 10 }, ret, &count));
	return count;
}

static void test_read(void **state)
{
	struct kit *kit = *state;
	struct world world;
	struct exchange_answer answer;
	struct exchange_access *list;
	struct ledger_leaf leaf;

	make_world(&world, kit);
	assert_ok(kit, exchange_read(&kit->ctx, &world.request, &answer));
	assert_true(answer.found);
	assert_int_equal(answer.count, 2);
	assert_sv_equal(answer.values[0].value, "示例甲");
	assert_sv_equal(answer.values[1].json, "\"2025-08-13\"");
	assert_sv_equal(answer.values[1].label.en, "Residence registered on");
	assert_sv_equal(answer.source.zh, "人口库");
	assert_int_equal(accesses(&world, &list), 1);
	assert_sv_equal(list[0].fields, "name residence_since");
	assert_sv_equal(list[0].reader_code, "3103");
	assert_true(id_equal(list[0].leaf, answer.leaf));
	assert_ok(kit, ledger_leaf_find(&kit->ctx, answer.leaf, &leaf));
	assert_sv_equal(leaf.type, "read");
	assert_true(id_equal(leaf.subject, world.person.subject));
}

static void test_nothing_there(void **state)
{
	struct kit *kit = *state;
	struct world world;
	struct exchange_answer answer;
	struct exchange_access *list;

	make_world(&world, kit);
	world.fields[0] = SV("status");
	world.request.field_count = 1;
	world.request.register_name = SV("social_insurance");
	kit->ctx.who = &principal_system;
	assert_ok(kit, exchange_read(&kit->ctx, &world.request, &answer));
	assert_false(answer.found);
	assert_true(sv_is_absent(answer.values[0].value));
	assert_sv_equal(answer.values[0].json, "null");
	assert_int_equal(accesses(&world, &list), 1);
	assert_false(list[0].found);
}

static void refuse(struct world *world, enum rc rc)
{
	struct exchange_answer answer;
	struct exchange_access *list;

	assert_int_equal(exchange_read(&world->kit->ctx, &world->request, &answer), rc);
	error_clear(&world->kit->ctx);
	assert_int_equal(accesses(world, &list), 0);
}

static void test_refused(void **state)
{
	struct kit *kit = *state;
	struct world world;
	struct exchange_request good;

	make_world(&world, kit);
	good = world.request;
#define WITHOUT(change, rc) (world.request = good, (change), refuse(&world, (rc)))
	WITHOUT(world.request.purpose = SV(""), RC_INVALID);
	WITHOUT(world.request.basis = (struct bitext){ 0 }, RC_INVALID);
	WITHOUT(world.request.case_id = (struct id){ { 0 } }, RC_INVALID);
	WITHOUT(world.request.subject_code = SV(""), RC_INVALID);
	WITHOUT(world.request.department = SV(""), RC_INVALID);
	WITHOUT(world.request.field_count = 0, RC_INVALID);
	WITHOUT(world.request.purpose = SV("curiosity"), RC_INVALID);
	WITHOUT(world.request.register_name = SV("weather"), RC_INVALID);
	WITHOUT(world.request.department = SV("traffic"), RC_FORBIDDEN);
	WITHOUT(world.fields[1] = SV("shoe_size"), RC_INVALID);
	WITHOUT(world.fields[1] = SV("ethnicity"), RC_FORBIDDEN); /* exists, but not granted for this purpose */
}

static void test_lists(void **state)
{
	struct kit *kit = *state;
	struct world world;
	struct exchange_answer answer;
	struct exchange_access *list, *next;
	size_t count;

	make_world(&world, kit);
	for (int i = 0; i < 5; i++)
		assert_ok(kit, exchange_read(&kit->ctx, &world.request, &answer));
	assert_ok(kit, exchange_accesses(&kit->ctx, &(struct exchange_query){ .code = SV(PERSON), .department = SV("public-security"), .limit = 3 }, &list, &count));
	assert_int_equal(count, 3);
	assert_ok(kit, exchange_accesses(&kit->ctx, &(struct exchange_query){ .code = SV(PERSON), .before = list[2].id, .limit = 10 }, &next, &count));
	assert_int_equal(count, 2);
	assert_ok(kit, exchange_accesses(&kit->ctx, &(struct exchange_query){ .code = SV(PERSON), .department = SV("traffic"), .limit = 10 }, &list, &count));
	assert_int_equal(count, 0);
	assert_ok(kit, exchange_accesses(&kit->ctx, &(struct exchange_query){ .code = SV("990000199003071220"), .limit = 10 }, &list, &count));
	assert_int_equal(count, 0);
}

static void test_sentences(void **state)
{
	struct kit *kit = *state;
	struct world world;
	struct exchange_answer answer;
	struct exchange_access *list;
	struct sv sentence;

	make_world(&world, kit);
	assert_ok(kit, exchange_read(&kit->ctx, &world.request, &answer));
	assert_int_equal(accesses(&world, &list), 1);
	assert_ok(kit, exchange_sentence(&kit->ctx, &list[0], true, &sentence));
	assert_sv_equal(sentence, "Public Security Bureau, officer 3103, read your data on Mon 2 March 2026 for case "
				  "7KM3-9QXT-2C4F: Name, Residence registered on. The purpose: Handling residence permits.");
}

static void test_dispute(void **state)
{
	struct kit *kit = *state;
	struct world world;
	struct exchange_answer answer;
	struct exchange_access *list, found;
	struct sql_exchange_disputes_rows disputes;

	make_world(&world, kit);
	assert_ok(kit, exchange_read(&kit->ctx, &world.request, &answer));
	assert_int_equal(accesses(&world, &list), 1);
	struct id read = list[0].id;
	kit->ctx.who = &world.person;
	assert_int_equal(exchange_dispute_open(&kit->ctx, SV(PERSON), read, SV("  ")), RC_INVALID);
	error_clear(&kit->ctx);
	assert_int_equal(exchange_dispute_open(&kit->ctx, SV("990000199003071220"), read, SV("not mine")), RC_NOT_FOUND);
	error_clear(&kit->ctx);
	assert_ok(kit, exchange_dispute_open(&kit->ctx, SV(PERSON), read, SV("I never applied.")));
	assert_int_equal(exchange_dispute_open(&kit->ctx, SV(PERSON), read, SV("Again.")), RC_CONFLICT);
	error_clear(&kit->ctx);
	assert_ok(kit, sql_exchange_disputes(&kit->ctx, &disputes));
	assert_int_equal(disputes.len, 1);
	assert_int_equal(exchange_dispute_answer(&kit->ctx, disputes.at[0].id, SV("Yes.")), RC_FORBIDDEN);
	error_clear(&kit->ctx);
	kit->ctx.who = &world.auditor;
	assert_ok(kit, exchange_dispute_answer(&kit->ctx, disputes.at[0].id, SV("It was for your own application.")));
	assert_int_equal(exchange_dispute_answer(&kit->ctx, disputes.at[0].id, SV("Twice.")), RC_CONFLICT);
	error_clear(&kit->ctx);
	assert_ok(kit, exchange_access_find(&kit->ctx, SV(PERSON), read, &found));
	assert_int_not_equal(found.disputed_at, 0);
	assert_sv_equal(found.answer, "It was for your own application.");
}

static void test_receipt(void **state)
{
	struct kit *kit = *state;
	struct world world;
	struct exchange_answer answer;
	struct sv receipt;

	make_world(&world, kit);
	assert_ok(kit, exchange_read(&kit->ctx, &world.request, &answer));
	assert_int_equal(ledger_receipt(&kit->ctx, answer.leaf, NULL, &receipt), RC_UNAVAILABLE);
	error_clear(&kit->ctx);
	assert_ok(kit, ledger_integrate(&kit->ctx));
	assert_ok(kit, ledger_sign(&kit->ctx));
	assert_ok(kit, ledger_receipt(&kit->ctx, answer.leaf, NULL, &receipt));
	assert_true(sv_find(receipt, SV("public-security"), 0) != SIZE_MAX);
	assert_true(sv_find(receipt, SV(PERSON), 0) == SIZE_MAX); /* the proof names nobody */
}

/* The legal basis stands in the language of who reads. */
static void test_basis(void **state)
{
	struct kit *kit = *state;
	struct world world;
	struct exchange_answer answer;
	struct exchange_access *list;
	struct bitext basis;

	make_world(&world, kit);
	assert_ok(kit, exchange_read(&kit->ctx, &world.request, &answer));
	assert_int_equal(accesses(&world, &list), 1);
	assert_sv_equal(list[0].basis.zh, "居住证暂行条例 第七条");
	assert_sv_equal(list[0].basis.en, "Interim Regulations on Residence Permits, art. 7");
	assert_ok(kit, exchange_purpose_basis(&kit->ctx, world.request.purpose, &basis));
	assert_true(basis.zh.len && basis.en.len);
	assert_int_equal(exchange_purpose_basis(&kit->ctx, SV("curiosity"), &basis), RC_INVALID);
	error_clear(&kit->ctx);
}

static void test_wrong_purposes(void **state)
{
	struct kit *kit = *state;
	struct world world;
	static const char *const wrong[] = {
		"purposes: []\n",
		"purposes:\n  - {code: x}\n",
		"purposes:\n  - {code: x, name: {zh: x, en: x}, basis: {zh: x, en: x}, departments: [a], grants: {weather: [rain]}}\n",
		"purposes:\n  - {code: x, name: {zh: x, en: x}, basis: {zh: x, en: x}, departments: [a], grants: {population: [rain]}}\n",
	};

	make_world(&world, kit);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_int_equal(exchange_load(&kit->ctx, SV("x.yaml"), sv_of(wrong[i])), RC_INVALID);
		assert_int_not_equal(kit->err.line, 0);
		error_clear(&kit->ctx);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_read, setup, kit_db_teardown),
		cmocka_unit_test_setup_teardown(test_nothing_there, setup, kit_db_teardown),
		cmocka_unit_test_setup_teardown(test_refused, setup, kit_db_teardown),
		cmocka_unit_test_setup_teardown(test_lists, setup, kit_db_teardown),
		cmocka_unit_test_setup_teardown(test_sentences, setup, kit_db_teardown),
		cmocka_unit_test_setup_teardown(test_dispute, setup, kit_db_teardown),
		cmocka_unit_test_setup_teardown(test_receipt, setup, kit_db_teardown),
		cmocka_unit_test_setup_teardown(test_basis, setup, kit_db_teardown),
		cmocka_unit_test_setup_teardown(test_wrong_purposes, setup, kit_db_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
