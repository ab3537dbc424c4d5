/* Applying, page by page: start, the pages of the form, check your answers, submit. Everything works without a script; a
 * script only saves each field as it is typed (POST /cases/{id}/save) and shows conditional fields at once. The same pages
 * serve a case that waits for a supplement. */
#include "domain/casefile/casefile_form_int.h"
#include "domain/casefile/casefile_pages_int.h"
#include "domain/casefile/casefile_show_int.h"

#include "base/banned.h"

enum { UPLOAD_MAX = 64 << 20 };

/* --- start --- */

struct start {
	struct sv code;
	struct input_tree situation;
};
static const struct input_field start_fields[] = {
	INPUT(struct start, code, TEXT, .required = true, .max = 64),
	INPUT(struct start, situation, TREE),
};
static const struct input start_input = INPUT_OF(struct start, start_fields);

static struct html_options situation_options(struct ctx *ctx, const struct service_situation *situation, struct sv given)
{
	struct html_option *options = ARENA_ARRAY(ctx->arena, struct html_option, situation->option_count);

	for (size_t j = 0; j < situation->option_count; j++)
		options[j] = (struct html_option){ .value = situation->options[j].value,
			.label = bitext_pick(ctx, situation->options[j].label),
			.selected = sv_equal(given, situation->options[j].value) };
	return (struct html_options){ options, situation->option_count };
}

static struct sv given_for(struct input_tree given, struct sv id)
{
	for (size_t i = 0; i < given.len; i++)
		if (sv_equal(given.at[i].name, id))
			return given.at[i].value;
	return (struct sv){ NULL, 0 };
}

static bool is_option(const struct service_situation *situation, struct sv value)
{
	for (size_t i = 0; i < situation->option_count; i++)
		if (sv_equal(situation->options[i].value, value))
			return true;
	return false;
}

/* Every question has one of its answers: the form and the rules depend on them. */
static enum rc check_situation(struct ctx *ctx, const struct service *service, struct input_tree given)
{
	for (size_t i = 0; i < service->situation_count; i++) {
		const struct service_situation *situation = &service->situations[i];
		struct sv value = given_for(given, situation->id), field = arena_printf(ctx->arena, "situation.%.*s", SV_FMT(situation->id));
		if (sv_is_empty(value))
			(void)fail_field(ctx, field, N_("Please choose one."), NULL); /* told with the others below */
		else if (!is_option(situation, value))
			(void)fail_field(ctx, field, N_("Choose one of the options."), NULL);
		else
			continue;
		error_label(ctx->err, ctx->err->field_count - 1, bitext_pick(ctx, situation->question));
	}
	return ctx->err->rc;
}

static enum rc start_page(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct start *in = request->input;
	struct sv code = request->problem->rc == RC_OK ? in->code : request_typed(request, "code");
	const struct service *service;
	struct party party;
	struct input_tree typed = { 0 };

	TRY(catalogue_current(ctx, code, &service));
	TRY(identity_party_find(ctx, ctx->who->subject, &party));
	struct html_problems problems = html_problems_of(ctx, request->problem);
	if (request->problem->rc != RC_OK)
		typed = request_typed_tree(ctx, request, "situation");
	struct html_casefile_start_questions *questions =
		ARENA_ARRAY(ctx->arena, struct html_casefile_start_questions, service->situation_count);
	for (size_t i = 0; i < service->situation_count; i++)
		questions[i] = (struct html_casefile_start_questions){
			.name = arena_printf(ctx->arena, "situation.%.*s", SV_FMT(service->situations[i].id)),
			.question = bitext_pick(ctx, service->situations[i].question),
			.options = situation_options(ctx, &service->situations[i], given_for(typed, service->situations[i].id)),
			.error = html_problem_of(problems, arena_printf(ctx->arena, "situation.%.*s", SV_FMT(service->situations[i].id))),
		};
	struct html_casefile_start view = {
		.errors = problems,
		.service = bitext_pick(ctx, service->name),
		.applicant = party.name,
		.action = arena_printf(ctx->arena, "/services/%.*s/start", SV_FMT(code)),
		.back = arena_printf(ctx->arena, "/services/%.*s", SV_FMT(code)),
		.questions = { questions, service->situation_count },
	};
	return response_page(ctx, response, &html_casefile_start_view, &view);
}

static enum rc start_act(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct start *in = request->input;
	const struct service *service;
	struct buf buf;
	struct id id;

	TRY(catalogue_current(ctx, in->code, &service));
	TRY(check_situation(ctx, service, in->situation));
	buf_init(&buf, ctx->arena, 64 * 1024);
	struct json_out out = json_out_to(&buf);
	json_out_object(&out);
	for (size_t i = 0; i < service->situation_count; i++)
		json_out_member(&out, service->situations[i].id, given_for(in->situation, service->situations[i].id));
	json_out_object_end(&out);
	TRY(casefile_draft_open(ctx, in->code, buf_view(&buf), &id));
	return response_redirect(ctx, response, casefile_href(ctx, id, "/pages"), NULL);
}

/* --- the form --- */

struct page_ref {
	struct id id;
	struct sv page;
};
static const struct input_field page_ref_fields[] = {
	INPUT(struct page_ref, id, ID, .required = true),
	INPUT(struct page_ref, page, TEXT, .required = true, .max = 64),
};
static const struct input page_ref_input = INPUT_OF(struct page_ref, page_ref_fields);

struct one {
	struct id id;
};
static const struct input_field one_fields[] = { INPUT(struct one, id, ID, .required = true) };
static const struct input one_input = INPUT_OF(struct one, one_fields);

struct page_post {
	struct id id;
	struct sv page, next;
	int64_t revision;
	struct input_tree form, use;
};
static const struct input_field page_post_fields[] = {
	INPUT(struct page_post, id, ID, .required = true),
	INPUT(struct page_post, page, TEXT, .required = true, .max = 64),
	INPUT(struct page_post, next, TEXT, .max = 200),
	INPUT(struct page_post, revision, INT, .min = 1, .max = INT64_MAX),
	INPUT(struct page_post, form, TREE),
	INPUT(struct page_post, use, TREE),
};
static const struct input page_post_input = INPUT_OF(struct page_post, page_post_fields);

static enum rc open_own(struct ctx *ctx, struct id id, struct pad *pad, struct case_form *form, struct form_context *context)
{
	TRY(pad_open(ctx, id, 0, pad));
	TRY(casefile_is_own(ctx, &pad->c));
	TRY(case_form_read(ctx, pad->form, form));
	return case_form_context(ctx, pad, context);
}

static enum rc find_page(struct ctx *ctx, const struct pad *pad, struct sv key, size_t *ret)
{
	size_t page = form_page_find(pad->c.service->form, key);

	if (page == SIZE_MAX)
		return fail(ctx, RC_NOT_FOUND, N_("The form has no such page."), NULL);
	*ret = page;
	return RC_OK;
}

/* Number of the page among those that are asked, how many there are, and which one follows (SIZE_MAX: none). */
static enum rc page_place(struct ctx *ctx, const struct pad *pad, const struct case_form *form,
	const struct form_context *context, size_t page, struct page_place *ret)
{
	struct page_place place = { .next = SIZE_MAX, .previous = SIZE_MAX };

	for (size_t i = 0; i < pad->c.service->form->page_count; i++) {
		bool shown;
		TRY(form_page_is_shown(ctx, &(struct form_filled){ pad->c.service->form, form->answers, context }, i, &shown));
		if (!shown && i != page)
			continue;
		place.count++;
		if (i <= page)
			place.number++;
		if (i < page)
			place.previous = i;
		if (i > page && place.next == SIZE_MAX)
			place.next = i;
	}
	*ret = place;
	return RC_OK;
}

static struct sv page_href(struct ctx *ctx, const struct pad *pad, size_t page)
{
	return arena_printf(ctx->arena, "/cases/%s/pages/%.*s", id_text(ctx->arena, pad->c.id).ptr,
		SV_FMT(pad->c.service->form->pages[page].key));
}

static enum rc show_page(struct ctx *ctx, const struct request *request, struct response *response, struct id id, struct sv key)
{
	struct pad pad;
	struct case_form form;
	struct form_context context;
	struct page_place place;
	size_t page = 0;

	TRY(open_own(ctx, id, &pad, &form, &context));
	TRY(find_page(ctx, &pad, key, &page));
	TRY(page_place(ctx, &pad, &form, &context, page, &place));
	const struct form_page *shown = &pad.c.service->form->pages[page];
	struct html_casefile_page view = {
		.errors = html_problems_of(ctx, request->problem),
		.service = bitext_pick(ctx, pad.c.service->name),
		.label = bitext_pick(ctx, shown->label),
		.hint = bitext_pick(ctx, shown->hint),
		.number = place.number,
		.count = place.count,
		.action = page_href(ctx, &pad, page),
		.save = casefile_href(ctx, id, "/save"),
		.back = place.previous == SIZE_MAX ? casefile_href(ctx, id, "") : page_href(ctx, &pad, place.previous),
		.revision = pad.c.revision,
		.saved = { true, pad.c.saved_at },
		.last = place.next == SIZE_MAX,
	};
	TRY(casefile_show_fields(ctx, request, &pad, &form, &context, page, &view));
	return response_page(ctx, response, &html_casefile_page_view, &view);
}

static enum rc page_page(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct page_ref *in = request->input;

	return show_page(ctx, request, response, in->id, in->page);
}

static enum rc page_again(struct ctx *ctx, const struct request *request, struct response *response)
{
	struct id id;

	if (!id_parse(request_typed(request, "id"), &id))
		return fail(ctx, RC_NOT_FOUND, N_("There is no such case, or it is not yours to see."), NULL);
	return show_page(ctx, request, response, id, request_typed(request, "page"));
}

static const struct sv *used_value(const struct pad *pad, const struct case_form *form, const struct page_post *in, struct sv path,
	struct sv *value)
{
	const struct form_field *field = form_field_find(pad->c.service->form, path);
	bool use = false;

	for (size_t i = 0; i < in->use.len; i++)
		use |= sv_equal(in->use.at[i].name, path);
	if (!use || !field || sv_is_empty(field->prefill))
		return NULL;
	*value = json_scalar(json_path(json_get(form->json, SV("registers")), field->prefill));
	return sv_is_absent(*value) ? NULL : value;
}

/* What was posted, with the register's value in place of fields where it was chosen. */
static struct form_posted *posted_fields(struct ctx *ctx, const struct pad *pad, const struct case_form *form,
	const struct page_post *in, size_t *ret_count)
{
	struct form_posted *posted = ARENA_ARRAY(ctx->arena, struct form_posted, in->form.len + in->use.len);
	size_t count = 0;
	struct sv value;

	for (size_t i = 0; i < in->form.len; i++) {
		if (in->form.at[i].file)
			continue;
		if (form_field_find(pad->c.service->form, in->form.at[i].name)
			&& form_field_find(pad->c.service->form, in->form.at[i].name)->kind == FORM_FILE)
			continue; /* an empty file input */
		if (used_value(pad, form, in, in->form.at[i].name, &value))
			continue;
		posted[count++] = (struct form_posted){ in->form.at[i].name, in->form.at[i].value };
	}
	for (size_t i = 0; i < in->use.len; i++)
		if (used_value(pad, form, in, in->use.at[i].name, &value))
			posted[count++] = (struct form_posted){ in->use.at[i].name, value };
	*ret_count = count;
	return posted;
}

static enum rc check_type(struct ctx *ctx, const struct service_material *material, struct sv field, const struct upload *file)
{
	static const char *const types[] = { [MATERIAL_PDF] = "application/pdf", [MATERIAL_JPEG] = "image/jpeg",
		[MATERIAL_PNG] = "image/png", [MATERIAL_OFD] = "application/ofd" };

	if (file->size > material->max_bytes)
		return fail_field(ctx, field, N_("The file is larger than this material may be. Send a smaller scan."), NULL);
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if ((material->accept >> i & 1) && sv_equal_z(sv_of(file->type), types[i]))
			return RC_OK;
	return fail_field(ctx, field, N_("This kind of file is not taken here. Send a PDF or a photo."), NULL);
}

static enum rc keep_files(struct ctx *ctx, const struct pad *pad, const struct input_tree *form)
{
	for (size_t i = 0; i < form->len; i++) {
		const struct upload *file = form->at[i].file;
		const struct form_field *field = form_field_find(pad->c.service->form, form->at[i].name);
		if (!file)
			continue;
		const struct service_material *material =
			field && field->kind == FORM_FILE ? service_material_find(pad->c.service, field->material) : NULL;
		if (!material)
			return fail_field(ctx, form->at[i].name, N_("No file is asked for here."), NULL);
		TRY(check_type(ctx, material, form->at[i].name, file));
		TRY(casefile_file_add(ctx, pad->c.id, &(struct casefile_file){ .material = material->id, .field = form->at[i].name,
			.sha256 = file->sha256, .type = sv_of(file->type), .name = file->name, .size = file->size }));
	}
	return RC_OK;
}

static struct sv after_page(struct ctx *ctx, const struct pad *pad, const struct page_post *in, const struct page_place *place)
{
	if (sv_equal(in->next, SV("check")))
		return casefile_href(ctx, pad->c.id, "/check");
	return place->next == SIZE_MAX ? casefile_href(ctx, pad->c.id, "/check") : page_href(ctx, pad, place->next);
}

/* A button of a repeatable block: "row.PATH" adds a row, "unrow.PATH" takes the last one away. What was typed on the page is
 * kept as it is, right or wrong, and the page is shown again. */
static bool is_row_button(struct sv next)
{
	return sv_has_prefix(next, SV("row.")) || sv_has_prefix(next, SV("unrow."));
}

static enum rc change_rows(struct ctx *ctx, const struct pad *pad, const struct page_post *in, struct case_form *form)
{
	bool adds = sv_has_prefix(in->next, SV("row."));
	struct sv path = sv_slice(in->next, adds ? 4 : 6, in->next.len);
	const struct json *answers;
	int64_t revision;

	TRY(json_parse(ctx, SV("form"), form->answers, &json_limits_file, &answers));
	size_t rows = json_count(json_path(answers, path));
	if (adds)
		TRY(form_row_add(ctx, pad->c.service->form, path, form->answers, &form->answers));
	else if (rows > 0)
		TRY(form_row_remove(ctx, pad->c.service->form, path, rows - 1, form->answers, &form->answers));
	return casefile_draft_save(ctx, in->id, pad->c.revision, case_form_text(ctx, form), &revision);
}

static enum rc page_act(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct page_post *in = request->input;
	struct pad pad;
	struct case_form form;
	struct form_context context;
	struct form_problems problems = { 0 };
	struct page_place place;
	size_t page = 0, count;
	int64_t revision;

	TRY(open_own(ctx, in->id, &pad, &form, &context));
	TRY(find_page(ctx, &pad, in->page, &page));
	if (in->revision != INPUT_ABSENT && in->revision != pad.c.revision)
		return fail(ctx, RC_CONFLICT,
			N_("This page was also changed elsewhere. Compare what you typed with what is saved, then send it again."), NULL);
	const struct form_posted *posted = posted_fields(ctx, &pad, &form, in, &count);
	TRY(form_read_page(ctx, &(struct form_filled){ pad.c.service->form, form.answers, &context },
		page, &(struct form_posts){ posted, count }, &form.answers, &problems));
	TRY(keep_files(ctx, &pad, &in->form));
	if (is_row_button(in->next)) {
		TRY(change_rows(ctx, &pad, in, &form));
		return response_redirect(ctx, response, page_href(ctx, &pad, page), NULL);
	}
	TRY(case_form_context(ctx, &pad, &context)); /* files just kept count as there */
	size_t used = 0;
	for (size_t i = 0; i < problems.len; i++) {
		bool has_file = false;
		for (size_t j = 0; j < context.file_count; j++)
			has_file |= sv_equal(context.files[j], problems.at[i].path);
		if (!has_file)
			problems.at[used++] = problems.at[i];
	}
	problems.len = used;
	TRY(case_form_problems(ctx, pad.c.service->form, &problems));
	TRY(casefile_draft_save(ctx, in->id, pad.c.revision, case_form_text(ctx, &form), &revision));
	TRY(page_place(ctx, &pad, &form, &context, page, &place));
	return response_redirect(ctx, response, after_page(ctx, &pad, in, &place), NULL);
}

/* --- autosave --- */

struct save {
	struct id id;
	int64_t revision;
	struct input_tree form;
};
static const struct input_field save_fields[] = {
	INPUT(struct save, id, ID, .required = true),
	INPUT(struct save, revision, INT, .min = 0),
	INPUT(struct save, form, TREE),
};
static const struct input save_input = INPUT_OF(struct save, save_fields);

static enum rc save_act(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct save *in = request->input;
	struct pad pad;
	struct case_form form;
	struct form_context context;
	struct form_problems problems = { 0 };
	int64_t revision;
	struct buf buf;

	TRY(open_own(ctx, in->id, &pad, &form, &context));
	if (in->revision != INPUT_ABSENT && in->revision != pad.c.revision)
		return fail(ctx, RC_CONFLICT,
			N_("This page was also changed elsewhere. Compare what you typed with what is saved, then send it again."), NULL);
	struct form_posted *posted = ARENA_ARRAY(ctx->arena, struct form_posted, in->form.len);
	for (size_t i = 0; i < in->form.len; i++)
		posted[i] = (struct form_posted){ in->form.at[i].name, in->form.at[i].value };
	TRY(form_read_fields(ctx, &(struct form_filled){ pad.c.service->form, form.answers, &context },
		&(struct form_posts){ posted, in->form.len }, &form.answers, &problems));
	TRY(casefile_draft_save(ctx, in->id, pad.c.revision, case_form_text(ctx, &form), &revision));
	buf_init(&buf, ctx->arena, 4096);
	struct json_out out = json_out_to(&buf);
	json_out_object(&out);
	json_out_member_i64(&out, SV("saved"), clock_now(ctx->clock));
	json_out_member_i64(&out, SV("revision"), revision);
	json_out_object_end(&out);
	return response_json(ctx, response, buf_view(&buf));
}

/* --- check your answers, submit --- */

static enum rc first_page(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct one *in = request->input;
	struct pad pad;
	struct case_form form;
	struct form_context context;

	TRY(open_own(ctx, in->id, &pad, &form, &context));
	for (size_t i = 0; i < pad.c.service->form->page_count; i++) {
		bool shown;
		TRY(form_page_is_shown(ctx, &(struct form_filled){ pad.c.service->form, form.answers, &context }, i, &shown));
		if (shown)
			return response_redirect(ctx, response, page_href(ctx, &pad, i), NULL);
	}
	return response_redirect(ctx, response, casefile_href(ctx, in->id, "/check"), NULL);
}

static enum rc check_page(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct one *in = request->input;
	struct casefile c;
	struct id id;

	if (request->problem->rc == RC_OK)
		id = in->id;
	else if (!id_parse(request_typed(request, "id"), &id))
		return fail(ctx, RC_NOT_FOUND, N_("There is no such case, or it is not yours to see."), NULL);
	TRY(casefile_find(ctx, id, &c));
	struct html_casefile_check view = {
		.errors = html_problems_of(ctx, request->problem),
		.service = bitext_pick(ctx, c.service->name),
		.number = c.number,
		.action = casefile_href(ctx, c.id, "/submit"),
		.back = casefile_href(ctx, c.id, ""),
		.revision = c.revision,
		.editable = c.state == CASE_DRAFT || c.state == CASE_SUPPLEMENT,
		.supplement = c.state == CASE_SUPPLEMENT,
		.drop = c.state == CASE_DRAFT ? casefile_href(ctx, c.id, "/drop") : (struct sv){ NULL, 0 },
		.query = c.service->handling == HANDLING_QUERY,
		.acceptance = c.service->acceptance.days,
		.promised = c.service->promised.days,
	};
	TRY(casefile_show_answers(ctx, &c, &view));
	return response_page(ctx, response, &html_casefile_check_view, &view);
}

struct submit {
	struct id id;
	int64_t revision;
};
static const struct input_field submit_fields[] = {
	INPUT(struct submit, id, ID, .required = true),
	INPUT(struct submit, revision, INT, .min = 1, .max = INT64_MAX),
};
static const struct input submit_input = INPUT_OF(struct submit, submit_fields);

static enum rc submit_act(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct submit *in = request->input;
	int64_t revision = in->revision == INPUT_ABSENT ? 0 : in->revision;
	struct pad pad;

	TRY(pad_open(ctx, in->id, 0, &pad));
	if (pad.c.state == CASE_SUPPLEMENT) {
		TRY(casefile_supplement(ctx, in->id, revision, (struct sv){ NULL, 0 }));
		return response_redirect(ctx, response, casefile_href(ctx, in->id, ""), N_("Your supplement is sent."));
	}
	TRY(casefile_submit(ctx, in->id, revision));
	return response_redirect(ctx, response, casefile_href(ctx, in->id, ""), N_("Your application is filed."));
}

static enum rc drop_act(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct one *in = request->input;

	TRY(casefile_draft_drop(ctx, in->id));
	return response_redirect(ctx, response, SV("/cases"), N_("The draft is deleted."));
}

/* --- files --- */

struct file_ref {
	struct id id, file;
};
static const struct input_field file_ref_fields[] = {
	INPUT(struct file_ref, id, ID, .required = true),
	INPUT(struct file_ref, file, ID, .required = true),
};
static const struct input file_ref_input = INPUT_OF(struct file_ref, file_ref_fields);

static enum rc file_page(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct file_ref *in = request->input;
	struct casefile c;
	struct casefile_file *files;
	size_t count;

	TRY(casefile_find(ctx, in->id, &c));
	TRY(casefile_files(ctx, &c, &files, &count));
	for (size_t i = 0; i < count; i++)
		if (id_equal(files[i].id, in->file))
			return response_file(ctx, response, files[i].sha256, arena_z(ctx->arena, files[i].type), files[i].name);
	return fail(ctx, RC_NOT_FOUND, N_("There is no such file in this case."), NULL);
}

static enum rc file_drop_act(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct file_ref *in = request->input;

	TRY(casefile_file_drop(ctx, in->id, in->file));
	return response_redirect(ctx, response, casefile_href(ctx, in->id, "/check"), N_("The file is removed."));
}

static const struct route casefile_apply_routes[] = {
	{ "GET", "/services/{code}/start", NEEDS(PERMISSION_APPLY), &start_input, start_page, .view = &html_casefile_start_view,
		.summary = N_("Questions before an application begins") },
	{ "POST", "/services/{code}/start", NEEDS(PERMISSION_APPLY), &start_input, start_act, .on_invalid = start_page,
		.body = BODY_FORM, .summary = N_("Begin an application") },
	{ "GET", "/cases/{id}/pages", NEEDS(PERMISSION_APPLY), &one_input, first_page, .summary = N_("First page of the form") },
	{ "GET", "/cases/{id}/pages/{page}", NEEDS(PERMISSION_APPLY), &page_ref_input, page_page,
		.view = &html_casefile_page_view, .summary = N_("A page of the form") },
	{ "POST", "/cases/{id}/pages/{page}", NEEDS(PERMISSION_APPLY), &page_post_input, page_act, .on_invalid = page_again,
		.body = BODY_UPLOAD, .body_max = UPLOAD_MAX, .summary = N_("Save a page of the form") },
	{ "POST", "/cases/{id}/save", NEEDS(PERMISSION_APPLY), &save_input, save_act, .body = BODY_FORM,
		.body_max = CASE_MAX_FORM, .summary = N_("Save single fields as they are typed") },
	{ "GET", "/cases/{id}/check", NEEDS(PERMISSION_APPLY), &one_input, check_page, .view = &html_casefile_check_view,
		.summary = N_("All answers, to be checked") },
	{ "POST", "/cases/{id}/submit", NEEDS(PERMISSION_APPLY), &submit_input, submit_act, .on_invalid = check_page,
		.body = BODY_FORM, .summary = N_("Submit the application or the supplement") },
	{ "POST", "/cases/{id}/drop", NEEDS(PERMISSION_APPLY), &one_input, drop_act, .body = BODY_FORM,
		.summary = N_("Delete a draft") },
	{ "GET", "/cases/{id}/files/{file}", NEEDS(PERMISSION_SIGNED_IN), &file_ref_input, file_page,
		.summary = N_("A file of the case"), .flags = ROUTE_WRITES },
	{ "POST", "/cases/{id}/files/{file}/drop", NEEDS(PERMISSION_APPLY), &file_ref_input, file_drop_act, .body = BODY_FORM,
		.summary = N_("Remove a file") },
};

const struct module casefile_apply_module = { .name = "casefile.apply", MODULE_LIST(route, casefile_apply_routes) };
