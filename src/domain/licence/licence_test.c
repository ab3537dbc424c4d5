/* Licences: issue, number and code, verification, changes of state, statement, QR code. */
#include "base/civil.h"
#include "base/site.h"
#include "domain/identity/identity.h"
#include "domain/ledger/ledger.h"
#include "domain/licence/licence_int.h"
#include "engine/tlog/receipt.h"
#include "engine/tlog/signer.h"
#include "http/module.h"
#include "test/kit/kit_db.h"

#include "base/banned.h"

static int kit_db_setup(void **state)
{
	const struct store_room *const rooms[] = { identity_module.tables, ledger_module.tables, licence_module.tables };

	return kit_db_open(state, rooms, sizeof(rooms) / sizeof(rooms[0]));
}

static const char template[] =
	"{{!view paper\n  number: text\n  issuer: text\n  issued_on: day\n  valid_until: day?\n  verify_code: text\n  verify_href: url\n"
	"  form: object\n    name: text\n}}\n<article><h1>{{number}}</h1><p>{{form.name}}</p><p>{{issuer}} {{day issued_on}}</p>"
	"{{#if valid_until}}<p>{{day valid_until}}</p>{{/if}}<a href=\"{{verify_href}}\">{{verify_code}}</a></article>\n";

struct world {
	struct kit *kit;
	struct signer_local local;
	struct site site;
	struct principal officer;
	struct licence_new from;
};

static void make_world(struct world *world, struct kit *kit)
{
	static const uint8_t seed[NOTE_SEED_SIZE] = { 9 };

	*world = (struct world){ .kit = kit };
	signer_local_init(&world->local, note_secret_from_seed(SV("tongban.example/ledger"), seed));
	world->site = (struct site){ .signer = &world->local.signer, .seal_master = seal_key_new(&kit->ctx),
		.public_url = SV("https://city.example") };
	kit->ctx.site = &world->site;
	world->officer = (struct principal){ .kind = PRINCIPAL_OFFICER, .name = SV("officer 3312"),
		.department_code = SV("market-supervision"), .permissions = 1ull << PERMISSION_LICENCE_CHANGE };
	world->from = (struct licence_new){
		.case_id = id_new(&kit->ctx), .version = id_new(&kit->ctx), .case_number = SV("7KM3-9QXT-2C4F"),
		.service_code = SV("food-business-licence"), .result_id = SV("licence"),
		.name = { SV("食品经营许可证"), SV("Food business licence") }, .number_prefix = SV("JY"),
		.department = SV("market-supervision"), .department_name = { SV("市场监管局"), SV("Market Supervision") },
		.holder = id_new(&kit->ctx), .template = sv_of(template), .template_path = SV("result.html"),
		.data = SV("{\"form\": {\"name\": \"<示例>\"}, \"number\": \"forged\"}"), .valid_from = civil_china_day(KIT_START_MS), .years = 5,
	};
}

static struct licence issue(struct world *world)
{
	struct kit *kit = world->kit;
	struct licence licence;
	struct id id;

	assert_ok(kit, licence_issue(&kit->ctx, &world->from, &id));
	assert_ok(kit, ledger_integrate(&kit->ctx));
	assert_ok(kit, ledger_sign(&kit->ctx));
	assert_ok(kit, licence_find(&kit->ctx, id, &licence));
	return licence;
}

static bool has(struct sv text, const char *part)
{
	return sv_find(text, sv_of(part), 0) != SIZE_MAX;
}

static void test_issue(void **state)
{
	struct kit *kit = *state;
	struct world world;
	struct html_safe page;
	struct receipt_check check;
	struct sv receipt;

	make_world(&world, kit);
	struct licence first = issue(&world), second = issue(&world);
	assert_true(sv_has_prefix(first.number, SV("JY202600000001")));
	assert_true(sv_has_prefix(second.number, SV("JY202600000002")));
	assert_int_equal(first.number.len, 15);
	assert_int_equal(first.state, LICENCE_VALID);
	assert_int_equal(first.valid_until, civil_to_day((struct civil_date){ 2031, 3, 1 }));
	assert_ok(kit, licence_content(&kit->ctx, first.id, &page));
	struct sv html = page.made_by_html_c;
	assert_true(has(html, first.number.ptr) && has(html, "&lt;示例&gt;") && !has(html, "forged"));
	assert_true(has(html, "2026年3月2日(周一)")); /* though the reader's language is English */
	assert_true(has(html, licence_code_shown(&kit->arena, first.code).ptr));
	assert_ok(kit, licence_receipt(&kit->ctx, &first, &receipt));
	assert_ok(kit, receipt_verify(&kit->ctx, receipt, note_key_text(&kit->arena, &world.local.signer.key), &check));
	assert_true(check.is_verified);

	struct licence *list;
	size_t count;
	assert_ok(kit, licence_of_case(&kit->ctx, world.from.case_id, &list, &count));
	assert_int_equal(count, 2);
	assert_true(id_equal(list[0].id, first.id));
	assert_ok(kit, licence_of_holder(&kit->ctx, world.from.holder, &list, &count));
	assert_true(count == 2 && id_equal(list[0].id, second.id));

	world.from.years = 0;
	world.from.template = SV("{{!view paper\n  missing: text\n}}<p>{{missing}}</p>");
	struct id id;
	assert_int_equal(licence_issue(&kit->ctx, &world.from, &id), RC_INVALID);
}

static void test_verify(void **state)
{
	struct kit *kit = *state;
	struct world world;
	struct licence found;

	make_world(&world, kit);
	struct licence licence = issue(&world);
	struct sv shown = licence_code_shown(&kit->arena, licence.code);
	struct sv forms[] = { licence.code, shown, arena_printf(&kit->arena, " %s ", shown.ptr) };
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		assert_ok(kit, licence_verify(&kit->ctx, forms[i], &found));
		assert_true(id_equal(found.id, licence.id));
	}
	static const char *const wrong[] = { "", "0000-0000-0000", "abc", "0000-0000-0000-0000-0", "!!!!-!!!!-!!!!", "UUUUUUUUUUUU" };
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_int_equal(licence_verify(&kit->ctx, sv_of(wrong[i]), &found), RC_NOT_FOUND);
		assert_non_null(kit->err.msgid);
		error_clear(&kit->ctx);
	}
	clock_advance(&kit->clock, (int64_t)DAY_MS * 366 * 5);
	assert_ok(kit, licence_verify(&kit->ctx, licence.code, &found));
	assert_int_equal(found.state, LICENCE_EXPIRED);
}

static void test_change(void **state)
{
	struct kit *kit = *state;
	struct world world;
	struct licence_change *history;
	struct licence licence, now;
	size_t count;

	make_world(&world, kit);
	licence = issue(&world);
	assert_int_equal(licence_change(&kit->ctx, licence.id, 1, LICENCE_SUSPENDED, SV("x")), RC_FORBIDDEN);
	error_clear(&kit->ctx);
	kit->ctx.who = &world.officer;
	assert_int_equal(licence_change(&kit->ctx, licence.id, 2, LICENCE_SUSPENDED, SV("x")), RC_CONFLICT);
	error_clear(&kit->ctx);
	assert_int_equal(licence_change(&kit->ctx, licence.id, 1, LICENCE_SUSPENDED, SV("  ")), RC_INVALID);
	error_clear(&kit->ctx);
	assert_int_equal(licence_change(&kit->ctx, licence.id, 1, LICENCE_VALID, SV("x")), RC_CONFLICT);
	error_clear(&kit->ctx);
	assert_ok(kit, licence_change(&kit->ctx, licence.id, 1, LICENCE_SUSPENDED, SV("kitchen flooded")));
	assert_ok(kit, licence_change(&kit->ctx, licence.id, 2, LICENCE_VALID, SV("repaired")));
	assert_ok(kit, licence_change(&kit->ctx, licence.id, 3, LICENCE_REVOKED, SV("false papers")));
	assert_int_equal(licence_change(&kit->ctx, licence.id, 4, LICENCE_VALID, SV("x")), RC_CONFLICT);
	error_clear(&kit->ctx);
	assert_ok(kit, licence_find(&kit->ctx, licence.id, &now));
	assert_int_equal(now.state, LICENCE_REVOKED);
	assert_ok(kit, licence_history(&kit->ctx, licence.id, &history, &count));
	assert_int_equal(count, 4);
	assert_sv_equal(history[1].reasons, "kitchen flooded");
	assert_sv_equal(history[3].actor, "officer 3312");
	world.officer.department_code = SV("housing");
	assert_int_equal(licence_change(&kit->ctx, licence.id, 4, LICENCE_VALID, SV("x")), RC_FORBIDDEN);
}

/* The QR code's link is checked offline; any change of it is found. */
static void test_link(void **state)
{
	struct kit *kit = *state;
	struct world world;
	struct licence_statement statement;

	make_world(&world, kit);
	struct licence licence = issue(&world);
	struct sv link = licence_link(&kit->ctx, &licence), svg;
	const struct note_key *key = &world.local.signer.key;
	assert_ok(kit, licence_link_check(&kit->ctx, link, key, &statement));
	assert_sv_equal(statement.number, arena_z(&kit->arena, licence.number));
	assert_int_equal(statement.valid_until, licence.valid_until);
	assert_false(has(link, "示例"));
	char *bytes = arena_z(&kit->arena, link);
	for (size_t i = sv_find_byte(link, '#', 0) + 1; i < link.len; i++) {
		struct arena_mark mark = arena_mark(&kit->arena);
		char was = bytes[i];
		bytes[i] = was == 'A' ? 'B' : 'A';
		if (licence_link_check(&kit->ctx, (struct sv){ bytes, link.len }, key, &statement) == RC_OK)
			fail_msg("a change at %zu is not noticed", i);
		error_clear(&kit->ctx);
		bytes[i] = was;
		arena_rewind(&kit->arena, mark);
	}
	assert_int_equal(licence_link_check(&kit->ctx, SV("https://city.example/verify?code=1"), key, &statement), RC_MALFORMED);
	error_clear(&kit->ctx);
	assert_ok(kit, licence_qr(&kit->ctx, link, &svg));
	assert_true(has(svg, "<svg ") && has(svg, "M0 0h") && svg.len < 64 << 10);
	print_message("# link %zu bytes, QR %zu bytes\n", link.len, svg.len);
	assert_int_equal(licence_qr(&kit->ctx, (struct sv){ arena_alloc(&kit->arena, 5000), 5000 }, &svg), RC_TOO_LARGE);
}

static void test_numbers(void **state)
{
	(void)state; /* pure */
	assert_int_equal(licence_check_character(SV("G123498654321")), 'H'); /* example of ISBT 128, which uses MOD 37-2 */
	/* Every single wrong character and every swap of neighbours changes the check character. */
	static const char number[] = "JY202600000117";
	char right = licence_check_character(sv_of(number));
	for (size_t i = 0; i < sizeof(number) - 1; i++) {
		for (const char *c = "0123456789ABCXYZ"; *c; c++) {
			char wrong[sizeof(number)];
			memcpy(wrong, number, sizeof(number));
			wrong[i] = *c;
			if (*c != number[i])
				assert_int_not_equal(licence_check_character(sv_of(wrong)), right);
		}
		char swapped[sizeof(number)];
		memcpy(swapped, number, sizeof(number));
		if (i + 2 < sizeof(number) && number[i] != number[i + 1]) {
			swapped[i] = number[i + 1];
			swapped[i + 1] = number[i];
			assert_int_not_equal(licence_check_character(sv_of(swapped)), right);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_issue, kit_db_setup, kit_db_teardown),
		cmocka_unit_test_setup_teardown(test_verify, kit_db_setup, kit_db_teardown),
		cmocka_unit_test_setup_teardown(test_change, kit_db_setup, kit_db_teardown),
		cmocka_unit_test_setup_teardown(test_link, kit_db_setup, kit_db_teardown),
		cmocka_unit_test_setup_teardown(test_numbers, kit_db_setup, kit_db_teardown),
	};

	return cmocka_run_group_tests_name("licence", tests, NULL, NULL);
}
