/* Private to the code generator: generate.c (names, operators) and generate_more.c (calls, functions, loops, tests). */
#ifndef FEEL_GENERATE_INT_H
#define FEEL_GENERATE_INT_H

#include "engine/feel/feel_int.h"

enum scope_kind { SCOPE_LOCAL, SCOPE_FILTER };

struct scope_entry {
	enum scope_kind kind;
	struct sv name;
	uint32_t slot; /* SCOPE_FILTER: of the item */
};

/* The function being generated; the expression itself is the outermost. */
struct fn_state {
	struct fn_state *parent;
	struct { VEC(struct feel_insn); } code;
	struct { VEC(struct scope_entry); } scope;
	struct { VEC(struct scope_entry); } captures;
	uint32_t locals, max_depth;
	int depth;
	struct sv self; /* name under which the function knows itself, or empty */
};

struct gen {
	struct feel_builder *b;
	struct arena *arena;
	struct fn_state *fn;
	struct sv source;
	struct { VEC(struct feel_value); } constants;
	struct { VEC(struct feel_block); } blocks;
	struct { VEC(const struct feel_type *); } types;
	struct { VEC(const struct feel_member *); } argument_names;
	struct { VEC(const struct feel_node *); } hosts;
	struct { VEC(const struct builtin *); } builtins;
	struct { VEC(const struct regex *); } regexes;
	struct { VEC(struct sv); } names;
	struct { VEC(struct feel_read); } reads;
};

int32_t emit(struct gen *g, op_fn *fn, int32_t a, int32_t b, int32_t c, int growth);
void emit_const(struct gen *g, struct feel_value value);
uint32_t new_slot(struct gen *g);
void push_scope(struct gen *g, enum scope_kind kind, struct sv name, uint32_t slot);
enum rc gen(struct gen *g, const struct feel_node *node);
enum rc gen_name(struct gen *g, struct sv name, uint32_t line);
bool constant_of(struct gen *g, const struct feel_node *node, struct feel_value *ret);
const struct builtin *called_builtin(const struct gen *g, const struct feel_node *callee);
struct feel_block finish_block(struct gen *g, const struct fn_state *f);

const struct feel_accepts *accepts_of(struct gen *g, const struct feel_node *node);
bool fold_call(struct gen *g, const struct feel_node *node, struct feel_value *ret);
enum rc gen_in(struct gen *g, const struct feel_node *node);
enum rc gen_tests(struct gen *g, const struct feel_node *node);
enum rc gen_loop(struct gen *g, const struct feel_node *node);
enum rc gen_context(struct gen *g, const struct feel_node *node);
enum rc gen_filter(struct gen *g, const struct feel_node *node);
enum rc gen_call(struct gen *g, const struct feel_node *node);
enum rc gen_call_named(struct gen *g, const struct feel_node *node);
enum rc gen_function(struct gen *g, const struct feel_node *node);
enum rc gen_external(struct gen *g, const struct feel_node *node);

#endif
