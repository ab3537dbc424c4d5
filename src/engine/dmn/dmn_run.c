/* Evaluating a model: a decision asks for what it requires, each once; knowledge models and decision services are functions.
 * A decision that requires itself is null. */
#include <assert.h>

#include "engine/dmn/dmn_int.h"

#include "base/banned.h"

enum { FIXED_BINDINGS = 24, FIXED_DRGS = 32 };
enum state { NEW, BUSY, DONE };

static enum rc value_of(struct dmn_eval *eval, const struct drg *drg, struct feel_value *ret);

static enum rc import_value(struct dmn_eval *eval, const struct drg *drg, struct sv prefix, struct feel_value *ret)
{
	struct { VEC(struct feel_entry); } entries = { 0 };

	for (size_t i = 0; i < drg->requires.len; i++) {
		const struct requirement *r = &drg->requires.at[i];
		struct feel_value v;
		if (!sv_equal(r->prefix, prefix))
			continue;
		TRY(value_of(eval, r->to, &v));
		*VEC_PUSH(eval->run->ctx->arena, &entries) = (struct feel_entry){ r->to->name, v };
	}
	*ret = feel_context(entries.at, entries.len);
	return RC_OK;
}

/* The values of the names that the element's expression reads. */
static enum rc bind(struct dmn_eval *eval, const struct drg *drg, const struct feel_value *arguments, struct feel_value *values)
{
	size_t count;
	const struct sv *names = feel_names(drg->expr, &count);

	for (size_t i = 0; i < count; i++) {
		const struct binding *b = &drg->bindings[i];
		switch (b->kind) {
		case BIND_NOTHING:
			values[i] = feel_null_because(N_("There is no {what}."), arena_z(eval->run->ctx->arena, names[i]));
			break;
		case BIND_PARAMETER:
			values[i] = arguments[b->parameter];
			break;
		case BIND_DRG:
			TRY(value_of(eval, b->drg, &values[i]));
			break;
		case BIND_IMPORT:
			TRY(import_value(eval, drg, b->prefix, &values[i]));
			break;
		}
	}
	return RC_OK;
}

static enum rc run_logic(struct dmn_eval *eval, const struct drg *drg, const struct feel_value *arguments, struct feel_value *ret)
{
	struct feel_value fixed[FIXED_BINDINGS], *values = fixed;

	if (drg->binding_count > FIXED_BINDINGS)
		values = ARENA_ARRAY(eval->run->ctx->arena, struct feel_value, drg->binding_count);
	TRY(bind(eval, drg, arguments, values));
	return feel_run_expr(eval->run, drg->expr, values, NULL, ret);
}

static struct trace *begin_trace(struct dmn_eval *eval, const struct drg *drg)
{
	if (!eval->recorder)
		return NULL;
	struct trace *trace = ARENA_NEW(eval->run->ctx->arena, struct trace);
	trace->drg = drg;
	trace->tables_end = &trace->tables;
	return trace;
}

static void end_trace(struct dmn_eval *eval, struct trace *trace, struct feel_value value)
{
	if (!trace)
		return;
	trace->value = value;
	*eval->recorder->end = trace;
	eval->recorder->end = &trace->next;
}

static enum rc decide(struct dmn_eval *eval, const struct drg *drg, struct feel_value *ret)
{
	struct trace *outer = eval->current, *trace = begin_trace(eval, drg);

	if (++eval->run->depth > FEEL_MAX_DEPTH)
		return fail(eval->run->ctx, RC_UNAVAILABLE, N_("The decisions require one another too deeply. Split the model."), NULL);
	eval->current = trace;
	TRY(run_logic(eval, drg, NULL, ret));
	eval->current = outer;
	assert(eval->run->depth > 0);
	eval->run->depth--;
	end_trace(eval, trace, *ret);
	return RC_OK;
}

static enum rc value_of(struct dmn_eval *eval, const struct drg *drg, struct feel_value *ret)
{
	struct feel_value value;

	if (drg->kind == DRG_KNOWLEDGE || drg->kind == DRG_SERVICE) {
		*ret = drg->function;
		return RC_OK;
	}
	if (eval->state[drg->index] == DONE) {
		*ret = eval->memo[drg->index];
		return RC_OK;
	}
	if (eval->state[drg->index] == BUSY) {
		*ret = feel_null_because(N_("The decision requires itself."), NULL);
		return RC_OK;
	}
	if (drg->kind == DRG_INPUT) {
		const struct feel_value *given = feel_get(eval->inputs, drg->name);
		value = given ? feel_coerce(eval->run, *given, drg->type)
			      : feel_null_because(N_("The input {what} was not given."), drg->name.ptr);
	} else {
		eval->state[drg->index] = BUSY;
		TRY(decide(eval, drg, &value));
	}
	assert(eval->state[drg->index] != DONE); /* each is evaluated once */
	eval->state[drg->index] = DONE;
	eval->memo[drg->index] = value;
	*ret = value;
	return RC_OK;
}

static struct dmn_eval eval_of(struct feel_run *run, const struct dmn_model *model)
{
	size_t count = model->universe->drg_count;

	return (struct dmn_eval){ .run = run, .memo = ARENA_ARRAY(run->ctx->arena, struct feel_value, count),
		.state = ARENA_ARRAY(run->ctx->arena, uint8_t, count) };
}

/* A knowledge model needs no inputs of the model: what it requires are functions. */
enum rc dmn_call_knowledge(struct feel_run *run, void *user, const struct feel_value *arguments, size_t count, struct feel_value *ret)
{
	struct dmn_eval eval = { .run = run };

	(void)count; /* checked by FEEL against the parameters */
	return run_logic(&eval, user, arguments, ret);
}

static enum rc service_value(struct dmn_eval *eval, const struct drg *service, struct feel_value *ret)
{
	if (service->output_count == 1)
		return value_of(eval, service->outputs[0], ret);
	struct feel_entry *entries = ARENA_ARRAY(eval->run->ctx->arena, struct feel_entry, service->output_count);
	for (size_t i = 0; i < service->output_count; i++) {
		entries[i].key = service->outputs[i]->name;
		TRY(value_of(eval, service->outputs[i], &entries[i].value));
	}
	*ret = feel_context(entries, service->output_count);
	return RC_OK;
}

/* Its own evaluation: parameters stand for its inputs and input decisions, whatever they are outside. */
enum rc dmn_call_service(struct feel_run *run, void *user, const struct feel_value *arguments, size_t count, struct feel_value *ret)
{
	const struct drg *service = user;
	struct dmn_eval *outer = run->host, eval = eval_of(run, service->model);
	struct feel_value value;

	for (size_t i = 0; i < count; i++) {
		eval.memo[service->inputs[i]->index] = arguments[i];
		eval.state[service->inputs[i]->index] = DONE;
	}
	eval.recorder = outer ? outer->recorder : NULL;
	run->host = &eval;
	enum rc rc = service_value(&eval, service, &value);
	run->host = outer;
	TRY(rc);
	*ret = feel_coerce(run, value, service->type);
	return RC_OK;
}

/* ---- from outside ---- */

static const struct drg *find_drg(const struct dmn_model *model, struct sv name)
{
	for (size_t i = 0; i < model->drgs.len; i++) {
		const struct drg *drg = model->drgs.at[i];
		if (drg->kind != DRG_INPUT && (sv_equal(drg->name, name) || sv_equal(drg->id, name)))
			return drg;
	}
	return NULL;
}

static enum rc call_by_inputs(struct dmn_eval *eval, const struct drg *drg, struct feel_value *ret)
{
	struct feel_value *arguments = ARENA_ARRAY(eval->run->ctx->arena, struct feel_value, drg->parameter_count);

	for (size_t i = 0; i < drg->parameter_count; i++) {
		const struct feel_value *given = feel_get(eval->inputs, drg->parameters[i].name);
		if (given)
			arguments[i] = *given;
	}
	return feel_call(eval->run, drg->function, arguments, drg->parameter_count, ret);
}

enum rc dmn_run(struct ctx *ctx, const struct dmn_model *model, struct sv name, struct feel_value inputs, struct recorder *recorder,
	const struct drg **ret_drg, struct feel_value *ret)
{
	const struct drg *drg = find_drg(model, name);
	struct feel_run run;

	if (!drg)
		return fail(ctx, RC_NOT_FOUND, N_("The model has no decision called \"{name}\". Check the name."), ARGS({ "name", name }));
	feel_run_init(&run, ctx);
	struct dmn_eval eval = eval_of(&run, model);
	eval.inputs = inputs;
	eval.recorder = recorder;
	run.host = &eval;
	if (ret_drg)
		*ret_drg = drg;
	if (drg->kind == DRG_DECISION)
		return value_of(&eval, drg, ret);
	return call_by_inputs(&eval, drg, ret);
}

enum rc dmn_evaluate(struct ctx *ctx, const struct dmn_model *model, struct sv name, struct feel_value inputs, struct feel_value *ret)
{
	return dmn_run(ctx, model, name, inputs, NULL, NULL, ret);
}
