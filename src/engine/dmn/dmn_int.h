/* Private to engine/dmn: the model as read, compiled tables, and the state of one evaluation. */
#ifndef DMN_INT_H
#define DMN_INT_H

#include "base/map.h"
#include "base/vec.h"
#include "base/xml.h"
#include "engine/dmn/dmn.h"
#include "engine/feel/tests.h"
#include "engine/feel/tree.h"

enum drg_kind { DRG_INPUT, DRG_DECISION, DRG_KNOWLEDGE, DRG_SERVICE };

struct drg;

struct requirement {
	struct drg *to;
	struct sv prefix; /* of the import, or empty: the name is visible as prefix.name */
};

/* Where the value of a name of a compiled expression comes from. */
enum binding_kind { BIND_NOTHING, BIND_DRG, BIND_IMPORT, BIND_PARAMETER };

struct binding {
	enum binding_kind kind;
	struct drg *drg;
	struct sv prefix;
	size_t parameter;
};

/* An input, decision, knowledge model or decision service. */
struct drg {
	enum drg_kind kind;
	struct sv id, name;
	struct dmn_model *model;
	const struct xml *xml;
	size_t index; /* among all of the universe */
	const struct feel_type *type;
	struct { VEC(struct requirement); } requires;
	const struct feel_expr *expr; /* the compiled logic of decisions and knowledge models */
	const struct binding *bindings;
	size_t binding_count;
	struct table *table; /* when the logic is a table */
	/* knowledge models and services */
	const struct feel_member *parameters;
	size_t parameter_count;
	struct feel_value function;
	struct drg **inputs, **outputs; /* of a service: inputs in the order of its parameters */
	size_t output_count;
};

/* All models read together: the one asked for and its imports. */
struct universe {
	struct { VEC(struct dmn_model *); } models;
	size_t drg_count;
	const struct dmn_options *options;
	unsigned depth;
};

struct import {
	struct sv prefix;
	struct dmn_model *model;
};

struct dmn_model {
	struct universe *universe;
	struct sv file, name, ns;
	struct hash hash;
	struct sv json; /* name, namespace and hash, for explanations */
	const struct xml *root;
	struct { VEC(struct import); } imports;
	struct { VEC(struct drg *); } drgs;
	struct map drg_ids; /* the first of each id */
	struct { VEC(struct feel_member); } types;
	struct { VEC(struct dmn_problem); } problems;
	struct { VEC(struct dmn_input); } inputs;
	struct { VEC(struct dmn_decision); } decisions;
	struct feel_value sum, min, max, count;
};

/* ---- tables ---- */

enum hit_policy { HIT_UNIQUE, HIT_FIRST, HIT_PRIORITY, HIT_ANY, HIT_COLLECT, HIT_RULE_ORDER, HIT_OUTPUT_ORDER };
enum aggregation { AGG_NONE, AGG_SUM, AGG_MIN, AGG_MAX, AGG_COUNT };

struct cell {
	const struct feel_expr *expr;
	const struct feel_accepts *accepts; /* input cells that can be told without running */
	bool constant;                      /* output cells: `value` */
	struct feel_value value;
	const uint16_t *vars;               /* for each name of expr: which of the table's names */
};

struct rule_index;

/* Pieces of the JSON of a rule, made once. */
struct rule_text {
	struct sv matched;       /* the whole object */
	const struct sv *failed; /* for each input column: the object up to the value */
};

struct table {
	struct dmn_table info;
	const struct xml *xml;
	struct dmn_model *model;
	enum hit_policy hit;
	enum aggregation aggregation;
	struct cell *inputs, *outputs; /* rule by rule */
	const struct feel_type **input_types, **output_types;
	const struct feel_expr **allowed;  /* of inputs; NULL where free */
	struct feel_value *priorities;     /* of outputs: lists of values, highest first; null where none */
	struct cell *defaults;             /* of outputs, expr NULL where none */
	bool has_default;
	const struct sv *names;            /* all names that cells read */
	size_t name_count;
	struct rule_index *index;          /* for large tables, or NULL */
	const struct sv *labels;           /* of inputs, as JSON up to the value */
	const struct rule_text *texts;     /* for explanations; NULL when there would be too many */
};

/* Reads and compiles a decisionTable; *ret_node calls it. */
struct logic;
enum rc dmn_table_read(struct logic *logic, const struct xml *xml, struct feel_node **ret_node, struct table **ret);
/* Makes the pieces for explanations. */
const struct rule_text *dmn_rule_texts(struct arena *arena, const struct dmn_table *info);
const struct sv *dmn_label_texts(struct arena *arena, const struct dmn_table *info);
struct sv dmn_model_text(struct arena *arena, const struct dmn_model *model);
/* Rules that may match by the indexed columns: a bit set of info.rule_count bits in `ret`, one word a 64 rules. */
struct rule_index *dmn_index_build(struct arena *arena, const struct table *table);
/* The same by one column alone; NULL when it is not indexed. */
const uint64_t *dmn_index_column(const struct rule_index *index, size_t column, struct feel_value input);
void dmn_index_rules(const struct rule_index *index, const struct feel_value *inputs, uint64_t *ret);
/* Whether the cell accepts the input; `values` are those of the table's names. */
bool dmn_cell_matches(struct feel_run *run, const struct cell *cell, const struct feel_value *input, const struct feel_value *values);

/* ---- reading ---- */

/* The logic of one element while it is turned into a tree. */
struct logic {
	struct ctx *ctx;
	struct ctx quiet;      /* the same with its own error, for texts that may be wrong */
	struct error error;
	struct dmn_model *model;
	struct drg *drg;
	struct feel_builder *b;
	unsigned depth;
};

void dmn_problem_add(struct ctx *ctx, struct dmn_model *model, enum dmn_severity severity, const char *rule, const struct xml *at,
	const char *msgid, const struct text_arg *args);
/* What kept a text from compiling becomes a problem of the model. */
void dmn_problem_from(struct logic *logic, const struct xml *at);
enum rc dmn_read_types(struct ctx *ctx, struct dmn_model *model);
/* NULL for Any and for absent; an unknown name becomes a problem. */
const struct feel_type *dmn_type(struct ctx *ctx, struct dmn_model *model, struct sv name, const struct xml *at);
enum rc dmn_compile_drg(struct ctx *ctx, struct drg *drg);
enum rc dmn_compile_text(struct logic *logic, struct sv text, bool tests, const struct xml *at, const struct feel_expr **ret);
struct sv dmn_text(const struct xml *element); /* of its <text>, trimmed; absent when there is none */
struct feel_scope dmn_scope(const struct dmn_model *model, const struct xml *at);

/* A find_import (dmn.h) over the .dmn files of a folder; user is its path, a C string. */
enum rc dmn_find_in_folder(struct ctx *ctx, void *user, struct sv ns, struct sv location, struct sv *ret_name, struct sv *ret_text);

/* ---- running ---- */

struct table_trace {
	const struct table *table;
	const struct feel_value *inputs, *values;
	uint16_t *failed; /* for each rule: the first column whose cell fails, or input_count */
	struct table_trace *next;
};

struct trace {
	const struct drg *drg;
	struct feel_value value;
	struct table_trace *tables, **tables_end;
	struct trace *next;
};

struct recorder {
	struct trace *first, **end;
};

struct dmn_eval {
	struct feel_run *run; /* its depth counts decisions that require others as it counts calls */
	struct feel_value inputs;
	struct feel_value *memo;
	uint8_t *state;
	struct trace *current;
	struct recorder *recorder; /* NULL unless an explanation is wanted */
};

feel_host_fn dmn_call_knowledge, dmn_call_service, dmn_call_table;
/* Starts an evaluation and gives the value of the element called `name`. */
enum rc dmn_run(struct ctx *ctx, const struct dmn_model *model, struct sv name, struct feel_value inputs, struct recorder *recorder,
	const struct drg **ret_drg, struct feel_value *ret);

#endif
