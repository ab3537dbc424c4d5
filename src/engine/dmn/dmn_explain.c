/* The record of why (dmn.h: dmn_explain) and what would change it (dmn_nearest). The parts of a rule that never change are
 * JSON made when the table is read, so that a record costs little more than the copying of its text. */
#include <assert.h>
#include <stdlib.h>

#include "engine/dmn/dmn_int.h"

#include "base/banned.h"

enum { RULE_TEXT_MAX = 1 << 20, MAX_KEPT_CELLS = 50000 /* larger tables make the texts when they are wanted */ };

static void rule_head(struct json_out *out, const struct dmn_rule *rule, size_t index, bool matched)
{
	json_out_object(out);
	json_out_member(out, SV("id"), rule->id);
	json_out_member_i64(out, SV("index"), (int64_t)index + 1);
	json_out_key(out, SV("matched"));
	json_out_bool(out, matched);
}

/* The texts are put together in `buf`, which is used again and again. */
static struct sv matched_text(struct buf *buf, const struct dmn_table *info, size_t r)
{
	const struct sv *notes = info->rules[r].cells + info->input_count + info->output_count;

	buf_clear(buf);
	struct json_out out = json_out_to(buf);
	rule_head(&out, &info->rules[r], r, true);
	if (info->annotation_count) {
		json_out_key(&out, SV("annotations"));
		json_out_array(&out);
		for (size_t i = 0; i < info->annotation_count; i++)
			json_out_string(&out, notes[i]);
		json_out_array_end(&out);
	}
	json_out_object_end(&out);
	return buf_view(buf);
}

static struct sv failed_text(struct buf *buf, const struct dmn_table *info, size_t r, size_t column)
{
	buf_clear(buf);
	struct json_out out = json_out_to(buf);
	rule_head(&out, &info->rules[r], r, false);
	json_out_key(&out, SV("failed"));
	json_out_object(&out);
	json_out_member(&out, SV("column"), info->inputs[column].label);
	json_out_member(&out, SV("cell"), info->rules[r].cells[column]);
	json_out_key(&out, SV("value"));
	return buf_view(buf); /* the value and two braces follow */
}

const struct rule_text *dmn_rule_texts(struct arena *arena, const struct dmn_table *info)
{
	struct buf buf;

	if (info->rule_count * info->input_count > MAX_KEPT_CELLS)
		return NULL;
	struct rule_text *texts = ARENA_ARRAY(arena, struct rule_text, info->rule_count);
	buf_init(&buf, arena, RULE_TEXT_MAX);
	for (size_t r = 0; r < info->rule_count; r++) {
		struct sv *failed = ARENA_ARRAY(arena, struct sv, info->input_count);
		for (size_t c = 0; c < info->input_count; c++)
			failed[c] = arena_copy(arena, failed_text(&buf, info, r, c));
		texts[r] = (struct rule_text){ arena_copy(arena, matched_text(&buf, info, r)), failed };
	}
	return texts;
}

const struct sv *dmn_label_texts(struct arena *arena, const struct dmn_table *info)
{
	struct sv *labels = ARENA_ARRAY(arena, struct sv, info->input_count);

	for (size_t c = 0; c < info->input_count; c++) {
		struct buf buf;
		buf_init(&buf, arena, RULE_TEXT_MAX);
		struct json_out out = json_out_to(&buf);
		json_out_object(&out);
		json_out_member(&out, SV("label"), info->inputs[c].label);
		json_out_key(&out, SV("value"));
		labels[c] = buf_view(&buf); /* the value and a brace follow */
	}
	return labels;
}

struct sv dmn_model_text(struct arena *arena, const struct dmn_model *model)
{
	static const char digits[] = "0123456789abcdef";
	char hex[64];
	struct buf buf;

	for (size_t i = 0; i < 32; i++) {
		hex[2 * i] = digits[model->hash.bytes[i] >> 4];
		hex[2 * i + 1] = digits[model->hash.bytes[i] & 15];
	}
	buf_init(&buf, arena, RULE_TEXT_MAX);
	struct json_out out = json_out_to(&buf);
	json_out_object(&out);
	json_out_member(&out, SV("name"), model->name);
	json_out_member(&out, SV("namespace"), model->ns);
	json_out_member(&out, SV("sha256"), (struct sv){ hex, sizeof(hex) });
	json_out_object_end(&out);
	return buf_view(&buf);
}

/* ---- writing ---- */

/* The inputs' values as JSON, for the columns and for the cells that they failed. */
static const struct sv *input_texts(struct arena *arena, const struct table_trace *trace)
{
	size_t columns = trace->table->info.input_count, *ends = ARENA_ARRAY(arena, size_t, columns);
	struct sv *values = ARENA_ARRAY(arena, struct sv, columns);
	struct buf buf;

	buf_init(&buf, arena, RULE_TEXT_MAX);
	for (size_t c = 0; c < columns; c++) {
		struct json_out value = json_out_to(&buf);
		feel_to_json(&value, trace->inputs[c]);
		ends[c] = buf.len;
	}
	for (size_t c = 0; c < columns; c++) {
		size_t from = c ? ends[c - 1] : 0;
		values[c] = sv_slice(buf_view(&buf), from, ends[c] - from);
	}
	return values;
}

static void write_inputs(struct json_out *out, const struct table *table, const struct sv *values)
{
	json_out_key(out, SV("inputs"));
	json_out_array(out);
	for (size_t c = 0; c < table->info.input_count; c++) {
		if (c)
			buf_byte(out->buf, ',');
		buf_sv(out->buf, table->labels[c]);
		buf_sv(out->buf, values[c]);
		buf_byte(out->buf, '}');
	}
	json_out_array_end(out);
}

static void write_rules(struct arena *arena, struct json_out *out, const struct table_trace *trace, const struct sv *values)
{
	const struct table *table = trace->table;
	size_t columns = table->info.input_count;
	struct buf scratch;

	buf_init(&scratch, arena, RULE_TEXT_MAX);
	json_out_key(out, SV("rules"));
	json_out_array(out);
	for (size_t r = 0; r < table->info.rule_count; r++) {
		size_t c = trace->failed[r];
		if (r)
			buf_byte(out->buf, ',');
		if (c == columns) {
			buf_sv(out->buf, table->texts ? table->texts[r].matched : matched_text(&scratch, &table->info, r));
		} else {
			buf_sv(out->buf, table->texts ? table->texts[r].failed[c] : failed_text(&scratch, &table->info, r, c));
			buf_sv(out->buf, values[c]);
			buf_sv(out->buf, SV("}}"));
		}
	}
	json_out_array_end(out);
}

static void write_table(struct arena *arena, struct json_out *out, const struct table_trace *trace)
{
	const struct dmn_table *info = &trace->table->info;
	const struct sv *values = input_texts(arena, trace);

	json_out_object(out);
	json_out_member(out, SV("hitPolicy"), sv_of(info->hit_policy));
	write_inputs(out, trace->table, values);
	write_rules(arena, out, trace, values);
	json_out_object_end(out);
}

static void write_result(struct ctx *ctx, struct json_out *out, struct feel_value value)
{
	struct sv why = feel_reason(ctx, value);

	json_out_key(out, SV("result"));
	feel_to_json(out, value);
	if (why.len)
		json_out_member(out, SV("reason"), why);
}

static void write_decisions(struct ctx *ctx, struct json_out *out, const struct recorder *recorder)
{
	json_out_key(out, SV("decisions"));
	json_out_array(out);
	for (const struct trace *t = recorder->first; t; t = t->next) {
		json_out_object(out);
		json_out_member(out, SV("id"), t->drg->id);
		json_out_member(out, SV("name"), t->drg->name);
		write_result(ctx, out, t->value);
		json_out_key(out, SV("tables"));
		json_out_array(out);
		for (const struct table_trace *table = t->tables; table; table = table->next)
			write_table(ctx->arena, out, table);
		json_out_array_end(out);
		json_out_object_end(out);
	}
	json_out_array_end(out);
}

enum rc dmn_explain(struct ctx *ctx, const struct dmn_model *model, struct sv name, struct feel_value inputs, struct json_out *out,
	struct feel_value *ret)
{
	struct recorder recorder = { 0 };
	const struct drg *drg;
	struct feel_value value;

	recorder.end = &recorder.first;
	TRY(dmn_run(ctx, model, name, inputs, &recorder, &drg, &value));
	json_out_object(out);
	json_out_key(out, SV("model"));
	json_out_number(out, model->json); /* a piece of JSON made before */
	json_out_member(out, SV("decision"), drg->name);
	json_out_key(out, SV("inputs"));
	if (inputs.kind == FEEL_CONTEXT)
		feel_to_json(out, inputs);
	else
		feel_to_json(out, feel_context(NULL, 0));
	write_result(ctx, out, value);
	write_decisions(ctx, out, &recorder);
	json_out_object_end(out);
	*ret = value;
	return RC_OK;
}

/* ---- what would change it ---- */

static int by_distance(const void *a, const void *b)
{
	const struct dmn_near *x = a, *y = b;

	if (x->column_count != y->column_count)
		return x->column_count < y->column_count ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

static void measure(struct ctx *ctx, struct feel_run *run, const struct table_trace *trace, size_t r, struct dmn_near *near)
{
	const struct table *table = trace->table;
	size_t columns = table->info.input_count;
	size_t *failed = ARENA_ARRAY(ctx->arena, size_t, columns);
	struct feel_value *values = ARENA_ARRAY(ctx->arena, struct feel_value, columns);

	*near = (struct dmn_near){ &table->info.rules[r], r, failed, values, 0 };
	for (size_t c = 0; c < columns; c++) {
		if (dmn_cell_matches(run, &table->inputs[r * columns + c], &trace->inputs[c], trace->values))
			continue;
		failed[near->column_count] = c;
		values[near->column_count++] = trace->inputs[c];
	}
}

enum rc dmn_nearest(struct ctx *ctx, const struct dmn_model *model, struct sv name, struct feel_value inputs, size_t max,
	const struct dmn_near **ret, size_t *ret_count)
{
	struct recorder recorder = { 0 };
	const struct table_trace *trace = NULL;
	const struct drg *drg;
	struct feel_value value;
	struct feel_run run;
	size_t count = 0;

	assert(max > 0);
	recorder.end = &recorder.first;
	TRY(dmn_run(ctx, model, name, inputs, &recorder, &drg, &value));
	for (const struct trace *t = recorder.first; t; t = t->next) {
		if (t->drg == drg)
			trace = t->tables;
	}
	feel_run_init(&run, ctx);
	size_t rules = trace ? trace->table->info.rule_count : 0;
	struct dmn_near *near = ARENA_ARRAY(ctx->arena, struct dmn_near, rules);
	for (size_t r = 0; r < rules; r++) {
		if (trace->failed[r] != trace->table->info.input_count)
			measure(ctx, &run, trace, r, &near[count++]);
	}
	if (run.rc != RC_OK)
		return run.rc;
	if (count)
		qsort(near, count, sizeof(*near), by_distance);
	*ret = near;
	*ret_count = count < max ? count : max;
	return RC_OK;
}
