/* FEEL's lattice of types (DMN 1.5 sections 7.3.2, 10.3.2.9): simple, list<T>, range<T>, context<a: T>, function<...> -> T,
 * and item definitions with constraints. Types are immutable and live in the arena they were made in. */
#ifndef FEEL_TYPE_H
#define FEEL_TYPE_H

#include "engine/feel/value.h"

struct feel_expr;
struct feel_run;

enum feel_type_kind {
	FEEL_TYPE_ANY,
	FEEL_TYPE_SIMPLE,
	FEEL_TYPE_LIST,
	FEEL_TYPE_RANGE,
	FEEL_TYPE_CONTEXT,
	FEEL_TYPE_FUNCTION,
};

struct feel_member {
	struct sv name;
	const struct feel_type *type; /* NULL = Any */
};

struct feel_type {
	enum feel_type_kind kind;
	enum feel_kind simple;           /* FEEL_TYPE_SIMPLE; FEEL_NULL is the type Null */
	bool any_members;                /* plain "context", "function", "list" or "range": whatever is inside */
	const struct feel_type *element; /* list, range; result of a function */
	const struct feel_member *members; /* context entries; function parameters */
	size_t count;
	struct sv name;                  /* of the item definition, or absent */
	const struct feel_expr *allowed; /* unary tests every value (of a list: the whole list) must pass, or NULL */
	struct sv allowed_text;
};

extern const struct feel_type feel_type_any;

/* "number", "date and time", "Any", "list<number>", ...; NULL when the text is not a built-in type. */
const struct feel_type *feel_type_builtin(struct sv name);

/* value instance of type. */
bool feel_is_instance(struct feel_run *run, struct feel_value value, const struct feel_type *type);
/* Implicit conversion where a typed value is bound (10.3.2.9.4): to and from singleton lists, date to date and time;
 * otherwise null with the reason. NULL type = Any. */
struct feel_value feel_coerce(struct feel_run *run, struct feel_value value, const struct feel_type *type);

#endif
