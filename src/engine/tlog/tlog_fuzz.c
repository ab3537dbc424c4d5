/* Fuzz target: whatever comes as a note, checkpoint, proof file, leaf, tile path or receipt is read or refused. */
#include "engine/tlog/receipt.h"
#include "engine/tlog/tile.h"

#include "base/banned.h"

static const char key[] = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena;
	struct error err = { .rc = RC_OK };
	static const struct locale plain = { .tag = "en", .code = "en", .self = "English" };
	struct ctx ctx = { .arena = &arena, .err = &err, .who = &principal_nobody, .locale = &plain };
	struct sv bytes = { (const char *)data, size };
	struct note note;
	struct note_key parsed;
	struct checkpoint checkpoint;
	struct proof_file file;
	struct leaf leaf;
	struct tile tile;
	struct receipt_check check;

	arena_init(&arena, (size_t)64 << 20);
	if (note_parse(&ctx, bytes, &note) == RC_OK && checkpoint_parse(&ctx, note.text, &checkpoint) == RC_OK
		&& sv_equal(note.text, checkpoint_text(&arena, &checkpoint)) && !note_name_is_valid(note.signatures[0].name))
		__builtin_trap();
	error_clear(&ctx);
	if (proof_file_parse(&ctx, bytes, &file) == RC_OK
		&& proof_file_parse(&ctx, proof_file_text(&arena, &file), &file) != RC_OK)
		__builtin_trap();
	error_clear(&ctx);
	if (leaf_decode(&ctx, bytes, &leaf) == RC_OK && !sv_equal(leaf_encode(&arena, &leaf), bytes))
		__builtin_trap();
	error_clear(&ctx);
	if (tile_parse(bytes, &tile) && !sv_equal(tile_path(&arena, tile), bytes))
		__builtin_trap();
	if (note_key_parse(&ctx, bytes, &parsed) == RC_OK
		&& note_key_parse(&ctx, note_key_text(&arena, &parsed), &parsed) != RC_OK)
		__builtin_trap();
	error_clear(&ctx);
	if (receipt_verify(&ctx, bytes, sv_of(key), &check) != RC_OK)
		__builtin_trap();
	arena_release(&arena);
	return 0;
}
