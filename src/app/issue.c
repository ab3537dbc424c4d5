/* From a granted case to its licence: the outbox event "casefile.issue" {case, result, at} becomes a licence of the result
 * that the service's process named. Delivered again after a failure, it finds the licence there and does nothing. */
#include "app/issue.h"

#include "base/civil.h"
#include "domain/casefile/casefile.h"
#include "domain/licence/licence.h"

#include "base/banned.h"

enum { MAX_DATA = 1 << 20 };

/* What the template may show: {applicant: {name, code}, form: answers, registers, and every variable of the process}. */
static enum rc template_data(struct ctx *ctx, const struct casefile *c, const struct party *holder, struct sv *ret)
{
	const struct json *document, *variables;
	struct buf buf;

	TRY(casefile_form(ctx, c, &document));
	TRY(casefile_variables(ctx, c, &variables));
	buf_init(&buf, ctx->arena, MAX_DATA);
	struct json_out out = json_out_to(&buf);
	json_out_object(&out);
	json_out_key(&out, SV("applicant"));
	json_out_object(&out);
	json_out_member(&out, SV("name"), holder->name);
	json_out_member(&out, SV("code"), holder->code);
	json_out_object_end(&out);
	json_out_key(&out, SV("form"));
	json_out_value(&out, json_get(document, SV("answers")));
	for (const struct json *v = json_first(variables); v; v = json_next(variables, v)) {
		if (sv_equal(json_key(v), SV("applicant")) || sv_equal(json_key(v), SV("form")))
			continue;
		json_out_key(&out, json_key(v));
		json_out_value(&out, v);
	}
	json_out_object_end(&out);
	*ret = buf_view(&buf);
	return RC_OK;
}

static enum rc is_issued(struct ctx *ctx, struct id case_id, bool *ret)
{
	struct licence *licences;
	size_t count;

	TRY(licence_of_case(ctx, case_id, &licences, &count));
	*ret = count > 0;
	return RC_OK;
}

static enum rc issue(struct ctx *ctx, const struct casefile *c, struct sv result_id, int64_t at)
{
	const struct service_result *result = service_result_find(c->service, result_id);
	struct department department;
	struct party holder;
	struct sv data;
	struct id id;

	if (!result)
		return fail_internal(ctx, "result %.*s is not in the folder", SV_FMT(result_id));
	TRY(identity_department_find(ctx, c->department, &department));
	TRY(identity_party_find(ctx, c->party, &holder));
	TRY(template_data(ctx, c, &holder, &data));
	return licence_issue(ctx, &(struct licence_new){
		.case_id = c->id,
		.version = c->version,
		.case_number = c->number,
		.service_code = c->service_code,
		.result_id = result->id,
		.name = result->name,
		.number_prefix = result->number_prefix,
		.department = c->department,
		.department_name = department.name,
		.holder = c->party,
		.template = result->template,
		.template_path = result->template_path,
		.data = data,
		.valid_from = civil_china_day(at),
		.years = result->years,
		.rule_hash = &c->service->hash,
	}, &id);
}

static enum rc receive_issue(struct ctx *ctx, struct sv topic, struct sv payload)
{
	const struct json *event;
	struct casefile c;
	struct id case_id;
	int64_t at;
	bool issued;

	TRY(json_parse(ctx, topic, payload, &json_limits_request, &event));
	if (!id_parse(json_string(json_get(event, SV("case"))), &case_id) || !json_i64(json_get(event, SV("at")), &at))
		return fail_internal(ctx, "an outbox event of topic %.*s lacks a member", SV_FMT(topic));
	TRY(is_issued(ctx, case_id, &issued));
	if (issued)
		return RC_OK;
	struct ctx inner = *ctx;
	inner.who = &principal_system;
	TRY(casefile_find(&inner, case_id, &c));
	return issue(&inner, &c, json_string(json_get(event, SV("result"))), at);
}

static const struct subscription issue_subscriptions[] = {
	{ "casefile.issue", receive_issue },
};

const struct module issue_module = { .name = "issue", MODULE_LIST(subscription, issue_subscriptions) };
