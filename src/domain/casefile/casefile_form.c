/* The answers of a case as one document: {"answers": {...}, "situation": {...}, "registers": {...}}. Answers are what
 * engine/form reads and writes; registers are what was fetched to fill fields in, with the applicant's knowledge. */
#include "domain/casefile/casefile_form_int.h"

#include <assert.h>
#include "domain/exchange/exchange.h"
#include "domain/registry/registry.h"

#include "base/banned.h"

enum { MAX_REGISTERS = 16, MAX_REGISTER_FIELDS = 64 };

static struct sv value_text(struct ctx *ctx, const struct json *value)
{
	struct buf buf;

	if (!value)
		return SV("{}");
	buf_init(&buf, ctx->arena, CASE_MAX_FORM);
	struct json_out out = json_out_to(&buf);
	json_out_value(&out, value);
	return buf_view(&buf);
}

enum rc case_form_read(struct ctx *ctx, struct sv document, struct case_form *ret)
{
	const struct json *json;

	TRY(json_parse(ctx, SV("form"), document, &json_limits_file, &json));
	*ret = (struct case_form){
		.answers = value_text(ctx, json_get(json, SV("answers"))),
		.situation = value_text(ctx, json_get(json, SV("situation"))),
		.registers = value_text(ctx, json_get(json, SV("registers"))),
		.json = json,
	};
	return RC_OK;
}

struct sv case_form_text(struct ctx *ctx, const struct case_form *form)
{
	struct buf buf;

	assert(!sv_is_empty(form->answers) && !sv_is_empty(form->situation) && !sv_is_empty(form->registers));
	buf_init(&buf, ctx->arena, CASE_MAX_FORM + 4096);
	struct json_out out = json_out_to(&buf);
	json_out_object(&out);
	json_out_key(&out, SV("answers"));
	json_out_number(&out, form->answers);
	json_out_key(&out, SV("situation"));
	json_out_number(&out, form->situation);
	json_out_key(&out, SV("registers"));
	json_out_number(&out, form->registers);
	json_out_object_end(&out);
	return buf_view(&buf);
}

enum rc case_form_context(struct ctx *ctx, const struct pad *pad, struct form_context *ret)
{
	struct sql_materials_of_rows files;

	TRY(flow_context(ctx, pad, &ret->names));
	TRY(sql_materials_of(ctx, pad->c.id, &files));
	struct sv *paths = ARENA_ARRAY(ctx->arena, struct sv, files.len);
	for (size_t i = 0; i < files.len; i++)
		paths[i] = files.at[i].field;
	ret->files = paths;
	ret->file_count = files.len;
	return RC_OK;
}

/* The label of the field at a path with rows ("members[2].name"). */
static struct sv field_label(struct ctx *ctx, const struct form *form, struct sv path)
{
	struct buf plain;
	bool in_row = false;

	buf_init(&plain, ctx->arena, 4096);
	for (size_t i = 0; i < path.len; i++) {
		in_row |= path.ptr[i] == '[';
		if (!in_row)
			buf_byte(&plain, path.ptr[i]);
		in_row &= path.ptr[i] != ']';
	}
	const struct form_field *field = form_field_find(form, buf_view(&plain));
	return field ? bitext_pick(ctx, field->label) : path;
}

enum rc case_form_problems(struct ctx *ctx, const struct form *form, const struct form_problems *problems)
{
	for (size_t i = 0; i < problems->len; i++) {
		const struct form_problem *problem = &problems->at[i];
		(void)fail_field(ctx, problem->path, N_("{problem}"), /* all are told together */
			ARGS({ "problem", form_problem_text(ctx, problem) }));
		error_label(ctx->err, ctx->err->field_count - 1, field_label(ctx, form, problem->path));
	}
	return problems->len ? RC_INVALID : RC_OK;
}

/* --- prefilling --- */

struct prefill {
	struct ctx *ctx;
	struct {
		struct sv name, fields[MAX_REGISTER_FIELDS];
		size_t count;
	} registers[MAX_REGISTERS];
	size_t count;
};

static void collect(void *own, const struct form_field *field, size_t page, struct sv path)
{
	struct prefill *prefill = own;
	struct sv name = field->prefill, wanted;
	size_t i = 0;

	(void)page, (void)path; /* the source alone counts */
	if (sv_is_empty(field->prefill))
		return;
	wanted = field->prefill;
	name = sv_cut(&wanted, '.');
	while (i < prefill->count && !sv_equal(prefill->registers[i].name, name))
		i++;
	if (i == MAX_REGISTERS || sv_is_absent(wanted))
		return;
	if (i == prefill->count)
		prefill->registers[prefill->count++].name = name;
	for (size_t j = 0; j < prefill->registers[i].count; j++)
		if (sv_equal(prefill->registers[i].fields[j], wanted))
			return;
	if (prefill->registers[i].count < MAX_REGISTER_FIELDS)
		prefill->registers[i].fields[prefill->registers[i].count++] = wanted;
}

static void print_answer(struct json_out *out, struct sv name, const struct exchange_answer *answer)
{
	json_out_key(out, name);
	if (!answer->found) {
		json_out_null(out);
		return;
	}
	json_out_object(out);
	for (size_t i = 0; i < answer->count; i++) {
		json_out_key(out, answer->values[i].field);
		json_out_number(out, answer->values[i].json);
	}
	json_out_object_end(out);
}

enum rc case_form_prefill(struct ctx *ctx, struct pad *pad, struct sv subject_code, struct case_form *form)
{
	static const struct sv purpose = SV_INIT("form-prefill"); /* city/purposes.yaml */
	struct prefill *prefill = ARENA_NEW(ctx->arena, struct prefill);
	struct bitext basis = { 0 };
	struct buf buf;

	form_each_field(ctx, pad->c.service->form, collect, prefill);
	if (prefill->count)
		TRY(exchange_purpose_basis(ctx, purpose, &basis));
	buf_init(&buf, ctx->arena, CASE_MAX_FORM);
	struct json_out out = json_out_to(&buf);
	json_out_object(&out);
	for (size_t i = 0; i < prefill->count; i++) {
		struct exchange_answer answer;
		TRY(exchange_read(ctx, &(struct exchange_request){
			.register_name = prefill->registers[i].name,
			.fields = prefill->registers[i].fields,
			.field_count = prefill->registers[i].count,
			.subject_code = subject_code,
			.purpose = purpose,
			.basis = basis,
			.case_id = pad->c.id,
			.department = pad->c.department,
		}, &answer));
		print_answer(&out, prefill->registers[i].name, &answer);
	}
	json_out_object_end(&out);
	form->registers = buf_view(&buf);
	return RC_OK;
}

/* --- fields that only a register may fill --- */

struct locked {
	struct ctx *ctx;
	const struct json *registers;
	struct form_posted *posted;
	size_t count;
};

static void collect_locked(void *own, const struct form_field *field, size_t page, struct sv path)
{
	struct locked *locked = own;

	(void)page; /* all pages at once */
	if (!field->prefill_readonly || locked->count == FORM_MAX_FIELDS)
		return;
	struct sv value = json_scalar(json_path(locked->registers, field->prefill));
	if (!sv_is_empty(value))
		locked->posted[locked->count++] = (struct form_posted){ arena_copy(locked->ctx->arena, path), value };
}

enum rc case_form_fill_locked(struct ctx *ctx, struct pad *pad, struct case_form *form)
{
	struct locked locked = { .ctx = ctx, .posted = ARENA_ARRAY(ctx->arena, struct form_posted, FORM_MAX_FIELDS) };
	struct form_context context;
	struct form_problems problems = { 0 };

	pad->form = case_form_text(ctx, form);
	TRY(case_form_context(ctx, pad, &context));
	TRY(json_parse(ctx, SV("registers"), form->registers, &json_limits_file, &locked.registers));
	form_each_field(ctx, pad->c.service->form, collect_locked, &locked);
	if (!locked.count)
		return RC_OK;
	/* what the register holds is taken as it is, even if the form would not have taken it */
	return form_read_fields(ctx, &(struct form_filled){ pad->c.service->form, form->answers, &context },
		&(struct form_posts){ locked.posted, locked.count }, &form->answers, &problems);
}

struct sv case_register_name(struct ctx *ctx, struct sv name)
{
	struct bitext title;

	return registry_title(ctx, name, &title) == RC_OK ? bitext_pick(ctx, title) : name;
}

struct sv case_register_field(struct ctx *ctx, struct sv name, struct sv field)
{
	struct registry registry;

	if (registry_describe(ctx, name, &registry) != RC_OK)
		return field;
	const struct registry_field *known = registry_field_find(&registry, field);
	return known ? bitext_pick(ctx, known->label) : field;
}
