/* Registry: the base registers of the city (基础库): population, legal persons, addresses, housing fund, social insurance.
 *
 * Each register is a typed table with one key field; what its fields are called for people, who keeps it and how it may be
 * shared comes from city/registers.yaml (`tongban registry load`). Nobody reads a register but through domain/exchange,
 * which keeps the record of it; this room only finds and keeps rows.
 *
 * Types: text; date, a civil day "2026-03-03"; number, a whole number; money, fen; list, a JSON array of objects.
 * A value is given in two forms: `text` as people type it, absent for none, and `json`, the same as a JSON value.
 */
#ifndef DOMAIN_REGISTRY_REGISTRY_H
#define DOMAIN_REGISTRY_REGISTRY_H

#include "base/json.h"
#include "base/locale.h"

struct module; /* http/module.h */
extern const struct module registry_module;

#define REGISTRY_TYPES(X) X(TEXT, "text") X(DATE, "date") X(NUMBER, "number") X(MONEY, "money") X(LIST, "list")

enum registry_type {
#define X(name, code) REGISTRY_##name,
	REGISTRY_TYPES(X)
#undef X
};

enum registry_subject { REGISTRY_NATURAL = 1, REGISTRY_LEGAL = 2, REGISTRY_PLACE = 3 }; /* what a row is about */

struct registry_field {
	struct sv name;
	enum registry_type type;
	struct bitext label;
	bool is_sensitive;
};

struct registry {
	struct sv name, department, key;
	struct sv share;      /* "unconditional", "conditional", "none": Regulations on Sharing Government Data art. 14 */
	struct bitext title;
	enum registry_subject subject;
	const struct registry_field *fields;
	size_t field_count;
};

enum { REGISTRY_MAX_FIELDS = 64, REGISTRY_MAX_ROWS = 10000000, REGISTRY_MAX_LIST = 1000 };

/* RC_NOT_FOUND without a message. */
[[nodiscard]] enum rc registry_describe(struct ctx *ctx, struct sv name, struct registry *ret);
/* Only what it is called, for texts that name it. */
[[nodiscard]] enum rc registry_title(struct ctx *ctx, struct sv name, struct bitext *ret);
/* What a coded value of a field is called ("paying": 正在缴费). RC_NOT_FOUND without a message: it has no words of its own. */
[[nodiscard]] enum rc registry_word(struct ctx *ctx, struct sv name, struct sv field, struct sv value, struct bitext *ret);
/* NULL when it has no such field. */
const struct registry_field *registry_field_find(const struct registry *registry, struct sv field);

struct registry_value {
	struct sv text, json;
};
/* The row with this key, only the fields asked for, in that order. RC_NOT_FOUND without a message when there is none. For
 * domain/exchange and tests: others would read without a record. */
[[nodiscard]] enum rc registry_find(struct ctx *ctx, struct sv name, struct sv key, const struct sv *fields, size_t count,
	struct registry_value *ret);

/* Descriptions from the text of a registers.yaml, in place of those before. RC_INVALID with file and line when it names a
 * register or field that the program does not have, or leaves one out. */
[[nodiscard]] enum rc registry_load(struct ctx *ctx, struct sv file, struct sv yaml);
/* All descriptions, in the form that registry_load takes (JSON is YAML). */
[[nodiscard]] enum rc registry_print(struct ctx *ctx, struct json_out *out);

struct registry_pair {
	struct sv field, value; /* value as text; absent = none. A list: a JSON array */
};
/* Adds a row or replaces the one with its key. RC_INVALID with the field when a name or value does not fit. */
[[nodiscard]] enum rc registry_put(struct ctx *ctx, struct sv name, const struct registry_pair *pairs, size_t count);
/* The same from a JSON object {"field": value}, as in cases.yaml. */
[[nodiscard]] enum rc registry_put_json(struct ctx *ctx, struct sv name, const struct json *row);
/* Rows of a CSV file whose first row names the fields. RC_INVALID with the file's line; *ret_count = rows put. */
[[nodiscard]] enum rc registry_import(struct ctx *ctx, struct sv name, struct sv file, struct sv csv, int64_t *ret_count);

#endif
