/* The methods of Java's library that the DMN conformance suite calls as external functions, written from their public
 * description. A model may use them only where feel_jdk is given as its registry; see docs/standards/feel.md. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/feel/feel_int.h"

#include "base/banned.h"

static enum rc nothing(struct feel_value *ret)
{
	*ret = feel_null_because(N_("An external function got an argument it does not take."), NULL);
	return RC_OK;
}

/* A double as Java writes it, shortest text that reads back the same. */
static struct feel_value from_double(double d)
{
	char text[40];

	if (!isfinite(d))
		return feel_null_because(N_("An external function gave no finite number."), NULL);
	for (int digits = 1; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, d);
		if (strtod(text, NULL) == d)
			break;
	}
	return feel_number_text(sv_of(text));
}

static struct feel_value from_float(float f)
{
	char text[40];

	for (int digits = 1; digits <= 9; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, (double)f);
		if (strtof(text, NULL) == f)
			break;
	}
	return feel_number_text(sv_of(text));
}

#define METHOD(name)                                                                                                   \
	static enum rc name(struct feel_run *run, void *user, const struct feel_value *arguments, size_t count,        \
		struct feel_value *ret)

static bool numbers(const struct feel_value *arguments, size_t count, size_t want)
{
	for (size_t i = 0; i < count; i++) {
		if (arguments[i].kind != FEEL_NUMBER)
			return false;
	}
	return count == want;
}

METHOD(max_floating)
{
	(void)run;
	if (!numbers(arguments, count, 2))
		return nothing(ret);
	double a = decimal_to_double(arguments[0].number), b = decimal_to_double(arguments[1].number);
	*ret = user ? from_float(fmaxf((float)a, (float)b)) : from_double(fmax(a, b));
	return RC_OK;
}

/* user: the smallest value of the type; larger ones overflow. */
METHOD(max_integer)
{
	int64_t a, b;

	(void)run, (void)user;
	if (!numbers(arguments, count, 2) || !decimal_to_i64(arguments[0].number, &a) || !decimal_to_i64(arguments[1].number, &b))
		return nothing(ret);
	*ret = feel_i64(a > b ? a : b);
	return RC_OK;
}

METHOD(cosine)
{
	(void)run, (void)user;
	if (!numbers(arguments, count, 1))
		return nothing(ret);
	*ret = from_double(cos(decimal_to_double(arguments[0].number)));
	return RC_OK;
}

struct integer_type {
	int64_t min, max;
};
static const struct integer_type byte_type = { -128, 127 }, short_type = { -32768, 32767 };
static const struct integer_type int_type = { INT32_MIN, INT32_MAX };

static enum rc in_type(int64_t n, const struct integer_type *type, struct feel_value *ret)
{
	if (n < type->min || n > type->max)
		return nothing(ret);
	*ret = feel_i64(n);
	return RC_OK;
}

METHOD(value_of_integer)
{
	int64_t n;

	(void)run;
	if (!numbers(arguments, count, 1) || !decimal_to_i64(arguments[0].number, &n))
		return nothing(ret);
	return in_type(n, user, ret);
}

METHOD(value_of_integer_text)
{
	int64_t n;

	(void)run;
	if (count != 1 || arguments[0].kind != FEEL_STRING || !sv_parse_i64(arguments[0].text, &n))
		return nothing(ret);
	return in_type(n, user, ret);
}

/* user set: float, otherwise double. */
METHOD(value_of_floating_text)
{
	struct decimal d;

	(void)run;
	if (count != 1 || arguments[0].kind != FEEL_STRING || !decimal_parse(arguments[0].text, &d))
		return nothing(ret);
	*ret = user ? from_float((float)decimal_to_double(d)) : from_double(decimal_to_double(d));
	return RC_OK;
}

METHOD(value_of_char)
{
	(void)run, (void)user;
	if (count != 1 || arguments[0].kind != FEEL_STRING || arguments[0].text.len != 1)
		return nothing(ret);
	*ret = arguments[0];
	return RC_OK;
}

enum { FORMAT_MAX = 1 << 16 };

/* What one "%..." takes from the arguments. */
struct format {
	struct buf buf;
	const struct feel_value *values;
	size_t count, next;
};

/* Behind '%'; *at ends on its last character. false when it is not known or has no argument. */
static bool format_one(struct format *f, struct sv text, size_t *at)
{
	int places = 6;

	if (*at + 1 < text.len && text.ptr[*at] == '.' && text.ptr[*at + 1] >= '0' && text.ptr[*at + 1] <= '9') {
		places = text.ptr[*at + 1] - '0';
		*at += 2;
	}
	char kind = *at < text.len ? text.ptr[*at] : 0;
	if (kind == '%' || kind == 'n') {
		buf_byte(&f->buf, kind == 'n' ? '\n' : '%');
		return true;
	}
	if (f->next == f->count)
		return false;
	struct feel_value v = f->values[f->next++];
	if (kind == 'f' && v.kind == FEEL_NUMBER)
		buf_printf(&f->buf, "%.*f", places, decimal_to_double(v.number));
	else if (kind == 's' || kind == 'd')
		feel_print(&f->buf, v);
	else
		return false;
	return true;
}

/* %s, %d, %f with a precision, %n and %%; the arguments behind the format may be a list. */
METHOD(format)
{
	(void)user;
	if (count < 1 || arguments[0].kind != FEEL_STRING)
		return nothing(ret);
	struct format f = { .values = arguments + 1, .count = count - 1 };
	if (f.count == 1 && f.values[0].kind == FEEL_LIST) {
		f.count = arguments[1].list.count;
		f.values = arguments[1].list.at;
	}
	struct sv text = arguments[0].text;
	buf_init(&f.buf, run->ctx->arena, FORMAT_MAX);
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] != '%')
			buf_byte(&f.buf, text.ptr[i]);
		else if (i++, !format_one(&f, text, &i))
			return nothing(ret);
	}
	*ret = feel_text(buf_view(&f.buf));
	return RC_OK;
}

#define MATH "java.lang.Math"
#define FLOAT ((void *)&byte_type) /* any address: "this is a float" */

const struct feel_external feel_jdk[] = {
	{ "java", MATH, "max(double,double)", max_floating, NULL },
	{ "java", MATH, "max(float,float)", max_floating, FLOAT },
	{ "java", MATH, "max(int,int)", max_integer, NULL },
	{ "java", MATH, "max(long,long)", max_integer, NULL },
	{ "java", MATH, "cos(double)", cosine, NULL },
	{ "java", "java.lang.Byte", "valueOf(byte)", value_of_integer, (void *)&byte_type },
	{ "java", "java.lang.Short", "valueOf(short)", value_of_integer, (void *)&short_type },
	{ "java", "java.lang.Integer", "valueOf(java.lang.String)", value_of_integer_text, (void *)&int_type },
	{ "java", "java.lang.Float", "valueOf(java.lang.String)", value_of_floating_text, FLOAT },
	{ "java", "java.lang.Double", "valueOf(java.lang.String)", value_of_floating_text, NULL },
	{ "java", "java.lang.String", "valueOf(char)", value_of_char, NULL },
	{ "java", "java.lang.String", "format(java.lang.String,[Ljava.lang.Object;)", format, NULL },
	{ "java", "java.lang.Integer", "valueOf(int)", value_of_integer, (void *)&int_type },
};
const size_t feel_jdk_count = sizeof(feel_jdk) / sizeof(feel_jdk[0]);
