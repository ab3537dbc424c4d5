/* Arithmetic of FEEL on all pairs of kinds (DMN 1.5 section 10.3.2.3, tables 50 to 53). */
#include "base/civil.h"
#include "engine/feel/feel_int.h"

#include "base/banned.h"

static struct feel_value mismatch(const char *op, struct feel_value a, struct feel_value b)
{
	if (a.kind == FEEL_NULL && a.reason.msgid)
		return a;
	if (b.kind == FEEL_NULL && b.reason.msgid)
		return b;
	return feel_null_because(N_("The operator {what} does not apply to values of these kinds."), op);
}

static struct feel_value overflow(void)
{
	return feel_null_because(N_("The result is beyond the range of numbers, dates or durations."), NULL);
}

static struct feel_value months_of(__int128 months)
{
	if (months > INT64_MAX || months < INT64_MIN)
		return overflow();
	return (struct feel_value){ FEEL_MONTHS, .months = (int64_t)months };
}

static int64_t day_of_second(int64_t second)
{
	return second / DAY_SECONDS - (second % DAY_SECONDS < 0);
}

/* Seconds and nanoseconds after adding, or false when out of range. */
static bool add_nanos(int64_t second, uint32_t nano, __int128 delta, int64_t *ret_second, uint32_t *ret_nano)
{
	__int128 total = (__int128)second * NANOS + nano + delta;
	__int128 seconds = total / NANOS;
	int64_t rest = (int64_t)(total % NANOS);

	if (rest < 0)
		seconds--, rest += NANOS;
	if (seconds > INT64_MAX / 2 || seconds < INT64_MIN / 2)
		return false;
	*ret_second = (int64_t)seconds;
	*ret_nano = (uint32_t)rest;
	return true;
}

static struct feel_value shift_by_nanos(struct feel_value v, __int128 delta)
{
	int64_t second = v.kind == FEEL_DATE ? v.day * DAY_SECONDS : v.at.second;
	uint32_t nano;

	if (v.kind == FEEL_DATE_TIME)
		second = moment_utc(v);
	if (!add_nanos(second, v.nano, delta, &second, &nano))
		return overflow();
	if (v.kind == FEEL_TIME) {
		v.at.second = second - day_of_second(second) * DAY_SECONDS;
		v.nano = nano;
		return v;
	}
	if (!date_in_range(day_of_second(second)))
		return overflow();
	if (v.kind == FEEL_DATE)
		return feel_day(day_of_second(second));
	return moment_at(second, nano, v.at.zone);
}

static struct feel_value shift_by_months(struct feel_value v, int64_t months)
{
	int64_t day = v.kind == FEEL_DATE ? v.day : day_of_second(v.at.second), to;

	if (!add_months(day, months, &to))
		return overflow();
	if (v.kind == FEEL_DATE)
		return feel_day(to);
	v.at.second += (to - day) * DAY_SECONDS;
	return v;
}

static struct feel_value concatenate(struct feel_run *run, struct sv a, struct sv b)
{
	char *text = feel_alloc(run, a.len + b.len + 1, 1);

	feel_charge(run, (a.len + b.len) / 64 + 1);
	memcpy(text, a.ptr, a.len);
	memcpy(text + a.len, b.ptr, b.len);
	return feel_text((struct sv){ text, a.len + b.len });
}

static bool is_point(struct feel_value v)
{
	return v.kind == FEEL_DATE || v.kind == FEEL_DATE_TIME;
}

static bool is_clock(struct feel_value v)
{
	return is_point(v) || v.kind == FEEL_TIME;
}

/* A point in time and a duration, in this order. */
static struct feel_value shift(struct feel_value v, struct feel_value by)
{
	if (is_clock(v) && by.kind == FEEL_DAYS)
		return shift_by_nanos(v, days_nanos(by));
	if (is_point(v) && by.kind == FEEL_MONTHS)
		return shift_by_months(v, by.months);
	return mismatch("+", v, by);
}

struct feel_value feel_arith_add(struct feel_run *run, struct feel_value a, struct feel_value b)
{
	struct decimal sum;

	if (a.kind == FEEL_NUMBER && b.kind == FEEL_NUMBER)
		return decimal_add(a.number, b.number, &sum) ? feel_number(sum) : overflow();
	if (a.kind == FEEL_STRING && b.kind == FEEL_STRING)
		return concatenate(run, a.text, b.text);
	if (a.kind == FEEL_DAYS && b.kind == FEEL_DAYS)
		return days_value(days_nanos(a) + days_nanos(b));
	if (a.kind == FEEL_MONTHS && b.kind == FEEL_MONTHS)
		return months_of((__int128)a.months + b.months);
	return is_clock(b) ? shift(b, a) : shift(a, b);
}

/* Dates count as their midnight in UTC; a local date-time cannot be set against one with an offset or zone. */
static struct feel_value between_points(struct feel_value a, struct feel_value b)
{
	bool a_zoned = a.kind == FEEL_DATE || a.at.zone, b_zoned = b.kind == FEEL_DATE || b.at.zone;
	int64_t x = a.kind == FEEL_DATE ? a.day * DAY_SECONDS : moment_utc(a);
	int64_t y = b.kind == FEEL_DATE ? b.day * DAY_SECONDS : moment_utc(b);

	if (a_zoned != b_zoned)
		return feel_null_because(N_("A local date and time cannot be compared with one that has a zone."), NULL);
	return days_value(((__int128)x - y) * NANOS + ((int64_t)a.nano - b.nano));
}

static struct feel_value between_times(struct feel_value a, struct feel_value b)
{
	if ((a.at.zone == NULL) != (b.at.zone == NULL))
		return feel_null_because(N_("A local time cannot be compared with one that has a zone."), NULL);
	return days_value(((__int128)time_utc(a) - time_utc(b)) * NANOS + ((int64_t)a.nano - b.nano));
}

static struct feel_value shift_back(struct feel_value v, struct feel_value by)
{
	if (is_clock(v) && by.kind == FEEL_DAYS)
		return shift_by_nanos(v, -days_nanos(by));
	if (is_point(v) && by.kind == FEEL_MONTHS && by.months != INT64_MIN)
		return shift_by_months(v, -by.months);
	return mismatch("-", v, by);
}

struct feel_value feel_arith_sub(struct feel_run *run, struct feel_value a, struct feel_value b)
{
	struct decimal difference;

	(void)run; /* same signature as the other operators */
	if (a.kind == FEEL_NUMBER && b.kind == FEEL_NUMBER)
		return decimal_sub(a.number, b.number, &difference) ? feel_number(difference) : overflow();
	if (is_point(a) && is_point(b))
		return between_points(a, b);
	if (a.kind == FEEL_TIME && b.kind == FEEL_TIME)
		return between_times(a, b);
	if (a.kind == FEEL_DAYS && b.kind == FEEL_DAYS)
		return days_value(days_nanos(a) - days_nanos(b));
	if (a.kind == FEEL_MONTHS && b.kind == FEEL_MONTHS)
		return months_of((__int128)a.months - b.months);
	return shift_back(a, b);
}

/* A decimal number of nanoseconds, from and to exact integers of up to 34 digits. */
static bool decimal_of_nanos(__int128 nanos, struct decimal *ret)
{
	int64_t high = (int64_t)(nanos / NANOS), low = (int64_t)(nanos % NANOS);
	struct decimal d;

	return decimal_mul(decimal_from_i64(high), DECIMAL_INT(NANOS), &d) && decimal_add(d, decimal_from_i64(low), ret);
}

static struct feel_value days_of_decimal(struct decimal nanos)
{
	struct decimal whole, seconds, rest;
	int64_t s, n;

	if (!decimal_round(nanos, 0, DECIMAL_HALF_EVEN, &whole) || !decimal_mod(whole, DECIMAL_INT(NANOS), &rest)
		|| !decimal_sub(whole, rest, &seconds) || !decimal_div(seconds, DECIMAL_INT(NANOS), &seconds)
		|| !decimal_to_i64(seconds, &s) || !decimal_to_i64(rest, &n))
		return overflow();
	return (struct feel_value){ FEEL_DAYS, (uint32_t)n, .seconds = s };
}

typedef bool decimal_op(struct decimal a, struct decimal b, struct decimal *ret);

/* A duration times or divided by a number; months are cut to whole ones. */
static struct feel_value scale_duration(struct feel_value duration, struct decimal by, decimal_op *op)
{
	struct decimal amount, result;
	int64_t months;

	if (duration.kind == FEEL_DAYS) {
		if (!decimal_of_nanos(days_nanos(duration), &amount) || !op(amount, by, &result))
			return overflow();
		return days_of_decimal(result);
	}
	if (!op(decimal_from_i64(duration.months), by, &result) || !decimal_round(result, 0, DECIMAL_DOWN, &result)
		|| !decimal_to_i64(result, &months))
		return overflow();
	return months_of(months);
}

static bool is_duration(struct feel_value v)
{
	return v.kind == FEEL_DAYS || v.kind == FEEL_MONTHS;
}

struct feel_value feel_arith_mul(struct feel_run *run, struct feel_value a, struct feel_value b)
{
	struct decimal product;

	(void)run;
	if (a.kind == FEEL_NUMBER && b.kind == FEEL_NUMBER)
		return decimal_mul(a.number, b.number, &product) ? feel_number(product) : overflow();
	if (is_duration(a) && b.kind == FEEL_NUMBER)
		return scale_duration(a, b.number, decimal_mul);
	if (a.kind == FEEL_NUMBER && is_duration(b))
		return scale_duration(b, a.number, decimal_mul);
	return mismatch("*", a, b);
}

static struct feel_value divide(struct decimal a, struct decimal b)
{
	struct decimal quotient;

	if (decimal_sign(b) == 0)
		return feel_null_because(N_("A number was divided by zero."), NULL);
	return decimal_div(a, b, &quotient) ? feel_number(quotient) : overflow();
}

struct feel_value feel_arith_div(struct feel_run *run, struct feel_value a, struct feel_value b)
{
	struct decimal x, y;

	(void)run;
	if (a.kind == FEEL_NUMBER && b.kind == FEEL_NUMBER)
		return divide(a.number, b.number);
	if (is_duration(a) && b.kind == FEEL_NUMBER) {
		if (decimal_sign(b.number) == 0)
			return feel_null_because(N_("A duration was divided by zero."), NULL);
		return scale_duration(a, b.number, decimal_div);
	}
	if (a.kind == FEEL_MONTHS && b.kind == FEEL_MONTHS)
		return divide(decimal_from_i64(a.months), decimal_from_i64(b.months));
	if (a.kind == FEEL_DAYS && b.kind == FEEL_DAYS && decimal_of_nanos(days_nanos(a), &x)
		&& decimal_of_nanos(days_nanos(b), &y))
		return divide(x, y);
	return mismatch("/", a, b);
}

struct feel_value feel_arith_pow(struct feel_run *run, struct feel_value a, struct feel_value b)
{
	struct decimal power;

	(void)run;
	if (a.kind != FEEL_NUMBER || b.kind != FEEL_NUMBER)
		return mismatch("**", a, b);
	return decimal_pow(a.number, b.number, &power) ? feel_number(power) : overflow();
}

struct feel_value feel_arith_negate(struct feel_value a)
{
	if (a.kind == FEEL_NUMBER)
		return feel_number(decimal_negate(a.number));
	if (a.kind == FEEL_DAYS)
		return days_value(-days_nanos(a));
	if (a.kind == FEEL_MONTHS && a.months != INT64_MIN)
		return months_of(-a.months);
	return mismatch("-", a, a);
}
