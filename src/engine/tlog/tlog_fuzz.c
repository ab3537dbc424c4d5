/* Fuzz target: whatever comes as a note, checkpoint, proof file, leaf, tile path, key or receipt is read or refused; what was
 * read is written as it came. */
#include <assert.h>

#include "engine/tlog/receipt.h"
#include "engine/tlog/tile.h"
#include "test/kit/fuzz.h"

#include "base/banned.h"

static const char key[] = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";

static void check_note(struct ctx *ctx, struct sv bytes)
{
	struct checkpoint checkpoint;
	struct note note;

	if (note_parse(ctx, bytes, &note) == RC_OK && checkpoint_parse(ctx, note.text, &checkpoint) == RC_OK)
		assert(sv_has_prefix(note.text, checkpoint_text(ctx->arena, &checkpoint)));
	error_clear(ctx);
}

static void check(struct ctx *ctx, struct sv bytes)
{
	struct note_key parsed;
	struct proof_file file;
	struct leaf leaf;
	struct tile tile;
	struct receipt_check result;

	check_note(ctx, bytes);
	if (proof_file_parse(ctx, bytes, &file) == RC_OK)
		assert(proof_file_parse(ctx, proof_file_text(ctx->arena, &file), &file) == RC_OK);
	error_clear(ctx);
	if (leaf_decode(ctx, bytes, &leaf) == RC_OK)
		assert(sv_equal(leaf_encode(ctx->arena, &leaf), bytes));
	error_clear(ctx);
	if (tile_parse(bytes, &tile))
		assert(sv_equal(tile_path(ctx->arena, tile), bytes));
	if (note_key_parse(ctx, bytes, &parsed) == RC_OK)
		assert(note_key_parse(ctx, note_key_text(ctx->arena, &parsed), &parsed) == RC_OK);
	error_clear(ctx);
	assert(receipt_verify(ctx, bytes, sv_of(key), &result) == RC_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	return fuzz_run(bytes, len, check);
}
