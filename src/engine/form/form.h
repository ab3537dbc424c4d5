/* Forms: pages of fields with conditions in FEEL, read from form.json (docs/designer/service-folder.md, a profile of the
 * form-js schema), compiled once into an immutable model.
 *
 * Answers live as one JSON object {key: value}: texts, dates ("2026-03-03") and choices are strings, numbers JSON numbers,
 * checkboxes true or false, checklists arrays of strings, repeatable blocks arrays of objects, computed fields what
 * their expression gives. What was typed and cannot be taken stays as the string that was typed, so that nothing is
 * lost; form_check names it. A hidden field has no value. Files are not in the answers: the caller keeps them by path.
 *
 * Paths name fields of answers: "area", "members[2].name" (rows count from 0). Expressions see the fields of their own row
 * first, then those of the form, then the names of the context (applicant, situation, registers, case).
 */
#ifndef ENGINE_FORM_FORM_H
#define ENGINE_FORM_FORM_H

#include "base/locale.h"
#include "engine/feel/feel.h"

enum {
	FORM_MAX_FIELDS = 1000, FORM_MAX_PAGES = 50, FORM_MAX_OPTIONS = 500, FORM_MAX_ROWS = 500, FORM_MAX_DEPTH = 3,
	FORM_MAX_TEXT = 10000, /* characters of an answer */
	FORM_MAX_DATA = 1 << 20,
};

/* kind, form-js type, has an answer */
#define FORM_KINDS(X)                                                                                                  \
	X(FORM_TEXT, "textfield", 1) X(FORM_LONG_TEXT, "textarea", 1) X(FORM_NUMBER, "number", 1)                      \
	X(FORM_CHECKBOX, "checkbox", 1) X(FORM_CHECKLIST, "checklist", 1) X(FORM_RADIO, "radio", 1)                    \
	X(FORM_SELECT, "select", 1) X(FORM_DATE, "datetime", 1) X(FORM_COMPUTED, "expression", 1)                      \
	X(FORM_ROWS, "dynamiclist", 1) X(FORM_FILE, "filepicker", 0) X(FORM_WORDS, "text", 0) X(FORM_SECTION, "group", 0)
enum form_kind {
#define X(name, type, answer) name,
	FORM_KINDS(X)
#undef X
	FORM_KIND_COUNT
};
enum form_format { FORM_ANY, FORM_ID_NUMBER, FORM_CREDIT_CODE, FORM_PHONE_CN, FORM_POSTCODE_CN, FORM_EMAIL, FORM_PHONE };

struct form_option {
	struct sv value;
	struct bitext label;
};
struct form_expr; /* FEEL with its names resolved */

struct form_field {
	enum form_kind kind;
	struct sv key;                /* empty for words and sections without one */
	struct bitext label, hint, error; /* error: shown when `valid` is false */
	struct bitext words;          /* FORM_WORDS: Markdown */
	bool required, sensitive, prefill_readonly;
	bool has_min, has_max;        /* FORM_NUMBER */
	struct decimal min, max;
	int64_t min_length, max_length; /* characters; rows of FORM_ROWS; items of a checklist */
	int64_t default_rows;
	struct sv pattern;            /* XPath flavour, whole text; absent if none */
	enum form_format format;
	struct sv prefill;            /* "legal_person.name", or absent */
	struct sv material;           /* FORM_FILE: material id of the item card */
	const struct form_option *options;
	size_t option_count;
	const struct form_expr *hide, *valid, *computed; /* NULL if none */
	const struct feel_expr *pattern_test;
	const struct form_field *fields; /* of a section or of the rows */
	size_t field_count;
	unsigned slot, slot_count;    /* private: place among the answers of its block; answers in a row */
	uint32_t line;                /* in form.json */
};

struct form_page {
	struct sv key;
	struct bitext label, hint;
	const struct form_expr *hide;
	const struct form_field *fields;
	size_t field_count;
};

struct form {
	struct sv file;
	struct form_page *pages;
	size_t page_count;
	unsigned slot_count; /* private */
	struct sv text;      /* of form.json */
};

/* RC_INVALID or RC_MALFORMED with file, line and key. Lives in the ctx's arena (let that be a long-lived one). */
[[nodiscard]] enum rc form_parse(struct ctx *ctx, struct sv file, struct sv text, const struct form **ret);
/* Page by key; SIZE_MAX if there is none. */
size_t form_page_find(const struct form *form, struct sv key);
/* Field by key path without rows ("members.name"); NULL if there is none. */
const struct form_field *form_field_find(const struct form *form, struct sv path);
/* Calls `each` for every field in order, sections and rows before what is in them; path as above. */
void form_each_field(struct ctx *ctx, const struct form *form,
	void (*each)(void *own, const struct form_field *field, size_t page, struct sv path), void *own);
/* Every FEEL expression of the form with what it belongs to, for lint: calls `each` with the field's line. */
void form_each_expr(const struct form *form, void (*each)(void *own, const struct feel_expr *expr, uint32_t line), void *own);

/* What surrounds the answers. */
struct form_context {
	struct feel_value names;     /* FEEL context: applicant, situation, registers, case; or null */
	const struct sv *files;      /* paths of FORM_FILE fields that have a file */
	size_t file_count;
};

/* One thing wrong with the answers. */
struct form_problem {
	struct sv path;
	size_t page;
	const char *msgid;           /* NULL: `text` says it in the service's own words */
	const struct text_arg *args;
	struct bitext text;
};
struct form_problems {
	struct form_problem *at;
	size_t len, cap;
	const char *stopped; /* msgid: a condition ran into a limit and counts as absent, so a person has to look; or NULL */
};
enum { FORM_MAX_PROBLEMS = 200 };
struct sv form_problem_text(const struct ctx *ctx, const struct form_problem *problem);

/* A form with the answers so far (JSON; absent = none yet) and what surrounds them (NULL = nothing). */
struct form_filled {
	const struct form *form;
	struct sv data;
	const struct form_context *context;
};

struct form_posted {
	struct sv name, value; /* path and what was typed; a checklist's name comes once a ticked value */
};
struct form_posts {
	const struct form_posted *at;
	size_t len;
};
/* Takes what was posted for one page into the answers: *ret_data are all answers, hidden ones dropped and computed ones made;
 * what is wrong on this page is added to *problems (RC_OK all the same). Fields of the page that were not posted become
 * empty, except those locked by a register. RC_INVALID with fail_field, and nothing read, when a name is not of this page. */
[[nodiscard]] enum rc form_read_page(struct ctx *ctx, const struct form_filled *filled, size_t page, const struct form_posts *posts,
	struct sv *ret_data, struct form_problems *problems);
/* The same for single fields of any page, saved as one types: other fields keep their answers. */
[[nodiscard]] enum rc form_read_fields(struct ctx *ctx, const struct form_filled *filled, const struct form_posts *posts,
	struct sv *ret_data, struct form_problems *problems);
/* The whole form before it is filed: every defect, in order. *ret_data (may be NULL) as above. RC_MALFORMED when the data are
 * no such object. */
[[nodiscard]] enum rc form_check(struct ctx *ctx, const struct form_filled *filled, struct sv *ret_data, struct form_problems *problems);

/* One field as a page shows it. Hidden ones are left out; rows come with one FORM_ROWS entry and then their fields. */
struct form_shown {
	const struct form_field *field;
	struct sv path;
	struct sv value;             /* as typed; a checkbox "true" or "false"; computed in words */
	const struct sv *chosen;     /* checklist */
	size_t chosen_count, rows;   /* rows: of FORM_ROWS */
	unsigned depth;              /* 0 = on the page, 1 = in a section or row ... */
	size_t row;                  /* FORM_ROWS fields: number of the row from 0; else 0 */
	bool is_locked;              /* the register's value, not to be edited */
	struct sv register_value;    /* of `prefill`, or absent */
};
[[nodiscard]] enum rc form_show_page(struct ctx *ctx, const struct form_filled *filled, size_t page, struct form_shown **ret,
	size_t *ret_count);
/* Is the page asked at all? */
[[nodiscard]] enum rc form_page_is_shown(struct ctx *ctx, const struct form_filled *filled, size_t page, bool *ret);
/* Adds an empty row, or takes one away. */
[[nodiscard]] enum rc form_row_add(struct ctx *ctx, const struct form *form, struct sv path, struct sv data, struct sv *ret_data);
[[nodiscard]] enum rc form_row_remove(struct ctx *ctx, const struct form *form, struct sv path, size_t row, struct sv data,
	struct sv *ret_data);

/* Check your answers: what was answered, in words of the ctx's language. */
struct form_answer {
	size_t page;
	struct sv path, label, value; /* value: absent for the heading of a row */
	bool is_sensitive, is_file;
	bool is_fixed;               /* the register's value or a computed one: not to be changed */
	size_t row;                  /* heading of a row: its number from 1 */
};
[[nodiscard]] enum rc form_summary(struct ctx *ctx, const struct form_filled *filled, struct form_answer **ret, size_t *ret_count);

/* The data contract: JSON Schema 2020-12 of the answers. */
[[nodiscard]] enum rc form_schema(struct ctx *ctx, const struct form *form, struct sv *ret);

/* Formats. GB 11643-1999: 18 characters, real birth date, check digit (ISO 7064 MOD 11-2). GB 32100-2015: 18 characters,
 * check character. */
bool form_is_id_number(struct sv text);
bool form_is_credit_code(struct sv text);

#endif
