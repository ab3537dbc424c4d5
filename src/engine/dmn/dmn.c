/* Reading a DMN file into a model: elements, requirements, imports; then compiling every decision and knowledge model. See
 * dmn.h for the contract. Order: imports first, then types, elements, what elements require, functions, logic. */
#include "engine/dmn/dmn_int.h"

#include "base/banned.h"

static enum rc read_model(struct ctx *ctx, struct universe *u, struct sv name, struct sv text, struct dmn_model **ret);

/* ---- problems ---- */

/* Its id, or its name, or what kind of element it is. */
static struct sv label_of(const struct xml *xml)
{
	struct sv id = xml_attr(xml, "id"), name = xml_attr(xml, "name");

	return id.len ? id : name.len ? name : xml->name;
}

static const struct text_arg *copy_args(struct arena *arena, const struct text_arg *args)
{
	size_t n = 0;

	if (!args)
		return NULL;
	while (args[n].name)
		n++;
	struct text_arg *copy = ARENA_ARRAY(arena, struct text_arg, n + 1);
	for (size_t i = 0; i < n; i++)
		copy[i] = (struct text_arg){ args[i].name, arena_copy(arena, args[i].value) };
	return copy;
}

void dmn_problem_add(struct ctx *ctx, struct dmn_model *model, enum dmn_severity severity, const char *rule, const struct xml *at,
	const char *msgid, const struct text_arg *args)
{
	*VEC_PUSH(ctx->arena, &model->problems) = (struct dmn_problem){ severity, rule, model->file, at->line, label_of(at), msgid,
		copy_args(ctx->arena, args) };
}

void dmn_problem_from(struct logic *l, const struct xml *at)
{
	struct error *e = l->quiet.err;

	*VEC_PUSH(l->ctx->arena, &l->model->problems) = (struct dmn_problem){ DMN_ERROR, "expression", l->model->file,
		e->line ? e->line : at->line, label_of(at), e->msgid, copy_args(l->ctx->arena, e->args) };
	error_clear(&l->quiet);
}

/* ---- elements ---- */

static const struct {
	const char *element;
	enum drg_kind kind;
} kinds[] = {
	{ "inputData", DRG_INPUT },
	{ "decision", DRG_DECISION },
	{ "businessKnowledgeModel", DRG_KNOWLEDGE },
	{ "decisionService", DRG_SERVICE },
};

static void add_element(struct ctx *ctx, struct dmn_model *model, const struct xml *xml, enum drg_kind kind)
{
	struct drg *drg = ARENA_NEW(ctx->arena, struct drg);
	const struct xml *variable = xml_child(xml, NULL, "variable");
	struct sv type = variable ? xml_attr(variable, "typeRef") : (struct sv){ NULL, 0 };

	drg->kind = kind;
	drg->id = xml_attr(xml, "id");
	drg->name = xml_attr(xml, "name");
	drg->xml = xml;
	drg->model = model;
	drg->index = model->universe->drg_count++;
	drg->type = dmn_type(ctx, model, type, xml);
	*VEC_PUSH(ctx->arena, &model->drgs) = drg;
	if (!map_has(&model->drg_ids, drg->id))
		map_put(ctx->arena, &model->drg_ids, drg->id, drg);
	if (kind == DRG_INPUT)
		*VEC_PUSH(ctx->arena, &model->inputs) = (struct dmn_input){ drg->id, drg->name, type, drg->type, xml->line };
}

static void read_elements(struct ctx *ctx, struct dmn_model *model)
{
	for (const struct xml *c = xml_child(model->root, NULL, NULL); c; c = xml_next(c, NULL, NULL)) {
		for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
			if (sv_equal_z(c->name, kinds[i].element))
				add_element(ctx, model, c, kinds[i].kind);
		}
	}
}

/* "#id", "namespace#id". */
static struct drg *resolve(const struct dmn_model *model, struct sv href, struct sv *ret_prefix)
{
	size_t hash = sv_find_byte(href, '#', 0);
	struct sv ns = sv_slice(href, 0, hash == SIZE_MAX ? 0 : hash);
	struct sv id = hash == SIZE_MAX ? href : sv_slice(href, hash + 1, SIZE_MAX);

	*ret_prefix = SV("");
	if (ns.len == 0 || sv_equal(ns, model->ns))
		return map_get(&model->drg_ids, id);
	for (size_t i = 0; i < model->imports.len; i++) {
		if (sv_equal(model->imports.at[i].model->ns, ns)) {
			*ret_prefix = model->imports.at[i].prefix;
			return map_get(&model->imports.at[i].model->drg_ids, id);
		}
	}
	return NULL;
}

static struct drg *resolve_or_report(struct ctx *ctx, struct dmn_model *model, const struct xml *at, struct sv *ret_prefix)
{
	struct drg *to = resolve(model, xml_attr(at, "href"), ret_prefix);

	if (!to)
		dmn_problem_add(ctx, model, DMN_ERROR, "reference", at, N_("The reference \"{href}\" leads nowhere. Correct it."),
			ARGS({ "href", xml_attr(at, "href") }));
	return to;
}

static void add_requirement(struct ctx *ctx, struct drg *drg, const struct xml *at)
{
	struct sv prefix;
	struct drg *to = resolve_or_report(ctx, drg->model, at, &prefix);

	if (to)
		*VEC_PUSH(ctx->arena, &drg->requires) = (struct requirement){ to, prefix };
}

static void read_requirements(struct ctx *ctx, struct drg *drg)
{
	static const char *const targets[] = { "requiredDecision", "requiredInput", "requiredKnowledge" };

	for (const struct xml *r = xml_child(drg->xml, NULL, NULL); r; r = xml_next(r, NULL, NULL)) {
		if (!sv_equal_z(r->name, "informationRequirement") && !sv_equal_z(r->name, "knowledgeRequirement"))
			continue;
		for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
			const struct xml *target = xml_child(r, NULL, targets[i]);
			if (target)
				add_requirement(ctx, drg, target);
		}
	}
}

/* ---- functions ---- */

static void make_function(struct ctx *ctx, struct drg *drg, feel_host_fn *fn)
{
	const struct feel_type *result = drg->type && drg->type->kind == FEEL_TYPE_FUNCTION ? drg->type->element : drg->type;

	drg->type = result;
	drg->function = feel_host_function(ctx->arena, drg->name, drg->parameters, drg->parameter_count, result, fn, drg);
}

static void read_knowledge(struct ctx *ctx, struct drg *drg)
{
	const struct xml *logic = xml_child(drg->xml, NULL, "encapsulatedLogic");
	struct { VEC(struct feel_member); } params = { 0 };

	for (const struct xml *p = logic ? xml_child(logic, NULL, "formalParameter") : NULL; p; p = xml_next(p, NULL, "formalParameter"))
		*VEC_PUSH(ctx->arena, &params) =
			(struct feel_member){ xml_attr(p, "name"), dmn_type(ctx, drg->model, xml_attr(p, "typeRef"), p) };
	drg->parameters = params.at;
	drg->parameter_count = params.len;
	make_function(ctx, drg, dmn_call_knowledge);
}

typedef struct { VEC(struct drg *); } drg_vec;

static void read_targets(struct ctx *ctx, struct drg *service, const char *element, drg_vec *out)
{
	struct sv prefix;

	for (const struct xml *c = xml_child(service->xml, NULL, element); c; c = xml_next(c, NULL, element)) {
		struct drg *to = resolve_or_report(ctx, service->model, c, &prefix);
		if (to)
			*VEC_PUSH(ctx->arena, out) = to;
	}
}

/* Parameters: input data first, then input decisions, each in the file's order. */
static void read_service(struct ctx *ctx, struct drg *service)
{
	drg_vec inputs = { 0 }, outputs = { 0 };

	read_targets(ctx, service, "inputData", &inputs);
	read_targets(ctx, service, "inputDecision", &inputs);
	read_targets(ctx, service, "outputDecision", &outputs);
	struct feel_member *params = ARENA_ARRAY(ctx->arena, struct feel_member, inputs.len);
	for (size_t i = 0; i < inputs.len; i++)
		params[i] = (struct feel_member){ inputs.at[i]->name, inputs.at[i]->type };
	service->inputs = inputs.at;
	service->outputs = outputs.at;
	service->output_count = outputs.len;
	service->parameters = params;
	service->parameter_count = inputs.len;
	make_function(ctx, service, dmn_call_service);
}

/* ---- imports ---- */

static struct dmn_model *known_model(const struct universe *u, struct sv ns)
{
	for (size_t i = 0; i < u->models.len; i++) {
		if (sv_equal(u->models.at[i]->ns, ns))
			return u->models.at[i];
	}
	return NULL;
}

static enum rc read_import(struct ctx *ctx, struct dmn_model *model, const struct xml *xml)
{
	struct universe *u = model->universe;
	struct sv ns = xml_attr(xml, "namespace"), name, text, prefix = xml_attr(xml, "name");
	struct dmn_model *imported = known_model(u, ns);

	if (!imported) {
		if (!u->options || !u->options->find_import)
			return fail_at(ctx, RC_NOT_FOUND, model->file, xml->line,
				N_("The model imports \"{ns}\", which is not here. Put the imported file beside it."), ARGS({ "ns", ns }));
		TRY(u->options->find_import(ctx, u->options->user, ns, xml_attr(xml, "locationURI"), &name, &text));
		TRY(read_model(ctx, u, name, text, &imported));
	}
	*VEC_PUSH(ctx->arena, &model->imports) = (struct import){ prefix, imported };
	return RC_OK;
}

static enum rc read_imports(struct ctx *ctx, struct dmn_model *model)
{
	struct universe *u = model->universe;

	if (++u->depth > DMN_MAX_IMPORT_DEPTH)
		return fail_at(ctx, RC_INVALID, model->file, 0, N_("Models import one another too deeply. Join some of them."), NULL);
	for (const struct xml *i = xml_child(model->root, NULL, "import"); i; i = xml_next(i, NULL, "import")) {
		struct sv type = xml_attr(i, "importType");
		if (sv_find(type, SV("/DMN"), 0) != SIZE_MAX)
			TRY(read_import(ctx, model, i));
		else
			dmn_problem_add(ctx, model, DMN_WARNING, "reference", i, N_("The import of type \"{type}\" is not used."),
				ARGS({ "type", type }));
	}
	u->depth--;
	return RC_OK;
}

/* ---- the whole ---- */

static void describe_decision(struct ctx *ctx, struct dmn_model *model, struct drg *drg)
{
	struct { VEC(struct sv); } requires = { 0 };
	const struct xml *variable = xml_child(drg->xml, NULL, "variable"), *question = xml_child(drg->xml, NULL, "question");

	for (size_t i = 0; i < drg->requires.len; i++) {
		if (drg->requires.at[i].to->kind <= DRG_DECISION)
			*VEC_PUSH(ctx->arena, &requires) = drg->requires.at[i].to->id;
	}
	*VEC_PUSH(ctx->arena, &model->decisions) = (struct dmn_decision){
		.id = drg->id,
		.name = drg->name,
		.question = question ? sv_trim(question->text) : (struct sv){ NULL, 0 },
		.type_name = variable ? xml_attr(variable, "typeRef") : (struct sv){ NULL, 0 },
		.type = drg->type,
		.table = drg->table ? &drg->table->info : NULL,
		.requires = requires.at,
		.require_count = requires.len,
		.line = drg->xml->line,
	};
}

static enum rc compile_all(struct ctx *ctx, struct dmn_model *model)
{
	for (size_t i = 0; i < model->drgs.len; i++) {
		struct drg *drg = model->drgs.at[i];
		read_requirements(ctx, drg);
		if (drg->kind == DRG_KNOWLEDGE)
			read_knowledge(ctx, drg);
	}
	for (size_t i = 0; i < model->drgs.len; i++) {
		if (model->drgs.at[i]->kind == DRG_SERVICE)
			read_service(ctx, model->drgs.at[i]);
	}
	for (size_t i = 0; i < model->drgs.len; i++) {
		struct drg *drg = model->drgs.at[i];
		if (drg->kind != DRG_DECISION && drg->kind != DRG_KNOWLEDGE)
			continue;
		TRY(dmn_compile_drg(ctx, drg));
		if (drg->kind == DRG_DECISION)
			describe_decision(ctx, model, drg);
	}
	return RC_OK;
}

static bool is_dmn_namespace(struct sv ns)
{
	return sv_find(ns, SV("/spec/DMN/"), 0) != SIZE_MAX;
}

static enum rc read_model(struct ctx *ctx, struct universe *u, struct sv name, struct sv text, struct dmn_model **ret)
{
	struct dmn_model *model = ARENA_NEW(ctx->arena, struct dmn_model);
	struct xml *root;

	if (text.len > DMN_MAX_TEXT)
		return fail_at(ctx, RC_TOO_LARGE, name, 0, N_("The decision model is too large. Split it into several files."), NULL);
	TRY(xml_parse(ctx, name, text, &root));
	if (!sv_equal_z(root->name, "definitions") || !is_dmn_namespace(root->ns))
		return fail_at(ctx, RC_INVALID, name, root->line,
			N_("The file is not a decision model. Give a DMN file of version 1.1 to 1.5."), NULL);
	model->universe = u;
	model->file = name;
	model->root = root;
	model->name = xml_attr(root, "name");
	model->ns = xml_attr(root, "namespace");
	model->sum = feel_builtin(ctx->arena, SV("sum"));
	model->min = feel_builtin(ctx->arena, SV("min"));
	model->max = feel_builtin(ctx->arena, SV("max"));
	model->count = feel_builtin(ctx->arena, SV("count"));
	*VEC_PUSH(ctx->arena, &u->models) = model;
	TRY(read_imports(ctx, model));
	struct sv *pieces = ARENA_ARRAY(ctx->arena, struct sv, model->imports.len + 1);
	pieces[0] = text;
	for (size_t i = 0; i < model->imports.len; i++)
		pieces[i + 1] = (struct sv){ (const char *)model->imports.at[i].model->hash.bytes, sizeof(model->hash.bytes) };
	model->hash = hash_sha256_pieces(pieces, model->imports.len + 1);
	model->json = dmn_model_text(ctx->arena, model);
	TRY(dmn_read_types(ctx, model));
	read_elements(ctx, model);
	TRY(compile_all(ctx, model));
	*ret = model;
	return RC_OK;
}

enum rc dmn_parse(struct ctx *ctx, struct sv name, struct sv text, const struct dmn_options *options, const struct dmn_model **ret)
{
	struct universe *u = ARENA_NEW(ctx->arena, struct universe);
	struct dmn_options *kept = NULL;
	struct dmn_model *model;

	if (options) {
		kept = ARENA_NEW(ctx->arena, struct dmn_options);
		*kept = *options;
	}
	u->options = kept;
	TRY(read_model(ctx, u, arena_copy(ctx->arena, name), arena_copy(ctx->arena, text), &model));
	*ret = model;
	return RC_OK;
}

/* ---- looking in ---- */

struct hash dmn_hash(const struct dmn_model *model)
{
	return model->hash;
}

struct sv dmn_name(const struct dmn_model *model)
{
	return model->name;
}

struct sv dmn_namespace(const struct dmn_model *model)
{
	return model->ns;
}

const struct dmn_input *dmn_inputs(const struct dmn_model *model, size_t *ret_count)
{
	*ret_count = model->inputs.len;
	return model->inputs.at;
}

const struct dmn_decision *dmn_decisions(const struct dmn_model *model, size_t *ret_count)
{
	*ret_count = model->decisions.len;
	return model->decisions.at;
}

const struct dmn_decision *dmn_find_decision(const struct dmn_model *model, struct sv name)
{
	for (size_t i = 0; i < model->decisions.len; i++) {
		const struct dmn_decision *d = &model->decisions.at[i];
		if (sv_equal(d->name, name) || sv_equal(d->id, name))
			return d;
	}
	return NULL;
}
