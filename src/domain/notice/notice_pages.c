/* The inbox, and what the room offers to the program. */
#include "domain/catalogue/catalogue.h"
#include "domain/identity/identity.h"
#include "domain/licence/licence.h"
#include "domain/notice/notice_html.h"
#include "domain/notice/notice_int.h"
#include "domain/notice/notice_sql.h"
#include "http/module.h"

#include "base/banned.h"

/* A notice about a licence leads to it and calls it by its name. */
static enum rc fill_licence(struct ctx *ctx, const struct sql_notices_of_row *row, struct html_notice_inbox_notices *entry)
{
	struct licence licence;

	TRY(licence_find(ctx, row->licence, &licence));
	entry->text = tr_args(ctx, notice_licence_words(row->act), ARGS({ "licence", bitext_pick(ctx, licence.name) }));
	entry->href = arena_printf(ctx->arena, "/licences/%s", id_text(ctx->arena, row->licence).ptr);
	return RC_OK;
}

static enum rc fill_case(struct ctx *ctx, const struct sql_notices_of_row *row, struct html_notice_inbox_notices *entry)
{
	const struct service *service;

	TRY(catalogue_current(ctx, row->service_code, &service));
	entry->text = tr_args(ctx, notice_words(row->act), ARGS({ "service", bitext_pick(ctx, service->name) }));
	entry->href = arena_printf(ctx->arena, "/cases/%s", id_text(ctx->arena, row->case_id).ptr);
	return RC_OK;
}

static enum rc inbox_page(struct ctx *ctx, const struct request *request, struct response *response)
{
	struct sql_notices_of_rows rows;
	int64_t unread = 0;

	(void)request; /* takes no input */
	TRY(sql_notices_of(ctx, ctx->who->subject, &rows));
	struct html_notice_inbox_notices *list = ARENA_ARRAY(ctx->arena, struct html_notice_inbox_notices, rows.len);
	for (size_t i = 0; i < rows.len; i++) {
		const struct sql_notices_of_row *row = &rows.at[i];
		list[i] = (struct html_notice_inbox_notices){ .at = row->at, .number = row->case_number, .unread = row->read_at == 0 };
		if (id_is_zero(row->licence))
			TRY(fill_case(ctx, row, &list[i]));
		else
			TRY(fill_licence(ctx, row, &list[i]));
		unread += list[i].unread;
	}
	struct html_notice_inbox view = { .unread = unread, .notices = { list, rows.len } };
	return response_page(ctx, response, &html_notice_inbox_view, &view);
}

static enum rc read_act(struct ctx *ctx, const struct request *request, struct response *response)
{
	(void)request; /* takes no input */
	TRY(sql_notices_read(ctx, clock_now(ctx->clock), ctx->who->subject));
	return response_redirect(ctx, response, SV("/inbox"), N_("All messages are marked as read."));
}

static const struct route notice_routes[] = {
	{ "GET", "/inbox", NEEDS(PERMISSION_APPLY), &input_none, inbox_page, .view = &html_notice_inbox_view,
		.summary = N_("Messages about one's cases") },
	{ "POST", "/inbox/read", NEEDS(PERMISSION_APPLY), &input_none, read_act, .body = BODY_FORM,
		.summary = N_("Mark all messages as read") },
};

static const struct subscription notice_subscriptions[] = {
	{ "casefile.act", notice_receive_act },
	{ "licence.changed", notice_receive_licence },
};

const struct module notice_module = {
	.name = "notice",
	MODULE_LIST(route, notice_routes),
	MODULE_LIST(subscription, notice_subscriptions),
	.tables = &sql_room_notice,
};
