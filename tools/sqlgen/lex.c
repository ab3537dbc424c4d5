/* SQL tokens: words, numbers, 'texts', :parameters, signs, comments to the end of the line. */
#include "tools/sqlgen/sqlgen_int.h"

#include <ctype.h>
#include <strings.h>

#include "base/banned.h"

static const char *const signs[] = { "->>", "||", "->", "<=", ">=", "<>", "!=", "::", NULL };

static const struct refusal {
	const char *word, *advice;
	bool in_schema, in_statements;
} refusals[] = {
	{ "INTEGER", "write BIGINT", true, true },
	{ "INT", "write BIGINT", true, true },
	{ "BOOLEAN", "write BIGINT with CHECK (x IN (0, 1))", true, true },
	{ "REAL", "write BIGINT in a smaller unit", true, true },
	{ "NUMERIC", "write BIGINT in a smaller unit", true, true },
	{ "VARCHAR", "write TEXT", true, true },
	{ "BYTEA", "write BLOB", true, true },
	{ "TIMESTAMP", "write BIGINT (milliseconds UTC) and pass times as parameters", true, true },
	{ "DATETIME", "write BIGINT (milliseconds UTC) and pass times as parameters", true, true },
	{ "AUTOINCREMENT", "make the id in C (id_new)", true, true },
	{ "SERIAL", "make the id in C (id_new)", true, true },
	{ "STRICT", "leave it out: every table is strict", true, true },
	{ "CASCADE", "delete by named statements, so that every change is seen", true, true },
	{ "TRIGGER", "write the act in C", true, true },
	{ "TRUE", "write 1", true, true },
	{ "FALSE", "write 0", true, true },
	{ "NOW", "pass the time as a parameter", true, true },
	{ "CURRENT_TIMESTAMP", "pass the time as a parameter", true, true },
	{ "CURRENT_DATE", "pass the day as a parameter", true, true },
	{ "STRFTIME", "pass times as parameters", true, true },
	{ "RANDOM", "pass it as a parameter", true, true },
	{ "GROUP_CONCAT", "join in C", true, true },
	{ "STRING_AGG", "join in C", true, true },
	{ "JSON_OBJECT", "build JSON in C", true, true },
	{ "JSON_GROUP_ARRAY", "build JSON in C", true, true },
	{ "JSON_EXTRACT", "write column ->> 'key'", true, true },
	{ "GREATEST", "compare in C, or write CASE", true, true },
	{ "LEAST", "compare in C, or write CASE", true, true },
	{ "IFNULL", "write coalesce", true, true },
	{ "LIKE", "it minds letter case in one database only: search with store/search.h, or by a range of prefixes", true, true },
	{ "ILIKE", "search with store/search.h", true, true },
	{ "GLOB", "search with store/search.h", true, true },
	{ "REPLACE", "write INSERT ... ON CONFLICT ... DO UPDATE", false, true },
	{ "OFFSET", "page by key: WHERE (at, id) < (:at, :id) ... LIMIT :limit", false, true },
	{ "PRAGMA", "leave it to the port", true, true },
	{ "ATTACH", "leave it to the port", true, true },
	{ "ROWID", "give the table a key of its own", false, true },
	{ "SKIP", "claim by UPDATE ... RETURNING", false, true },
};

const char *refused_word(struct sv word, bool schema)
{
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		if ((schema ? refusals[i].in_schema : refusals[i].in_statements) && strlen(refusals[i].word) == word.len
			&& strncasecmp(refusals[i].word, word.ptr, word.len) == 0)
			return refusals[i].advice;
	return NULL;
}

bool is_c_word(struct sv text)
{
	static const char *const words[] = { "auto", "break", "case", "char", "const", "continue", "ctx", "cursor", "default", "do",
		"double", "else", "enum", "extern", "float", "for", "goto", "if", "inline", "int", "long", "params", "register",
		"ret", "return", "row", "short", "signed", "sizeof", "static", "struct", "switch", "typedef", "typeof", "union",
		"unsigned", "void", "volatile", "while", "bool", "true", "false" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (sv_equal_z(text, words[i]))
			return true;
	return false;
}

bool token_is(const struct token *token, const char *text)
{
	return (token->kind == TOKEN_WORD || token->kind == TOKEN_SIGN) && strlen(text) == token->text.len
		&& strncasecmp(token->text.ptr, text, token->text.len) == 0;
}

enum type type_of(struct sv word)
{
	if (sv_equal_z(word, "BIGINT"))
		return TYPE_I64;
	if (sv_equal_z(word, "TEXT"))
		return TYPE_TEXT;
	if (sv_equal_z(word, "BLOB"))
		return TYPE_BLOB;
	if (sv_equal_z(word, "ID"))
		return TYPE_ID;
	return TYPE_NONE;
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

bool is_lower_name(struct sv text)
{
	if (text.len == 0 || !islower((unsigned char)text.ptr[0]))
		return false;
	for (size_t i = 0; i < text.len; i++)
		if (!is_word(text.ptr[i]) || isupper((unsigned char)text.ptr[i]))
			return false;
	return true;
}

bool sv_in(const struct sv *list, size_t count, struct sv name)
{
	for (size_t i = 0; i < count; i++)
		if (sv_equal(list[i], name))
			return true;
	return false;
}

static size_t word_end(struct sv text, size_t at)
{
	while (at < text.len && is_word(text.ptr[at]))
		at++;
	return at;
}

static size_t sign_end(struct sv text, size_t at)
{
	for (size_t i = 0; signs[i]; i++)
		if (sv_has_prefix(sv_slice(text, at, 3), sv_of(signs[i])))
			return at + strlen(signs[i]);
	return at + 1;
}

/* The text from the quote at `at` to behind its end, '' being a quote inside; SIZE_MAX when it has no end. */
static size_t string_end(struct sv text, size_t at)
{
	for (at++; at < text.len; at++) {
		if (text.ptr[at] != '\'')
			continue;
		if (at + 1 < text.len && text.ptr[at + 1] == '\'')
			at++;
		else
			return at + 1;
	}
	return SIZE_MAX;
}

static struct token next_token(struct sv text, size_t at, size_t *ret_end)
{
	struct token token = { TOKEN_SIGN };
	size_t end, from = at;

	if (text.ptr[at] == '-' && at + 1 < text.len && text.ptr[at + 1] == '-') {
		token.kind = TOKEN_COMMENT;
		end = sv_find_byte(text, '\n', at);
		end = end == SIZE_MAX ? text.len : end;
		token.text = sv_trim(sv_slice(text, at + 2, end - at - 2));
		*ret_end = end;
		return token;
	}
	if (isdigit((unsigned char)text.ptr[at])) {
		token.kind = TOKEN_NUMBER;
		end = word_end(text, at);
	} else if (is_word(text.ptr[at])) {
		token.kind = TOKEN_WORD;
		end = word_end(text, at);
	} else if (text.ptr[at] == '\'') {
		token.kind = TOKEN_STRING;
		end = string_end(text, at);
	} else if (text.ptr[at] == ':' && at + 1 < text.len && is_word(text.ptr[at + 1])) {
		token.kind = TOKEN_PARAM;
		from = at + 1;
		end = word_end(text, at + 1);
	} else {
		end = sign_end(text, at);
	}
	*ret_end = end;
	token.text = end == SIZE_MAX ? (struct sv){ 0 } : sv_slice(text, from, end - from);
	return token;
}

bool lex(struct gen *gen, struct sv file, struct sv text, struct tokens *ret)
{
	uint32_t line = 1;
	bool spaced = false;
	size_t end;

	for (size_t at = 0; at < text.len; at = end) {
		char c = text.ptr[at];
		end = at + 1;
		if (isspace((unsigned char)c)) {
			line += c == '\n';
			spaced = true;
			continue;
		}
		if (c == '"' || c == '`' || c == '[' || c == '$' || c == '\\' || (c & 0x80)
			|| (c == '/' && end < text.len && text.ptr[end] == '*')) {
			problem(gen, file, line, "'%c' is not used here; write plain lower-case names, 'texts', :parameters "
				"and comments that begin with --", c);
			return false;
		}
		struct token token = next_token(text, at, &end);
		if (end == SIZE_MAX) {
			problem(gen, file, line, "this text has no end; close it with '");
			return false;
		}
		token.line = line;
		token.spaced = spaced;
		spaced = false;
		for (size_t i = 0; i < token.text.len; i++)
			line += token.text.ptr[i] == '\n';
		*VEC_PUSH(&gen->arena, ret) = token;
	}
	*VEC_PUSH(&gen->arena, ret) = (struct token){ TOKEN_END, SV(""), line, true };
	return true;
}

struct sv tokens_text(struct gen *gen, const struct token *from, const struct token *to, const struct fields *params)
{
	struct buf buf;

	buf_init(&buf, &gen->arena, SQLGEN_MAX_OUTPUT);
	for (const struct token *token = from; token < to; token++) {
		if (token->kind == TOKEN_COMMENT)
			continue;
		if (buf.len && (token->spaced || token[-1].kind == TOKEN_COMMENT))
			buf_byte(&buf, ' ');
		if (token->kind != TOKEN_PARAM) {
			buf_sv(&buf, token->text);
			continue;
		}
		for (size_t i = 0; params && i < params->len; i++)
			if (sv_equal(params->at[i].name, token->text))
				buf_printf(&buf, "$%zu", i + 1);
	}
	return arena_copy(&gen->arena, buf_view(&buf));
}
