/* Named statements out of a room's .sql file.
 *
 *	-- What it is for; becomes the comment in the header.
 *	-- name: note_by_id :one             or :many :each :exec :execrows
 *	-- as: note_by_number                (optional) gives its rows in that statement's struct
 *	-- only: sqlite                      (optional) for the port itself
 *	SELECT id, count(*) AS uses::BIGINT, l.name AS last_name? FROM note ... WHERE state = :state::TEXT?;
 *
 * `::TYPE` and `?` (may be NULL) behind a parameter or a result's name are taken out here; the rest is SQL. */
#include "tools/sqlgen/sqlgen_int.h"

#include "base/banned.h"

struct reader {
	struct gen *gen;
	struct sv file;
	struct statement now;
	bool open; /* a mark was read, its SQL comes */
	struct buf doc;
};

static const struct {
	const char *mark;
	enum kind kind;
} kinds[] = {
	{ ":one", KIND_ONE }, { ":many", KIND_MANY }, { ":each", KIND_EACH }, { ":exec", KIND_EXEC },
	{ ":execrows", KIND_EXECROWS },
};

static void begin(struct reader *reader, const struct token *comment, struct sv rest)
{
	struct gen *gen = reader->gen;
	struct sv name = sv_cut(&rest, ' '), kind = sv_trim(rest);
	bool known = false;

	if (reader->open)
		problem(gen, reader->file, reader->now.line, "%.*s has no SQL; write its statement below the mark",
			SV_FMT(reader->now.name));
	reader->now = (struct statement){ .file = reader->file, .name = name, .line = comment->line };
	reader->now.doc = arena_copy(&gen->arena, buf_view(&reader->doc));
	buf_clear(&reader->doc);
	reader->open = true;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (sv_equal_z(kind, kinds[i].mark)) {
			reader->now.kind = kinds[i].kind;
			known = true;
		}
	if (!known)
		problem(gen, reader->file, comment->line, "'%.*s' is no kind of statement; write :one, :many, :each, :exec or "
			":execrows behind the name", SV_FMT(kind));
	if (!is_lower_name(name))
		problem(gen, reader->file, comment->line, "'%.*s' is no name; use lower case, digits and underscores",
			SV_FMT(name));
	for (size_t i = 0; i < gen->statements.len; i++)
		if (sv_equal(gen->statements.at[i].name, name))
			problem(gen, reader->file, comment->line, "%.*s is there already, at line %u; choose another name",
				SV_FMT(name), gen->statements.at[i].line);
}

static void read_comment(struct reader *reader, const struct token *comment)
{
	struct sv text = comment->text;

	if (sv_has_prefix(text, SV("name: "))) {
		begin(reader, comment, sv_trim(sv_slice(text, 6, text.len)));
	} else if (reader->open && sv_has_prefix(text, SV("as: "))) {
		reader->now.as = sv_trim(sv_slice(text, 4, text.len));
	} else if (reader->open && sv_equal_z(text, "deferred")) {
		reader->now.deferred = true;
	} else if (reader->open && sv_equal_z(text, "kept")) {
		reader->now.kept = true;
	} else if (reader->open && sv_equal_z(text, "only: sqlite")) {
		reader->now.dialect = DIALECT_SQLITE;
	} else if (reader->open && sv_equal_z(text, "only: postgres")) {
		reader->now.dialect = DIALECT_POSTGRES;
	} else if (!reader->open) {
		if (reader->doc.len)
			buf_byte(&reader->doc, '\n');
		buf_sv(&reader->doc, text);
	}
}

/* Reads `::TYPE`, `?` or both at *at into the field. */
static void read_annotation(struct reader *reader, const struct token **at, struct field *field)
{
	const struct token *token = *at;

	if (token_is(token, "::")) {
		field->type = token[1].kind == TOKEN_WORD ? type_of(token[1].text) : TYPE_NONE;
		field->annotated = true;
		if (field->type == TYPE_NONE)
			problem(reader->gen, reader->file, token->line, "%.*s: '%.*s' is no type; write ::BIGINT, ::TEXT, ::BLOB "
				"or ::ID", SV_FMT(field->name), SV_FMT(token[1].text));
		token += 2;
	}
	if (token_is(token, "?")) {
		field->nullable = true;
		field->annotated = true;
		token++;
	}
	*at = token;
}

/* A parameter may stand several times; one annotation is enough. */
static void add_param(struct reader *reader, struct field field)
{
	struct fields *params = &reader->now.params;

	for (size_t i = 0; i < params->len; i++) {
		struct field *known = &params->at[i];
		if (!sv_equal(known->name, field.name))
			continue;
		if (field.annotated && known->annotated && (field.type != known->type || field.nullable != known->nullable))
			problem(reader->gen, reader->file, field.line, ":%.*s is annotated in two ways; write the same at both places",
				SV_FMT(field.name));
		if (field.annotated)
			*known = field;
		return;
	}
	if (params->len == SQLGEN_MAX_PARAMS)
		problem(reader->gen, reader->file, field.line, "more than %d parameters; split the statement", SQLGEN_MAX_PARAMS);
	else
		*VEC_PUSH(&reader->gen->arena, params) = field;
}

/* What both databases would not read the same way, or what hides columns. */
static void refuse_token(struct reader *reader, const struct token *token, const struct token *before)
{
	const struct statement *now = &reader->now;
	const char *advice = token->kind == TOKEN_WORD && now->dialect == DIALECT_BOTH ? refused_word(token->text, false) : NULL;

	if (advice)
		problem(reader->gen, reader->file, token->line, "%.*s: %.*s is not used; %s", SV_FMT(now->name),
			SV_FMT(token->text), advice);
	if (token_is(token, "*") && before
		&& (token_is(before, "SELECT") || token_is(before, "RETURNING") || token_is(before, ".")))
		problem(reader->gen, reader->file, token->line, "%.*s: name the columns instead of *", SV_FMT(now->name));
	if (token->kind == TOKEN_PARAM && (is_c_word(token->text) || !is_lower_name(token->text)))
		problem(reader->gen, reader->file, token->line, ":%.*s is a word of C or not in lower case; rename the parameter",
			SV_FMT(token->text));
}

static void read_body(struct reader *reader, const struct token *from, const struct token *to)
{
	struct arena *arena = &reader->gen->arena;
	struct statement *now = &reader->now;

	for (const struct token *token = from; token < to;) {
		struct field field = { .name = token->text, .line = token->line };

		refuse_token(reader, token, token > from ? token - 1 : NULL);
		if (token->kind != TOKEN_COMMENT)
			*VEC_PUSH(arena, &now->body) = *token;
		const struct token *behind = token + 1;
		if (token->kind == TOKEN_PARAM) {
			read_annotation(reader, &behind, &field);
			add_param(reader, field);
		} else if (token->kind == TOKEN_WORD && token > from && token_is(token - 1, "AS")) {
			read_annotation(reader, &behind, &field);
			if (field.annotated)
				*VEC_PUSH(arena, &now->notes) = field;
		}
		token = behind;
	}
	*VEC_PUSH(arena, &now->body) = (struct token){ TOKEN_END, SV(""), to->line, true };
	now->sql = tokens_text(reader->gen, now->body.at, now->body.at + now->body.len - 1, &now->params);
	*VEC_PUSH(arena, &reader->gen->statements) = *now;
}

static void one_statement(struct reader *reader, const struct token *from, const struct token *to)
{
	if (reader->open)
		read_body(reader, from, to);
	else
		problem(reader->gen, reader->file, from->line, "this statement has no name; write a line '-- name: ... :one' above");
	reader->open = false;
	buf_clear(&reader->doc);
}

void statements_read(struct gen *gen, struct sv file, struct sv text)
{
	struct reader reader = { .gen = gen, .file = file };
	struct tokens tokens = { 0 };
	const struct token *from = NULL;
	uint32_t last_comment = 0;

	buf_init(&reader.doc, &gen->arena, SQLGEN_MAX_FILE);
	if (!lex(gen, file, text, &tokens))
		return;
	for (const struct token *token = tokens.at; token->kind != TOKEN_END; token++) {
		if (token->kind == TOKEN_COMMENT && !from) {
			if (!reader.open && token->line != last_comment + 1) /* a blank line ends a comment for the file */
				buf_clear(&reader.doc);
			last_comment = token->line;
			read_comment(&reader, token);
		} else if (token_is(token, ";") && from) {
			one_statement(&reader, from, token);
			from = NULL;
		} else if (!from) {
			from = token;
		}
	}
	if (from)
		problem(gen, file, from->line, "this statement has no end; close it with ;");
	else if (reader.open)
		problem(gen, file, reader.now.line, "%.*s has no SQL; write its statement below the mark", SV_FMT(reader.now.name));
}
