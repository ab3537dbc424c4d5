/* A room's tables: read, checked on SQLite as written and as run, and rewritten for both databases.
 *
 *	written          SQLite              PostgreSQL
 *	BIGINT           INTEGER             BIGINT
 *	ID, BLOB         BLOB                BYTEA
 *	TEXT             TEXT                TEXT COLLATE "C"     (same order of texts in both)
 *	);               ) STRICT;           );
 *
 * On SQLite a table of ids and numbers alone is clustered by its key (STRICT, WITHOUT ROWID); one with texts is not, because
 * long rows in an index tree cost several times as much to write.
 *
 * `-- protected` before CREATE TABLE marks a table that is written to in an explicit scope only; `-- only: sqlite` or
 * `-- only: postgres` keeps the next statement to one database (for the port's own tables). */
#include "tools/sqlgen/sqlgen_int.h"

#include "base/banned.h"

enum { MAX_STEPS = 10000000 };

/* No schema needs that many steps: it goes round in a circle. */
static int too_many_steps(void *arg)
{
	(void)arg;
	return 1;
}

bool gen_open(struct gen *gen)
{
	if (sqlite3_open(":memory:", &gen->db) != SQLITE_OK || sqlite3_open(":memory:", &gen->strict) != SQLITE_OK)
		return false;
	sqlite3_db_config(gen->db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	sqlite3_db_config(gen->db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	sqlite3_progress_handler(gen->db, MAX_STEPS, too_many_steps, NULL);
	sqlite3_progress_handler(gen->strict, MAX_STEPS, too_many_steps, NULL);
	return true;
}

void gen_close(struct gen *gen)
{
	sqlite3_close(gen->db);
	sqlite3_close(gen->strict);
	arena_release(&gen->arena);
}

struct schema {
	struct gen *gen;
	struct sv file;
	bool own;
	bool next_is_protected;
	enum dialect next_is_only;
	struct buf raw, sqlite, postgres;
};

static void write_type(struct buf *buf, const struct token *token, bool postgres, bool in_cast)
{
	enum type type = token->kind == TOKEN_WORD ? type_of(token->text) : TYPE_NONE;

	switch (type) {
	case TYPE_NONE:
		buf_sv(buf, token->text);
		break;
	case TYPE_I64:
		buf_sv(buf, postgres ? SV("BIGINT") : SV("INTEGER"));
		break;
	case TYPE_TEXT:
		buf_sv(buf, postgres && !in_cast ? SV("TEXT COLLATE \"C\"") : SV("TEXT"));
		break;
	case TYPE_BLOB:
	case TYPE_ID:
		buf_sv(buf, postgres ? SV("BYTEA") : SV("BLOB"));
		break;
	}
}

/* A table with a key other than one number, and no texts or blobs. */
static bool is_clustered(const struct token *from, const struct token *to)
{
	bool has_key = false;

	for (const struct token *token = from; token < to; token++) {
		enum type type = token->kind == TOKEN_WORD ? type_of(token->text) : TYPE_NONE;
		if (type == TYPE_TEXT || type == TYPE_BLOB)
			return false;
		if (!token_is(token, "PRIMARY"))
			continue;
		const struct token *before = token - 1;
		if (token_is(before, "NULL"))
			before -= 2; /* NOT NULL */
		if (token_is(before, "BIGINT"))
			return false;
		has_key = true;
	}
	return has_key;
}

/* One statement in the words of one database. */
static void rewrite(struct buf *buf, const struct token *from, const struct token *to, bool postgres)
{
	bool table = token_is(from, "CREATE") && token_is(from + 1, "TABLE");

	for (const struct token *token = from; token < to; token++) {
		if (token->kind == TOKEN_COMMENT)
			continue;
		if (token != from)
			buf_byte(buf, ' ');
		write_type(buf, token, postgres, token > from && token_is(token - 1, "AS"));
	}
	if (table && !postgres)
		buf_sv(buf, is_clustered(from, to) ? SV(" STRICT, WITHOUT ROWID") : SV(" STRICT"));
	buf_sv(buf, SV(";\n"));
}

static bool run(struct schema *schema, sqlite3 *db, struct sv sql, const struct token *from)
{
	char *message = NULL;

	if (sqlite3_exec(db, arena_z(&schema->gen->arena, sql), NULL, NULL, &message) == SQLITE_OK)
		return true;
	problem(schema->gen, schema->file, from->line, "%s; correct this statement of the schema", message ? message : "?");
	sqlite3_free(message);
	return false;
}

static void check_words(struct schema *schema, const struct token *from, const struct token *to)
{
	for (const struct token *token = from; token < to; token++) {
		const char *advice = token->kind == TOKEN_WORD ? refused_word(token->text, true) : NULL;
		if (advice)
			problem(schema->gen, schema->file, token->line, "%.*s is not the same on both databases; %s",
				SV_FMT(token->text), advice);
		if (token->kind == TOKEN_PARAM)
			problem(schema->gen, schema->file, token->line, "a schema has no parameters; take :%.*s away",
				SV_FMT(token->text));
	}
}

static void note_table(struct schema *schema, const struct token *from, const struct token *to)
{
	struct gen *gen = schema->gen;

	if (!token_is(from, "CREATE") || to - from < 4)
		return;
	const struct token *name = from + 2;
	if (token_is(from + 1, "VIRTUAL"))
		name++;
	else if (!token_is(from + 1, "TABLE"))
		return;
	if (token_is(name, "IF") && to - name > 3)
		name += 3; /* IF NOT EXISTS */
	if (!is_lower_name(name->text))
		problem(gen, schema->file, name->line, "table %.*s: names are lower case with underscores", SV_FMT(name->text));
	if (schema->own)
		*VEC_PUSH(&gen->arena, &gen->own) = name->text;
	if (schema->next_is_protected)
		*VEC_PUSH(&gen->arena, &gen->guarded) = name->text;
}

static void one_statement(struct schema *schema, const struct token *from, const struct token *to)
{
	struct gen *gen = schema->gen;
	enum dialect only = schema->next_is_only;
	struct buf raw, strict;

	if (only == DIALECT_BOTH)
		check_words(schema, from, to);
	if (to - from > 3 && token_is(to - 2, "WITHOUT"))
		to -= 2; /* WITHOUT ROWID: the port decides */
	note_table(schema, from, to);
	schema->next_is_protected = false;
	schema->next_is_only = DIALECT_BOTH;
	buf_init(&raw, &gen->arena, SQLGEN_MAX_FILE);
	buf_init(&strict, &gen->arena, SQLGEN_MAX_FILE);
	buf_sv(&raw, tokens_text(gen, from, to, NULL));
	if (only == DIALECT_BOTH) {
		rewrite(&strict, from, to, false);
		rewrite(&schema->postgres, from, to, true);
	} else {
		buf_sv(only == DIALECT_SQLITE ? &strict : &schema->postgres, buf_view(&raw));
		buf_sv(only == DIALECT_SQLITE ? &strict : &schema->postgres, SV(";\n"));
	}
	buf_sv(&schema->sqlite, buf_view(&strict));
	if (only != DIALECT_POSTGRES && run(schema, gen->db, buf_view(&raw), from))
		run(schema, gen->strict, buf_view(&strict), from);
}

static void mark(struct schema *schema, const struct token *comment)
{
	if (sv_equal_z(comment->text, "protected"))
		schema->next_is_protected = true;
	else if (sv_equal_z(comment->text, "only: sqlite"))
		schema->next_is_only = DIALECT_SQLITE;
	else if (sv_equal_z(comment->text, "only: postgres"))
		schema->next_is_only = DIALECT_POSTGRES;
}

void schema_read(struct gen *gen, struct sv file, struct sv text, bool own)
{
	struct schema schema = { .gen = gen, .file = file, .own = own };
	struct tokens tokens = { 0 };
	const struct token *from = NULL;

	if (!lex(gen, file, text, &tokens))
		return;
	buf_init(&schema.sqlite, &gen->arena, SQLGEN_MAX_FILE);
	buf_init(&schema.postgres, &gen->arena, SQLGEN_MAX_FILE);
	for (const struct token *token = tokens.at; token->kind != TOKEN_END; token++) {
		if (token->kind == TOKEN_COMMENT && !from) {
			mark(&schema, token);
		} else if (token_is(token, ";") && from) {
			one_statement(&schema, from, token);
			from = NULL;
		} else if (!from) {
			from = token;
		}
	}
	if (from)
		problem(gen, file, from->line, "this statement has no end; close it with ;");
	if (!own)
		return;
	size_t slash = file.len;
	while (slash && file.ptr[slash - 1] != '/')
		slash--;
	*VEC_PUSH(&gen->arena, &gen->migrations) = (struct migration){
		.what = sv_slice(file, slash, file.len),
		.sqlite = buf_view(&schema.sqlite),
		.postgres = buf_view(&schema.postgres),
	};
}
