/* Rules in words: what a path, a value and a cell of a decision table are called for people, in the ctx's language.
 *
 * Labels come from where the words already are: fields and choices of the form, questions of the item card, fields of the
 * registers. A cell is a list of unary tests (DMN 1.5 section 8.3.2); the usual ones have words, others stand as they were
 * written.
 */
#include "base/civil.h"
#include "base/format.h"
#include "domain/casefile/casefile_show_int.h"
#include "domain/casefile/casefile_words_int.h"
#include "domain/registry/registry.h"

#include "base/banned.h"

enum { MAX_WORDS = 64 * 1024 };

/* --- paths --- */

static const struct {
	const char *path, *text;
} around[] = {
	{ "case.number", N_("Case number") }, { "case.filed_on", N_("Filed on") }, { "case.accepted_on", N_("Accepted on") },
	{ "case.service", N_("Service") }, { "applicant.kind", N_("Person or firm") }, { "applicant.name", N_("Name of the applicant") },
	{ "applicant.id_number", N_("Identity number") }, { "applicant.credit_code", N_("Unified social credit code") },
	{ "applicant.code", N_("Number of the applicant") },
};

static const struct service_situation *situation_find(const struct service *service, struct sv id)
{
	for (size_t i = 0; i < service->situation_count; i++)
		if (sv_equal(service->situations[i].id, id))
			return &service->situations[i];
	return NULL;
}

struct sv words_path(struct ctx *ctx, const struct service *service, struct sv path)
{
	struct sv rest = path, head = sv_cut(&rest, '.');
	const struct service_situation *situation = sv_equal(head, SV("situation")) ? situation_find(service, rest) : NULL;
	const struct form_field *field = form_field_find(service->form, path);

	if (sv_equal(head, SV("registers")) && !sv_is_absent(rest)) {
		struct sv name = sv_cut(&rest, '.');
		return sv_is_absent(rest) ? case_register_name(ctx, name) : case_register_field(ctx, name, rest);
	}
	if (situation)
		return bitext_pick(ctx, situation->question);
	for (size_t i = 0; i < sizeof(around) / sizeof(*around); i++)
		if (sv_equal_z(path, around[i].path))
			return tr(ctx, around[i].text);
	return field ? bitext_pick(ctx, field->label) : path;
}

/* --- choices --- */

struct choice {
	struct ctx *ctx;
	struct sv path, value, found;
	bool anywhere; /* any field's choice of this value will do */
};

static void try_field(void *own, const struct form_field *field, size_t page, struct sv path)
{
	struct choice *choice = own;
	struct sv prefix = SV("registers.");
	bool is_it = sv_equal(path, choice->path)
		|| (sv_has_prefix(choice->path, prefix) && sv_equal(field->prefill, sv_slice(choice->path, prefix.len, SIZE_MAX)));

	(void)page; /* whichever */
	for (size_t i = 0; (is_it || choice->anywhere) && sv_is_absent(choice->found) && i < field->option_count; i++)
		if (sv_equal(field->options[i].value, choice->value))
			choice->found = bitext_pick(choice->ctx, field->options[i].label);
}

/* The words of a coded value: of the field it stands in, or of any choice of the service; absent if there are none. */
static struct sv choice_words(struct ctx *ctx, const struct service *service, struct sv path, struct sv value)
{
	struct choice choice = { .ctx = ctx, .path = path, .value = value };
	struct sv rest = path;
	const struct service_situation *situation = NULL;

	if (sv_equal(sv_cut(&rest, '.'), SV("situation")))
		situation = situation_find(service, rest);
	for (size_t i = 0; situation && i < situation->option_count; i++)
		if (sv_equal(situation->options[i].value, value))
			return bitext_pick(ctx, situation->options[i].label);
	form_each_field(ctx, service->form, try_field, &choice);
	choice.anywhere = true;
	if (sv_is_absent(choice.found))
		form_each_field(ctx, service->form, try_field, &choice);
	return choice.found;
}

/* --- values --- */

/* The words of a register's code; absent when the path is of no register, or it has none. */
static struct sv register_word(struct ctx *ctx, struct sv path, struct sv value)
{
	struct sv rest = path;
	struct bitext words;

	if (!sv_equal(sv_cut(&rest, '.'), SV("registers")) || sv_is_absent(rest))
		return (struct sv){ NULL, 0 };
	struct sv name = sv_cut(&rest, '.');
	if (registry_word(ctx, name, rest, value, &words) == RC_OK)
		return bitext_pick(ctx, words);
	error_clear(ctx);
	return (struct sv){ NULL, 0 };
}

static bool is_money(struct ctx *ctx, struct sv path)
{
	struct registry registry;
	struct sv rest = path;

	if (!sv_equal(sv_cut(&rest, '.'), SV("registers")) || sv_is_absent(rest)
		|| registry_describe(ctx, sv_cut(&rest, '.'), &registry) != RC_OK)
		return false;
	const struct registry_field *field = registry_field_find(&registry, rest);
	return field && field->type == REGISTRY_MONEY;
}

static struct sv number_words(struct ctx *ctx, struct sv path, struct sv text)
{
	int64_t fen;

	return is_money(ctx, path) && sv_parse_i64(text, &fen) ? format_money(ctx, fen) : format_decimal(ctx, text);
}

static struct sv text_words(struct ctx *ctx, const struct service *service, struct sv path, struct sv text)
{
	struct sv words = register_word(ctx, path, text);
	int64_t day;

	if (sv_is_absent(words))
		words = choice_words(ctx, service, path, text);
	if (!sv_is_absent(words))
		return words;
	return civil_parse_day(text, &day) ? format_day(ctx, day) : text;
}

static struct sv list_words(struct ctx *ctx, const struct service *service, struct sv path, const struct json *list)
{
	struct buf buf;

	buf_init(&buf, ctx->arena, MAX_WORDS);
	for (const struct json *v = json_first(list); v; v = json_next(list, v)) {
		if (v->type == JSON_OBJECT || v->type == JSON_ARRAY)
			return tr_args(ctx, N_("{count} entries"), ARGS({ "count", arena_printf(ctx->arena, "%zu", json_count(list)) }));
		if (buf.len)
			buf_sv(&buf, tr(ctx, N_(", ")));
		buf_sv(&buf, words_value(ctx, service, path, v));
	}
	return buf.len ? buf_view(&buf) : tr(ctx, N_("nothing"));
}

struct sv words_value(struct ctx *ctx, const struct service *service, struct sv path, const struct json *value)
{
	if (!value)
		return tr(ctx, N_("not known"));
	switch (value->type) {
	case JSON_NULL: return tr(ctx, N_("not known"));
	case JSON_TRUE: return tr(ctx, N_("yes"));
	case JSON_FALSE: return tr(ctx, N_("no"));
	case JSON_NUMBER: return number_words(ctx, path, value->text);
	case JSON_STRING: return text_words(ctx, service, path, value->text);
	case JSON_ARRAY: return list_words(ctx, service, path, value);
	case JSON_OBJECT: break;
	}
	return tr_args(ctx, N_("{count} entries"), ARGS({ "count", arena_printf(ctx->arena, "%zu", json_count(value)) }));
}

/* --- cells --- */

/* "P6M", "P1Y", "P10D": the durations that rules use; others as written. */
static struct sv duration_words(struct ctx *ctx, struct sv iso)
{
	static const struct {
		char unit;
		const char *text;
	} units[] = { { 'Y', N_("{n} years") }, { 'M', N_("{n} months") }, { 'D', N_("{n} days") } };
	int64_t n;

	if (iso.len < 3 || iso.ptr[0] != 'P' || !sv_parse_i64(sv_slice(iso, 1, iso.len - 2), &n))
		return iso;
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
		if (iso.ptr[iso.len - 1] == units[i].unit)
			return tr_args(ctx, units[i].text, ARGS({ "n", sv_slice(iso, 1, iso.len - 2) }));
	return iso;
}

/* What stands between `prefix` and the end mark behind it; absent when the text is not of that form. */
static struct sv inside(struct sv text, const char *prefix, const char *end)
{
	size_t front = strlen(prefix), back = strlen(end);

	if (text.len < front + back || !sv_has_prefix(text, sv_of(prefix))
		|| !sv_equal_z(sv_slice(text, text.len - back, back), end))
		return (struct sv){ NULL, 0 };
	struct sv middle = sv_slice(text, front, text.len - front - back);
	return sv_find_byte(middle, '"', 0) == SIZE_MAX ? middle : (struct sv){ NULL, 0 };
}

static bool is_number(struct sv text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!(text.ptr[i] >= '0' && text.ptr[i] <= '9') && text.ptr[i] != '.' && !(i == 0 && text.ptr[i] == '-'))
			return false;
	return text.len > 0;
}

static struct sv literal_words(struct ctx *ctx, const struct service *service, struct sv path, struct sv text)
{
	struct sv quoted = inside(text, "\"", "\""), date = inside(text, "date(\"", "\")"), at = inside(text, "@\"", "\"");
	struct sv duration = inside(text, "duration(\"", "\")");

	if (sv_equal(text, SV("true")) || sv_equal(text, SV("false")))
		return tr(ctx, text.len == 4 ? N_("yes") : N_("no"));
	if (sv_equal(text, SV("null")))
		return tr(ctx, N_("not known"));
	if (is_number(text))
		return number_words(ctx, path, text);
	if (!sv_is_absent(duration))
		return duration_words(ctx, duration);
	if (!sv_is_absent(at))
		return at.ptr[0] == 'P' ? duration_words(ctx, at) : text_words(ctx, service, path, at);
	if (!sv_is_absent(date))
		return text_words(ctx, service, path, date);
	return sv_is_absent(quoted) ? text : text_words(ctx, service, path, quoted);
}

static struct sv range_words(struct ctx *ctx, const struct service *service, struct sv path, struct sv text)
{
	size_t dots = sv_find(text, SV(".."), 0);

	if (dots == SIZE_MAX || text.len < 4 || !strchr("[]()", text.ptr[0]) || !strchr("[]()", text.ptr[text.len - 1]))
		return literal_words(ctx, service, path, text);
	struct sv low = literal_words(ctx, service, path, sv_trim(sv_slice(text, 1, dots - 1)));
	struct sv high = literal_words(ctx, service, path, sv_trim(sv_slice(text, dots + 2, text.len - dots - 3)));
	bool low_in = text.ptr[0] == '[', high_in = text.ptr[text.len - 1] == ']';
	return tr_args(ctx,
		low_in ? (high_in ? N_("{low} to {high}") : N_("at least {low}, less than {high}"))
		       : (high_in ? N_("more than {low}, at most {high}") : N_("more than {low}, less than {high}")),
		ARGS({ "low", low }, { "high", high }));
}

static struct sv test_words(struct ctx *ctx, const struct service *service, struct sv path, struct sv text)
{
	static const struct {
		const char *sign, *text;
	} signs[] = { /* the longer ones first */
		{ ">=", N_("at least {x}") }, { "<=", N_("at most {x}") }, { "!=", N_("not {x}") }, { ">", N_("more than {x}") },
		{ "<", N_("less than {x}") }, { "=", "{x}" },
	};

	for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++)
		if (sv_has_prefix(text, sv_of(signs[i].sign)))
			return tr_args(ctx, signs[i].text,
				ARGS({ "x", literal_words(ctx, service, path, sv_trim(sv_slice(text, strlen(signs[i].sign), SIZE_MAX))) }));
	return range_words(ctx, service, path, text);
}

/* The next test of a list: up to a comma that stands in no brackets and no text. */
static struct sv next_test(struct sv *rest)
{
	struct sv all = *rest;
	bool quoted = false;
	int depth = 0;

	for (size_t i = 0; i < all.len; i++) {
		char c = all.ptr[i];
		if (c == '"' && (i == 0 || all.ptr[i - 1] != '\\'))
			quoted = !quoted;
		if (quoted)
			continue;
		depth += (c == '(' || c == '[' || c == '{') - (c == ')' || c == ']' || c == '}');
		if (c == ',' && depth <= 0) {
			*rest = sv_slice(all, i + 1, SIZE_MAX);
			return sv_trim(sv_slice(all, 0, i));
		}
	}
	*rest = (struct sv){ NULL, 0 };
	return sv_trim(all);
}

struct sv words_cell(struct ctx *ctx, const struct service *service, struct sv path, struct sv cell)
{
	struct sv rest = sv_trim(cell);
	bool negated = sv_has_prefix(rest, SV("not(")) && rest.ptr[rest.len - 1] == ')';
	struct buf buf;

	if (sv_equal(rest, SV("-")) || sv_is_empty(rest))
		return SV("–");
	if (negated)
		rest = sv_slice(rest, 4, rest.len - 5);
	buf_init(&buf, ctx->arena, MAX_WORDS);
	while (!sv_is_absent(rest)) {
		if (buf.len)
			buf_sv(&buf, tr(ctx, N_(" or ")));
		buf_sv(&buf, test_words(ctx, service, path, next_test(&rest)));
	}
	return negated ? tr_args(ctx, N_("not {x}"), ARGS({ "x", buf_view(&buf) })) : buf_view(&buf);
}

/* --- results --- */

static const struct {
	const char *code, *text;
} routes[] = {
	{ "grant", N_("grant at once") }, { "officer", N_("an officer looks at it") }, { "answer", N_("answer at once") },
	{ "none", N_("nothing is on record") },
};

struct sv words_result(struct ctx *ctx, const struct service *service, struct sv name, struct sv cell)
{
	for (size_t i = 0; sv_equal(name, SV("route")) && i < sizeof(routes) / sizeof(*routes); i++)
		if (sv_equal_z(inside(cell, "\"", "\""), routes[i].code))
			return tr(ctx, routes[i].text);
	return words_cell(ctx, service, (struct sv){ NULL, 0 }, cell);
}
