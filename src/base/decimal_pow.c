/* Powers of decimal numbers; see decimal.h. Whole exponents are correctly rounded: products are carried as a sum of two decimal128
 * numbers (about 68 digits) whose error term a fused multiply-add gives exactly, and rounded once at the end. Interest over 360
 * months is such a power, and its last digit ends up in a statement of account. */
#include "base/decimal.h"

#include "base/decimal_int.h"

#include "base/banned.h"

enum { MAX_WHOLE = 1000, DIGITS = 34 };

/* The value hi + lo, with lo below half a unit of hi's last place. */
struct pair {
	BID_UINT128 hi, lo;
};

static BID_UINT128 add(BID_UINT128 a, BID_UINT128 b)
{
	_IDEC_flags flags = 0;

	return bid128_add(a, b, BID_ROUNDING_TO_NEAREST, &flags);
}

static BID_UINT128 negate(BID_UINT128 a)
{
	a.w[1] ^= (uint64_t)1 << 63;
	return a;
}

/* a * b + c, rounded once. */
static BID_UINT128 fused(BID_UINT128 a, BID_UINT128 b, BID_UINT128 c)
{
	_IDEC_flags flags = 0;

	return bid128_fma(a, b, c, BID_ROUNDING_TO_NEAREST, &flags);
}

static BID_UINT128 multiply(BID_UINT128 a, BID_UINT128 b)
{
	_IDEC_flags flags = 0;

	return bid128_mul(a, b, BID_ROUNDING_TO_NEAREST, &flags);
}

static struct pair pair_multiply(struct pair a, struct pair b)
{
	BID_UINT128 product = multiply(a.hi, b.hi);
	BID_UINT128 rest = add(fused(a.hi, b.hi, negate(product)), fused(a.hi, b.lo, multiply(a.lo, b.hi)));
	BID_UINT128 hi = add(product, rest);

	return (struct pair){ hi, add(add(product, negate(hi)), rest) };
}

static bool finish(BID_UINT128 x, struct decimal *ret)
{
	return decimal_from_bid((struct decimal){ x.w[0], x.w[1] }, ret);
}

/* One over the pair: the quotient, and what its remainder adds to it. */
static bool reciprocal(struct pair p, struct decimal *ret)
{
	_IDEC_flags flags = 0;
	struct decimal one = decimal_to_bid(DECIMAL_INT(1));
	BID_UINT128 unit = { { one.lo, one.hi } };
	BID_UINT128 quotient = bid128_div(unit, p.hi, BID_ROUNDING_TO_NEAREST, &flags);
	BID_UINT128 remainder = fused(negate(quotient), p.lo, fused(negate(quotient), p.hi, unit));

	return finish(fused(remainder, quotient, quotient), ret);
}

/* a^n for n > 0 by squaring. */
static struct pair pair_power(struct decimal a, unsigned n)
{
	struct decimal x = decimal_to_bid(a), zero = decimal_to_bid(DECIMAL_INT(0));
	struct pair square = { { { x.lo, x.hi } }, { { zero.lo, zero.hi } } }, result = square;

	for (n--; n; n >>= 1) {
		if (n & 1)
			result = pair_multiply(result, square);
		if (n > 1)
			square = pair_multiply(square, square);
	}
	return result;
}

/* The same with exact products: digits(a) * n is at most 34. */
static bool exact_power(struct decimal a, unsigned n, struct decimal *ret)
{
	struct decimal result = DECIMAL_INT(1);

	for (;;) {
		if (n & 1 && !decimal_mul(result, a, &result))
			return false;
		n >>= 1;
		if (n == 0)
			break;
		if (!decimal_mul(a, a, &a))
			return false;
	}
	*ret = result;
	return true;
}

static bool whole_power(struct decimal a, int64_t n, struct decimal *ret)
{
	unsigned magnitude = (unsigned)(n < 0 ? -n : n);
	struct decimal power;

	if ((unsigned)decimal_digits(a) * magnitude <= DIGITS) {
		if (!exact_power(a, magnitude, &power))
			return false;
		if (n < 0)
			return decimal_div(DECIMAL_INT(1), power, ret);
		*ret = power;
		return true;
	}
	struct pair wide = pair_power(a, magnitude);
	return n < 0 ? reciprocal(wide, ret) : finish(wide.hi, ret);
}

bool decimal_pow(struct decimal a, struct decimal b, struct decimal *ret)
{
	_IDEC_flags flags = 0;
	int64_t n;

	if (decimal_to_i64(b, &n) && n > -MAX_WHOLE && n < MAX_WHOLE && whole_power(a, n, ret))
		return true;
	struct decimal x = decimal_to_bid(a), y = decimal_to_bid(b);
	return finish(bid128_pow((BID_UINT128){ { x.lo, x.hi } }, (BID_UINT128){ { y.lo, y.hi } }, BID_ROUNDING_TO_NEAREST, &flags), ret);
}
