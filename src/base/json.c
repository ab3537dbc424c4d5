/* The JSON tree: walking, looking up, and the node array it is made of. Reading text is in json_parse.c, writing in
 * json_out.c. See json.h.
 *
 * A document is one array of nodes in document order, for example {"a": [1, 2]}:
 *
 *	index   0        1      2       3        4
 *	node    object   "a"    array   1        2
 *	span    5        1      3       1        1
 *
 * so that a child is the next node, a sibling is `span` nodes further, and nothing is linked or allocated singly.
 */
#include "base/json.h"

#include <assert.h>

#include "base/json_int.h"

#include "base/banned.h"

const struct json_limits json_limits_request = { .max_bytes = 1 << 20, .max_depth = 64, .max_nodes = 100000 };
const struct json_limits json_limits_file = { .max_bytes = 64 << 20, .max_depth = 128, .max_nodes = 4000000 };

enum { SAMPLE = 8192, BYTES_A_NODE = 32 };

/* How many nodes the text will need: of a large one, from the separators at its beginning; a small one is read as soon as
 * it is looked at, and its array grows. */
static size_t estimate(struct sv text)
{
	size_t count = 1;

	if (text.len < SAMPLE)
		return text.len / BYTES_A_NODE;
	for (size_t i = 0; i < SAMPLE; i++)
		count += text.ptr[i] == ',' || text.ptr[i] == ':' || (text.ptr[i] | 32) == '{';
	return text.len / SAMPLE * (count + count / 16);
}

void json_nodes_init(struct json_nodes *nodes, struct arena *arena, struct sv text, uint32_t max)
{
	assert(max > 0);
	size_t cap = estimate(text) + 8;

	*nodes = (struct json_nodes){ .arena = arena, .max = max };
	nodes->cap = cap < max ? (uint32_t)cap : max;
	nodes->at = arena_extend(arena, NULL, 0, nodes->cap * sizeof(*nodes->at));
}

bool json_nodes_grow(struct json_nodes *nodes)
{
	assert(nodes->len == nodes->cap && nodes->cap <= nodes->max);
	uint32_t cap = nodes->cap > nodes->max / 2 ? nodes->max : nodes->cap * 2;

	if (nodes->cap == nodes->max)
		return false;
	nodes->at = arena_extend(nodes->arena, nodes->at, nodes->cap * sizeof(*nodes->at), cap * sizeof(*nodes->at));
	nodes->cap = cap;
	return true;
}

enum { FEW_MEMBERS = 16 };

/* Keyed by where things lie in this process's memory, so that nobody outside can prepare keys that collide. */
static uint64_t keyed_hash(uint64_t seed, struct sv text)
{
	uint64_t h = seed ^ text.len;

	for (size_t i = 0; i < text.len; i += 8) {
		uint64_t word = 0;
		memcpy(&word, text.ptr + i, text.len - i < 8 ? text.len - i : 8);
		unsigned __int128 product = (unsigned __int128)(h ^ word) * (seed | 1);
		h = (uint64_t)product ^ (uint64_t)(product >> 64);
	}
	return h ^ h >> 32;
}

static const struct json *repeated_of_few(const struct json *object)
{
	const struct json *values[FEW_MEMBERS];
	size_t count = 0;

	for (const struct json *v = json_first(object); v; v = json_next(object, v)) {
		for (size_t i = 0; i < count; i++)
			if (sv_equal(json_key(values[i]), json_key(v)))
				return v - 1;
		values[count++] = v;
	}
	return NULL;
}

static const struct json *repeated_of_many(struct arena *arena, const struct json *object)
{
	size_t slot_count = 64;
	while (slot_count < (size_t)object->count * 2)
		slot_count *= 2;
	const struct json **slots = ARENA_ARRAY(arena, const struct json *, slot_count);
	uint64_t seed = ((uint64_t)(uintptr_t)slots << 20 ^ (uint64_t)(uintptr_t)&slots) * 0x9E3779B97F4A7C15ull;

	for (const struct json *v = json_first(object); v; v = json_next(object, v)) {
		size_t slot = keyed_hash(seed, json_key(v)) & (slot_count - 1);
		for (; slots[slot]; slot = (slot + 1) & (slot_count - 1))
			if (sv_equal(json_key(slots[slot]), json_key(v)))
				return v - 1;
		slots[slot] = v;
	}
	return NULL;
}

const struct json *json_repeated_key(struct arena *arena, const struct json *object)
{
	assert(object->type == JSON_OBJECT && object->span > object->count);
	if (object->count <= FEW_MEMBERS)
		return repeated_of_few(object);
	struct arena_mark mark = arena_mark(arena);
	const struct json *found = repeated_of_many(arena, object);
	arena_rewind(arena, mark);
	return found;
}

const struct json *json_first(const struct json *container)
{
	if (!container || container->count == 0)
		return NULL;
	return container->type == JSON_OBJECT ? container + 2 : container + 1;
}

const struct json *json_next(const struct json *container, const struct json *child)
{
	assert(child > container && child < container + container->span && child->span > 0);
	const struct json *next = child + child->span;

	if (next == container + container->span)
		return NULL;
	return container->type == JSON_OBJECT ? next + 1 : next;
}

struct sv json_key(const struct json *member_value)
{
	return member_value ? member_value[-1].text : (struct sv){ NULL, 0 };
}

const struct json *json_get(const struct json *object, struct sv key)
{
	if (!json_is(object, JSON_OBJECT))
		return NULL;
	for (const struct json *v = json_first(object); v; v = json_next(object, v))
		if (sv_equal(json_key(v), key))
			return v;
	return NULL;
}

const struct json *json_at(const struct json *array, size_t index)
{
	if (!json_is(array, JSON_ARRAY) || index >= array->count)
		return NULL;
	const struct json *v = json_first(array);
	while (index--)
		v = json_next(array, v);
	return v;
}

const struct json *json_path(const struct json *object, struct sv path)
{
	while (object && !sv_is_absent(path))
		object = json_get(object, sv_cut(&path, '.'));
	return object;
}

struct sv json_string(const struct json *v)
{
	return json_is(v, JSON_STRING) ? v->text : (struct sv){ NULL, 0 };
}

struct sv json_scalar(const struct json *v)
{
	if (!v)
		return (struct sv){ NULL, 0 };
	switch (v->type) {
	case JSON_FALSE:
		return SV("false");
	case JSON_TRUE:
		return SV("true");
	case JSON_NUMBER:
	case JSON_STRING:
		return v->text;
	case JSON_NULL:
	case JSON_ARRAY:
	case JSON_OBJECT:
		break;
	}
	return (struct sv){ NULL, 0 };
}

bool json_bool(const struct json *v, bool otherwise)
{
	if (json_is(v, JSON_TRUE))
		return true;
	return json_is(v, JSON_FALSE) ? false : otherwise;
}

bool json_i64(const struct json *v, int64_t *ret)
{
	return json_is(v, JSON_NUMBER) && sv_parse_i64(v->text, ret);
}

size_t json_count(const struct json *v)
{
	return v ? v->count : 0;
}
