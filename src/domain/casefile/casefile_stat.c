/* Real processing times and promises kept, made by a job into casefile_stat. Percentiles are exact: from a histogram of
 * working days over the cases decided in the last year (old stuck cases are not decided, so they do not blur it). */
#include "base/civil.h"
#include "domain/casefile/casefile_int.h"
#include "domain/casefile/casefile_sql.h"

#include "base/banned.h"

static const int64_t year_ms = (int64_t)365 * DAY_MS, quarter_ms = (int64_t)90 * DAY_MS;

/* The smallest number of days within which `percent` of the cases were decided; 0 when there are none. */
static int64_t percentile(const struct sql_days_histogram_rows *rows, int64_t total, int percent)
{
	int64_t seen = 0;

	for (size_t i = 0; i < rows->len; i++) {
		seen += rows->at[i].count;
		if (seen * 100 >= total * percent)
			return rows->at[i].days_used;
	}
	return 0;
}

static int64_t month_start(int64_t now)
{
	struct civil_date date = civil_china_time(now).date;

	date.day = 1;
	return civil_china_midnight(civil_to_day(date));
}

static enum rc make_one(struct ctx *ctx, const struct catalogue_item *item, int64_t now)
{
	struct sql_days_histogram_rows histogram;
	struct sql_count_filed_row filed;
	struct sql_count_decided_in_time_row month;
	int64_t total = 0;

	TRY(sql_days_histogram(ctx, item->code, now - year_ms, &histogram));
	TRY(sql_count_filed(ctx, item->code, now - quarter_ms, &filed));
	TRY(sql_count_decided_in_time(ctx, item->promised_days, item->code, month_start(now), now, &month));
	for (size_t i = 0; i < histogram.len; i++)
		total += histogram.at[i].count;
	return sql_stat_put(ctx, &(struct sql_stat_put_params){
		.service_code = item->code,
		.made_at = now,
		.filed = filed.count,
		.decided = total,
		.median_days = percentile(&histogram, total, 50),
		.p90_days = percentile(&histogram, total, 90),
		.month_decided = month.decided,
		.month_kept = month.in_time,
	});
}

enum rc casefile_stat_job(struct ctx *ctx, bool *ret_more)
{
	struct catalogue_item *items;
	size_t count;

	*ret_more = false;
	TRY(catalogue_list(ctx, &items, &count));
	for (size_t i = 0; i < count; i++)
		TRY(make_one(ctx, &items[i], clock_now(ctx->clock)));
	return RC_OK;
}
