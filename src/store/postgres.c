/* The PostgreSQL driver by libpq: values and rows in binary, statements prepared once a connection, streaming by
 * cursors in portions. Server messages may quote values, so only SQLSTATE and constraint names are kept.
 *
 * Beginning a transaction, setting and releasing a savepoint cannot fail while the connection stands, so these commands wait
 * (db->pending) and go out with the next statement in one pipeline: no round trip of their own. A statement marked `-- deferred`
 * is sent and not waited for (db->queued) until another is; the release of a savepoint then waits too, so that a fault is the
 * job's own that made it. */
#include "store/store_int.h"

#include <endian.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/banned.h"

enum { OID_BOOL = 16, OID_BYTEA = 17, OID_INT8 = 20, OID_INT2 = 21, OID_INT4 = 23, OID_TEXT = 25, OID_NUMERIC = 1700 };
enum { MAX_PARAMS = 64, BINARY = 1, PORTION = 256 };

/* SQLSTATE classes: PostgreSQL 15, appendix A. */
static enum store_fault fault_of(const char *state)
{
	static const struct {
		const char *prefix;
		enum store_fault fault;
	} table[] = {
		{ "23505", STORE_FAULT_UNIQUE }, { "23503", STORE_FAULT_FOREIGN_KEY }, { "23", STORE_FAULT_CHECK },
		{ "40", STORE_FAULT_SERIALIZATION }, { "55P03", STORE_FAULT_BUSY }, { "53100", STORE_FAULT_FULL },
		{ "53", STORE_FAULT_LOST }, { "57", STORE_FAULT_LOST }, { "08", STORE_FAULT_LOST },
		{ "25006", STORE_FAULT_LOST }, { "58", STORE_FAULT_LOST }, { "XX001", STORE_FAULT_CORRUPT },
		{ "XX002", STORE_FAULT_CORRUPT },
	};

	if (!state)
		return STORE_FAULT_LOST;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (strncmp(state, table[i].prefix, strlen(table[i].prefix)) == 0)
			return table[i].fault;
	return STORE_FAULT_OTHER;
}

static enum rc report(struct ctx *ctx, struct db *db, const PGresult *result, const char *what)
{
	char detail[STORE_DETAIL];
	const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
	const char *constraint = result ? PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME) : NULL;
	const char *table = result ? PQresultErrorField(result, PG_DIAG_TABLE_NAME) : NULL;
	enum store_fault fault = PQstatus(db->pg) == CONNECTION_OK ? fault_of(state) : STORE_FAULT_LOST;

	snprintf(detail, sizeof(detail), "%s: SQLSTATE %s %s %s", what, state ? state : "-", table ? table : "",
		constraint ? constraint : "");
	/* A fault of the statement's text is ours and quotes no values. */
	if (state && strncmp(state, "42", 2) == 0)
		snprintf(detail, sizeof(detail), "%s: SQLSTATE %s: %s", what, state,
			PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY));
	if (db->in_tx && (fault == STORE_FAULT_LOST || fault == STORE_FAULT_SERIALIZATION))
		db->gone = true;
	return db_fault(ctx, db, fault, detail);
}

static bool is_done(const PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);

	return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

static void queue(struct db *db, const char *what)
{
	db->queued[db->queued_count++] = what;
}

/* Sends the commands that wait; from here to finish_queue() the connection is a pipeline. */
static void queue_pending(struct db *db)
{
	if (PQpipelineStatus(db->pg) == PQ_PIPELINE_OFF)
		PQenterPipelineMode(db->pg);
	for (unsigned i = 0; i < db->pending_count; i++) {
		PQsendQueryParams(db->pg, db->pending[i], 0, NULL, NULL, NULL, NULL, BINARY);
		queue(db, "savepoint");
	}
	db->pending_count = 0;
}

/* Waits for all that was sent: the result of the last, or of the first that failed, and which that was. */
static PGresult *finish_queue(struct db *db, const char **ret_what)
{
	unsigned count = db->queued_count;
	PGresult *kept = NULL, *result;

	db->queued_count = 0;
	*ret_what = db->queued[count - 1];
	PQpipelineSync(db->pg);
	for (unsigned i = 0; i < count; i++) {
		while ((result = PQgetResult(db->pg)) != NULL) {
			if (!kept && (i + 1 == count || !is_done(result))) {
				kept = result;
				*ret_what = db->queued[i];
			} else {
				PQclear(result);
			}
		}
		if (PQstatus(db->pg) != CONNECTION_OK)
			return kept;
	}
	PQclear(PQgetResult(db->pg)); /* the sync */
	PQexitPipelineMode(db->pg);
	return kept;
}

/* What was sent is about to be rolled back: how it went does not matter. */
static void discard_queue(struct db *db)
{
	const char *what;

	if (db->queued_count)
		PQclear(finish_queue(db, &what));
}

/* `sql` behind the commands that wait, in one message. */
static PGresult *execute(struct db *db, const char *sql)
{
	char all[(STORE_PENDING + 1) * (STORE_PENDING_LEN + 1)];
	size_t len = 0;

	if (db->pending_count == 0)
		return PQexec(db->pg, sql);
	for (unsigned i = 0; i < db->pending_count; i++)
		len += (size_t)snprintf(all + len, sizeof(all) - len, "%s;", db->pending[i]);
	db->pending_count = 0;
	snprintf(all + len, sizeof(all) - len, "%s", sql);
	return PQexec(db->pg, all);
}

/* Sends what waits and waits for what was sent, when what follows cannot take it along. */
static enum rc flush(struct ctx *ctx, struct db *db)
{
	const char *what;

	if (db->pending_count == 0 && db->queued_count == 0)
		return RC_OK;
	queue_pending(db);
	PGresult *result = finish_queue(db, &what);
	enum rc rc = is_done(result) ? RC_OK : report(ctx, db, result, what);
	PQclear(result);
	return rc;
}

static enum rc pg_script(struct ctx *ctx, struct db *db, const char *sql)
{
	if (strncmp(sql, "ROLLBACK", 8) == 0)
		discard_queue(db);
	else if (db->queued_count || strlen(sql) > 48) /* a migration */
		TRY(flush(ctx, db));
	PGresult *result = execute(db, sql);
	enum rc rc = is_done(result) ? RC_OK : report(ctx, db, result, "script");

	/* COMMIT of an aborted transaction answers ROLLBACK: nothing was committed. */
	if (rc == RC_OK && strcmp(sql, "COMMIT") == 0 && strcmp(PQcmdStatus(result), "COMMIT") != 0)
		rc = db_fault(ctx, db, STORE_FAULT_OTHER, "the server rolled the transaction back");
	PQclear(result);
	return rc;
}

static enum rc pg_savepoint(struct ctx *ctx, struct db *db, enum savepoint_verb verb, unsigned level)
{
	static const char *const verbs[] = { "SAVEPOINT", "RELEASE", "ROLLBACK TO" };
	char sql[STORE_PENDING_LEN];

	if (verb != SAVEPOINT_ROLLBACK) {
		if (db->pending_count == STORE_PENDING)
			TRY(flush(ctx, db));
		snprintf(db->pending[db->pending_count++], STORE_PENDING_LEN, "%s p%u", verbs[verb], level);
		return verb == SAVEPOINT_RELEASE && db->queued_count ? flush(ctx, db) : RC_OK;
	}
	snprintf(sql, sizeof(sql), "%s p%u", verbs[verb], level);
	return pg_script(ctx, db, sql);
}

static void pg_open(struct store *store)
{
	(void)store; /* libpq has no settings of its own, and other machines commit unseen */
}

static void ignore_notice(void *arg, const PGresult *result)
{
	(void)arg, (void)result; /* notices may quote values and never ask for anything */
}

static enum rc pg_connect(struct ctx *ctx, struct db *db)
{
	/* What stands behind dbname overrides the operator's own words in it, what stands before does not. */
	const char *names[] = { "connect_timeout", "dbname", "client_encoding", "application_name", NULL };
	const char *values[] = { "5", db->store->target, "UTF8", "tongban", NULL };

	db->pg = PQconnectdbParams(names, values, 1);
	PQsetNoticeReceiver(db->pg, ignore_notice, NULL);
	return PQstatus(db->pg) == CONNECTION_OK ? RC_OK : report(ctx, db, NULL, "connect");
}

static void pg_disconnect(struct db *db)
{
	PQfinish(db->pg);
	db->pg = NULL;
}

static enum rc pg_revive(struct ctx *ctx, struct db *db)
{
	if (PQstatus(db->pg) == CONNECTION_OK)
		return RC_OK;
	db_end_runs(db);
	db_forget(db);
	db->pending_count = db->queued_count = 0;
	PQreset(db->pg);
	return PQstatus(db->pg) == CONNECTION_OK ? RC_OK : report(ctx, db, NULL, "connect");
}

static enum rc pg_begin(struct ctx *ctx, struct db *db)
{
	(void)ctx; /* it goes out with the first statement, which says so when the server is not there */
	snprintf(db->pending[db->pending_count++], STORE_PENDING_LEN, "BEGIN ISOLATION LEVEL %s",
		db->access == STORE_WRITE ? "SERIALIZABLE" : "REPEATABLE READ READ ONLY");
	return RC_OK;
}

static enum rc pg_lock_schema(struct ctx *ctx, struct db *db)
{
	return pg_script(ctx, db, "SELECT pg_advisory_lock(7497)"); /* any number, the same for all nodes */
}

static Oid oid_of(enum store_type type)
{
	switch (type) {
	case STORE_I64:
		return OID_INT8;
	case STORE_TEXT:
		return OID_TEXT;
	case STORE_BLOB:
	case STORE_ID:
		break;
	}
	return OID_BYTEA;
}

static enum rc pg_prepare(struct ctx *ctx, struct db *db, struct prepared *prepared)
{
	const struct store_statement *statement = prepared->statement;
	Oid types[MAX_PARAMS];
	char name[24];

	TRY(flush(ctx, db));
	snprintf(name, sizeof(name), "s%u", prepared->number);
	for (size_t i = 0; i < statement->param_count; i++)
		types[i] = oid_of(statement->params[i].type);
	PGresult *result = PQprepare(db->pg, name, statement->sql, statement->param_count, types);
	enum rc rc = is_done(result) ? RC_OK : report(ctx, db, result, statement->name);
	PQclear(result);
	return rc;
}

static bool is_integer(Oid oid)
{
	return oid == OID_INT8 || oid == OID_INT4 || oid == OID_INT2 || oid == OID_BOOL || oid == OID_NUMERIC;
}

static enum rc compare(struct ctx *ctx, const struct store_statement *statement, const PGresult *result)
{
	if (PQnfields(result) != statement->column_count || PQnparams(result) != statement->param_count)
		return fail_internal(ctx, "%s: other numbers of results or parameters", statement->name);
	for (int i = 0; i < statement->column_count; i++) {
		const struct store_field *column = &statement->columns[i];
		Oid oid = PQftype(result, i);
		if (strcmp(PQfname(result, i), column->name) != 0
			|| (column->type == STORE_I64 ? !is_integer(oid) : oid != oid_of(column->type)))
			return fail_internal(ctx, "%s: result %s comes as %s with type %u", statement->name, column->name,
				PQfname(result, i), oid);
	}
	return RC_OK;
}

static enum rc pg_check(struct ctx *ctx, struct db *db, const struct prepared *prepared)
{
	char name[24];

	snprintf(name, sizeof(name), "s%u", prepared->number);
	PGresult *result = PQdescribePrepared(db->pg, name);
	enum rc rc = is_done(result) ? compare(ctx, prepared->statement, result)
		: report(ctx, db, result, prepared->statement->name);
	PQclear(result);
	return rc;
}

struct bound {
	const char *values[MAX_PARAMS];
	int lengths[MAX_PARAMS], formats[MAX_PARAMS];
	Oid types[MAX_PARAMS];
	uint64_t numbers[MAX_PARAMS];
};

static void bind(struct bound *bound, const struct store_statement *statement, const struct store_value *values)
{
	for (size_t i = 0; i < statement->param_count; i++) {
		bound->types[i] = oid_of(statement->params[i].type);
		bound->formats[i] = BINARY;
		bound->lengths[i] = (int)values[i].bytes.len;
		bound->values[i] = values[i].bytes.ptr ? values[i].bytes.ptr : "";
		if (statement->params[i].type == STORE_I64) {
			bound->numbers[i] = htobe64((uint64_t)values[i].i64);
			bound->values[i] = (const char *)&bound->numbers[i];
			bound->lengths[i] = sizeof(bound->numbers[i]);
		}
		if (values[i].is_null && statement->params[i].nullable)
			bound->values[i] = NULL;
	}
}

static enum rc fetch(struct ctx *ctx, struct store_run *run)
{
	char sql[64];

	PQclear(run->result);
	run->result = NULL;
	TRY(flush(ctx, run->db));
	snprintf(sql, sizeof(sql), "FETCH FORWARD %d FROM c%u", PORTION, run->cursor);
	run->result = PQexecParams(run->db->pg, sql, 0, NULL, NULL, NULL, NULL, BINARY);
	run->row = -1;
	return is_done(run->result) ? RC_OK : report(ctx, run->db, run->result, run->statement->name);
}

static enum rc declare(struct ctx *ctx, struct store_run *run, const struct bound *bound)
{
	struct db *db = run->db;
	unsigned number = ++db->cursor_count;
	struct arena_mark mark = arena_mark(ctx->arena);
	struct sv sql = arena_printf(ctx->arena, "DECLARE c%u NO SCROLL CURSOR FOR %s", number, run->statement->sql);
	enum rc rc = flush(ctx, db);
	if (rc != RC_OK)
		return rc;
	PGresult *result = PQexecParams(db->pg, sql.ptr, run->statement->param_count, bound->types, bound->values,
		bound->lengths, bound->formats, BINARY);

	arena_rewind(ctx->arena, mark);
	rc = is_done(result) ? RC_OK : report(ctx, db, result, run->statement->name);
	PQclear(result);
	if (rc != RC_OK)
		return rc;
	run->cursor = number;
	return fetch(ctx, run);
}

static enum rc pg_start(struct ctx *ctx, struct store_run *run, const struct store_value *values, bool stream)
{
	const struct store_statement *statement = run->statement;
	struct db *db = run->db;
	struct bound bound;
	const char *what;
	char name[24];

	bind(&bound, statement, values);
	run->row = -1;
	if (stream)
		return declare(ctx, run, &bound);
	snprintf(name, sizeof(name), "s%u", run->prepared->number);
	bool is_deferred = statement->deferred && db->in_tx;
	if (!is_deferred && !db->pending_count && !db->queued_count) {
		run->result = PQexecPrepared(db->pg, name, statement->param_count, bound.values, bound.lengths, bound.formats, BINARY);
		return is_done(run->result) ? RC_OK : report(ctx, db, run->result, statement->name);
	}
	if (db->queued_count + STORE_PENDING >= STORE_QUEUED)
		TRY(flush(ctx, db));
	queue_pending(db);
	queue(db, statement->name);
	if (PQsendQueryPrepared(db->pg, name, statement->param_count, bound.values, bound.lengths, bound.formats, BINARY) == 1
		&& is_deferred)
		return RC_OK;
	run->result = finish_queue(db, &what);
	return is_done(run->result) ? RC_OK : report(ctx, db, run->result, what);
}

static enum rc pg_step(struct ctx *ctx, struct store_run *run, bool *ret_row)
{
	if (++run->row < PQntuples(run->result)) {
		*ret_row = true;
		return RC_OK;
	}
	*ret_row = false;
	if (!run->cursor || PQntuples(run->result) < PORTION)
		return RC_OK;
	TRY(fetch(ctx, run));
	run->row = 0;
	*ret_row = PQntuples(run->result) > 0;
	return RC_OK;
}

/* sum() and the like give NUMERIC: digits in base 10,000 (backend/utils/adt/numeric.c, binary format). */
static bool integer_of_numeric(const uint8_t *at, int len, int64_t *ret)
{
	int64_t value = 0;

	if (len < 8)
		return false;
	int digits = at[0] << 8 | at[1], weight = (int16_t)(at[2] << 8 | at[3]), sign = at[4] << 8 | at[5];
	if (len < 8 + 2 * digits || digits > weight + 1 || (sign != 0 && sign != 0x4000))
		return false;
	for (int i = 0; i <= weight; i++) {
		int digit = i < digits ? at[8 + 2 * i] << 8 | at[9 + 2 * i] : 0;
		if (__builtin_mul_overflow(value, 10000, &value) || __builtin_add_overflow(value, digit, &value))
			return false;
	}
	*ret = sign ? -value : value;
	return true;
}

static bool integer_of(Oid type, const uint8_t *at, int len, int64_t *ret)
{
	uint64_t bits = 0;

	if (type == OID_NUMERIC)
		return integer_of_numeric(at, len, ret);
	if (!is_integer(type))
		return false;
	for (int i = 0; i < len; i++)
		bits = bits << 8 | at[i];
	if (type == OID_INT4)
		*ret = (int32_t)(uint32_t)bits;
	else if (type == OID_INT2)
		*ret = (int16_t)(uint16_t)bits;
	else
		*ret = (int64_t)bits;
	return true;
}

static struct store_cell pg_cell(const struct store_run *run, int column, enum store_type type)
{
	struct store_cell cell = { 0 };
	Oid oid = PQftype(run->result, column);
	const char *at = PQgetvalue(run->result, run->row, column);
	int len = PQgetlength(run->result, run->row, column);

	cell.is_null = PQgetisnull(run->result, run->row, column);
	if (cell.is_null)
		return cell;
	if (type == STORE_I64) {
		cell.is_foreign = !integer_of(oid, (const uint8_t *)at, len, &cell.i64);
		return cell;
	}
	cell.is_foreign = oid != (type == STORE_TEXT ? OID_TEXT : OID_BYTEA);
	cell.bytes = (struct sv){ at, (size_t)len };
	return cell;
}

static int64_t pg_changed(const struct store_run *run)
{
	int64_t changed = 0;

	return sv_parse_i64(sv_of(PQcmdTuples(run->result)), &changed) ? changed : 0;
}

static void pg_end(struct store_run *run)
{
	struct db *db = run->db;

	PQclear(run->result);
	run->result = NULL;
	if (run->cursor && PQtransactionStatus(db->pg) == PQTRANS_INTRANS) {
		char sql[32];
		snprintf(sql, sizeof(sql), "CLOSE c%u", run->cursor);
		PQclear(PQexec(db->pg, sql)); /* should it fail, the end of the transaction closes it */
	}
	run->prepared->busy = false;
	run->active = false;
}

static enum rc pg_settle(struct ctx *ctx, struct db *db)
{
	(void)ctx, (void)db; /* each commit stood */
	return RC_OK;
}

static void pg_rest(struct db *db, bool idle)
{
	(void)db, (void)idle; /* the server keeps its own house */
}

const struct store_driver store_postgres = {
	.scheme = "postgres",
	.is_postgres = true,
	.open = pg_open,
	.connect = pg_connect,
	.disconnect = pg_disconnect,
	.revive = pg_revive,
	.begin = pg_begin,
	.script = pg_script,
	.savepoint = pg_savepoint,
	.lock_schema = pg_lock_schema,
	.prepare = pg_prepare,
	.check = pg_check,
	.start = pg_start,
	.step = pg_step,
	.cell = pg_cell,
	.changed = pg_changed,
	.end = pg_end,
	.settle = pg_settle,
	.rest = pg_rest,
	.backup = pg_backup,
	.restore = pg_restore,
	.backup_magic = "PGDMP",
};
