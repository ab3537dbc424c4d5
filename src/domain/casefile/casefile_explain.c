/* The explanation of a rule in words: what went in, which rules held, and for the others the first cell that did not. */
#include "domain/casefile/casefile_show_int.h"

#include "base/banned.h"

enum { MAX_LINES = 200 };

static struct sv value_words(struct ctx *ctx, const struct json *value)
{
	struct buf buf;
	struct sv scalar = json_scalar(value);

	if (!value || value->type == JSON_NULL)
		return SV("–");
	if (!sv_is_absent(scalar))
		return scalar;
	buf_init(&buf, ctx->arena, 64 * 1024);
	for (const struct json *v = json_first(value); v; v = json_next(value, v)) {
		if (buf.len)
			buf_sv(&buf, SV(" · "));
		if (value->type == JSON_OBJECT) {
			buf_sv(&buf, json_key(v));
			buf_sv(&buf, SV(": "));
		}
		buf_sv(&buf, v->type == JSON_OBJECT || v->type == JSON_ARRAY ? SV("…") : value_words(ctx, v));
	}
	return buf_view(&buf);
}

static void add_line(struct html_casefile_work_rules_lines *lines, size_t *count, struct sv label, struct sv value, bool matched)
{
	if (*count < MAX_LINES)
		lines[(*count)++] = (struct html_casefile_work_rules_lines){ label, value, matched };
}

static void rule_line(struct ctx *ctx, const struct json *rule, struct html_casefile_work_rules_lines *lines, size_t *count)
{
	const struct json *failed = json_get(rule, SV("failed")), *notes = json_get(rule, SV("annotations"));
	struct sv number = json_scalar(json_get(rule, SV("index")));
	bool matched = json_bool(json_get(rule, SV("matched")), false);
	struct sv label = tr_args(ctx, N_("Rule {number}:"), ARGS({ "number", number }));

	if (matched) {
		struct sv words = json_string(json_first(notes));
		add_line(lines, count, label, sv_is_empty(words) ? tr(ctx, N_("holds")) : words, true);
		return;
	}
	add_line(lines, count, label,
		tr_args(ctx, N_("“{column}” is {value}, wanted {cell}"),
			ARGS({ "column", value_words(ctx, json_get(failed, SV("column"))) },
				{ "value", value_words(ctx, json_get(failed, SV("value"))) },
				{ "cell", value_words(ctx, json_get(failed, SV("cell"))) })),
		false);
}

enum rc casefile_explain_words(struct ctx *ctx, const struct json *details, struct html_casefile_work_rules *ret)
{
	const struct json *explanation;
	struct html_casefile_work_rules_lines *lines = ARENA_ARRAY(ctx->arena, struct html_casefile_work_rules_lines, MAX_LINES);
	size_t count = 0;

	TRY(json_parse(ctx, SV("explanation"), json_string(json_get(details, SV("explanation"))), &json_limits_file, &explanation));
	const struct json *decisions = json_get(explanation, SV("decisions"));
	for (const struct json *d = json_first(decisions); d; d = json_next(decisions, d)) {
		const struct json *table = json_get(d, SV("table"));
		const struct json *inputs = json_get(table, SV("inputs")), *rules = json_get(table, SV("rules"));
		add_line(lines, &count, json_string(json_get(d, SV("name"))), value_words(ctx, json_get(d, SV("result"))), false);
		for (const struct json *i = json_first(inputs); i; i = json_next(inputs, i))
			add_line(lines, &count, value_words(ctx, json_get(i, SV("label"))), value_words(ctx, json_get(i, SV("value"))), false);
		for (const struct json *r = json_first(rules); r; r = json_next(rules, r))
			rule_line(ctx, r, lines, &count);
	}
	*ret = (struct html_casefile_work_rules){
		.decision = json_string(json_get(details, SV("decision"))),
		.result = value_words(ctx, json_get(explanation, SV("result"))),
		.lines = { lines, count },
	};
	return RC_OK;
}
