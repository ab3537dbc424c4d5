/* Private to the generator: tokens, the model of a room's schema and statements, and the steps from files to C. */
#ifndef SQLGEN_INT_H
#define SQLGEN_INT_H

#include <sqlite3.h>

#include "base/buf.h"
#include "base/vec.h"

enum { SQLGEN_MAX_MEMORY = 1 << 30 };
enum { SQLGEN_MAX_FILE = 1 << 20, SQLGEN_MAX_OUTPUT = 16 << 20, SQLGEN_MAX_PARAMS = 60, SQLGEN_MAX_COLUMNS = 120 };

enum token_kind { TOKEN_END, TOKEN_WORD, TOKEN_NUMBER, TOKEN_STRING, TOKEN_PARAM, TOKEN_SIGN, TOKEN_COMMENT };

struct token {
	enum token_kind kind;
	struct sv text; /* of a parameter: the name without ':'; of a comment: what follows "--", trimmed */
	uint32_t line;
	bool spaced; /* white space stood before it */
};

struct tokens {
	VEC(struct token);
};

enum dialect { DIALECT_BOTH, DIALECT_SQLITE, DIALECT_POSTGRES };
enum type { TYPE_NONE, TYPE_I64, TYPE_TEXT, TYPE_BLOB, TYPE_ID };
enum kind { KIND_ONE, KIND_MANY, KIND_EACH, KIND_EXEC, KIND_EXECROWS };

struct field { /* a parameter or a result column */
	struct sv name;
	enum type type;
	bool nullable;
	bool annotated; /* type or '?' was written beside it */
	uint32_t line;
};

struct fields {
	VEC(struct field);
};

struct statement {
	struct sv file, name, as, doc;
	uint32_t line;
	enum kind kind;
	enum dialect dialect;
	struct tokens body; /* without annotations */
	struct fields params, columns, notes; /* notes: annotated result names */
	struct fields reads; /* columns met while preparing: name, type, nullable */
	struct sv sql;       /* with $1 ... */
	struct sv guarded;   /* the protected table it writes to */
	bool writes;
	bool kept;           /* a reader may keep its answers */
	bool deferred;       /* its fault may be told later */
};

struct migration {
	struct sv what, sqlite, postgres;
};

struct gen {
	struct arena arena;
	struct sv room;
	sqlite3 *db;     /* types as written, to read them back */
	sqlite3 *strict; /* as the product runs it, to see that it does */
	struct { VEC(struct migration); } migrations;
	struct { VEC(struct statement); } statements;
	struct { VEC(struct sv); } own, guarded; /* tables of this room; the protected ones among them */
	unsigned problems;
};

/* schema.c: the databases in memory; the arena is the caller's to initialise. */
bool gen_open(struct gen *gen);
void gen_close(struct gen *gen);

/* Of the program (sqlgen.c, or the fuzzer's). Prints "FILE:LINE: problem: what; what to do" and counts it. */
[[gnu::format(printf, 4, 5)]] void problem(struct gen *gen, struct sv file, uint32_t line, const char *format, ...);

/* lex.c */
bool lex(struct gen *gen, struct sv file, struct sv text, struct tokens *ret);
bool token_is(const struct token *token, const char *text);
/* Tokens [from, to) as text again; parameters by number from `params` when given. */
struct sv tokens_text(struct gen *gen, const struct token *from, const struct token *to, const struct fields *params);
enum type type_of(struct sv word);
bool is_lower_name(struct sv text);
/* A word that C or the generated functions keep for themselves. */
bool is_c_word(struct sv text);
bool sv_in(const struct sv *list, size_t count, struct sv name);
/* A word that means different things in the two databases: what to do instead, or NULL. */
const char *refused_word(struct sv word, bool schema);

/* schema.c: adds the tables; a migration of the room's own when `own`. */
void schema_read(struct gen *gen, struct sv file, struct sv text, bool own);

/* statements.c */
void statements_read(struct gen *gen, struct sv file, struct sv text);
/* check.c: prepares each against the schema; fills types, reads, guarded. */
void statements_check(struct gen *gen);

/* emit.c */
struct sv emit_header(struct gen *gen);
struct sv emit_source(struct gen *gen);

#endif
