/* Private to engine/feel: the tree, the compiled form, the machine and the families of built-in functions. */
#ifndef FEEL_INT_H
#define FEEL_INT_H

#include "base/vec.h"
#include "engine/feel/feel.h"
#include "engine/feel/tests.h"
#include "engine/feel/tree.h"

enum { NANOS = 1000000000, DAY_SECONDS = 86400, MAX_OFFSET = 18 * 3600, FEEL_MAX_DATA_DEPTH = 200 };
#define MAX_YEAR INT64_C(999999999)

/* ---- the tree ---- */

enum node_kind {
	N_CONST, N_NAME, N_ADD, N_SUB, N_MUL, N_DIV, N_POW, N_NEGATE, N_AND, N_OR, N_EQUAL, N_UNEQUAL, N_LESS, N_LESS_EQUAL,
	N_GREATER, N_GREATER_EQUAL, N_BETWEEN, N_IN, N_IF, N_FOR, N_SOME, N_EVERY, N_STEPS, N_LIST, N_CONTEXT, N_PATH, N_FILTER,
	N_CALL, N_CALL_NAMED, N_FUNCTION, N_EXTERNAL, N_INSTANCE, N_RANGE, N_TEST, N_TESTS, N_NOT_TESTS, N_ANYTHING,
	N_HOST, N_COERCE,
};

struct feel_node {
	enum node_kind kind;
	enum node_kind op;       /* N_TEST: the comparison */
	uint32_t line;
	bool low_closed, high_closed;
	bool has_input;          /* the text of a test speaks of `?` */
	struct sv text;          /* name; member of a path; kind of an external function */
	struct sv text2, text3;  /* class and signature of an external function */
	struct feel_value value; /* N_CONST */
	const struct feel_type *type;
	struct feel_node **kids;
	size_t count;
	const struct feel_member *names; /* context keys, parameters, iteration variables, argument names */
	size_t name_count;
	struct feel_node *last; /* body of a loop or function, result of a context */
	feel_host_fn *fn;
	void *user;
};

struct feel_builder {
	struct ctx *ctx;
	struct arena *arena;
	struct feel_scope scope;
	struct { VEC(struct feel_member); } names; /* local names in scope, newest last */
	struct { VEC(struct sv); } keys;           /* every context key met, for paths of unknown type */
};

struct feel_node *node_new(struct feel_builder *b, enum node_kind kind, uint32_t line);
enum rc feel_parse(struct feel_builder *b, struct sv source, uint32_t line, bool tests, struct feel_node **ret);
enum rc feel_generate(struct feel_builder *b, struct feel_node *node, struct sv source, const struct feel_expr **ret);
/* A range written as text, with literal ends only; NULL when it is none. */
struct feel_node *feel_parse_range(struct feel_builder *b, struct sv source);

/* ---- the scanner ---- */

enum token_kind { T_END, T_NUMBER, T_STRING, T_NAME, T_PUNCT, T_BAD };

struct token {
	enum token_kind kind;
	size_t from, to; /* bytes of the source */
	uint32_t line;
};

struct scan {
	struct sv text;
	size_t at;
	uint32_t line;
};

struct token scan_next(struct scan *scan);
struct sv scan_text(const struct scan *scan, struct token token);
/* Length of the source at `from` that spells the name (spaces may differ), or 0. */
size_t scan_match_name(const struct scan *scan, size_t from, struct sv name);
/* One space between words, none at the ends. */
struct sv scan_clean_name(struct arena *arena, struct sv raw);
bool scan_is_keyword(struct sv word);
/* Decodes the escapes of a string literal's inside; false with the wrong escape. */
bool scan_string(struct arena *arena, struct sv inside, struct sv *ret);

/* ---- the compiled form ---- */

struct vm;
struct feel_insn;
typedef const struct feel_insn *op_fn(struct vm *vm, const struct feel_insn *insn);

struct feel_insn {
	op_fn *fn;
	int32_t a, b, c;
};

/* A function body or the expression itself: one frame of locals. */
struct feel_block {
	const struct feel_insn *code;
	uint32_t locals, stack;
	const struct feel_member *params;
	uint32_t param_count, capture_count;
	const uint32_t *capture_slots; /* locals that get the captured values */
	int32_t self; /* capture that is the function itself, or -1 */
	struct sv name;
};

struct feel_expr {
	struct sv source;
	struct feel_block main;
	const struct feel_value *constants;
	const struct feel_block *blocks;
	const struct feel_type *const *types;
	const struct feel_member *const *argument_names;
	const struct feel_node *const *hosts;
	const struct builtin *const *builtins;
	const struct regex *const *regexes;
	const struct sv *names;
	size_t name_count;
	const struct feel_accepts *accepts; /* of unary tests, or NULL */
	const struct feel_read *reads;
	size_t read_count;
};

struct builtin;

enum function_kind { FN_BUILTIN, FN_CLOSURE, FN_HOST };

struct feel_function {
	enum function_kind kind;
	struct sv name;
	const struct feel_member *params;
	size_t count;
	const struct feel_type *result;
	const struct builtin *builtin;
	const struct feel_expr *expr;
	const struct feel_block *block;
	const struct feel_value *captures;
	feel_host_fn *fn;
	void *user;
};

/* ---- the machine ---- */

struct vm {
	struct feel_run *run;
	struct feel_value *sp;     /* next free place */
	struct feel_value *locals;
	const struct feel_value *vars;
	const struct feel_value *input;
	const struct feel_expr *expr;
};

/* Ends the run: message for the user, RC_UNAVAILABLE. */
_Noreturn void feel_stop(struct feel_run *run, const char *msgid);
void feel_charge_slow(struct feel_run *run);
/* Counts work; `n` about in units of one list element or one call. */
static inline void feel_charge(struct feel_run *run, uint64_t n)
{
	if (run->steps < n)
		feel_stop(run, N_("The rule did not come to an end within its limit of steps. Simplify the rule."));
	run->steps -= n;
	if ((run->steps & 0xfff) < n)
		feel_charge_slow(run);
}
/* Memory of the run, within its limit. */
void *feel_alloc(struct feel_run *run, size_t count, size_t size);
struct feel_value feel_apply(struct feel_run *run, const struct feel_function *fn, const struct feel_value *args, size_t count);
struct feel_value feel_apply_named(struct feel_run *run, const struct feel_function *fn, const struct feel_member *names,
	const struct feel_value *args, size_t count);
/* Calls a built-in while compiling; false when it ran into a limit. */
bool feel_fold(struct feel_run *run, const struct builtin *builtin, const struct feel_value *args, size_t count,
	struct feel_value *ret);
void vm_block(struct vm *vm, const struct feel_insn *from);

/* A list that grows in the run's memory. */
struct list_out {
	struct feel_run *run;
	struct feel_value *at;
	size_t count, cap;
};
void list_add(struct list_out *out, struct feel_value value);
static inline struct feel_value list_done(const struct list_out *out) { return feel_list(out->at, out->count); }

extern op_fn op_end, op_const, op_var, op_local, op_store, op_input, op_jump, op_if_not, op_member_or, op_item;
extern op_fn op_add, op_sub, op_mul, op_div, op_pow, op_negate, op_and_left, op_and, op_or_left, op_or, op_equal, op_unequal;
extern op_fn op_less, op_less_equal, op_greater, op_greater_equal, op_between, op_in, op_path, op_range, op_test_range;
extern op_fn op_list, op_context, op_instance, op_coerce, op_builtin, op_call, op_call_named, op_closure, op_host;
extern op_fn op_regex;
extern op_fn op_filter, op_loop, op_acc_new, op_collect, op_quantify, op_not;

/* op_loop, c: the accumulator's slot and what the loop does. */
enum { LOOP_SLOT = 0xffff, LOOP_SOME = 1 << 16, LOOP_EVERY = 1 << 17, LOOP_STEPS = 1 << 18 };
/* op_in, a */
enum { IN_HAS_INPUT = 1, IN_MANY = 2 };
/* op_regex, b */
enum { REGEX_MATCHES, REGEX_REPLACE, REGEX_SPLIT };

struct feel_value feel_arith_add(struct feel_run *run, struct feel_value a, struct feel_value b);
struct feel_value feel_arith_sub(struct feel_run *run, struct feel_value a, struct feel_value b);
struct feel_value feel_arith_mul(struct feel_run *run, struct feel_value a, struct feel_value b);
struct feel_value feel_arith_div(struct feel_run *run, struct feel_value a, struct feel_value b);
struct feel_value feel_arith_pow(struct feel_run *run, struct feel_value a, struct feel_value b);
struct feel_value feel_arith_negate(struct feel_value a);

/* ---- comparison ---- */

enum { INCOMPARABLE = 2 };
/* -1, 0, 1, or INCOMPARABLE. Numbers, strings, temporal values; booleans are not ordered. */
int feel_order(struct feel_value a, struct feel_value b);
/* The three truth values are 1, 0 and -1 for null. */
/* `v in test` where the test is a value: range, list, or something to be equal to. */
int feel_in_value(struct feel_run *run, struct feel_value v, struct feel_value test);
/* feel_equal, its work counted among the steps. */
int feel_equal_in(struct feel_run *run, struct feel_value a, struct feel_value b);
static inline struct feel_value feel_truth(int t, const char *why)
{
	return t < 0 ? feel_null_because(why, NULL) : feel_boolean(t);
}
bool feel_is_range_ordered(struct feel_value low, struct feel_value high);
struct feel_value feel_property(struct feel_run *run, struct feel_value of, struct sv name);
bool feel_has_property(struct feel_value of, struct sv name);

/* ---- time ---- */

struct feel_zone {
	struct sv name;  /* absent for an offset; "Z" prints for offset 0 without name */
	int32_t offset;  /* when there are no transitions: seconds east */
	uint32_t count;
	const int64_t *at;       /* instants of transition */
	const int32_t *offsets;  /* count + 1: before the first, after each */
	struct sv rule;          /* POSIX TZ rule after the last, or absent */
	struct feel_zone *next;
};

extern const struct feel_zone feel_utc;
const struct feel_zone *feel_zone_offset(struct arena *arena, int32_t offset);
/* From the system's tzdata; NULL when there is none of that name. `known` is a list to look in first and to add to. */
const struct feel_zone *feel_zone_find(struct arena *arena, struct feel_zone **known, struct sv name);
/* Instant of a date-time (local ones as if UTC), and the standard offset of a time of day. */
int64_t moment_utc(struct feel_value date_time);
int64_t time_utc(struct feel_value time);
struct feel_value moment_at(int64_t utc, uint32_t nano, const struct feel_zone *zone);

struct temporal { /* where parsed zones come from */
	struct arena *arena;
	struct feel_zone **zones;
};
bool parse_date(struct sv text, struct feel_value *ret);
bool parse_time(struct temporal *t, struct sv text, struct feel_value *ret);
bool parse_date_time(struct temporal *t, struct sv text, struct feel_value *ret);
bool parse_duration(struct sv text, struct feel_value *ret);
/* Any of them, as after `@`. */
bool parse_temporal(struct temporal *t, struct sv text, struct feel_value *ret);
void print_temporal(struct buf *buf, struct feel_value v);
bool date_in_range(int64_t day);
bool add_months(int64_t day, int64_t months, int64_t *ret_day);
struct feel_value days_value(__int128 nanos);
__int128 days_nanos(struct feel_value days);

/* ---- built-in functions ---- */

typedef struct feel_value builtin_fn(struct feel_run *run, const struct feel_value *args, size_t count);

/* Several of one name are overloads, the first that fits is taken; they are neighbours in the table. */
struct builtin {
	const char *name;
	const char *params; /* "list,position,newItem"; optional ones after a bar: "input,pattern|flags" */
	int min, max;       /* arguments; max -1 = any number */
	builtin_fn *fn;
	bool foldable;      /* same arguments, same result, worth computing when compiled */
};

/* First of that name, or NULL; its overloads follow it. */
const struct builtin *builtin_find(struct sv name);
const struct builtin *builtin_for_count(const struct builtin *first, size_t count);
/* Places named arguments: order[i] = index of the argument for parameter i, or -1. NULL when none fits. */
enum { BUILTIN_MAX_PARAMS = 8 };
const struct builtin *builtin_for_names(const struct builtin *first, const struct feel_member *names, size_t count,
	int order[BUILTIN_MAX_PARAMS], size_t *ret_params);
/* Length of the longest built-in name spelt at that place, or 0. */
size_t builtin_match(const struct scan *scan, size_t from, struct sv *ret_name);

#define BAD_ARGUMENT N_("The function {what} got an argument of a kind or value it does not take.")
static inline struct feel_value bad(const char *function) { return feel_null_because(BAD_ARGUMENT, function); }

/* Regular expressions of XPath (regex.c). */
struct regex;
/* NULL with *ret_why when pattern or flags are wrong. */
struct regex *regex_compile(struct arena *arena, struct sv pattern, struct sv flags, const char **ret_why);
/* 1 found, 0 not, -1 limit reached. groups gets from and to of `group_max` groups in bytes, SIZE_MAX = took no part. */
int regex_find(struct arena *arena, const struct regex *regex, struct sv text, size_t from, size_t *groups, size_t group_max);
size_t regex_groups(const struct regex *regex);
bool regex_is_literal(const struct regex *regex); /* flag q */
struct feel_value regex_matches(struct feel_run *run, const struct regex *regex, struct sv text);
struct feel_value regex_replace(struct feel_run *run, const struct regex *regex, struct sv text, struct sv replacement);
struct feel_value regex_split(struct feel_run *run, const struct regex *regex, struct sv text);

#endif
