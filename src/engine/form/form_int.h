/* Inside the form engine.
 *
 * A block is a set of fields that are answered together: the form itself, or one row of a repeatable block. Sections are
 * transparent. Each field with an answer has a slot in its block; expressions are resolved to slots when the form is
 * parsed, so that an evaluation looks nothing up by name.
 */
#ifndef ENGINE_FORM_FORM_INT_H
#define ENGINE_FORM_FORM_INT_H

#include "base/map.h"
#include "base/vec.h"
#include "engine/form/form.h"

/* Where a name of an expression comes from. */
struct form_ref {
	bool is_answer; /* otherwise of the context, by `name` */
	unsigned up;    /* blocks outward from where the expression stands */
	unsigned slot;
	struct sv name;
};

struct form_expr {
	const struct feel_expr *expr;
	struct form_ref *refs; /* as feel_names() has them */
	size_t ref_count;
	uint32_t line;
};

/* One answer. */
struct answer {
	bool is_set;     /* something is there */
	bool is_raw;     /* ... that is not of the field's kind: `text` as typed */
	bool is_hidden;
	struct sv text;  /* text, choice, date; what was typed for the others */
	struct feel_value value; /* typed; computed; of rows: list of contexts */
	const struct sv *chosen; /* checklist */
	size_t chosen_count;
	struct node **rows;
	size_t row_count, row_cap;
};

/* The answers of one block. */
struct node {
	struct node *outer;
	struct answer *at; /* by slot */
};

/* One reading, checking or showing of a form. */
struct form_run {
	struct ctx *ctx;
	struct feel_run feel;
	const struct form *form;
	const struct form_context *context;
	struct node *root;
	bool *page_hidden;
	struct form_problems *problems; /* NULL = nobody wants them */
	size_t page;                    /* being walked */
	const struct form_expr *stopped; /* ran into a limit; NULL = none did */
};

static inline bool form_has_slot(const struct form_field *field)
{
	switch (field->kind) {
#define X(name, type, answer)                                                                                          \
	case name:                                                                                                     \
		return answer;
		FORM_KINDS(X)
#undef X
	case FORM_KIND_COUNT:
		break;
	}
	return false;
}

/* form_data.c: answers from and to JSON, and from what was typed. */
[[nodiscard]] enum rc form_run_init(struct form_run *run, struct ctx *ctx, const struct form_filled *filled,
	struct form_problems *problems);
struct node *form_node_new(struct ctx *ctx, struct node *outer, unsigned slot_count);
[[nodiscard]] enum rc form_data_text(struct form_run *run, struct sv *ret);
/* Sets an answer from typed text; what cannot be taken stays raw. */
void form_answer_type(struct form_run *run, const struct form_field *field, struct answer *answer, struct sv typed);
void form_answer_tick(struct form_run *run, struct answer *answer, struct sv value);

/* form_eval.c: hidden or not, computed fields, locks. */
[[nodiscard]] enum rc form_settle(struct form_run *run);
[[nodiscard]] enum rc form_eval(struct form_run *run, const struct form_expr *expr, struct node *node, struct feel_value *ret);
[[nodiscard]] enum rc form_is_hidden(struct form_run *run, const struct form_field *field, struct node *node, bool *ret);
/* The register's value for a prefilled field as text, or absent. */
struct sv form_register_value(struct form_run *run, const struct form_field *field);
/* The register's value, which the form does not let anybody change. */
bool form_is_locked(struct form_run *run, const struct form_field *field);
struct sv form_value_text(struct form_run *run, struct feel_value value);

/* form_format.c */
bool form_format_is(enum form_format format, struct sv text);

/* form_check.c */
[[nodiscard]] enum rc form_check_fields(struct form_run *run, const struct form_field *fields, size_t count, struct node *node,
	struct sv prefix);
struct sv form_path(struct arena *arena, struct sv prefix, struct sv key);
bool form_has_file(const struct form_run *run, struct sv path);

#endif
