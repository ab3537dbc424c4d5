/* Built-in functions on contexts (DMN 1.5 section 10.3.4.8). */
#include "engine/feel/builtin_int.h"

#include "base/banned.h"

BUILTIN(fn_get_value)
{
	struct feel_value at = args[0];

	(void)run, (void)count;
	if (at.kind != FEEL_CONTEXT || (args[1].kind != FEEL_STRING && args[1].kind != FEEL_LIST))
		return bad("get value");
	const struct feel_value *keys = args[1].kind == FEEL_LIST ? args[1].list.at : &args[1];
	size_t key_count = args[1].kind == FEEL_LIST ? args[1].list.count : 1;
	if (key_count == 0)
		return bad("get value");
	for (size_t i = 0; i < key_count; i++) {
		const struct feel_value *next = keys[i].kind == FEEL_STRING ? feel_get(at, keys[i].text) : NULL;
		if (!next)
			return feel_null_because(N_("The context has no entry of that name."), NULL);
		at = *next;
	}
	return at;
}

BUILTIN(fn_get_entries)
{
	struct feel_value m = args[0];

	(void)count;
	if (m.kind != FEEL_CONTEXT)
		return bad("get entries");
	struct feel_value *items = feel_alloc(run, m.context.count, sizeof(*items));
	for (size_t i = 0; i < m.context.count; i++) {
		struct feel_entry *pair = feel_alloc(run, 2, sizeof(*pair));
		pair[0] = (struct feel_entry){ SV("key"), feel_text(m.context.at[i].key) };
		pair[1] = (struct feel_entry){ SV("value"), m.context.at[i].value };
		items[i] = feel_context(pair, 2);
	}
	return feel_list(items, m.context.count);
}

/* A context that grows; keys are searched one by one, and charged for. */
struct context_out {
	struct feel_run *run;
	struct feel_entry *at;
	size_t count;
};

static struct feel_entry *find_entry(struct context_out *out, struct sv key)
{
	feel_charge(out->run, out->count / 8 + 1);
	for (size_t i = 0; i < out->count; i++) {
		if (sv_equal(out->at[i].key, key))
			return &out->at[i];
	}
	return NULL;
}

static void put_entry(struct context_out *out, struct sv key, struct feel_value value)
{
	struct feel_entry *entry = find_entry(out, key);

	if (!entry) {
		entry = &out->at[out->count++];
		entry->key = key;
	}
	entry->value = value;
}

BUILTIN(fn_context)
{
	const struct feel_value *items;
	size_t n;

	(void)count;
	if (!as_list(&args[0], &items, &n))
		return bad("context");
	struct context_out out = { run, feel_alloc(run, n, sizeof(struct feel_entry)), 0 };
	for (size_t i = 0; i < n; i++) {
		const struct feel_value *key = feel_get(items[i], SV("key")), *value = feel_get(items[i], SV("value"));
		if (!key || !value || key->kind != FEEL_STRING || find_entry(&out, key->text))
			return bad("context");
		put_entry(&out, key->text, *value);
	}
	return feel_context(out.at, out.count);
}

static struct feel_value put(struct feel_run *run, struct feel_value context, struct sv key, struct feel_value value)
{
	struct context_out out = { run, feel_alloc(run, context.context.count + 1, sizeof(struct feel_entry)), context.context.count };

	if (out.count)
		memcpy(out.at, context.context.at, out.count * sizeof(*out.at));
	put_entry(&out, key, value);
	return feel_context(out.at, out.count);
}

BUILTIN(fn_context_put)
{
	(void)count;
	if (args[0].kind != FEEL_CONTEXT || args[1].kind != FEEL_STRING)
		return bad("context put");
	return put(run, args[0], args[1].text, args[2]);
}

static struct feel_value put_path(struct feel_run *run, struct feel_value context, const struct feel_value *keys, size_t count,
	struct feel_value value)
{
	if (context.kind != FEEL_CONTEXT || count == 0 || keys[0].kind != FEEL_STRING || count > FEEL_MAX_DATA_DEPTH)
		return bad("context put");
	if (count == 1)
		return put(run, context, keys[0].text, value);
	const struct feel_value *inner = feel_get(context, keys[0].text);
	if (!inner)
		return bad("context put");
	struct feel_value changed = put_path(run, *inner, keys + 1, count - 1, value);
	return changed.kind == FEEL_NULL ? changed : put(run, context, keys[0].text, changed);
}

BUILTIN(fn_context_put_path)
{
	if (args[1].kind == FEEL_LIST)
		return put_path(run, args[0], args[1].list.at, args[1].list.count, args[2]);
	return fn_context_put(run, args, count);
}

BUILTIN(fn_context_merge)
{
	const struct feel_value *items;
	size_t n, total = 0;

	(void)count;
	if (!as_list(&args[0], &items, &n))
		return bad("context merge");
	for (size_t i = 0; i < n; i++) {
		if (items[i].kind != FEEL_CONTEXT)
			return bad("context merge");
		total += items[i].context.count;
	}
	struct context_out out = { run, feel_alloc(run, total, sizeof(struct feel_entry)), 0 };
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < items[i].context.count; j++)
			put_entry(&out, items[i].context.at[j].key, items[i].context.at[j].value);
	}
	return feel_context(out.at, out.count);
}
