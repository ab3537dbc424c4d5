/* Exact decimal numbers: IEEE 754-2008 decimal128 (34 significant digits, exponents to +-6144), as FEEL and money
 * calculations want them.
 *
 * A value is 16 bytes, passed by value. Most numbers of daily life are held "small": a 64-bit coefficient and a scale
 * (value = coefficient / 10^scale), tagged inside the space that decimal128 keeps for NaN; everything else is held in the
 * binary-integer encoding of decimal128. Both forms give the same result to the last bit: the form of a result depends
 * on its value and exponent alone. There is no NaN, no infinity and no negative zero: an operation that would give one
 * returns false and leaves *ret untouched.
 *
 * Rounding is half-even to 34 digits (FEEL, DMN 1.5 section 10.3.2.3). exp, log and powers that are not
 * whole (or 1000 and more) are accurate to about 1e-33 but not always correctly rounded.
 */
#ifndef BASE_DECIMAL_H
#define BASE_DECIMAL_H

#include "base/sv.h"

struct decimal {
	uint64_t lo, hi;
};

/* Longest text decimal_print writes, with NUL. */
enum { DECIMAL_TEXT = 96 };

#define DECIMAL_SMALL_TAG 0x7c00000000000000u
/* For initialisers; scale 0. */
#define DECIMAL_INT(n) ((struct decimal){ (uint64_t)(int64_t)(n), DECIMAL_SMALL_TAG })

static inline bool decimal_is_small(struct decimal d)
{
	return d.hi >> 8 == DECIMAL_SMALL_TAG >> 8;
}

/* How a digit that is cut off is treated. UP is away from zero, DOWN towards it. */
enum decimal_rounding {
	DECIMAL_HALF_EVEN,
	DECIMAL_UP,
	DECIMAL_DOWN,
	DECIMAL_HALF_UP,
	DECIMAL_HALF_DOWN,
	DECIMAL_FLOOR,
	DECIMAL_CEILING,
};

struct decimal decimal_from_i64(int64_t number);
/* [+-] digits [. digits] [e [+-] digits], also ".5" and "5."; false on anything else and on overflow. */
[[nodiscard]] bool decimal_parse(struct sv text, struct decimal *ret);
/* Plain notation without needless zeros ("10.5", "-0.001"); beyond 40 places "1.5E+60". A JSON number. Returns the length. */
size_t decimal_print(struct decimal d, char out[DECIMAL_TEXT]);

[[nodiscard]] bool decimal_add(struct decimal a, struct decimal b, struct decimal *ret);
[[nodiscard]] bool decimal_sub(struct decimal a, struct decimal b, struct decimal *ret);
[[nodiscard]] bool decimal_mul(struct decimal a, struct decimal b, struct decimal *ret);
[[nodiscard]] bool decimal_div(struct decimal a, struct decimal b, struct decimal *ret);
/* Sign of the divisor: a - b * floor(a / b). */
[[nodiscard]] bool decimal_mod(struct decimal a, struct decimal b, struct decimal *ret);
[[nodiscard]] bool decimal_pow(struct decimal a, struct decimal b, struct decimal *ret);
[[nodiscard]] bool decimal_sqrt(struct decimal a, struct decimal *ret);
[[nodiscard]] bool decimal_exp(struct decimal a, struct decimal *ret);
[[nodiscard]] bool decimal_log(struct decimal a, struct decimal *ret);
struct decimal decimal_negate(struct decimal a);
struct decimal decimal_abs(struct decimal a);
/* To `scale` places behind the point (negative: before it); exact numbers with fewer places stay as they are. */
[[nodiscard]] bool decimal_round(struct decimal a, int scale, enum decimal_rounding mode, struct decimal *ret);

/* By value: 1.0 and 1.00 are equal. <0, 0, >0. */
int decimal_compare(struct decimal a, struct decimal b);
int decimal_sign(struct decimal a);
bool decimal_is_integer(struct decimal a);
/* The value as an integer; false when it has a fraction or does not fit. */
[[nodiscard]] bool decimal_to_i64(struct decimal a, int64_t *ret);
double decimal_to_double(struct decimal a);
/* Significant digits of the coefficient as held, 1 to 34. */
int decimal_digits(struct decimal a);
/* Places behind the point as held (negative: trailing zeros before it). */
int decimal_scale(struct decimal a);
/* The same value in decimal128's own encoding (for tests, and for programs that speak it): {lo, hi}. */
struct decimal decimal_to_bid(struct decimal a);
/* From that encoding; false for NaN and infinity. */
[[nodiscard]] bool decimal_from_bid(struct decimal bid, struct decimal *ret);

#endif
