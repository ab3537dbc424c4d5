/* Notices from the acts of cases; see notice.h. */
#include "domain/notice/notice.h"

#include "base/json.h"
#include "domain/casefile/casefile.h"
#include "domain/licence/licence.h"
#include "domain/notice/notice_int.h"
#include "domain/notice/notice_sql.h"

#include "base/banned.h"

/* What an act tells the applicant; NULL = nothing (the applicant did it, or it is inner work). */
static const char *const words[ACT_COUNT] = {
	[ACT_FILE] = N_("We have your application for {service}. This is your filing receipt."),
	[ACT_SUPPLEMENT_ASK] = N_("Your application for {service} needs more from you. Everything is listed in one notice."),
	[ACT_ACCEPT] = N_("Your application for {service} is accepted. The clock runs."),
	[ACT_ACCEPT_SILENT] = N_("Your application for {service} counts as accepted, because no answer came in time. The clock runs."),
	[ACT_REFUSE_ACCEPTANCE] = N_("Your application for {service} is not accepted. The notice says why and what you can do."),
	[ACT_SUSPEND] = N_("The clock of your application for {service} has stopped for a special procedure."),
	[ACT_RESUME] = N_("The clock of your application for {service} runs again."),
	[ACT_EXTEND] = N_("The time limit of your application for {service} is extended. The reasons are with the case."),
	[ACT_GRANT] = N_("Your application for {service} is granted."),
	[ACT_REFUSE] = N_("Your application for {service} is refused. The decision says why and how to ask for review."),
	[ACT_DELIVER] = N_("The result of your application for {service} is delivered."),
	[ACT_ANSWER] = N_("Your query {service} is answered."),
	[ACT_TERMINATE] = N_("Your application for {service} has ended without a decision."),
};

const char *notice_words(int64_t act)
{
	return act >= 0 && act < ACT_COUNT ? words[act] : NULL;
}

/* What a change of a licence tells its holder. */
static const char *const licence_words[LICENCE_STATE_COUNT] = {
	[LICENCE_VALID] = N_("Your licence {licence} is valid again."),
	[LICENCE_SUSPENDED] = N_("Your licence {licence} is suspended. The reasons are with the licence."),
	[LICENCE_REVOKED] = N_("Your licence {licence} is revoked. The reasons are with the licence."),
	[LICENCE_CANCELLED] = N_("Your licence {licence} is cancelled. The reasons are with the licence."),
};

const char *notice_licence_words(int64_t state)
{
	return state >= 0 && state < LICENCE_STATE_COUNT ? licence_words[state] : NULL;
}

/* Payload of "casefile.act": {"event", "case", "act", "party", "number", "service", "at"}. */
enum rc notice_receive_act(struct ctx *ctx, struct sv topic, struct sv payload)
{
	const struct json *event;
	struct sql_notice_add_params notice = { .id = id_new(ctx) };

	TRY(json_parse(ctx, topic, payload, &json_limits_request, &event));
	if (!json_i64(json_get(event, SV("act")), &notice.act) || !json_i64(json_get(event, SV("at")), &notice.at)
		|| !id_parse(json_string(json_get(event, SV("event"))), &notice.event)
		|| !id_parse(json_string(json_get(event, SV("case"))), &notice.case_id)
		|| !id_parse(json_string(json_get(event, SV("party"))), &notice.party))
		return fail_internal(ctx, "an outbox event of topic %.*s lacks a member", SV_FMT(topic));
	if (!notice_words(notice.act))
		return RC_OK;
	notice.case_number = json_string(json_get(event, SV("number")));
	notice.service_code = json_string(json_get(event, SV("service")));
	return sql_notice_add(ctx, &notice);
}

/* Payload of "licence.changed": {"event", "licence", "case", "holder", "number", "state", "service", "at"}. */
enum rc notice_receive_licence(struct ctx *ctx, struct sv topic, struct sv payload)
{
	const struct json *event;
	struct sql_notice_add_params notice = { .id = id_new(ctx) };

	TRY(json_parse(ctx, topic, payload, &json_limits_request, &event));
	if (!json_i64(json_get(event, SV("state")), &notice.act) || !json_i64(json_get(event, SV("at")), &notice.at)
		|| !id_parse(json_string(json_get(event, SV("event"))), &notice.event)
		|| !id_parse(json_string(json_get(event, SV("licence"))), &notice.licence)
		|| !id_parse(json_string(json_get(event, SV("case"))), &notice.case_id)
		|| !id_parse(json_string(json_get(event, SV("holder"))), &notice.party) || !notice_licence_words(notice.act))
		return fail_internal(ctx, "an outbox event of topic %.*s lacks a member", SV_FMT(topic));
	notice.case_number = json_string(json_get(event, SV("number")));
	notice.service_code = json_string(json_get(event, SV("service")));
	return sql_notice_add(ctx, &notice);
}

enum rc notice_unread(struct ctx *ctx, struct id party, int64_t *ret)
{
	struct sql_notice_count_unread_row row;

	TRY(sql_notice_count_unread(ctx, party, &row));
	*ret = row.count;
	return RC_OK;
}
