/* Inputs: what a route takes, described once and parsed into a struct before the handler runs.
 *
 *	struct note_add {
 *		struct id number;
 *		struct sv title;
 *		int64_t due;
 *	};
 *	static const struct input_field note_add_fields[] = {
 *		INPUT(struct note_add, number, ID, .required = true),           // a {number} of the path
 *		INPUT(struct note_add, title, TEXT, .required = true, .max = 200),
 *		INPUT(struct note_add, due, DAY),
 *	};
 *	static const struct input note_add_input = INPUT_OF(struct note_add, note_add_fields);
 *
 * A field named like a {part} of the path comes from there; otherwise from the query (GET) or from the body: urlencoded,
 * multipart or a JSON object, whatever came. A field marked .query comes from the query whatever the method. Names that
 * the description does not know are refused, so are a second value for a single field and text that is not UTF-8.
 *
 * What is not given: texts and choices are absent, numbers, money and days are INPUT_ABSENT, ids zero, lists empty,
 * files and JSON NULL, booleans false. An empty text field of a form counts as not given.
 */
#ifndef HTTP_INPUT_H
#define HTTP_INPUT_H

#include <stddef.h>

#include "base/ctx.h"
#include "base/hash.h"
#include "base/json.h"

#define INPUT_ABSENT INT64_MIN

enum {
	INPUT_MAX_TEXT = 200,       /* characters, where a field names no max */
	INPUT_MAX_LONG_TEXT = 10000,
	INPUT_MAX_LIST = 100,       /* values of a list */
	INPUT_MAX_PAIRS = 2000,     /* fields of one request */
};

/* A file that came with the request. It is already kept, durably, under its hash in data_dir/files when a handler sees
 * it; the room records the hash (and says in module.keeps_file that it needs it). What no room needs is collected after
 * a day, so a failed request leaves nothing. */
struct upload {
	struct sv field;      /* name of the input */
	struct sv name;       /* as the sender calls it: base name, control characters dropped, at most 200 bytes */
	const char *type;     /* media type by content, never by name */
	int64_t size;         /* bytes */
	struct hash sha256;
	int fd;               /* of http/ */
};

struct input_texts { const struct sv *at; size_t len; };
struct input_files { const struct upload *const *at; size_t len; };
/* Fields of a form that is known at run time only (INPUT_TREE): "form.owner.name" under the name "form" is the pair
 * "owner.name". A JSON object is flattened to the same names ("members[2].name") and also given as it is. */
struct input_pair { struct sv name, value; const struct upload *file; };
struct input_tree { const struct input_pair *at; size_t len; const struct json *json; };

/* kind, C type of the member, JSON Schema type and format */
#define INPUT_KINDS(X)                                                                                                 \
	X(TEXT, struct sv, "string", NULL)           /* one line; min and max count characters */                      \
	X(LONG_TEXT, struct sv, "string", NULL)      /* several lines; CR LF becomes LF */                             \
	X(SECRET, struct sv, "string", "password")   /* never trimmed, never shown again, never kept */                \
	X(INT, int64_t, "integer", "int64")          /* from min to max */                                             \
	X(MONEY, int64_t, "string", "money")         /* "12.50" yuan, in fen */                                        \
	X(DAY, int64_t, "string", "date")            /* "2026-03-03" */                                                \
	X(BOOL, bool, "boolean", NULL)               /* "true", "1", "on", "yes" or "false", "0", "off", "no" */       \
	X(CHOICE, struct sv, "string", NULL)         /* one of .choices */                                             \
	X(ID, struct id, "string", "id")                                                                               \
	X(TEXTS, struct input_texts, "array", NULL)  /* repeated; min and max count values; .choices, if any, bind each */ \
	X(FILE, const struct upload *, "string", "binary")  /* .choices: allowed types ("application/pdf") */          \
	X(FILES, struct input_files, "array", "binary")                                                                \
	X(JSON, const struct json *, "object", NULL) /* any value; with the name "" the whole body */                  \
	X(TREE, struct input_tree, "object", NULL)

enum input_kind {
#define X(kind, type, schema, format) INPUT_##kind,
	INPUT_KINDS(X)
#undef X
};
#define X(kind, type, schema, format) typedef type input_c_##kind;
INPUT_KINDS(X)
#undef X

struct input_field {
	const char *name;
	enum input_kind kind;
	bool required, query;
	int64_t min, max;           /* both 0: the kind's own limits */
	const char *const *choices; /* ends with NULL */
	const char *label;          /* as the page calls it (msgid), for the summary of errors; NULL: the message says all */
	uint32_t offset;
};

struct input {
	const struct input_field *fields;
	size_t count, size;
};

/* The compiler checks that the member has the kind's type. */
#define INPUT_AS(name_, struct_, member, kind_, ...)                                                                   \
	{ .name = (name_), .kind = INPUT_##kind_,                                                                      \
		.offset = offsetof(struct_, member)                                                                    \
			+ 0 * sizeof(char[__builtin_types_compatible_p(__typeof__(((struct_ *)0)->member),             \
							       input_c_##kind_) ? 1 : -1]),                            \
		__VA_ARGS__ }
#define INPUT(struct_, member, kind_, ...) INPUT_AS(#member, struct_, member, kind_, __VA_ARGS__)
#define INPUT_OF(struct_, fields_)                                                                                     \
	{ .fields = (fields_), .count = sizeof(fields_) / sizeof((fields_)[0]), .size = sizeof(struct_) }

/* For routes that take nothing. */
extern const struct input input_none;

#endif
