/* Writing of dates, numbers and money for people; see format.h. */
#include "base/format.h"

#include <assert.h>

#include "base/buf.h"
#include "base/civil.h"

#include "base/banned.h"

#define THIN_SPACE "\xe2\x80\x89"

enum { MAX_NUMBER = 256, MAX_DECIMAL = 4096 };

static const char *const weekdays_zh[] = { "", "一", "二", "三", "四", "五", "六", "日" };
static const char *const weekdays_en[] = { "", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
static const char *const months_en[] = { "", "January", "February", "March", "April", "May", "June", "July", "August",
	"September", "October", "November", "December" };

struct sv format_day(const struct ctx *ctx, int64_t day)
{
	struct civil_date date = civil_from_day(day);
	int weekday = civil_weekday(day);

	assert(weekday >= 1 && weekday <= 7);
	if (locale_is_zh(ctx->locale))
		return arena_printf(ctx->arena, "%lld年%d月%d日(周%s)", (long long)date.year, date.month, date.day,
			weekdays_zh[weekday]);
	return arena_printf(ctx->arena, "%s %d %s %lld", weekdays_en[weekday], date.day, months_en[date.month],
		(long long)date.year);
}

struct sv format_day_short(const struct ctx *ctx, int64_t day)
{
	struct civil_date date = civil_from_day(day);

	return arena_printf(ctx->arena, "%04lld-%02d-%02d", (long long)date.year, date.month, date.day);
}

struct sv format_clock(const struct ctx *ctx, int64_t ms)
{
	struct civil_time time = civil_china_time(ms);

	return arena_printf(ctx->arena, "%02d:%02d", time.hour, time.minute);
}

struct sv format_time(const struct ctx *ctx, int64_t ms)
{
	int64_t day = civil_china_day(ms);
	struct civil_date date = civil_from_day(day);
	struct civil_time time = civil_china_time(ms);
	int weekday = civil_weekday(day);

	if (locale_is_zh(ctx->locale))
		return arena_printf(ctx->arena, "%lld年%d月%d日(周%s) %02d:%02d", (long long)date.year, date.month, date.day,
			weekdays_zh[weekday], time.hour, time.minute);
	return arena_printf(ctx->arena, "%s %d %s %lld, %02d:%02d", weekdays_en[weekday], date.day, months_en[date.month],
		(long long)date.year, time.hour, time.minute);
}

/* Digits in groups of three from the right; fewer than five stay together. */
static void add_grouped(struct buf *buf, struct sv digits)
{
	for (size_t i = 0; i < digits.len; i++) {
		if (i && digits.len > 4 && (digits.len - i) % 3 == 0)
			buf_sv(buf, SV(THIN_SPACE));
		buf_byte(buf, digits.ptr[i]);
	}
}

static size_t count_digits(struct sv text)
{
	size_t count = 0;

	while (count < text.len && text.ptr[count] >= '0' && text.ptr[count] <= '9')
		count++;
	return count;
}

struct sv format_decimal(const struct ctx *ctx, struct sv text)
{
	size_t sign = text.len && text.ptr[0] == '-';
	struct sv rest = sv_slice(text, sign, text.len);
	size_t whole = count_digits(rest);
	struct buf buf;

	if (whole == 0 || whole < 5 || text.len > MAX_DECIMAL)
		return text;
	if (whole < rest.len && rest.ptr[whole] != '.')
		return text;
	buf_init(&buf, ctx->arena, 3 * MAX_DECIMAL);
	buf_sv(&buf, sv_slice(text, 0, sign));
	add_grouped(&buf, sv_slice(rest, 0, whole));
	buf_sv(&buf, sv_slice(rest, whole, rest.len));
	return buf_view(&buf);
}

struct sv format_number(const struct ctx *ctx, int64_t number)
{
	return format_decimal(ctx, arena_printf(ctx->arena, "%lld", (long long)number));
}

struct sv format_money(const struct ctx *ctx, int64_t fen)
{
	bool negative = fen < 0;
	uint64_t amount = negative ? -(uint64_t)fen : (uint64_t)fen;
	struct sv yuan = format_decimal(ctx, arena_printf(ctx->arena, "%llu", (unsigned long long)(amount / 100)));
	struct buf buf;

	buf_init(&buf, ctx->arena, MAX_NUMBER);
	if (negative)
		buf_byte(&buf, '-');
	if (!locale_is_zh(ctx->locale))
		buf_sv(&buf, SV("¥"));
	buf_sv(&buf, yuan);
	if (amount % 100)
		buf_printf(&buf, ".%02u", (unsigned)(amount % 100));
	if (locale_is_zh(ctx->locale))
		buf_sv(&buf, SV(" 元"));
	return buf_view(&buf);
}
