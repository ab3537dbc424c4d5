/* Each statement is prepared by SQLite against the room's schema: that finds misspelt names, tells which columns and
 * tables it touches, and gives names and types of its results. What is still open after that must be annotated. */
#include "tools/sqlgen/sqlgen_int.h"

#include <ctype.h>

#include "base/banned.h"

struct check {
	struct gen *gen;
	struct statement *now;
	struct { VEC(struct sv); } tables; /* read or written */
};

static const char *const type_names[] = { "", "BIGINT", "TEXT", "BLOB", "ID" };

static uint32_t line_of_error(const struct statement *now, int offset)
{
	uint32_t line = now->body.at[0].line;
	size_t at = 0;

	for (size_t i = 0; offset > 0 && i + 1 < now->body.len; i++) {
		size_t found = now->body.at[i].kind == TOKEN_PARAM ? at : sv_find(now->sql, now->body.at[i].text, at);
		if (found == SIZE_MAX || found > (size_t)offset)
			break;
		at = found + (now->body.at[i].kind == TOKEN_PARAM ? 1 : now->body.at[i].text.len);
		line = now->body.at[i].line;
	}
	return line;
}

static void note_table(struct check *check, const char *name)
{
	struct sv table = arena_copy(&check->gen->arena, sv_of(name));

	if (!sv_in(check->tables.at, check->tables.len, table))
		*VEC_PUSH(&check->gen->arena, &check->tables) = table;
}

static void note_write(struct check *check, const char *name)
{
	struct gen *gen = check->gen;
	struct statement *now = check->now;
	struct sv table = sv_of(name);

	now->writes = true;
	note_table(check, name);
	if (!sv_in(gen->own.at, gen->own.len, table))
		problem(gen, now->file, now->line, "%.*s writes to %s, a table of another room; call that room's function",
			SV_FMT(now->name), name);
	if (sv_in(gen->guarded.at, gen->guarded.len, table))
		now->guarded = arena_copy(&gen->arena, table);
}

/* SQLite tells here everything the statement will do. */
static int authorize(void *arg, int action, const char *one, const char *two, const char *database, const char *source)
{
	struct check *check = arg;

	(void)two, (void)database, (void)source;
	switch (action) {
	case SQLITE_READ:
		note_table(check, one);
		return SQLITE_OK;
	case SQLITE_INSERT:
	case SQLITE_UPDATE:
	case SQLITE_DELETE:
		if (sv_has_prefix(sv_of(one), SV("sqlite_"))) /* CREATE, ALTER, DROP: migrations do that */
			return SQLITE_DENY;
		note_write(check, one);
		return SQLITE_OK;
	case SQLITE_SELECT:
	case SQLITE_FUNCTION:
	case SQLITE_RECURSIVE:
		return SQLITE_OK;
	default:
		return SQLITE_DENY;
	}
}

static bool column_of(struct gen *gen, const char *table, const char *column, struct field *ret)
{
	const char *type = NULL;
	int not_null = 0, key = 0;

	if (sqlite3_table_column_metadata(gen->db, NULL, table, column, &type, NULL, &not_null, &key, NULL) != SQLITE_OK)
		return false;
	ret->type = type ? type_of(sv_of(type)) : TYPE_NONE;
	ret->nullable = !not_null && !key;
	return ret->type != TYPE_NONE;
}

/* Looks for columns of the parameter's name in the statement's own tables. */
static void infer_param(struct check *check, struct field *param)
{
	struct statement *now = check->now;
	const char *name = arena_z(&check->gen->arena, param->name);
	struct sv first = { 0 };

	for (size_t i = 0; i < check->tables.len; i++) {
		struct field found = { 0 };
		if (!column_of(check->gen, arena_z(&check->gen->arena, check->tables.at[i]), name, &found))
			continue;
		if (sv_is_absent(first)) {
			first = check->tables.at[i];
			param->type = found.type;
			param->nullable = param->nullable || found.nullable;
		} else if (found.type != param->type) {
			problem(check->gen, now->file, param->line, ":%s is ambiguous: %s in %.*s, %s in %.*s; write :%s::%s",
				name, type_names[param->type], SV_FMT(first), type_names[found.type],
				SV_FMT(check->tables.at[i]), name, type_names[param->type]);
		} else {
			param->nullable = param->nullable || found.nullable;
		}
	}
	if (param->type == TYPE_NONE && sv_equal_z(param->name, "limit"))
		param->type = TYPE_I64;
	if (param->type == TYPE_NONE)
		problem(check->gen, now->file, param->line, "%.*s: no column is called %s, so the parameter's type is open; write "
			":%s::BIGINT, ::TEXT, ::BLOB or ::ID", SV_FMT(now->name), name, name);
}

static const struct field *note_of(const struct statement *now, struct sv name)
{
	for (size_t i = 0; i < now->notes.len; i++)
		if (sv_equal(now->notes.at[i].name, name))
			return &now->notes.at[i];
	return NULL;
}

static void read_column(struct check *check, sqlite3_stmt *stmt, int i)
{
	struct gen *gen = check->gen;
	struct statement *now = check->now;
	const char *table = sqlite3_column_table_name(stmt, i);
	struct field column = { .name = arena_copy(&gen->arena, sv_of(sqlite3_column_name(stmt, i))), .line = now->line };
	const struct field *note = note_of(now, column.name);

	if (table)
		column_of(gen, table, sqlite3_column_origin_name(stmt, i), &column);
	if (note && note->type != TYPE_NONE)
		column.type = note->type;
	if (note)
		column.nullable = note->type == TYPE_NONE || note->nullable;
	if (!is_lower_name(column.name))
		problem(gen, now->file, now->line, "%.*s: result %d, '%.*s', has no name of its own; write ... AS name::TYPE",
			SV_FMT(now->name), i + 1, SV_FMT(column.name));
	else if (is_c_word(column.name))
		problem(gen, now->file, now->line, "%.*s: '%.*s' is a word of C; rename it with AS", SV_FMT(now->name),
			SV_FMT(column.name));
	else if (column.type == TYPE_NONE)
		problem(gen, now->file, now->line, "%.*s: the type of result %.*s is open; write AS %.*s::BIGINT, ::TEXT, ::BLOB or "
			"::ID (with ? behind it when it may be NULL)", SV_FMT(now->name), SV_FMT(column.name),
			SV_FMT(column.name));
	for (size_t j = 0; j < now->columns.len; j++)
		if (sv_equal(now->columns.at[j].name, column.name))
			problem(gen, now->file, now->line, "%.*s: two results are called %.*s; rename one with AS",
				SV_FMT(now->name), SV_FMT(column.name));
	*VEC_PUSH(&gen->arena, &now->columns) = column;
}

static bool gives_rows(enum kind kind)
{
	return kind == KIND_ONE || kind == KIND_MANY || kind == KIND_EACH;
}

static void check_kind(struct check *check)
{
	struct statement *now = check->now;

	if (gives_rows(now->kind) && now->columns.len == 0)
		problem(check->gen, now->file, now->line, "%.*s gives no rows; mark it :exec or :execrows", SV_FMT(now->name));
	if (!gives_rows(now->kind) && now->columns.len > 0)
		problem(check->gen, now->file, now->line, "%.*s gives rows; mark it :one, :many or :each", SV_FMT(now->name));
	if (now->kind == KIND_EACH && now->writes)
		problem(check->gen, now->file, now->line, "%.*s writes; mark it :many", SV_FMT(now->name));
	if (now->deferred && now->kind != KIND_EXEC)
		problem(check->gen, now->file, now->line, "%.*s: only an :exec can be deferred; take '-- deferred' away", SV_FMT(now->name));
	if (now->kept && (now->writes || (now->kind != KIND_ONE && now->kind != KIND_MANY)))
		problem(check->gen, now->file, now->line, "%.*s: only what a :one or :many reads can be kept; take '-- kept' away",
			SV_FMT(now->name));
}

/* A statement for PostgreSQL alone cannot be prepared here: all is annotated, and the tests prepare it there. */
static void trust(struct check *check)
{
	struct statement *now = check->now;

	now->columns = now->notes;
	now->writes = !token_is(&now->body.at[0], "SELECT") && !token_is(&now->body.at[0], "WITH");
}

static void prepare(struct check *check)
{
	struct gen *gen = check->gen;
	struct statement *now = check->now;
	char *sql = arena_z(&gen->arena, now->sql);
	sqlite3_stmt *stmt = NULL;
	const char *rest = NULL;

	for (char *at = sql; *at; at++)
		if (*at == '$')
			*at = '?';
	sqlite3_set_authorizer(gen->db, authorize, check);
	int rc = sqlite3_prepare_v2(gen->db, sql, -1, &stmt, &rest);
	sqlite3_set_authorizer(gen->db, NULL, NULL);
	if (rc != SQLITE_OK) {
		problem(gen, now->file, line_of_error(now, sqlite3_error_offset(gen->db)),
			"%.*s: %s; compare with the schema", SV_FMT(now->name), sqlite3_errmsg(gen->db));
		return;
	}
	for (int i = 0; i < sqlite3_column_count(stmt); i++)
		read_column(check, stmt, i);
	sqlite3_finalize(stmt);
	check_kind(check);
}

/* The rows of `-- as: other` must be the other's rows. */
static void check_as(struct gen *gen, struct statement *now)
{
	for (size_t i = 0; i < gen->statements.len; i++) {
		const struct statement *other = &gen->statements.at[i];
		if (!sv_equal(other->name, now->as))
			continue;
		bool same = other->columns.len == now->columns.len && sv_is_absent(other->as);
		for (size_t j = 0; same && j < now->columns.len; j++)
			same = sv_equal(other->columns.at[j].name, now->columns.at[j].name)
				&& other->columns.at[j].type == now->columns.at[j].type
				&& other->columns.at[j].nullable == now->columns.at[j].nullable;
		if (!same)
			problem(gen, now->file, now->line, "%.*s does not give the same columns as %.*s; make them equal or take "
				"'-- as' away", SV_FMT(now->name), SV_FMT(now->as));
		return;
	}
	problem(gen, now->file, now->line, "there is no statement %.*s; correct '-- as'", SV_FMT(now->as));
}

void statements_check(struct gen *gen)
{
	for (size_t i = 0; i < gen->statements.len; i++) {
		struct check check = { .gen = gen, .now = &gen->statements.at[i] };
		if (check.now->dialect == DIALECT_POSTGRES)
			trust(&check);
		else
			prepare(&check);
		for (size_t j = 0; j < check.now->params.len; j++)
			if (check.now->params.at[j].type == TYPE_NONE)
				infer_param(&check, &check.now->params.at[j]);
	}
	for (size_t i = 0; i < gen->statements.len; i++)
		if (gen->statements.at[i].as.len)
			check_as(gen, &gen->statements.at[i]);
}
