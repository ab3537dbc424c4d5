/* layercheck ROOT: prints what breaks the order of the house; exit code 1 when there is something, 2 on a wrong call.
 * When all is well it says so in TAP, for the test runner. */
#include <stdio.h>

#include "tools/layercheck/layercheck.h"

#include "base/banned.h"

int main(int argc, char **argv)
{
	struct arena arena;
	struct buf report;

	if (argc != 2) {
		fputs("usage: layercheck ROOT   (the folder that holds src/)\n", stderr);
		return 2;
	}
	arena_init(&arena, 512 << 20);
	buf_init(&report, &arena, 16 << 20);
	unsigned faults = layercheck_tree(&arena, argv[1], &report);
	fwrite(buf_view(&report).ptr, 1, report.len, stdout);
	if (faults == 0)
		puts("ok 1 - every room sees only what it may");
	arena_release(&arena);
	return faults ? 1 : 0;
}
