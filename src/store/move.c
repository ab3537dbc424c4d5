/* SQLite's rows into PostgreSQL's COPY (PostgreSQL 15 manual, COPY, "Binary Format"); see move.h. Both schemas come from the
 * same files, so columns agree by name, INTEGER is int8, TEXT text, BLOB bytea; only the search index is made anew.
 *
 * One transaction, in the order of the manual's "Populating a Database": the tables are locked and seen to be empty, emptied all
 * the same (rows that come into a table of this transaction need no log of their own where the server keeps none for others, and
 * are written once), their indexes taken away, the rows copied, the indexes made anew from whole tables. Keys stay all the time. */
#include "store/move.h"

#include <endian.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "store/store_int.h"

#include "base/banned.h"

enum { PIECE_BYTES = 256 << 10, SQL_BYTES = 4096, MAX_TABLES = 500, NAME_BYTES = 64, LIST_BYTES = MAX_TABLES * (NAME_BYTES + 2) + 64 };

struct move {
	struct ctx *ctx;
	sqlite3 *from;
	PGconn *to;
	char (*tables)[NAME_BYTES];
	size_t table_count, len;
	int64_t done, total;
	struct store_progress progress;
	char piece[PIECE_BYTES];
};

static enum rc failed(struct move *move, const PGresult *result, const char *what)
{
	const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;

	if (move->ctx->err->rc == RC_OK) /* the server's own words may quote values */
		move->ctx->err->detail = arena_printf(move->ctx->arena, "%s: %s", what, state ? state : sqlite3_errmsg(move->from));
	return fail(move->ctx, RC_UNAVAILABLE, N_("The database could not be moved; the new one is as it was. Check that both can be "
		"reached and that there is room."), NULL);
}

static enum rc command(struct move *move, const char *sql)
{
	PGresult *result = PQexec(move->to, sql);
	ExecStatusType status = PQresultStatus(result);
	enum rc rc = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK ? RC_OK : failed(move, result, sql);

	PQclear(result);
	return rc;
}

/* --- the tables, in the order in which they were made: a table behind those it refers to --- */

static enum rc list_tables(struct move *move)
{
	static const char sql[] = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'sqlite_*' "
				  "AND name NOT GLOB 'search_terms*' AND name <> 'schema_migration' ORDER BY rowid";
	sqlite3_stmt *stmt = NULL;

	if (sqlite3_prepare_v2(move->from, sql, -1, &stmt, NULL) != SQLITE_OK)
		return failed(move, NULL, "tables");
	move->tables = arena_array(move->ctx->arena, MAX_TABLES, NAME_BYTES);
	while (sqlite3_step(stmt) == SQLITE_ROW && move->table_count < MAX_TABLES)
		snprintf(move->tables[move->table_count++], NAME_BYTES, "%s", (const char *)sqlite3_column_text(stmt, 0));
	return sqlite3_finalize(stmt) == SQLITE_OK ? RC_OK : failed(move, NULL, "tables");
}

/* --- one table --- */

static enum rc send_piece(struct move *move)
{
	if (move->len && PQputCopyData(move->to, move->piece, (int)move->len) != 1)
		return failed(move, NULL, "COPY");
	move->len = 0;
	return RC_OK;
}

static enum rc put(struct move *move, const void *bytes, size_t len)
{
	if (len > PIECE_BYTES - move->len)
		TRY(send_piece(move));
	if (len > PIECE_BYTES)
		return PQputCopyData(move->to, bytes, (int)len) == 1 ? RC_OK : failed(move, NULL, "COPY");
	if (len)
		memcpy(move->piece + move->len, bytes, len);
	move->len += len;
	return RC_OK;
}

static enum rc put_value(struct move *move, sqlite3_stmt *stmt, int column)
{
	int type = sqlite3_column_type(stmt, column);
	uint64_t number;
	const void *bytes = &number;
	int len = sizeof(number);

	if (type == SQLITE_NULL)
		return put(move, &(uint32_t){ htobe32((uint32_t)-1) }, sizeof(uint32_t));
	if (type == SQLITE_INTEGER) {
		number = htobe64((uint64_t)sqlite3_column_int64(stmt, column));
	} else {
		bytes = sqlite3_column_blob(stmt, column); /* of a text too: its bytes */
		len = sqlite3_column_bytes(stmt, column);
	}
	move->done += len;
	TRY(put(move, &(uint32_t){ htobe32((uint32_t)len) }, sizeof(uint32_t)));
	return put(move, bytes, (size_t)len);
}

static enum rc put_rows(struct move *move, sqlite3_stmt *stmt)
{
	static const char head[19] = "PGCOPY\n\377\r\n"; /* with its NUL, no flags, no extension */
	int columns = sqlite3_column_count(stmt), code;
	uint16_t count = htobe16((uint16_t)columns);

	TRY(put(move, head, sizeof(head)));
	while ((code = sqlite3_step(stmt)) == SQLITE_ROW) {
		TRY(put(move, &count, sizeof(count)));
		for (int i = 0; i < columns; i++)
			TRY(put_value(move, stmt, i));
		if (move->progress.tell && move->done < move->total)
			move->progress.tell(move->progress.arg, move->done, move->total);
	}
	if (code != SQLITE_DONE)
		return failed(move, NULL, "reading");
	TRY(put(move, &(uint16_t){ 0xffff }, sizeof(uint16_t)));
	return send_piece(move);
}

/* Ends the COPY, well or not, and takes its results. */
static enum rc end_copy(struct move *move, enum rc rc)
{
	PGresult *result;

	if (PQputCopyEnd(move->to, rc == RC_OK ? NULL : "given up") != 1 && rc == RC_OK)
		rc = failed(move, NULL, "COPY");
	while ((result = PQgetResult(move->to)) != NULL) {
		if (rc == RC_OK && PQresultStatus(result) != PGRES_COMMAND_OK)
			rc = failed(move, result, "COPY");
		PQclear(result);
	}
	return rc;
}

static enum rc copy_rows(struct move *move, const char *table, sqlite3_stmt *stmt)
{
	char sql[SQL_BYTES];
	size_t len = (size_t)snprintf(sql, sizeof(sql), "COPY %s (", table);

	for (int i = 0; i < sqlite3_column_count(stmt) && len < sizeof(sql); i++)
		len += (size_t)snprintf(sql + len, sizeof(sql) - len, "%s%s", i ? ", " : "", sqlite3_column_name(stmt, i));
	if (len < sizeof(sql))
		len += (size_t)snprintf(sql + len, sizeof(sql) - len, ") FROM STDIN (FORMAT binary, FREEZE)");
	if (len >= sizeof(sql))
		return fail_internal(move->ctx, "the columns of %s are too many", table);
	PGresult *result = PQexec(move->to, sql);
	enum rc rc = PQresultStatus(result) == PGRES_COPY_IN ? RC_OK : failed(move, result, table);
	PQclear(result);
	return rc == RC_OK ? end_copy(move, put_rows(move, stmt)) : rc;
}

static enum rc copy_table(struct move *move, const char *table)
{
	char sql[SQL_BYTES];
	sqlite3_stmt *stmt = NULL;

	snprintf(sql, sizeof(sql), "SELECT * FROM %s", table);
	if (sqlite3_prepare_v2(move->from, sql, -1, &stmt, NULL) != SQLITE_OK)
		return failed(move, NULL, table);
	enum rc rc = copy_rows(move, table, stmt);
	sqlite3_finalize(stmt);
	return rc;
}

/* Terms stand in a table of their own there, in a column here. */
static enum rc copy_terms(struct move *move)
{
	sqlite3_stmt *stmt = NULL;
	enum rc rc = RC_OK;

	if (sqlite3_prepare_v2(move->from, "SELECT rowid, terms FROM search_terms", -1, &stmt, NULL) != SQLITE_OK)
		return failed(move, NULL, "search");
	while (rc == RC_OK && sqlite3_step(stmt) == SQLITE_ROW) {
		const char *values[] = { (const char *)sqlite3_column_text(stmt, 0), (const char *)sqlite3_column_text(stmt, 1) };
		PGresult *result = PQexecParams(move->to, "UPDATE search_doc SET terms = array_to_tsvector(string_to_array($2, ' ')) "
			"WHERE doc = CAST($1 AS BIGINT)", 2, NULL, values, NULL, NULL, 0);
		if (PQresultStatus(result) != PGRES_COMMAND_OK)
			rc = failed(move, result, "search");
		PQclear(result);
	}
	sqlite3_finalize(stmt);
	return rc;
}

/* --- all of it --- */

static enum rc check_empty(struct move *move, const char *table)
{
	char sql[SQL_BYTES];

	snprintf(sql, sizeof(sql), "SELECT 1 FROM %s LIMIT 1", table);
	PGresult *result = PQexec(move->to, sql);
	enum rc rc = PQresultStatus(result) != PGRES_TUPLES_OK ? failed(move, result, table)
		: PQntuples(result) == 0 ? RC_OK
		: fail(move->ctx, RC_CONFLICT, N_("There are data in that database already. Name an empty one."), NULL);
	PQclear(result);
	return rc;
}

/* `verb` table, table, ... `tail`. Tables that refer to each other are locked and emptied in one command. */
static enum rc command_on_tables(struct move *move, const char *verb, const char *tail)
{
	struct buf sql;

	buf_init(&sql, move->ctx->arena, LIST_BYTES);
	buf_sv(&sql, sv_of(verb));
	for (size_t i = 0; i < move->table_count; i++)
		buf_printf(&sql, "%s %s", i ? "," : "", move->tables[i]);
	buf_printf(&sql, "%s%c", tail, '\0');
	return command(move, sql.ptr);
}

/* The indexes that stand for no key: how to make them, and by that order how to take them away. */
static enum rc list_indexes(struct move *move, PGresult **ret)
{
	*ret = PQexec(move->to, "SELECT 'DROP INDEX ' || CAST(i.indexrelid AS regclass), pg_get_indexdef(i.indexrelid) FROM pg_index i "
		"JOIN pg_class c ON c.oid = i.indrelid WHERE c.relkind = 'r' AND c.relnamespace = CAST(current_schema() AS regnamespace) "
		"AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid) ORDER BY i.indexrelid");
	return PQresultStatus(*ret) == PGRES_TUPLES_OK ? RC_OK : failed(move, *ret, "indexes");
}

static enum rc drop_indexes(struct move *move, const PGresult *indexes)
{
	for (int i = 0; i < PQntuples(indexes); i++)
		TRY(command(move, PQgetvalue(indexes, i, 0)));
	return RC_OK;
}

/* What is left of the bar is theirs. */
static enum rc make_indexes(struct move *move, const PGresult *indexes)
{
	int count = PQntuples(indexes);
	int64_t rest = move->total > move->done ? move->total - move->done : 0;

	for (int i = 0; i < count; i++) {
		TRY(command(move, PQgetvalue(indexes, i, 1)));
		if (move->progress.tell && i + 1 < count)
			move->progress.tell(move->progress.arg, move->total - rest + rest * (i + 1) / count, move->total);
	}
	return RC_OK;
}

static enum rc copy_all(struct move *move, const PGresult *indexes)
{
	TRY(drop_indexes(move, indexes));
	for (size_t i = 0; i < move->table_count; i++)
		TRY(copy_table(move, move->tables[i]));
	TRY(copy_terms(move));
	return make_indexes(move, indexes);
}

static enum rc move_all(struct move *move)
{
	PGresult *indexes = NULL;

	TRY(list_tables(move));
	TRY(command(move, "BEGIN"));
	TRY(command_on_tables(move, "LOCK TABLE", " IN ACCESS EXCLUSIVE MODE"));
	for (size_t i = 0; i < move->table_count; i++)
		TRY(check_empty(move, move->tables[i]));
	TRY(command_on_tables(move, "TRUNCATE", ""));
	enum rc rc = list_indexes(move, &indexes);
	if (rc == RC_OK)
		rc = copy_all(move, indexes);
	PQclear(indexes);
	TRY(rc);
	TRY(command(move, "COMMIT"));
	if (move->progress.tell)
		move->progress.tell(move->progress.arg, move->total, move->total);
	return command(move, "ANALYZE");
}

static enum rc open_target(struct move *move, const struct store *to)
{
	move->to = PQconnectdb(to->target);
	if (PQstatus(move->to) != CONNECTION_OK)
		return failed(move, NULL, "connect");
	/* References were checked where the rows come from. Who may not switch that off has them checked again, which takes longer. */
	PQclear(PQexec(move->to, "SET session_replication_role = replica"));
	TRY(command(move, "SET maintenance_work_mem = '256MB'")); /* an index is sorted in memory */
	return command(move, "SET client_min_messages = error");
}

static enum rc open_source(struct move *move, const struct store *from)
{
	struct stat st;

	if (stat(from->target, &st) == 0)
		move->total = st.st_size;
	if (sqlite3_open_v2(from->target, &move->from, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK
		|| sqlite3_exec(move->from, "BEGIN", NULL, NULL, NULL) != SQLITE_OK)
		return failed(move, NULL, "open");
	return RC_OK;
}

enum rc store_move(struct ctx *ctx, struct store *from, struct store *to, struct store_progress progress)
{
	struct move *move = ARENA_NEW(ctx->arena, struct move);

	if (store_is_postgres(from) || !store_is_postgres(to))
		return fail(ctx, RC_INVALID, N_("A database moves from SQLite to PostgreSQL. Name the new one with postgres:CONNECTION."), NULL);
	move->ctx = ctx;
	move->progress = progress;
	enum rc rc = open_source(move, from);
	if (rc == RC_OK)
		rc = open_target(move, to);
	if (rc == RC_OK)
		rc = move_all(move);
	PQfinish(move->to);
	sqlite3_close(move->from);
	return rc;
}
