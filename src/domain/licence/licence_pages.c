/* Pages: my licences, one licence with its paper and history, verification by anybody, and the officer's change of state. */
#include <stdio.h>

#include "base/civil.h"
#include "base/file.h"
#include "base/format.h"
#include "domain/identity/identity.h"
#include "domain/ledger/ledger.h"
#include "domain/licence/licence_html.h"
#include "domain/licence/licence_int.h"
#include "engine/tlog/note.h"
#include "http/module.h"

#include "base/banned.h"

/* Kind of the tag component. */
static struct sv tag_of(enum licence_state state)
{
	switch (state) {
	case LICENCE_VALID:
		return SV("ok");
	case LICENCE_SUSPENDED:
		return SV("paused");
	case LICENCE_REVOKED:
	case LICENCE_CANCELLED:
		return SV("refused");
	case LICENCE_EXPIRED:
		return SV("late");
	case LICENCE_STATE_COUNT:
		break;
	}
	return SV("neutral");
}

static struct html_optional until_of(const struct licence *licence)
{
	return licence->valid_until == INT64_MAX ? (struct html_optional){ 0 } : HTML_SOME(licence->valid_until);
}

static struct sv href_of(struct ctx *ctx, const struct licence *licence, const char *tail)
{
	return arena_printf(ctx->arena, "/licences/%s%s", id_text(ctx->arena, licence->id).ptr, tail);
}

/* --- my licences --- */

static enum rc list_page(struct ctx *ctx, const struct request *request, struct response *response)
{
	struct licence *list = NULL;
	size_t count = 0;

	(void)request; /* takes nothing */
	if (ctx->who->kind == PRINCIPAL_PERSON)
		TRY(licence_of_holder(ctx, ctx->who->subject, &list, &count));
	struct html_licence_list_licences *rows = ARENA_ARRAY(ctx->arena, struct html_licence_list_licences, count);
	for (size_t i = 0; i < count; i++)
		rows[i] = (struct html_licence_list_licences){
			.name = bitext_pick(ctx, list[i].name), .number = list[i].number,
			.state = tr(ctx, licence_state_text(list[i].state)), .kind = tag_of(list[i].state), .until = until_of(&list[i]),
			.href = href_of(ctx, &list[i], ""),
		};
	struct html_licence_list view = { .licences = { rows, count } };
	return response_page(ctx, response, &html_licence_list_view, &view);
}

/* --- one licence --- */

struct one {
	struct id id;
};

/* The holder, or an officer of the issuing department who works on cases. */
static enum rc find_mine(struct ctx *ctx, struct id id, struct licence *ret)
{
	enum rc rc = licence_find(ctx, id, ret);
	bool is_mine = rc == RC_OK && ctx->who->kind == PRINCIPAL_PERSON && id_equal(ret->holder, ctx->who->subject);
	bool is_desk = rc == RC_OK && ctx->who->kind == PRINCIPAL_OFFICER && principal_may(ctx->who, PERMISSION_CASE_READ)
		&& sv_equal(identity_department_code(ctx), ret->department);

	if (rc == RC_NOT_FOUND || (rc == RC_OK && !is_mine && !is_desk))
		return fail(ctx, RC_NOT_FOUND, N_("There is no such licence, or it is not yours to see."), NULL);
	return rc;
}

static enum rc fill_history(struct ctx *ctx, const struct licence *licence, struct html_events *ret)
{
	struct licence_change *changes;
	size_t count;

	TRY(licence_history(ctx, licence->id, &changes, &count));
	struct html_event *events = ARENA_ARRAY(ctx->arena, struct html_event, count);
	for (size_t i = 0; i < count; i++) {
		struct ledger_leaf leaf;
		const struct licence_change *change = &changes[count - 1 - i]; /* newest first */
		TRY(ledger_leaf_find(ctx, change->leaf, &leaf));
		events[i] = (struct html_event){
			.at = change->at,
			.title = tr(ctx, count - 1 - i == 0 ? N_("Licence issued") : licence_state_text(change->state)),
			.who = change->actor.len ? change->actor : bitext_pick(ctx, licence->department_name),
			.body = change->reasons,
			.seal = leaf.is_sealed ? SV("sealed") : SV("recorded"),
		};
	}
	*ret = (struct html_events){ events, count };
	return RC_OK;
}

static void fill_change(struct ctx *ctx, const struct request *request, const struct licence *licence,
	struct html_licence_show *view)
{
	struct html_licence_show_change *change = ARENA_NEW(ctx->arena, struct html_licence_show_change);
	struct html_option *choices = ARENA_ARRAY(ctx->arena, struct html_option, LICENCE_STATE_COUNT);
	struct sv typed = request_typed(request, "state");
	size_t count = 0;

	for (int state = 0; state < LICENCE_STATE_COUNT; state++) {
		struct sv code = sv_of(licence_state_code((enum licence_state)state));
		if (licence_may_become(licence->state, (enum licence_state)state))
			choices[count++] = (struct html_option){ .value = code, .selected = sv_equal(code, typed),
				.label = tr(ctx, licence_state_text((enum licence_state)state)) };
	}
	if (count == 0)
		return;
	*change = (struct html_licence_show_change){
		.action = href_of(ctx, licence, "/change"), .revision = licence->revision, .choices = { choices, count },
		.reasons = request_typed(request, "reasons"),
		.reasons_error = html_problem_of(view->errors, SV("reasons")), .state_error = html_problem_of(view->errors, SV("state")),
	};
	view->change = change;
}

static enum rc show_licence(struct ctx *ctx, const struct request *request, struct response *response, struct id id)
{
	struct ledger_leaf leaf;
	struct licence licence;

	TRY(find_mine(ctx, id, &licence));
	TRY(ledger_leaf_find(ctx, licence.leaf, &leaf));
	struct html_licence_show view = {
		.errors = html_problems_of(ctx, request->problem),
		.name = bitext_pick(ctx, licence.name),
		.number = licence.number,
		.state = tr(ctx, licence_state_text(licence.state)),
		.kind = tag_of(licence.state),
		.qr = href_of(ctx, &licence, "/qr.svg"),
		.verify = licence_verify_path(ctx->arena, &licence),
		.code = licence_code_shown(ctx->arena, licence.code),
		.receipt = href_of(ctx, &licence, "/receipt"),
		.back = ctx->who->kind == PRINCIPAL_PERSON ? SV("/licences") : SV("/desk"),
	};
	if (leaf.is_sealed)
		view.ledger_index = HTML_SOME(leaf.index);
	TRY(licence_content(ctx, licence.id, &view.content));
	TRY(fill_history(ctx, &licence, &view.history));
	if (licence_may_change(ctx, &licence))
		fill_change(ctx, request, &licence, &view);
	return response_page(ctx, response, &html_licence_show_view, &view);
}

static enum rc show_page(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct one *in = request->input;

	return show_licence(ctx, request, response, in->id);
}

static enum rc qr_image(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct one *in = request->input;
	struct licence licence;
	struct sv svg;

	TRY(find_mine(ctx, in->id, &licence));
	TRY(licence_qr(ctx, licence_link(ctx, &licence), &svg));
	return response_bytes(ctx, response, "image/svg+xml", svg);
}

static enum rc receipt_file(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct one *in = request->input;
	struct licence licence;
	struct sv receipt;

	TRY(find_mine(ctx, in->id, &licence));
	TRY(licence_receipt(ctx, &licence, &receipt));
	response_download(ctx, response, arena_printf(ctx->arena, "receipt-%.*s.json", SV_FMT(licence.number)));
	return response_bytes(ctx, response, "application/json", receipt);
}

struct change_in {
	struct id id;
	int64_t revision;
	struct sv state, reasons;
};

static enum rc change_again(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct change_in *in = request->input;

	return show_licence(ctx, request, response, in->id);
}

static enum rc change_act(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct change_in *in = request->input;
	struct licence licence;

	TRY(find_mine(ctx, in->id, &licence));
	for (int state = 0; state < LICENCE_STATE_COUNT; state++)
		if (sv_equal_z(in->state, licence_state_code((enum licence_state)state)))
			TRY(licence_change(ctx, in->id, in->revision, (enum licence_state)state, in->reasons));
	return response_redirect(ctx, response, href_of(ctx, &licence, ""), N_("The licence is changed. The holder is told."));
}

/* --- verification by anybody --- */

struct verify_in {
	struct sv code;
};

static enum rc fill_found(struct ctx *ctx, struct sv code, struct html_licence_verify_found *ret)
{
	struct ledger_leaf leaf;
	struct licence licence;

	TRY(licence_verify(ctx, code, &licence));
	TRY(ledger_leaf_find(ctx, licence.leaf, &leaf));
	*ret = (struct html_licence_verify_found){
		.valid = licence.state == LICENCE_VALID,
		.state = tr(ctx, licence_state_text(licence.state)),
		.kind = tag_of(licence.state),
		.name = bitext_pick(ctx, licence.name),
		.number = licence.number,
		.issuer = bitext_pick(ctx, licence.department_name),
		.from = licence.valid_from,
		.until = until_of(&licence),
	};
	if (leaf.is_sealed)
		ret->ledger_index = HTML_SOME(leaf.index);
	return RC_OK;
}

static enum rc verify_page(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct verify_in *in = request->input;
	struct html_licence_verify_found found;
	struct html_licence_verify view = { .code = in->code };

	if (!sv_is_absent(in->code)) {
		enum rc rc = fill_found(ctx, in->code, &found);
		if (rc == RC_OK) {
			view.found = &found;
		} else if (rc == RC_NOT_FOUND) { /* an answer, not a failure */
			struct html_problem *problem = ARENA_NEW(ctx->arena, struct html_problem);
			*problem = (struct html_problem){ .href = SV("#field-code"), .field = SV("code"), .message = tr(ctx, ctx->err->msgid) };
			error_clear(ctx);
			view.errors = (struct html_problems){ problem, 1 };
			view.code_error = problem->message;
		} else {
			return rc;
		}
	}
	return response_page(ctx, response, &html_licence_verify_view, &view);
}

/* --- the command --- */

static enum rc check_command(struct ctx *ctx, int argc, char **argv)
{
	struct licence_statement statement;
	struct note_key key;
	char from[11], until[11];
	struct sv text;

	if (argc != 3 || !sv_equal_z(sv_of(argv[1]), "--key"))
		return fail(ctx, RC_INVALID, N_("The arguments do not fit. `tongban help` shows how the command is called."), NULL);
	TRY(file_read(ctx, argv[2], 1024, &text));
	TRY(note_key_parse(ctx, text, &key));
	TRY(licence_link_check(ctx, sv_of(argv[0]), &key, &statement));
	printf("%.*s %.*s\n%s - %s\nstatement verified; whether it was revoked since, only the page behind the link can tell\n",
		SV_FMT(statement.name), SV_FMT(statement.number), civil_day_text(statement.valid_from, from).ptr,
		statement.valid_until == INT64_MAX ? "" : civil_day_text(statement.valid_until, until).ptr);
	return RC_OK;
}

/* --- the table --- */

static const struct input_field one_fields[] = { INPUT(struct one, id, ID, .required = true) };
static const struct input one_input = INPUT_OF(struct one, one_fields);
static const struct input_field verify_fields[] = { INPUT(struct verify_in, code, TEXT, .max = 40) };
static const struct input verify_input = INPUT_OF(struct verify_in, verify_fields);
static const char *const change_states[] = { "valid", "suspended", "revoked", "cancelled", NULL };
static const struct input_field change_fields[] = {
	INPUT(struct change_in, id, ID, .required = true),
	INPUT(struct change_in, revision, INT, .required = true, .min = 1, .max = INT64_MAX),
	INPUT(struct change_in, state, CHOICE, .required = true, .choices = change_states, .label = N_("New state")),
	INPUT(struct change_in, reasons, LONG_TEXT, .required = true, .max = 2000, .label = N_("Reasons")),
};
static const struct input change_input = INPUT_OF(struct change_in, change_fields);

static const struct route licence_routes[] = {
	{ "GET", "/licences", NEEDS(PERMISSION_SIGNED_IN), &input_none, list_page, .view = &html_licence_list_view,
		.summary = N_("My licences") },
	{ "GET", "/licences/{id}", NEEDS(PERMISSION_SIGNED_IN), &one_input, show_page, .view = &html_licence_show_view,
		.summary = N_("A licence: paper, QR code, history") },
	{ "GET", "/licences/{id}/qr.svg", NEEDS(PERMISSION_SIGNED_IN), &one_input, qr_image, .summary = N_("QR code of a licence") },
	{ "GET", "/licences/{id}/receipt", NEEDS(PERMISSION_SIGNED_IN), &one_input, receipt_file,
		.summary = N_("Receipt of the issue of a licence") },
	{ "POST", "/licences/{id}/change", NEEDS(PERMISSION_LICENCE_CHANGE), &change_input, change_act, .on_invalid = change_again,
		.body = BODY_FORM, .summary = N_("Suspend, restore, revoke or cancel a licence") },
	{ "GET", "/verify", NEEDS(PERMISSION_PUBLIC), &verify_input, verify_page, .view = &html_licence_verify_view,
		.summary = N_("Whether a licence is valid, by its code") },
};

static const struct command licence_commands[] = {
	{ "licence check", "LINK --key FILE", N_("check the signed statement of a licence's QR code offline"), COMMAND_ALONE,
		check_command },
};

const struct module licence_module = {
	.name = "licence",
	MODULE_LIST(route, licence_routes),
	MODULE_LIST(command, licence_commands),
	.tables = &sql_room_licence,
};
