/* All rooms together: their tables migrate in the order of the program, and every statement of the product is prepared and
 * compared on each of the two databases. */
#include "domain/casefile/casefile_sql.h"
#include "domain/catalogue/catalogue_sql.h"
#include "domain/designer/designer_sql.h"
#include "domain/exchange/exchange_sql.h"
#include "domain/identity/identity_sql.h"
#include "domain/ledger/ledger_sql.h"
#include "domain/licence/licence_sql.h"
#include "domain/notice/notice_sql.h"
#include "domain/registry/registry_sql.h"
#include "test/kit/kit_db.h"

#include "base/banned.h"

static const struct store_room *const rooms[] = {
	&sql_room_identity, &sql_room_registry, &sql_room_exchange, &sql_room_ledger, &sql_room_catalogue, &sql_room_casefile,
	&sql_room_designer, &sql_room_licence, &sql_room_notice,
};

static int setup(void **state)
{
	return kit_db_open(state, rooms, sizeof(rooms) / sizeof(rooms[0]));
}

static void test_every_statement(void **state)
{
	struct kit *kit = *state;

	assert_ok(kit, store_check(&kit->ctx, rooms, sizeof(rooms) / sizeof(rooms[0])));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test_setup_teardown(test_every_statement, setup, kit_db_teardown) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
