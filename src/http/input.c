/* From names and values to the route's struct. One function for each kind reads one value and says what is wrong with it;
 * which values there are, how many may come and what is left over is the same for all kinds. See input.h. */
#include "http/input.h"

#include <assert.h>

#include "base/civil.h"
#include "base/utf8.h"
#include "http/http_int.h"

#include "base/banned.h"

const struct input input_none = { 0 };

enum { MAX_TREE_DEPTH = 16 };

struct parse {
	struct ctx *ctx;
	const struct route *route;
	struct pairs *pairs;
	const struct json *body; /* of a JSON body, or NULL */
};

static struct sv number_text(struct ctx *ctx, int64_t number)
{
	return arena_printf(ctx->arena, "%lld", (long long)number);
}

static void wrong(struct ctx *ctx, struct sv field, const char *msgid)
{
	(void)fail_field(ctx, field, msgid, NULL); /* kept in the context; the parser goes on to find them all */
}

static void wrong_limit(struct ctx *ctx, struct sv field, const char *msgid, const char *name, int64_t limit)
{
	(void)fail_field(ctx, field, msgid, ARGS({ name, number_text(ctx, limit) })); /* kept in the context */
}

/* --- one value of each kind: true when *to was set --- */

static bool has_control(struct sv text, bool lines)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];
		if (c == 0x7f || (c < 0x20 && c != '\t' && !(lines && c == '\n')))
			return true;
	}
	return false;
}

static struct sv unix_lines(struct arena *arena, struct sv text)
{
	char *out = arena_alloc(arena, text.len + 1);
	size_t len = 0;

	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] != '\r' || i + 1 == text.len || text.ptr[i + 1] != '\n')
			out[len++] = text.ptr[i];
	return (struct sv){ out, len };
}

static bool is_length_right(struct ctx *ctx, const struct input_field *field, struct sv name, struct sv text)
{
	int64_t count = (int64_t)utf8_count(text);
	int64_t max = field->max ? field->max : field->kind == INPUT_LONG_TEXT ? INPUT_MAX_LONG_TEXT : INPUT_MAX_TEXT;

	if (field->kind != INPUT_TEXTS && count < field->min) {
		wrong_limit(ctx, name, N_("Write at least {min} characters."), "min", field->min);
		return false;
	}
	if (field->kind == INPUT_TEXTS)
		max = INPUT_MAX_TEXT;
	if (count > max) {
		wrong_limit(ctx, name, N_("Write at most {max} characters."), "max", max);
		return false;
	}
	return true;
}

static bool is_choice(struct ctx *ctx, const struct input_field *field, struct sv name, struct sv text)
{
	for (const char *const *choice = field->choices; *choice; choice++)
		if (sv_equal_z(text, *choice))
			return true;
	wrong(ctx, name, N_("Choose one of the options."));
	return false;
}

static bool read_text(struct ctx *ctx, const struct input_field *field, const struct pair *pair, struct sv *to)
{
	bool lines = field->kind == INPUT_LONG_TEXT;
	struct sv text = lines ? unix_lines(ctx->arena, pair->value) : pair->value;

	if (pair->json && pair->json->type != JSON_STRING) {
		wrong(ctx, pair->name, N_("Send a text here."));
		return false;
	}
	if (field->kind != INPUT_SECRET)
		text = sv_trim(text);
	if (has_control(text, lines)) {
		wrong(ctx, pair->name, N_("Remove characters that cannot be printed, such as line ends in a single line."));
		return false;
	}
	if (!is_length_right(ctx, field, pair->name, text))
		return false;
	if (field->choices && !is_choice(ctx, field, pair->name, text))
		return false;
	*to = text;
	return true;
}

static bool is_in_range(struct ctx *ctx, const struct input_field *field, const struct pair *pair, int64_t number)
{
	if (field->min == 0 && field->max == 0)
		return number != INPUT_ABSENT;
	if (number >= field->min && number <= field->max)
		return true;
	(void)fail_field(ctx, pair->name, N_("Give a number from {min} to {max}."), /* kept in the context */
		ARGS({ "min", number_text(ctx, field->min) }, { "max", number_text(ctx, field->max) }));
	return false;
}

static bool read_int(struct ctx *ctx, const struct input_field *field, const struct pair *pair, int64_t *to)
{
	int64_t number;

	if ((pair->json && pair->json->type != JSON_NUMBER) || !sv_parse_i64(sv_trim(pair->value), &number)) {
		wrong(ctx, pair->name, N_("Write a whole number in digits, for example 12."));
		return false;
	}
	if (!is_in_range(ctx, field, pair, number))
		return false;
	*to = number;
	return true;
}

/* "12", "12.5", "12.50" yuan in fen; at most 13 digits before the point. */
static bool parse_money(struct sv text, int64_t *ret)
{
	struct sv rest = text, yuan = sv_cut(&rest, '.');
	int64_t whole, part = 0;

	if (yuan.len == 0 || yuan.len > 13 || yuan.ptr[0] == '-' || !sv_parse_i64(yuan, &whole))
		return false;
	if (!sv_is_absent(rest)) {
		if (rest.len == 0 || rest.len > 2 || rest.ptr[0] == '-' || !sv_parse_i64(rest, &part))
			return false;
		if (rest.len == 1)
			part *= 10;
	}
	*ret = whole * 100 + part;
	return true;
}

static bool read_money(struct ctx *ctx, const struct input_field *field, const struct pair *pair, int64_t *to)
{
	int64_t fen;

	if (!parse_money(sv_trim(pair->value), &fen)) {
		wrong(ctx, pair->name, N_("Write an amount in yuan, for example 12.50."));
		return false;
	}
	if (!is_in_range(ctx, field, pair, fen))
		return false;
	*to = fen;
	return true;
}

static bool read_day(struct ctx *ctx, const struct input_field *field, const struct pair *pair, int64_t *to)
{
	int64_t day;

	if (!civil_parse_day(sv_trim(pair->value), &day)) {
		wrong(ctx, pair->name, N_("Write the date as year-month-day, for example 2026-03-03."));
		return false;
	}
	if ((field->min || field->max) && (day < field->min || day > field->max)) {
		wrong(ctx, pair->name, N_("This date is outside the range that is possible here."));
		return false;
	}
	*to = day;
	return true;
}

static bool read_bool(struct ctx *ctx, const struct pair *pair, bool *to)
{
	static const char *const words[] = { "true", "1", "on", "yes", "false", "0", "off", "no" };
	struct sv text = sv_trim(pair->value);

	for (size_t i = 0; i < 8; i++)
		if (sv_equal_z(text, words[i])) {
			*to = i < 4;
			return true;
		}
	wrong(ctx, pair->name, N_("Answer yes or no."));
	return false;
}

static bool read_id(struct ctx *ctx, const struct pair *pair, struct id *to)
{
	if (id_parse(pair->value, to))
		return true;
	wrong(ctx, pair->name, N_("This reference is not complete. Follow the link again."));
	return false;
}

static bool read_file(struct ctx *ctx, const struct input_field *field, const struct pair *pair,
	const struct upload **to)
{
	if (!pair->file) {
		wrong(ctx, pair->name, N_("Choose a file."));
		return false;
	}
	for (const char *const *choice = field->choices; choice; choice++) {
		if (!*choice) {
			wrong(ctx, pair->name, N_("This kind of file is not accepted here. Use one of the kinds named beside the field."));
			return false;
		}
		if (strcmp(*choice, pair->file->type) == 0)
			break;
	}
	*to = pair->file;
	return true;
}

static bool read_json(struct parse *p, const struct pair *pair, const struct json **to)
{
	if (pair->json) {
		*to = pair->json;
		return true;
	}
	return json_parse(p->ctx, pair->name, pair->value, &json_limits_request, to) == RC_OK;
}

/* Kinds that take one value. */
static bool read_one(struct parse *p, const struct input_field *field, const struct pair *pair, void *to)
{
	switch (field->kind) {
	case INPUT_TEXT:
	case INPUT_LONG_TEXT:
	case INPUT_SECRET:
	case INPUT_CHOICE:
		return read_text(p->ctx, field, pair, to);
	case INPUT_INT:
		return read_int(p->ctx, field, pair, to);
	case INPUT_MONEY:
		return read_money(p->ctx, field, pair, to);
	case INPUT_DAY:
		return read_day(p->ctx, field, pair, to);
	case INPUT_BOOL:
		return read_bool(p->ctx, pair, to);
	case INPUT_ID:
		return read_id(p->ctx, pair, to);
	case INPUT_FILE:
		return read_file(p->ctx, field, pair, to);
	case INPUT_JSON:
		return read_json(p, pair, to);
	case INPUT_TEXTS:
	case INPUT_FILES:
	case INPUT_TREE:
		break;
	}
	assert(!"a kind with several values");
	return false;
}

/* --- which values there are --- */

enum input_source input_source_of(const struct route *route, const struct input_field *field)
{
	if (field->name[0] && route_path_has(route->path, field->name))
		return FROM_PATH;
	return field->query || strcmp(route->method, "GET") == 0 ? FROM_QUERY : FROM_BODY;
}

static bool is_given(const struct input_field *field, const struct pair *pair)
{
	if (pair->file)
		return true;
	if (pair->json && pair->json->type != JSON_STRING)
		return pair->json->type != JSON_NULL;
	return field->kind == INPUT_SECRET ? pair->value.len > 0 : sv_trim(pair->value).len > 0;
}

struct values {
	struct pair **at;
	size_t len;
};

/* The pairs of a field that hold something; marks them and the empty ones as used. */
static struct values values_of(struct parse *p, const struct input_field *field)
{
	enum input_source source = input_source_of(p->route, field);
	struct values values = { ARENA_ARRAY(p->ctx->arena, struct pair *, p->pairs->len + 1), 0 };

	for (size_t i = 0; i < p->pairs->len; i++) {
		struct pair *pair = &p->pairs->at[i];
		if (pair->source != source || !sv_equal_z(pair->name, field->name))
			continue;
		pair->used = true;
		if (!utf8_is_valid(pair->value)) {
			wrong(p->ctx, pair->name, N_("This text is not readable (it is not UTF-8). Type it again."));
			continue;
		}
		if (is_given(field, pair))
			values.at[values.len++] = pair;
	}
	return values;
}

static void parse_single(struct parse *p, const struct input_field *field, void *to)
{
	size_t problems = p->ctx->err->field_count;
	struct values values = values_of(p, field);
	struct sv name = sv_of(field->name);

	if (values.len > 1)
		wrong(p->ctx, name, N_("Only one answer is possible here."));
	else if (values.len == 1)
		(void)read_one(p, field, values.at[0], to); /* the problem is kept in the context */
	else if (field->required && p->ctx->err->field_count == problems)
		wrong(p->ctx, name, field->kind == INPUT_FILE ? N_("Choose a file.") : N_("Fill in this field."));
}

static bool is_count_right(struct parse *p, const struct input_field *field, size_t count)
{
	int64_t max = field->max ? field->max : INPUT_MAX_LIST, min = field->required && !field->min ? 1 : field->min;
	struct sv name = sv_of(field->name);

	if ((int64_t)count > max) {
		wrong_limit(p->ctx, name, N_("Give at most {max} answers."), "max", max);
		return false;
	}
	if ((int64_t)count < min) {
		wrong_limit(p->ctx, name, N_("Give at least {min}."), "min", min);
		return false;
	}
	return true;
}

static void parse_texts(struct parse *p, const struct input_field *field, struct input_texts *to)
{
	struct values values = values_of(p, field);
	struct sv *texts = ARENA_ARRAY(p->ctx->arena, struct sv, values.len + 1);
	size_t len = 0;

	if (!is_count_right(p, field, values.len))
		return;
	for (size_t i = 0; i < values.len; i++)
		len += read_text(p->ctx, field, values.at[i], &texts[len]);
	*to = (struct input_texts){ texts, len };
}

static void parse_files(struct parse *p, const struct input_field *field, struct input_files *to)
{
	struct values values = values_of(p, field);
	const struct upload **files = ARENA_ARRAY(p->ctx->arena, const struct upload *, values.len + 1);
	size_t len = 0;

	if (!is_count_right(p, field, values.len))
		return;
	for (size_t i = 0; i < values.len; i++)
		len += read_file(p->ctx, field, values.at[i], &files[len]);
	*to = (struct input_files){ files, len };
}

/* --- forms known at run time only --- */

struct tree_pairs { VEC(struct input_pair); };

static void add_tree_json(struct parse *p, struct tree_pairs *pairs, struct sv path, const struct json *value,
	unsigned depth)
{
	if (depth > MAX_TREE_DEPTH || pairs->len >= INPUT_MAX_PAIRS) {
		wrong(p->ctx, path, N_("The answers are nested too deeply, or there are too many."));
		return;
	}
	if (value->type != JSON_OBJECT && value->type != JSON_ARRAY) {
		*VEC_PUSH(p->ctx->arena, pairs) = (struct input_pair){ .name = path, .value = json_scalar(value) };
		return;
	}
	size_t index = 0;
	for (const struct json *v = json_first(value); v; v = json_next(value, v), index++) {
		struct sv key = value->type == JSON_OBJECT ? json_key(v) : (struct sv){ NULL, 0 };
		struct sv name = sv_is_absent(key)
			? arena_printf(p->ctx->arena, "%.*s[%zu]", SV_FMT(path), index)
			: arena_printf(p->ctx->arena, "%.*s%s%.*s", SV_FMT(path), path.len ? "." : "", SV_FMT(key));
		add_tree_json(p, pairs, name, v, depth + 1);
	}
}

static void parse_tree(struct parse *p, const struct input_field *field, struct input_tree *to)
{
	struct sv prefix = arena_printf(p->ctx->arena, "%s.", field->name);
	enum input_source source = input_source_of(p->route, field);
	struct tree_pairs list = { 0 };

	for (size_t i = 0; i < p->pairs->len; i++) {
		struct pair *pair = &p->pairs->at[i];
		if (pair->source != source)
			continue;
		if (pair->json && sv_equal_z(pair->name, field->name)) {
			pair->used = true;
			to->json = pair->json;
			add_tree_json(p, &list, SV(""), pair->json, 0);
		} else if (!pair->json && sv_has_prefix(pair->name, prefix)) {
			pair->used = true;
			if (!utf8_is_valid(pair->value) || !utf8_is_valid(pair->name))
				wrong(p->ctx, pair->name, N_("This text is not readable (it is not UTF-8). Type it again."));
			else
				*VEC_PUSH(p->ctx->arena, &list) = (struct input_pair){
					sv_slice(pair->name, prefix.len, SIZE_MAX), pair->value, pair->file };
		}
	}
	to->at = list.at;
	to->len = list.len;
}

/* --- the whole --- */

static void set_absent(const struct input_field *field, void *to)
{
	if (field->kind == INPUT_INT || field->kind == INPUT_MONEY || field->kind == INPUT_DAY)
		memcpy(to, &(int64_t){ INPUT_ABSENT }, sizeof(int64_t));
}

static void parse_field(struct parse *p, const struct input_field *field, void *to)
{
	set_absent(field, to);
	if (field->kind == INPUT_JSON && field->name[0] == '\0') {
		memcpy(to, &p->body, sizeof(p->body));
		if (field->required && !p->body)
			wrong(p->ctx, SV("body"), N_("Send a JSON document."));
		for (size_t i = 0; i < p->pairs->len; i++)
			p->pairs->at[i].used |= p->pairs->at[i].json != NULL;
	} else if (field->kind == INPUT_TEXTS) {
		parse_texts(p, field, to);
	} else if (field->kind == INPUT_FILES) {
		parse_files(p, field, to);
	} else if (field->kind == INPUT_TREE) {
		parse_tree(p, field, to);
	} else {
		parse_single(p, field, to);
	}
}

/* A field without a name is the body itself, whatever it holds. */
static bool takes_whole_body(const struct input *input)
{
	for (size_t i = 0; i < input->count; i++)
		if (!input->fields[i].name[0])
			return true;
	return false;
}

/* The page has no place for it, so the message names it. */
static void unknown(struct ctx *ctx, struct sv name)
{
	(void)fail_field(ctx, name, N_("The field “{name}” is not known here. Remove it and send the rest again."), /* kept in the context */
		ARGS({ "name", name.len <= 100 ? name : SV("…") }));
}

enum rc input_parse(struct ctx *ctx, const struct route *route, struct pairs *pairs, const struct json *body,
	const void **ret)
{
	const struct input *input = route->input;
	struct parse p = { ctx, route, pairs, body };
	char *to = arena_alloc(ctx->arena, input->size);

	if (body && body->type != JSON_OBJECT && !takes_whole_body(input))
		return fail(ctx, RC_MALFORMED, N_("Send a JSON object with the fields by their names."), NULL);
	for (size_t i = 0; i < input->count; i++) {
		size_t problems = ctx->err->field_count;
		parse_field(&p, &input->fields[i], to + input->fields[i].offset);
		if (input->fields[i].label && ctx->err->field_count > problems)
			error_label(ctx->err, problems, tr(ctx, input->fields[i].label));
	}
	for (size_t i = 0; i < pairs->len; i++)
		if (!pairs->at[i].used)
			unknown(ctx, utf8_is_valid(pairs->at[i].name) ? pairs->at[i].name : SV("?"));
	*ret = to;
	return ctx->err->rc;
}
