/* Reading form.json into the model.
 *
 * Two passes: the first makes pages and fields and compiles each expression; the second, when all fields of all blocks
 * are known, resolves the names of the expressions. Everything that is not in the profile is refused with its line, but
 * for the keys that form-js editors write about layout, which say nothing about answers.
 */
#include "engine/form/form_int.h"

#include "base/banned.h"

struct block {
	struct block *outer;
	struct map slots; /* key -> field */
	unsigned slot_count;
};

struct pending {
	struct form_expr *expr;
	const struct block *block;
};

struct parser {
	struct ctx *ctx;
	struct sv file;
	size_t field_count;
	struct { VEC(struct pending); } pending;
	struct { VEC(struct feel_member); } names; /* all keys, so that a field may be called like a built-in function */
};

static enum rc bad(struct parser *p, const struct json *at, const char *msgid, struct sv key)
{
	return fail_at(p->ctx, RC_INVALID, p->file, at ? at->line : 0, msgid, ARGS({ "key", key }));
}

/* --- small readers --- */

static bool is_key(struct sv key)
{
	if (key.len == 0 || key.len > 64 || key.ptr[0] < 'a' || key.ptr[0] > 'z')
		return false;
	for (size_t i = 0; i < key.len; i++)
		if (!((key.ptr[i] >= 'a' && key.ptr[i] <= 'z') || (key.ptr[i] >= '0' && key.ptr[i] <= '9') || key.ptr[i] == '_'))
			return false;
	return true;
}

static enum rc only_keys(struct parser *p, const struct json *object, const char *const *known)
{
	if (!object)
		return RC_OK;
	if (!json_is(object, JSON_OBJECT))
		return bad(p, object, N_("An object is expected here."), SV(""));
	for (const struct json *v = json_first(object); v; v = json_next(object, v)) {
		bool found = false;
		for (size_t i = 0; known[i] && !found; i++)
			found = sv_equal_z(json_key(v), known[i]);
		if (!found)
			return bad(p, v, N_("The key \"{key}\" is not known here. Check its spelling."), json_key(v));
	}
	return RC_OK;
}

static struct bitext bitext_of(const struct json *properties, const char *zh, const char *en, struct sv fallback)
{
	struct bitext text = { json_string(json_get(properties, sv_of(zh))), json_string(json_get(properties, sv_of(en))) };

	if (sv_is_absent(text.zh))
		text.zh = fallback;
	if (sv_is_absent(text.en))
		text.en = fallback;
	return text;
}

/* true, "true" */
static bool truth(const struct json *v)
{
	return json_bool(v, false) || sv_equal(json_string(v), SV("true"));
}

/* A count in validate or properties; strings of digits are allowed, as form-js editors write them. */
static enum rc read_count(struct parser *p, const struct json *object, const char *key, int64_t *ret)
{
	const struct json *v = json_get(object, sv_of(key));
	int64_t number;

	if (!v)
		return RC_OK;
	if (!sv_parse_i64(json_scalar(v), &number) || number < 0 || number > FORM_MAX_TEXT)
		return bad(p, v, N_("\"{key}\" is a number from 0 to 10000."), sv_of(key));
	*ret = number;
	return RC_OK;
}

static enum rc read_bound(struct parser *p, const struct json *object, const char *key, bool *ret_has, struct decimal *ret)
{
	const struct json *v = json_get(object, sv_of(key));

	if (!v)
		return RC_OK;
	if (!decimal_parse(json_scalar(v), ret))
		return bad(p, v, N_("\"{key}\" is a number."), sv_of(key));
	*ret_has = true;
	return RC_OK;
}

/* --- expressions --- */

static enum rc read_expr(struct parser *p, const struct json *v, const struct block *block, const struct form_expr **ret)
{
	struct sv source = sv_trim(json_string(v));

	if (!v)
		return RC_OK;
	if (sv_has_prefix(source, SV("=")))
		source = sv_slice(source, 1, source.len);
	if (source.len == 0)
		return bad(p, v, N_("A FEEL expression is expected here."), SV(""));
	struct form_expr *expr = ARENA_NEW(p->ctx->arena, struct form_expr);
	struct feel_scope scope = { .names = p->names.at, .count = p->names.len, .file = p->file, .line = v->line };
	expr->line = v->line;
	TRY(feel_compile(p->ctx, &scope, source, &expr->expr));
	*VEC_PUSH(p->ctx->arena, &p->pending) = (struct pending){ expr, block };
	*ret = expr;
	return RC_OK;
}

static void resolve(struct parser *p, struct form_expr *expr, const struct block *block)
{
	const struct sv *names = feel_names(expr->expr, &expr->ref_count);

	expr->refs = ARENA_ARRAY(p->ctx->arena, struct form_ref, expr->ref_count);
	for (size_t i = 0; i < expr->ref_count; i++) {
		struct form_ref *ref = &expr->refs[i];
		ref->name = names[i];
		unsigned up = 0;
		for (const struct block *b = block; b && !ref->is_answer; b = b->outer, up++) {
			const struct form_field *field = map_get(&b->slots, names[i]);
			if (field) {
				ref->is_answer = true;
				ref->up = up;
				ref->slot = field->slot;
			}
		}
	}
}

/* The call of FEEL's matches() on `input` with the whole pattern. */
static struct sv matches_call(struct arena *arena, const char *input, struct sv pattern)
{
	struct buf buf;

	buf_init(&buf, arena, 8192);
	buf_printf(&buf, "matches(%s, \"^(", input);
	for (size_t i = 0; i < pattern.len; i++) {
		char c = pattern.ptr[i];
		if (c == '"' || c == '\\')
			buf_byte(&buf, '\\');
		buf_byte(&buf, c);
	}
	buf_sv(&buf, SV(")$\")"));
	return buf_view(&buf);
}

static enum rc compile_pattern(struct parser *p, struct form_field *field, const struct json *at)
{
	struct feel_scope scope = { .file = p->file, .line = at->line };
	const struct feel_expr *trial;
	struct feel_value value;

	field->pattern = json_string(at);
	if (field->pattern.len == 0 || field->pattern.len > 1000)
		return bad(p, at, N_("\"{key}\" is a regular expression of 1 to 1000 characters."), SV("pattern"));
	TRY(feel_compile(p->ctx, &scope, matches_call(p->ctx->arena, "\"\"", field->pattern), &trial));
	TRY(feel_eval(p->ctx, trial, feel_null(), &value));
	if (value.kind == FEEL_NULL)
		return bad(p, at, N_("\"{key}\" is not a regular expression of the XPath kind."), field->pattern);
	return feel_compile_tests(p->ctx, &scope, matches_call(p->ctx->arena, "?", field->pattern), &field->pattern_test);
}

/* --- fields --- */

static enum rc read_validate(struct parser *p, const struct json *validate, struct form_field *field)
{
	static const char *const known[] = { "required", "minLength", "maxLength", "min", "max", "pattern", "patternErrorMessage",
		"validationType", NULL };
	struct sv type = json_string(json_get(validate, SV("validationType")));

	TRY(only_keys(p, validate, known));
	field->required = json_bool(json_get(validate, SV("required")), false);
	TRY(read_count(p, validate, "minLength", &field->min_length));
	TRY(read_count(p, validate, "maxLength", &field->max_length));
	TRY(read_bound(p, validate, "min", &field->has_min, &field->min));
	TRY(read_bound(p, validate, "max", &field->has_max, &field->max));
	if (json_get(validate, SV("pattern")))
		TRY(compile_pattern(p, field, json_get(validate, SV("pattern"))));
	if (sv_equal(type, SV("email")))
		field->format = FORM_EMAIL;
	else if (sv_equal(type, SV("phone")))
		field->format = FORM_PHONE;
	else if (type.len && !sv_equal(type, SV("custom")))
		return bad(p, json_get(validate, SV("validationType")), N_("The validation type \"{key}\" is not known; email and phone are."),
			type);
	return RC_OK;
}

static enum rc read_format(struct parser *p, const struct json *at, struct form_field *field)
{
	static const struct {
		const char *name;
		enum form_format format;
	} formats[] = { { "id-number", FORM_ID_NUMBER }, { "credit-code", FORM_CREDIT_CODE }, { "phone-cn", FORM_PHONE_CN },
		{ "postcode-cn", FORM_POSTCODE_CN } };

	if (!at)
		return RC_OK;
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (sv_equal_z(json_string(at), formats[i].name)) {
			field->format = formats[i].format;
			return RC_OK;
		}
	return bad(p, at, N_("The format \"{key}\" is not known; id-number, credit-code, phone-cn and postcode-cn are."),
		json_scalar(at));
}

static enum rc read_properties(struct parser *p, const struct json *component, const struct block *block,
	struct form_field *field)
{
	static const char *const known[] = { "label_zh", "label_en", "hint_zh", "hint_en", "error_zh", "error_en", "zh", "en",
		"format", "valid", "prefill", "prefill_readonly", "material", "sensitive", "min", "max", NULL };
	const struct json *properties = json_get(component, SV("properties"));

	TRY(only_keys(p, properties, known));
	field->label = bitext_of(properties, "label_zh", "label_en", json_string(json_get(component, SV("label"))));
	field->hint = bitext_of(properties, "hint_zh", "hint_en", json_string(json_get(component, SV("description"))));
	field->error = bitext_of(properties, "error_zh", "error_en", (struct sv){ NULL, 0 });
	field->words = bitext_of(properties, "zh", "en", json_string(json_get(component, SV("text"))));
	field->prefill = json_string(json_get(properties, SV("prefill")));
	field->prefill_readonly = truth(json_get(properties, SV("prefill_readonly")));
	field->sensitive = truth(json_get(properties, SV("sensitive")));
	field->material = json_string(json_get(properties, SV("material")));
	TRY(read_format(p, json_get(properties, SV("format")), field));
	TRY(read_expr(p, json_get(properties, SV("valid")), block, &field->valid));
	if (field->kind == FORM_ROWS) {
		TRY(read_count(p, properties, "min", &field->min_length));
		TRY(read_count(p, properties, "max", &field->max_length));
	}
	return RC_OK;
}

static enum rc read_options(struct parser *p, const struct json *values, struct form_field *field)
{
	static const char *const known[] = { "value", "label", "label_zh", "label_en", NULL };
	size_t count = json_count(values);
	struct map seen = { 0 };

	if (!json_is(values, JSON_ARRAY) || count == 0 || count > FORM_MAX_OPTIONS)
		return bad(p, values, N_("The field {key} needs a list \"values\" of 1 to 500 choices."), field->key);
	struct form_option *options = ARENA_ARRAY(p->ctx->arena, struct form_option, count);
	size_t i = 0;
	for (const struct json *v = json_first(values); v; v = json_next(values, v), i++) {
		TRY(only_keys(p, v, known));
		options[i].value = json_string(json_get(v, SV("value")));
		options[i].label = bitext_of(v, "label_zh", "label_en", json_string(json_get(v, SV("label"))));
		if (options[i].value.len == 0 || sv_is_absent(options[i].label.zh))
			return bad(p, v, N_("A choice of {key} needs a value and a label."), field->key);
		if (!map_put(p->ctx->arena, &seen, options[i].value, &options[i]))
			return bad(p, v, N_("The choice \"{key}\" is there twice."), options[i].value);
	}
	field->options = options;
	field->option_count = count;
	return RC_OK;
}

static bool has_options(enum form_kind kind)
{
	return kind == FORM_RADIO || kind == FORM_SELECT || kind == FORM_CHECKLIST;
}

static enum rc read_fields(struct parser *p, const struct json *components, struct block *block, unsigned depth,
	const struct form_field **ret, size_t *ret_count);

static enum rc read_rows(struct parser *p, const struct json *component, struct block *block, unsigned depth,
	struct form_field *field)
{
	struct block *inner = ARENA_NEW(p->ctx->arena, struct block);

	inner->outer = block;
	field->default_rows = 1;
	TRY(read_count(p, component, "defaultRepetitions", &field->default_rows));
	if (field->max_length > FORM_MAX_ROWS || field->min_length > field->max_length || field->default_rows > field->max_length)
		return bad(p, component, N_("The block {key} can have at most 500 rows, and its least number not above its most."),
			field->key);
	TRY(read_fields(p, json_get(component, SV("components")), inner, depth + 1, &field->fields, &field->field_count));
	field->slot_count = inner->slot_count;
	return RC_OK;
}

static enum rc read_kind(struct parser *p, const struct json *component, enum form_kind *ret)
{
	static const char *const types[] = {
#define X(name, type, answer) [name] = type,
		FORM_KINDS(X)
#undef X
	};
	struct sv type = json_string(json_get(component, SV("type")));

	for (int kind = 0; kind < FORM_KIND_COUNT; kind++)
		if (sv_equal_z(type, types[kind])) {
			*ret = (enum form_kind)kind;
			return RC_OK;
		}
	return bad(p, component, N_("The field type \"{key}\" is not offered here."), type);
}

/* Key, and its place in the block. */
static enum rc read_key(struct parser *p, const struct json *component, struct block *block, struct form_field *field)
{
	struct sv path = json_string(json_get(component, SV("path")));

	field->key = json_string(json_get(component, SV("key")));
	if (field->kind == FORM_ROWS && sv_is_absent(field->key))
		field->key = path;
	if (path.len && (field->kind != FORM_ROWS || !sv_equal(path, field->key)))
		return bad(p, json_get(component, SV("path")), N_("\"path\" is only for repeatable blocks, and the same as the key {key}."),
			field->key);
	if (field->kind == FORM_WORDS || field->kind == FORM_SECTION)
		return RC_OK;
	if (!is_key(field->key))
		return bad(p, component, N_("\"{key}\" cannot be a key: use lower-case letters, digits and _."),
			sv_is_absent(field->key) ? SV("") : field->key);
	if (!map_put(p->ctx->arena, &block->slots, field->key, field))
		return bad(p, component, N_("The key {key} is there twice."), field->key);
	if (form_has_slot(field))
		field->slot = block->slot_count++;
	else
		map_put(p->ctx->arena, &block->slots, field->key, NULL); /* taken, but no expression can speak of a file */
	return RC_OK;
}

static enum rc read_field(struct parser *p, const struct json *component, struct block *block, unsigned depth,
	struct form_field *field)
{
	static const char *const known[] = { "type", "id", "key", "label", "description", "validate", "conditional", "values",
		"properties", "components", "subtype", "path", "defaultRepetitions", "expression", "computeOn", "text", "layout",
		"appearance", "dateLabel", "use24h", "disallowPassedDates", "decimalDigits", "serializeToString", "increment",
		"showOutline", "verticalAlignment", "allowAddRemove", "isRepeating", "disableCollapse", "nonCollapsedItems",
		"searchable", "multiple", "accept", "defaultValue", NULL };
	static const char *const conditions[] = { "hide", NULL };

	if (++p->field_count > FORM_MAX_FIELDS)
		return bad(p, component, N_("A form can have at most 1000 fields."), SV(""));
	TRY(only_keys(p, component, known));
	field->line = component->line;
	field->max_length = FORM_MAX_TEXT;
	TRY(read_kind(p, component, &field->kind));
	if (field->kind == FORM_ROWS)
		field->max_length = FORM_MAX_ROWS;
	TRY(read_key(p, component, block, field));
	if (field->kind == FORM_DATE && !sv_equal(json_string(json_get(component, SV("subtype"))), SV("date")))
		return bad(p, component, N_("The field {key} needs \"subtype\": \"date\"; times of day are not asked."), field->key);
	TRY(read_validate(p, json_get(component, SV("validate")), field));
	TRY(read_properties(p, component, block, field));
	TRY(only_keys(p, json_get(component, SV("conditional")), conditions));
	TRY(read_expr(p, json_path(component, SV("conditional.hide")), block, &field->hide));
	if (field->kind != FORM_WORDS && field->kind != FORM_SECTION && sv_is_absent(field->label.zh))
		return bad(p, component, N_("The field {key} has no label."), field->key);
	if (has_options(field->kind))
		return read_options(p, json_get(component, SV("values")), field);
	if (field->kind == FORM_COMPUTED) {
		TRY(read_expr(p, json_get(component, SV("expression")), block, &field->computed));
		if (!field->computed)
			return bad(p, component, N_("The computed field {key} has no \"expression\"."), field->key);
	}
	if (field->kind == FORM_ROWS)
		return read_rows(p, component, block, depth, field);
	if (field->kind == FORM_SECTION)
		return read_fields(p, json_get(component, SV("components")), block, depth, &field->fields, &field->field_count);
	return RC_OK;
}

static enum rc read_fields(struct parser *p, const struct json *components, struct block *block, unsigned depth,
	const struct form_field **ret, size_t *ret_count)
{
	size_t count = json_count(components), i = 0;

	if (!json_is(components, JSON_ARRAY))
		return bad(p, components, N_("A list \"components\" of fields is expected here."), SV(""));
	if (depth > FORM_MAX_DEPTH)
		return bad(p, components, N_("Repeatable blocks can be nested at most three deep."), SV(""));
	struct form_field *fields = ARENA_ARRAY(p->ctx->arena, struct form_field, count);
	for (const struct json *v = json_first(components); v; v = json_next(components, v), i++)
		TRY(read_field(p, v, block, depth, &fields[i]));
	*ret = fields;
	*ret_count = count;
	return RC_OK;
}

static enum rc read_page(struct parser *p, const struct json *component, struct block *block, struct form_page *page)
{
	static const char *const known[] = { "type", "id", "key", "label", "description", "conditional", "properties", "components",
		"layout", "showOutline", "verticalAlignment", NULL };
	static const char *const known_properties[] = { "page", "label_zh", "label_en", "hint_zh", "hint_en", NULL };
	const struct json *properties = json_get(component, SV("properties"));

	if (!sv_equal(json_string(json_get(component, SV("type"))), SV("group")) || !truth(json_get(properties, SV("page"))))
		return bad(p, component, N_("The top level of a form is a list of pages: groups with \"properties\": {\"page\": \"true\"}."),
			SV(""));
	TRY(only_keys(p, component, known));
	TRY(only_keys(p, properties, known_properties));
	page->key = json_string(json_get(component, SV("key")));
	page->label = bitext_of(properties, "label_zh", "label_en", json_string(json_get(component, SV("label"))));
	page->hint = bitext_of(properties, "hint_zh", "hint_en", json_string(json_get(component, SV("description"))));
	if (!is_key(page->key) || sv_is_absent(page->label.zh))
		return bad(p, component, N_("A page needs a key and a label."), SV(""));
	TRY(read_expr(p, json_path(component, SV("conditional.hide")), block, &page->hide));
	return read_fields(p, json_get(component, SV("components")), block, 0, &page->fields, &page->field_count);
}

static enum rc read_pages(struct parser *p, const struct json *components, struct block *block, struct form *form)
{
	size_t count = json_count(components), i = 0;
	struct map keys = { 0 };

	if (!json_is(components, JSON_ARRAY) || count == 0 || count > FORM_MAX_PAGES)
		return bad(p, components, N_("A form needs a list \"components\" of 1 to 50 pages."), SV(""));
	form->pages = ARENA_ARRAY(p->ctx->arena, struct form_page, count);
	form->page_count = count;
	for (const struct json *v = json_first(components); v; v = json_next(components, v), i++) {
		TRY(read_page(p, v, block, &form->pages[i]));
		if (!map_put(p->ctx->arena, &keys, form->pages[i].key, &form->pages[i]))
			return bad(p, v, N_("The key {key} is there twice."), form->pages[i].key);
	}
	form->slot_count = block->slot_count;
	return RC_OK;
}

static void collect_names(struct parser *p, const struct json *components, unsigned depth)
{
	for (const struct json *v = json_first(components); v && depth < 64; v = json_next(components, v)) {
		struct sv key = json_string(json_get(v, SV("key")));
		if (is_key(key))
			*VEC_PUSH(p->ctx->arena, &p->names) = (struct feel_member){ .name = key };
		collect_names(p, json_get(v, SV("components")), depth + 1);
	}
}

enum rc form_parse(struct ctx *ctx, struct sv file, struct sv text, const struct form **ret)
{
	static const char *const known[] = { "type", "id", "schemaVersion", "components", "exporter", "executionPlatform",
		"executionPlatformVersion", "versionTag", "$schema", NULL };
	struct parser parser = { .ctx = ctx, .file = arena_copy(ctx->arena, file) };
	struct form *form = ARENA_NEW(ctx->arena, struct form);
	struct block *root = ARENA_NEW(ctx->arena, struct block);
	const struct json *json;
	struct json_limits limits = json_limits_file;

	limits.max_bytes = 4 << 20;
	form->file = parser.file;
	form->text = arena_copy(ctx->arena, text);
	TRY(json_parse(ctx, parser.file, form->text, &limits, &json));
	TRY(only_keys(&parser, json, known));
	if (!sv_equal(json_string(json_get(json, SV("type"))), SV("default")))
		return bad(&parser, json, N_("This is not a form: \"type\": \"default\" is missing at the top."), SV(""));
	collect_names(&parser, json_get(json, SV("components")), 0);
	TRY(read_pages(&parser, json_get(json, SV("components")), root, form));
	for (size_t i = 0; i < parser.pending.len; i++)
		resolve(&parser, parser.pending.at[i].expr, parser.pending.at[i].block);
	*ret = form;
	return RC_OK;
}
