/* Pages as they are shown, check-your-answers, and finding things in a form. */
#include <assert.h>

#include "engine/form/form_int.h"

#include "base/format.h"

#include "base/banned.h"

size_t form_page_find(const struct form *form, struct sv key)
{
	for (size_t page = 0; page < form->page_count; page++)
		if (sv_equal(form->pages[page].key, key))
			return page;
	return SIZE_MAX;
}

static const struct form_field *find(const struct form_field *fields, size_t count, struct sv path)
{
	struct sv rest = path, key = sv_cut(&rest, '.');

	for (size_t i = 0; i < count; i++) {
		const struct form_field *field = &fields[i], *inner = NULL;
		if (field->kind == FORM_SECTION)
			inner = find(field->fields, field->field_count, path);
		else if (field->kind != FORM_WORDS && sv_equal(field->key, key))
			inner = sv_is_absent(rest) ? field : find(field->fields, field->field_count, rest);
		if (inner)
			return inner;
	}
	return NULL;
}

const struct form_field *form_field_find(const struct form *form, struct sv path)
{
	for (size_t page = 0; page < form->page_count; page++) {
		const struct form_field *field = find(form->pages[page].fields, form->pages[page].field_count, path);
		if (field)
			return field;
	}
	return NULL;
}

struct visit {
	struct ctx *ctx;
	void (*each)(void *own, const struct form_field *field, size_t page, struct sv path);
	void *own;
	size_t page;
};

static void visit_fields(const struct visit *visit, const struct form_field *fields, size_t count, struct sv prefix)
{
	for (size_t i = 0; i < count; i++) {
		const struct form_field *field = &fields[i];
		bool is_plain = field->kind == FORM_SECTION || field->kind == FORM_WORDS;
		struct sv path = is_plain ? prefix : form_path(visit->ctx->arena, prefix, field->key);
		visit->each(visit->own, field, visit->page, path);
		visit_fields(visit, field->fields, field->field_count, path);
	}
}

void form_each_field(struct ctx *ctx, const struct form *form,
	void (*each)(void *own, const struct form_field *field, size_t page, struct sv path), void *own)
{
	for (size_t page = 0; page < form->page_count; page++) {
		struct visit visit = { ctx, each, own, page };
		visit_fields(&visit, form->pages[page].fields, form->pages[page].field_count, SV(""));
	}
}

static void each_expr(const struct form_field *fields, size_t count,
	void (*each)(void *own, const struct feel_expr *expr, uint32_t line), void *own)
{
	for (size_t i = 0; i < count; i++) {
		const struct form_expr *exprs[] = { fields[i].hide, fields[i].valid, fields[i].computed };
		for (size_t k = 0; k < sizeof(exprs) / sizeof(exprs[0]); k++)
			if (exprs[k])
				each(own, exprs[k]->expr, exprs[k]->line);
		each_expr(fields[i].fields, fields[i].field_count, each, own);
	}
}

void form_each_expr(const struct form *form, void (*each)(void *own, const struct feel_expr *expr, uint32_t line), void *own)
{
	for (size_t page = 0; page < form->page_count; page++) {
		if (form->pages[page].hide)
			each(own, form->pages[page].hide->expr, form->pages[page].hide->line);
		each_expr(form->pages[page].fields, form->pages[page].field_count, each, own);
	}
}

/* --- a page --- */

struct show {
	struct form_run run;
	struct { VEC(struct form_shown); } list;
};

static enum rc show_fields(struct show *show, const struct form_field *fields, size_t count, struct node *node, struct sv prefix,
	unsigned depth, size_t row);

static struct sv shown_text(struct form_run *run, const struct form_field *field, const struct answer *answer)
{
	if (!answer->is_set)
		return SV("");
	return field->kind == FORM_COMPUTED || field->kind == FORM_CHECKBOX ? form_value_text(run, answer->value) : answer->text;
}

static enum rc show_answer(struct show *show, const struct form_field *field, struct node *node, struct form_shown *shown)
{
	const struct answer *answer = &node->at[field->slot];
	struct form_shown entry = *shown;

	if (answer->is_hidden)
		return RC_OK;
	entry.value = shown_text(&show->run, field, answer);
	entry.chosen = answer->chosen;
	entry.chosen_count = answer->chosen_count;
	entry.register_value = form_register_value(&show->run, field);
	entry.is_locked = form_is_locked(&show->run, field);
	entry.rows = answer->row_count;
	if (field->kind == FORM_ROWS && entry.rows == 0)
		entry.rows = (size_t)field->default_rows;
	*VEC_PUSH(show->run.ctx->arena, &show->list) = entry;
	for (size_t row = 0; field->kind == FORM_ROWS && row < entry.rows; row++) {
		struct node *inner = row < answer->row_count ? answer->rows[row]
							     : form_node_new(show->run.ctx, node, field->slot_count);
		TRY(show_fields(show, field->fields, field->field_count, inner,
			arena_printf(show->run.ctx->arena, "%.*s[%zu]", SV_FMT(entry.path), row), entry.depth + 1, row));
	}
	return RC_OK;
}

static enum rc show_fields(struct show *show, const struct form_field *fields, size_t count, struct node *node, struct sv prefix,
	unsigned depth, size_t row)
{
	for (size_t i = 0; i < count; i++) {
		const struct form_field *field = &fields[i];
		struct form_shown shown = { .field = field, .depth = depth, .row = row, .value = SV("") };
		bool is_hidden;
		shown.path = field->key.len ? form_path(show->run.ctx->arena, prefix, field->key) : prefix;
		if (form_has_slot(field)) {
			TRY(show_answer(show, field, node, &shown));
			continue;
		}
		TRY(form_is_hidden(&show->run, field, node, &is_hidden));
		if (is_hidden)
			continue;
		*VEC_PUSH(show->run.ctx->arena, &show->list) = shown;
		if (field->kind == FORM_SECTION)
			TRY(show_fields(show, field->fields, field->field_count, node, prefix, depth + 1, row));
	}
	return RC_OK;
}

enum rc form_show_page(struct ctx *ctx, const struct form_filled *filled, size_t page, struct form_shown **ret, size_t *ret_count)
{
	const struct form_page *p = &filled->form->pages[page];
	struct show show = { 0 };

	assert(page < filled->form->page_count);
	TRY(form_run_init(&show.run, ctx, filled, NULL));
	TRY(form_settle(&show.run));
	if (!show.run.page_hidden[page])
		TRY(show_fields(&show, p->fields, p->field_count, show.run.root, SV(""), 0, 0));
	*ret = show.list.at;
	*ret_count = show.list.len;
	return RC_OK;
}

enum rc form_page_is_shown(struct ctx *ctx, const struct form_filled *filled, size_t page, bool *ret)
{
	struct form_run run;

	assert(page < filled->form->page_count);
	TRY(form_run_init(&run, ctx, filled, NULL));
	TRY(form_settle(&run));
	*ret = !run.page_hidden[page];
	return RC_OK;
}

/* --- check your answers --- */

struct summary {
	struct form_run run;
	struct { VEC(struct form_answer); } list;
};

/* Text of an option's label; the value itself when it is none. */
static struct sv option_text(const struct ctx *ctx, const struct form_field *field, struct sv value)
{
	for (size_t i = 0; i < field->option_count; i++)
		if (sv_equal(field->options[i].value, value))
			return bitext_pick(ctx, field->options[i].label);
	return value;
}

static struct sv answer_words(struct form_run *run, const struct form_field *field, const struct answer *answer)
{
	struct ctx *ctx = run->ctx;
	struct buf buf;

	if (answer->is_raw)
		return answer->text;
	if (field->kind == FORM_RADIO || field->kind == FORM_SELECT)
		return option_text(ctx, field, answer->text);
	if (field->kind == FORM_CHECKBOX)
		return tr(ctx, feel_is_true(answer->value) ? N_("Yes") : N_("No"));
	if (answer->value.kind == FEEL_DATE)
		return format_day(ctx, answer->value.day);
	if (answer->value.kind == FEEL_NUMBER)
		return format_decimal(ctx, form_value_text(run, answer->value));
	if (field->kind != FORM_CHECKLIST)
		return form_value_text(run, answer->value);
	buf_init(&buf, ctx->arena, FORM_MAX_TEXT * 4);
	for (size_t i = 0; i < answer->chosen_count; i++) {
		if (i)
			buf_sv(&buf, tr(ctx, N_(", ")));
		buf_sv(&buf, option_text(ctx, field, answer->chosen[i]));
	}
	return buf_view(&buf);
}

static void sum_fields(struct summary *summary, const struct form_field *fields, size_t count, struct node *node, struct sv prefix);

static struct form_answer *sum_entry(struct summary *summary, const struct form_field *field, struct sv path)
{
	struct form_answer *entry = VEC_PUSH(summary->run.ctx->arena, &summary->list);

	*entry = (struct form_answer){ .page = summary->run.page, .path = path,
		.label = bitext_pick(summary->run.ctx, field->label), .is_sensitive = field->sensitive };
	return entry;
}

static void sum_answer(struct summary *summary, const struct form_field *field, struct node *node, struct sv path)
{
	const struct answer *answer = &node->at[field->slot];

	if (!answer->is_set || answer->is_hidden)
		return;
	if (field->kind != FORM_ROWS || answer->is_raw) {
		struct form_answer *entry = sum_entry(summary, field, path);
		entry->value = answer_words(&summary->run, field, answer);
		entry->is_fixed = field->kind == FORM_COMPUTED || form_is_locked(&summary->run, field);
		return;
	}
	for (size_t row = 0; row < answer->row_count; row++) {
		struct sv row_path = arena_printf(summary->run.ctx->arena, "%.*s[%zu]", SV_FMT(path), row);
		sum_entry(summary, field, row_path)->row = row + 1;
		sum_fields(summary, field->fields, field->field_count, answer->rows[row], row_path);
	}
}

static void sum_fields(struct summary *summary, const struct form_field *fields, size_t count, struct node *node, struct sv prefix)
{
	for (size_t i = 0; i < count; i++) {
		const struct form_field *field = &fields[i];
		if (field->kind == FORM_SECTION)
			sum_fields(summary, field->fields, field->field_count, node, prefix);
		if (!field->key.len)
			continue;
		struct sv path = form_path(summary->run.ctx->arena, prefix, field->key);
		if (form_has_slot(field))
			sum_answer(summary, field, node, path);
		else if (field->kind == FORM_FILE && form_has_file(&summary->run, path))
			sum_entry(summary, field, path)->is_file = true;
	}
}

enum rc form_summary(struct ctx *ctx, const struct form_filled *filled, struct form_answer **ret, size_t *ret_count)
{
	const struct form *form = filled->form;
	struct summary summary = { 0 };
	struct form_run *run = &summary.run;

	TRY(form_run_init(run, ctx, filled, NULL));
	TRY(form_settle(run));
	for (run->page = 0; run->page < form->page_count; run->page++)
		if (!run->page_hidden[run->page])
			sum_fields(&summary, form->pages[run->page].fields, form->pages[run->page].field_count, run->root, SV(""));
	*ret = summary.list.at;
	*ret_count = summary.list.len;
	return RC_OK;
}
