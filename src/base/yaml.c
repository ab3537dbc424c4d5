/* YAML by libyaml's events into the node array of json.h; see yaml.h.
 *
 * libyaml allocates with malloc while our nodes come from the arena, which leaves by a jump when it is exhausted. The
 * reader therefore sets a guard of its own, frees the parser, and passes the jump on.
 */
#include "base/yaml.h"

#include <assert.h>
#include <yaml.h>

#include "base/json_int.h"
#include "base/utf8.h"

#include "base/banned.h"

struct reader {
	struct ctx *ctx;
	struct sv name, text;
	const struct json_limits *limits;
	struct json_nodes nodes;
	yaml_parser_t parser;
	yaml_event_t event; /* the current one; owned by us until the next */
	uint32_t line;
};

static enum rc refuse(struct reader *r, const char *msgid)
{
	return fail_at(r->ctx, RC_MALFORMED, r->name, r->line, msgid, NULL);
}

static enum rc next_event(struct reader *r)
{
	yaml_event_delete(&r->event); /* leaves it zeroed */
	if (yaml_parser_parse(&r->parser, &r->event)) {
		r->line = (uint32_t)r->event.start_mark.line + 1;
		return RC_OK;
	}
	r->line = (uint32_t)r->parser.problem_mark.line + 1;
	if (r->ctx->err->rc == RC_OK)
		r->ctx->err->detail = arena_copy(r->ctx->arena, sv_of(r->parser.problem));
	return refuse(r, N_("This line is not valid YAML. Check the indentation, colons and quotation marks here and just above."));
}

static enum rc push(struct reader *r, enum json_type type, struct sv text)
{
	if (json_nodes_push(&r->nodes, type, r->line, text))
		return RC_OK;
	return fail_at(r->ctx, RC_TOO_LARGE, r->name, r->line,
		N_("The YAML text has too many values. Split it into smaller parts."), NULL);
}

static enum rc refuse_extras(struct reader *r, const yaml_char_t *anchor, const yaml_char_t *tag)
{
	if (anchor)
		return refuse(r, N_("Anchors (&) are not allowed here. Write the value out where it is needed."));
	if (tag)
		return refuse(r, N_("Tags (!) are not allowed here. Remove it; put texts that look like numbers in quotation marks."));
	return RC_OK;
}

static struct sv scalar_text(struct reader *r)
{
	return arena_copy(r->ctx->arena,
		(struct sv){ (const char *)r->event.data.scalar.value, r->event.data.scalar.length });
}

static enum json_type plain_type(struct sv text)
{
	if (text.len == 0 || sv_equal(text, SV("null")) || sv_equal(text, SV("~")))
		return JSON_NULL;
	if (sv_equal(text, SV("true")))
		return JSON_TRUE;
	if (sv_equal(text, SV("false")))
		return JSON_FALSE;
	return json_is_number(text) ? JSON_NUMBER : JSON_STRING;
}

static enum rc read_scalar(struct reader *r)
{
	struct sv text = scalar_text(r);
	enum json_type type = JSON_STRING;

	if (r->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE)
		type = plain_type(text);
	if (type != JSON_STRING && type != JSON_NUMBER)
		text = (struct sv){ NULL, 0 };
	return push(r, type, text);
}

static enum rc read_node(struct reader *r, uint32_t depth);

static enum rc too_deep(struct reader *r)
{
	return fail_at(r->ctx, RC_TOO_LARGE, r->name, r->line,
		N_("The YAML text is nested too deeply. Use fewer levels."), NULL);
}

static enum rc read_sequence(struct reader *r, uint32_t depth)
{
	uint32_t open = r->nodes.len, count = 0;

	if (depth == r->limits->max_depth)
		return too_deep(r);
	TRY(push(r, JSON_ARRAY, (struct sv){ NULL, 0 }));
	TRY(next_event(r));
	for (; r->event.type != YAML_SEQUENCE_END_EVENT; count++) {
		TRY(read_node(r, depth + 1));
		TRY(next_event(r));
	}
	json_nodes_close(&r->nodes, open, count);
	return RC_OK;
}

static enum rc read_key(struct reader *r)
{
	if (r->event.type != YAML_SCALAR_EVENT)
		return refuse(r, N_("A key must be a plain text. Write it on one line in front of the colon."));
	TRY(refuse_extras(r, r->event.data.scalar.anchor, r->event.data.scalar.tag));
	return push(r, JSON_STRING, scalar_text(r));
}

static enum rc read_mapping(struct reader *r, uint32_t depth)
{
	uint32_t open = r->nodes.len, count = 0;

	if (depth == r->limits->max_depth)
		return too_deep(r);
	TRY(push(r, JSON_OBJECT, (struct sv){ NULL, 0 }));
	TRY(next_event(r));
	for (; r->event.type != YAML_MAPPING_END_EVENT; count++) {
		TRY(read_key(r));
		TRY(next_event(r));
		TRY(read_node(r, depth + 1));
		TRY(next_event(r));
	}
	json_nodes_close(&r->nodes, open, count);
	const struct json *again = NULL;
	if (!r->limits->may_repeat_keys)
		again = json_repeated_key(r->ctx->arena, r->nodes.at + open);
	if (again)
		return fail_at(r->ctx, RC_MALFORMED, r->name, again->line,
			N_("The key “{key}” stands twice at the same place. Keep one of them."), ARGS({ "key", again->text }));
	return RC_OK;
}

static enum rc read_node(struct reader *r, uint32_t depth)
{
	switch (r->event.type) {
	case YAML_SCALAR_EVENT:
		TRY(refuse_extras(r, r->event.data.scalar.anchor, r->event.data.scalar.tag));
		return read_scalar(r);
	case YAML_SEQUENCE_START_EVENT:
		TRY(refuse_extras(r, r->event.data.sequence_start.anchor, r->event.data.sequence_start.tag));
		return read_sequence(r, depth);
	case YAML_MAPPING_START_EVENT:
		TRY(refuse_extras(r, r->event.data.mapping_start.anchor, r->event.data.mapping_start.tag));
		return read_mapping(r, depth);
	case YAML_ALIAS_EVENT:
		return refuse(r, N_("Aliases (*) are not allowed here. Write the value out."));
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_STREAM_END_EVENT:
	case YAML_DOCUMENT_START_EVENT:
	case YAML_DOCUMENT_END_EVENT:
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		break;
	}
	return fail_internal(r->ctx, "yaml: event %d where a value belongs", (int)r->event.type);
}

static enum rc read_stream(struct reader *r)
{
	TRY(next_event(r)); /* stream start */
	TRY(next_event(r));
	if (r->event.type != YAML_DOCUMENT_START_EVENT)
		return refuse(r, N_("The YAML text is empty. Write at least one key with its value."));
	TRY(next_event(r));
	TRY(read_node(r, 0));
	TRY(next_event(r)); /* document end */
	TRY(next_event(r));
	if (r->event.type != YAML_STREAM_END_EVENT)
		return refuse(r, N_("The file holds more than one YAML document. Keep one, without a line of three dashes."));
	return RC_OK;
}

/* Reads with a guard, so that the parser can be freed when the arena is exhausted. */
static enum rc read_guarded(struct reader *r)
{
	struct arena *arena = r->ctx->arena;
	jmp_buf *const outer = arena->guard;
	jmp_buf here;

	if (arena_guard(arena, &here)) {
		yaml_event_delete(&r->event);
		yaml_parser_delete(&r->parser);
		arena->guard = outer;
		arena_exhausted(arena);
	}
	json_nodes_init(&r->nodes, arena, r->text, r->limits->max_nodes);
	enum rc rc = read_stream(r);
	arena->guard = outer;
	return rc;
}

enum rc yaml_parse(struct ctx *ctx, struct sv name, struct sv text, const struct json_limits *limits,
	const struct json **ret)
{
	struct reader r = { .ctx = ctx, .name = name, .text = text, .limits = limits };

	assert(limits && limits->max_bytes > 0);
	if (text.len > limits->max_bytes)
		return fail_at(ctx, RC_TOO_LARGE, name, 0, N_("The YAML text is too large. Split it into smaller parts."), NULL);
	size_t valid = utf8_valid_length(text);
	if (valid < text.len) {
		uint32_t line = 1;
		for (size_t i = 0; i < valid; i++)
			line += text.ptr[i] == '\n';
		return fail_at(ctx, RC_MALFORMED, name, line,
			N_("The YAML text is not valid UTF-8. Save it again with the encoding UTF-8."), NULL);
	}
	if (!yaml_parser_initialize(&r.parser))
		arena_exhausted(ctx->arena);
	yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r.parser, (const unsigned char *)text.ptr, text.len);
	enum rc rc = read_guarded(&r);
	yaml_event_delete(&r.event);
	yaml_parser_delete(&r.parser);
	if (rc == RC_OK) {
		assert(r.nodes.at[0].span == r.nodes.len);
		*ret = r.nodes.at;
	}
	return rc;
}
