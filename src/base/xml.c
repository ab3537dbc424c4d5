/* XML by expat into a tree; see xml.h.
 *
 * expat allocates with malloc and cannot be jumped out of, while our tree comes from the arena, which leaves by a jump
 * when it is exhausted. Each handler therefore catches the jump and stops expat; when that has returned and its parser
 * is freed, the jump goes on.
 *
 * Character data arrives in pieces. One buffer serves all open elements as a stack: an element's text lies above that
 * of its parent and is taken off when the element ends, so the parent's next piece joins its earlier ones.
 */
#include "base/xml.h"

#include <assert.h>
#include <expat.h>

#include "base/map.h"

#include "base/banned.h"

enum { MAX_BYTES = 64 << 20, MAX_DEPTH = 256, MAX_ELEMENTS = 4000000 };

static const XML_Char separator = '\x01'; /* between namespace and local name; cannot occur in XML */

struct open_element {
	struct xml *element, *last_child;
	size_t text_from;
};

struct name {
	struct sv ns, local;
};

struct reader {
	struct ctx *ctx;
	struct sv name, text;
	XML_Parser parser;
	struct map names; /* expanded name as expat gives it -> struct name: each is copied once */
	struct buf characters;
	struct open_element open[MAX_DEPTH];
	uint32_t depth, elements;
	struct xml *root;
	enum rc rc;
	bool exhausted; /* the arena */
	jmp_buf jump;
};

/* Stops expat; the first fault stands. */
static void refuse(struct reader *r, enum rc rc, const char *msgid)
{
	r->rc = fail_at(r->ctx, rc, r->name, (uint32_t)XML_GetCurrentLineNumber(r->parser), msgid, NULL);
	XML_StopParser(r->parser, XML_FALSE);
}

static bool is_stopped(const struct reader *r)
{
	return r->rc != RC_OK || r->exhausted;
}

static void stop_exhausted(struct reader *r)
{
	r->exhausted = true;
	XML_StopParser(r->parser, XML_FALSE);
}

static const struct name *intern(struct reader *r, const XML_Char *expanded)
{
	struct name *name = map_get(&r->names, sv_of(expanded));

	if (name)
		return name;
	struct sv copy = arena_copy(r->ctx->arena, sv_of(expanded));
	size_t at = sv_find_byte(copy, separator, 0);
	name = ARENA_NEW(r->ctx->arena, struct name);
	if (at == SIZE_MAX)
		name->local = copy;
	else
		*name = (struct name){ sv_slice(copy, 0, at), sv_slice(copy, at + 1, copy.len) };
	map_put(r->ctx->arena, &r->names, copy, name);
	return name;
}

static void read_attributes(struct reader *r, struct xml *element, const XML_Char **pairs)
{
	assert(element->attribute_count == 0);
	while (pairs[2 * element->attribute_count])
		element->attribute_count++;
	element->attributes = ARENA_ARRAY(r->ctx->arena, struct xml_attribute, element->attribute_count);
	for (size_t i = 0; i < element->attribute_count; i++) {
		const struct name *name = intern(r, pairs[2 * i]);
		element->attributes[i] = (struct xml_attribute){
			.ns = name->ns,
			.name = name->local,
			.value = arena_copy(r->ctx->arena, sv_of(pairs[2 * i + 1])),
		};
	}
}

static void add_element(struct reader *r, const XML_Char *expanded, const XML_Char **pairs)
{
	if (r->depth == MAX_DEPTH) {
		refuse(r, RC_TOO_LARGE, N_("The XML text is nested too deeply. Use fewer elements inside one another."));
		return;
	}
	if (r->elements++ == MAX_ELEMENTS) {
		refuse(r, RC_TOO_LARGE, N_("The XML text has too many elements. Split it into smaller parts."));
		return;
	}
	const struct name *name = intern(r, expanded);
	struct xml *element = ARENA_NEW(r->ctx->arena, struct xml);
	*element = (struct xml){ .ns = name->ns, .name = name->local, .line = (uint32_t)XML_GetCurrentLineNumber(r->parser) };
	read_attributes(r, element, pairs);
	if (r->depth == 0) {
		r->root = element;
	} else {
		struct open_element *parent = &r->open[r->depth - 1];
		element->parent = parent->element;
		*(parent->last_child ? &parent->last_child->next : &parent->element->first) = element;
		parent->last_child = element;
	}
	r->open[r->depth++] = (struct open_element){ .element = element, .text_from = r->characters.len };
}

static void on_start(void *user, const XML_Char *expanded, const XML_Char **pairs)
{
	struct reader *r = user;

	if (is_stopped(r))
		return;
	if (arena_guard(r->ctx->arena, &r->jump))
		stop_exhausted(r);
	else
		add_element(r, expanded, pairs);
}

static void end_element(struct reader *r)
{
	assert(r->depth > 0 && r->characters.len >= r->open[r->depth - 1].text_from);
	const struct open_element *open = &r->open[--r->depth];
	struct sv text = sv_slice(buf_view(&r->characters), open->text_from, r->characters.len);
	open->element->text = text.len ? arena_copy(r->ctx->arena, text) : SV("");
	r->characters.len = open->text_from;
}

static void on_end(void *user, const XML_Char *expanded)
{
	struct reader *r = user;

	(void)expanded; /* expat has matched it with the start */
	if (is_stopped(r))
		return;
	if (arena_guard(r->ctx->arena, &r->jump))
		stop_exhausted(r);
	else
		end_element(r);
}

static void on_characters(void *user, const XML_Char *text, int len)
{
	struct reader *r = user;

	if (is_stopped(r))
		return;
	if (arena_guard(r->ctx->arena, &r->jump))
		stop_exhausted(r);
	else
		buf_add(&r->characters, text, (size_t)len);
}

static void on_doctype(void *user, const XML_Char *name, const XML_Char *system, const XML_Char *public, int internal)
{
	struct reader *r = user;

	(void)name, (void)system, (void)public, (void)internal; /* refused whatever it says */
	if (arena_guard(r->ctx->arena, &r->jump))
		stop_exhausted(r);
	else
		refuse(r, RC_MALFORMED, N_("The XML text has a DOCTYPE, which is not accepted. Remove it."));
}

static const char *fault_message(enum XML_Error code)
{
	if (code == XML_ERROR_NO_ELEMENTS)
		return N_("The XML text holds no element. Check that the whole file was sent.");
	if (code == XML_ERROR_TAG_MISMATCH)
		return N_("This closing tag does not match the element that is open. Correct the one or the other.");
	if (code == XML_ERROR_UNCLOSED_TOKEN || code == XML_ERROR_PARTIAL_CHAR || code == XML_ERROR_UNCLOSED_CDATA_SECTION)
		return N_("The XML text ends too early. Check that the whole file was sent.");
	if (code == XML_ERROR_DUPLICATE_ATTRIBUTE)
		return N_("An attribute stands twice in one tag. Keep one of them.");
	if (code == XML_ERROR_UNDEFINED_ENTITY)
		return N_("Unknown entity behind an ampersand. Write &amp; for an ampersand; characters can be written directly.");
	if (code == XML_ERROR_UNBOUND_PREFIX)
		return N_("A namespace prefix is used but not declared. Declare it with xmlns.");
	if (code == XML_ERROR_UNKNOWN_ENCODING || code == XML_ERROR_INCORRECT_ENCODING)
		return N_("The encoding of the XML text is not supported. Save it as UTF-8.");
	if (code == XML_ERROR_JUNK_AFTER_DOC_ELEMENT)
		return N_("Something stands behind the end of the XML text. Remove it.");
	return N_("This line is not well-formed XML. Check the brackets, quotation marks and ampersands here and just above.");
}

/* After expat has returned: its verdict, or that of the handlers. */
static enum rc conclude(struct reader *r, enum XML_Status status)
{
	if (r->exhausted || r->rc != RC_OK || status == XML_STATUS_OK)
		return r->rc;
	enum XML_Error code = XML_GetErrorCode(r->parser);
	if (code == XML_ERROR_NO_MEMORY) {
		r->exhausted = true;
		return RC_OK;
	}
	if (r->ctx->err->rc == RC_OK)
		r->ctx->err->detail = sv_of(XML_ErrorString(code));
	uint32_t line = (uint32_t)XML_GetCurrentLineNumber(r->parser);
	if (!arena_guard(r->ctx->arena, &r->jump))
		return fail_at(r->ctx, RC_MALFORMED, r->name, line, fault_message(code), NULL);
	r->exhausted = true;
	return RC_OK;
}

static enum rc read_text(struct reader *r)
{
	XML_SetUserData(r->parser, r);
	XML_SetElementHandler(r->parser, on_start, on_end);
	XML_SetCharacterDataHandler(r->parser, on_characters);
	XML_SetStartDoctypeDeclHandler(r->parser, on_doctype);
	buf_init(&r->characters, r->ctx->arena, MAX_BYTES * 3ul); /* UTF-8 from a one-byte encoding grows at most so */
	return conclude(r, XML_Parse(r->parser, r->text.ptr, (int)r->text.len, XML_TRUE));
}

enum rc xml_parse(struct ctx *ctx, struct sv name, struct sv text, struct xml **ret_root)
{
	jmp_buf *outer = ctx->arena->guard;

	if (text.len > MAX_BYTES)
		return fail_at(ctx, RC_TOO_LARGE, name, 0, N_("The XML text is too large. Split it into smaller parts."), NULL);
	struct reader r = { .ctx = ctx, .name = name, .text = text, .parser = XML_ParserCreateNS(NULL, separator) };
	if (!r.parser)
		arena_exhausted(ctx->arena);
	enum rc rc = read_text(&r);
	XML_ParserFree(r.parser);
	ctx->arena->guard = outer;
	if (r.exhausted)
		arena_exhausted(ctx->arena);
	if (rc == RC_OK)
		*ret_root = r.root;
	return rc;
}

struct sv xml_attr_ns(const struct xml *element, const char *ns, const char *name)
{
	assert(element && name);
	for (size_t i = 0; i < element->attribute_count; i++) {
		const struct xml_attribute *attribute = &element->attributes[i];
		bool same_ns = ns ? sv_equal_z(attribute->ns, ns) : sv_is_absent(attribute->ns);
		if (same_ns && sv_equal_z(attribute->name, name))
			return attribute->value;
	}
	return (struct sv){ NULL, 0 };
}

struct sv xml_attr(const struct xml *element, const char *name)
{
	return xml_attr_ns(element, NULL, name);
}

bool xml_is(const struct xml *element, const char *ns, const char *name)
{
	return element && (!ns || sv_equal_z(element->ns, ns)) && (!name || sv_equal_z(element->name, name));
}

static const struct xml *first_match(const struct xml *element, const char *ns, const char *name)
{
	while (element && !xml_is(element, ns, name))
		element = element->next;
	return element;
}

const struct xml *xml_child(const struct xml *element, const char *ns, const char *name)
{
	return element ? first_match(element->first, ns, name) : NULL;
}

const struct xml *xml_next(const struct xml *sibling, const char *ns, const char *name)
{
	return sibling ? first_match(sibling->next, ns, name) : NULL;
}
