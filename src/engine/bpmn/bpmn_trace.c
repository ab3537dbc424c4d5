/* The trace runner; see bpmn_trace.h. It plays the outside world of the engine: a virtual clock, several instances, messages and
 * signals between them, and timers that start processes. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/bpmn/bpmn_trace_int.h"

#include "base/banned.h"

enum { MAX_FILE = 4 << 20, MAX_INSTANCES = 2000, MAX_ROUTED = 10000 };
#define TRACE_START_MS INT64_C(1767571200000) /* 2026-01-05T00:00:00Z */

bool trace_no(struct trace *t, const char *format, ...)
{
	char text[400];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (sv_is_absent(t->reason))
		t->reason = arena_copy(t->ctx->arena, sv_of(text));
	return false;
}

static bool no_error(struct trace *t, const char *what)
{
	const struct error *err = t->ctx->err;
	struct buf buf;

	buf_init(&buf, t->ctx->arena, 400);
	for (const struct text_arg *arg = err->args; arg && arg->name; arg++)
		buf_printf(&buf, " %s=%.*s", arg->name, SV_FMT(arg->value));
	return trace_no(t, "%s: %s%.*s (%.*s:%u)", what, err->msgid ? err->msgid : "", SV_FMT(buf_view(&buf)), SV_FMT(err->file), err->line);
}

enum rc bpmn_trace_read_file(struct ctx *ctx, struct sv path, struct sv *ret)
{
	FILE *file = fopen(arena_z(ctx->arena, path), "rb");

	if (!file)
		return fail_at(ctx, RC_NOT_FOUND, path, 0, N_("This file can't be read; check its name and rights."), NULL);
	fseek(file, 0, SEEK_END);
	long size = ftell(file);
	rewind(file);
	if (size < 0 || size > MAX_FILE) {
		fclose(file);
		return fail_at(ctx, RC_TOO_LARGE, path, 0, N_("This file is too large."), NULL);
	}
	char *text = arena_alloc(ctx->arena, (size_t)size + 1);
	size_t len = fread(text, 1, (size_t)size, file);
	fclose(file);
	*ret = (struct sv){ text, len };
	return RC_OK;
}

/* ---- the outside world ---- */

static bool lists(const struct json *list, struct sv id)
{
	for (const struct json *v = json_first(list); v; v = json_next(list, v))
		if (sv_equal(json_string(v), id))
			return true;
	return false;
}

static bool is_external(void *user, const struct bpmn_node *node)
{
	const struct trace *t = user;

	return lists(json_get(t->json, SV("external")), node->id);
}

/* Everything else of the program passes at once. */
static enum rc pass_task(struct ctx *ctx, void *user, struct bpmn_call *call)
{
	(void)ctx, (void)user, (void)call; /* the host's signature */
	return RC_OK;
}

static struct sv printed(struct ctx *ctx, const struct bpmn_state *state)
{
	struct buf buf;

	buf_init(&buf, ctx->arena, MAX_FILE);
	struct json_out out = json_out_to(&buf);
	bpmn_state_print(&out, state);
	return buf_view(&buf);
}

static bool check_replay(struct trace *t, const struct bpmn_state *before, const struct bpmn_outcome *out)
{
	struct sv text = printed(t->ctx, out->state);
	const struct json *json;
	const struct bpmn_state *again;

	if (!sv_equal(printed(t->ctx, bpmn_apply(t->ctx->arena, t->model, before, out->events, out->count)), text))
		return trace_no(t, "the events replayed give another state");
	if (json_parse(t->ctx, SV("state"), text, &json_limits_file, &json) != RC_OK
		|| bpmn_state_parse(t->ctx, t->model, json, &again) != RC_OK)
		return no_error(t, "the state printed can't be read");
	if (!sv_equal(printed(t->ctx, again), text))
		return trace_no(t, "the state read back prints differently");
	return true;
}

static void look_at_events(struct trace *t, size_t instance, const struct bpmn_outcome *out)
{
	const struct json *watch = json_get(t->json, SV("watch"));

	for (size_t i = 0; i < out->count; i++) {
		const struct bpmn_event *event = &out->events[i];
		bool completed = event->kind == BPMN_EV_PASSED
			|| (event->kind == BPMN_EV_COMPLETED && event->number != BPMN_ITEM_MULTI && event->number != BPMN_ITEM_LOOP);
		if (completed && event->node && (!watch || lists(watch, event->node->id)))
			*VEC_PUSH(t->ctx->arena, &t->path) = (struct passed){ instance, event->node->id };
		if (event->kind == BPMN_EV_MESSAGE || event->kind == BPMN_EV_SIGNAL)
			*VEC_PUSH(t->ctx->arena, &t->thrown) = *event;
	}
}

/* One command to one instance (SIZE_MAX: a new one). RC as the engine says it. */
static enum rc command(struct trace *t, size_t index, struct bpmn_command what, bool *ret_sound)
{
	const struct bpmn_state *before = index == SIZE_MAX ? NULL : t->instances.at[index].state;
	struct bpmn_outcome out;

	*ret_sound = true;
	what.host = &t->host;
	what.now = t->now;
	TRY(bpmn_do(t->ctx, t->model, before, &what, &out));
	*ret_sound = check_replay(t, before, &out);
	if (index == SIZE_MAX) {
		struct instance *new = VEC_PUSH(t->ctx->arena, &t->instances);
		new->name = sv_is_absent(t->next_name) ? arena_printf(t->ctx->arena, "#%zu", t->instances.len) : t->next_name;
		t->next_name = (struct sv){ 0 };
		index = t->instances.len - 1;
	}
	t->instances.at[index].state = out.state;
	look_at_events(t, index, &out);
	return RC_OK;
}

static bool start_by(struct trace *t, const struct bpmn_node *event, struct feel_value variables)
{
	bool sound;

	if (t->instances.len >= MAX_INSTANCES)
		return trace_no(t, "too many instances");
	if (command(t, SIZE_MAX, (struct bpmn_command){ .kind = BPMN_START, .text = bpmn_process_of(event), .element = event->id,
			.variables = variables }, &sound) != RC_OK)
		return no_error(t, "start by event");
	return sound;
}

static bool send_message(struct trace *t, struct sv name, struct feel_value variables, bool *ret_taken)
{
	bool sound;

	*ret_taken = true;
	for (size_t i = 0; i < t->instances.len; i++)
		if (bpmn_awaits(t->ctx->arena, t->instances.at[i].state, BPMN_MESSAGE, name)) {
			if (command(t, i, (struct bpmn_command){ .kind = BPMN_DELIVER, .text = name, .variables = variables }, &sound) != RC_OK)
				return no_error(t, "message");
			return sound;
		}
	const struct bpmn_node *event = bpmn_start_event(t->model, BPMN_MESSAGE, name, 0);
	if (event)
		return start_by(t, event, variables);
	*ret_taken = false;
	return true;
}

/* `from`: the instance that threw it and has dealt with it, or SIZE_MAX. */
static bool send_signal(struct trace *t, struct sv name, struct feel_value variables, size_t from)
{
	size_t count = t->instances.len;
	bool sound;

	for (size_t i = 0; i < count; i++)
		if (i != from && !bpmn_is_ended(t->instances.at[i].state)
			&& bpmn_awaits(t->ctx->arena, t->instances.at[i].state, BPMN_SIGNAL, name)) {
			if (command(t, i, (struct bpmn_command){ .kind = BPMN_BROADCAST, .text = name, .variables = variables }, &sound)
				!= RC_OK)
				return no_error(t, "signal");
			if (!sound)
				return false;
		}
	const struct bpmn_node *event;
	for (size_t i = 0; (event = bpmn_start_event(t->model, BPMN_SIGNAL, name, i)) != NULL; i++)
		if (!start_by(t, event, variables))
			return false;
	return true;
}

/* Carries what the last command threw to where it is awaited, and what that throws in turn. */
static bool route(struct trace *t, size_t from)
{
	for (size_t i = 0; i < t->thrown.len; i++) {
		struct bpmn_event event = t->thrown.at[i];
		bool taken;
		if (i > MAX_ROUTED)
			return trace_no(t, "messages go round in a circle");
		if (event.kind == BPMN_EV_SIGNAL ? !send_signal(t, event.text, feel_null(), from)
						 : !send_message(t, event.text, feel_null(), &taken))
			return false;
	}
	t->thrown.len = 0;
	return true;
}

/* ---- deployment ---- */

static bool add_start_timers(struct trace *t, const struct bpmn_model *model)
{
	for (size_t i = 0; i < model->nodes.len; i++) {
		const struct node *node = model->nodes.at[i];
		struct iso_time iso;
		if (node->pub.kind != BPMN_START_EVENT || node->in_body->owner || node->pub.trigger != BPMN_TIMER)
			continue;
		if (node->defs[0].timing.feel || !bpmn_iso_parse(node->defs[0].timing.literal, &iso))
			return trace_no(t, "start timer %.*s has no plain time", SV_FMT(node->pub.id));
		int64_t due = iso.kind == TIMING_DATE ? iso.at : bpmn_iso_add(t->now, iso.months, iso.ms);
		*VEC_PUSH(t->ctx->arena, &t->start_timers) = (struct start_timer){ node, due, iso.repeats, false };
	}
	return true;
}

static enum rc read_model(struct trace *t, struct sv file, struct sv *ret)
{
	const struct sv folders[] = { t->models, t->folder, arena_printf(t->ctx->arena, "%.*s/../models", SV_FMT(t->folder)) };

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		if (sv_is_absent(folders[i]))
			continue;
		struct sv path = arena_printf(t->ctx->arena, "%.*s/%.*s", SV_FMT(folders[i]), SV_FMT(file));
		if (bpmn_trace_read_file(t->ctx, path, ret) == RC_OK)
			return RC_OK;
		error_clear(t->ctx);
	}
	return fail_at(t->ctx, RC_NOT_FOUND, file, 0, N_("This file can't be read; check its name and rights."), NULL);
}

static enum rc deploy_files(struct trace *t, const struct json *files)
{
	const struct json *given = json_get(t->json, SV("conditions")), *replace = given ? given : t->json;

	for (const struct json *f = json_first(files); f; f = json_next(files, f)) {
		const struct bpmn_model *model;
		struct sv text;
		TRY(read_model(t, json_string(f), &text));
		TRY(bpmn_parse_foreign(t->ctx, json_string(f), text, replace, &model));
		*VEC_PUSH(t->ctx->arena, &t->deployed) = model;
		add_start_timers(t, model);
	}
	return bpmn_join(t->ctx, t->deployed.at, t->deployed.len, &t->model);
}

/* ---- steps ---- */

size_t trace_find_instance(const struct trace *t, struct sv name)
{
	for (size_t i = 0; i < t->instances.len; i++)
		if (sv_equal(t->instances.at[i].name, sv_is_absent(name) ? SV("p1") : name))
			return i;
	return SIZE_MAX;
}

static struct feel_value step_variables(const struct trace *t, const struct json *step, const char *key)
{
	return feel_from_json(t->ctx, json_get(step, sv_of(key)), NULL);
}

static bool step_start(struct trace *t, const struct json *step, enum rc *ret_rc)
{
	struct feel_value variables = step_variables(t, step, "variables");
	struct sv message = json_string(json_get(step, SV("start_message"))), signal = json_string(json_get(step, SV("start_signal")));
	bool sound = true;

	t->next_name = json_string(json_get(step, SV("as")));
	if (sv_is_absent(t->next_name))
		t->next_name = SV("p1");
	if (sv_is_absent(message) && sv_is_absent(signal)) {
		*ret_rc = command(t, SIZE_MAX, (struct bpmn_command){ .kind = BPMN_START, .text = json_string(json_get(step, SV("start"))),
			.variables = variables }, &sound);
	} else {
		enum bpmn_trigger trigger = sv_is_absent(message) ? BPMN_SIGNAL : BPMN_MESSAGE;
		const struct bpmn_node *event = bpmn_start_event(t->model, trigger, sv_is_absent(message) ? signal : message, 0);
		if (!event)
			return trace_no(t, "no start event for %.*s", SV_FMT(sv_is_absent(message) ? signal : message));
		*ret_rc = command(t, SIZE_MAX, (struct bpmn_command){ .kind = BPMN_START, .text = bpmn_process_of(event),
			.element = event->id, .variables = variables }, &sound);
	}
	return sound && route(t, t->instances.len - 1);
}

static uint32_t find_wait(const struct trace *t, size_t index, struct sv element, int64_t which)
{
	const struct bpmn_wait *waits;
	size_t count = bpmn_waits(t->ctx->arena, t->instances.at[index].state, &waits);

	for (size_t i = 0; i < count; i++)
		if (sv_equal(waits[i].node->id, element) && --which == 0)
			return waits[i].id;
	return 0;
}

static bool step_complete(struct trace *t, const struct json *step, enum rc *ret_rc)
{
	size_t index = trace_find_instance(t, json_string(json_get(step, SV("instance"))));
	struct sv element = json_string(json_get(step, SV("complete")));
	struct sv error = json_string(json_get(step, SV("error"))), escalation = json_string(json_get(step, SV("escalation")));
	int64_t which = 1;
	bool sound;

	json_i64(json_get(step, SV("which")), &which);
	for (size_t i = 0; i < t->instances.len && index == SIZE_MAX; i++)
		if (find_wait(t, i, element, which))
			index = i;
	uint32_t wait = index == SIZE_MAX ? 0 : find_wait(t, index, element, which);
	if (!wait)
		return trace_no(t, "%.*s is not open", SV_FMT(element));
	struct bpmn_command what = { .kind = BPMN_COMPLETE, .id = wait, .variables = step_variables(t, step, "variables") };
	if (!sv_is_absent(error))
		what = (struct bpmn_command){ .kind = BPMN_THROW_ERROR, .id = wait, .text = error };
	if (!sv_is_absent(escalation))
		what = (struct bpmn_command){ .kind = BPMN_THROW_ESCALATION, .id = wait, .text = escalation };
	*ret_rc = command(t, index, what, &sound);
	return sound && route(t, index);
}

static bool step_message(struct trace *t, const struct json *step, enum rc *ret_rc)
{
	struct sv name = json_string(json_get(step, SV("message"))), instance = json_string(json_get(step, SV("instance")));
	struct feel_value variables = step_variables(t, step, "variables");
	bool sound = true, taken;

	if (sv_is_absent(instance)) {
		if (!send_message(t, name, variables, &taken))
			return false;
		*ret_rc = taken ? RC_OK : RC_NOT_FOUND;
		return route(t, SIZE_MAX);
	}
	size_t index = trace_find_instance(t, instance);
	if (index == SIZE_MAX)
		return trace_no(t, "no instance %.*s", SV_FMT(instance));
	*ret_rc = command(t, index, (struct bpmn_command){ .kind = BPMN_DELIVER, .text = name, .variables = variables }, &sound);
	return sound && route(t, index);
}

/* What falls due next: a timer of an instance, or a start. */
struct due {
	int64_t at;
	size_t instance, start; /* SIZE_MAX: not this */
	uint32_t timer;
};

static struct due next_due(const struct trace *t, int64_t until)
{
	struct due next = { until + 1, SIZE_MAX, SIZE_MAX, 0 };

	for (size_t i = 0; i < t->instances.len; i++) {
		const struct bpmn_state *state = t->instances.at[i].state;
		for (size_t k = 0; k < state->timer_count; k++)
			if (state->timers[k].due < next.at)
				next = (struct due){ state->timers[k].due, i, SIZE_MAX, state->timers[k].id };
	}
	for (size_t i = 0; i < t->start_timers.len; i++)
		if (!t->start_timers.at[i].off && t->start_timers.at[i].due < next.at)
			next = (struct due){ t->start_timers.at[i].due, SIZE_MAX, i, 0 };
	return next;
}

/* False: nothing is due until then. */
static bool fire_next(struct trace *t, int64_t until, bool *ret_sound)
{
	struct due next = next_due(t, until);

	if (next.at > until)
		return false;
	t->now = next.at;
	if (next.start != SIZE_MAX) {
		t->start_timers.at[next.start].off = true;
		*ret_sound = start_by(t, &t->start_timers.at[next.start].event->pub, feel_null()) && route(t, SIZE_MAX);
		return true;
	}
	if (command(t, next.instance, (struct bpmn_command){ .kind = BPMN_FIRE, .id = next.timer }, ret_sound) != RC_OK)
		*ret_sound = no_error(t, "timer");
	*ret_sound = *ret_sound && route(t, next.instance);
	return true;
}

static bool step_advance(struct trace *t, const struct json *step)
{
	struct iso_time iso;
	bool sound = true;

	t->next_name = json_string(json_get(step, SV("as")));
	if (!bpmn_iso_parse(json_string(json_get(step, SV("advance"))), &iso) || iso.kind != TIMING_DURATION)
		return trace_no(t, "advance is not a duration");
	int64_t until = bpmn_iso_add(t->now, iso.months, iso.ms);
	for (unsigned i = 0; sound && i < MAX_ROUTED && fire_next(t, until, &sound); i++)
		;
	t->now = until;
	return sound;
}

static bool step_set(struct trace *t, const struct json *step, enum rc *ret_rc)
{
	size_t index = trace_find_instance(t, json_string(json_get(step, SV("instance"))));
	bool sound;

	if (index == SIZE_MAX)
		return trace_no(t, "no such instance");
	*ret_rc = command(t, index, (struct bpmn_command){ .kind = BPMN_SET, .variables = step_variables(t, step, "set") }, &sound);
	return sound && route(t, index);
}

/* ---- the trace ---- */

static bool do_step(struct trace *t, const struct json *step, enum rc *ret_rc)
{
	*ret_rc = RC_OK;
	if (json_get(step, SV("expect")))
		return trace_expect(t, json_get(step, SV("expect")));
	if (json_get(step, SV("deploy"))) {
		*ret_rc = deploy_files(t, json_get(step, SV("deploy")));
		return true;
	}
	if (!t->model)
		return trace_no(t, "nothing deployed");
	if (json_get(step, SV("start")) || json_get(step, SV("start_message")) || json_get(step, SV("start_signal")))
		return step_start(t, step, ret_rc);
	if (json_get(step, SV("complete")))
		return step_complete(t, step, ret_rc);
	if (json_get(step, SV("advance")))
		return step_advance(t, step);
	if (json_get(step, SV("message")))
		return step_message(t, step, ret_rc);
	if (json_get(step, SV("signal")))
		return send_signal(t, json_string(json_get(step, SV("signal"))), step_variables(t, step, "variables"), SIZE_MAX)
			&& route(t, SIZE_MAX);
	if (json_get(step, SV("set")))
		return step_set(t, step, ret_rc);
	return trace_no(t, "unknown step");
}

static bool run_steps(struct trace *t)
{
	const struct json *steps = json_get(t->json, SV("steps"));

	for (const struct json *step = json_first(steps); step; step = json_next(steps, step)) {
		bool refused = json_bool(json_get(step, SV("refused")), false);
		enum rc rc;
		if (!do_step(t, step, &rc))
			return trace_no(t, "line %u", step->line);
		if (rc != RC_OK && !refused)
			return no_error(t, "refused");
		if (rc == RC_OK && refused)
			return trace_no(t, "line %u: should have been refused", step->line);
		error_clear(t->ctx);
	}
	return true;
}

enum rc bpmn_trace_run(struct ctx *ctx, struct sv path, struct sv models, struct trace_result *ret)
{
	struct trace t = { .ctx = ctx, .models = models, .now = TRACE_START_MS };
	struct sv text;
	size_t slash = path.len;

	while (slash > 0 && path.ptr[slash - 1] != '/')
		slash--;
	t.folder = slash ? arena_copy(ctx->arena, sv_slice(path, 0, slash)) : SV(".");
	TRY(bpmn_trace_read_file(ctx, path, &text));
	TRY(json_parse(ctx, path, text, &json_limits_file, &t.json));
	if (!json_is(json_get(t.json, SV("steps")), JSON_ARRAY))
		return fail_at(ctx, RC_INVALID, path, 1, N_("This file is no trace; it has no steps."), NULL);
	t.host = (struct bpmn_host){ .user = &t, .task = pass_task, .is_external = is_external, .context = feel_null() };
	bool passed = run_steps(&t);
	error_clear(ctx);
	*ret = (struct trace_result){ passed, json_get(t.json, SV("note")) != NULL, t.reason };
	return RC_OK;
}
