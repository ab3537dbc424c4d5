/* The commands over files; see tlog_cmd.h. A log in a folder is read through the same tile reader as one in a database. */
#include "engine/tlog/tlog_cmd.h"

#include <stdio.h>

#include "base/file.h"
#include "engine/tlog/receipt.h"
#include "engine/tlog/tile.h"

#include "base/banned.h"

enum { MAX_FILE = 4 << 20 };

static enum rc read_file(struct ctx *ctx, struct sv path, struct sv *ret)
{
	return file_read(ctx, arena_z(ctx->arena, path), MAX_FILE, ret);
}

/* The words of a command: `count` in order, and --key FILE anywhere between them. */
static enum rc read_words(struct ctx *ctx, int argc, char **argv, const char *usage, struct sv *words, int count,
	struct sv *ret_key)
{
	int have = 0;

	for (int i = 0; i < argc; i++) {
		if (ret_key && sv_equal_z(sv_of(argv[i]), "--key") && i + 1 < argc)
			*ret_key = sv_of(argv[++i]);
		else if (have < count)
			words[have++] = sv_of(argv[i]);
		else
			have = count + 1;
	}
	if (have == count && (!ret_key || !sv_is_absent(*ret_key)))
		return RC_OK;
	fprintf(stderr, "usage: tongban %s\n", usage);
	return fail(ctx, RC_INVALID, N_("The command was called with other words than it takes."), NULL);
}

static enum rc read_key(struct ctx *ctx, struct sv path, struct note_key *ret)
{
	struct sv text;

	TRY(read_file(ctx, path, &text));
	return note_key_parse(ctx, text, ret);
}

/* --- verify --- */

static void print_steps(struct ctx *ctx, const struct receipt_check *check)
{
	static const char *const marks[] = { [RECEIPT_NOT_TRIED] = "-     ", [RECEIPT_PASSED] = "ok    ",
		[RECEIPT_FAILED] = "FAILED" };

	for (int i = 0; i < RECEIPT_STEP_COUNT; i++)
		printf("%s  %.*s\n", marks[check->steps[i]], SV_FMT(tr(ctx, receipt_step_texts[i].text)));
}

enum rc verify_command(struct ctx *ctx, int argc, char **argv)
{
	struct sv path, key_path = { NULL, 0 }, receipt, key;
	struct receipt_check check;

	TRY(read_words(ctx, argc, argv, "verify RECEIPT.json --key FILE", &path, 1, &key_path));
	TRY(read_file(ctx, path, &receipt));
	TRY(read_file(ctx, key_path, &key));
	TRY(receipt_verify(ctx, receipt, key, &check));
	print_steps(ctx, &check);
	if (!check.is_verified)
		return fail(ctx, RC_INVALID, N_("The receipt is not verified. {problem}"), ARGS({ "problem", check.problem }));
	printf("%.*s %llu/%llu %.*s\n%s\n", SV_FMT(check.leaf.type), (unsigned long long)check.index,
		(unsigned long long)check.checkpoint.size, SV_FMT(check.checkpoint.origin), "receipt verified");
	return RC_OK;
}

/* --- tlog --- */

static enum rc read_folder_tile(struct ctx *ctx, void *owner, struct tile tile, struct sv *ret)
{
	const struct sv *folder = owner;
	struct sv path = arena_printf(ctx->arena, "%.*s/%s", SV_FMT(*folder), tile_path(ctx->arena, tile).ptr);

	if (read_file(ctx, path, ret) == RC_OK)
		return RC_OK;
	error_clear(ctx); /* a partial tile may have been replaced by the full one */
	tile.width = TILE_WIDTH;
	return read_file(ctx, arena_printf(ctx->arena, "%.*s/%s", SV_FMT(*folder), tile_path(ctx->arena, tile).ptr), ret);
}

static enum rc read_checkpoint(struct ctx *ctx, struct sv folder, struct note *ret_note, struct sv *ret_text,
	struct checkpoint *ret)
{
	TRY(read_file(ctx, arena_printf(ctx->arena, "%.*s/checkpoint", SV_FMT(folder)), ret_text));
	TRY(note_parse(ctx, *ret_text, ret_note));
	return checkpoint_parse(ctx, ret_note->text, ret);
}

/* Entries of one bundle into the frontier, each hash compared with the level-0 tile. */
static enum rc check_bundle(struct ctx *ctx, struct tile_reader *tiles, uint64_t index, struct tlog_frontier *frontier)
{
	struct tile tile = { .is_entries = true, .index = index, .width = tile_width(tiles->size, 0, index) };
	struct hash done[TLOG_MAX_LEVELS], stored;
	struct sv bundle, hashes, entry;

	TRY(read_folder_tile(ctx, tiles->owner, tile, &bundle));
	tile.is_entries = false;
	TRY(read_folder_tile(ctx, tiles->owner, tile, &hashes));
	for (unsigned i = 0; i < tile.width; i++) {
		if (!tile_next_entry(&bundle, &entry) || hashes.len < (i + 1) * sizeof(stored))
			return fail(ctx, RC_INVALID, N_("The tiles of {path} are cut off."),
				ARGS({ "path", tile_path(ctx->arena, tile) }));
		stored = tile_hash(hashes, 0, i);
		if (!hash_equal(tlog_leaf_hash(entry), stored))
			return fail(ctx, RC_INVALID, N_("Entry {index} does not have the hash that its tile says."),
				ARGS({ "index", arena_printf(ctx->arena, "%llu", (unsigned long long)frontier->size) }));
		tlog_frontier_add(frontier, stored, done);
	}
	return RC_OK;
}

static enum rc fsck_command(struct ctx *ctx, int argc, char **argv)
{
	struct sv folder, key_path = { NULL, 0 }, text;
	struct checkpoint checkpoint;
	struct tlog_frontier frontier = { 0 }, from_tiles;
	struct note note;
	struct note_key key;

	TRY(read_words(ctx, argc, argv, "tlog fsck DIR --key FILE", &folder, 1, &key_path));
	TRY(read_key(ctx, key_path, &key));
	TRY(read_checkpoint(ctx, folder, &note, &text, &checkpoint));
	TRY(note_verify(ctx, &note, &key, 1));
	struct tile_reader tiles = { .read = read_folder_tile, .owner = &folder, .size = checkpoint.size };
	tile_reader_init(&tiles);
	for (uint64_t index = 0; frontier.size < checkpoint.size; index++) {
		struct arena_mark mark = arena_mark(ctx->arena);
		TRY(check_bundle(ctx, &tiles, index, &frontier));
		arena_rewind(ctx->arena, mark);
	}
	TRY(tlog_frontier_read(ctx, &tiles.reader, checkpoint.size, &from_tiles));
	if (!hash_equal(tlog_frontier_root(&frontier), checkpoint.root)
		|| !hash_equal(tlog_frontier_root(&from_tiles), checkpoint.root))
		return fail(ctx, RC_INVALID, N_("The entries or the tiles do not give the root that was signed."), NULL);
	printf("%.*s: %llu entries, tiles and signed root agree\n", SV_FMT(checkpoint.origin),
		(unsigned long long)checkpoint.size);
	return RC_OK;
}

static enum rc prove_command(struct ctx *ctx, int argc, char **argv)
{
	struct sv words[2], text;
	struct checkpoint checkpoint;
	struct note note;
	struct proof_file file;

	TRY(read_words(ctx, argc, argv, "tlog prove DIR INDEX", words, 2, NULL));
	if (!checkpoint_number(words[1], &file.index))
		return fail(ctx, RC_INVALID, N_("{word} is not the number of an entry."), ARGS({ "word", words[1] }));
	TRY(read_checkpoint(ctx, words[0], &note, &text, &checkpoint));
	struct tile_reader tiles = { .read = read_folder_tile, .owner = &words[0], .size = checkpoint.size };
	tile_reader_init(&tiles);
	TRY(tlog_prove_inclusion(ctx, &tiles.reader, file.index, checkpoint.size, &file.proof));
	file.checkpoint = text;
	printf("%.*s", SV_FMT(proof_file_text(ctx->arena, &file)));
	return RC_OK;
}

static enum rc verify_proof_command(struct ctx *ctx, int argc, char **argv)
{
	struct sv words[2], key_path = { NULL, 0 }, proof_text, entry;
	struct checkpoint checkpoint;
	struct note note;
	struct note_key key;
	struct proof_file file;

	TRY(read_words(ctx, argc, argv, "tlog verify PROOF ENTRY --key FILE", words, 2, &key_path));
	TRY(read_key(ctx, key_path, &key));
	TRY(read_file(ctx, words[0], &proof_text));
	TRY(read_file(ctx, words[1], &entry));
	TRY(proof_file_parse(ctx, proof_text, &file));
	TRY(note_parse(ctx, file.checkpoint, &note));
	TRY(note_verify(ctx, &note, &key, 1));
	TRY(checkpoint_parse(ctx, note.text, &checkpoint));
	if (!tlog_check_inclusion(tlog_leaf_hash(entry), file.index, checkpoint.size, file.proof.at, file.proof.len,
		    checkpoint.root))
		return fail(ctx, RC_INVALID, N_("The proof does not lead from this entry to the root of the ledger."), NULL);
	printf("%.*s: entry %llu of %llu is in the log\n", SV_FMT(checkpoint.origin), (unsigned long long)file.index,
		(unsigned long long)checkpoint.size);
	return RC_OK;
}

enum rc tlog_command(struct ctx *ctx, int argc, char **argv)
{
	static const struct {
		const char *name;
		enum rc (*run)(struct ctx *, int, char **);
	} commands[] = { { "fsck", fsck_command }, { "prove", prove_command }, { "verify", verify_proof_command } };

	for (size_t i = 0; argc > 0 && i < sizeof(commands) / sizeof(commands[0]); i++)
		if (sv_equal_z(sv_of(argv[0]), commands[i].name))
			return commands[i].run(ctx, argc - 1, argv + 1);
	fprintf(stderr, "usage: tongban tlog fsck|prove|verify ...\n");
	return fail(ctx, RC_INVALID, N_("The command was called with other words than it takes."), NULL);
}
