/* Fuzz target: a form (first byte even: urlencoded, odd: JSON) parsed into a struct. What the handler would get keeps its
 * promises, and what is wrong is named at a field. */
#include <assert.h>

#include "base/utf8.h"
#include "http/http_int.h"
#include "test/kit/fuzz.h"

#include "base/banned.h"

struct sample {
	struct sv title, notes, colour;
	int64_t count, fee, day;
	bool agreed;
	struct input_texts tags;
	struct input_tree form;
	const struct json *extra;
};
static const char *const colours[] = { "red", "blue", NULL };
static const struct input_field fields[] = {
	INPUT(struct sample, title, TEXT, .required = true, .min = 2, .max = 5),
	INPUT(struct sample, notes, LONG_TEXT),
	INPUT(struct sample, colour, CHOICE, .choices = colours),
	INPUT(struct sample, count, INT, .min = 1, .max = 10),
	INPUT(struct sample, fee, MONEY),
	INPUT(struct sample, day, DAY),
	INPUT(struct sample, agreed, BOOL),
	INPUT(struct sample, tags, TEXTS, .max = 3),
	INPUT(struct sample, form, TREE),
	INPUT(struct sample, extra, JSON),
};
static const struct input description = INPUT_OF(struct sample, fields);
static const struct route route = { .method = "POST", .path = "/x", .input = &description, .body = BODY_FORM };

static void check_sample(const struct sample *s)
{
	size_t count = utf8_count(s->title);

	assert(count >= 2 && count <= 5 && utf8_is_valid(s->title));
	assert(utf8_is_valid(s->notes) && utf8_count(s->notes) <= INPUT_MAX_LONG_TEXT);
	assert(sv_is_absent(s->colour) || sv_equal_z(s->colour, "red") || sv_equal_z(s->colour, "blue"));
	assert(s->count == INPUT_ABSENT || (s->count >= 1 && s->count <= 10));
	assert(s->fee == INPUT_ABSENT || s->fee >= 0);
	assert(s->tags.len <= 3);
	for (size_t i = 0; i < s->form.len; i++)
		assert(utf8_is_valid(s->form.at[i].name) && utf8_is_valid(s->form.at[i].value));
}

static void check(struct ctx *ctx, struct sv input)
{
	struct pairs pairs = { 0 };
	const struct json *json = NULL;
	const void *value;

	if (input.len == 0)
		return;
	bool is_json = (input.ptr[0] & 1) != 0;
	input = sv_slice(input, 1, SIZE_MAX);
	enum rc rc = is_json ? pairs_parse_json(ctx, input, &pairs, &json) : pairs_parse(ctx, input, FROM_BODY, &pairs);
	if (rc != RC_OK)
		return;
	rc = input_parse(ctx, &route, &pairs, json, &value);
	if (rc == RC_OK)
		check_sample(value);
	else
		assert(rc != RC_INVALID || ctx->err->field_count > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	return fuzz_run(bytes, len, check);
}
