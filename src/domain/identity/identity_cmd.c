/* `tongban org load FILE...` and `tongban org password LOGIN`. */
#include <stdio.h>

#include "base/file.h"
#include "domain/identity/identity_pages_int.h"
#include "store/store.h"

#include "base/banned.h"

enum { FILE_MAX = 1 << 20 };

static enum rc usage(struct ctx *ctx)
{
	return fail(ctx, RC_INVALID, N_("The arguments do not fit. `tongban help` shows how the command is called."), NULL);
}

/* All files or none: they may refer to each other. */
static enum rc load_command(struct ctx *ctx, int argc, char **argv)
{
	struct identity_loaded *loaded = ARENA_ARRAY(ctx->arena, struct identity_loaded, (size_t)argc);
	struct sv text, none = { NULL, 0 };

	if (argc == 0)
		return usage(ctx);
	TRY(store_begin(ctx));
	auto_tx struct store_tx tx = { ctx };
	for (int i = 0; i < argc; i++) {
		TRY(file_read(ctx, argv[i], FILE_MAX, &text));
		TRY(identity_load(ctx, sv_of(argv[i]), text, none, &loaded[i]));
	}
	TRY(store_commit(tx.ctx));
	for (int i = 0; i < argc; i++) {
		fprintf(stderr, "%s: %zu departments, %zu posts, %zu officers\n", argv[i], loaded[i].departments, loaded[i].posts,
			loaded[i].officers);
		for (size_t j = 0; j < loaded[i].newcomer_count; j++)
			printf("%.*s %.*s\n", SV_FMT(loaded[i].newcomers[j].login), SV_FMT(loaded[i].newcomers[j].password));
	}
	return RC_OK;
}

static enum rc password_command(struct ctx *ctx, int argc, char **argv)
{
	struct sv password;

	if (argc != 1)
		return usage(ctx);
	TRY(store_begin(ctx));
	auto_tx struct store_tx tx = { ctx };
	TRY(identity_password_reset(ctx, sv_of(argv[0]), &password));
	TRY(store_commit(tx.ctx));
	printf("%s %.*s\n", argv[0], SV_FMT(password));
	return RC_OK;
}

const struct command identity_commands[IDENTITY_COMMAND_COUNT] = {
	{ "org load", "FILE...", N_("make or change departments, posts and officers; prints what new officers sign in with once"), COMMAND_WRITES,
		load_command },
	{ "org password", "LOGIN", N_("print a password for one sign-in, in place of a forgotten one"), COMMAND_WRITES, password_command },
};
