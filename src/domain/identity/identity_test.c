/* Departments, posts and officers from files; passwords for one time; sign-in and sessions. */
#include "domain/identity/identity_int.h"
#include "http/module.h"
#include "test/kit/kit_db.h"

#include "base/banned.h"

static const struct sv none = { NULL, 0 };

static int kit_db_setup(void **state)
{
	const struct store_room *const rooms[] = { identity_module.tables };

	return kit_db_open(state, rooms, sizeof(rooms) / sizeof(rooms[0]));
}

static const char org[] =
	"posts:\n"
	"  - {code: window, name: {zh: 窗口, en: Desk}, permissions: [case-read, case-accept]}\n"
	"  - {code: reviewer, name: {zh: 审查, en: Reviewer}, permissions: [case-read, case-review]}\n"
	"  - {code: approver, name: {zh: 审批, en: Approver}, permissions: [case-read, case-decide]}\n"
	"departments:\n"
	"  - {code: fire, name: {zh: 消防, en: Fire}, posts: [window, reviewer, approver]}\n"
	"officers:\n"
	"  - {login: fire-1, code: \"3501\", name: 何示例, department: fire, posts: [window, reviewer]}\n"
	"  - {login: fire-2, code: \"3502\", name: 吕示例, department: fire, posts: [approver]}\n";

static struct identity_loaded load(struct kit *kit, const char *text)
{
	struct identity_loaded loaded;

	assert_ok(kit, identity_load(&kit->ctx, SV("org.yaml"), sv_of(text), none, &loaded));
	return loaded;
}

/* Signs in; an absent token where that is not possible. */
static struct sv sign_in(struct kit *kit, const char *login, struct sv password)
{
	struct identity_login found;
	struct sv token;

	assert_ok(kit, identity_sign_in_find(&kit->ctx, sv_of(login), &found));
	assert_ok(kit, identity_sign_in_done(&kit->ctx, sv_of(login), &found, identity_password_is(found.hash, password), &token));
	return token;
}

static struct sv choose(struct kit *kit, const char *login, struct sv old, const char *fresh)
{
	struct identity_login found;
	struct sv token;

	assert_ok(kit, identity_sign_in_find(&kit->ctx, sv_of(login), &found));
	assert_ok(kit, identity_password_change(&kit->ctx, sv_of(login), &found, identity_password_is(found.hash, old),
		identity_password_hash(&kit->ctx, sv_of(fresh)), &token));
	return token;
}

static void test_load(void **state)
{
	struct kit *kit = *state;
	struct department *departments;
	struct principal *officers;
	size_t count;

	struct identity_loaded loaded = load(kit, org);
	assert_int_equal(loaded.departments, 1);
	assert_int_equal(loaded.posts, 3);
	assert_int_equal(loaded.officers, 2);
	assert_int_equal(loaded.newcomer_count, 2);
	/* The same file again changes nothing and makes no password. */
	assert_int_equal(load(kit, org).newcomer_count, 0);
	assert_ok(kit, identity_department_list(&kit->ctx, &departments, &count));
	assert_int_equal(count, 1);
	assert_ok(kit, identity_officer_list(&kit->ctx, &officers, &count));
	assert_int_equal(count, 2);
	assert_sv_equal(officers[0].posts, "reviewer window");
	assert_sv_equal(officers[0].code, "3501");
	assert_int_equal(officers[0].permissions, 1ull << PERMISSION_CASE_READ | 1ull << PERMISSION_CASE_ACCEPT | 1ull << PERMISSION_CASE_REVIEW);
	/* A later file renames, moves and closes. */
	struct sv token = choose(kit, "fire-2", loaded.newcomers[1].password, "correct horse battery");
	struct principal who;
	assert_ok(kit, identity_session_find(&kit->ctx, token, &who));
	loaded = load(kit, "departments: [{code: fire, name: {zh: 消防救援, en: Fire and Rescue}}]\n"
		"officers:\n  - {login: fire-1, code: \"3501\", name: 何新名, department: fire, posts: [approver]}\n"
		"  - {login: fire-2, code: \"3502\", name: 吕示例, department: fire, posts: [], closed: true}\n"
		"  - {login: fire-3, code: \"3503\", name: 施示例, department: fire, posts: [window]}\n");
	assert_int_equal(loaded.newcomer_count, 1);
	assert_sv_equal(loaded.newcomers[0].login, "fire-3");
	assert_int_equal(identity_session_find(&kit->ctx, token, &who), RC_UNAUTHENTICATED);
	assert_true(sv_is_absent(sign_in(kit, "fire-2", SV("correct horse battery"))));
	assert_ok(kit, identity_officer_list(&kit->ctx, &officers, &count));
	assert_int_equal(count, 2);
	assert_sv_equal(officers[0].name, "何新名");
	assert_sv_equal(officers[0].posts, "approver");
	assert_ok(kit, identity_department_list(&kit->ctx, &departments, &count));
	assert_sv_equal(departments[0].name.en, "Fire and Rescue");
}

/* Each fault is found with its line. */
static void test_faults(void **state)
{
	static const struct {
		const char *text;
		uint32_t line;
	} table[] = {
		{ "- a list", 1 },
		{ "departements: []", 1 },
		{ "departments: {}", 1 },
		{ "departments:\n  - {code: fire, name: {zh: 消防, en: Fire}, post: []}", 2 },
		{ "departments:\n  - {code: Fire Service, name: {zh: 消防, en: Fire}}", 2 },
		{ "departments:\n  - {code: fire, name: {zh: 消防}}", 2 },
		{ "departments:\n  - {code: fire, name: 消防}", 2 },
		{ "departments:\n  - {code: fire}", 2 },
		{ "departments:\n  - {code: fire, name: {zh: 消防, en: Fire}}\n  - {code: fire, name: {zh: 消防, en: Fire}}", 3 },
		{ "departments:\n  - {code: fire, name: {zh: 消防, en: Fire}, posts: [captain]}", 2 },
		{ "posts:\n\n  - {code: captain, name: {zh: 队长, en: Captain}, permissions: [fly]}", 3 },
		{ "officers:\n  - {login: a, code: 1, name: 示例, department: nowhere, posts: []}", 2 },
		{ "officers:\n  - {login: a, code: 1, name: 示例, department: known, posts: [captain]}", 2 },
		{ "officers:\n  - {login: a, code: 1, name: 示例, department: known, posts: [reviewer, approver]}", 2 },
		{ "officers:\n  - {login: a, code: 1, department: known}", 2 },
		{ "officers:\n  - {login: person, code: 1, name: 示例, department: known}", 2 },
		{ "officers:\n  - just words", 2 },
		{ "officers: [", 2 },
	};
	struct kit *kit = *state;
	struct id id;

	load(kit, "posts: [{code: reviewer, name: {zh: 审查, en: R}, permissions: [case-review]}, {code: approver, name: {zh: 审批, en: A}, permissions: [case-decide]}]\n"
		"departments: [{code: known, name: {zh: 有, en: Known}, posts: [reviewer, approver]}]");
	assert_ok(kit, identity_account_open(&kit->ctx, &(struct account_new){ .kind = PRINCIPAL_PERSON, .login = SV("person"),
		.password_hash = SV("x"), .name = SV("示例") }, &id));
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct identity_loaded loaded;
		enum rc rc = identity_load(&kit->ctx, SV("org.yaml"), sv_of(table[i].text), none, &loaded);
		if (rc == RC_OK || !kit->err.msgid || kit->err.line != table[i].line || !sv_equal_z(kit->err.file, "org.yaml"))
			fail_msg("%s: rc %d, line %u, %s", table[i].text, rc, kit->err.line, kit->err.msgid ? kit->err.msgid : "no message");
		error_clear(&kit->ctx);
	}
}

/* A password for one time opens the choice of another and nothing else. */
static void test_one_time(void **state)
{
	struct kit *kit = *state;
	struct principal who;
	struct identity_loaded loaded = load(kit, org);
	struct sv once = loaded.newcomers[0].password, again;

	assert_int_equal(once.len, 19);
	assert_true(sv_is_absent(sign_in(kit, "fire-1", once)));
	assert_true(sv_is_absent(choose(kit, "fire-1", SV("a guess"), "correct horse battery")));
	struct sv token = choose(kit, "fire-1", once, "correct horse battery");
	assert_ok(kit, identity_session_find(&kit->ctx, token, &who));
	assert_sv_equal(who.department_code, "fire");
	assert_true(sv_is_absent(sign_in(kit, "fire-1", once)));
	assert_false(sv_is_absent(sign_in(kit, "fire-1", SV("correct horse battery"))));
	/* Forgotten: a new one, and whoever was signed in is signed out. */
	assert_ok(kit, identity_password_reset(&kit->ctx, SV("fire-1"), &again));
	assert_false(sv_equal(once, again));
	assert_int_equal(identity_session_find(&kit->ctx, token, &who), RC_UNAUTHENTICATED);
	assert_true(sv_is_absent(sign_in(kit, "fire-1", SV("correct horse battery"))));
	assert_false(sv_is_absent(choose(kit, "fire-1", again, "another four words")));
	assert_int_equal(identity_password_reset(&kit->ctx, SV("nobody"), &again), RC_NOT_FOUND);
}

static void test_sessions(void **state)
{
	struct kit *kit = *state;
	struct principal who;
	struct identity_loaded loaded = load(kit, org);
	struct sv first = choose(kit, "fire-1", loaded.newcomers[0].password, "correct horse battery");
	struct sv second = sign_in(kit, "fire-1", SV("correct horse battery"));

	assert_ok(kit, identity_session_find(&kit->ctx, first, &who));
	assert_false(identity_session_is_stale(&who, clock_now(&kit->clock)));
	clock_advance(&kit->clock, SESSION_IDLE_OFFICER_MS - 1);
	assert_ok(kit, identity_session_find(&kit->ctx, first, &who));
	assert_true(identity_session_is_stale(&who, clock_now(&kit->clock)));
	assert_ok(kit, identity_session_touch(&kit->ctx, who.session));
	clock_advance(&kit->clock, 1);
	assert_ok(kit, identity_session_find(&kit->ctx, first, &who));
	assert_int_equal(identity_session_find(&kit->ctx, second, &who), RC_UNAUTHENTICATED);
	/* Seven days are the end of it, however busy. */
	for (int64_t at = 0; at < SESSION_MAX_MS; at += SESSION_IDLE_OFFICER_MS / 2) {
		if (identity_session_find(&kit->ctx, first, &who) == RC_OK)
			assert_ok(kit, identity_session_touch(&kit->ctx, who.session));
		clock_advance(&kit->clock, SESSION_IDLE_OFFICER_MS / 2);
	}
	assert_int_equal(identity_session_find(&kit->ctx, first, &who), RC_UNAUTHENTICATED);
}

/* Whoever acts for a firm is told for which on every page. */
static void test_acting(void **state)
{
	struct kit *kit = *state;
	struct party person = { .kind = PARTY_NATURAL, .code = SV_INIT("990000199306141261"), .name = SV_INIT("陈小示"), .phone = SV_INIT("") };
	struct party firm = { .kind = PARTY_LEGAL, .code = SV_INIT("91990000MA5X1001XL"), .name = SV_INIT("示例面馆"), .phone = SV_INIT("") };
	struct id account, stranger = id_new(&kit->ctx);
	struct principal who;

	assert_ok(kit, identity_party_open(&kit->ctx, &person, &person.id));
	assert_ok(kit, identity_party_open(&kit->ctx, &firm, &firm.id));
	assert_ok(kit, identity_account_open(&kit->ctx, &(struct account_new){ .kind = PRINCIPAL_PERSON, .login = SV("chen"),
		.password_hash = identity_password_hash(&kit->ctx, SV("four sample words")), .name = person.name, .officer_code = SV(""), .party = person.id }, &account));
	assert_ok(kit, identity_represent(&kit->ctx, account, firm.id));
	struct sv token = sign_in(kit, "chen", SV("four sample words"));
	assert_ok(kit, identity_session_find(&kit->ctx, token, &who));
	assert_true(id_equal(who.subject, person.id));
	assert_true(sv_is_absent(who.acting_for));
	kit->ctx.who = &who;
	assert_int_equal(identity_session_act_for(&kit->ctx, stranger), RC_FORBIDDEN);
	error_clear(&kit->ctx);
	assert_ok(kit, identity_session_act_for(&kit->ctx, firm.id));
	assert_ok(kit, identity_session_find(&kit->ctx, token, &who));
	assert_true(id_equal(who.subject, firm.id));
	assert_sv_equal(who.acting_for, "示例面馆");
}

/* Wrong passwords slow down, for names that exist and for others alike. */
static void test_guessing(void **state)
{
	static const char *const logins[] = { "fire-1", "nobody" };
	struct kit *kit = *state;

	load(kit, org);
	for (size_t i = 0; i < sizeof(logins) / sizeof(logins[0]); i++) {
		struct sv login = sv_of(logins[i]);
		for (int n = 0; n < SIGN_IN_FREE_FAILURES; n++)
			assert_true(sv_is_absent(sign_in(kit, logins[i], SV("wrong"))));
		assert_int_equal(identity_sign_in_allowed(&kit->ctx, login), RC_TOO_MANY);
		error_clear(&kit->ctx);
		clock_advance(&kit->clock, 1000);
		assert_ok(kit, identity_sign_in_allowed(&kit->ctx, login));
	}
}

/* A department's system: its token is shown once, good until its day or until it is revoked, and gives what was asked for only. */
static void test_systems(void **state)
{
	struct kit *kit = *state;
	struct ctx *ctx = &kit->ctx;
	uint64_t own = (uint64_t)1 << PERMISSION_DECISION_EVALUATE;
	struct system_account *list;
	struct principal who;
	struct sv token, other;
	size_t count;

	(void)load(kit, org);
	assert_ok(kit, identity_system_open(ctx, SV("fire"), SV(" Dispatch "), own, 30, &token));
	assert_ok(kit, identity_session_find(ctx, token, &who));
	assert_int_equal(who.kind, PRINCIPAL_AGENCY);
	assert_sv_equal(who.department_code, "fire");
	assert_sv_equal(who.name, "Dispatch");
	assert_true(principal_may(&who, PERMISSION_DECISION_EVALUATE));
	assert_false(principal_may(&who, PERMISSION_DECISION_EVALUATE_ALL));
	assert_false(principal_may(&who, PERMISSION_SIGNED_IN));
	assert_int_equal(identity_session_find(ctx, SV("tbs_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), &who), RC_UNAUTHENTICATED);
	assert_int_equal(identity_system_open(ctx, SV("fire"), SV("Dispatch"), own, 30, &other), RC_CONFLICT);
	error_clear(ctx);
	assert_ok(kit, identity_system_list(ctx, &list, &count));
	assert_int_equal(count, 1);
	assert_ok(kit, identity_system_revoke(ctx, list[0].id));
	assert_int_equal(identity_session_find(ctx, token, &who), RC_UNAUTHENTICATED);
	assert_int_equal(identity_system_revoke(ctx, list[0].id), RC_NOT_FOUND);
	error_clear(ctx);
	assert_ok(kit, identity_system_open(ctx, SV("fire"), SV("Dispatch"), own, 30, &other)); /* the name is free again */
	clock_advance(ctx->clock, 30 * INT64_C(86400000) - 1);
	assert_ok(kit, identity_session_find(ctx, other, &who));
	clock_advance(ctx->clock, 1);
	assert_int_equal(identity_session_find(ctx, other, &who), RC_UNAUTHENTICATED);
}

static void test_system_faults(void **state)
{
	struct kit *kit = *state;
	uint64_t own = (uint64_t)1 << PERMISSION_DECISION_EVALUATE;
	struct sv token;
	const struct {
		const char *department, *name;
		uint64_t permissions;
		int64_t days;
		const char *field;
	} wrong[] = {
		{ "weather", "x", own, 30, "department" }, { "fire", " ", own, 30, "name" }, { "fire", "x", own, 0, "days" },
		{ "fire", "x", own, SYSTEM_MAX_DAYS + 1, "days" }, { "fire", "x", 0, 30, "permissions" },
		{ "fire", "x", own | (uint64_t)1 << PERMISSION_CASE_READ, 30, "permissions" },
	};

	(void)load(kit, org);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_int_equal(identity_system_open(&kit->ctx, sv_of(wrong[i].department), sv_of(wrong[i].name), wrong[i].permissions,
			wrong[i].days, &token), RC_INVALID);
		assert_int_equal(kit->err.field_count, 1);
		assert_sv_equal(kit->err.fields[0].field, wrong[i].field);
		error_clear(&kit->ctx);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_load, kit_db_setup, kit_db_teardown),
		cmocka_unit_test_setup_teardown(test_faults, kit_db_setup, kit_db_teardown),
		cmocka_unit_test_setup_teardown(test_one_time, kit_db_setup, kit_db_teardown),
		cmocka_unit_test_setup_teardown(test_sessions, kit_db_setup, kit_db_teardown),
		cmocka_unit_test_setup_teardown(test_acting, kit_db_setup, kit_db_teardown),
		cmocka_unit_test_setup_teardown(test_guessing, kit_db_setup, kit_db_teardown),
		cmocka_unit_test_setup_teardown(test_systems, kit_db_setup, kit_db_teardown),
		cmocka_unit_test_setup_teardown(test_system_faults, kit_db_setup, kit_db_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
