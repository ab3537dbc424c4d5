/* Built-in functions on ranges and points: the relations of Allen's interval algebra as DMN 1.5 section 10.3.4.11 defines
 * them, and range(). An end without a bound lies beyond every value. */
#include "engine/feel/builtin_int.h"

#include "base/banned.h"

/* A point counts as the closed range of itself. */
struct span {
	struct feel_value low, high;
	bool low_in, high_in, is_range;
	bool no_low, no_high;
};

struct pair {
	struct span a, b;
	bool failed; /* a comparison was not possible */
};

static struct span span_of(struct feel_value v)
{
	v = single(v);
	if (v.kind != FEEL_RANGE)
		return (struct span){ v, v, true, true, false, false, false };
	const struct feel_range *r = v.range;
	return (struct span){ r->low, r->high, r->low_closed, r->high_closed, true, r->unbounded && r->low.kind == FEEL_NULL,
		r->unbounded && r->high.kind == FEEL_NULL };
}

enum end { LOW, HIGH };

static int compare(struct pair *p, const struct span *a, enum end x, const struct span *b, enum end y)
{
	bool a_open = x == LOW ? a->no_low : a->no_high, b_open = y == LOW ? b->no_low : b->no_high;

	if (a_open || b_open) {
		int left = a_open ? (x == LOW ? -1 : 1) : 0, right = b_open ? (y == LOW ? -1 : 1) : 0;
		return left - right;
	}
	int order = feel_order(x == LOW ? a->low : a->high, y == LOW ? b->low : b->high);
	p->failed = p->failed || order == INCOMPARABLE;
	return order;
}

typedef bool relation(struct pair *p, const struct span *a, const struct span *b);

static bool before(struct pair *p, const struct span *a, const struct span *b)
{
	int order = compare(p, a, HIGH, b, LOW);

	if (!a->is_range && !b->is_range)
		return order < 0;
	return order < 0 || (order == 0 && (!a->high_in || !b->low_in));
}

static bool meets(struct pair *p, const struct span *a, const struct span *b)
{
	return a->high_in && b->low_in && compare(p, a, HIGH, b, LOW) == 0;
}

/* a reaches into b from the left side of b's high end. */
static bool touches(struct pair *p, const struct span *a, const struct span *b)
{
	int order = compare(p, a, HIGH, b, LOW);

	return order > 0 || (order == 0 && a->high_in && b->low_in);
}

static bool overlaps(struct pair *p, const struct span *a, const struct span *b)
{
	return touches(p, a, b) & touches(p, b, a);
}

static bool overlaps_before(struct pair *p, const struct span *a, const struct span *b)
{
	int low = compare(p, a, LOW, b, LOW), high = compare(p, a, HIGH, b, HIGH);

	return (low < 0 || (low == 0 && a->low_in && !b->low_in)) && touches(p, a, b)
		&& (high < 0 || (high == 0 && (!a->high_in || b->high_in)));
}

static bool finishes(struct pair *p, const struct span *a, const struct span *b)
{
	if (!a->is_range)
		return compare(p, b, HIGH, a, HIGH) == 0 && b->high_in;
	int low = compare(p, a, LOW, b, LOW);
	return compare(p, a, HIGH, b, HIGH) == 0 && a->high_in == b->high_in
		&& (low > 0 || (low == 0 && (!a->low_in || b->low_in)));
}

static bool includes(struct pair *p, const struct span *a, const struct span *b)
{
	int low = compare(p, a, LOW, b, LOW), high = compare(p, a, HIGH, b, HIGH);

	return (low < 0 || (low == 0 && (a->low_in || !b->low_in))) && (high > 0 || (high == 0 && (a->high_in || !b->high_in)));
}

static bool starts(struct pair *p, const struct span *a, const struct span *b)
{
	if (!a->is_range)
		return compare(p, b, LOW, a, LOW) == 0 && b->low_in;
	int high = compare(p, a, HIGH, b, HIGH);
	return compare(p, a, LOW, b, LOW) == 0 && a->low_in == b->low_in
		&& (high < 0 || (high == 0 && (!a->high_in || b->high_in)));
}

static bool coincides(struct pair *p, const struct span *a, const struct span *b)
{
	return compare(p, a, LOW, b, LOW) == 0 && compare(p, a, HIGH, b, HIGH) == 0 && a->low_in == b->low_in
		&& a->high_in == b->high_in;
}

/* Which of the two may be points. */
enum shape { ANY_BOTH, RANGES, FIRST_ANY, SECOND_ANY, ALIKE };

static bool shape_fits(enum shape shape, const struct pair *p)
{
	switch (shape) {
	case ANY_BOTH:
		return true;
	case RANGES:
		return p->a.is_range && p->b.is_range;
	case FIRST_ANY:
		return p->b.is_range;
	case SECOND_ANY:
		return p->a.is_range;
	case ALIKE:
		return p->a.is_range == p->b.is_range;
	}
	return false;
}

static struct feel_value relate(const struct feel_value *args, relation *holds, bool swapped, enum shape shape, const char *name)
{
	struct pair p = { span_of(args[0]), span_of(args[1]), false };

	if (!shape_fits(shape, &p))
		return bad(name);
	bool result = swapped ? holds(&p, &p.b, &p.a) : holds(&p, &p.a, &p.b);
	return p.failed ? bad(name) : feel_boolean(result);
}

#define RELATION(fn, holds, swapped, shape, name)                                                                      \
	BUILTIN(fn)                                                                                                    \
	{                                                                                                              \
		(void)run, (void)count;                                                                                \
		return relate(args, holds, swapped, shape, name);                                                      \
	}

RELATION(fn_before, before, false, ANY_BOTH, "before")
RELATION(fn_after, before, true, ANY_BOTH, "after")
RELATION(fn_meets, meets, false, RANGES, "meets")
RELATION(fn_met_by, meets, true, RANGES, "met by")
RELATION(fn_overlaps, overlaps, false, RANGES, "overlaps")
RELATION(fn_overlaps_before, overlaps_before, false, RANGES, "overlaps before")
RELATION(fn_overlaps_after, overlaps_before, true, RANGES, "overlaps after")
RELATION(fn_finishes, finishes, false, FIRST_ANY, "finishes")
RELATION(fn_finished_by, finishes, true, SECOND_ANY, "finished by")
RELATION(fn_includes, includes, false, SECOND_ANY, "includes")
RELATION(fn_during, includes, true, FIRST_ANY, "during")
RELATION(fn_starts, starts, false, FIRST_ANY, "starts")
RELATION(fn_started_by, starts, true, SECOND_ANY, "started by")
RELATION(fn_coincides, coincides, false, ALIKE, "coincides")

/* range("[1..10)"): the text of a range with literal ends of one kind, in order. */
BUILTIN(fn_range)
{
	static const struct feel_scope nothing = { .closed = true };
	struct error inner = { 0 };
	struct ctx own = *run->ctx; /* a wrong text is no error of the run */
	struct feel_value range = feel_null();
	const struct feel_expr *expr;
	struct sv text;

	(void)count;
	if (!as_text(args[0], &text))
		return bad("range");
	own.err = &inner;
	struct feel_builder *b = feel_builder_new(&own, &nothing);
	struct feel_node *node = feel_parse_range(b, text);
	if (node && feel_generate(b, node, text, &expr) == RC_OK)
		(void)feel_constant_value(expr, &range); /* stays null otherwise */
	if (range.kind != FEEL_RANGE || !feel_is_range_ordered(range.range->low, range.range->high))
		return bad("range");
	return range;
}
