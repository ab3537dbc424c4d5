/* Building the flat node array of json.h: shared by the JSON and the YAML reader. Private to base. */
#ifndef BASE_JSON_INT_H
#define BASE_JSON_INT_H

#include "base/json.h"

/* The array moves while it grows: hold indices until it is complete. */
struct json_nodes {
	struct arena *arena;
	struct json *at;
	uint32_t len, cap, max; /* max: of the limits */
};

void json_nodes_init(struct json_nodes *nodes, struct arena *arena, struct sv text, uint32_t max);
/* Makes room when the array is full; false when the maximum is reached. */
bool json_nodes_grow(struct json_nodes *nodes);

/* A new node at the end; NULL when the maximum is reached. */
static inline struct json *json_nodes_push(struct json_nodes *nodes, enum json_type type, uint32_t line, struct sv text)
{
	if (nodes->len == nodes->cap && !json_nodes_grow(nodes))
		return NULL;
	struct json *node = &nodes->at[nodes->len++];
	*node = (struct json){ .type = type, .line = line, .span = 1, .text = text };
	return node;
}

/* The container at index `open` ends here with `count` elements or members. */
static inline void json_nodes_close(struct json_nodes *nodes, uint32_t open, uint32_t count)
{
	nodes->at[open].span = nodes->len - open;
	nodes->at[open].count = count;
}

/* The second node of a key that a closed object has twice, or NULL. */
const struct json *json_repeated_key(struct arena *arena, const struct json *object);

/* The first quotation mark, backslash or control character at or after `at`, or `end`. */
const char *json_find_special(const char *at, const char *end);

/* Whether the whole text is a number by RFC 8259 section 6. */
bool json_is_number(struct sv text);

#endif
