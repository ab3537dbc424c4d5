/* What rules decided in past cases; see casefile_replay.h. */
#include "domain/casefile/casefile_replay.h"

#include "domain/casefile/casefile_int.h"
#include "domain/casefile/casefile_sql.h"
#include "domain/ledger/ledger.h"

#include "base/banned.h"

enum { MAX_READ_RECORD = 4096 };

enum rc casefile_decided_count(struct ctx *ctx, struct sv service_code, int64_t from_ms, int64_t until_ms, int64_t *ret)
{
	struct sql_count_decided_row row;

	TRY(sql_count_decided(ctx, service_code, from_ms, until_ms, &row));
	*ret = row.count;
	return RC_OK;
}

enum rc casefile_decided_list(struct ctx *ctx, const struct casefile_decided_query *query, struct casefile_decided **ret,
	size_t *ret_count)
{
	struct sql_cases_decided_rows rows;

	TRY(sql_cases_decided(ctx, &(struct sql_cases_decided_params){ .service_code = query->service_code, .from_ms = query->from_ms,
		.until_ms = query->until_ms, .after_ms = query->after_ms, .after_id = query->after, .limit = query->limit }, &rows));
	struct casefile_decided *list = ARENA_ARRAY(ctx->arena, struct casefile_decided, rows.len);
	for (size_t i = 0; i < rows.len; i++)
		list[i] = (struct casefile_decided){ rows.at[i].id, rows.at[i].version, rows.at[i].number, rows.at[i].decided_at };
	*ret = list;
	*ret_count = rows.len;
	return RC_OK;
}

static enum rc read_ruling(struct ctx *ctx, struct id id, const struct sql_rule_records_row *row, struct casefile_past_ruling *ret)
{
	const struct json *record;
	struct sv act, explanation;

	TRY(casefile_unseal(ctx, id, row->department, row->sealed_key, row->act, &act));
	TRY(casefile_unseal(ctx, id, row->department, row->sealed_key, row->record, &explanation));
	TRY(json_parse(ctx, SV("record"), act, &json_limits_request, &record));
	*ret = (struct casefile_past_ruling){ json_string(json_path(record, SV("details.task"))), explanation };
	return RC_OK;
}

enum rc casefile_past_rulings(struct ctx *ctx, struct id id, struct casefile_past_ruling *ret, size_t *ret_count)
{
	struct sql_rule_records_rows rows;
	size_t count = 0;

	TRY(sql_rule_records(ctx, id, CASEFILE_MAX_RULINGS, &rows));
	for (size_t i = 0; i < rows.len; i++) {
		struct casefile_past_ruling ruling;
		size_t at = 0;
		TRY(read_ruling(ctx, id, &rows.at[i], &ruling));
		while (at < count && !sv_equal(ret[at].task, ruling.task))
			at++;
		ret[at] = ruling; /* the later one counts */
		count += at == count;
	}
	*ret_count = count;
	return RC_OK;
}

enum rc casefile_record_replay(struct ctx *ctx, struct sv service_code, int64_t from_ms, int64_t until_ms, int64_t cases, struct id *ret)
{
	struct buf buf;

	buf_init(&buf, ctx->arena, MAX_READ_RECORD);
	struct json_out out = json_out_to(&buf);
	json_out_object(&out);
	json_out_member(&out, SV("register"), SV("case"));
	json_out_member(&out, SV("fields"), SV("decision inputs"));
	json_out_member(&out, SV("purpose"), SV("rule-replay"));
	json_out_member(&out, SV("service"), service_code);
	json_out_member_i64(&out, SV("decided_from"), from_ms);
	json_out_member_i64(&out, SV("decided_until"), until_ms);
	json_out_member_i64(&out, SV("cases"), cases);
	json_out_object_end(&out);
	return ledger_append(ctx, &(struct ledger_act){ .type = SV("read"), .department = ctx->who->department_code,
		.actor = arena_printf(ctx->arena, "officer %.*s", SV_FMT(ctx->who->code)), .record = buf_view(&buf) }, ret);
}
