/* FEEL values: construction, equality and order. See value.h for the shapes. */
#include <assert.h>

#include "base/civil.h"
#include "engine/feel/feel_int.h"

#include "base/banned.h"

static const char *const kind_names[] = {
	[FEEL_NULL] = "Null",
	[FEEL_BOOLEAN] = "boolean",
	[FEEL_NUMBER] = "number",
	[FEEL_STRING] = "string",
	[FEEL_DATE] = "date",
	[FEEL_TIME] = "time",
	[FEEL_DATE_TIME] = "date and time",
	[FEEL_DAYS] = "days and time duration",
	[FEEL_MONTHS] = "years and months duration",
	[FEEL_LIST] = "list",
	[FEEL_CONTEXT] = "context",
	[FEEL_RANGE] = "range",
	[FEEL_FUNCTION] = "function",
};

const char *feel_kind_name(enum feel_kind kind)
{
	assert(kind < sizeof(kind_names) / sizeof(kind_names[0]));
	return kind_names[kind];
}

struct feel_value feel_number_text(struct sv text)
{
	struct decimal d;

	if (!decimal_parse(text, &d))
		return feel_null_because(N_("The text is not a number."), NULL);
	return feel_number(d);
}

static const struct feel_zone china = { .name = { NULL, 0 }, .offset = CHINA_OFFSET_MS / 1000 };

struct feel_value feel_instant(int64_t ms)
{
	int64_t second = ms / 1000, rest = ms % 1000;

	if (rest < 0)
		second--, rest += 1000;
	return moment_at(second, (uint32_t)rest * 1000000, &china);
}

const struct feel_value *feel_get(struct feel_value context, struct sv key)
{
	if (context.kind != FEEL_CONTEXT)
		return NULL;
	for (size_t i = 0; i < context.context.count; i++) {
		if (sv_equal(context.context.at[i].key, key))
			return &context.context.at[i].value;
	}
	return NULL;
}

static int order_i64(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int order_moments(int64_t a, uint32_t a_nano, int64_t b, uint32_t b_nano)
{
	return a != b ? order_i64(a, b) : order_i64(a_nano, b_nano);
}

static int order_zoned(struct feel_value a, struct feel_value b)
{
	if ((a.at.zone == NULL) != (b.at.zone == NULL))
		return INCOMPARABLE;
	if (a.kind == FEEL_TIME)
		return order_moments(time_utc(a), a.nano, time_utc(b), b.nano);
	return order_moments(moment_utc(a), a.nano, moment_utc(b), b.nano);
}

int feel_order(struct feel_value a, struct feel_value b)
{
	if (a.kind != b.kind)
		return INCOMPARABLE;
	switch (a.kind) {
	case FEEL_NUMBER:
		return decimal_compare(a.number, b.number);
	case FEEL_STRING: {
		int c = sv_compare(a.text, b.text); /* UTF-8 bytes order as code points do */
		return (c > 0) - (c < 0);
	}
	case FEEL_DATE:
		return order_i64(a.day, b.day);
	case FEEL_TIME:
	case FEEL_DATE_TIME:
		return order_zoned(a, b);
	case FEEL_DAYS:
		return order_moments(a.seconds, a.nano, b.seconds, b.nano);
	case FEEL_MONTHS:
		return order_i64(a.months, b.months);
	case FEEL_NULL:
	case FEEL_BOOLEAN:
	case FEEL_LIST:
	case FEEL_CONTEXT:
	case FEEL_RANGE:
	case FEEL_FUNCTION:
		break;
	}
	return INCOMPARABLE;
}

/* Two values under comparison: how deep it is, and how many parts it has looked at. Shared parts count each time they are met,
 * so that values which double at every level come to an end. */
enum { EQUAL_MAX_PARTS = 1 << 22 };

struct pairing {
	unsigned depth;
	size_t parts;
};

static int equal_deep(struct feel_value a, struct feel_value b, struct pairing *p);

static bool equal_inside(struct feel_value a, struct feel_value b, struct pairing *p)
{
	p->depth++;
	int equal = equal_deep(a, b, p);
	p->depth--;
	return equal == 1;
}


static int equal_lists(struct feel_value a, struct feel_value b, struct pairing *p)
{
	if (a.list.count != b.list.count)
		return 0;
	for (size_t i = 0; i < a.list.count; i++) {
		if (!equal_inside(a.list.at[i], b.list.at[i], p))
			return 0;
	}
	return 1;
}

static int equal_contexts(struct feel_value a, struct feel_value b, struct pairing *p)
{
	if (a.context.count != b.context.count)
		return 0;
	for (size_t i = 0; i < a.context.count; i++) {
		const struct feel_value *other = feel_get(b, a.context.at[i].key);
		if (!other || !equal_inside(a.context.at[i].value, *other, p))
			return 0;
	}
	return 1;
}

/* (< 10) is not (null..10), but (= 10) is [10..10]. */
static int equal_ranges(const struct feel_range *a, const struct feel_range *b, struct pairing *p)
{
	bool open = a->low.kind == FEEL_NULL || a->high.kind == FEEL_NULL;

	return a->low_closed == b->low_closed && a->high_closed == b->high_closed && (!open || a->unbounded == b->unbounded)
		&& a->unequal == b->unequal && equal_inside(a->low, b->low, p) && equal_inside(a->high, b->high, p);
}

static int equal_functions(const struct feel_function *a, const struct feel_function *b)
{
	return a == b || (a->kind == FN_BUILTIN && b->kind == FN_BUILTIN && a->builtin == b->builtin)
		|| (a->kind == FN_HOST && b->kind == FN_HOST && a->fn == b->fn && a->user == b->user && a->user);
}

/* Durations of zero are equal whichever kind they are. */
static bool both_zero(struct feel_value a, struct feel_value b)
{
	if (a.kind == FEEL_DAYS && b.kind == FEEL_MONTHS)
		return a.seconds == 0 && a.nano == 0 && b.months == 0;
	return a.kind == FEEL_MONTHS && b.kind == FEEL_DAYS && both_zero(b, a);
}

static int equal_deep(struct feel_value a, struct feel_value b, struct pairing *p)
{
	int order;

	if (a.kind != b.kind) {
		if (a.kind == FEEL_NULL || b.kind == FEEL_NULL)
			return 0;
		return both_zero(a, b) ? 1 : -1;
	}
	if (p->depth > FEEL_MAX_DATA_DEPTH || ++p->parts > EQUAL_MAX_PARTS)
		return -1;
	switch (a.kind) {
	case FEEL_NULL:
		return 1;
	case FEEL_BOOLEAN:
		return a.boolean == b.boolean;
	case FEEL_LIST:
		return equal_lists(a, b, p);
	case FEEL_CONTEXT:
		return equal_contexts(a, b, p);
	case FEEL_RANGE:
		return equal_ranges(a.range, b.range, p);
	case FEEL_FUNCTION:
		return equal_functions(a.function, b.function);
	case FEEL_STRING:
		return sv_equal(a.text, b.text);
	case FEEL_NUMBER:
	case FEEL_DATE:
	case FEEL_TIME:
	case FEEL_DATE_TIME:
	case FEEL_DAYS:
	case FEEL_MONTHS:
		break;
	}
	order = feel_order(a, b);
	return order == 0;
}

int feel_equal(struct feel_value a, struct feel_value b)
{
	struct pairing p = { 0 };
	int equal = equal_deep(a, b, &p);

	return p.parts > EQUAL_MAX_PARTS ? -1 : equal;
}

int feel_equal_in(struct feel_run *run, struct feel_value a, struct feel_value b)
{
	struct pairing p = { 0 };
	int equal = equal_deep(a, b, &p);

	if (p.parts > EQUAL_MAX_PARTS)
		feel_stop(run, N_("Two values with too many parts were compared. Compare the parts that matter."));
	feel_charge(run, p.parts / 8);
	return equal;
}

static int above_low(const struct feel_range *range, struct feel_value v)
{
	int order = feel_order(range->low, v);

	if (order == INCOMPARABLE)
		return -1;
	return order < 0 || (order == 0 && range->low_closed);
}

static int below_high(const struct feel_range *range, struct feel_value v)
{
	int order = feel_order(v, range->high);

	if (order == INCOMPARABLE)
		return -1;
	return order < 0 || (order == 0 && range->high_closed);
}

/* One of the three truth values. */
static int in_range(const struct feel_range *range, struct feel_value v)
{
	if (range->unequal || (range->unbounded && range->low_closed && range->high_closed)) {
		int same = feel_equal(range->low, v);
		return same < 0 ? -1 : range->unequal ? !same : same;
	}
	bool no_low = range->unbounded && range->low.kind == FEEL_NULL;
	bool no_high = range->unbounded && range->high.kind == FEEL_NULL;
	int low = no_low ? 1 : above_low(range, v);
	int high = no_high ? 1 : below_high(range, v);
	if (low < 0 || high < 0)
		return -1;
	return low && high;
}

static int in_list(struct feel_run *run, struct feel_value v, struct feel_value test)
{
	int found = 0;

	for (size_t i = 0; i < test.list.count; i++) {
		struct feel_value item = test.list.at[i];
		int hit = item.kind == FEEL_RANGE && v.kind != FEEL_RANGE ? in_range(item.range, v) : feel_equal_in(run, v, item);
		if (hit == 1)
			return 1;
	}
	return found;
}

int feel_in_value(struct feel_run *run, struct feel_value v, struct feel_value test)
{
	if (test.kind == FEEL_RANGE && v.kind != FEEL_RANGE)
		return in_range(test.range, v);
	if (test.kind == FEEL_LIST)
		return in_list(run, v, test);
	return feel_equal_in(run, v, test);
}

bool feel_is_range_ordered(struct feel_value low, struct feel_value high)
{
	int order = feel_order(low, high);

	return order == -1 || order == 0;
}
