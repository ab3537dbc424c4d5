/* The lint of a service folder: what each file is right about alone, but wrong about together. Structure of the process is
 * checked by engine/bpmn, expressions by their compilers; here names meet: fields in rules, acts and outcomes, decisions,
 * registers, materials, languages. Each fault has its file and line. */
#include "base/map.h"
#include "base/vec.h"
#include "base/yaml.h"
#include "domain/catalogue/catalogue_int.h"
#include "engine/bpmn/bpmn.h"
#include "engine/dmn/dmn.h"
#include "engine/feel/feel.h"
#include "engine/form/form.h"

#include "base/banned.h"

struct gaps {
	VEC(const struct dmn_problem *);
};

struct lint {
	struct ctx *ctx;
	struct service_problems *problems;
	const struct service *service;
	struct map names;     /* that expressions may read */
	struct map materials; /* used by a field of the form */
	struct sv file;
};

static void fault(struct lint *lint, struct sv file, uint32_t line, const char *msgid, struct sv name)
{
	service_problem_add(lint->ctx, lint->problems, file, line, msgid, ARGS({ "name", name }));
}

static void know(struct lint *lint, struct sv name)
{
	map_put(lint->ctx->arena, &lint->names, name, lint);
}

/* --- names that expressions may read --- */

static void know_field(void *own, const struct form_field *field, size_t page, struct sv path)
{
	struct lint *lint = own;

	(void)page, (void)path; /* names are those of the fields */
	if (!sv_is_empty(field->key))
		know(lint, field->key);
}

static void know_names(struct lint *lint)
{
	static const char *const always[] = { "applicant", "situation", "registers", "case", "outcome", "reason", "department", "votes",
		"nrOfInstances", "nrOfActiveInstances", "nrOfCompletedInstances", "loopCounter", "item", "?" };
	const struct bpmn_model *process = lint->service->process;

	for (size_t i = 0; i < sizeof(always) / sizeof(*always); i++)
		know(lint, sv_of(always[i]));
	form_each_field(lint->ctx, lint->service->form, know_field, lint);
	for (size_t i = 0; i < bpmn_node_count(process); i++) {
		const struct bpmn_node *node = bpmn_node_at(process, i);
		if (!sv_is_empty(bpmn_attr(node, "variable")))
			know(lint, bpmn_attr(node, "variable"));
		if (!sv_is_empty(bpmn_attr(node, "element")))
			know(lint, bpmn_attr(node, "element"));
	}
}

static void check_reads(struct lint *lint, struct sv file, uint32_t line, const struct feel_expr *expr)
{
	size_t count;
	const struct feel_read *reads = feel_reads(expr, &count);

	for (size_t i = 0; i < count; i++)
		if (!map_has(&lint->names, reads[i].name))
			fault(lint, file, line ? line : reads[i].line,
				N_("“{name}” is read here, but no field, register or decision has that name."), reads[i].name);
}

static void check_form_expr(void *own, const struct feel_expr *expr, uint32_t line)
{
	struct lint *lint = own;

	check_reads(lint, SV("form.json"), line, expr);
}

/* --- the form --- */

static void check_languages(struct lint *lint, struct sv file, uint32_t line, struct bitext text, struct sv name)
{
	if (sv_is_empty(text.zh))
		fault(lint, file, line, N_("The Chinese text of “{name}” is missing."), name);
	if (sv_is_empty(text.en))
		fault(lint, file, line, N_("The English text of “{name}” is missing."), name);
}

static void check_field(void *own, const struct form_field *field, size_t page, struct sv path)
{
	struct lint *lint = own;
	const struct service_material *material;

	(void)page; /* the line says where */
	if (field->kind != FORM_WORDS)
		check_languages(lint, SV("form.json"), field->line, field->label, path);
	for (size_t i = 0; i < field->option_count; i++)
		check_languages(lint, SV("form.json"), field->line, field->options[i].label, field->options[i].value);
	if (field->kind != FORM_FILE)
		return;
	material = service_material_find(lint->service, field->material);
	if (!material)
		fault(lint, SV("form.json"), field->line, N_("The file field “{name}” names a material that the card does not list."), path);
	else
		map_put(lint->ctx->arena, &lint->materials, field->material, lint);
}

static void check_materials(struct lint *lint)
{
	for (size_t i = 0; i < lint->service->material_count; i++) {
		const struct service_material *material = &lint->service->materials[i];
		if (material->source == MATERIAL_UPLOAD && !map_has(&lint->materials, material->id))
			fault(lint, SV("service.yaml"), material->line,
				N_("The material “{name}” is asked for, but no field of the form takes it."), material->id);
		if (material->when)
			check_reads(lint, SV("service.yaml"), material->line, material->when);
	}
}

/* --- the process --- */

static bool is_one_of(struct sv word, const char *const *words)
{
	for (; *words; words++)
		if (sv_equal_z(word, *words))
			return true;
	return false;
}

static void check_user_task(struct lint *lint, const struct bpmn_node *node)
{
	static const char *const acts[] = { "accept", "review", "inspect", "countersign", "decide", "deliver", NULL };
	struct sv procedure = bpmn_attr(node, "procedure");

	if (!is_one_of(bpmn_attr(node, "act"), acts))
		fault(lint, SV("process.bpmn"), node->line,
			N_("The task “{name}” has no act: say tb:act with accept, review, inspect, countersign, decide or deliver."), node->id);
	if (!node->lane || sv_is_empty(bpmn_lane_attr(node->lane, "post")))
		fault(lint, SV("process.bpmn"), node->line,
			N_("The task “{name}” has no owner: put it into a lane with a department and a post."), node->id);
	if (!sv_is_empty(procedure) && !service_procedure_find(lint->service, procedure))
		fault(lint, SV("process.bpmn"), node->line, N_("The special procedure “{name}” is not on the card."), procedure);
}

static void check_service_task(struct lint *lint, const struct bpmn_node *node)
{
	static const char *const acts[] = { "fetch", "accept", "grant", "issue", "notify", "answer", NULL };
	struct sv act = bpmn_attr(node, "act");

	if (!is_one_of(act, acts))
		fault(lint, SV("process.bpmn"), node->line,
			N_("The task “{name}” has no act: say tb:act with fetch, accept, grant, issue, notify or answer."), node->id);
	if (sv_equal(act, SV("issue")) && !service_result_find(lint->service, bpmn_attr(node, "result")))
		fault(lint, SV("process.bpmn"), node->line, N_("The task “{name}” issues a result that the card does not list."), node->id);
	if (!sv_equal(act, SV("fetch")))
		return;
	if (sv_is_empty(bpmn_attr(node, "register")) || sv_is_empty(bpmn_attr(node, "fields"))
		|| sv_is_empty(bpmn_attr(node, "purpose")) || !service_basis_find(lint->service, bpmn_attr(node, "basis")))
		fault(lint, SV("process.bpmn"), node->line,
			N_("The task “{name}” reads a register: it needs tb:register, tb:fields, tb:purpose and tb:basis from the card."), node->id);
}

static void check_process(struct lint *lint)
{
	const struct bpmn_model *process = lint->service->process;
	const struct bpmn_problem *problems;
	size_t count = bpmn_lint(lint->ctx, process, &problems);
	struct sv decision;

	for (size_t i = 0; i < count; i++)
		service_problem_add(lint->ctx, lint->problems, SV("process.bpmn"), problems[i].line, problems[i].msgid, problems[i].args);
	for (size_t i = 0; i < bpmn_node_count(process); i++) {
		const struct bpmn_node *node = bpmn_node_at(process, i);
		if (node->kind == BPMN_USER_TASK)
			check_user_task(lint, node);
		if (node->kind == BPMN_SERVICE_TASK)
			check_service_task(lint, node);
		if (node->kind == BPMN_RULE_TASK && !service_decision_find(lint->service, bpmn_attr(node, "decision"), &decision))
			fault(lint, SV("process.bpmn"), node->line, N_("The decision “{name}” is not in the folder."),
				bpmn_attr(node, "decision"));
		if (node->kind == BPMN_USER_TASK || node->kind == BPMN_SERVICE_TASK || node->kind == BPMN_RULE_TASK)
			check_languages(lint, SV("process.bpmn"), node->line,
				(struct bitext){ node->name, bpmn_attr(node, "name_en") }, node->id);
	}
	const struct bpmn_expression *expressions = bpmn_expressions(process, &count);
	for (size_t i = 0; i < count; i++)
		check_reads(lint, SV("process.bpmn"), expressions[i].line, expressions[i].feel);
}

/* --- example cases --- */

/* That they can be read; `tongban service test` runs them. */
static void check_cases(struct lint *lint)
{
	const struct json *cases;

	if (!sv_is_absent(lint->service->cases)
		&& yaml_parse(lint->ctx, SV("cases.yaml"), lint->service->cases, &json_limits_file, &cases) != RC_OK)
		service_problem_take(lint->ctx, lint->problems, SV("cases.yaml"));
}

/* --- decisions --- */

/* Faults of one file's rules; its gaps are added to the list. */
static enum rc check_rules(struct lint *lint, const struct service_dmn *file, struct gaps *gaps)
{
	const struct dmn_problem *problems;
	size_t count;

	TRY(dmn_check(lint->ctx, file->model, &problems, &count));
	for (size_t i = 0; i < count; i++) {
		const struct dmn_problem *p = &problems[i];
		if (!sv_is_absent(p->example))
			*VEC_PUSH(lint->ctx->arena, gaps) = p;
		if (p->severity == DMN_ERROR)
			service_problem_copy(lint->ctx, lint->problems, &(struct service_problem){ file->path, p->line, p->element, p->rule,
				p->msgid, p->args });
	}
	return RC_OK;
}

static enum rc check_decisions(struct lint *lint)
{
	struct gaps gaps = { 0 };
	size_t count;

	for (size_t i = 0; i < lint->service->decision_count; i++) {
		const struct service_dmn *file = &lint->service->decisions[i];
		TRY(check_rules(lint, file, &gaps));
		const struct dmn_input *inputs = dmn_inputs(file->model, &count);
		for (size_t j = 0; j < count; j++)
			if (!map_has(&lint->names, inputs[j].name))
				fault(lint, file->path, inputs[j].line,
					N_("“{name}” is read here, but no field, register or decision has that name."), inputs[j].name);
	}
	service_gaps_check(lint->ctx, lint->service, gaps.at, gaps.len, lint->problems);
	return RC_OK;
}

enum rc service_lint(struct ctx *ctx, const struct service *service, struct service_problems *problems)
{
	struct lint lint = { .ctx = ctx, .problems = problems, .service = service };

	know_names(&lint);
	form_each_field(ctx, service->form, check_field, &lint);
	form_each_expr(service->form, check_form_expr, &lint);
	for (size_t i = 0; i < service->form->page_count; i++)
		check_languages(&lint, SV("form.json"), 0, service->form->pages[i].label, service->form->pages[i].key);
	check_materials(&lint);
	check_process(&lint);
	check_cases(&lint);
	service_papers_check(ctx, service, problems);
	return check_decisions(&lint);
}
