/* What a trace says must be seen after a step: open tasks, the end, variables, the way taken. */
#include <stdlib.h>

#include "engine/bpmn/bpmn_trace_int.h"

#include "base/banned.h"

static int compare_sv(const void *a, const void *b)
{
	return sv_compare(*(const struct sv *)a, *(const struct sv *)b);
}

static bool same_multiset(struct trace *t, const char *what, const struct json *want, struct sv *got, size_t count)
{
	size_t wanted = json_count(want), i = 0;
	struct sv *names = ARENA_ARRAY(t->ctx->arena, struct sv, wanted + 1);
	struct buf buf;

	for (const struct json *v = json_first(want); v; v = json_next(want, v))
		names[i++] = json_string(v);
	qsort(names, wanted, sizeof(*names), compare_sv);
	if (count > 0)
		qsort(got, count, sizeof(*got), compare_sv);
	bool same = wanted == count;
	for (i = 0; same && i < count; i++)
		same = sv_equal(names[i], got[i]);
	if (same)
		return true;
	buf_init(&buf, t->ctx->arena, 2000);
	for (i = 0; i < count; i++)
		buf_printf(&buf, " %.*s", SV_FMT(got[i]));
	buf_printf(&buf, " instead of");
	for (i = 0; i < wanted; i++)
		buf_printf(&buf, " %.*s", SV_FMT(names[i]));
	return trace_no(t, "%s:%.*s", what, SV_FMT(buf_view(&buf)));
}

static bool in_question(const struct trace *t, size_t index, struct sv name)
{
	return sv_equal_z(name, "*") || trace_find_instance(t, name) == index;
}

static bool expect_active(struct trace *t, const struct json *want, struct sv instance)
{
	struct { VEC(struct sv); } got = { 0 };

	for (size_t i = 0; i < t->instances.len; i++) {
		const struct bpmn_wait *waits;
		if (!in_question(t, i, instance))
			continue;
		size_t count = bpmn_waits(t->ctx->arena, t->instances.at[i].state, &waits);
		for (size_t k = 0; k < count; k++)
			*VEC_PUSH(t->ctx->arena, &got) = waits[k].node->id;
	}
	return same_multiset(t, "active", want, got.at, got.len);
}

static bool expect_path(struct trace *t, const struct json *want, struct sv instance)
{
	struct { VEC(struct sv); } got = { 0 };

	for (size_t i = 0; i < t->path.len; i++)
		if (in_question(t, t->path.at[i].instance, instance))
			*VEC_PUSH(t->ctx->arena, &got) = t->path.at[i].id;
	return same_multiset(t, "path", want, got.at, got.len);
}

static bool expect_ended(struct trace *t, bool want, struct sv instance)
{
	bool ended = true;

	for (size_t i = 0; i < t->instances.len; i++)
		if (in_question(t, i, instance))
			ended &= bpmn_is_ended(t->instances.at[i].state);
	return ended == want ? true : trace_no(t, "ended: %s instead of %s", ended ? "true" : "false", want ? "true" : "false");
}

static bool expect_variables(struct trace *t, const struct json *expect, struct sv instance)
{
	const struct json *want = json_get(expect, SV("variables")), *absent = json_get(expect, SV("absent"));
	size_t index = trace_find_instance(t, instance);

	if (!want && !absent)
		return true;
	if (index == SIZE_MAX)
		return trace_no(t, "no instance %.*s", SV_FMT(instance));
	struct feel_value variables = bpmn_variables(t->instances.at[index].state);
	for (const struct json *v = json_first(want); v; v = json_next(want, v)) {
		const struct feel_value *got = feel_get(variables, json_key(v));
		if (!got || feel_equal(*got, feel_from_json(t->ctx, v, NULL)) != 1)
			return trace_no(t, "variable %.*s is different", SV_FMT(json_key(v)));
	}
	for (const struct json *v = json_first(absent); v; v = json_next(absent, v))
		if (feel_get(variables, json_string(v)))
			return trace_no(t, "variable %.*s is there", SV_FMT(json_string(v)));
	return true;
}

bool trace_expect(struct trace *t, const struct json *expect)
{
	const struct json *active = json_get(expect, SV("active")), *ended = json_get(expect, SV("ended"));
	const struct json *path = json_get(expect, SV("path"));
	struct sv instance = json_string(json_get(expect, SV("instance")));

	if (!sv_equal_z(instance, "*") && trace_find_instance(t, instance) == SIZE_MAX)
		return trace_no(t, "no instance %.*s", SV_FMT(instance));
	return (!active || expect_active(t, active, instance)) && (!ended || expect_ended(t, json_bool(ended, false), instance))
		&& expect_variables(t, expect, instance) && (!path || expect_path(t, path, instance));
}
