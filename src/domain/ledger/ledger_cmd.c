/* `tongban ledger state | fsck | prove`. */
#include <stdio.h>

#include "base/file.h"
#include "domain/ledger/ledger_pages_int.h"
#include "engine/tlog/receipt.h"

#include "base/banned.h"

enum { KEY_MAX = 1024 };

static enum rc wrong_words(struct ctx *ctx)
{
	return fail(ctx, RC_INVALID, N_("The arguments do not fit. `tongban help` shows how the command is called."), NULL);
}

static void print_hash(const struct ctx *ctx, const char *name, struct hash hash)
{
	struct buf buf;

	buf_init(&buf, ctx->arena, 64);
	buf_base64(&buf, hash.bytes, sizeof(hash.bytes));
	printf("%s %.*s\n", name, SV_FMT(buf_view(&buf)));
}

static enum rc state_command(struct ctx *ctx, int argc, char **argv)
{
	struct ledger_state state;

	(void)argv; /* takes nothing */
	if (argc != 0)
		return wrong_words(ctx);
	TRY(store_begin(ctx));
	auto_tx struct store_tx tx = { ctx };
	TRY(ledger_state(tx.ctx, &state));
	printf("size %lld\nsealed %lld\n", (long long)state.size, (long long)state.checkpoint.size);
	print_hash(ctx, "root", state.root);
	if (state.checkpoint.size)
		printf("\n%.*s", SV_FMT(state.checkpoint.note));
	return RC_OK;
}

static enum rc fsck_command(struct ctx *ctx, int argc, char **argv)
{
	struct note_key key;
	struct sv text;
	bool has_key = argc == 2 && sv_equal_z(sv_of(argv[0]), "--key");
	int64_t count;

	if (argc != 0 && !has_key)
		return wrong_words(ctx);
	if (has_key) {
		TRY(file_read(ctx, argv[1], KEY_MAX, &text));
		TRY(note_key_parse(ctx, text, &key));
	}
	TRY(store_begin(ctx)); /* one state of the ledger for all statements */
	auto_tx struct store_tx tx = { ctx };
	TRY(ledger_fsck(tx.ctx, has_key ? &key : NULL, &count));
	printf("%lld entries: leaves, tiles, tree and checkpoints agree%s\n", (long long)count,
		has_key ? "; every signature is right" : "");
	return RC_OK;
}

static enum rc prove_command(struct ctx *ctx, int argc, char **argv)
{
	struct ledger_state state;
	struct proof_file file;
	struct tile_reader tiles;

	if (argc != 1 || !checkpoint_number(sv_of(argv[0]), &file.index))
		return wrong_words(ctx);
	TRY(store_begin(ctx));
	auto_tx struct store_tx tx = { ctx };
	TRY(ledger_state(tx.ctx, &state));
	ledger_reader_init(&tiles, (uint64_t)state.checkpoint.size);
	TRY(tlog_prove_inclusion(ctx, &tiles.reader, file.index, (uint64_t)state.checkpoint.size, &file.proof));
	file.checkpoint = state.checkpoint.note;
	printf("%.*s", SV_FMT(proof_file_text(ctx->arena, &file)));
	return RC_OK;
}

const struct command ledger_commands[LEDGER_COMMAND_COUNT] = {
	{ "ledger state", "", N_("show size, root and newest checkpoint of the ledger"), COMMAND_READS, state_command },
	{ "ledger fsck", "[--key FILE]", N_("recompute the ledger from its entries and compare everything stored"), COMMAND_READS,
		fsck_command },
	{ "ledger prove", "INDEX", N_("print the proof of an entry (c2sp.org/tlog-proof)"), COMMAND_READS, prove_command },
};
