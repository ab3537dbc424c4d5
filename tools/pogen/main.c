/* pogen ROOT OUT.c DEPFILE: checks the translations in ROOT/po against ROOT/src and writes them as C.
 * pogen --list-missing ROOT: prints the entries to be added to each PO file.
 * Exit code 1 when something is wrong with the translations, 2 on a wrong call. */
#include <stdio.h>

#include "tools/pogen/pogen.h"

#include "base/banned.h"

static void print(FILE *file, const struct buf *buf)
{
	fwrite(buf_view(buf).ptr, 1, buf->len, file);
}

int main(int argc, char **argv)
{
	struct arena arena;
	struct buf faults, other;

	arena_init(&arena, (size_t)1 << 30);
	buf_init(&faults, &arena, POGEN_MAX_OUTPUT);
	buf_init(&other, &arena, POGEN_MAX_OUTPUT);
	struct report report = { .arena = &arena, .out = &faults };
	bool lists = argc == 3 && strcmp(argv[1], "--list-missing") == 0;
	if (lists) {
		pogen_list_missing(&report, argv[2], &other);
	} else if (argc == 4) {
		pogen_generate(&report, argv[1], argv[2], argv[3], &other);
	} else {
		fputs("usage: pogen ROOT OUT.c DEPFILE\n       pogen --list-missing ROOT\n", stderr);
		return 2;
	}
	print(lists ? stdout : stderr, &other);
	print(stderr, &faults);
	arena_release(&arena);
	return report.faults ? 1 : 0;
}
