/* `tongban registry load FILE` and `tongban registry import REGISTER FILE`. */
#include <stdio.h>

#include "base/file.h"
#include "domain/registry/registry_int.h"
#include "domain/registry/registry_sql.h"
#include "http/module.h"
#include "store/store.h"

#include "base/banned.h"

enum { IMPORT_MAX_BYTES = 1 << 28 };

static enum rc usage(struct ctx *ctx)
{
	return fail(ctx, RC_INVALID, N_("The arguments do not fit. `tongban help` shows how the command is called."), NULL);
}

static enum rc load_command(struct ctx *ctx, int argc, char **argv)
{
	struct sv text;

	if (argc != 1)
		return usage(ctx);
	TRY(file_read(ctx, argv[0], IMPORT_MAX_BYTES, &text));
	TRY(store_begin(ctx));
	auto_tx struct store_tx tx = { ctx };
	TRY(registry_load(ctx, sv_of(argv[0]), text));
	return store_commit(tx.ctx);
}

static enum rc import_command(struct ctx *ctx, int argc, char **argv)
{
	struct sv text;
	int64_t count;

	if (argc != 2)
		return usage(ctx);
	TRY(file_read(ctx, argv[1], IMPORT_MAX_BYTES, &text));
	TRY(store_begin(ctx));
	auto_tx struct store_tx tx = { ctx };
	TRY(registry_import(ctx, sv_of(argv[0]), sv_of(argv[1]), text, &count));
	TRY(store_commit(tx.ctx));
	printf("%lld\n", (long long)count);
	return RC_OK;
}

static const struct command registry_commands[] = {
	{ "registry load", "FILE", N_("read the descriptions of the base registers (city/registers.yaml)"), COMMAND_WRITES, load_command },
	{ "registry import", "REGISTER FILE", N_("put the rows of a CSV file into a base register"), COMMAND_WRITES, import_command },
};

const struct module registry_module = {
	.name = "registry",
	MODULE_LIST(command, registry_commands),
	.tables = &sql_room_registry,
};
