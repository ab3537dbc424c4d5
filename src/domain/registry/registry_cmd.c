/* `tongban registry load FILE` and `tongban registry import REGISTER FILE`. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "domain/registry/registry_int.h"
#include "store/store.h"

#include "base/banned.h"

enum { IMPORT_MAX_BYTES = 1 << 30, IMPORT_MAX_ARENA = IMPORT_MAX_BYTES / 2 };

static enum rc read_file(struct ctx *ctx, const char *path, struct sv *ret)
{
	FILE *file = fopen(path, "rb");
	struct buf buf;
	size_t got;
	char chunk[65536];

	if (!file)
		return fail(ctx, RC_NOT_FOUND, N_("The file {path} cannot be read: {reason}."),
			ARGS({ "path", sv_of(path) }, { "reason", sv_of(strerror(errno)) }));
	buf_init(&buf, ctx->arena, IMPORT_MAX_ARENA);
	while ((got = fread(chunk, 1, sizeof(chunk), file)) > 0)
		buf_sv(&buf, (struct sv){ chunk, got });
	fclose(file);
	if (buf.overflow)
		return fail(ctx, RC_TOO_LARGE, N_("The file {path} is too large. Split it."), ARGS({ "path", sv_of(path) }));
	*ret = buf_view(&buf);
	return RC_OK;
}

static enum rc usage(struct ctx *ctx)
{
	return fail(ctx, RC_INVALID, N_("The arguments do not fit. `tongban help` shows how the command is called."), NULL);
}

static enum rc load_command(struct ctx *ctx, int argc, char **argv)
{
	struct sv text;

	if (argc != 1)
		return usage(ctx);
	TRY(read_file(ctx, argv[0], &text));
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
	TRY(read_file(ctx, argv[1], &text));
	TRY(store_begin(ctx));
	auto_tx struct store_tx tx = { ctx };
	TRY(registry_import(ctx, sv_of(argv[0]), sv_of(argv[1]), text, &count));
	TRY(store_commit(tx.ctx));
	printf("%lld\n", (long long)count);
	return RC_OK;
}

const struct command registry_commands[REGISTRY_COMMAND_COUNT] = {
	{ "registry load", "FILE", N_("read the descriptions of the base registers (city/registers.yaml)"), COMMAND_WRITES, load_command },
	{ "registry import", "REGISTER FILE", N_("put the rows of a CSV file into a base register"), COMMAND_WRITES, import_command },
};
