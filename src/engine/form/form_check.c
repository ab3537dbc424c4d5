/* What is wrong with answers: one problem a field, the first that applies. */
#include "engine/form/form_int.h"

#include <assert.h>

#include "base/format.h"
#include "base/utf8.h"

#include "base/banned.h"

struct sv form_path(struct arena *arena, struct sv prefix, struct sv key)
{
	return prefix.len ? arena_printf(arena, "%.*s.%.*s", SV_FMT(prefix), SV_FMT(key)) : key;
}

struct sv form_problem_text(const struct ctx *ctx, const struct form_problem *problem)
{
	return problem->msgid ? tr_args(ctx, problem->msgid, problem->args) : bitext_pick(ctx, problem->text);
}

static struct form_problem *problem_new(struct form_run *run, struct sv path)
{
	if (!run->problems || run->problems->len == FORM_MAX_PROBLEMS)
		return NULL;
	struct form_problem *problem = VEC_PUSH(run->ctx->arena, run->problems);
	*problem = (struct form_problem){ .path = arena_copy(run->ctx->arena, path), .page = run->page };
	return problem;
}

static void add_problem(struct form_run *run, struct sv path, const char *msgid, const struct text_arg *args)
{
	struct form_problem *problem = problem_new(run, path);

	assert(msgid);
	if (!problem)
		return;
	problem->msgid = msgid;
	if (args) { /* one argument and the end */
		struct text_arg *copy = ARENA_ARRAY(run->ctx->arena, struct text_arg, 2);
		copy[0] = args[0];
		problem->args = copy;
	}
}

bool form_has_file(const struct form_run *run, struct sv path)
{
	for (size_t i = 0; run->context && i < run->context->file_count; i++)
		if (sv_equal(run->context->files[i], path))
			return true;
	return false;
}

static const char *missing_text(enum form_kind kind)
{
	switch (kind) {
	case FORM_CHECKBOX:
		return N_("Please tick this box to go on.");
	case FORM_CHECKLIST:
		return N_("Please choose at least one.");
	case FORM_RADIO:
	case FORM_SELECT:
		return N_("Please choose one.");
	case FORM_DATE:
		return N_("Please give a date.");
	case FORM_NUMBER:
		return N_("Please give a number.");
	case FORM_ROWS:
		return N_("Please add at least one.");
	case FORM_FILE:
		return N_("Please add the file.");
	case FORM_TEXT:
	case FORM_LONG_TEXT:
	case FORM_COMPUTED:
	case FORM_WORDS:
	case FORM_SECTION:
	case FORM_KIND_COUNT:
		break;
	}
	return N_("Please fill this in.");
}

static const char *raw_text(enum form_kind kind)
{
	if (kind == FORM_NUMBER)
		return N_("This is not a number. Write it in digits, for example 12.5.");
	if (kind == FORM_DATE)
		return N_("This is not a date. Write year, month and day, for example 2026-03-03.");
	return N_("This answer cannot be read. Please give it again.");
}

static const char *format_text(enum form_format format)
{
	switch (format) {
	case FORM_ID_NUMBER:
		return N_("This identity number is not right. Compare all 18 characters with the card.");
	case FORM_CREDIT_CODE:
		return N_("This credit code is not right. Compare all 18 characters with the business licence.");
	case FORM_PHONE_CN:
		return N_("This phone number is not right. Give 11 digits, or area code and number with a hyphen.");
	case FORM_POSTCODE_CN:
		return N_("A postal code has 6 digits.");
	case FORM_EMAIL:
		return N_("This address is not right. It looks like name@example.org.");
	case FORM_PHONE:
		return N_("This phone number is not right. Use digits, spaces and hyphens.");
	case FORM_ANY:
		break;
	}
	return N_("This answer cannot be read. Please give it again.");
}

/* In the service's own words if it has some. */
static void problem_of_field(struct form_run *run, const struct form_field *field, struct sv path, const char *msgid)
{
	if (field->error.zh.len == 0) {
		add_problem(run, path, msgid, NULL);
		return;
	}
	struct form_problem *problem = problem_new(run, path);
	if (problem)
		problem->text = field->error;
}

static bool has_option(const struct form_field *field, struct sv value)
{
	for (size_t i = 0; i < field->option_count; i++)
		if (sv_equal(field->options[i].value, value))
			return true;
	return false;
}

static struct sv decimal_sv(struct arena *arena, struct decimal number)
{
	char text[DECIMAL_TEXT];
	size_t len = decimal_print(number, text);

	return arena_copy(arena, (struct sv){ text, len });
}

static struct sv count_sv(struct form_run *run, int64_t count)
{
	return format_number(run->ctx, count);
}

/* Length of texts, number of choices and rows. */
static bool check_length(struct form_run *run, const struct form_field *field, const struct answer *answer, struct sv path)
{
	bool is_text = field->kind == FORM_TEXT || field->kind == FORM_LONG_TEXT;
	int64_t have = is_text ? (int64_t)utf8_count(answer->text)
		: field->kind == FORM_ROWS ? (int64_t)answer->row_count : (int64_t)answer->chosen_count;

	if (!is_text && field->kind != FORM_ROWS && field->kind != FORM_CHECKLIST)
		return true;
	if (have < field->min_length) {
		add_problem(run, path, is_text ? N_("This is too short: at least {n} characters.") : N_("At least {n} are needed here."),
			ARGS({ "n", count_sv(run, field->min_length) }));
		return false;
	}
	if (have > field->max_length) {
		add_problem(run, path, is_text ? N_("This is too long: at most {n} characters.") : N_("At most {n} are possible here."),
			ARGS({ "n", count_sv(run, field->max_length) }));
		return false;
	}
	return true;
}

static bool check_bounds(struct form_run *run, const struct form_field *field, const struct answer *answer, struct sv path)
{
	if (field->kind != FORM_NUMBER)
		return true;
	if (field->has_min && decimal_compare(answer->value.number, field->min) < 0) {
		add_problem(run, path, N_("This must be {n} or more."), ARGS({ "n", decimal_sv(run->ctx->arena, field->min) }));
		return false;
	}
	if (field->has_max && decimal_compare(answer->value.number, field->max) > 0) {
		add_problem(run, path, N_("This must be {n} or less."), ARGS({ "n", decimal_sv(run->ctx->arena, field->max) }));
		return false;
	}
	return true;
}

static bool check_options(struct form_run *run, const struct form_field *field, const struct answer *answer, struct sv path)
{
	bool fits = true;

	if (field->kind == FORM_RADIO || field->kind == FORM_SELECT)
		fits = has_option(field, answer->text);
	for (size_t i = 0; i < answer->chosen_count && fits; i++)
		fits = has_option(field, answer->chosen[i]);
	if (!fits)
		add_problem(run, path, N_("This choice is not offered. Please choose again."), NULL);
	return fits;
}

static enum rc check_valid(struct form_run *run, const struct form_field *field, struct node *node, struct sv path)
{
	struct feel_value value;

	if (!field->valid)
		return RC_OK;
	TRY(form_eval(run, field->valid, node, &value));
	if (value.kind == FEEL_BOOLEAN && !value.boolean)
		problem_of_field(run, field, path, N_("This does not fit the other answers. Please check it."));
	return RC_OK;
}

static enum rc check_set(struct form_run *run, const struct form_field *field, struct node *node, struct sv path)
{
	const struct answer *answer = &node->at[field->slot];
	struct sv locked = field->prefill_readonly ? form_register_value(run, field) : (struct sv){ NULL, 0 };
	bool passes = true;

	if (answer->is_raw) {
		add_problem(run, path, raw_text(field->kind), NULL);
		return RC_OK;
	}
	if (locked.len && !sv_equal(locked, form_value_text(run, answer->value))) {
		add_problem(run, path, N_("This comes from the register and cannot be changed here."), NULL);
		return RC_OK;
	}
	if (!check_options(run, field, answer, path) || !check_length(run, field, answer, path)
		|| !check_bounds(run, field, answer, path))
		return RC_OK;
	if (field->format != FORM_ANY && answer->value.kind == FEEL_STRING && !form_format_is(field->format, answer->text)) {
		problem_of_field(run, field, path, format_text(field->format));
		return RC_OK;
	}
	if (field->pattern_test && answer->value.kind == FEEL_STRING)
		TRY(feel_test(run->ctx, field->pattern_test, answer->value, feel_null(), &passes));
	if (!passes) {
		problem_of_field(run, field, path, N_("This is not in the form that is asked for. See the hint."));
		return RC_OK;
	}
	return check_valid(run, field, node, path);
}

static bool is_missing(const struct form_field *field, const struct answer *answer)
{
	if (field->kind == FORM_CHECKBOX)
		return !answer->is_raw && !feel_is_true(answer->value);
	return !answer->is_set;
}

static enum rc check_answer(struct form_run *run, const struct form_field *field, struct node *node, struct sv path)
{
	const struct answer *answer = &node->at[field->slot];
	bool needs_rows = field->kind == FORM_ROWS && field->min_length > 0;

	if (answer->is_hidden)
		return RC_OK;
	if ((field->required || needs_rows) && is_missing(field, answer)) {
		add_problem(run, path, missing_text(field->kind), NULL);
		return RC_OK;
	}
	if (!answer->is_set)
		return field->kind == FORM_CHECKBOX ? check_valid(run, field, node, path) : RC_OK;
	if (field->kind == FORM_COMPUTED)
		return check_valid(run, field, node, path);
	TRY(check_set(run, field, node, path));
	for (size_t i = 0; i < answer->row_count; i++)
		TRY(form_check_fields(run, field->fields, field->field_count, answer->rows[i],
			arena_printf(run->ctx->arena, "%.*s[%zu]", SV_FMT(path), i)));
	return RC_OK;
}

enum rc form_check_fields(struct form_run *run, const struct form_field *fields, size_t count, struct node *node,
	struct sv prefix)
{
	assert(count == 0 || fields);
	for (size_t i = 0; i < count; i++) {
		const struct form_field *field = &fields[i];
		bool is_hidden;
		if (form_has_slot(field)) {
			TRY(check_answer(run, field, node, form_path(run->ctx->arena, prefix, field->key)));
			continue;
		}
		TRY(form_is_hidden(run, field, node, &is_hidden));
		if (is_hidden)
			continue;
		struct sv path = form_path(run->ctx->arena, prefix, sv_is_absent(field->key) ? SV("") : field->key);
		if (field->kind == FORM_FILE && field->required && !form_has_file(run, path))
			add_problem(run, path, missing_text(FORM_FILE), NULL);
		if (field->kind == FORM_SECTION)
			TRY(form_check_fields(run, field->fields, field->field_count, node, prefix));
	}
	return RC_OK;
}

/* --- members of the answers that the form does not know --- */

static const struct form_field *field_of_key(const struct form_field *fields, size_t count, struct sv key)
{
	for (size_t i = 0; i < count; i++) {
		const struct form_field *field = &fields[i];
		if (field->kind == FORM_SECTION)
			field = field_of_key(field->fields, field->field_count, key);
		else if (!form_has_slot(field) || !sv_equal(field->key, key))
			field = NULL;
		if (field)
			return field;
	}
	return NULL;
}

static void check_known(struct form_run *run, const struct json *object, const struct form_field *fields, size_t count,
	struct sv prefix)
{
	for (const struct json *v = json_first(object); v; v = json_next(object, v)) {
		const struct form_field *field = NULL;
		struct sv path = form_path(run->ctx->arena, prefix, json_key(v));
		size_t row = 0;
		for (size_t page = 0; !fields && !field && page < run->form->page_count; page++)
			field = field_of_key(run->form->pages[page].fields, run->form->pages[page].field_count, json_key(v));
		if (fields)
			field = field_of_key(fields, count, json_key(v));
		if (!field) {
			add_problem(run, path, N_("The form has no field of this name."), NULL);
			continue;
		}
		if (field->kind != FORM_ROWS || !json_is(v, JSON_ARRAY))
			continue;
		for (const struct json *r = json_first(v); r; r = json_next(v, r), row++)
			check_known(run, r, field->fields, field->field_count,
				arena_printf(run->ctx->arena, "%.*s[%zu]", SV_FMT(path), row));
	}
}

enum rc form_check(struct ctx *ctx, const struct form_filled *filled, struct sv *ret_data, struct form_problems *problems)
{
	const struct form *form = filled->form;
	struct form_run run;
	const struct json *json = NULL;
	struct sv text = { NULL, 0 };

	TRY(form_run_init(&run, ctx, filled, problems));
	TRY(form_settle(&run));
	if (ret_data)
		TRY(form_data_text(&run, &text));
	for (run.page = 0; run.page < form->page_count; run.page++)
		if (!run.page_hidden[run.page])
			TRY(form_check_fields(&run, form->pages[run.page].fields, form->pages[run.page].field_count, run.root, SV("")));
	if (filled->data.len) {
		run.page = 0;
		TRY(json_parse(ctx, SV("answers"), filled->data, &json_limits_request, &json));
		check_known(&run, json, NULL, 0, SV(""));
	}
	if (ret_data)
		*ret_data = text;
	return RC_OK;
}
