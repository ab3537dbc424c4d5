/* Decimal numbers; see decimal.h. Each operation tries int64/int128 arithmetic first and otherwise widens its operands
 * and calls Intel's decimal128 library. Invariant: a value is small exactly when its coefficient is at most INT64_MAX and
 * its exponent lies in -127 .. 127, so equal results of both ways have equal bits. */
#include "base/decimal.h"

#include <assert.h>
#include <stdio.h>

#include "base/decimal_int.h"

#include "base/banned.h"

typedef __int128 i128;
typedef unsigned __int128 u128;

enum { BIAS = 6176, MAX_SCALE = 127, MAX_EXPONENT_DIGITS = 6, MAX_PARSE = 20000, PLAIN_PLACES = 40 };

enum { MAX_SHIFT = 18 }; /* the largest power of ten that an int64_t holds */
static const int64_t pow10_i64[MAX_SHIFT + 1] = { 1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000,
	10000000000, 100000000000, 1000000000000, 10000000000000, 100000000000000, 1000000000000000,
	10000000000000000, 100000000000000000, 1000000000000000000 };

static inline int64_t coefficient(struct decimal d) { return (int64_t)d.lo; }
static inline int scale_of(struct decimal d) { return (int8_t)(d.hi & 0xff); }

static inline struct decimal small(int64_t c, int scale)
{
	return (struct decimal){ (uint64_t)c, DECIMAL_SMALL_TAG | (uint8_t)(int8_t)scale };
}

/* true when the value may be held small. */
static inline bool fits(i128 c, int scale)
{
	return c <= INT64_MAX && c >= -INT64_MAX && scale <= MAX_SCALE && scale >= -MAX_SCALE;
}

static inline BID_UINT128 bid_of(struct decimal d)
{
	BID_UINT128 x;

	if (decimal_is_small(d)) {
		int64_t c = coefficient(d);
		x.w[0] = c < 0 ? 0 - (uint64_t)c : (uint64_t)c;
		x.w[1] = (uint64_t)(BIAS - scale_of(d)) << 49 | (c < 0 ? (uint64_t)1 << 63 : 0);
	} else {
		x.w[0] = d.lo;
		x.w[1] = d.hi;
	}
	return x;
}

bool decimal_from_bid(struct decimal bid, struct decimal *ret)
{
	uint64_t hi = bid.hi;

	if ((hi >> 59 & 15) == 15) /* infinity or NaN */
		return false;
	bool negative = hi >> 63;
	int exponent = (int)(hi >> 49 & 0x3fff) - BIAS;
	uint64_t top = hi & 0x1ffffffffffff;
	if ((hi >> 61 & 3) == 3) { /* the second form holds coefficients above 34 digits only: zero */
		top = bid.lo = 0;
		exponent = (int)(hi >> 47 & 0x3fff) - BIAS;
	}
	if (top == 0 && bid.lo == 0) {
		int scale = exponent > MAX_SCALE ? -MAX_SCALE : exponent < -MAX_SCALE ? MAX_SCALE : -exponent;
		*ret = small(0, scale);
	} else if (top == 0 && bid.lo <= INT64_MAX && exponent <= MAX_SCALE && exponent >= -MAX_SCALE) {
		*ret = small(negative ? -(int64_t)bid.lo : (int64_t)bid.lo, -exponent);
	} else {
		*ret = bid;
	}
	return true;
}

struct decimal decimal_to_bid(struct decimal a)
{
	BID_UINT128 x = bid_of(a);

	return (struct decimal){ x.w[0], x.w[1] };
}

static bool finish(BID_UINT128 x, struct decimal *ret)
{
	return decimal_from_bid((struct decimal){ x.w[0], x.w[1] }, ret);
}

struct decimal decimal_from_i64(int64_t number)
{
	if (number != INT64_MIN)
		return small(number, 0);
	return (struct decimal){ (uint64_t)1 << 63, (uint64_t)BIAS << 49 | (uint64_t)1 << 63 };
}

/* Reads digits with an optional point into a text for the library, when they do not fit an int64. */
static bool parse_wide(struct sv text, struct decimal *ret)
{
	char z[MAX_PARSE + 1];
	_IDEC_flags flags = 0;

	if (text.len > MAX_PARSE)
		return false;
	memcpy(z, text.ptr, text.len);
	z[text.len] = 0;
	return finish(bid128_from_string(z, BID_ROUNDING_TO_NEAREST, &flags), ret);
}

static bool parse_exponent(struct sv text, size_t at, int *ret)
{
	bool negative = false;
	int value = 0;

	if (at < text.len && (text.ptr[at] == '+' || text.ptr[at] == '-'))
		negative = text.ptr[at++] == '-';
	if (at == text.len || text.len - at > MAX_EXPONENT_DIGITS)
		return false;
	for (; at < text.len; at++) {
		if (text.ptr[at] < '0' || text.ptr[at] > '9')
			return false;
		value = value * 10 + (text.ptr[at] - '0');
	}
	*ret = negative ? -value : value;
	return true;
}

/* What stands before the exponent: digits with at most one point. */
struct mantissa {
	int64_t coefficient;
	size_t digits;
	int scale;
	bool wide; /* the coefficient does not fit */
};

/* Reads from `at` on and returns where it ends. */
static size_t parse_mantissa(struct sv text, size_t at, struct mantissa *m)
{
	bool point = false;

	for (; at < text.len; at++) {
		char ch = text.ptr[at];
		if (ch == '.' && !point) {
			point = true;
			continue;
		}
		if (ch < '0' || ch > '9')
			break;
		m->digits++;
		m->scale += point;
		m->wide = m->wide || __builtin_mul_overflow(m->coefficient, 10, &m->coefficient)
			|| __builtin_add_overflow(m->coefficient, ch - '0', &m->coefficient);
	}
	return at;
}

bool decimal_parse(struct sv text, struct decimal *ret)
{
	bool negative = text.len && text.ptr[0] == '-', sign = text.len && (negative || text.ptr[0] == '+');
	struct mantissa m = { 0 };
	size_t at = parse_mantissa(text, sign, &m);
	int exponent = 0;

	if (m.digits == 0)
		return false;
	if (at < text.len && ((text.ptr[at] | 32) != 'e' || !parse_exponent(text, at + 1, &exponent)))
		return false;
	if (m.wide || !fits(m.coefficient, m.scale - exponent))
		return parse_wide(text, ret);
	*ret = small(negative ? -m.coefficient : m.coefficient, m.scale - exponent);
	return true;
}

/* Sign, digits without leading zeros, and exponent of the last digit. */
static size_t take_apart(struct decimal d, bool *negative, char digits[40], int *exponent)
{
	u128 c;
	char reversed[40];
	size_t n = 0, i;

	if (decimal_is_small(d)) {
		*negative = coefficient(d) < 0;
		c = (u128)(*negative ? -coefficient(d) : coefficient(d));
		*exponent = -scale_of(d);
	} else {
		*negative = d.hi >> 63;
		c = (u128)(d.hi & 0x1ffffffffffff) << 64 | d.lo;
		*exponent = (int)(d.hi >> 49 & 0x3fff) - BIAS;
	}
	for (; c > UINT64_MAX; c /= 10)
		reversed[n++] = (char)('0' + (int)(c % 10));
	uint64_t rest = (uint64_t)c;
	do {
		reversed[n++] = (char)('0' + (int)(rest % 10));
		rest /= 10;
	} while (rest);
	for (i = 0; i < n; i++)
		digits[i] = reversed[n - 1 - i];
	return n;
}

static size_t print_scientific(const char *digits, size_t n, int exponent, char *out, size_t at)
{
	out[at++] = digits[0];
	if (n > 1) {
		out[at++] = '.';
		memcpy(out + at, digits + 1, n - 1);
		at += n - 1;
	}
	return at + (size_t)snprintf(out + at, DECIMAL_TEXT - at, "E%+d", exponent + (int)n - 1);
}

size_t decimal_print(struct decimal d, char out[DECIMAL_TEXT])
{
	char digits[40];
	bool negative;
	int exponent;
	size_t n = take_apart(d, &negative, digits, &exponent), at = 0;

	if (n == 1 && digits[0] == '0')
		exponent = 0;
	while (n > 1 && exponent < 0 && digits[n - 1] == '0')
		n--, exponent++;
	if (negative)
		out[at++] = '-';
	if (exponent > PLAIN_PLACES - (int)n || exponent < -PLAIN_PLACES)
		return print_scientific(digits, n, exponent, out, at);
	int before = (int)n + exponent; /* digits before the point */
	if (before <= 0)
		out[at++] = '0';
	for (int i = 0; i < before; i++)
		out[at++] = i < (int)n ? digits[i] : '0';
	if (exponent < 0) {
		out[at++] = '.';
		for (int i = before; i < (int)n; i++)
			out[at++] = i < 0 ? '0' : digits[i];
	}
	out[at] = 0;
	return at;
}

/* Both coefficients at the larger of the two scales. False when they lie too far apart for 128 bits. */
static inline bool align(struct decimal a, struct decimal b, i128 *x, i128 *y, int *scale)
{
	int diff = scale_of(a) - scale_of(b);

	assert(decimal_is_small(a) && decimal_is_small(b));
	if (diff > MAX_SHIFT || diff < -MAX_SHIFT)
		return false;
	*x = coefficient(a);
	*y = coefficient(b);
	*scale = diff > 0 ? scale_of(a) : scale_of(b);
	if (diff > 0)
		*y *= pow10_i64[diff];
	else
		*x *= pow10_i64[-diff];
	return true;
}

static bool add_small(struct decimal a, struct decimal b, struct decimal *ret)
{
	i128 x, y;
	int scale;

	if (!align(a, b, &x, &y, &scale) || !fits(x + y, scale))
		return false;
	*ret = small((int64_t)(x + y), scale);
	return true;
}

bool decimal_add(struct decimal a, struct decimal b, struct decimal *ret)
{
	_IDEC_flags flags = 0;

	if (decimal_is_small(a) && decimal_is_small(b) && add_small(a, b, ret))
		return true;
	return finish(bid128_add(bid_of(a), bid_of(b), BID_ROUNDING_TO_NEAREST, &flags), ret);
}

bool decimal_sub(struct decimal a, struct decimal b, struct decimal *ret)
{
	return decimal_add(a, decimal_negate(b), ret);
}

bool decimal_mul(struct decimal a, struct decimal b, struct decimal *ret)
{
	_IDEC_flags flags = 0;

	if (decimal_is_small(a) && decimal_is_small(b)) {
		i128 c = (i128)coefficient(a) * coefficient(b);
		int scale = scale_of(a) + scale_of(b);
		if (fits(c, scale)) {
			*ret = small((int64_t)c, scale);
			return true;
		}
	}
	return finish(bid128_mul(bid_of(a), bid_of(b), BID_ROUNDING_TO_NEAREST, &flags), ret);
}

bool decimal_div(struct decimal a, struct decimal b, struct decimal *ret)
{
	_IDEC_flags flags = 0;

	if (decimal_sign(b) == 0)
		return false;
	if (decimal_is_small(a) && decimal_is_small(b)) {
		int scale = scale_of(a) - scale_of(b);
		if (coefficient(a) % coefficient(b) == 0 && fits(0, scale)) {
			*ret = small(coefficient(a) / coefficient(b), scale);
			return true;
		}
	}
	return finish(bid128_div(bid_of(a), bid_of(b), BID_ROUNDING_TO_NEAREST, &flags), ret);
}

static bool mod_small(struct decimal a, struct decimal b, struct decimal *ret)
{
	i128 x, y;
	int scale;

	if (!align(a, b, &x, &y, &scale))
		return false;
	i128 r = x % y;
	if (r != 0 && (r < 0) != (y < 0))
		r += y;
	if (!fits(r, scale))
		return false;
	*ret = small((int64_t)r, scale);
	return true;
}

bool decimal_mod(struct decimal a, struct decimal b, struct decimal *ret)
{
	_IDEC_flags flags = 0;
	struct decimal r;

	if (decimal_sign(b) == 0)
		return false;
	if (decimal_is_small(a) && decimal_is_small(b) && mod_small(a, b, ret))
		return true;
	if (!finish(bid128_fmod(bid_of(a), bid_of(b), &flags), &r))
		return false;
	if (decimal_sign(r) != 0 && decimal_sign(r) != decimal_sign(b))
		return decimal_add(r, b, ret);
	*ret = r;
	return true;
}

bool decimal_sqrt(struct decimal a, struct decimal *ret)
{
	_IDEC_flags flags = 0;

	return finish(bid128_sqrt(bid_of(a), BID_ROUNDING_TO_NEAREST, &flags), ret);
}

bool decimal_exp(struct decimal a, struct decimal *ret)
{
	_IDEC_flags flags = 0;

	return finish(bid128_exp(bid_of(a), BID_ROUNDING_TO_NEAREST, &flags), ret);
}

bool decimal_log(struct decimal a, struct decimal *ret)
{
	_IDEC_flags flags = 0;

	return finish(bid128_log(bid_of(a), BID_ROUNDING_TO_NEAREST, &flags), ret);
}

struct decimal decimal_negate(struct decimal a)
{
	if (decimal_is_small(a))
		return small(-coefficient(a), scale_of(a));
	return (struct decimal){ a.lo, a.hi ^ (uint64_t)1 << 63 };
}

struct decimal decimal_abs(struct decimal a)
{
	return decimal_sign(a) < 0 ? decimal_negate(a) : a;
}

/* Whether to go one step away from zero: q was cut towards zero, `half` says how the rest compares with half a unit. */
static bool rounds_away(enum decimal_rounding mode, bool negative, bool odd, bool rest, int half)
{
	switch (mode) {
	case DECIMAL_HALF_EVEN:
		return half > 0 || (half == 0 && odd);
	case DECIMAL_UP:
		return rest;
	case DECIMAL_DOWN:
		return false;
	case DECIMAL_HALF_UP:
		return half >= 0;
	case DECIMAL_HALF_DOWN:
		return half > 0;
	case DECIMAL_FLOOR:
		return rest && negative;
	case DECIMAL_CEILING:
		return rest && !negative;
	}
	return false;
}

static struct decimal round_small(struct decimal a, int scale, enum decimal_rounding mode)
{
	int cut = scale_of(a) - scale;
	int64_t c = coefficient(a), q = 0;
	int half = -1;
	bool rest = c != 0;

	if (cut <= 18) {
		q = c / pow10_i64[cut];
		i128 twice = (i128)(c % pow10_i64[cut]) * 2;
		rest = twice != 0;
		if (twice < 0)
			twice = -twice;
		half = twice > pow10_i64[cut] ? 1 : twice == pow10_i64[cut] ? 0 : -1;
	} else if (cut == 19) { /* half a unit is 5e18, within int64 */
		int64_t magnitude = c < 0 ? -c : c;
		half = magnitude > 5000000000000000000 ? 1 : magnitude == 5000000000000000000 ? 0 : -1;
	}
	if (rounds_away(mode, c < 0, q & 1, rest, half))
		q += c < 0 ? -1 : 1;
	return small(q, scale);
}

static bool round_wide(struct decimal a, int scale, enum decimal_rounding mode, struct decimal *ret)
{
	_IDEC_flags flags = 0;
	BID_UINT128 x = bid_of(a);
	BID_UINT128 unit = { { 1, (uint64_t)(BIAS - scale) << 49 } };
	struct decimal q, rest, half;

	if (!finish(bid128_quantize(x, unit, BID_ROUNDING_TO_ZERO, &flags), &q) || !decimal_sub(a, q, &rest))
		return false;
	BID_UINT128 five = { { 5, (uint64_t)(BIAS - scale - 1) << 49 } };
	if (!finish(five, &half))
		return false;
	bool odd = decimal_is_small(q) ? q.lo & 1 : decimal_to_bid(q).lo & 1;
	if (!rounds_away(mode, decimal_sign(a) < 0, odd, decimal_sign(rest) != 0,
		    decimal_compare(decimal_abs(rest), half))) {
		*ret = q;
		return true;
	}
	if (decimal_sign(a) < 0)
		unit.w[1] |= (uint64_t)1 << 63;
	return finish(bid128_add(bid_of(q), unit, BID_ROUNDING_TO_NEAREST, &flags), ret);
}

bool decimal_round(struct decimal a, int scale, enum decimal_rounding mode, struct decimal *ret)
{
	if (decimal_scale(a) <= scale) {
		*ret = a;
		return true;
	}
	if (scale > BIAS - 1 || scale < -6111)
		return false;
	if (decimal_is_small(a) && fits(0, scale)) {
		*ret = round_small(a, scale, mode);
		return true;
	}
	return round_wide(a, scale, mode, ret);
}

int decimal_sign(struct decimal a)
{
	if (decimal_is_small(a))
		return (coefficient(a) > 0) - (coefficient(a) < 0);
	return a.hi >> 63 ? -1 : 1;
}

/* Both small, scales at most MAX_SHIFT apart. */
static int compare_small(struct decimal a, struct decimal b, int diff)
{
	int64_t x = coefficient(a), y = coefficient(b), scaled;

	if (diff == 0)
		return (x > y) - (x < y);
	if (diff > 0 && !__builtin_mul_overflow(y, pow10_i64[diff], &scaled))
		return (x > scaled) - (x < scaled);
	if (diff < 0 && !__builtin_mul_overflow(x, pow10_i64[-diff], &scaled))
		return (scaled > y) - (scaled < y);
	i128 wide_x = diff < 0 ? (i128)x * pow10_i64[-diff] : x, wide_y = diff > 0 ? (i128)y * pow10_i64[diff] : y;
	return (wide_x > wide_y) - (wide_x < wide_y);
}

int decimal_compare(struct decimal a, struct decimal b)
{
	_IDEC_flags flags = 0;

	if (decimal_is_small(a) && decimal_is_small(b)) {
		int diff = scale_of(a) - scale_of(b);
		if (diff <= MAX_SHIFT && diff >= -MAX_SHIFT)
			return compare_small(a, b, diff);
	}
	BID_UINT128 x = bid_of(a), y = bid_of(b);
	if (bid128_quiet_less(x, y, &flags))
		return -1;
	return bid128_quiet_greater(x, y, &flags) ? 1 : 0;
}

int decimal_scale(struct decimal a)
{
	return decimal_is_small(a) ? scale_of(a) : BIAS - (int)(a.hi >> 49 & 0x3fff);
}

int decimal_digits(struct decimal a)
{
	char digits[40];
	bool negative;
	int exponent;

	return (int)take_apart(a, &negative, digits, &exponent);
}

bool decimal_is_integer(struct decimal a)
{
	struct decimal whole;

	if (decimal_scale(a) <= 0)
		return true;
	return decimal_round(a, 0, DECIMAL_DOWN, &whole) && decimal_compare(a, whole) == 0;
}

bool decimal_to_i64(struct decimal a, int64_t *ret)
{
	struct decimal whole;

	if (!decimal_is_small(a) || scale_of(a) != 0) {
		if (!decimal_round(a, 0, DECIMAL_DOWN, &whole) || decimal_compare(a, whole) != 0)
			return false;
		_IDEC_flags flags = 0;
		int64_t number = bid128_to_int64_int(bid_of(whole), &flags);
		if (flags & BID_INVALID_EXCEPTION)
			return false;
		*ret = number;
		return true;
	}
	*ret = coefficient(a);
	return true;
}

double decimal_to_double(struct decimal a)
{
	_IDEC_flags flags = 0;

	return bid128_to_binary64(bid_of(a), BID_ROUNDING_TO_NEAREST, &flags);
}
