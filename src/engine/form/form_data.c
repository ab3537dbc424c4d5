/* Answers: from JSON, from what was typed, and to JSON; see form_int.h. */
#include "engine/form/form_int.h"

#include <assert.h>

#include "base/civil.h"
#include "base/utf8.h"

#include "base/banned.h"

struct node *form_node_new(struct ctx *ctx, struct node *outer, unsigned slot_count)
{
	struct node *node = ARENA_NEW(ctx->arena, struct node);

	node->outer = outer;
	node->at = ARENA_ARRAY(ctx->arena, struct answer, slot_count);
	return node;
}

/* --- from what was typed --- */

static void set_number(struct form_run *run, struct answer *answer, struct sv typed)
{
	struct sv folded = utf8_fold(run->ctx->arena, typed); /* full-width digits, odd spaces */
	struct decimal number;
	struct buf buf;

	buf_init(&buf, run->ctx->arena, folded.len + 1);
	for (size_t i = 0; i < folded.len; i++)
		if (folded.ptr[i] != ' ')
			buf_byte(&buf, folded.ptr[i]);
	if (buf.len <= 64 && decimal_parse(buf_view(&buf), &number))
		answer->value = feel_number(number);
	else
		answer->is_raw = true;
}

static void set_day(struct form_run *run, struct answer *answer, struct sv typed)
{
	int64_t day;

	if (civil_parse_day(sv_trim(utf8_fold(run->ctx->arena, typed)), &day)) {
		char text[11];
		answer->value = feel_day(day);
		answer->text = arena_copy(run->ctx->arena, civil_day_text(day, text));
	} else {
		answer->is_raw = true;
	}
}

static void set_tick(struct answer *answer, struct sv typed)
{
	if (sv_equal(typed, SV("true")) || sv_equal(typed, SV("on")) || sv_equal(typed, SV("1")) || sv_equal(typed, SV("yes")))
		answer->value = feel_boolean(true);
	else if (sv_equal(typed, SV("false")) || sv_equal(typed, SV("off")) || sv_equal(typed, SV("0")) || sv_equal(typed, SV("no")))
		answer->value = feel_boolean(false);
	else
		answer->is_raw = true;
}

/* Codes are written with capital letters and without spaces. */
static struct sv clean_code(struct form_run *run, struct sv typed)
{
	struct sv upper = utf8_upper(run->ctx->arena, utf8_fold(run->ctx->arena, typed));
	struct buf buf;

	buf_init(&buf, run->ctx->arena, upper.len + 1);
	for (size_t i = 0; i < upper.len; i++)
		if (upper.ptr[i] != ' ')
			buf_byte(&buf, upper.ptr[i]);
	return buf_view(&buf);
}

static void set_text(struct form_run *run, const struct form_field *field, struct answer *answer, struct sv typed)
{
	if (field->format == FORM_ID_NUMBER || field->format == FORM_CREDIT_CODE)
		typed = clean_code(run, typed);
	answer->text = typed;
	answer->value = feel_text(typed);
}

void form_answer_type(struct form_run *run, const struct form_field *field, struct answer *answer, struct sv typed)
{
	typed = field->kind == FORM_LONG_TEXT ? typed : sv_trim(typed);
	*answer = (struct answer){ .is_hidden = answer->is_hidden, .is_set = typed.len != 0, .text = typed };
	if (typed.len == 0)
		return;
	switch (field->kind) {
	case FORM_TEXT:
	case FORM_LONG_TEXT:
	case FORM_RADIO:
	case FORM_SELECT:
		set_text(run, field, answer, typed);
		break;
	case FORM_NUMBER:
		set_number(run, answer, typed);
		break;
	case FORM_DATE:
		set_day(run, answer, typed);
		break;
	case FORM_CHECKBOX:
		set_tick(answer, typed);
		break;
	case FORM_CHECKLIST:
		form_answer_tick(run, answer, typed);
		break;
	case FORM_COMPUTED:
	case FORM_ROWS:
		answer->is_raw = true;
		break;
	case FORM_FILE:
	case FORM_WORDS:
	case FORM_SECTION:
	case FORM_KIND_COUNT:
		assert(!"a field with an answer");
	}
}

void form_answer_tick(struct form_run *run, struct answer *answer, struct sv value)
{
	struct sv *chosen = ARENA_ARRAY(run->ctx->arena, struct sv, answer->chosen_count + 1);
	struct feel_value *values = ARENA_ARRAY(run->ctx->arena, struct feel_value, answer->chosen_count + 1);

	for (size_t i = 0; i < answer->chosen_count; i++) {
		if (sv_equal(answer->chosen[i], value))
			return;
		chosen[i] = answer->chosen[i];
		values[i] = feel_text(chosen[i]);
	}
	chosen[answer->chosen_count] = value;
	values[answer->chosen_count] = feel_text(value);
	answer->is_set = true;
	answer->text = SV("");
	answer->chosen = chosen;
	answer->chosen_count++;
	answer->value = feel_list(values, answer->chosen_count);
}

/* --- from JSON --- */

static enum rc load_node(struct form_run *run, const struct form_field *fields, size_t count, const struct json *object,
	struct node *node);

static enum rc load_rows(struct form_run *run, const struct form_field *field, const struct json *json, struct node *node,
	struct answer *answer)
{
	size_t count = json_count(json), i = 0;

	if (count > FORM_MAX_ROWS)
		return fail(run->ctx, RC_TOO_LARGE, N_("A block of the form has more than 500 rows."), NULL);
	answer->is_set = count != 0;
	answer->rows = ARENA_ARRAY(run->ctx->arena, struct node *, count);
	answer->row_count = count;
	for (const struct json *row = json_first(json); row; row = json_next(json, row), i++) {
		if (!json_is(row, JSON_OBJECT))
			return fail(run->ctx, RC_MALFORMED, N_("The rows of a block are objects."), NULL);
		answer->rows[i] = form_node_new(run->ctx, node, field->slot_count);
		TRY(load_node(run, field->fields, field->field_count, row, answer->rows[i]));
	}
	return RC_OK;
}

static enum rc load_answer(struct form_run *run, const struct form_field *field, const struct json *json, struct node *node)
{
	struct answer *answer = &node->at[field->slot];

	if (field->kind == FORM_COMPUTED || !json || json_is(json, JSON_NULL))
		return RC_OK;
	if (field->kind == FORM_ROWS && json_is(json, JSON_ARRAY))
		return load_rows(run, field, json, node, answer);
	if (field->kind == FORM_CHECKLIST && json_is(json, JSON_ARRAY)) {
		if (json_count(json) > FORM_MAX_OPTIONS)
			return fail(run->ctx, RC_TOO_LARGE, N_("A list of the form has more than 500 choices."), NULL);
		for (const struct json *v = json_first(json); v; v = json_next(json, v))
			form_answer_tick(run, answer, sv_is_absent(json_scalar(v)) ? SV("?") : json_scalar(v));
		return RC_OK;
	}
	if (json_is(json, JSON_ARRAY) || json_is(json, JSON_OBJECT))
		return fail(run->ctx, RC_MALFORMED, N_("The answer to {key} is of the wrong kind."), ARGS({ "key", field->key }));
	form_answer_type(run, field, answer, json_scalar(json));
	return RC_OK;
}

static enum rc load_node(struct form_run *run, const struct form_field *fields, size_t count, const struct json *object,
	struct node *node)
{
	for (size_t i = 0; i < count; i++) {
		if (fields[i].kind == FORM_SECTION)
			TRY(load_node(run, fields[i].fields, fields[i].field_count, object, node));
		else if (form_has_slot(&fields[i]))
			TRY(load_answer(run, &fields[i], json_get(object, fields[i].key), node));
	}
	return RC_OK;
}

enum rc form_run_init(struct form_run *run, struct ctx *ctx, const struct form_filled *filled, struct form_problems *problems)
{
	const struct form *form = filled->form;
	struct json_limits limits = json_limits_request;
	const struct json *json = NULL;

	assert(form && form->page_count <= FORM_MAX_PAGES);
	*run = (struct form_run){ .ctx = ctx, .form = form, .context = filled->context, .problems = problems };
	feel_run_init(&run->feel, ctx);
	run->root = form_node_new(ctx, NULL, form->slot_count);
	run->page_hidden = ARENA_ARRAY(ctx->arena, bool, form->page_count);
	if (filled->data.len == 0)
		return RC_OK;
	limits.max_bytes = FORM_MAX_DATA;
	TRY(json_parse(ctx, SV("answers"), filled->data, &limits, &json));
	if (!json_is(json, JSON_OBJECT))
		return fail(ctx, RC_MALFORMED, N_("The answers are not an object."), NULL);
	for (size_t page = 0; page < form->page_count; page++)
		TRY(load_node(run, form->pages[page].fields, form->pages[page].field_count, json, run->root));
	return RC_OK;
}

/* --- to JSON --- */

static void put_fields(struct form_run *run, struct json_out *out, const struct form_field *fields, size_t count,
	const struct node *node);

static void put_answer(struct form_run *run, struct json_out *out, const struct form_field *field, const struct answer *answer)
{
	if (answer->is_raw) {
		json_out_string(out, answer->text);
		return;
	}
	switch (field->kind) {
	case FORM_TEXT:
	case FORM_LONG_TEXT:
	case FORM_RADIO:
	case FORM_SELECT:
	case FORM_DATE:
		json_out_string(out, answer->text);
		break;
	case FORM_ROWS:
		json_out_array(out);
		for (size_t i = 0; i < answer->row_count; i++) {
			json_out_object(out);
			put_fields(run, out, field->fields, field->field_count, answer->rows[i]);
			json_out_object_end(out);
		}
		json_out_array_end(out);
		break;
	case FORM_NUMBER:
	case FORM_CHECKBOX:
	case FORM_CHECKLIST:
	case FORM_COMPUTED:
		feel_to_json(out, answer->value);
		break;
	case FORM_FILE:
	case FORM_WORDS:
	case FORM_SECTION:
	case FORM_KIND_COUNT:
		assert(!"a field with an answer");
	}
}

static void put_fields(struct form_run *run, struct json_out *out, const struct form_field *fields, size_t count,
	const struct node *node)
{
	for (size_t i = 0; i < count; i++) {
		const struct form_field *field = &fields[i];
		if (field->kind == FORM_SECTION) {
			put_fields(run, out, field->fields, field->field_count, node);
		} else if (form_has_slot(field)) {
			const struct answer *answer = &node->at[field->slot];
			if (!answer->is_set || answer->is_hidden)
				continue;
			json_out_key(out, field->key);
			put_answer(run, out, field, answer);
		}
	}
}

enum rc form_data_text(struct form_run *run, struct sv *ret)
{
	struct buf buf;

	buf_init(&buf, run->ctx->arena, FORM_MAX_DATA);
	struct json_out out = json_out_to(&buf);
	json_out_object(&out);
	for (size_t page = 0; page < run->form->page_count; page++)
		put_fields(run, &out, run->form->pages[page].fields, run->form->pages[page].field_count, run->root);
	json_out_object_end(&out);
	if (buf.overflow)
		return fail(run->ctx, RC_TOO_LARGE, N_("The answers are too long together. Shorten the longest texts."), NULL);
	*ret = buf_view(&buf);
	return RC_OK;
}
