/* The inbox. */
#include "domain/catalogue/catalogue.h"
#include "domain/identity/identity.h"
#include "domain/notice/notice_html.h"
#include "domain/notice/notice_int.h"
#include "domain/notice/notice_sql.h"
#include "http/module.h"

#include "base/banned.h"

static enum rc inbox_page(struct ctx *ctx, const struct request *request, struct response *response)
{
	struct sql_notices_of_rows rows;
	int64_t unread = 0;

	(void)request; /* takes no input */
	TRY(sql_notices_of(ctx, ctx->who->subject, &rows));
	struct html_notice_inbox_notices *list = ARENA_ARRAY(ctx->arena, struct html_notice_inbox_notices, rows.len);
	for (size_t i = 0; i < rows.len; i++) {
		const struct service *service;
		TRY(catalogue_current(ctx, rows.at[i].service_code, &service));
		list[i] = (struct html_notice_inbox_notices){
			.at = rows.at[i].at,
			.text = tr_args(ctx, notice_words(rows.at[i].act), ARGS({ "service", bitext_pick(ctx, service->name) })),
			.number = rows.at[i].case_number,
			.href = arena_printf(ctx->arena, "/cases/%s", id_text(ctx->arena, rows.at[i].case_id).ptr),
			.unread = rows.at[i].read_at == 0,
		};
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

const struct route notice_routes[NOTICE_ROUTE_COUNT] = {
	{ "GET", "/inbox", NEEDS(PERMISSION_APPLY), &input_none, inbox_page, .view = &html_notice_inbox_view,
		.summary = N_("Messages about one's cases") },
	{ "POST", "/inbox/read", NEEDS(PERMISSION_APPLY), &input_none, read_act, .body = BODY_FORM,
		.summary = N_("Mark all messages as read") },
};
