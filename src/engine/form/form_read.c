/* What was posted, into the answers. A name is a path: "key", or "key[row].key" inside repeatable blocks; "key[row]" alone
 * says that the row is there though nothing in it was ticked or typed. */
#include "engine/form/form_int.h"

#include <assert.h>

#include "base/banned.h"

/* A posted name, found in the form. */
struct place {
	const struct form_field *field;
	struct node *node;
	size_t page;
	bool is_row;  /* the name of a row itself */
	bool is_rows; /* the name of the whole block */
};

static const struct form_field *find_field(const struct form_field *fields, size_t count, struct sv key)
{
	for (size_t i = 0; i < count; i++) {
		const struct form_field *field = &fields[i];
		if (field->kind == FORM_SECTION)
			field = find_field(field->fields, field->field_count, key);
		else if (field->kind == FORM_WORDS || !sv_equal(field->key, key))
			field = NULL;
		if (field)
			return field;
	}
	return NULL;
}

/* Row `index` of the block, made if it is not there; NULL when the block cannot have it. */
static struct node *row_at(struct form_run *run, const struct form_field *field, struct node *node, size_t index)
{
	struct answer *answer = &node->at[field->slot];

	if (index >= FORM_MAX_ROWS)
		return NULL;
	if (index >= answer->row_cap) {
		size_t cap = index < 8 ? 16 : 2 * index;
		struct node **rows = ARENA_ARRAY(run->ctx->arena, struct node *, cap);
		if (answer->row_count)
			memcpy(rows, answer->rows, answer->row_count * sizeof(struct node *));
		answer->rows = rows;
		answer->row_cap = cap;
	}
	if (index >= answer->row_count)
		answer->row_count = index + 1;
	if (!answer->rows[index])
		answer->rows[index] = form_node_new(run->ctx, node, field->slot_count);
	answer->is_set = true;
	answer->is_raw = false;
	return answer->rows[index];
}

/* Cuts "[12]" off the front of the rest behind a key. */
static bool cut_row(struct sv *rest, size_t *ret)
{
	size_t end = sv_find_byte(*rest, ']', 0);
	int64_t number;

	if (end == SIZE_MAX || end > 4 || !sv_parse_i64(sv_slice(*rest, 1, end - 1), &number) || number < 0)
		return false;
	*ret = (size_t)number;
	*rest = sv_slice(*rest, end + 1, rest->len);
	return true;
}

/* Finds the place of a name among the fields of one block, making rows on the way. */
static bool find_place(struct form_run *run, const struct form_field *fields, size_t count, struct node *node, struct sv name,
	struct place *ret)
{
	size_t key_end = 0, row;

	while (key_end < name.len && name.ptr[key_end] != '[' && name.ptr[key_end] != '.')
		key_end++;
	const struct form_field *field = find_field(fields, count, sv_slice(name, 0, key_end));
	struct sv rest = sv_slice(name, key_end, name.len);
	if (!field)
		return false;
	if (rest.len == 0) {
		*ret = (struct place){ .field = field, .node = node, .is_rows = field->kind == FORM_ROWS };
		return true;
	}
	if (field->kind != FORM_ROWS || rest.ptr[0] != '[' || !cut_row(&rest, &row))
		return false;
	struct node *inner = row_at(run, field, node, row);
	if (!inner)
		return false;
	if (rest.len == 0) {
		*ret = (struct place){ .field = field, .node = node, .is_row = true };
		return true;
	}
	return rest.ptr[0] == '.'
		&& find_place(run, field->fields, field->field_count, inner, sv_slice(rest, 1, rest.len), ret);
}

static bool find_on_page(struct form_run *run, size_t page, struct sv name, struct place *ret)
{
	const struct form_page *p = &run->form->pages[page];

	if (!find_place(run, p->fields, p->field_count, run->root, name, ret))
		return false;
	ret->page = page;
	return true;
}

/* Everything on the page becomes empty before what was posted is put in. */
static void clear_fields(struct form_run *run, const struct form_field *fields, size_t count, struct node *node)
{
	for (size_t i = 0; i < count; i++) {
		const struct form_field *field = &fields[i];
		if (field->kind == FORM_SECTION)
			clear_fields(run, field->fields, field->field_count, node);
		else if (form_has_slot(field) && field->kind != FORM_COMPUTED && !form_is_locked(run, field))
			node->at[field->slot] = (struct answer){ 0 };
	}
}

/* An unticked box of the page is an answer: no. */
static void untick_fields(struct form_run *run, const struct form_field *fields, size_t count, struct node *node)
{
	for (size_t i = 0; i < count; i++) {
		const struct form_field *field = &fields[i];
		if (field->kind == FORM_SECTION) {
			untick_fields(run, field->fields, field->field_count, node);
			continue;
		}
		if (!form_has_slot(field))
			continue;
		struct answer *answer = &node->at[field->slot];
		if (field->kind == FORM_CHECKBOX && !answer->is_set)
			form_answer_type(run, field, answer, SV("false"));
		for (size_t row = 0; row < answer->row_count; row++)
			if (answer->rows[row])
				untick_fields(run, field->fields, field->field_count, answer->rows[row]);
	}
}

/* Rows that were taken out leave gaps. */
static void close_gaps(const struct form_field *fields, size_t count, struct node *node)
{
	for (size_t i = 0; i < count; i++) {
		const struct form_field *field = &fields[i];
		if (field->kind == FORM_SECTION)
			close_gaps(field->fields, field->field_count, node);
		if (field->kind != FORM_ROWS)
			continue;
		struct answer *answer = &node->at[field->slot];
		size_t kept = 0;
		for (size_t row = 0; row < answer->row_count; row++)
			if (answer->rows[row]) {
				answer->rows[kept++] = answer->rows[row];
				close_gaps(field->fields, field->field_count, answer->rows[row]);
			}
		answer->row_count = kept;
		answer->is_set = kept != 0;
	}
}

static enum rc unknown_name(struct form_run *run, struct sv name)
{
	return fail_field(run->ctx, name, N_("The form has no field {name} here. Please load the page again."), ARGS({ "name", name }));
}

/* `first` tells for a checklist whether this is its first tick of the request. */
static enum rc put(struct form_run *run, const struct place *place, const struct form_posted *posted, bool first)
{
	struct answer *answer = &place->node->at[place->field->slot];

	if (place->is_row)
		return RC_OK;
	if (place->is_rows || !form_has_slot(place->field) || place->field->kind == FORM_COMPUTED)
		return unknown_name(run, posted->name);
	if (place->field->kind == FORM_CHECKLIST && !first) {
		if (sv_trim(posted->value).len)
			form_answer_tick(run, answer, sv_trim(posted->value));
		return RC_OK;
	}
	if (!first)
		return fail_field(run->ctx, posted->name, N_("This field came twice. Please load the page again."), NULL);
	form_answer_type(run, place->field, answer, posted->value);
	return RC_OK;
}

static enum rc put_all(struct form_run *run, const struct form_posts *posts, size_t first_page, size_t end_page,
	bool *pages_touched)
{
	struct map seen = { 0 };

	for (size_t i = 0; i < posts->len; i++) {
		struct place place;
		bool found = false;
		for (size_t page = first_page; page < end_page && !found; page++)
			found = find_on_page(run, page, posts->at[i].name, &place);
		if (!found) {
			(void)unknown_name(run, posts->at[i].name); /* all of them are told */
			continue;
		}
		pages_touched[place.page] = true;
		bool first = map_put(run->ctx->arena, &seen, posts->at[i].name, (void *)&posts->at[i]);
		if (put(run, &place, &posts->at[i], first) != RC_OK)
			continue;
	}
	return run->ctx->err->rc;
}

static enum rc finish(struct form_run *run, const bool *pages, struct sv *ret_data)
{
	struct sv text;

	TRY(form_settle(run));
	TRY(form_data_text(run, &text));
	for (run->page = 0; run->page < run->form->page_count; run->page++) {
		const struct form_page *p = &run->form->pages[run->page];
		if (pages[run->page] && !run->page_hidden[run->page])
			TRY(form_check_fields(run, p->fields, p->field_count, run->root, SV("")));
	}
	*ret_data = text;
	return RC_OK;
}

enum rc form_read_page(struct ctx *ctx, const struct form_filled *filled, size_t page, const struct form_posts *posts,
	struct sv *ret_data, struct form_problems *problems)
{
	const struct form_page *p = &filled->form->pages[page];
	bool pages[FORM_MAX_PAGES] = { 0 };
	struct form_run run;

	assert(page < filled->form->page_count);
	TRY(form_run_init(&run, ctx, filled, problems));
	clear_fields(&run, p->fields, p->field_count, run.root);
	TRY(put_all(&run, posts, page, page + 1, pages));
	close_gaps(p->fields, p->field_count, run.root);
	untick_fields(&run, p->fields, p->field_count, run.root);
	pages[page] = true;
	return finish(&run, pages, ret_data);
}

enum rc form_read_fields(struct ctx *ctx, const struct form_filled *filled, const struct form_posts *posts, struct sv *ret_data,
	struct form_problems *problems)
{
	const struct form *form = filled->form;
	bool pages[FORM_MAX_PAGES] = { 0 };
	struct form_run run;
	struct form_problems all = { 0 };

	assert(posts->len == 0 || posts->at);
	TRY(form_run_init(&run, ctx, filled, &all));
	TRY(put_all(&run, posts, 0, form->page_count, pages));
	for (size_t page = 0; page < form->page_count; page++)
		close_gaps(form->pages[page].fields, form->pages[page].field_count, run.root);
	TRY(finish(&run, pages, ret_data));
	for (size_t i = 0; i < all.len; i++) /* only what was just typed is spoken of */
		for (size_t k = 0; k < posts->len; k++)
			if (sv_equal(all.at[i].path, posts->at[k].name)) {
				*VEC_PUSH(ctx->arena, problems) = all.at[i];
				break;
			}
	return RC_OK;
}

/* --- rows --- */

static enum rc find_rows(struct form_run *run, struct sv path, struct answer **ret, struct place *ret_place)
{
	for (size_t page = 0; page < run->form->page_count; page++)
		if (find_on_page(run, page, path, ret_place) && ret_place->is_rows) {
			*ret = &ret_place->node->at[ret_place->field->slot];
			return RC_OK;
		}
	return fail(run->ctx, RC_NOT_FOUND, N_("The form has no such list of rows."), NULL);
}

enum rc form_row_add(struct ctx *ctx, const struct form *form, struct sv path, struct sv data, struct sv *ret_data)
{
	struct form_run run;
	struct place place;
	struct answer *answer;

	TRY(form_run_init(&run, ctx, &(struct form_filled){ form, data, NULL }, NULL));
	TRY(find_rows(&run, path, &answer, &place));
	/* Where nothing is answered yet, the page shows the default number of empty rows. */
	size_t shown = answer->row_count ? answer->row_count : (size_t)place.field->default_rows;
	if ((int64_t)shown >= place.field->max_length)
		return fail_field(ctx, path, N_("There can be no more rows here."), NULL);
	for (size_t row = 0; row <= shown; row++)
		if (!row_at(&run, place.field, place.node, row))
			return fail_field(ctx, path, N_("There can be no more rows here."), NULL);
	return form_data_text(&run, ret_data);
}

enum rc form_row_remove(struct ctx *ctx, const struct form *form, struct sv path, size_t row, struct sv data, struct sv *ret_data)
{
	struct form_run run;
	struct place place;
	struct answer *answer;

	TRY(form_run_init(&run, ctx, &(struct form_filled){ form, data, NULL }, NULL));
	TRY(find_rows(&run, path, &answer, &place));
	if (row >= answer->row_count)
		return fail(ctx, RC_NOT_FOUND, N_("There is no such row."), NULL);
	memmove(&answer->rows[row], &answer->rows[row + 1], (answer->row_count - row - 1) * sizeof(struct node *));
	answer->row_count--;
	answer->is_set = answer->row_count != 0;
	return form_data_text(&run, ret_data);
}
