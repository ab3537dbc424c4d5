/* tongban service lint DIR... | publish DIR... | list */
#include <stdio.h>

#include "domain/catalogue/catalogue.h"
#include "domain/catalogue/catalogue_int.h"
#include "domain/catalogue/catalogue_pages_int.h"
#include "store/store.h"

#include "base/banned.h"

void service_problems_print(struct ctx *ctx, struct sv dir, const struct service_problems *problems)
{
	for (size_t i = 0; i < problems->len; i++) {
		const struct service_problem *problem = &problems->at[i];
		struct sv text = tr_args(ctx, problem->msgid, problem->args);
		printf("%.*s/%.*s:", SV_FMT(dir), SV_FMT(problem->file));
		if (problem->line)
			printf("%u:", problem->line);
		printf(" ");
		if (problem->rule)
			printf("%.*s: %s: ", SV_FMT(problem->element), problem->rule);
		printf("%.*s\n", SV_FMT(text));
	}
}

/* Reads, parses and lints one folder; RC_INVALID with the faults printed. */
static enum rc lint_one(struct ctx *ctx, struct sv dir, struct service_file **ret, size_t *ret_count)
{
	struct service_problems problems = { 0 };
	const struct service *service;

	TRY(service_folder_read(ctx, dir, ret, ret_count));
	enum rc rc = service_parse(ctx, *ret, *ret_count, &problems, &service);
	if (rc == RC_OK)
		rc = service_lint(ctx, service, &problems);
	service_problems_print(ctx, dir, &problems);
	if (rc != RC_OK)
		return rc;
	return problems.len ? fail(ctx, RC_INVALID, N_("The service folder has faults. Nothing was published."), NULL) : RC_OK;
}

static enum rc lint_command(struct ctx *ctx, int argc, char **argv)
{
	struct service_file *files;
	size_t count;

	if (argc == 0)
		return fail(ctx, RC_INVALID, N_("Say which folders."), NULL);
	for (int i = 0; i < argc; i++) {
		TRY(lint_one(ctx, sv_of(argv[i]), &files, &count));
		printf("%s: %zu files, no faults\n", argv[i], count);
	}
	return RC_OK;
}

static enum rc publish_one(struct ctx *ctx, const char *dir)
{
	struct service_file *files;
	struct service_problems problems = { 0 };
	size_t count;
	struct id version;

	TRY(service_folder_read(ctx, sv_of(dir), &files, &count));
	TRY(store_begin(ctx));
	struct store_tx auto_tx tx = { ctx };
	enum rc rc = catalogue_publish(ctx, files, count, &problems, &version);
	service_problems_print(ctx, sv_of(dir), &problems);
	TRY(rc);
	TRY(store_commit(ctx));
	printf("%s: published as version %.*s\n", dir, SV_FMT(id_text(ctx->arena, version)));
	return RC_OK;
}

static enum rc publish_command(struct ctx *ctx, int argc, char **argv)
{
	if (argc == 0)
		return fail(ctx, RC_INVALID, N_("Say which folders."), NULL);
	for (int i = 0; i < argc; i++)
		TRY(publish_one(ctx, argv[i]));
	return RC_OK;
}

static enum rc list_command(struct ctx *ctx, int argc, char **argv)
{
	struct catalogue_item *items;
	size_t count;

	(void)argc, (void)argv; /* takes no words */
	TRY(catalogue_list(ctx, &items, &count));
	for (size_t i = 0; i < count; i++)
		printf("%-32.*s %.*s\n", SV_FMT(items[i].code), SV_FMT(bitext_pick(ctx, items[i].name)));
	return RC_OK;
}

const struct command catalogue_commands[CATALOGUE_COMMANDS] = {
	{ "service lint", "DIR...", N_("checks service folders: every fault with its file and line"), COMMAND_ALONE, lint_command },
	{ "service publish", "DIR...", N_("publishes service folders as new versions"), COMMAND_WRITES, publish_command },
	{ "service list", "", N_("lists the services"), COMMAND_READS, list_command },
};
