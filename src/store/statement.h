/* What tools/sqlgen emits and the port runs: one constant description for each named statement of a room.
 *
 * Only generated code includes this header. Rooms call the typed functions of their `<room>_sql.h`; no function of the
 * product takes SQL text.
 */
#ifndef STORE_STATEMENT_H
#define STORE_STATEMENT_H

#include "base/ctx.h"
#include "store/store.h"

enum store_type { STORE_I64, STORE_TEXT, STORE_BLOB, STORE_ID };
enum store_dialect { STORE_BOTH, STORE_SQLITE_ONLY, STORE_POSTGRES_ONLY };

/* A parameter, or a column with its place in the row struct. In the struct a BIGINT is int64_t (nullable: struct
 * opt_i64), TEXT and BLOB are struct sv (NULL: absent), an ID is struct id (NULL: the zero id). */
struct store_field {
	const char *name;
	enum store_type type;
	bool nullable;
	uint16_t offset;
};

struct store_statement {
	const char *name;
	const char *sql; /* with $1 ... $n */
	const struct store_field *params, *columns;
	uint8_t param_count, column_count;
	uint16_t row_size;
	enum store_dialect dialect;
	bool writes;
	bool deferred; /* may be sent without waiting: a fault is told by a later statement or the savepoint's release */
	bool kept; /* its answers change seldom: a reader keeps them while nothing is committed */
	const char *guarded; /* the protected table it writes to, or NULL */
};

/* A value for a parameter; which member counts is told by the parameter's type. */
struct store_value {
	int64_t i64;
	struct sv bytes;
	bool is_null;
};

static inline struct store_value store_value_i64(int64_t number) { return (struct store_value){ .i64 = number }; }

static inline struct store_value store_value_opt(struct opt_i64 number)
{
	return (struct store_value){ .i64 = number.value, .is_null = !number.has };
}

static inline struct store_value store_value_sv(struct sv bytes)
{
	return (struct store_value){ .bytes = bytes, .is_null = sv_is_absent(bytes) };
}

/* The id is read when the statement runs. */
static inline struct store_value store_value_id(const struct id *id)
{
	return (struct store_value){ .bytes = { (const char *)id->bytes, sizeof(id->bytes) }, .is_null = id_is_zero(*id) };
}

struct store_rows {
	void *at;
	size_t len;
};

[[nodiscard]] enum rc store_one(struct ctx *ctx, const struct store_statement *statement, const struct store_value *values,
	void *ret_row);
[[nodiscard]] enum rc store_many(struct ctx *ctx, const struct store_statement *statement,
	const struct store_value *values, struct store_rows *ret);
/* ret_changed may be NULL. */
[[nodiscard]] enum rc store_exec(struct ctx *ctx, const struct store_statement *statement, const struct store_value *values,
	int64_t *ret_changed);
[[nodiscard]] enum rc store_each(struct ctx *ctx, const struct store_statement *statement,
	const struct store_value *values, struct store_cursor *ret);
bool store_next(struct ctx *ctx, struct store_cursor *cursor, void *row);

/* One step of a room's schema, forward only, in both dialects. */
struct store_migration {
	const char *what; /* name of the file */
	const char *sqlite, *postgres;
};

/* A room's part of the database. */
struct store_room {
	const char *name;
	const struct store_migration *migrations; /* number 1, 2, ... */
	size_t migration_count;
	const struct store_statement *const *statements;
	size_t statement_count;
};

#endif
