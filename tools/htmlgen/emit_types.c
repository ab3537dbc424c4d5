/* From shapes to C: struct declarations for the room's pages file, and descriptors for the JSON twin and live mode. */
#include "tools/htmlgen/htmlgen.h"

#include "base/banned.h"

enum { LINE_WIDTH = 100 };

bool is_known_shape(const struct html_shape *shape)
{
	return html_shape_by_name(sv_of(shape->name)) == shape;
}

/* A string literal; three-digit octal escapes cannot run into a digit that follows. */
void emit_string(struct buf *out, struct sv text)
{
	size_t column = 0;

	buf_byte(out, '"');
	for (size_t i = 0; i < text.len; i++, column++) {
		unsigned char byte = (unsigned char)text.ptr[i];
		if (column >= LINE_WIDTH && byte < 0x80) {
			buf_sv(out, SV("\"\n\t\t\""));
			column = 0;
		}
		if (byte == '\n')
			buf_sv(out, SV("\\n"));
		else if (byte == '"' || byte == '\\')
			buf_printf(out, "\\%c", byte);
		else if (byte < 0x20 || byte == 0x7f || byte == '?')
			buf_printf(out, "\\%03o", byte);
		else
			buf_byte(out, (char)byte);
	}
	buf_byte(out, '"');
}

static const char *scalar_type(enum html_type type)
{
	switch (type) {
	case HTML_TEXT:
	case HTML_URL:
	case HTML_DECIMAL:
		return "struct sv";
	case HTML_INT:
	case HTML_DAY:
	case HTML_TIME:
	case HTML_MONEY:
		return "int64_t";
	case HTML_BOOL:
		return "bool";
	case HTML_ID:
		return "struct id";
	case HTML_SAFE:
		return "struct html_safe";
	case HTML_LIST:
	case HTML_OBJECT:
		return NULL;
	}
	__builtin_unreachable();
}

void emit_element_type(struct buf *out, enum html_type element, const struct html_shape *shape)
{
	if (element == HTML_OBJECT)
		buf_printf(out, "struct html_%s", shape->name);
	else
		buf_sv(out, sv_of(scalar_type(element)));
}

static bool is_number(const struct html_member *member)
{
	return member->type == HTML_INT || member->type == HTML_DAY || member->type == HTML_TIME || member->type == HTML_MONEY;
}

static void emit_member_type(struct buf *out, const struct html_member *member)
{
	if (member->type == HTML_LIST && member->element == HTML_OBJECT && is_known_shape(member->shape)) {
		buf_printf(out, "struct html_%ss", member->shape->name);
	} else if (member->type == HTML_LIST) {
		buf_sv(out, SV("struct {\n\t\tconst "));
		emit_element_type(out, member->element, member->shape);
		buf_sv(out, SV(" *at;\n\t\tsize_t len;\n\t}"));
	} else if (member->type == HTML_OBJECT) {
		buf_printf(out, "%sstruct html_%s%s", member->optional ? "const " : "", member->shape->name,
			member->optional ? " *" : "");
	} else {
		buf_sv(out, sv_of(is_number(member) && member->optional ? "struct html_optional" : scalar_type(member->type)));
	}
}

static void emit_member(struct buf *out, const struct html_member *member)
{
	buf_byte(out, '\t');
	emit_member_type(out, member);
	buf_printf(out, " %s;", member->name);
	if (is_number(member) || member->type == HTML_DECIMAL || member->type == HTML_URL)
		buf_printf(out, " /* %s */", html_type_name(member->type));
	else if (member->optional)
		buf_sv(out, SV(" /* may be absent */"));
	buf_byte(out, '\n');
}

/* Inner structs first: C wants them complete. */
static void emit_struct(struct buf *out, const struct html_shape *shape)
{
	for (size_t i = 0; i < shape->count; i++) {
		const struct html_member *member = &shape->members[i];
		if (member->shape && !is_known_shape(member->shape))
			emit_struct(out, member->shape);
	}
	buf_printf(out, "struct html_%s {\n", shape->name);
	for (size_t i = 0; i < shape->count; i++)
		emit_member(out, &shape->members[i]);
	buf_sv(out, SV("};\n"));
}

void emit_header(struct buf *out, const struct template *template)
{
	buf_printf(out, "\n/* %.*s */\n", SV_FMT(template->file));
	emit_struct(out, template->shape);
	buf_printf(out, "extern const struct html_view html_%.*s_view;\n", SV_FMT(template->name));
}

static const char *enumerator(enum html_type type)
{
	static const char *const names[] = {
		[HTML_TEXT] = "HTML_TEXT", [HTML_URL] = "HTML_URL", [HTML_DECIMAL] = "HTML_DECIMAL", [HTML_INT] = "HTML_INT",
		[HTML_BOOL] = "HTML_BOOL", [HTML_DAY] = "HTML_DAY", [HTML_TIME] = "HTML_TIME", [HTML_MONEY] = "HTML_MONEY",
		[HTML_ID] = "HTML_ID", [HTML_SAFE] = "HTML_SAFE", [HTML_LIST] = "HTML_LIST", [HTML_OBJECT] = "HTML_OBJECT",
	};

	return names[type];
}

static void emit_descriptor(struct buf *out, const struct html_shape *shape)
{
	for (size_t i = 0; i < shape->count; i++) {
		const struct html_member *member = &shape->members[i];
		if (member->shape && !is_known_shape(member->shape))
			emit_descriptor(out, member->shape);
	}
	buf_printf(out, "static const struct html_member %s_members[] = {\n", shape->name);
	for (size_t i = 0; i < shape->count; i++) {
		const struct html_member *member = &shape->members[i];
		buf_printf(out, "\t{ .name = \"%s\", .type = %s, .offset = offsetof(struct html_%s, %s)", member->name,
			enumerator(member->type), shape->name, member->name);
		if (member->optional)
			buf_sv(out, SV(", .optional = true"));
		if (member->type == HTML_LIST)
			buf_printf(out, ", .element = %s", enumerator(member->element));
		if (member->shape)
			buf_printf(out, ", .shape = &html_%s_shape", member->shape->name);
		buf_sv(out, SV(" },\n"));
	}
	if (!shape->count)
		buf_sv(out, SV("\t{ 0 },\n"));
	buf_printf(out, "};\nstatic const struct html_shape html_%s_shape = { .name = \"%s\", .size = sizeof(struct html_%s), "
		".members = %s_members, .count = %zu };\n", shape->name, shape->name, shape->name, shape->name, shape->count);
}

void emit_shapes(struct buf *out, const struct template *template)
{
	emit_descriptor(out, template->shape);
}
