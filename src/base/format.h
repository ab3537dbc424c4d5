/* Dates, numbers and money as people read them, in the language of the context. Every page, message and paper uses
 * these, so that a date never looks two ways. Results are in the ctx's arena. Numbers group by thin spaces (U+2009)
 * from five digits on (ISO 80000-1 section 7.3.1).
 */
#ifndef BASE_FORMAT_H
#define BASE_FORMAT_H

#include "base/ctx.h"

/* 2026年3月3日(周二), Tue 3 March 2026. `day` as in base/civil.h. */
struct sv format_day(const struct ctx *ctx, int64_t day);
/* For dense tables: 2026-03-03 in every language. */
struct sv format_day_short(const struct ctx *ctx, int64_t day);
/* China time with the day: 2026年3月3日(周二) 10:32, Tue 3 March 2026, 10:32. */
struct sv format_time(const struct ctx *ctx, int64_t ms);
/* 10:32, China time. */
struct sv format_clock(const struct ctx *ctx, int64_t ms);
/* 12 345 */
struct sv format_number(const struct ctx *ctx, int64_t number);
/* A decimal text, digits of the whole part grouped; anything else comes back as it is. */
struct sv format_decimal(const struct ctx *ctx, struct sv text);
/* 12 345.60 元, ¥12 345.60; whole yuan lose the .00. */
struct sv format_money(const struct ctx *ctx, int64_t fen);

#endif
