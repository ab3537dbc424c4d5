/* `tongban org load FILE...`, `tongban org password LOGIN`, and `tongban system open|list|revoke`. */
#include <stdio.h>

#include "base/civil.h"
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

/* --- systems --- */

static enum rc system_open_command(struct ctx *ctx, int argc, char **argv)
{
	uint64_t permissions = (uint64_t)1 << PERMISSION_DECISION_EVALUATE;
	int64_t days = 365;
	struct sv token;

	if (argc < 2)
		return usage(ctx);
	for (int i = 2; i < argc; i++) {
		if (strcmp(argv[i], "--all") == 0)
			permissions |= (uint64_t)1 << PERMISSION_DECISION_EVALUATE_ALL;
		else if (strcmp(argv[i], "--days") != 0 || ++i == argc || !sv_parse_i64(sv_of(argv[i]), &days))
			return usage(ctx);
	}
	TRY(store_begin(ctx));
	auto_tx struct store_tx tx = { ctx };
	TRY(identity_system_open(ctx, sv_of(argv[0]), sv_of(argv[1]), permissions, days, &token));
	TRY(store_commit(tx.ctx));
	printf("%.*s\n", SV_FMT(token));
	return RC_OK;
}

static enum rc system_list_command(struct ctx *ctx, int argc, char **argv)
{
	struct system_account *systems;
	size_t count;
	int64_t now = clock_now(ctx->clock);
	char day[11];

	(void)argv; /* there are none */
	if (argc)
		return usage(ctx);
	TRY(identity_system_list(ctx, &systems, &count));
	for (size_t i = 0; i < count; i++)
		printf("%s %s %.*s %s %.*s\n", id_text(ctx->arena, systems[i].id).ptr,
			systems[i].revoked_at ? "revoked" : now < systems[i].expires_at ? "in-use" : "expired",
			SV_FMT(systems[i].department), civil_day_text(civil_china_day(systems[i].expires_at), day).ptr, SV_FMT(systems[i].name));
	return RC_OK;
}

static enum rc system_revoke_command(struct ctx *ctx, int argc, char **argv)
{
	struct id id;

	if (argc != 1 || !id_parse(sv_of(argv[0]), &id))
		return usage(ctx);
	TRY(store_begin(ctx));
	auto_tx struct store_tx tx = { ctx };
	TRY(identity_system_revoke(ctx, id));
	return store_commit(tx.ctx);
}

const struct command identity_commands[IDENTITY_COMMAND_COUNT] = {
	{ "org load", "FILE...", N_("make or change departments, posts and officers; prints what new officers sign in with once"), COMMAND_WRITES,
		load_command },
	{ "org password", "LOGIN", N_("print a password for one sign-in, in place of a forgotten one"), COMMAND_WRITES, password_command },
	{ "system open", "DEPARTMENT NAME [--all] [--days N]",
		N_("make an account for a department's program and print its token, this once; --all: rules of every service; 365 days unless told"),
		COMMAND_WRITES, system_open_command },
	{ "system list", "", N_("the departments' programs: id, state, department, last day, name"), COMMAND_READS, system_list_command },
	{ "system revoke", "ID", N_("revoke the token of a department's program"), COMMAND_WRITES, system_revoke_command },
};
