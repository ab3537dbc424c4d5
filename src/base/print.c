/* The formats of printf that the product uses, straight into a buffer: %s %c %d %u %x %X %o with 0, a width, a precision of
 * strings, and the lengths l, ll and z; %f and %g by the library. A page prints some hundred small texts; the library's printf,
 * which must first measure and then write, was a tenth of its time. */
#include <assert.h>
#include <stdio.h>

#include "base/buf.h"

#include "base/banned.h"

enum { MAX_FLOAT = 512 };

struct arguments {
	va_list list;
};

struct spec {
	bool has_zeros, has_precision;
	size_t width, precision;
	unsigned longs; /* 0: int, 1: long or size_t, 2: long long */
};

static size_t read_number(const char **at, struct arguments *args)
{
	size_t number = 0;

	if (**at == '*') {
		int given = va_arg(args->list, int);
		(*at)++;
		assert(given >= 0);
		return (size_t)given;
	}
	for (; **at >= '0' && **at <= '9'; (*at)++)
		number = number * 10 + (size_t)(**at - '0');
	return number;
}

static struct spec read_spec(const char **at, struct arguments *args)
{
	struct spec spec = { 0 };

	for (; **at == '0'; (*at)++)
		spec.has_zeros = true;
	spec.width = read_number(at, args);
	if (**at == '.') {
		(*at)++;
		spec.has_precision = true;
		spec.precision = read_number(at, args);
	}
	for (; **at == 'l' || **at == 'z'; (*at)++)
		spec.longs++;
	return spec;
}

static void put_padding(struct buf *buf, size_t width, size_t len, char with)
{
	for (; len < width; len++)
		buf_byte(buf, with);
}

static void put_text(struct buf *buf, const struct spec *spec, const char *text)
{
	if (!text)
		text = "";
	size_t len = spec->has_precision ? strnlen(text, spec->precision) : strlen(text);
	put_padding(buf, spec->width, len, ' ');
	buf_sv(buf, (struct sv){ text, len });
}

static void put_number(struct buf *buf, const struct spec *spec, bool is_negative, uint64_t number, unsigned base, char ten)
{
	char digits[32];
	size_t at = sizeof(digits), len;

	do {
		unsigned digit = (unsigned)(number % base);
		digits[--at] = (char)(digit < 10 ? '0' + digit : (unsigned)ten + digit - 10);
		number /= base;
	} while (number);
	len = sizeof(digits) - at + is_negative;
	if (!spec->has_zeros)
		put_padding(buf, spec->width, len, ' ');
	if (is_negative)
		buf_byte(buf, '-');
	if (spec->has_zeros)
		put_padding(buf, spec->width, len, '0');
	buf_sv(buf, (struct sv){ digits + at, sizeof(digits) - at });
}

static int64_t signed_argument(const struct spec *spec, struct arguments *args)
{
	return spec->longs == 0 ? va_arg(args->list, int) : spec->longs == 1 ? va_arg(args->list, long) : va_arg(args->list, long long);
}

static uint64_t unsigned_argument(const struct spec *spec, struct arguments *args)
{
	return spec->longs == 0 ? va_arg(args->list, unsigned)
		: spec->longs == 1 ? va_arg(args->list, unsigned long) : va_arg(args->list, unsigned long long);
}

static void put_float(struct buf *buf, const struct spec *spec, char kind, double number)
{
	char text[MAX_FLOAT];

	snprintf(text, sizeof(text), kind == 'f' ? "%.*f" : "%.*g", spec->has_precision ? (int)spec->precision : 6, number);
	put_text(buf, &(struct spec){ .width = spec->width }, text);
}

/* The conversion whose letter is `kind`. */
static void put_one(struct buf *buf, const struct spec *spec, char kind, struct arguments *args)
{
	int64_t number;

	switch (kind) {
	case 's':
		put_text(buf, spec, va_arg(args->list, const char *));
		return;
	case 'd':
		number = signed_argument(spec, args);
		put_number(buf, spec, number < 0, number < 0 ? 0 - (uint64_t)number : (uint64_t)number, 10, 'a');
		return;
	case 'u':
		put_number(buf, spec, false, unsigned_argument(spec, args), 10, 'a');
		return;
	case 'x':
	case 'X':
		put_number(buf, spec, false, unsigned_argument(spec, args), 16, kind == 'x' ? 'a' : 'A');
		return;
	case 'o':
		put_number(buf, spec, false, unsigned_argument(spec, args), 8, 'a');
		return;
	case 'c':
		buf_byte(buf, (char)va_arg(args->list, int));
		return;
	case 'f':
	case 'g':
		put_float(buf, spec, kind, va_arg(args->list, double));
		return;
	default:
		assert(kind == '%');
		buf_byte(buf, kind);
	}
}

static void buf_vprintf(struct buf *buf, const char *format, va_list args)
{
	struct arguments arguments;

	va_copy(arguments.list, args);
	for (const char *at = format; *at;) {
		const char *percent = strchrnul(at, '%');
		buf_sv(buf, (struct sv){ at, (size_t)(percent - at) });
		if (!*percent)
			break;
		at = percent + 1;
		struct spec spec = read_spec(&at, &arguments);
		put_one(buf, &spec, *at++, &arguments);
	}
	va_end(arguments.list);
}

void buf_printf(struct buf *buf, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	buf_vprintf(buf, format, args);
	va_end(args);
}

struct sv arena_printf(struct arena *arena, const char *format, ...)
{
	char small[512];
	struct buf buf = { .ptr = small, .cap = sizeof(small), .max = sizeof(small) };
	va_list args;

	va_start(args, format);
	buf_vprintf(&buf, format, args);
	va_end(args);
	if (!buf.overflow)
		return arena_copy(arena, buf_view(&buf));
	buf_init(&buf, arena, SIZE_MAX / 4);
	va_start(args, format);
	buf_vprintf(&buf, format, args);
	va_end(args);
	buf_byte(&buf, '\0');
	return (struct sv){ buf.ptr, buf.len - 1 };
}
