/* A view of bytes that somebody else owns: pointer and length, by value.
 *
 * Text in the product is UTF-8, checked once where it comes in. A view never frees and never copies; it lives as
 * long as what it points into (an arena, a literal, a request body). An absent text is {NULL, 0}: sv_is_absent();
 * an empty one has a non-NULL ptr and len 0.
 */
#ifndef BASE_SV_H
#define BASE_SV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct sv {
	const char *ptr;
	size_t len;
};

/* A view of a string literal, usable in initialisers. */
#define SV(literal) ((struct sv){ "" literal, sizeof(literal) - 1 })
#define SV_INIT(literal) { "" literal, sizeof(literal) - 1 }
/* For printf: printf("%.*s", SV_FMT(v)). */
#define SV_FMT(v) (int)(v).len, (v).ptr ? (v).ptr : ""

static inline struct sv sv_of(const char *z)
{
	return z ? (struct sv){ z, strlen(z) } : (struct sv){ NULL, 0 };
}

static inline bool sv_is_absent(struct sv v) { return v.ptr == NULL; }
static inline bool sv_is_empty(struct sv v) { return v.len == 0; }

static inline bool sv_equal(struct sv a, struct sv b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool sv_equal_z(struct sv a, const char *z) { return sv_equal(a, sv_of(z)); }

static inline bool sv_has_prefix(struct sv v, struct sv prefix)
{
	return v.len >= prefix.len && (prefix.len == 0 || memcmp(v.ptr, prefix.ptr, prefix.len) == 0);
}

static inline bool sv_has_suffix(struct sv v, struct sv suffix)
{
	return v.len >= suffix.len
		&& (suffix.len == 0 || memcmp(v.ptr + v.len - suffix.len, suffix.ptr, suffix.len) == 0);
}

/* Bytes [from, from+len), clipped to the view. */
static inline struct sv sv_slice(struct sv v, size_t from, size_t len)
{
	if (from > v.len)
		from = v.len;
	if (len > v.len - from)
		len = v.len - from;
	return (struct sv){ from ? v.ptr + from : v.ptr, len }; /* nothing is added to a NULL */
}

/* Byte order, then shorter first: <0, 0, >0. */
int sv_compare(struct sv a, struct sv b);

/* First position of a byte or a text at or after `from`; SIZE_MAX if there is none. */
size_t sv_find_byte(struct sv v, char byte, size_t from);
size_t sv_find(struct sv v, struct sv needle, size_t from);

/* Without ASCII space, tab, CR and LF at both ends. */
struct sv sv_trim(struct sv v);

/* Cuts off and returns the part before the first `separator`; *rest becomes what follows it (absent at the end). */
struct sv sv_cut(struct sv *rest, char separator);

/* Whole text as a decimal integer, optional '-'; false on anything else and on overflow; *ret untouched then. */
bool sv_parse_i64(struct sv v, int64_t *ret);

/* 64-bit hash for tables (not for security). */
uint64_t sv_hash(struct sv v);

#endif
