/* Conditions and computed fields.
 *
 * Whether a field is hidden can depend on fields that are hidden themselves, before or behind it. So the whole form is
 * walked again and again, each walk taking hidden answers as null, until nothing changes; a chain of conditions in the
 * order of the form settles in two walks. A form that goes on changing (two fields that hide each other) stops after
 * MAX_WALKS with what the last walk gave.
 */
#include "engine/form/form_int.h"

#include <assert.h>

#include "base/banned.h"

enum { MAX_WALKS = 8 };

/* A block without rows is an empty list, everything else unanswered is null. */
static struct feel_value answer_value(const struct answer *answer)
{
	bool is_rows = answer->value.kind == FEEL_LIST && !answer->chosen;

	if (is_rows && !answer->is_hidden)
		return answer->value;
	return !answer->is_set || answer->is_hidden || answer->is_raw ? feel_null() : answer->value;
}

static void gather(struct form_run *run, const struct form_expr *expr, struct node *node, struct feel_value *values)
{
	for (size_t i = 0; i < expr->ref_count; i++) {
		const struct form_ref *ref = &expr->refs[i];
		if (ref->is_answer) {
			const struct node *from = node;
			for (unsigned up = ref->up; up; up--)
				from = from->outer;
			values[i] = answer_value(&from->at[ref->slot]);
		} else {
			const struct feel_value *found = run->context && run->context->names.kind == FEEL_CONTEXT
				? feel_get(run->context->names, ref->name)
				: NULL;
			values[i] = found ? *found : feel_null();
		}
	}
}

/* An expression that runs into a limit gives null, as if it were not there, so that the form can be filled in and filed;
 * form_check tells of it. It is not tried again in this run. */
enum rc form_eval(struct form_run *run, const struct form_expr *expr, struct node *node, struct feel_value *ret)
{
	struct arena *arena = run->ctx->arena;
	struct feel_value *values = ARENA_ARRAY(arena, struct feel_value, expr->ref_count);
	struct arena_mark mark = arena_mark(arena);

	assert(expr->ref_count == 0 || (expr->refs && node));
	*ret = feel_null();
	if (expr == run->stopped)
		return RC_OK;
	gather(run, expr, node, values);
	enum rc rc = feel_run_expr(&run->feel, expr->expr, values, NULL, ret);
	if (rc != RC_UNAVAILABLE)
		return rc;
	if (run->problems)
		run->problems->stopped = run->ctx->err->msgid;
	run->stopped = expr;
	error_clear(run->ctx);
	arena_rewind(arena, mark); /* what it had piled up until the limit */
	feel_run_init(&run->feel, run->ctx);
	*ret = feel_null();
	return RC_OK;
}

enum rc form_is_hidden(struct form_run *run, const struct form_field *field, struct node *node, bool *ret)
{
	struct feel_value value = feel_null();

	if (field->hide)
		TRY(form_eval(run, field->hide, node, &value));
	*ret = feel_is_true(value);
	return RC_OK;
}

static enum rc walk(struct form_run *run, const struct form_field *fields, size_t count, struct node *node, bool is_hidden,
	bool *changed);

/* A row as expressions see it: every field, null where there is no answer. */
static struct feel_value row_value(struct form_run *run, const struct form_field *fields, size_t count, const struct node *node,
	unsigned slot_count)
{
	struct feel_entry *entries = ARENA_ARRAY(run->ctx->arena, struct feel_entry, slot_count);
	const struct form_field *stack[FORM_MAX_FIELDS];
	size_t depth = 0, len = 0;

	for (size_t i = count; i-- > 0;)
		stack[depth++] = &fields[i];
	while (depth) {
		const struct form_field *field = stack[--depth];
		if (field->kind == FORM_SECTION) {
			for (size_t i = field->field_count; i-- > 0;)
				stack[depth++] = &field->fields[i];
		} else if (form_has_slot(field)) {
			entries[len++] = (struct feel_entry){ field->key, answer_value(&node->at[field->slot]) };
		}
	}
	return feel_context(entries, len);
}

static enum rc walk_rows(struct form_run *run, const struct form_field *field, struct answer *answer, bool *changed)
{
	struct feel_value *rows = ARENA_ARRAY(run->ctx->arena, struct feel_value, answer->row_count);

	for (size_t i = 0; i < answer->row_count; i++) {
		TRY(walk(run, field->fields, field->field_count, answer->rows[i], false, changed));
		rows[i] = row_value(run, field->fields, field->field_count, answer->rows[i], field->slot_count);
	}
	struct feel_value list = feel_list(rows, answer->row_count);
	if (answer->value.kind != FEEL_LIST || feel_equal(list, answer->value) != 1)
		*changed = true;
	answer->value = list;
	return RC_OK;
}

static enum rc walk_field(struct form_run *run, const struct form_field *field, struct node *node, bool is_hidden, bool *changed)
{
	struct answer *answer = &node->at[field->slot];

	if (answer->is_hidden != is_hidden) {
		answer->is_hidden = is_hidden;
		*changed = true;
	}
	if (is_hidden)
		return RC_OK;
	if (field->kind == FORM_ROWS)
		return walk_rows(run, field, answer, changed);
	if (field->kind == FORM_COMPUTED) {
		struct feel_value value;
		TRY(form_eval(run, field->computed, node, &value));
		bool is_set = value.kind != FEEL_NULL;
		if (is_set != answer->is_set || (is_set && feel_equal(value, answer->value) != 1))
			*changed = true;
		answer->is_set = is_set;
		answer->value = value;
	}
	return RC_OK;
}

static enum rc walk(struct form_run *run, const struct form_field *fields, size_t count, struct node *node, bool is_hidden,
	bool *changed)
{
	for (size_t i = 0; i < count; i++) {
		bool hides = false;
		if (!is_hidden)
			TRY(form_is_hidden(run, &fields[i], node, &hides));
		hides = hides || is_hidden;
		if (fields[i].kind == FORM_SECTION)
			TRY(walk(run, fields[i].fields, fields[i].field_count, node, hides, changed));
		else if (form_has_slot(&fields[i]))
			TRY(walk_field(run, &fields[i], node, hides, changed));
	}
	return RC_OK;
}

enum rc form_settle(struct form_run *run)
{
	bool changed = true;

	assert(run->form && run->root);
	for (int n = 0; n < MAX_WALKS && changed; n++) {
		changed = false;
		for (size_t page = 0; page < run->form->page_count; page++) {
			const struct form_page *p = &run->form->pages[page];
			struct feel_value hides = feel_null();
			if (p->hide)
				TRY(form_eval(run, p->hide, run->root, &hides));
			run->page_hidden[page] = feel_is_true(hides);
			TRY(walk(run, p->fields, p->field_count, run->root, run->page_hidden[page], &changed));
		}
	}
	return RC_OK;
}

struct sv form_value_text(struct form_run *run, struct feel_value value)
{
	struct buf buf;

	if (value.kind == FEEL_NULL)
		return (struct sv){ NULL, 0 };
	if (value.kind == FEEL_STRING)
		return value.text;
	buf_init(&buf, run->ctx->arena, FORM_MAX_TEXT * 4);
	feel_print(&buf, value);
	return buf_view(&buf);
}

struct sv form_register_value(struct form_run *run, const struct form_field *field)
{
	struct sv rest = field->prefill;
	const struct feel_value *value = run->context ? &run->context->names : NULL;

	if (sv_is_absent(rest) || !value || value->kind != FEEL_CONTEXT)
		return (struct sv){ NULL, 0 };
	value = feel_get(*value, SV("registers"));
	while (value && !sv_is_absent(rest))
		value = value->kind == FEEL_CONTEXT ? feel_get(*value, sv_cut(&rest, '.')) : NULL;
	return value ? form_value_text(run, *value) : (struct sv){ NULL, 0 };
}

bool form_is_locked(struct form_run *run, const struct form_field *field)
{
	return field->prefill_readonly && form_register_value(run, field).len != 0;
}
