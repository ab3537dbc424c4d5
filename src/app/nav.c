/* Navigation of the pages, by who reads them. */
#include "app/app.h"
#include "app/modules.h"
#include "base/locale.h"
#include "domain/identity/permission.h"
#include "domain/notice/notice.h"

#include "base/banned.h"

enum audience { FOR_PUBLIC = 1, FOR_PERSON = 2, FOR_OFFICER = 4 };

static const struct entry {
	const char *path, *label;
	unsigned audience;
	unsigned needs; /* permission */
} entries[] = {
	{ "/services", N_("Services"), FOR_PUBLIC | FOR_PERSON, PERMISSION_PUBLIC },
	{ "/cases", N_("My cases"), FOR_PERSON, PERMISSION_SIGNED_IN },
	{ "/licences", N_("My licences"), FOR_PERSON, PERMISSION_SIGNED_IN },
	{ "/inbox", N_("Inbox"), FOR_PERSON, PERMISSION_SIGNED_IN },
	{ "/data", N_("Who read my data"), FOR_PERSON, PERMISSION_SIGNED_IN },
	{ "/verify", N_("Verify a licence"), FOR_PUBLIC, PERMISSION_PUBLIC },
	{ "/ledger", N_("Ledger"), FOR_PUBLIC, PERMISSION_PUBLIC },
	{ "/desk", N_("Work list"), FOR_OFFICER, PERMISSION_SIGNED_IN },
	{ "/admin/services", N_("Service definitions"), FOR_OFFICER, PERMISSION_SERVICE_READ },
	{ "/admin/staff", N_("Departments and posts"), FOR_OFFICER, PERMISSION_STAFF_READ },
	{ "/admin/systems", N_("Systems"), FOR_OFFICER, PERMISSION_STAFF_READ },
	{ "/admin/ledger", N_("Ledger state"), FOR_OFFICER, PERMISSION_LEDGER_ADMIN },
	{ "/audit/disputes", N_("Disputed reads"), FOR_OFFICER, PERMISSION_ACCESS_AUDIT },
	{ "/admin/jobs", N_("Jobs"), FOR_OFFICER, PERMISSION_JOBS_READ },
	{ "/docs", N_("Help"), FOR_PUBLIC | FOR_PERSON | FOR_OFFICER, PERMISSION_PUBLIC },
};

static unsigned audience_of(const struct principal *who)
{
	switch (who->kind) {
	case PRINCIPAL_NOBODY:
	case PRINCIPAL_AGENCY: /* reads no pages */
		return FOR_PUBLIC;
	case PRINCIPAL_PERSON:
		return FOR_PERSON;
	case PRINCIPAL_OFFICER:
	case PRINCIPAL_SYSTEM:
		return FOR_OFFICER;
	}
	return FOR_PUBLIC;
}

/* "Inbox (3)": what waits there. A page about a failure does without: it has no transaction to read in. */
static struct sv inbox_label(struct ctx *ctx, const struct request *request)
{
	int64_t unread = 0;

	if (request->problem->rc == RC_OK && notice_unread(ctx, ctx->who->subject, &unread) != RC_OK)
		error_clear(ctx);
	if (unread == 0)
		return tr(ctx, N_("Inbox"));
	return tr_args(ctx, N_("Inbox ({count})"), ARGS({ "count", arena_printf(ctx->arena, "%lld", (long long)unread) }));
}

enum rc nav_check(struct ctx *ctx)
{
	for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++)
		if (!modules_have_page(entries[i].path))
			return fail_internal(ctx, "the navigation leads to %s, which is no page", entries[i].path);
	return RC_OK;
}

void nav_fill(struct ctx *ctx, const struct request *request, struct html_page *page)
{
	struct html_link *links = ARENA_ARRAY(ctx->arena, struct html_link, sizeof(entries) / sizeof(entries[0]));
	unsigned audience = audience_of(ctx->who);
	size_t count = 0;

	for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
		const struct entry *entry = &entries[i];
		struct sv path = sv_of(entry->path), rest = sv_slice(request->path, path.len, 1);
		if (!(entry->audience & audience) || !principal_may(ctx->who, entry->needs))
			continue;
		links[count++] = (struct html_link){
			.href = path, .label = strcmp(entry->path, "/inbox") == 0 ? inbox_label(ctx, request) : tr(ctx, entry->label),
			.current = sv_has_prefix(request->path, path) && (rest.len == 0 || rest.ptr[0] == '/'),
		};
	}
	page->nav = (struct html_links){ links, count };
}
