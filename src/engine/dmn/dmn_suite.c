/* The runner of test suites; see dmn_suite.h. */
#include "engine/dmn/dmn_suite.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "engine/dmn/dmn_int.h"

#include "base/banned.h"

enum { PATH_MAX_BYTES = 1024, MAX_DEPTH = 4, FILE_MAX_BYTES = 16 << 20, MESSAGE_MAX = 400, ENDLESS_DIGITS = 15 };

struct suite {
	struct ctx *ctx;
	FILE *out;
	const char *const *only;
	size_t root_len;
	struct dmn_tally tally;
};

struct folder {
	struct suite *suite;
	const char *path;
};

/* ---- values ---- */

static struct sv type_of(const struct xml *value)
{
	struct sv type = xml_attr_ns(value, "http://www.w3.org/2001/XMLSchema-instance", "type");
	size_t colon = sv_find_byte(type, ':', 0);

	return colon == SIZE_MAX ? type : sv_slice(type, colon + 1, SIZE_MAX);
}

static bool is_nil(const struct xml *node)
{
	return sv_equal_z(xml_attr_ns(node, "http://www.w3.org/2001/XMLSchema-instance", "nil"), "true");
}

static struct feel_value simple_value(struct ctx *ctx, const struct xml *value)
{
	static const struct { const char *xsd, *feel; } types[] = { { "date", "date" }, { "time", "time" },
		{ "dateTime", "date and time" }, { "duration", "days and time duration" } };
	struct sv type = type_of(value), text = sv_trim(value->text);

	if (is_nil(value))
		return feel_null();
	if (sv_equal_z(type, "boolean"))
		return feel_boolean(sv_equal_z(text, "true"));
	if (sv_equal_z(type, "decimal") || sv_equal_z(type, "double") || sv_equal_z(type, "integer") || sv_equal_z(type, "int"))
		return feel_number_text(text);
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (sv_equal_z(type, types[i].xsd))
			return feel_typed_text(ctx, text, feel_type_builtin(sv_of(types[i].feel)));
	}
	return feel_text(value->text.ptr ? value->text : SV(""));
}

/* The value written inside `node`: value, list or components. */
static struct feel_value read_value(struct ctx *ctx, const struct xml *node)
{
	const struct xml *value = xml_child(node, NULL, "value"), *list = xml_child(node, NULL, "list");

	if (is_nil(node))
		return feel_null();
	if (list) {
		struct { VEC(struct feel_value); } items = { 0 };
		if (is_nil(list))
			return feel_null();
		for (const struct xml *i = xml_child(list, NULL, "item"); i; i = xml_next(i, NULL, "item"))
			*VEC_PUSH(ctx->arena, &items) = read_value(ctx, i);
		return feel_list(items.at, items.len);
	}
	if (xml_child(node, NULL, "component")) {
		struct { VEC(struct feel_entry); } entries = { 0 };
		for (const struct xml *c = xml_child(node, NULL, "component"); c; c = xml_next(c, NULL, "component"))
			*VEC_PUSH(ctx->arena, &entries) = (struct feel_entry){ xml_attr(c, "name"), read_value(ctx, c) };
		return feel_context(entries.at, entries.len);
	}
	return value ? simple_value(ctx, value) : feel_null();
}

/* How well a value agrees with the expected one, from worst to best. A composite value agrees as its worst part does. */
enum match {
	MATCH_NONE,
	MATCH_BINARY, /* the expected value is the outcome of a computation in binary, wrong in the last digits it prints */
	MATCH_STATED, /* equal when rounded or cut to the digits that the expected value states */
	MATCH_EXACT,
};

static bool is_stated(struct decimal expected, struct decimal actual, enum decimal_rounding mode)
{
	struct decimal rounded;

	return decimal_round(actual, decimal_scale(expected), mode, &rounded) && decimal_compare(expected, rounded) == 0;
}

/* A finite decimal is equal or it is not. An endless one (exp, log, a root, a third) cannot be written down whole: its digits to
 * as many places as the expected text has, rounded or cut, must be that text. What is left are the expected values that were
 * themselves computed in binary (15 digits or more, as a double prints); for these the suite's own 1e-8 holds. */
static enum match match_number(struct decimal expected, struct decimal actual)
{
	struct decimal difference, tolerance;

	if (decimal_compare(expected, actual) == 0)
		return MATCH_EXACT;
	if (decimal_digits(actual) < ENDLESS_DIGITS)
		return MATCH_NONE;
	if (is_stated(expected, actual, DECIMAL_HALF_EVEN) || is_stated(expected, actual, DECIMAL_DOWN))
		return MATCH_STATED;
	if (decimal_digits(expected) >= ENDLESS_DIGITS && decimal_sub(expected, actual, &difference)
		&& decimal_parse(SV("1e-8"), &tolerance) && decimal_compare(decimal_abs(difference), tolerance) < 0)
		return MATCH_BINARY;
	return MATCH_NONE;
}

static enum match match_value(struct feel_value expected, struct feel_value actual);

static enum match match_list(struct feel_value expected, struct feel_value actual)
{
	enum match worst = expected.list.count == actual.list.count ? MATCH_EXACT : MATCH_NONE;

	for (size_t i = 0; worst != MATCH_NONE && i < expected.list.count; i++) {
		enum match match = match_value(expected.list.at[i], actual.list.at[i]);
		worst = match < worst ? match : worst;
	}
	return worst;
}

static enum match match_context(struct feel_value expected, struct feel_value actual)
{
	enum match worst = expected.context.count == actual.context.count ? MATCH_EXACT : MATCH_NONE;

	for (size_t i = 0; worst != MATCH_NONE && i < expected.context.count; i++) {
		const struct feel_value *other = feel_get(actual, expected.context.at[i].key);
		enum match match = other ? match_value(expected.context.at[i].value, *other) : MATCH_NONE;
		worst = match < worst ? match : worst;
	}
	return worst;
}

static enum match match_value(struct feel_value expected, struct feel_value actual)
{
	if (expected.kind != actual.kind)
		return MATCH_NONE;
	if (expected.kind == FEEL_NUMBER)
		return match_number(expected.number, actual.number);
	if (expected.kind == FEEL_LIST)
		return match_list(expected, actual);
	if (expected.kind == FEEL_CONTEXT)
		return match_context(expected, actual);
	return feel_equal(expected, actual) == 1 ? MATCH_EXACT : MATCH_NONE;
}

/* ---- cases ---- */

static void csv_field(FILE *out, struct sv text, bool last)
{
	fputc('"', out);
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '"')
			fputc('"', out);
		fputc(text.ptr[i] == '\n' ? ' ' : text.ptr[i], out);
	}
	fputs(last ? "\"\n" : "\",", out);
}

static struct feel_value read_inputs(struct ctx *ctx, const struct xml *test)
{
	struct { VEC(struct feel_entry); } entries = { 0 };

	for (const struct xml *i = xml_child(test, NULL, "inputNode"); i; i = xml_next(i, NULL, "inputNode"))
		*VEC_PUSH(ctx->arena, &entries) = (struct feel_entry){ xml_attr(i, "name"), read_value(ctx, i) };
	return feel_context(entries.at, entries.len);
}

static struct sv shown(struct ctx *ctx, struct feel_value v)
{
	struct buf buf;
	struct sv why = feel_reason(ctx, v);

	buf_init(&buf, ctx->arena, MESSAGE_MAX);
	feel_print(&buf, v);
	if (why.len)
		buf_printf(&buf, " (%.*s)", SV_FMT(why));
	return buf_view(&buf);
}

/* How well all result nodes of a case agree; with MATCH_NONE the message says what is wrong. */
struct verdict {
	enum match match;
	struct sv message;
};

static struct verdict run_case(struct ctx *ctx, const struct dmn_model *model, const struct xml *test)
{
	enum match worst = MATCH_EXACT;
	struct sv service = xml_attr(test, "invocableName");
	struct feel_value inputs = read_inputs(ctx, test);

	for (const struct xml *r = xml_child(test, NULL, "resultNode"); r; r = xml_next(r, NULL, "resultNode")) {
		struct sv name = xml_attr(r, "name"), target = service.len ? service : name;
		const struct xml *expected = xml_child(r, NULL, "expected");
		struct feel_value want = expected ? read_value(ctx, expected) : feel_null(), got = feel_null();
		if (dmn_evaluate(ctx, model, target, inputs, &got) != RC_OK) {
			struct sv why = tr_args(ctx, ctx->err->msgid, ctx->err->args);
			error_clear(ctx);
			return (struct verdict){ MATCH_NONE, arena_printf(ctx->arena, "%.*s: %.*s", SV_FMT(name), SV_FMT(why)) };
		}
		const struct feel_value *part = service.len ? feel_get(got, name) : NULL;
		enum match match = match_value(want, got);
		if (match == MATCH_NONE && part)
			match = match_value(want, *part);
		worst = match < worst ? match : worst;
		if (match != MATCH_NONE)
			continue;
		return (struct verdict){ MATCH_NONE, arena_printf(ctx->arena, "%.*s: expected %.*s, got %.*s", SV_FMT(name),
			SV_FMT(shown(ctx, want)), SV_FMT(shown(ctx, got))) };
	}
	return (struct verdict){ worst, SV("") };
}

static bool has_suffix(const char *name, const char *suffix)
{
	size_t n = strlen(name), s = strlen(suffix);

	return n >= s && strcmp(name + n - s, suffix) == 0;
}

static enum rc load_model(struct folder *folder, const struct xml *root, const struct dmn_model **ret)
{
	struct ctx *ctx = folder->suite->ctx;
	const struct xml *name = xml_child(root, NULL, "modelName");
	const struct dmn_options options = { .find_import = dmn_find_in_folder, .user = (void *)folder->path, .externals = feel_jdk,
		.external_count = feel_jdk_count };
	struct sv path = arena_printf(ctx->arena, "%s/%.*s", folder->path, SV_FMT(name ? sv_trim(name->text) : SV(""))), text;

	TRY(file_read(ctx, path.ptr, FILE_MAX_BYTES, &text));
	return dmn_parse(ctx, path, text, &options, ret);
}

static void report_case(struct suite *s, const char *folder, const char *file, struct sv id, struct verdict verdict)
{
	bool passed = verdict.match != MATCH_NONE, optional = strstr(folder + s->root_len, "non-compliant") != NULL;
	bool external = strstr(folder + s->root_len, "external") != NULL;
	size_t stem = strlen(file) - strlen(".xml");

	s->tally.optional += optional;
	s->tally.optional_passed += optional && passed;
	s->tally.passed += passed && !optional;
	s->tally.failed += !passed && !optional;
	s->tally.stated += verdict.match == MATCH_STATED && !optional;
	s->tally.binary += verdict.match == MATCH_BINARY && !optional;
	s->tally.external += external;
	s->tally.external_passed += external && passed;
	if (!s->out)
		return;
	csv_field(s->out, sv_of(folder + s->root_len + (folder[s->root_len] == '/')), false);
	csv_field(s->out, (struct sv){ file, stem }, false);
	csv_field(s->out, id, false);
	csv_field(s->out, passed ? SV("SUCCESS") : optional ? SV("IGNORED") : SV("ERROR"), false);
	csv_field(s->out, verdict.message, true);
}

static enum rc run_file(struct folder *folder, const char *file)
{
	struct suite *s = folder->suite;
	struct ctx *ctx = s->ctx;
	struct sv path = arena_printf(ctx->arena, "%s/%s", folder->path, file), text, broken = { NULL, 0 };
	const struct dmn_model *model = NULL;
	struct xml *root;

	TRY(file_read(ctx, path.ptr, FILE_MAX_BYTES, &text));
	TRY(xml_parse(ctx, path, text, &root));
	if (!sv_equal_z(root->name, "testCases"))
		return RC_OK;
	if (load_model(folder, root, &model) != RC_OK) {
		broken = tr_args(ctx, ctx->err->msgid, ctx->err->args);
		error_clear(ctx);
	}
	for (const struct xml *t = xml_child(root, NULL, "testCase"); t; t = xml_next(t, NULL, "testCase")) {
		struct arena_mark mark = arena_mark(ctx->arena);
		struct sv id = xml_attr(t, "id");
		report_case(s, folder->path, file, id, model ? run_case(ctx, model, t) : (struct verdict){ MATCH_NONE, broken });
		arena_rewind(ctx->arena, mark);
	}
	return RC_OK;
}

static bool is_wanted(const struct suite *s, const char *path)
{
	if (!s->only || !path[s->root_len])
		return true;
	for (size_t i = 0; s->only[i]; i++) {
		size_t n = strlen(s->only[i]);
		if (strncmp(path + s->root_len + 1, s->only[i], n) == 0)
			return true;
	}
	return false;
}

static enum rc run_dir(struct suite *s, const char *path, unsigned depth)
{
	struct dirent **entries;
	enum rc rc = RC_OK;

	if (!is_wanted(s, path))
		return RC_OK;
	int count = scandir(path, &entries, NULL, alphasort);
	if (count < 0)
		return fail(s->ctx, RC_NOT_FOUND, N_("The folder {path} cannot be read. Check the path."), ARGS({ "path", sv_of(path) }));
	for (int i = 0; i < count; i++) {
		const char *name = entries[i]->d_name;
		char inner[PATH_MAX_BYTES];
		struct folder folder = { s, path };
		struct arena_mark mark = arena_mark(s->ctx->arena);
		snprintf(inner, sizeof(inner), "%s/%s", path, name);
		if (rc == RC_OK && name[0] != '.' && entries[i]->d_type == DT_DIR && depth < MAX_DEPTH)
			rc = run_dir(s, inner, depth + 1);
		else if (rc == RC_OK && has_suffix(name, ".xml") && strstr(name, "test"))
			rc = run_file(&folder, name);
		if (rc == RC_OK)
			arena_rewind(s->ctx->arena, mark);
		free(entries[i]);
	}
	free(entries);
	return rc;
}

enum rc dmn_suite_run(struct ctx *ctx, const char *dir, const char *const *only, FILE *out, struct dmn_tally *ret)
{
	struct suite s = { .ctx = ctx, .out = out, .only = only, .root_len = strlen(dir) };

	while (s.root_len && dir[s.root_len - 1] == '/')
		s.root_len--;
	struct sv root = arena_copy(ctx->arena, (struct sv){ dir, s.root_len });
	TRY(run_dir(&s, root.ptr, 0));
	*ret = s.tally;
	return RC_OK;
}
