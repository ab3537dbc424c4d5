/* Dynamic programming over the middle of two texts; see text_diff.h. */
#include "domain/designer/text_diff.h"

#include <assert.h>

#include "base/vec.h"

#include "base/banned.h"

struct lines {
	VEC(struct sv);
};

struct diff {
	VEC(struct diff_line);
};

static struct lines split(struct arena *arena, struct sv text)
{
	struct lines lines = { 0 };

	while (text.len)
		*VEC_PUSH(arena, &lines) = sv_cut(&text, '\n');
	return lines;
}

static void add(struct arena *arena, struct diff *diff, enum diff_kind kind, struct sv text, size_t before, size_t after)
{
	*VEC_PUSH(arena, diff) = (struct diff_line){ kind, text, (int64_t)before, (int64_t)after };
}

/* Lengths of the common subsequences of all tails: table[i * (m + 1) + j]. */
static uint32_t *tail_lengths(struct arena *arena, const struct sv *a, size_t n, const struct sv *b, size_t m)
{
	uint32_t *table = ARENA_ARRAY(arena, uint32_t, (n + 1) * (m + 1));

	for (size_t i = n; i-- > 0;)
		for (size_t j = m; j-- > 0;) {
			uint32_t down = table[(i + 1) * (m + 1) + j], right = table[i * (m + 1) + j + 1];
			table[i * (m + 1) + j] = sv_equal(a[i], b[j]) ? table[(i + 1) * (m + 1) + j + 1] + 1
								      : down > right ? down : right;
		}
	return table;
}

static void middle(struct arena *arena, struct diff *diff, const struct sv *a, size_t n, const struct sv *b, size_t m, size_t head)
{
	size_t i = 0, j = 0;
	bool fits = (n + 1) * (m + 1) <= DIFF_MAX_CELLS;
	const uint32_t *table = fits ? tail_lengths(arena, a, n, b, m) : NULL;

	while (i < n || j < m) {
		if (fits && i < n && j < m && sv_equal(a[i], b[j])) {
			add(arena, diff, DIFF_SAME, a[i], head + i + 1, head + j + 1);
			i++, j++;
		} else if (i < n && (j == m || !fits || table[(i + 1) * (m + 1) + j] >= table[i * (m + 1) + j + 1])) {
			add(arena, diff, DIFF_REMOVED, a[i], head + i + 1, 0);
			i++;
		} else {
			add(arena, diff, DIFF_ADDED, b[j], 0, head + j + 1);
			j++;
		}
	}
}

/* Copies the lines but for same ones that are far from every change. */
static size_t shorten(const struct diff_line *lines, size_t count, struct diff_line *kept)
{
	size_t used = 0;

	for (size_t i = 0; i < count; i++) {
		bool near = lines[i].kind != DIFF_SAME;
		for (size_t k = i > DIFF_CONTEXT ? i - DIFF_CONTEXT : 0; !near && k < count && k <= i + DIFF_CONTEXT; k++)
			near = lines[k].kind == DIFF_REMOVED || lines[k].kind == DIFF_ADDED;
		if (near)
			kept[used++] = lines[i];
		else if (!used || kept[used - 1].kind != DIFF_SKIPPED)
			kept[used++] = (struct diff_line){ .kind = DIFF_SKIPPED, .text = SV("") };
	}
	return used;
}

size_t text_diff(struct arena *arena, struct sv before, struct sv after, struct diff_line **ret)
{
	struct lines a = split(arena, before), b = split(arena, after);
	struct diff diff = { 0 };
	size_t head = 0, tail = 0;

	while (head < a.len && head < b.len && sv_equal(a.at[head], b.at[head]))
		head++;
	while (tail < a.len - head && tail < b.len - head && sv_equal(a.at[a.len - 1 - tail], b.at[b.len - 1 - tail]))
		tail++;
	assert(head + tail <= a.len && head + tail <= b.len);
	for (size_t i = 0; i < head; i++)
		add(arena, &diff, DIFF_SAME, a.at[i], i + 1, i + 1);
	middle(arena, &diff, a.at + head, a.len - head - tail, b.at + head, b.len - head - tail, head);
	for (size_t i = tail; i > 0; i--)
		add(arena, &diff, DIFF_SAME, a.at[a.len - i], a.len - i + 1, b.len - i + 1);
	struct diff_line *kept = ARENA_ARRAY(arena, struct diff_line, diff.len);
	size_t used = 0;
	bool changed = false;
	for (size_t i = 0; i < diff.len; i++)
		changed |= diff.at[i].kind != DIFF_SAME;
	if (changed)
		used = shorten(diff.at, diff.len, kept);
	*ret = kept;
	return used;
}
