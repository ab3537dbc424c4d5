/* A service, read from its folder and compiled once: item card, form, process and rules (docs/designer/service-folder.md).
 *
 * A service value never changes; it lives in the arena it was parsed into (the thread's cache for published versions).
 */
#ifndef DOMAIN_CATALOGUE_SERVICE_H
#define DOMAIN_CATALOGUE_SERVICE_H

#include "base/ctx.h"
#include "base/hash.h"
#include "base/json.h"

struct form;        /* engine/form */
struct bpmn_model;  /* engine/bpmn */
struct dmn_model;   /* engine/dmn */
struct feel_expr;   /* engine/feel */

/* A file of a folder: path relative to it ("form.json") and its bytes. */
struct service_file {
	struct sv path, bytes;
};

enum service_handling { HANDLING_INSTANT = 1, HANDLING_PROMISED = 2, HANDLING_QUERY = 3 };

struct service_basis {
	struct sv id;
	struct bitext law, article, text;
	bool checked; /* the text was checked against the official source */
};

struct service_condition {
	struct bitext text;
	struct sv basis; /* id of a service_basis */
};

/* A limit in working days; days 0 = not given. */
struct service_limit {
	int64_t days;
	struct sv basis;
	struct bitext approver; /* extension only */
};

struct service_procedure {
	struct sv id;
	struct bitext name;
	int64_t days;
	bool counted; /* inside the limit: does not stop the clock */
	struct sv basis;
};

enum material_source { MATERIAL_UPLOAD = 1, MATERIAL_REGISTRY = 2 };

struct service_material {
	struct sv id;
	struct bitext name, why;
	bool main;
	enum material_source source;
	struct sv registry;          /* "population.household" when MATERIAL_REGISTRY */
	unsigned accept;             /* bit set of enum material_type, uploads */
	int64_t max_bytes;
	const struct feel_expr *when; /* NULL = always */
	struct sv basis;
	uint32_t line;
};

enum material_type { MATERIAL_PDF, MATERIAL_JPEG, MATERIAL_PNG, MATERIAL_OFD };

struct service_option {
	struct sv value;
	struct bitext label;
};

struct service_situation {
	struct sv id;
	struct bitext question;
	struct service_option *options;
	size_t option_count;
};

struct service_fee {
	struct bitext name;
	int64_t fen;
	struct sv basis;
};

struct service_result {
	struct sv id;
	struct bitext name;
	struct sv template;      /* the template's text */
	struct sv template_path; /* file name, for messages */
	int64_t years;           /* validity; 0 = without end */
	struct sv number_prefix;
};

struct service_dmn {
	struct sv path; /* "eligibility.dmn" */
	const struct dmn_model *model;
};

/* A gap of a decision table that somebody answers for in writing (acceptances.yaml): without one for each gap nothing is
 * published. */
struct service_acceptance {
	struct sv file, table, gap;  /* "eligibility.dmn"; id of the decision; the example input as `tongban dmn check` prints it */
	struct bitext reason;        /* at least one language; the other is empty */
	struct sv accepted_by;       /* who, and when, in words */
	uint32_t line;
};

struct service {
	struct id id, version;       /* zero when read from a folder that is not published */
	int64_t version_number, published_at;
	struct hash hash; /* of the folder: paths and contents */
	struct sv code;
	struct bitext name, summary, life_event, remedy, contact;
	struct bitext guide;         /* CommonMark */
	struct sv keywords;          /* both languages, joined by spaces */
	struct sv body, kind, level, basic_code, implementation_code;
	enum service_handling handling;
	bool for_natural, for_legal;
	struct service_limit acceptance, statutory, promised, extension, delivery;
	struct service_basis *bases;
	size_t basis_count;
	struct service_condition *conditions;
	size_t condition_count;
	struct service_procedure *procedures;
	size_t procedure_count;
	struct service_material *materials;
	size_t material_count;
	struct service_situation *situations;
	size_t situation_count;
	struct service_fee *fees;
	size_t fee_count;
	struct service_result *results;
	size_t result_count;
	struct service_dmn *decisions;
	size_t decision_count;
	struct service_acceptance *acceptances;
	size_t acceptance_count;
	const struct form *form;
	const struct bpmn_model *process;
	struct sv cases; /* text of cases.yaml, absent if none */
};

/* One fault of a folder, for `tongban service lint` and the publishing page. */
struct service_problem {
	struct sv file;
	uint32_t line;
	struct sv element;           /* of a decision model: id or name of the element; otherwise absent */
	const char *rule;            /* of its analysis: "gap", "overlap" ... (engine/dmn); otherwise NULL */
	const char *msgid;
	const struct text_arg *args;
};

/* How an example case of the folder came out. */
struct service_outcome {
	struct sv name, differences; /* differences: a line each; empty when it passed */
	bool passed;
};

struct service_problems {
	struct service_problem *at;
	size_t len, cap;
};

enum { SERVICE_MAX_FILES = 64, SERVICE_MAX_BYTES = 4 << 20, SERVICE_MAX_PROBLEMS = 500, SERVICE_MAX_ACCEPTANCES = 200,
	SERVICE_MIN_REASON = 10 /* characters of the reason of an acceptance */ };

/* All files of a folder on disk, sorted by path; refuses links, more than SERVICE_MAX_FILES files or SERVICE_MAX_BYTES. */
[[nodiscard]] enum rc service_folder_read(struct ctx *ctx, struct sv dir, struct service_file **ret, size_t *ret_count);
/* SHA-256 over paths and contents; the files are in the order of their paths. */
struct hash service_folder_hash(const struct service_file *files, size_t count);
/* Parses and compiles. RC_INVALID with *problems filled (at least one) when the folder has faults. */
[[nodiscard]] enum rc service_parse(struct ctx *ctx, const struct service_file *files, size_t count,
	struct service_problems *problems, const struct service **ret);
/* Checks across files: dead ends, unreachable steps, tasks without an owner, unknown fields in rules, missing
 * translations, materials never used. Appends to *problems; RC_OK even when there are some. */
[[nodiscard]] enum rc service_lint(struct ctx *ctx, const struct service *service, struct service_problems *problems);

/* Adds a problem with everything it says copied into ctx's arena. */
void service_problem_copy(struct ctx *ctx, struct service_problems *problems, const struct service_problem *problem);
/* One fault a line on stdout: DIR/file:line: [element: rule:] what is wrong. */
void service_problems_print(struct ctx *ctx, struct sv dir, const struct service_problems *problems);
/* The entry of acceptances.yaml for a gap, to be pasted and filled in (absent reason: with room for one). */
struct sv service_acceptance_text(struct ctx *ctx, const struct service_acceptance *acceptance);

const struct service_material *service_material_find(const struct service *service, struct sv id);
const struct service_basis *service_basis_find(const struct service *service, struct sv id);
const struct service_procedure *service_procedure_find(const struct service *service, struct sv id);
const struct service_result *service_result_find(const struct service *service, struct sv id);
/* "eligibility.dmn#Eligibility" -> model and decision name; NULL when there is none. */
const struct dmn_model *service_decision_find(const struct service *service, struct sv reference, struct sv *ret_decision);

#endif
