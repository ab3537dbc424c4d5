/* DMN 1.5, reading files of DMN 1.1 to 1.5: decisions and their requirements, tables, boxed expressions, knowledge models,
 * decision services, item definitions, imports; evaluation with an explanation record.
 *
 *	TRY(dmn_parse(ctx, SV("fee.dmn"), text, NULL, &model));      // in a long-lived arena
 *	TRY(dmn_evaluate(ctx, model, SV("Fee"), inputs, &value));
 *
 * A model is immutable and lives in the arena of the ctx that parsed it. Faults inside a decision (a wrong expression, a
 * missing type) do not keep the model from loading, because DMN says such a decision yields null; they are listed by
 * dmn_check, and a service with problems of severity DMN_ERROR must not be published.
 */
#ifndef DMN_H
#define DMN_H

#include "base/hash.h"
#include "engine/feel/feel.h"

struct dmn_model;

/* Where imported models come from, and which external functions exist. */
struct dmn_options {
	/* The text and file name of the model with that namespace (and locationURI, which may be absent);
	 * RC_NOT_FOUND when there is none. Text and name must live as long as the model. */
	enum rc (*find_import)(struct ctx *ctx, void *user, struct sv ns, struct sv location, struct sv *ret_name, struct sv *ret_text);
	void *user;
	const struct feel_external *externals;
	size_t external_count;
};

enum { DMN_MAX_TEXT = 16 << 20, DMN_MAX_IMPORT_DEPTH = 16, DMN_MAX_RULES = 20000 };

/* RC_MALFORMED or RC_INVALID with file and line when the text is no DMN model. options may be NULL. */
[[nodiscard]] enum rc dmn_parse(struct ctx *ctx, struct sv name, struct sv text, const struct dmn_options *options,
	const struct dmn_model **ret);
/* SHA-256 over the model's text and those of its imports, in order. */
struct hash dmn_hash(const struct dmn_model *model);
struct sv dmn_name(const struct dmn_model *model);
struct sv dmn_namespace(const struct dmn_model *model);

enum dmn_severity { DMN_ERROR, DMN_WARNING };
struct dmn_problem {
	enum dmn_severity severity;
	const char *rule;  /* fixed word: "expression", "type", "reference", "overlap", "gap", "gaps" (too many to list),
	                    * "large" (not analysed), "unreachable", "unused", "never" */
	struct sv file;
	uint32_t line;
	struct sv element; /* id of the XML element, or its name */
	const char *msgid; /* with args, as in base/error.h */
	const struct text_arg *args;
	struct sv example; /* of a gap: the input that no rule takes; the same text as long as the gap is there. Otherwise absent */
};
/* What was found while reading, and the analysis of every table: overlaps, gaps (with an example input), unreachable rules,
 * cells never true, type mismatches, unused inputs. In ctx's arena. */
[[nodiscard]] enum rc dmn_check(struct ctx *ctx, const struct dmn_model *model, const struct dmn_problem **ret, size_t *ret_count);

/* What there is in the model (its own elements, not those of imports), in the file's order. */
struct dmn_input {
	struct sv id, name, type_name; /* type_name "string", "tApplicant", absent = Any */
	const struct feel_type *type;  /* NULL = Any */
	uint32_t line;
};
struct dmn_table {
	const char *hit_policy; /* "UNIQUE", "COLLECT SUM", ... */
	const struct dmn_column {
		struct sv id, label, text, type_name, allowed;
		uint32_t line;
		struct sv label_en; /* attribute label_en of namespace urn:tongban:dmn, or absent */
		const struct feel_read *reads; /* what an input's expression reads from outside (feel_reads) */
		size_t read_count;
	} *inputs, *outputs;
	const struct sv *annotations; /* column names */
	const struct dmn_rule { struct sv id; const struct sv *cells; /* inputs, outputs, annotations */ uint32_t line; } *rules;
	size_t input_count, output_count, annotation_count, rule_count;
};
struct dmn_decision {
	struct sv id, name, question, type_name;
	const struct feel_type *type;
	const struct dmn_table *table; /* NULL when its logic is not a table */
	const struct sv *requires;     /* ids of required decisions and inputs */
	size_t require_count;
	uint32_t line;
};
const struct dmn_input *dmn_inputs(const struct dmn_model *model, size_t *ret_count);
const struct dmn_decision *dmn_decisions(const struct dmn_model *model, size_t *ret_count);
/* By name or id; NULL when there is none. */
const struct dmn_decision *dmn_find_decision(const struct dmn_model *model, struct sv name);

/* Evaluates a decision, a decision service or a knowledge model (with its parameters taken from `inputs`), by name or id.
 * inputs: a context by input names. RC_NOT_FOUND for an unknown name, RC_UNAVAILABLE at a limit. */
[[nodiscard]] enum rc dmn_evaluate(struct ctx *ctx, const struct dmn_model *model, struct sv name, struct feel_value inputs,
	struct feel_value *ret);
/* The same, writing the record of why as one JSON object:
 * {"model":{"name","namespace","sha256"},"decision","inputs":{...},"result","reason"?,
 *  "decisions":[{"id","name","result","reason"?,"tables":[{"hitPolicy","inputs":[{"label","value"}],
 *    "rules":[{"id","index","matched":true,"annotations"?} or {"id","index","matched":false,"failed":{"column","cell","value"}}]}]}]}
 * in the order of evaluation, index from 1; "failed" names the first cell that did not hold. */
[[nodiscard]] enum rc dmn_explain(struct ctx *ctx, const struct dmn_model *model, struct sv name, struct feel_value inputs,
	struct json_out *record, struct feel_value *ret);

/* What would change it: for a table decision, the rules nearest to matching (fewest failing cells first, at most `max`). */
struct dmn_near {
	const struct dmn_rule *rule;
	size_t index;               /* from 0 */
	const size_t *columns;      /* input columns whose cells fail */
	const struct feel_value *values; /* and the values they were tested against */
	size_t column_count;
};
[[nodiscard]] enum rc dmn_nearest(struct ctx *ctx, const struct dmn_model *model, struct sv name, struct feel_value inputs,
	size_t max, const struct dmn_near **ret, size_t *ret_count);

#endif
