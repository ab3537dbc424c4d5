/* Line by line difference of two texts: longest common subsequence between the common head and tail. */
#ifndef DOMAIN_DESIGNER_TEXT_DIFF_H
#define DOMAIN_DESIGNER_TEXT_DIFF_H

#include "base/arena.h"

enum diff_kind { DIFF_SAME, DIFF_REMOVED, DIFF_ADDED, DIFF_SKIPPED };

struct diff_line {
	enum diff_kind kind;
	struct sv text;        /* DIFF_SKIPPED: empty */
	int64_t before, after; /* line numbers from 1; 0 = not on that side */
};

enum { DIFF_MAX_CELLS = 16 << 20, DIFF_CONTEXT = 3 };

/* Changed lines with DIFF_CONTEXT same ones around them; longer same runs become one DIFF_SKIPPED. Texts whose middles are
 * too large to compare come out as all removed, then all added. Lines point into the texts. Returns how many. */
size_t text_diff(struct arena *arena, struct sv before, struct sv after, struct diff_line **ret);

#endif
