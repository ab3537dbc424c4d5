/* Forms, answers and cases as views: what the pages of applicants and officers share. */
#include "base/civil.h"
#include "base/format.h"
#include "domain/casefile/casefile_show_int.h"
#include "domain/casefile/casefile_words_int.h"

#include "base/banned.h"

/* --- fields of a form page --- */

static const char *kind_word(enum form_kind kind)
{
	switch (kind) {
	case FORM_LONG_TEXT: return "textarea";
	case FORM_NUMBER: return "number";
	case FORM_CHECKBOX:
	case FORM_CHECKLIST: return "checkboxes";
	case FORM_RADIO: return "radios";
	case FORM_SELECT: return "select";
	case FORM_DATE: return "date";
	case FORM_FILE: return "file";
	case FORM_TEXT:
	case FORM_COMPUTED:
	case FORM_ROWS:
	case FORM_WORDS:
	case FORM_SECTION:
	case FORM_KIND_COUNT: break;
	}
	return "text";
}

/* What the field shows: typed just now, or else saved. */
static struct sv field_value(struct input_tree typed, const struct form_shown *shown)
{
	for (size_t i = 0; i < typed.len; i++)
		if (!typed.at[i].file && sv_equal(typed.at[i].name, shown->path))
			return typed.at[i].value;
	return shown->value;
}

static bool is_typed(struct input_tree typed, struct sv path, struct sv value)
{
	for (size_t i = 0; i < typed.len; i++)
		if (sv_equal(typed.at[i].name, path) && sv_equal(typed.at[i].value, value))
			return true;
	return false;
}

static struct html_options field_options(struct ctx *ctx, const struct form_shown *shown, struct input_tree typed, struct sv value)
{
	const struct form_field *field = shown->field;

	if (field->kind == FORM_CHECKBOX) {
		struct html_option *one = ARENA_NEW(ctx->arena, struct html_option);
		*one = (struct html_option){ .value = SV("true"), .label = bitext_pick(ctx, field->label),
			.selected = typed.len ? is_typed(typed, shown->path, SV("true")) : sv_equal(value, SV("true")) };
		return (struct html_options){ one, 1 };
	}
	struct html_option *options = ARENA_ARRAY(ctx->arena, struct html_option, field->option_count);
	for (size_t i = 0; i < field->option_count; i++) {
		options[i] = (struct html_option){ .value = field->options[i].value, .label = bitext_pick(ctx, field->options[i].label),
			.selected = sv_equal(value, field->options[i].value) || is_typed(typed, shown->path, field->options[i].value) };
		for (size_t j = 0; !typed.len && j < shown->chosen_count; j++)
			options[i].selected |= sv_equal(shown->chosen[j], field->options[i].value);
	}
	return (struct html_options){ options, field->option_count };
}

static struct sv file_names(struct ctx *ctx, const struct casefile_file *files, size_t count, struct sv path)
{
	struct buf buf;

	buf_init(&buf, ctx->arena, 64 * 1024);
	for (size_t i = 0; i < count; i++) {
		if (!sv_equal(files[i].field, path))
			continue;
		if (buf.len)
			buf_sv(&buf, SV(" · "));
		buf_sv(&buf, files[i].name);
	}
	return buf.len ? buf_view(&buf) : (struct sv){ NULL, 0 };
}

/* What a register holds, as people read it: the words of a choice, a day with its weekday. */
static struct sv register_words(struct ctx *ctx, const struct form_field *field, struct sv value)
{
	int64_t day;

	for (size_t i = 0; i < field->option_count; i++)
		if (sv_equal(field->options[i].value, value))
			return bitext_pick(ctx, field->options[i].label);
	if (field->kind == FORM_DATE && civil_parse_day(value, &day))
		return format_day(ctx, day);
	return value;
}

/* The summary of errors leads to the fields. */
static struct html_problems placed_problems(struct ctx *ctx, struct html_problems problems,
	const struct html_casefile_page_items *items, size_t count)
{
	struct html_problem *placed = ARENA_ARRAY(ctx->arena, struct html_problem, problems.len);

	for (size_t i = 0; i < problems.len; i++) {
		placed[i] = problems.at[i];
		for (size_t j = 0; j < count; j++)
			if (sv_equal(items[j].path, placed[i].field))
				placed[i].href = arena_printf(ctx->arena, "#field-%.*s", SV_FMT(items[j].name));
	}
	return (struct html_problems){ placed, problems.len };
}

/* What the supplement notice says about this field; absent where it says nothing. */
static struct sv wanted_at(const struct casefile_defect *defects, size_t count, struct sv path)
{
	for (size_t i = 0; i < count; i++)
		if (sv_equal(defects[i].field, path))
			return defects[i].text;
	return (struct sv){ NULL, 0 };
}

static struct sv register_source(struct ctx *ctx, struct sv prefill)
{
	struct sv rest = prefill, name = sv_cut(&rest, '.');

	return case_register_name(ctx, name);
}

enum rc casefile_show_fields(struct ctx *ctx, const struct request *request, const struct pad *pad,
	const struct case_form *form, const struct form_context *context, size_t page, struct html_casefile_page *view)
{
	struct form_shown *shown;
	struct casefile_file *files;
	struct casefile_defect *defects = NULL;
	size_t count, file_count, defect_count = 0;
	struct input_tree typed = { 0 };

	if (request->problem->rc != RC_OK)
		typed = request_typed_tree(ctx, request, "form");
	TRY(form_show_page(ctx, &(struct form_filled){ pad->c.service->form, form->answers, context }, page, &shown, &count));
	TRY(casefile_files(ctx, &pad->c, &files, &file_count));
	if (pad->c.state == CASE_SUPPLEMENT)
		TRY(casefile_defects(ctx, &pad->c, &defects, &defect_count));
	struct html_casefile_page_items *items = ARENA_ARRAY(ctx->arena, struct html_casefile_page_items, count);
	for (size_t i = 0; i < count; i++) {
		const struct form_field *field = shown[i].field;
		struct sv name = arena_printf(ctx->arena, "form.%.*s", SV_FMT(shown[i].path));
		struct sv value = field_value(typed, &shown[i]);
		bool offered = !sv_is_empty(shown[i].register_value) && !shown[i].is_locked;
		items[i] = (struct html_casefile_page_items){
			.path = shown[i].path,
			.kind = sv_of(kind_word(field->kind)),
			.name = name,
			.label = bitext_pick(ctx, field->label),
			.hint = bitext_pick(ctx, field->hint),
			.value = field->kind == FORM_FILE ? file_names(ctx, files, file_count, shown[i].path)
				: shown[i].is_locked ? register_words(ctx, field, value) : value,
			.error = html_problem_of(view->errors, shown[i].path),
			.wanted = wanted_at(defects, defect_count, shown[i].path),
			.options = field_options(ctx, &shown[i], typed, value),
			.required = field->required,
			.words = html_safe_markdown(ctx, bitext_pick(ctx, field->words)),
			.is_words = field->kind == FORM_WORDS,
			.is_section = field->kind == FORM_SECTION,
			.is_rows = field->kind == FORM_ROWS,
			.is_computed = field->kind == FORM_COMPUTED,
			.is_locked = shown[i].is_locked,
			.is_checkbox = field->kind == FORM_CHECKBOX,
			.rows = (int64_t)shown[i].rows,
			.row = (int64_t)shown[i].row + 1,
			.nested = shown[i].depth > 0,
			.held = offered ? register_words(ctx, field, shown[i].register_value) : (struct sv){ NULL, 0 },
			.held_used = offered && (sv_is_empty(value) || sv_equal(value, shown[i].register_value)),
			.source = sv_is_empty(field->prefill) ? (struct sv){ NULL, 0 } : register_source(ctx, field->prefill),
		};
	}
	view->items.at = items;
	view->items.len = count;
	view->errors = placed_problems(ctx, view->errors, items, count);
	view->page_key = pad->c.service->form->pages[page].key;
	return RC_OK;
}

/* --- check your answers --- */

static struct html_rows page_rows(struct ctx *ctx, const struct form_answer *answers, size_t count, size_t page,
	const struct casefile_file *files, size_t file_count, struct sv change)
{
	struct html_row *rows = ARENA_ARRAY(ctx->arena, struct html_row, count);
	size_t used = 0;

	for (size_t i = 0; i < count; i++) {
		if (answers[i].page != page)
			continue;
		struct sv value = answers[i].is_file ? file_names(ctx, files, file_count, answers[i].path) : answers[i].value;
		rows[used++] = (struct html_row){
			.key = answers[i].row ? arena_printf(ctx->arena, "%.*s %zu", SV_FMT(answers[i].label), answers[i].row)
					      : answers[i].label,
			.value = answers[i].row ? SV("") : value,
			.href = answers[i].is_fixed || answers[i].row || !change.len ? (struct sv){ NULL, 0 }
				: arena_printf(ctx->arena, "%.*s#field-form.%.*s", SV_FMT(change), SV_FMT(answers[i].path)),
			.heading = answers[i].row != 0,
		};
	}
	return (struct html_rows){ rows, used };
}

/* The answers by page; `change` false: nothing can be edited any more. */
enum rc casefile_answer_groups(struct ctx *ctx, const struct casefile *c, bool change, struct casefile_group **ret, size_t *ret_count)
{
	struct pad pad;
	struct case_form form;
	struct form_context context;
	struct form_answer *answers;
	struct casefile_file *files;
	size_t count, file_count, used = 0;

	TRY(pad_open(ctx, c->id, 0, &pad));
	TRY(case_form_read(ctx, pad.form, &form));
	TRY(case_form_context(ctx, &pad, &context));
	TRY(casefile_files(ctx, c, &files, &file_count));
	TRY(form_summary(ctx, &(struct form_filled){ c->service->form, form.answers, &context }, &answers, &count));
	struct casefile_group *groups = ARENA_ARRAY(ctx->arena, struct casefile_group, c->service->form->page_count);
	for (size_t i = 0; i < c->service->form->page_count; i++) {
		const struct form_page *page = &c->service->form->pages[i];
		struct sv href = change ? arena_printf(ctx->arena, "/cases/%s/pages/%.*s", id_text(ctx->arena, c->id).ptr,
						  SV_FMT(page->key))
					: (struct sv){ NULL, 0 };
		struct html_rows rows = page_rows(ctx, answers, count, i, files, file_count, href);
		if (rows.len)
			groups[used++] = (struct casefile_group){ bitext_pick(ctx, page->label), rows };
	}
	*ret = groups;
	*ret_count = used;
	return RC_OK;
}

enum rc casefile_show_answers(struct ctx *ctx, const struct casefile *c, struct html_casefile_check *view)
{
	struct casefile_group *groups;
	struct casefile_file *files;
	size_t count, file_count;

	TRY(casefile_answer_groups(ctx, c, view->editable, &groups, &count));
	struct html_casefile_check_groups *list = ARENA_ARRAY(ctx->arena, struct html_casefile_check_groups, count);
	for (size_t i = 0; i < count; i++)
		list[i] = (struct html_casefile_check_groups){ groups[i].label, groups[i].rows };
	view->groups.at = list;
	view->groups.len = count;
	TRY(casefile_files(ctx, c, &files, &file_count));
	struct html_casefile_check_files *shown = ARENA_ARRAY(ctx->arena, struct html_casefile_check_files, file_count);
	for (size_t i = 0; i < file_count; i++) {
		struct sv base = arena_printf(ctx->arena, "/cases/%s/files/%s", id_text(ctx->arena, c->id).ptr,
			id_text(ctx->arena, files[i].id).ptr);
		const struct service_material *material = service_material_find(c->service, files[i].material);
		shown[i] = (struct html_casefile_check_files){
			.name = files[i].name,
			.material = material ? bitext_pick(ctx, material->name) : SV(""),
			.href = base,
			.drop = arena_printf(ctx->arena, "%.*s/drop", SV_FMT(base)),
			.kib = (files[i].size + 1023) / 1024,
		};
	}
	view->files.at = shown;
	view->files.len = file_count;
	return RC_OK;
}

/* --- a supplement notice --- */

struct places {
	struct ctx *ctx;
	struct input_tree typed;
	struct html_casefile_work_places *at;
	size_t len;
};

static struct sv typed_at(struct input_tree typed, struct sv path)
{
	for (size_t i = 0; i < typed.len; i++)
		if (sv_equal(typed.at[i].name, path))
			return typed.at[i].value;
	return (struct sv){ NULL, 0 };
}

static void add_place(void *own, const struct form_field *field, size_t page, struct sv path)
{
	struct places *places = own;

	(void)page; /* one list for all pages */
	if (field->kind == FORM_WORDS || field->kind == FORM_SECTION || field->kind == FORM_COMPUTED || places->len == CASE_MAX_DEFECTS
		|| sv_find_byte(path, '.', 0) != SIZE_MAX)
		return;
	places->at[places->len++] = (struct html_casefile_work_places){
		.name = arena_printf(places->ctx->arena, "defect.%.*s", SV_FMT(path)),
		.label = bitext_pick(places->ctx, field->label),
		.text = typed_at(places->typed, path),
	};
}

void casefile_show_places(struct ctx *ctx, const struct request *request, const struct casefile *c, struct html_casefile_work *view)
{
	struct places places = { .ctx = ctx, .at = ARENA_ARRAY(ctx->arena, struct html_casefile_work_places, CASE_MAX_DEFECTS) };

	if (request->problem->rc != RC_OK)
		places.typed = request_typed_tree(ctx, request, "defect");

	if (view->can_supplement)
		form_each_field(ctx, c->service->form, add_place, &places);
	view->places.at = places.at;
	view->places.len = places.len;
}

/* --- a draft --- */

enum rc casefile_draft_page(struct ctx *ctx, const struct casefile *c, const struct request *request, struct response *response)
{
	struct pad pad;
	struct case_form form;
	struct form_context context;
	struct form_problems problems = { 0 };
	size_t count = 0;

	(void)request; /* the case says it all */
	TRY(pad_open(ctx, c->id, 0, &pad));
	TRY(case_form_read(ctx, pad.form, &form));
	TRY(case_form_context(ctx, &pad, &context));
	TRY(form_check(ctx, &(struct form_filled){ c->service->form, form.answers, &context }, NULL, &problems));
	struct html_casefile_draft_pages *pages = ARENA_ARRAY(ctx->arena, struct html_casefile_draft_pages, c->service->form->page_count);
	for (size_t i = 0; i < c->service->form->page_count; i++) {
		bool shown, ready = true;
		TRY(form_page_is_shown(ctx, &(struct form_filled){ c->service->form, form.answers, &context }, i, &shown));
		if (!shown)
			continue;
		for (size_t j = 0; j < problems.len; j++)
			ready &= problems.at[j].page != i;
		pages[count++] = (struct html_casefile_draft_pages){
			.label = bitext_pick(ctx, c->service->form->pages[i].label),
			.href = arena_printf(ctx->arena, "/cases/%s/pages/%.*s", id_text(ctx->arena, c->id).ptr,
				SV_FMT(c->service->form->pages[i].key)),
			.ready = ready,
		};
	}
	struct html_casefile_draft view = {
		.service = bitext_pick(ctx, c->service->name),
		.saved = c->saved_at,
		.pages = { pages, count },
		.complete = problems.len == 0,
		.check = casefile_href(ctx, c->id, "/check"),
		.drop = casefile_href(ctx, c->id, "/drop"),
	};
	return response_page(ctx, response, &html_casefile_draft_view, &view);
}

/* --- words --- */

struct sv casefile_sentence(struct ctx *ctx, const struct casefile *c)
{
	switch (c->state) {
	case CASE_DRAFT: return tr(ctx, N_("This is a draft. Nobody but you sees it until you submit it."));
	case CASE_FILED: return tr(ctx, N_("We have your application and check whether it is complete."));
	case CASE_SUPPLEMENT: return tr(ctx, N_("Something is missing. The next step is yours."));
	case CASE_NOT_ACCEPTED: return tr(ctx, N_("Your application was not accepted. The reasons stand below."));
	case CASE_ACCEPTED: return tr(ctx, N_("Your application is complete and is being decided."));
	case CASE_SUSPENDED: return tr(ctx, N_("The clock stands still during a special procedure. It runs again afterwards."));
	case CASE_GRANTED: return tr(ctx, N_("Your application is granted."));
	case CASE_REFUSED: return tr(ctx, N_("Your application is refused. The reasons and what you can do stand below."));
	case CASE_CLOSED: return tr(ctx, N_("Everything is done."));
	case CASE_WITHDRAWN: return tr(ctx, N_("You have withdrawn this application."));
	case CASE_TERMINATED: return tr(ctx, N_("This application has ended without a decision."));
	case CASE_STATE_COUNT: break;
	}
	return SV("");
}

struct sv casefile_step_name(struct ctx *ctx, const struct service *service, struct sv element)
{
	const struct bpmn_node *node = bpmn_node_find(service->process, element);

	if (!node)
		return element;
	struct sv name = bitext_pick(ctx, (struct bitext){ node->name, bpmn_attr(node, "name_en") });
	if (node->kind == BPMN_EXCLUSIVE_GATEWAY || node->kind == BPMN_INCLUSIVE_GATEWAY) /* only ever a step when a person takes it */
		return tr_args(ctx, N_("Decide by hand: {step}"), ARGS({ "step", name }));
	return name;
}

struct sv casefile_field_href(struct ctx *ctx, const struct casefile *c, struct sv field)
{
	const struct form *form = c->service->form;
	struct sv root = field;
	size_t bracket = sv_find_byte(field, '[', 0);

	if (bracket != SIZE_MAX)
		root.len = bracket;
	for (size_t i = 0; i < form->page_count; i++)
		for (size_t j = 0; j < form->pages[i].field_count; j++) {
			const struct form_field *f = &form->pages[i].fields[j];
			if (sv_equal(f->key, root) || (!sv_is_empty(f->material) && sv_equal(f->material, root)))
				return arena_printf(ctx->arena, "/cases/%s/pages/%.*s#field-form.%.*s",
					id_text(ctx->arena, c->id).ptr, SV_FMT(form->pages[i].key), SV_FMT(f->key));
		}
	return casefile_href(ctx, c->id, "/check");
}

struct html_options casefile_process_steps(struct ctx *ctx, const struct service *service)
{
	const struct bpmn_step *steps;
	size_t count = bpmn_steps(ctx->arena, service->process, &steps);
	struct html_option *list = ARENA_ARRAY(ctx->arena, struct html_option, count);

	for (size_t i = 0; i < count; i++) {
		const struct bpmn_node *node = steps[i].node;
		list[i] = (struct html_option){
			.label = bitext_pick(ctx, (struct bitext){ node->name, bpmn_attr(node, "name_en") }),
			.hint = node->lane ? bitext_pick(ctx, (struct bitext){ node->lane->name, bpmn_lane_attr(node->lane, "name_en") })
					   : SV(""),
			.selected = steps[i].group > 0,
		};
	}
	return (struct html_options){ list, count };
}

/* --- answers of query services --- */

static enum rc register_value_words(struct ctx *ctx, const struct service *service, struct sv name, struct sv field,
	struct feel_value value, struct sv *ret)
{
	const struct json *json;
	struct buf text;

	buf_init(&text, ctx->arena, CASE_MAX_RECORD);
	struct json_out out = json_out_to(&text);
	feel_to_json(&out, value);
	TRY(json_parse(ctx, field, buf_view(&text), &json_limits_file, &json));
	*ret = words_value(ctx, service, arena_printf(ctx->arena, "registers.%.*s.%.*s", SV_FMT(name), SV_FMT(field)), json);
	return RC_OK;
}

enum rc casefile_answer_rows(struct ctx *ctx, const struct casefile *c, struct html_rows *ret)
{
	size_t count = 0, used = 0;

	*ret = (struct html_rows){ 0 };
	if (c->service->handling != HANDLING_QUERY || c->state != CASE_CLOSED)
		return RC_OK;
	struct pad pad;
	TRY(pad_open(ctx, c->id, 0, &pad));
	struct flow flow;
	TRY(flow_open(ctx, &pad, &flow));
	struct feel_value all = flow.state ? bpmn_read(flow.state, 0, SV("registers")) : feel_null();
	for (size_t i = 0; all.kind == FEEL_CONTEXT && i < all.context.count; i++)
		if (all.context.at[i].value.kind == FEEL_CONTEXT)
			count += all.context.at[i].value.context.count;
	struct html_row *rows = ARENA_ARRAY(ctx->arena, struct html_row, count);
	for (size_t i = 0; all.kind == FEEL_CONTEXT && i < all.context.count; i++) {
		struct feel_value one = all.context.at[i].value;
		for (size_t j = 0; one.kind == FEEL_CONTEXT && j < one.context.count; j++) {
			struct sv name = all.context.at[i].key, field = one.context.at[j].key;
			rows[used++] = (struct html_row){ .key = case_register_field(ctx, name, field) };
			TRY(register_value_words(ctx, c->service, name, field, one.context.at[j].value, &rows[used - 1].value));
		}
	}
	*ret = (struct html_rows){ rows, used };
	return RC_OK;
}
