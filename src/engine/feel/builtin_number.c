/* Built-in functions on numbers, and the few that take anything: not, is, number, string. */
#include "engine/feel/builtin_int.h"

#include "base/banned.h"

static struct feel_value or_bad(bool done, struct decimal d, const char *name)
{
	return done ? feel_number(d) : bad(name);
}

static struct feel_value rounded(const struct feel_value *args, size_t count, enum decimal_rounding mode, const char *name)
{
	struct decimal n;
	int64_t scale = 0;

	if (!as_number(args[0], &n) || (count > 1 && !as_integer(args[1], &scale)) || scale < -6111 || scale > 6176)
		return bad(name);
	return or_bad(decimal_round(n, (int)scale, mode, &n), n, name);
}

#define ROUNDING(fn, mode, name)                                                                                       \
	BUILTIN(fn)                                                                                                    \
	{                                                                                                              \
		(void)run;                                                                                             \
		return rounded(args, count, mode, name);                                                               \
	}

ROUNDING(fn_decimal, DECIMAL_HALF_EVEN, "decimal")
ROUNDING(fn_floor, DECIMAL_FLOOR, "floor")
ROUNDING(fn_ceiling, DECIMAL_CEILING, "ceiling")
ROUNDING(fn_round_up, DECIMAL_UP, "round up")
ROUNDING(fn_round_down, DECIMAL_DOWN, "round down")
ROUNDING(fn_round_half_up, DECIMAL_HALF_UP, "round half up")
ROUNDING(fn_round_half_down, DECIMAL_HALF_DOWN, "round half down")

BUILTIN(fn_abs)
{
	struct feel_value v = single(args[0]);

	(void)run, (void)count;
	if (v.kind == FEEL_NUMBER)
		return feel_number(decimal_abs(v.number));
	if ((v.kind == FEEL_DAYS && v.seconds < 0) || (v.kind == FEEL_MONTHS && v.months < 0))
		return feel_arith_negate(v);
	return v.kind == FEEL_DAYS || v.kind == FEEL_MONTHS ? v : bad("abs");
}

BUILTIN(fn_modulo)
{
	struct decimal a, b;

	(void)run, (void)count;
	if (!as_number(args[0], &a) || !as_number(args[1], &b))
		return bad("modulo");
	return or_bad(decimal_mod(a, b, &a), a, "modulo");
}

BUILTIN(fn_sqrt)
{
	struct decimal n;

	(void)run, (void)count;
	return or_bad(as_number(args[0], &n) && decimal_sqrt(n, &n), n, "sqrt");
}

BUILTIN(fn_log)
{
	struct decimal n;

	(void)run, (void)count;
	return or_bad(as_number(args[0], &n) && decimal_sign(n) > 0 && decimal_log(n, &n), n, "log");
}

BUILTIN(fn_exp)
{
	struct decimal n;

	(void)run, (void)count;
	return or_bad(as_number(args[0], &n) && decimal_exp(n, &n), n, "exp");
}

static struct feel_value parity(const struct feel_value *args, int want, const char *name)
{
	struct decimal n, rest;

	if (!as_number(args[0], &n) || !decimal_is_integer(n) || !decimal_mod(n, DECIMAL_INT(2), &rest))
		return bad(name);
	return feel_boolean((decimal_sign(rest) != 0) == want);
}

BUILTIN(fn_odd)
{
	(void)run, (void)count;
	return parity(args, 1, "odd");
}

BUILTIN(fn_even)
{
	(void)run, (void)count;
	return parity(args, 0, "even");
}

BUILTIN(fn_not)
{
	struct feel_value v = single(args[0]);

	(void)run, (void)count;
	return v.kind == FEEL_BOOLEAN ? feel_boolean(!v.boolean) : bad("not");
}

static bool same_zone(const struct feel_zone *a, const struct feel_zone *b)
{
	if (!a || !b)
		return a == b;
	return sv_equal(a->name, b->name) && sv_is_absent(a->name) == sv_is_absent(b->name) && a->offset == b->offset;
}

/* Same element of the same semantic domain: unlike "=", zones count. */
BUILTIN(fn_is)
{
	struct feel_value a = args[0], b = args[1];

	(void)count;
	if (a.kind != b.kind)
		return feel_boolean(false);
	if (a.kind == FEEL_TIME || a.kind == FEEL_DATE_TIME)
		return feel_boolean(a.at.second == b.at.second && a.nano == b.nano && same_zone(a.at.zone, b.at.zone));
	return feel_boolean(feel_equal_in(run, a, b) == 1);
}

static bool separator(struct feel_value v, const char *allowed, char *ret)
{
	*ret = 0;
	if (v.kind == FEEL_NULL)
		return true;
	if (v.kind != FEEL_STRING || v.text.len != 1 || !strchr(allowed, v.text.ptr[0]))
		return false;
	*ret = v.text.ptr[0];
	return true;
}

/* The digits without grouping separators and with a point; a point that is none of the two separators spoils it. */
static struct sv plain_number(struct feel_run *run, struct sv from, char grouping, char point)
{
	char *plain = feel_alloc(run, from.len + 1, 1);
	size_t len = 0;

	for (size_t i = 0; i < from.len; i++) {
		char c = from.ptr[i];
		if (grouping && c == grouping)
			continue;
		plain[len++] = point && c == point ? '.' : point && c == '.' ? 'x' : c;
	}
	return (struct sv){ plain, len };
}

/* number(from, grouping separator, decimal separator) */
BUILTIN(fn_number)
{
	char grouping = 0, point = 0;
	struct decimal d;
	struct sv from;

	if (count == 1 && single(args[0]).kind == FEEL_NUMBER)
		return single(args[0]);
	if (!as_text(args[0], &from) || (count > 1 && !separator(args[1], " ,.", &grouping))
		|| (count > 2 && !separator(args[2], ".,", &point)) || (grouping && grouping == point))
		return bad("number");
	return or_bad(decimal_parse(plain_number(run, from, grouping, point), &d), d, "number");
}

enum { STRING_MAX = 16 << 20 };

BUILTIN(fn_string)
{
	struct buf buf;

	(void)count;
	if (args[0].kind == FEEL_NULL)
		return bad("string");
	if (args[0].kind == FEEL_STRING)
		return args[0];
	buf_init(&buf, run->ctx->arena, STRING_MAX);
	feel_print(&buf, args[0]);
	feel_charge(run, buf.len / 16);
	return buf.overflow ? feel_null_because(N_("The text is too long."), NULL) : feel_text(buf_view(&buf));
}
