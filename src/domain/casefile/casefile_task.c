/* What the program does by itself in a process: service tasks (fetch, accept, grant, issue, notify, answer); business rule
 * tasks are in casefile_rule.c. Each is an act of the case with its own event and leaf. */
#include "base/civil.h"
#include "domain/casefile/casefile_flow_int.h"
#include "domain/exchange/exchange.h"
#include "store/outbox.h"

#include "base/banned.h"

enum { MAX_FETCH_FIELDS = 64 };

/* --- the names expressions may read --- */

static struct feel_value date_or_null(struct ctx *ctx, int64_t ms)
{
	char text[11];

	if (!ms)
		return feel_null();
	return feel_text(arena_copy(ctx->arena, civil_day_text(civil_china_day(ms), text)));
}

static enum rc applicant_context(struct ctx *ctx, const struct casefile *c, struct feel_value *ret)
{
	struct feel_entry *entries = ARENA_ARRAY(ctx->arena, struct feel_entry, 5);
	struct party party;

	TRY(identity_party_find(ctx, c->party, &party));
	bool natural = party.kind == PARTY_NATURAL;
	entries[0] = (struct feel_entry){ SV("kind"), feel_text(natural ? SV("natural") : SV("legal")) };
	entries[1] = (struct feel_entry){ SV("name"), feel_text(party.name) };
	entries[2] = (struct feel_entry){ SV("id_number"), natural ? feel_text(party.code) : feel_null() };
	entries[3] = (struct feel_entry){ SV("credit_code"), natural ? feel_null() : feel_text(party.code) };
	entries[4] = (struct feel_entry){ SV("code"), feel_text(party.code) };
	*ret = feel_context(entries, 5);
	return RC_OK;
}

static struct feel_value case_context(struct ctx *ctx, const struct casefile *c)
{
	struct feel_entry *entries = ARENA_ARRAY(ctx->arena, struct feel_entry, 4);

	entries[0] = (struct feel_entry){ SV("number"), sv_is_absent(c->number) ? feel_null() : feel_text(c->number) };
	entries[1] = (struct feel_entry){ SV("filed_on"), date_or_null(ctx, c->filed_at) };
	entries[2] = (struct feel_entry){ SV("accepted_on"), date_or_null(ctx, c->accepted_at) };
	entries[3] = (struct feel_entry){ SV("service"), feel_text(c->service_code) };
	return feel_context(entries, 4);
}

enum rc flow_context(struct ctx *ctx, const struct pad *pad, struct feel_value *ret)
{
	const struct json *form;

	TRY(json_parse(ctx, SV("form"), pad->form, &json_limits_file, &form));
	struct feel_value answers = feel_from_json(ctx, json_get(form, SV("answers")), NULL);
	struct feel_value situation = feel_from_json(ctx, json_get(form, SV("situation")), NULL);
	struct feel_value registers = feel_from_json(ctx, json_get(form, SV("registers")), NULL);
	size_t count = answers.kind == FEEL_CONTEXT ? answers.context.count : 0;
	struct feel_entry *entries = ARENA_ARRAY(ctx->arena, struct feel_entry, count + 4);

	for (size_t i = 0; i < count; i++)
		entries[i] = answers.context.at[i];
	entries[count] = (struct feel_entry){ SV("situation"), situation };
	entries[count + 1] = (struct feel_entry){ SV("case"), case_context(ctx, &pad->c) };
	entries[count + 2].key = SV("applicant");
	TRY(applicant_context(ctx, &pad->c, &entries[count + 2].value));
	entries[count + 3] = (struct feel_entry){ SV("registers"), registers };
	*ret = feel_context(entries, count + 4);
	return RC_OK;
}

/* --- fetch --- */

static size_t split_words(struct sv text, struct sv *words, size_t max)
{
	size_t count = 0;

	while (!sv_is_absent(text) && count < max) {
		struct sv word = sv_cut(&text, ' ');
		if (!sv_is_empty(word))
			words[count++] = word;
	}
	return count;
}

/* The fields of a register: those just read, and those read before that were not asked for again. */
static enum rc register_fields(struct ctx *ctx, const struct exchange_answer *answer, const struct feel_value *before,
	struct feel_value *ret)
{
	size_t old = before && before->kind == FEEL_CONTEXT ? before->context.count : 0, used = answer->count;
	struct feel_entry *fields = ARENA_ARRAY(ctx->arena, struct feel_entry, answer->count + old);

	for (size_t i = 0; i < answer->count; i++) {
		const struct json *json;
		TRY(json_parse(ctx, answer->values[i].field, answer->values[i].json, &json_limits_request, &json));
		fields[i] = (struct feel_entry){ answer->values[i].field, feel_from_json(ctx, json, NULL) };
	}
	struct feel_value fresh = feel_context(fields, answer->count);
	for (size_t i = 0; i < old; i++)
		if (!feel_get(fresh, before->context.at[i].key))
			fields[used++] = before->context.at[i];
	*ret = feel_context(fields, used);
	return RC_OK;
}

/* The variable `registers` with one register more. */
static enum rc registers_with(struct ctx *ctx, const struct bpmn_call *call, struct sv name,
	const struct exchange_answer *answer, struct feel_value *ret)
{
	struct feel_value before = bpmn_read(call->state, call->item, SV("registers")), fields = feel_null();
	size_t old = before.kind == FEEL_CONTEXT ? before.context.count : 0, used = 0;
	struct feel_entry *all = ARENA_ARRAY(ctx->arena, struct feel_entry, old + 1), *outer = ARENA_NEW(ctx->arena, struct feel_entry);

	if (answer->found)
		TRY(register_fields(ctx, answer, old ? feel_get(before, name) : NULL, &fields));
	for (size_t i = 0; i < old; i++)
		if (!sv_equal(before.context.at[i].key, name))
			all[used++] = before.context.at[i];
	all[used++] = (struct feel_entry){ name, fields };
	*outer = (struct feel_entry){ SV("registers"), feel_context(all, used) };
	*ret = feel_context(outer, 1);
	return RC_OK;
}

struct bitext flow_basis(struct ctx *ctx, const struct service_basis *basis)
{
	return (struct bitext){
		arena_printf(ctx->arena, "%.*s %.*s", SV_FMT(basis->law.zh), SV_FMT(basis->article.zh)),
		arena_printf(ctx->arena, "%.*s, %.*s", SV_FMT(basis->law.en), SV_FMT(basis->article.en)),
	};
}

static enum rc do_fetch(struct flow *flow, struct bpmn_call *call)
{
	struct ctx *ctx = flow->ctx;
	struct casefile *c = &flow->pad->c;
	struct sv fields[MAX_FETCH_FIELDS], name = bpmn_attr(call->node, "register");
	struct exchange_answer answer;
	struct party party;

	const struct service_basis *basis = service_basis_find(c->service, bpmn_attr(call->node, "basis"));
	if (!basis)
		return fail_internal(ctx, "service task %.*s has no legal basis", SV_FMT(call->node->id));
	TRY(identity_party_find(ctx, c->party, &party));
	TRY(exchange_read(ctx, &(struct exchange_request){
		.register_name = name,
		.fields = fields,
		.field_count = split_words(bpmn_attr(call->node, "fields"), fields, MAX_FETCH_FIELDS),
		.subject_code = party.code,
		.purpose = bpmn_attr(call->node, "purpose"),
		.basis = flow_basis(ctx, basis),
		.case_id = c->id,
		.case_number = c->number,
		.department = c->department,
	}, &answer));
	TRY(registers_with(ctx, call, name, &answer, &call->variables));
	return pad_act_one(ctx, flow->pad, ACT_FETCH, "register", name);
}

/* --- the rest --- */

static enum rc do_accept(struct flow *flow)
{
	struct casefile *c = &flow->pad->c;

	TRY(pad_act(flow->ctx, flow->pad, ACT_ACCEPT, (struct sv){ NULL, 0 }));
	c->accepted_at = clock_now(flow->ctx->clock);
	return case_clock_update(flow->ctx, c);
}

/* Asks for the paper of a result through the outbox; which one it is stands in the act. */
static enum rc ask_for_paper(struct flow *flow, enum casefile_act act, struct sv result)
{
	struct ctx *ctx = flow->ctx;
	struct buf payload;

	if (!service_result_find(flow->pad->c.service, result))
		return fail_internal(ctx, "result %.*s is not in the folder", SV_FMT(result));
	TRY(pad_act_one(ctx, flow->pad, act, "result", result));
	buf_init(&payload, ctx->arena, 4096);
	struct json_out out = json_out_to(&payload);
	json_out_object(&out);
	json_out_member(&out, SV("case"), id_text(ctx->arena, flow->pad->c.id));
	json_out_member(&out, SV("result"), result);
	json_out_member_i64(&out, SV("at"), clock_now(ctx->clock));
	json_out_object_end(&out);
	return store_outbox_add(ctx, "casefile.issue", flow->pad->c.id, buf_view(&payload));
}

/* A query's answer; with a result, the applicant gets it on paper too. */
static enum rc do_answer(struct flow *flow, const struct bpmn_call *call)
{
	struct sv result = bpmn_attr(call->node, "result");

	if (sv_is_empty(result))
		TRY(pad_act(flow->ctx, flow->pad, ACT_ANSWER, (struct sv){ NULL, 0 }));
	else
		TRY(ask_for_paper(flow, ACT_ANSWER, result));
	flow->pad->c.closed_at = clock_now(flow->ctx->clock);
	return RC_OK;
}

static enum rc do_service(struct flow *flow, struct bpmn_call *call)
{
	struct sv act = bpmn_attr(call->node, "act");

	if (sv_equal(act, SV("fetch")))
		return do_fetch(flow, call);
	if (sv_equal(act, SV("accept")))
		return do_accept(flow);
	if (sv_equal(act, SV("grant")))
		return pad_decide(flow->ctx, flow->pad, ACT_GRANT, (struct sv){ NULL, 0 });
	if (sv_equal(act, SV("issue")))
		return ask_for_paper(flow, ACT_ISSUE, bpmn_attr(call->node, "result"));
	if (sv_equal(act, SV("answer")))
		return do_answer(flow, call);
	if (sv_equal(act, SV("notify")))
		return RC_OK; /* every act tells the applicant by itself, through the outbox; the step stands for readers of the model */
	return fail_internal(flow->ctx, "service task %.*s has no act we know", SV_FMT(call->node->id));
}

enum rc flow_task(struct ctx *ctx, void *user, struct bpmn_call *call)
{
	struct flow *flow = user;

	(void)ctx; /* the flow's own */
	TRY(call->node->kind == BPMN_RULE_TASK ? flow_rule(flow, call) : do_service(flow, call));
	/* what the acts above changed is seen by the expressions that follow */
	return flow_context(flow->ctx, flow->pad, &flow->host.context);
}
