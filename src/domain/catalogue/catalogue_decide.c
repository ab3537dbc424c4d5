/* A decision of a published service, applied to inputs that a department's system sends. Nothing is read but the inputs, and
 * nothing is written: no case knows of it. */
#include "base/buf.h"
#include "domain/catalogue/catalogue.h"
#include "domain/identity/identity.h"
#include "engine/dmn/dmn.h"

#include "base/banned.h"

enum { MAX_DECIDED = 4 << 20 /* bytes of an answer */ };

/* The model that has the decision, by its name or id. */
static const struct dmn_model *find_model(const struct service *service, struct sv decision)
{
	for (size_t i = 0; i < service->decision_count; i++)
		if (dmn_find_decision(service->decisions[i].model, decision))
			return service->decisions[i].model;
	return NULL;
}

static enum rc may_ask(struct ctx *ctx, const struct service *service)
{
	if (principal_may(ctx->who, PERMISSION_DECISION_EVALUATE_ALL) || sv_equal(service->body, ctx->who->department_code))
		return RC_OK;
	return fail(ctx, RC_FORBIDDEN, N_("The service belongs to another department. Ask for a token that is good for every service."), NULL);
}

static const struct dmn_input *input_named(const struct dmn_model *model, struct sv name)
{
	size_t count;
	const struct dmn_input *inputs = dmn_inputs(model, &count);

	for (size_t i = 0; i < count; i++)
		if (sv_equal(inputs[i].name, name))
			return &inputs[i];
	return NULL;
}

/* One input as the model's type wants it; what does not fit is a field problem. */
static struct feel_value take(struct ctx *ctx, struct feel_run *run, const struct dmn_input *input, const struct json *given)
{
	struct feel_value value = feel_from_json(ctx, given, input->type), fitted = feel_coerce(run, value, input->type);

	if (fitted.kind == FEEL_NULL && value.kind != FEEL_NULL)
		(void)fail_field(ctx, input->name, N_("This is not of the type {type}."), ARGS({ "type", input->type_name }));
	return fitted;
}

static enum rc read_inputs(struct ctx *ctx, const struct dmn_model *model, const struct json *given, struct feel_value *ret)
{
	struct feel_entry *entries = ARENA_ARRAY(ctx->arena, struct feel_entry, json_count(given));
	struct feel_run run;
	size_t count = 0;

	if (!json_is(given, JSON_OBJECT))
		return fail(ctx, RC_INVALID, N_("Send the inputs as one JSON object: their names and values."), NULL);
	feel_run_init(&run, ctx);
	for (const struct json *v = json_first(given); v; v = json_next(given, v)) {
		const struct dmn_input *input = input_named(model, json_key(v));
		if (!input)
			(void)fail_field(ctx, json_key(v), N_("The rules have no input of this name."), NULL);
		else
			entries[count++] = (struct feel_entry){ input->name, take(ctx, &run, input, v) };
	}
	*ret = feel_context(entries, count);
	return ctx->err->rc;
}

static void print_head(struct ctx *ctx, const struct service *service, const struct dmn_model *model, struct sv decision,
	struct json_out *out)
{
	struct hash hash = dmn_hash(model);
	struct buf hex;

	buf_init(&hex, ctx->arena, 65);
	buf_hex(&hex, hash.bytes, sizeof(hash.bytes));
	json_out_member(out, SV("service"), service->code);
	json_out_member_i64(out, SV("version"), service->version_number);
	json_out_member(out, SV("decision"), decision);
	json_out_key(out, SV("model"));
	json_out_object(out);
	json_out_member(out, SV("name"), dmn_name(model));
	json_out_member(out, SV("namespace"), dmn_namespace(model));
	json_out_member(out, SV("sha256"), buf_view(&hex));
	json_out_object_end(out);
}

static void print_result(struct ctx *ctx, struct feel_value result, struct json_out *out)
{
	struct sv why = feel_reason(ctx, result);

	json_out_key(out, SV("result"));
	feel_to_json(out, result);
	if (!sv_is_empty(why))
		json_out_member(out, SV("reason"), why);
}

enum rc catalogue_decide(struct ctx *ctx, const struct decide *what, struct decided *ret)
{
	const struct service *service;
	struct feel_value inputs, result;
	struct buf answer, record;

	TRY(catalogue_current(ctx, what->service, &service));
	TRY(may_ask(ctx, service));
	const struct dmn_model *model = find_model(service, what->decision);
	if (!model)
		return fail(ctx, RC_NOT_FOUND, N_("The service has no such decision."), NULL);
	const struct dmn_decision *decision = dmn_find_decision(model, what->decision);
	TRY(read_inputs(ctx, model, what->inputs, &inputs));
	buf_init(&record, ctx->arena, MAX_DECIDED);
	struct json_out out = json_out_to(&record);
	if (what->explain)
		TRY(dmn_explain(ctx, model, decision->name, inputs, &out, &result));
	else
		TRY(dmn_evaluate(ctx, model, decision->name, inputs, &result));
	buf_init(&answer, ctx->arena, MAX_DECIDED);
	out = json_out_to(&answer);
	json_out_object(&out);
	print_head(ctx, service, model, decision->name, &out);
	print_result(ctx, result, &out);
	if (what->explain) {
		json_out_key(&out, SV("explanation"));
		json_out_number(&out, buf_view(&record)); /* JSON made by json_out, taken over as it is */
	}
	json_out_object_end(&out);
	if (answer.overflow || record.overflow)
		return fail(ctx, RC_TOO_LARGE, N_("The answer is longer than can be sent. Ask without the explanation."), NULL);
	*ret = (struct decided){ .json = buf_view(&answer), .decision = decision->name, .version = service->version_number };
	return RC_OK;
}
