/* Decisions from another C program: cc rules_example.c $(pkg-config --cflags --libs tongban-rules)
 *
 * Reads a DMN file, decides, and says why there is no result. */
#include <stdio.h>

#include "base/file.h"
#include "engine/dmn/dmn.h"

#include "base/banned.h"

static const struct locale english = { .tag = "en", .code = "en", .self = "English" };

int main(int argc, char **argv)
{
	struct arena arena;
	struct error err = { 0 };
	struct clock clock = CLOCK_SYSTEM;
	struct random random = RANDOM_SYSTEM;
	struct ctx ctx = { .arena = &arena, .err = &err, .clock = &clock, .random = &random, .who = &principal_nobody, .locale = &english };
	const struct feel_entry inputs[] = { { SV("Kind"), feel_text(SV("new")) }, { SV("Floor area"), feel_i64(120) } };
	const struct dmn_model *model;
	struct feel_value fee;
	struct buf out;
	struct sv text;

	arena_init(&arena, 64 << 20);
	if (argc != 2 || file_read(&ctx, argv[1], DMN_MAX_TEXT, &text) != RC_OK || dmn_parse(&ctx, sv_of(argv[1]), text, NULL, &model) != RC_OK
		|| dmn_evaluate(&ctx, model, SV("Fee"), feel_context(inputs, 2), &fee) != RC_OK) {
		fprintf(stderr, "%s\n", err.msgid ? err.msgid : "usage: rules_example FILE.dmn");
		return rc_exit_code(err.rc);
	}
	buf_init(&out, &arena, 1 << 16);
	feel_print(&out, fee);
	printf("Fee: %.*s %.*s\n", SV_FMT(buf_view(&out)), SV_FMT(feel_reason(&ctx, fee)));
	arena_release(&arena);
	return 0;
}
