/* `tongban exchange load FILE`. */
#include "base/file.h"
#include "domain/exchange/exchange_pages_int.h"
#include "store/store.h"

#include "base/banned.h"

enum { PURPOSES_MAX_BYTES = 4 << 20 };

static enum rc load_command(struct ctx *ctx, int argc, char **argv)
{
	struct sv text;

	if (argc != 1)
		return fail(ctx, RC_INVALID, N_("The arguments do not fit. `tongban help` shows how the command is called."), NULL);
	TRY(file_read(ctx, argv[0], PURPOSES_MAX_BYTES, &text));
	TRY(store_begin(ctx));
	auto_tx struct store_tx tx = { ctx };
	TRY(exchange_load(ctx, sv_of(argv[0]), text));
	return store_commit(tx.ctx);
}

const struct command exchange_commands[EXCHANGE_COMMAND_COUNT] = {
	{ "exchange load", "FILE", N_("read the purposes for which registers may be read (city/purposes.yaml)"), COMMAND_WRITES, load_command },
};
