/* Test kit for rooms with data: a fresh, migrated database for every test, on SQLite, or on PostgreSQL when
 * TONGBAN_TEST_DB holds its URL (test/pg/pg.sh start DIR prints one; test/run.sh sets it for suite 'data').
 *
 *	KIT_DB(&sql_room_identity, &sql_room_casefile)       // once, in the test file; defines kit_db_setup
 *	static void test_x(void **state) { struct kit *kit = *state; ... kit->ctx ... }
 *	cmocka_unit_test_setup_teardown(test_x, kit_db_setup, kit_db_teardown)
 *
 * kit->ctx.db is a writer with a transaction open, as a room's functions find it in the product. kit_db_commit() makes
 * it last and opens the next. Migration runs once a program; each test begins with what it left.
 */
#ifndef TEST_KIT_DB_H
#define TEST_KIT_DB_H

#include "store/statement.h"
#include "test/kit/kit.h"

int kit_db_open(void **state, const struct store_room *const *rooms, size_t count);
int kit_db_teardown(void **state);

#define KIT_DB(...)                                                                                                    \
	static int kit_db_setup(void **state)                                                                          \
	{                                                                                                              \
		static const struct store_room *const rooms[] = { __VA_ARGS__ };                                       \
		return kit_db_open(state, rooms, sizeof(rooms) / sizeof(rooms[0]));                                    \
	}

void kit_db_commit(struct kit *kit);
/* The database of this test, and one more connection to it (closed at the teardown). */
struct store *kit_db_store(void);
struct db *kit_db_connect(struct kit *kit, enum store_access access);
/* Closes the writer (rolled back) and opens it anew, as a restart of the program would. */
void kit_db_reopen(struct kit *kit);
/* Closes all connections of this test; kit->ctx.db is NULL then. */
void kit_db_disconnect(struct kit *kit);
/* Ends all connections to this test's database as a restart of the server does; false on SQLite, which has none. */
bool kit_db_cut(void);
/* URL of one more database, empty, that is dropped at the teardown; one a test. */
struct sv kit_db_fresh(struct kit *kit, const char *name);
/* "sqlite:..." or "postgres:...", for tests that start programs. */
struct sv kit_db_url(void);

#endif
