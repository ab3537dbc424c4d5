/* POST /api/decisions/{service}/{decision}: rules for the systems of departments. Evaluated on a slow thread, so that a long
 * rule keeps nobody from reading; who may and how often is the guard's. Each call leaves a line in the log. */
#include "base/log.h"
#include "domain/catalogue/catalogue.h"
#include "domain/identity/permission.h"
#include "http/module.h"

#include "base/banned.h"

enum { BODY_MAX = 256 << 10 };

struct decision_call {
	struct sv service, decision;
	bool explain;
	const struct json *inputs;
};
static const struct input_field decision_fields[] = {
	INPUT(struct decision_call, service, TEXT, .required = true, .max = 64),
	INPUT(struct decision_call, decision, TEXT, .required = true, .max = 200),
	INPUT(struct decision_call, explain, BOOL, .query = true),
	INPUT_AS("", struct decision_call, inputs, JSON, .required = true),
};
static const struct input decision_input = INPUT_OF(struct decision_call, decision_fields);

static enum rc decision_prepare(struct ctx *ctx, const struct request *request, void **ret)
{
	const struct decision_call *in = request->input;
	struct decided *decided = ARENA_NEW(ctx->arena, struct decided);

	enum rc rc = catalogue_decide(ctx, &(struct decide){ .service = in->service, .decision = in->decision, .inputs = in->inputs,
		.explain = in->explain }, decided);
	LOG(LOG_INFO, "rules applied", { .name = LOG_SYSTEM, .text = id_text(ctx->arena, ctx->who->account) },
		{ .name = LOG_SERVICE, .text = in->service }, { .name = LOG_DECISION, .text = rc == RC_OK ? decided->decision : SV("") },
		{ .name = LOG_VERSION, .number = rc == RC_OK ? decided->version : 0 }, { .name = LOG_RC, .text = sv_of(rc_problem_type(rc)) },
		{ .name = LOG_TRACE, .text = request->trace });
	*ret = decided;
	return rc;
}

static enum rc decision_answer(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct decided *decided = request->prepared;

	return response_json(ctx, response, decided->json);
}

static const struct route catalogue_decide_routes[] = {
	{ "POST", "/api/decisions/{service}/{decision}", NEEDS(PERMISSION_DECISION_EVALUATE), &decision_input, decision_answer,
		.prepare = decision_prepare, .body = BODY_JSON, .body_max = BODY_MAX,
		.summary = N_("Apply a decision of a service to inputs; ?explain=true adds the record of why") },
};

const struct module catalogue_decide_module = { .name = "catalogue.decide", MODULE_LIST(route, catalogue_decide_routes) };
