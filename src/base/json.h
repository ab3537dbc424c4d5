/* JSON (RFC 8259): strict, bounded, and with number texts kept so that decimals stay exact.
 *
 * Parsing gives a flat array of nodes in the arena: a container node is followed by its children; an object's children
 * are key, value, key, value. Read it with the functions below; a `const struct json *` NULL means "absent" and every
 * reader accepts it. Strings are unescaped; duplicate keys are refused; text must be valid UTF-8 without lone
 * surrogates. YAML is read into the same tree (base/yaml.h).
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/buf.h"
#include "base/ctx.h"

enum json_type { JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

struct json {
	enum json_type type;
	uint32_t line;  /* from 1 */
	uint32_t span;  /* nodes to skip to get behind this value, itself included */
	uint32_t count; /* elements of an array, members of an object */
	struct sv text; /* string: unescaped; number: as written */
};

struct json_limits {
	size_t max_bytes;
	uint32_t max_depth, max_nodes;
	bool may_repeat_keys; /* RFC 8259 section 4 lets an object have a name twice; all are kept, json_get finds the first */
};
extern const struct json_limits json_limits_request; /* 1 MiB, 64 deep, 100,000 nodes */
extern const struct json_limits json_limits_file;    /* 64 MiB, 128 deep, 4,000,000 nodes */

/* RC_MALFORMED, or RC_TOO_LARGE beyond a limit, with file `name`, line and reason. The views point into `text` or the arena. */
[[nodiscard]] enum rc json_parse(struct ctx *ctx, struct sv name, struct sv text, const struct json_limits *limits,
	const struct json **ret);

/* Children: for (v = json_first(a); v; v = json_next(a, v)). For objects v is the value and json_key(v) its key. */
const struct json *json_first(const struct json *container);
const struct json *json_next(const struct json *container, const struct json *child);
struct sv json_key(const struct json *member_value);
const struct json *json_get(const struct json *object, struct sv key);
const struct json *json_at(const struct json *array, size_t index);
/* By path of keys "a.b.c". */
const struct json *json_path(const struct json *object, struct sv path);

static inline bool json_is(const struct json *v, enum json_type type) { return v && v->type == type; }
/* The string, or absent when it is not one. */
struct sv json_string(const struct json *v);
/* Any scalar as text ("true", number as written, string); absent for null and containers. */
struct sv json_scalar(const struct json *v);
bool json_bool(const struct json *v, bool otherwise);
bool json_i64(const struct json *v, int64_t *ret);
size_t json_count(const struct json *v);

/* Writing: commas and escapes are done here; keys and values must alternate rightly (asserted). */
enum { JSON_OUT_MAX_DEPTH = 256 };
struct json_out {
	struct buf *buf;
	bool need_comma, after_key;
	uint32_t depth;      /* at most JSON_OUT_MAX_DEPTH */
	uint64_t in_object[JSON_OUT_MAX_DEPTH / 64]; /* a bit a level */
	unsigned indent; /* spaces a level; 0 = compact */
};
struct json_out json_out_to(struct buf *buf);
void json_out_object(struct json_out *out);
void json_out_object_end(struct json_out *out);
void json_out_array(struct json_out *out);
void json_out_array_end(struct json_out *out);
void json_out_key(struct json_out *out, struct sv key);
void json_out_string(struct json_out *out, struct sv text); /* absent text writes null */
void json_out_i64(struct json_out *out, int64_t number);
void json_out_number(struct json_out *out, struct sv text); /* already a JSON number */
void json_out_bool(struct json_out *out, bool value);
void json_out_null(struct json_out *out);
void json_out_value(struct json_out *out, const struct json *value); /* a parsed tree again */
/* key + string in one. */
void json_out_member(struct json_out *out, struct sv key, struct sv text);
void json_out_member_i64(struct json_out *out, struct sv key, int64_t number);

/* Canonical form for hashing: RFC 8785 member order (by UTF-16 code units), no spaces, numbers as written. */
void json_out_canonical(struct buf *buf, const struct json *value);

#endif
